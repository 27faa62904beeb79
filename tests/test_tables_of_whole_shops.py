"""Every table of whole shops, against what is worked out independently from their raw records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shopify_analytics import aggregates

from tests.expected_aggregates import KEYS as AGGREGATE_KEYS
from tests.expected_aggregates import cohort_of, expected_aggregates, net_of, total_of
from tests.expected_differences import expected_differences
from tests.expected_parts import KEYS as PART_KEYS
from tests.expected_parts import expected_parts
from tests.expected_products import expected_product_dim
from tests.expected_rows import expected_rows
from tests.expected_store_parts import Sums
from tests.whole_shops import SHOPS, Loaded

LEDGER = """
    SELECT order_id, ledger_date, line_item_id, refund_id, kind, quantity, amount_minor,
        buyer_id, product_key, variant_key
    FROM sales_ledger
    """


@pytest.fixture(scope="module", params=SHOPS)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """Shops of about 300 orders."""
    folder = tmp_path_factory.mktemp("shop")
    with SHOPS[request.param](folder) as shop:
        yield shop


@pytest.fixture(scope="module")
def sums(shop: Loaded) -> dict[str, Sums]:
    """What the tables that reports read must hold."""
    return expected_aggregates(shop.books)


def test_every_row_is_that_of_the_store(shop: Loaded) -> None:
    for table, wanted in expected_rows(shop.store).items():
        found = shop.rows(table, "id")
        assert {row_id for (row_id,) in found} == wanted.keys(), table
        for row_id, row in wanted.items():
            assert {column: found[row_id,][column] for column in row} == row


def test_every_part_of_an_order_is_that_of_the_store(shop: Loaded) -> None:
    for table, wanted in expected_parts(shop.store).items():
        assert shop.rows(table, *PART_KEYS[table]) == wanted, table


def test_lines_know_what_they_sold(shop: Loaded) -> None:
    found = shop.rows("line_items", "id")
    for line in shop.books.lines.values():
        row = found[line.id,]
        known = (row["product_key"] or 0, row["variant_key"] or 0, row["product_type"] or "")
        assert known == (line.product_key, line.variant_key, line.product_type)


def test_the_ledger_is_that_of_the_orders(shop: Loaded) -> None:
    books = shop.books
    wanted = Counter((*entry, books.buyers[entry.order_id], *books.sold_by(entry)) for entry in books.entries)
    assert Counter(shop.db.execute(LEDGER)) == wanted


def test_ids_of_the_ledger_count_the_rows_of_an_order(shop: Loaded) -> None:
    for order_id, entries in shop.books.entries_of.items():
        ids = shop.db.execute("SELECT id FROM sales_ledger WHERE order_id = ? ORDER BY id", (order_id,))
        assert ids.fetchall() == [(order_id * 10_000 + place + 1,) for place in range(len(entries))]


def test_amounts_are_minor_units_in_major_ones(shop: Loaded) -> None:
    scale = 10**shop.books.exponent
    for minor, amount in shop.db.execute("SELECT DISTINCT amount_minor, amount FROM sales_ledger"):
        assert amount == minor / scale


def test_buyers_are_those_of_the_counted_orders(shop: Loaded) -> None:
    books = shop.books
    wanted = {(buyer,): _buyer(shop, buyer) for buyer in books.orders_of}
    assert shop.rows("buyers", "id") == wanted


def _buyer(shop: Loaded, buyer: int) -> dict[str, Any]:
    books = shop.books
    dates = [books.dates[order_id] for order_id in books.orders_of[buyer]]
    entries = [entry for order_id in books.orders_of[buyer] for entry in books.entries_of[order_id]]
    scale = 10**books.exponent
    return {
        "id": buyer,
        "customer_id": buyer if buyer > 0 else None,
        "first_order_date": min(dates),
        "last_order_date": max(dates),
        "cohort_month": cohort_of(books, buyer),
        "orders": len(dates),
        "units": sum(entry.quantity for entry in entries if entry.kind == "sale"),
        "net_sales_minor": net_of(entries),
        "total_sales_minor": total_of(entries),
        "net_sales": net_of(entries) / scale,
        "total_sales": total_of(entries) / scale,
    }


def test_products_are_those_of_the_store_and_of_its_orders(shop: Loaded) -> None:
    assert shop.rows("product_dim", "product_key") == expected_product_dim(shop.books)


@pytest.mark.parametrize("table", AGGREGATE_KEYS)
def test_aggregates_are_sums_of_the_ledger(shop: Loaded, sums: dict[str, Sums], table: str) -> None:
    assert _figures(shop, table) == sums[table]


def test_a_rebuild_changes_no_aggregate(shop: Loaded, tmp_path: Path) -> None:
    before = {table: _figures(shop, table) for table in AGGREGATE_KEYS}
    aggregates.rebuild(shop.db, tmp_path)
    assert {table: _figures(shop, table) for table in AGGREGATE_KEYS} == before


def _figures(shop: Loaded, table: str) -> dict[tuple[Any, ...], Counter[str]]:
    keys = AGGREGATE_KEYS[table]
    figures = {
        key: Counter({column: value for column, value in row.items() if column not in keys})
        for key, row in shop.rows(table, *keys).items()
    }
    return {key: counts for key, counts in figures.items() if any(counts.values())}


def test_orders_whose_ledger_differs_from_shopify_are_listed(shop: Loaded) -> None:
    found = {
        key: (row["difference_minor"], row["cause"])
        for (key,), row in shop.rows("ledger_differences", "order_id").items()
    }
    assert found == expected_differences(shop.books)
