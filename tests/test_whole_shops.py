"""Whole demo shops in files and summary, against what is worked out independently from their raw records."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from shopify_analytics.analytics import compute_summary
from shopify_analytics.csv_export import export_reports, export_tables
from shopify_analytics.database import primary_key
from shopify_analytics.reports import run_report

from tests.expected_reports import REPORTS, Accounts, Query
from tests.oracle import OF_SYNCS, differences, expected_summary
from tests.raw_records import ZERO, discrepancy, records, shop_money
from tests.whole_shops import LIVED_ON, PLAIN, SHOPS, TODAY, Loaded

BOOLEANS = ("taxes_included", "is_test", "gift_card", "is_tip", "is_removed", "is_deleted")
OWN_IDS = {"product_variants": "variant_id", "sales_ledger": "ledger_id"}
REPORT_FILES = {"daily_sales": "daily"} | {
    report: report for report in ("customer_value", "product_performance", "variant_performance")
}
TARGETS = {"total_sales": 5000, "average_processing_days": 2.5, "total_orders": 0}


@dataclass
class Synced:
    """A shop, and the folder with what was made of it."""

    shop: Loaded
    folder: Path
    tables: list[str]
    summary: dict[str, Any]

    def file(self, name: str) -> list[dict[str, str]]:
        """The rows of ``<name>.csv``."""
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="module", params=SHOPS)
def synced(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synced]:
    """Shops of about 300 orders."""
    folder = tmp_path_factory.mktemp("shop")
    with SHOPS[request.param](folder) as shop:
        tables = export_tables(shop.db, folder, folder / "staging")
        export_reports(shop.db, folder, folder / "staging")
        names = [name.removesuffix(".csv") for name in tables]
        yield Synced(shop, folder, names, compute_summary(shop.db, 25, TARGETS))


def test_every_file_of_a_table_holds_every_row(synced: Synced) -> None:
    for table in synced.tables:
        rows = synced.shop.rows(table, *primary_key(synced.shop.db, table))
        assert synced.file(table) == [_as_csv(table, rows[key]) for key in sorted(rows)]


def _as_csv(table: str, row: dict[str, Any]) -> dict[str, str]:
    own_id = OWN_IDS.get(table, f"{table.removesuffix('s')}_id")
    return {own_id if column == "id" else column: _cell(column, value) for column, value in row.items()}


def _cell(column: str, value: Any) -> str:
    if column in BOOLEANS and isinstance(value, int):
        return "true" if value else "false"
    return "" if value is None else str(value)


@pytest.mark.parametrize("name", REPORT_FILES)
def test_every_file_of_a_report_holds_all_of_it(synced: Synced, name: str) -> None:
    report, accounts = REPORT_FILES[name], Accounts(synced.shop.books)
    rows = run_report(synced.shop.db, report)
    assert synced.file(name) == [
        {column: _cell(column, value) for column, value in row.items()} for row in rows
    ]
    assert differences(rows, REPORTS[report](accounts, Query(TODAY))) == []


def test_the_summary_equals_the_independent_calculation(synced: Synced) -> None:
    found = {key: value for key, value in synced.summary.items() if key not in OF_SYNCS}
    books = synced.shop.books
    expected = expected_summary(
        synced.shop.store,
        TODAY,
        top_n=25,
        traffic_sources=books.traffic_sources,
        memory=books.memory,
        targets=TARGETS,
    )
    assert differences(found, expected) == []


@pytest.mark.parametrize("synced", PLAIN | LIVED_ON, indirect=True)
def test_total_sales_are_what_the_orders_are_worth_now(synced: Synced) -> None:
    """By Shopify's own totals, without tips, gift cards and discrepancies."""
    orders = records(synced.shop.store, "orders")
    worth = sum((_worth(order) for order in orders if not order["test"]), ZERO)
    assert Decimal(str(synced.summary["total_sales"])) == worth


def _worth(order: dict[str, Any]) -> Decimal:
    cards = {line["id"]: line for line in order["line_items"] if line["gift_card"]}
    back = [entry for refund in order["refunds"] for entry in refund["refund_line_items"]]
    return (
        Decimal(order["current_total_price"])
        - Decimal(order["total_tip_received"])
        - sum((Decimal(card["price"]) * card["quantity"] for card in cards.values()), ZERO)
        + sum((shop_money(entry["subtotal_set"]) for entry in back if entry["line_item_id"] in cards), ZERO)
        + sum((discrepancy(refund) for refund in order["refunds"]), ZERO)
    )


@pytest.mark.parametrize("synced", PLAIN | LIVED_ON, indirect=True)
def test_no_ledger_of_the_demo_shop_differs_from_shopify(synced: Synced) -> None:
    assert synced.summary["ledger_differences"] == synced.summary["ledger_difference_causes"] == []


@pytest.mark.parametrize("synced", PLAIN, indirect=True)
def test_the_shops_hold_what_makes_sums_hard(synced: Synced) -> None:
    orders = records(synced.shop.store, "orders")
    text = json.dumps(orders)
    assert {order["taxes_included"] for order in orders} == {True, False}
    assert any(order["test"] for order in orders)
    assert any(Decimal(order["total_tip_received"]) for order in orders)
    for kind in ('"gift_card": true', '"kind": "shipping_refund"', '"kind": "refund_discrepancy"'):
        assert kind in text


@pytest.mark.parametrize("synced", LIVED_ON, indirect=True)
def test_shops_that_lived_on_have_lost_what_was_sold_and_who_bought_it(synced: Synced) -> None:
    books = synced.shop.books
    sold = {line.product_key for line in books.lines.values() if line.product_key}
    assert sold - books.products.keys()
    assert set(books.orders_of) - books.customers.keys()
    assert synced.shop.db.execute("SELECT count(*) FROM orders WHERE deleted_at > ''").fetchone() != (0,)
