"""What was staged, in the database: versions, children, deletions, counts, and all or nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from shopify_analytics.database import get_watermark, table_version
from shopify_analytics.errors import StagingRefused
from shopify_analytics.load import load_staged
from shopify_analytics.staging import Window

from tests.demo_store.records import (
    FIRST_ORDER_ID,
    FIRST_PRODUCT_ID,
    customer,
    line_item,
    order,
    product,
    timestamp,
)
from tests.syncing import EVERYTHING, Syncs, dump, rows, select, stage

NONE = {"inserted": 0, "updated": 0, "unchanged": 0, "deleted": 0}
OLD, NEW, NEWEST = timestamp(100), timestamp(200), timestamp(300)
TABLES = (
    "products",
    "product_variants",
    "customers",
    "orders",
    "line_items",
    "refunds",
    "refund_line_items",
    "order_adjustments",
    "shipping_lines",
    "fulfillments",
    "order_discount_codes",
    "discount_allocations",
    "tax_lines",
    "sales_ledger",
)


def counts(**changes: int) -> dict[str, int]:
    return NONE | changes


def refund(number: int, *lines: int) -> dict[str, Any]:
    entries = [{"id": line, "line_item_id": 1, "quantity": 1, "subtotal": 1.5} for line in lines]
    return {"id": number, "created_at": OLD, "processed_at": OLD, "refund_line_items": entries}


def test_new_rows_are_counted_as_inserted(syncs: Syncs) -> None:
    assert syncs.load(
        products=[product(1), product(2)],
        customers=[customer(1)],
        orders=[order(1, refunds=[refund(1, 11, 12)])],
    ) == {
        "products": counts(inserted=2),
        "product_variants": counts(inserted=2),
        "customers": counts(inserted=1),
        "orders": counts(inserted=1),
        "line_items": counts(inserted=1),
        "refunds": counts(inserted=1),
        "refund_line_items": counts(inserted=2),
        "order_adjustments": NONE,
        "shipping_lines": NONE,
        "fulfillments": NONE,
        "order_discount_codes": NONE,
        "discount_allocations": NONE,
        "tax_lines": counts(inserted=2),
        "sales_ledger": counts(inserted=5),
    }


def test_a_load_of_nothing_counts_every_table(syncs: Syncs) -> None:
    assert syncs.load() == dict.fromkeys(TABLES, NONE)


def test_the_same_again_changes_nothing(db: sqlite3.Connection, syncs: Syncs) -> None:
    given: dict[str, Any] = {
        "products": [product(1)],
        "customers": [customer(1)],
        "orders": [order(1, refunds=[refund(1, 11)])],
    }
    syncs.load(**given)
    before = dump(db)
    again = syncs.load(**given)
    assert {table for table, count in again.items() if count["unchanged"] == sum(count.values())} == set(
        TABLES
    )
    assert dump(db) == before


def test_a_newer_version_updates_what_differs(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(products=[product(1, updated_at=OLD)])
    loaded = syncs.load(products=[product(1, updated_at=NEW, title="Cup")])
    assert (loaded["products"], loaded["product_variants"]) == (counts(updated=1), counts(unchanged=1))
    assert select(db, "SELECT title, updated_at FROM products") == [("Cup", "2026-11-20T02:20:00Z")]


def test_an_older_version_is_ignored_with_its_children(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[order(1, updated_at=NEW)])
    before = dump(db)
    old = order(1, updated_at=OLD, name="#old", line_items=[line_item(7), line_item(8)])
    loaded = syncs.load(orders=[old])
    assert (loaded["orders"], loaded["line_items"]) == (counts(unchanged=1), NONE)
    assert dump(db) == before


def test_of_equal_versions_the_later_fetch_wins(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[order(1)])
    loaded = syncs.load(orders=[order(1, line_items=[line_item(1, product_id=None)])])
    assert (loaded["orders"], loaded["line_items"]) == (counts(unchanged=1), counts(updated=1))
    assert select(db, "SELECT product_id FROM line_items") == [(None,)]


@pytest.mark.parametrize("page_size", [1, 250], ids=["on two pages", "on one page"])
@pytest.mark.parametrize(
    ("moments", "kept"), [((OLD, NEW), "second"), ((NEW, OLD), "first"), ((NEW, NEW), "second")]
)
def test_of_a_record_that_comes_twice_the_newer_counts(
    syncs: Syncs, page_size: int, moments: tuple[str, str], kept: str
) -> None:
    lines = {"first": [line_item(1)], "second": [line_item(2), line_item(3)]}
    twice = [
        order(1, updated_at=moment, name=name, line_items=lines[name])
        for moment, name in zip(moments, lines, strict=True)
    ]
    syncs.load(orders=twice, page_size=page_size)
    assert select(syncs.db, "SELECT name FROM orders") == [(kept,)]
    assert list(rows(syncs.db, "line_items")) == [line["id"] for line in lines[kept]]


def test_children_are_replaced_with_their_parent(db: sqlite3.Connection, syncs: Syncs) -> None:
    first = [line_item(1), line_item(2), line_item(3)]
    syncs.load(
        orders=[order(1, line_items=first, refunds=[refund(1, 11, 12)]), order(7, refunds=[refund(2)])]
    )
    second = [line_item(3), line_item(2, quantity=5), line_item(4)]
    loaded = syncs.load(orders=[order(1, updated_at=NEW, line_items=second, refunds=[refund(3, 12)])])
    assert loaded == dict.fromkeys(TABLES, NONE) | {
        "orders": counts(updated=1),
        "line_items": counts(inserted=1, updated=2, deleted=1),
        "refunds": counts(inserted=1, deleted=1),
        "refund_line_items": counts(updated=1, deleted=1),
        "tax_lines": counts(inserted=1, unchanged=3, deleted=1),
        "sales_ledger": counts(updated=6, unchanged=2, deleted=1),
    }
    found = select(
        db, "SELECT id, quantity FROM line_items WHERE order_id = ? ORDER BY position", FIRST_ORDER_ID + 1
    )
    assert found == [(9300000000003, 1), (9300000000002, 5), (9300000000004, 1)]
    assert list(rows(db, "refunds")) == [2, 3]
    assert select(db, "SELECT id, refund_id FROM refund_line_items") == [(12, 3)]


def test_an_order_may_lose_all_its_children(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[order(1, refunds=[refund(1, 11)])])
    syncs.load(orders=[order(1, updated_at=NEW, line_items=[])])
    assert [rows(db, table) for table in ("line_items", "refunds", "refund_line_items")] == [{}, {}, {}]


def test_orders_of_unknown_customers_and_products_are_kept(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[order(1), order(2, customer=None)])
    assert [row["customer_id"] for row in rows(db, "orders").values()] == [8200000000001, None]
    assert len(rows(db, "line_items")) == 2
    assert rows(db, "customers") == {}


def versions(db: sqlite3.Connection) -> dict[str, int]:
    return {table: number for table in TABLES if (number := table_version(db, table))}


def test_only_tables_that_changed_get_a_new_version(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(products=[product(1)], orders=[order(1, updated_at=OLD)], page_size=1)
    first = {
        "products": 1,
        "product_variants": 1,
        "orders": 1,
        "line_items": 1,
        "tax_lines": 1,
        "sales_ledger": 1,
    }
    assert versions(db) == first
    syncs.load(products=[product(1)], orders=[order(1, updated_at=NEW), order(2, line_items=[])], page_size=1)
    assert versions(db) == first | {"orders": 2, "tax_lines": 2, "sales_ledger": 2}


def test_watermarks_move_with_the_rows(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(window=Window(None, "2026-11-22T12:00:00Z"))
    syncs.load(window=Window("2026-11-22T11:50:00Z", "2026-11-22T12:10:00Z"))
    for entity in ("products", "customers", "orders"):
        assert get_watermark(db, entity) == "2026-11-22T12:10:00Z"


def test_staging_older_than_the_last_load_is_refused(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[order(1)], window=Window(None, "2026-11-22T12:10:00Z"))
    before = dump(db)
    with pytest.raises(StagingRefused) as error:
        syncs.load(orders=[order(2)], window=EVERYTHING)
    assert str(error.value) == (
        "The staged products reach to 2026-11-22T12:00:00Z, the last committed load to 2026-11-22T12:10:00Z: "
        "another run was faster. Clear the run from plan_sync"
    )
    assert dump(db) == before


def test_a_load_that_fails_in_the_middle_leaves_nothing(
    db: sqlite3.Connection, syncs: Syncs, tmp_path: Path
) -> None:
    syncs.load(products=[product(1)])
    before = dump(db)
    staged = [
        stage(tmp_path / "products", [product(2)], deleted=[FIRST_PRODUCT_ID + 1]),
        stage(tmp_path / "customers", [customer(1)]),
        stage(tmp_path / "orders", [order(1), order(2)], page_size=1),
    ]
    (tmp_path / "orders" / "000002.ndjson.gz").write_bytes(b"a broken disk")
    with pytest.raises(OSError, match="gzip"):
        load_staged(db, staged, tmp_path, "run", syncs.warnings.append)
    assert dump(db) == before
