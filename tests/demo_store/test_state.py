"""The store's file: records, ids, transactions, deletions."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from demo_store.state import Condition, DemoStoreError, Store

from tests.demo_store.records import FIRST_ORDER_ID, FIRST_PRODUCT_ID, SHOP, order, product

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_record_comes_back_as_it_was_put(store: Store) -> None:
    odd = order(1, note='=1+1, "quoted"\n改行 ☕')
    store.put("orders", [odd])
    assert store.get("orders", odd["id"]) == odd


def test_a_record_that_is_not_there_is_none(store: Store) -> None:
    assert store.get("customers", 1) is None


def test_putting_a_record_again_replaces_it_and_what_it_is_found_by(store: Store) -> None:
    store.put("orders", [order(1), order(2)])
    store.put("orders", [order(1, cancelled_at="2026-11-21T10:00:00+01:00")])
    assert store.ids("orders") == [FIRST_ORDER_ID + 1, FIRST_ORDER_ID + 2]
    assert store.count("orders", [Condition("status", "=", "open")]) == 1
    assert store.count("orders", [Condition("status", "=", "cancelled")]) == 1


def test_a_store_outlives_its_connections(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "new folder" / "store.db", SHOP)
    store.put("products", [product(1)])
    store.close()
    again = Store.open(tmp_path / "new folder" / "store.db")
    assert (again.shop, again.get("products", FIRST_PRODUCT_ID + 1)) == (SHOP, product(1))
    again.close()


def test_an_existing_file_is_not_made_anew(store: Store) -> None:
    with pytest.raises(DemoStoreError, match="exists already: open it, or delete it to make a new store"):
        Store.create(store.path, SHOP)


def test_a_missing_file_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(DemoStoreError, match=r"There is no demo store at .*nowhere.db"):
        Store.open(tmp_path / "nowhere.db")


@pytest.mark.parametrize("content", [b"", b"a text, and no database at all"])
def test_another_file_is_not_taken_for_a_store(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(DemoStoreError, match=r"notes.txt is not a demo store"):
        Store.open(path)
    assert path.read_bytes() == content


def test_a_transaction_that_fails_leaves_nothing_behind(store: Store) -> None:
    def put_two_and_fail() -> None:
        with store.transaction():
            store.put("products", [product(1)])
            with store.transaction():
                store.put("products", [product(2)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        put_two_and_fail()
    assert store.ids("products") == []


def test_ids_ascend_by_kind_and_are_not_given_twice(store: Store) -> None:
    assert [store.next_id("order"), store.next_id("order")] == [7_100_000_000_001, 7_100_000_000_002]
    assert store.next_id("line_item") == 9_300_000_000_001
    store.close()
    assert Store.open(store.path).next_id("order") == 7_100_000_000_003


def test_settings_keep_json_values(store: Store) -> None:
    store.set_setting("life_until", "2026-11-22T12:00:00+00:00")
    store.set_setting("life", value=False)
    assert store.setting("life_until") == "2026-11-22T12:00:00+00:00"
    assert store.setting("life") is False
    assert store.setting("unknown", 7) == 7


def test_timestamps_have_the_shops_offset_in_summer_and_winter(store: Store) -> None:
    assert store.timestamp(NOON) == "2026-11-22T13:00:00+01:00"
    assert store.timestamp(datetime(2026, 7, 1, 12, tzinfo=UTC)) == "2026-07-01T14:00:00+02:00"


def test_deleting_what_is_not_there_changes_nothing(store: Store) -> None:
    store.delete("products", 1, NOON)
    assert store.count("events", []) == 0


def test_threads_see_what_others_have_put(store: Store) -> None:
    def put() -> None:
        store.put("orders", [order(1)])
        store.close()

    thread = threading.Thread(target=put)
    thread.start()
    thread.join()
    assert store.ids("orders") == [FIRST_ORDER_ID + 1]
