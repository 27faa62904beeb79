"""What the store no longer has: marked, taken along, and back again when it returns."""

from __future__ import annotations

import sqlite3

from shopify_analytics.database import table_version

from tests.demo_store.records import (
    FIRST_ORDER_ID,
    FIRST_PRODUCT_ID,
    FIRST_VARIANT_ID,
    line_item,
    order,
    product,
    variant,
)
from tests.syncing import EVERYTHING, Syncs, rows, select
from tests.test_load import NEW, NEWEST, NONE, OLD, TABLES, counts, versions


def test_a_variant_that_is_gone_is_marked_and_may_return(db: sqlite3.Connection, syncs: Syncs) -> None:
    product_id = FIRST_PRODUCT_ID + 1
    both = [variant(1, product_id), variant(2, product_id)]
    syncs.load(products=[product(1, updated_at=OLD, variants=both)])
    loaded = syncs.load(products=[product(1, updated_at=NEW, variants=both[:1])])
    assert loaded["product_variants"] == counts(unchanged=1, deleted=1)
    gone = "SELECT id - ?, deleted_at FROM product_variants ORDER BY id"
    assert select(db, gone, FIRST_VARIANT_ID) == [(1, None), (2, "2026-11-20T02:20:00Z")]

    again = syncs.load(products=[product(1, updated_at=NEWEST, variants=both[:1])])
    assert again["product_variants"] == counts(unchanged=1)
    assert select(db, gone, FIRST_VARIANT_ID) == [(1, None), (2, "2026-11-20T02:20:00Z")]

    back = syncs.load(products=[product(1, updated_at=NEWEST, variants=both)])
    assert back["product_variants"] == counts(unchanged=1, updated=1)
    assert select(db, gone, FIRST_VARIANT_ID) == [(1, None), (2, None)]


def test_a_deleted_product_takes_its_variants_along(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(products=[product(1), product(2)])
    loaded = syncs.load(deleted={"products": [FIRST_PRODUCT_ID + 1, 404]})
    assert (loaded["products"], loaded["product_variants"]) == (counts(deleted=1), counts(deleted=1))
    for table in ("products", "product_variants"):
        moments = [row["deleted_at"] for row in rows(db, table).values()]
        assert moments == [EVERYTHING.updated_at_max, None]
    assert syncs.load(deleted={"products": [FIRST_PRODUCT_ID + 1]}) == dict.fromkeys(TABLES, NONE)


def test_a_deleted_order_keeps_its_lines_and_may_return(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[order(1)])
    loaded = syncs.load(deleted={"orders": [FIRST_ORDER_ID + 1]})
    assert (loaded["orders"], loaded["line_items"]) == (counts(deleted=1), NONE)
    assert len(rows(db, "line_items")) == 1
    returned = syncs.load(orders=[order(1)])
    assert (returned["orders"], returned["line_items"]) == (counts(updated=1), counts(unchanged=1))
    assert rows(db, "orders")[FIRST_ORDER_ID + 1]["deleted_at"] is None


def test_lines_of_a_deleted_product_lose_its_ids_as_in_the_store(
    db: sqlite3.Connection, syncs: Syncs
) -> None:
    lines = [line_item(1), line_item(2, product_id=FIRST_PRODUCT_ID + 2)]
    syncs.load(products=[product(1), product(2)], orders=[order(1, line_items=lines)])
    version = table_version(db, "line_items")
    loaded = syncs.load(deleted={"products": [FIRST_PRODUCT_ID + 1]})
    assert (loaded["products"], loaded["line_items"]) == (counts(deleted=1), counts(updated=1))
    assert select(db, "SELECT product_id, variant_id IS NULL FROM line_items ORDER BY id") == [
        (None, 1),
        (FIRST_PRODUCT_ID + 2, 0),
    ]
    assert table_version(db, "line_items") == version + 1


def test_a_returning_product_brings_its_variants_back(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(products=[product(1)])
    syncs.load(deleted={"products": [FIRST_PRODUCT_ID + 1]})
    returned = syncs.load(products=[product(1)])
    assert (returned["products"], returned["product_variants"]) == (counts(updated=1), counts(updated=1))
    assert select(db, "SELECT deleted_at FROM product_variants") == [(None,)]


def test_what_is_read_and_then_gone_is_deleted(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(products=[product(1)], deleted={"products": [FIRST_PRODUCT_ID + 1]})
    assert select(db, "SELECT deleted_at FROM products") == [(EVERYTHING.updated_at_max,)]


def test_children_of_deleted_and_returning_orders_are_others_now(
    db: sqlite3.Connection, syncs: Syncs
) -> None:
    syncs.load(orders=[order(1)])
    syncs.load(deleted={"orders": [FIRST_ORDER_ID + 1]})
    after_deletion = dict.fromkeys(TABLES[3:], 1) | {
        "orders": 2,
        "line_items": 2,
        "tax_lines": 2,
        "sales_ledger": 2,
    }
    assert versions(db) == after_deletion
    syncs.load(orders=[order(1)])
    assert versions(db) == {table: number + 1 for table, number in after_deletion.items()}
