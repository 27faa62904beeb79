"""A shop that moves to another time zone: what is local in the database moves with it."""

from __future__ import annotations

import sqlite3

import pytest
from shopify_analytics.database import get_metadata, table_version
from shopify_analytics.shop import remember_shop

from tests.demo_store import records
from tests.demo_store.records import SHOP
from tests.syncing import SCOPES, Syncs, dump, select

IN_NEW_YORK = SHOP | {"iana_timezone": "America/New_York"}
ORDER = records.order(
    1,
    created_at="2026-11-20T01:00:00+01:00",
    processed_at="2026-11-20T02:30:00+01:00",
    cancelled_at="2026-11-21T00:30:00+01:00",
    fulfillments=[{"id": 1, "status": "success", "created_at": "2026-11-20T09:00:00+01:00"}],
    refunds=[{"id": 1, "created_at": "2026-11-22T05:00:00+01:00", "processed_at": None}],
)
LOCAL = "order_date, ordered_at_local, order_hour, order_weekday, fulfilled_date, cancelled_date"


def test_local_columns_are_rebuilt(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[ORDER])
    amsterdam = ("2026-11-20", "2026-11-20T02:30:00", 2, 5, "2026-11-20", "2026-11-21")
    assert select(db, f"SELECT {LOCAL} FROM orders") == [amsterdam]
    assert select(db, "SELECT refund_date FROM refunds") == [("2026-11-22",)]
    assert select(db, "SELECT DISTINCT ledger_date FROM sales_ledger") == [("2026-11-20",)]
    assert select(db, "SELECT fulfilled_date FROM fulfillments") == [("2026-11-20",)]

    remember_shop(db, IN_NEW_YORK, SCOPES)
    new_york = ("2026-11-19", "2026-11-19T20:30:00", 20, 4, "2026-11-20", "2026-11-20")
    assert select(db, f"SELECT {LOCAL} FROM orders") == [new_york]
    assert select(db, "SELECT refund_date FROM refunds") == [("2026-11-21",)]
    assert select(db, "SELECT DISTINCT ledger_date FROM sales_ledger") == [("2026-11-19",)]
    assert select(db, "SELECT fulfilled_date FROM fulfillments") == [("2026-11-20",)]
    assert get_metadata(db, "shop.timezone") == "America/New_York"


def test_it_is_as_if_the_shop_had_always_been_there(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[ORDER])
    remember_shop(db, IN_NEW_YORK, SCOPES)
    counts = syncs.load(orders=[ORDER])
    changed = {table: count for table, count in counts.items() if count["updated"] or count["inserted"]}
    assert changed == {}


def test_files_made_of_local_columns_are_out_of_date(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[ORDER])
    tables = ("orders", "refunds", "line_items")
    before = [table_version(db, table) for table in tables]
    remember_shop(db, IN_NEW_YORK, SCOPES)
    assert [table_version(db, table) for table in tables] == [before[0] + 1, before[1] + 1, before[2]]


def test_the_same_time_zone_rebuilds_nothing(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[ORDER])
    before = dump(db)
    remember_shop(db, SHOP, SCOPES)
    assert dump(db) == before


def test_an_unknown_time_zone_changes_nothing(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[ORDER])
    before = dump(db)
    with pytest.raises(KeyError, match="Atlantis"):
        remember_shop(db, SHOP | {"iana_timezone": "Atlantic/Atlantis"}, SCOPES)
    assert dump(db) == before


def test_every_row_of_a_large_table_is_rebuilt(db: sqlite3.Connection, syncs: Syncs) -> None:
    orders = [ORDER | {"id": number, "line_items": [], "refunds": []} for number in range(1, 2502)]
    syncs.load(orders=orders)
    remember_shop(db, IN_NEW_YORK, SCOPES)
    assert select(db, "SELECT order_date, count(*) FROM orders GROUP BY 1") == [("2026-11-19", 2501)]
