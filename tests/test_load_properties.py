"""Whatever the order in which versions of records arrive, the newest end up in the database."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from shopify_analytics.csv_export import export_tables
from shopify_analytics.database import table_version

from tests.demo_store.records import SHOP, line_item, order, product, timestamp, variant
from tests.syncing import Syncs, dump, rows, short_lived_database

TABLES = ("products", "product_variants", "orders", "line_items")
Version = tuple[int, int, frozenset[int]]

# Which record, which minute of its life, which children it has then.
VERSIONS = st.tuples(st.integers(1, 4), st.integers(0, 5), st.frozensets(st.integers(0, 3)))
ARRIVALS = st.lists(VERSIONS, max_size=12)


def as_order(version: Version) -> dict[str, Any]:
    number, minute, children = version
    lines = [line_item(10 * number + child, quantity=minute + 1) for child in sorted(children)]
    return order(number, updated_at=timestamp(minute), name=f"#{minute}", line_items=lines)


def as_product(version: Version) -> dict[str, Any]:
    number, minute, children = version
    record = product(number, updated_at=timestamp(minute), title=f"Mug {minute}")
    variants = [variant(10 * number + child, record["id"], grams=minute) for child in sorted(children)]
    return record | {"variants": variants}


def newest(arrivals: list[Version]) -> dict[int, Version]:
    """The version of each record that must win: the latest minute, and of its equals the last to arrive."""
    winners: dict[int, Version] = {}
    for version in arrivals:
        if version[0] not in winners or version[1] >= winners[version[0]][1]:
            winners[version[0]] = version
    return winners


def state(syncs: Syncs) -> dict[str, Any]:
    """What a reader of live rows sees."""
    tables = {table: rows(syncs.db, table) for table in TABLES}
    return {
        table: {row_id: row for row_id, row in found.items() if not row.get("deleted_at")}
        for table, found in tables.items()
    }


@settings(deadline=None, max_examples=40)
@given(arrivals=ARRIVALS, page_size=st.integers(1, 5), loads=st.integers(1, 3))
def test_any_order_of_arrival_ends_with_the_newest(
    arrivals: list[Version], page_size: int, loads: int
) -> None:
    winners = list(newest(arrivals).values())
    with short_lived_database(SHOP) as syncs, short_lived_database(SHOP) as expected:
        share = len(arrivals) // loads + 1
        for start in range(0, len(arrivals), share):
            batch = arrivals[start : start + share]
            syncs.load(products=map(as_product, batch), orders=map(as_order, batch), page_size=page_size)
        expected.load(products=map(as_product, winners), orders=map(as_order, winners))
        assert state(syncs) == state(expected)


@settings(deadline=None, max_examples=40)
@given(arrivals=ARRIVALS, page_size=st.integers(1, 5), gone=st.sets(st.integers(1, 4)))
def test_loading_twice_changes_nothing(arrivals: list[Version], page_size: int, gone: set[int]) -> None:
    winners = [version for number, version in newest(arrivals).items() if number not in gone]
    deleted = {
        entity: [record(version)["id"] for version in arrivals if version[0] in gone]
        for entity, record in (("products", as_product), ("orders", as_order))
    }
    with short_lived_database(SHOP) as syncs:
        syncs.load(products=map(as_product, arrivals), orders=map(as_order, arrivals), page_size=page_size)
        syncs.load(products=map(as_product, winners), orders=map(as_order, winners), deleted=deleted)
        before = dump(syncs.db)
        counts = syncs.load(products=map(as_product, winners), orders=map(as_order, winners), deleted=deleted)
        assert dump(syncs.db) == before
        assert all(count["unchanged"] == sum(count.values()) for count in counts.values())


@settings(deadline=None, max_examples=20)
@given(batches=st.lists(st.tuples(ARRIVALS, st.sets(st.integers(1, 4))), max_size=4))
def test_a_table_whose_version_stays_has_the_same_file(batches: list[tuple[list[Version], set[int]]]) -> None:
    with short_lived_database(SHOP) as syncs:
        folder = syncs.folder.parent
        before: dict[str, tuple[int, bytes]] = {}
        for batch, gone in batches:
            deleted = {"orders": [order(number)["id"] for number in gone]}
            deleted["products"] = [product(number)["id"] for number in gone]
            syncs.load(products=map(as_product, batch), orders=map(as_order, batch), deleted=deleted)
            (folder / "fresh").mkdir(exist_ok=True)
            syncs.db.execute("DELETE FROM metadata WHERE key LIKE 'exported.%'")
            export_tables(syncs.db, folder / "fresh", syncs.folder)
            now = {
                table: (table_version(syncs.db, table), (folder / "fresh" / f"{table}.csv").read_bytes())
                for table in TABLES
            }
            for table, (version, content) in before.items():
                assert version < now[table][0] or content == now[table][1]
            before = now
