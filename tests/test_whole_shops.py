"""Whole demo shops in the database, against what is worked out independently from their raw records."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from demo_store.shop.life import open_shop
from demo_store.state import Store
from shopify_analytics.analytics import compute_summary
from shopify_analytics.csv_export import export_tables
from shopify_analytics.database import connect, remember_shop

from tests.oracle import expected_rows, expected_summary
from tests.raw_records import ZERO, discrepancy, records, shop_money
from tests.syncing import SCOPES, Syncs, rows

NOW = datetime(2026, 11, 22, 22, tzinfo=UTC)
BOOLEANS = ("taxes_included", "is_test", "gift_card", "is_tip")


@dataclass
class Synced:
    """A shop, and what a sync has made of it."""

    store: Store
    tables: dict[str, dict[int, dict[str, Any]]]
    files: dict[str, list[dict[str, str]]]
    summary: dict[str, Any]


@pytest.fixture(scope="module", params=[1, 7, 23], ids="seed {}".format)
def synced(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synced]:
    """Shops of about 300 orders."""
    folder = tmp_path_factory.mktemp("shop")
    store = open_shop(folder / "store.db", seed=request.param, orders=300, now=NOW)
    with connect(folder / "shopify_data.db") as db:
        remember_shop(db, store.shop, SCOPES)
        Syncs(db, folder / "staging").load_store(store)
        exported = export_tables(db, folder, folder / "staging")
        files = {}
        for name in exported:
            with (folder / name).open(encoding="utf-8", newline="") as file:
                files[name.removesuffix(".csv")] = list(csv.DictReader(file))
        yield Synced(store, {table: rows(db, table) for table in files}, files, compute_summary(db, 25))
    store.close()


def test_every_row_is_that_of_the_store(synced: Synced) -> None:
    expected = expected_rows(synced.store)
    assert expected.keys() == synced.tables.keys()
    for table, wanted in expected.items():
        found = {
            row_id: {column: row[column] for column in wanted.get(row_id, row)}
            for row_id, row in synced.tables[table].items()
        }
        assert found == wanted


def test_every_file_holds_every_row(synced: Synced) -> None:
    for table, found in synced.tables.items():
        assert synced.files[table] == [_as_csv(table, row) for row in found.values()]


def _as_csv(table: str, row: dict[str, Any]) -> dict[str, str]:
    id_column = {"product_variants": "variant_id"}.get(table, f"{table.removesuffix('s')}_id")
    return {id_column if column == "id" else column: _cell(column, value) for column, value in row.items()}


def _cell(column: str, value: Any) -> str:
    if column in BOOLEANS:
        return "true" if value else "false"
    return "" if value is None else str(value)


def test_every_figure_equals_the_independent_calculation(synced: Synced) -> None:
    found = dict(synced.summary)
    del found["generated_at"]
    assert found == expected_summary(synced.store, top_n=25)


def test_total_sales_are_what_the_orders_are_worth_now(synced: Synced) -> None:
    """By Shopify's own totals, without tips, gift cards and discrepancies."""
    worth = sum((_worth(order) for order in records(synced.store, "orders") if not order["test"]), ZERO)
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


def test_the_shops_hold_what_makes_sums_hard(synced: Synced) -> None:
    orders = records(synced.store, "orders")
    text = json.dumps(orders)
    assert {order["taxes_included"] for order in orders} == {True, False}
    assert any(order["test"] for order in orders)
    assert any(Decimal(order["total_tip_received"]) for order in orders)
    for kind in ('"gift_card": true', '"kind": "shipping_refund"', '"kind": "refund_discrepancy"'):
        assert kind in text
