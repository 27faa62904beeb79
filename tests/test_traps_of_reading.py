"""What makes an incremental read of a store lose, double or spoil records, end to end.

Known from Shopify's documentation and its forums: https://shopify.dev/docs/api/admin-rest/usage/pagination,
https://community.shopify.com/t/16260 (767 rows for 494 orders), https://community.shopify.com/t/94934 (closed
orders missing). Of the usual list these do not apply here, as the project reads REST and has no receiver:
lines cut off by GraphQL's ``first``; GraphQL's ``deletionEvents``; webhooks for deleted orders and customers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from demo_store.state import Store

from tests.demo_store.records import SHOP, line_item, order, product, timestamp
from tests.faults.shops import SyncedShop, Syncs, changes, serving, written
from tests.hooks.scripted_store import Reply, ScriptedStore
from tests.pipeline import Pipeline

ORDERS = [order(number) for number in range(1, 7)]
ANCIENT = {"created_at": "2025-11-20T09:00:00+01:00", "processed_at": "2025-11-20T09:00:00+01:00"}


@pytest.fixture
def trial(store: Store, tmp_path: Path) -> Iterator[SyncedShop]:
    """Six orders, read in pages of two, before the first sync."""
    store.put("orders", ORDERS)
    with serving(store, tmp_path, shopify_page_size="2") as trial:
        yield trial


def number(record_id: int) -> int:
    return record_id % 1000


def names(syncs: Syncs) -> dict[int, str]:
    """The orders in the CSV file: number and name."""
    return {number(int(row["order_id"])): row["name"] for row in syncs.csv("orders")}


def test_a_record_updated_while_paging_is_read_once_and_what_moved_on_by_the_next_sync(
    trial: SyncedShop,
) -> None:
    trial.sync()
    trial.shop.clock.advance(timedelta(hours=1))
    trial.store.put("orders", [record | {"updated_at": trial.shop.time()} for record in ORDERS])
    trial.shop.clock.advance(timedelta(minutes=1))

    def rename_one_that_is_read_and_one_that_is_not() -> None:
        for renamed in (ORDERS[0], ORDERS[5]):
            trial.shop.save("orders", renamed, name="renamed")

    trial.after(1, "orders", rename_one_that_is_read_and_one_that_is_not)
    run = trial.sync()
    assert run.returned["fetch_orders"]["records"] == 5
    assert changes(run) == {"orders": {"updated": 5}}
    assert names(trial) == {1: "#1001", 2: "#1002", 3: "#1003", 4: "#1004", 5: "#1005", 6: "#1006"}
    assert trial.changes() == {"orders": {"updated": 2}}
    assert names(trial) == {1: "renamed", 2: "#1002", 3: "#1003", 4: "#1004", 5: "#1005", 6: "renamed"}
    trial.assert_equal()


@pytest.mark.parametrize("to", ["2026-11-22", "2026-11-01"], ids=["before the cursor", "behind the cursor"])
def test_a_record_that_moves_past_the_cursor_is_neither_skipped_nor_read_twice(
    trial: SyncedShop, to: str
) -> None:
    def move_the_oldest_and_the_newest() -> None:
        for moved in (ORDERS[0], ORDERS[5]):
            trial.shop.save("orders", moved, processed_at=f"{to}T09:00:00+01:00")

    trial.after(1, "orders", move_the_oldest_and_the_newest)
    run = trial.sync()
    assert run.returned["fetch_orders"]["records"] == 6
    assert list(names(trial)) == [1, 2, 3, 4, 5, 6]
    trial.sync()
    trial.assert_equal()


def test_a_record_updated_all_the_time_is_never_lost_from_a_full_sync(trial: SyncedShop) -> None:
    trial.sync()

    def touch_everything() -> None:
        trial.shop.clock.advance(timedelta(seconds=1))
        trial.store.put("orders", [record | {"updated_at": trial.shop.time()} for record in ORDERS])

    trial.shop.before_answer = touch_everything
    run = trial.sync(full_sync=True)
    assert (run.returned["fetch_orders"]["records"], trial.deleted("orders")) == (6, {})
    trial.shop.before_answer = lambda: None
    trial.shop.clock.advance(timedelta(minutes=1))
    trial.sync()
    trial.assert_equal()


@pytest.fixture
def scripted(tmp_path: Path) -> Iterator[tuple[ScriptedStore, Syncs]]:
    """A store that replies what no well-behaved one does, and its syncs."""
    with ScriptedStore() as store:
        connection = {"conn_type": "shopify", "host": store.url, "password": "demo-token"}
        yield store, Syncs(Pipeline(tmp_path, connection))


def script(store: ScriptedStore, *pages: list[dict[str, Any]]) -> list[Reply]:
    """The replies to a full sync of a store that has nothing but these pages of orders, and counts them."""
    scopes = [{"handle": f"read_{what}"} for what in ("products", "customers", "orders", "all_orders")]
    none = [
        reply
        for resource in ("products", "customers")
        for reply in (Reply(200, {"count": 0}), Reply(200, {resource: []}))
    ]
    links = [
        f'<{store.url}/admin/api/2026-10/orders.json?page_info={page}>; rel="next"'
        for page in range(1, len(pages))
    ]
    return [
        Reply(200, {"shop": SHOP}, {"Date": "Sun, 22 Nov 2026 12:00:00 GMT"}),
        Reply(200, {"access_scopes": scopes}),
        *none,
        Reply(200, {"count": sum(map(len, pages))}),
        *(
            Reply(200, {"orders": page}, {"Link": link} if link else {})
            for page, link in zip(pages, [*links, ""], strict=True)
        ),
        Reply(200, {"count": 0}),
        Reply(200, {"count": 0}),
        Reply(200, {"count": len({record["id"] for page in pages for record in page})}),
    ]


OLD = order(2, name="old", line_items=[line_item(1), line_item(2)])
NEW = order(2, name="new", line_items=[line_item(2, quantity=3)], updated_at=timestamp(900))


@pytest.mark.parametrize("split", [2, 3], ids=["on two pages", "on one page"])
@pytest.mark.parametrize("copies", [(OLD, NEW), (NEW, OLD)], ids=["old first", "new first"])
def test_a_record_seen_twice_counts_once_and_the_newer_copy_wins(
    scripted: tuple[ScriptedStore, Syncs], copies: tuple[dict[str, Any], ...], split: int
) -> None:
    store, syncs = scripted
    listed = [order(1), *copies, order(3)]
    store.script = script(store, listed[:split], listed[split:])
    run = syncs.sync()
    assert run.returned["fetch_orders"]["records"] == 4
    assert names(syncs) == {1: "#1001", 2: "new", 3: "#1003"}
    lines = syncs.select("SELECT quantity FROM line_items WHERE order_id = ?", NEW["id"])
    assert (lines, syncs.summary()["total_orders"]) == ([(3,)], 3)


def test_pages_out_of_order_are_all_loaded(scripted: tuple[ScriptedStore, Syncs]) -> None:
    store, syncs = scripted
    store.script = script(store, [order(5), order(4)], [order(1)], [order(3), order(2)])
    assert syncs.changes() == {"orders": {"inserted": 5}, "line_items": {"inserted": 5}}
    assert list(names(syncs)) == [1, 2, 3, 4, 5]


def test_an_out_of_order_write_of_a_slower_run_is_refused(trial: SyncedShop) -> None:
    slow = trial.begin().go_on_to("load_sqlite")
    trial.shop.save("orders", ORDERS[0], name="renamed")
    fast = trial.begin().go_on_to("export_csv")
    slow.go_on()
    assert slow.failed == ["load_sqlite", "report_run"]
    assert slow.reasons["load_sqlite"] == (
        "The staged products reach to 2026-11-22T11:59:30Z, the last committed load to 2026-11-22T12:00:30Z: "
        "another run was faster. Clear the run from plan_sync"
    )
    assert fast.go_on().succeeded
    assert names(trial)[1] == "renamed"
    trial.assert_equal()


def test_an_out_of_order_copy_from_a_list_that_is_behind_does_not_overwrite_a_newer_row(
    trial: SyncedShop,
) -> None:
    new = trial.shop.save("orders", ORDERS[0], name="renamed")
    trial.sync()

    def lists_are_behind() -> None:
        trial.store.put("orders", [ORDERS[0]])
        trial.after(1, "orders", lambda: trial.store.put("orders", [new]))

    trial.after(1, "orders/count", lists_are_behind)
    assert trial.changes(full_sync=True) == {}
    assert names(trial)[1] == "renamed"
    trial.assert_equal()


def test_index_lag_hides_a_fresh_record_from_one_sync_and_not_from_the_next(trial: SyncedShop) -> None:
    trial.server.faults.index_lag_seconds = 60
    trial.sync()
    trial.store.put("orders", [order(7, created_at=trial.shop.time(), updated_at=trial.shop.time())])
    trial.shop.clock.advance(timedelta(seconds=45))  # beyond what is left to settle, within the lag
    assert trial.changes() == {}
    assert trial.watermarks()["orders"] > "2026-11-22T12:00:00Z"
    trial.shop.clock.advance(timedelta(seconds=15))
    assert trial.changes() == {"orders": {"inserted": 1}, "line_items": {"inserted": 1}}
    trial.assert_equal()


def test_status_is_open_by_default_and_closed_and_cancelled_orders_come_all_the_same(
    trial: SyncedShop,
) -> None:
    closed, cancelled = {"closed_at": timestamp(700)}, {"cancelled_at": timestamp(700)}
    trial.store.put("orders", [order(7, **closed), order(8, **cancelled)])
    trial.sync()
    assert list(names(trial)) == [1, 2, 3, 4, 5, 6, 7, 8]
    trial.shop.save("orders", ORDERS[0], closed_at=trial.shop.time())
    trial.shop.save("orders", ORDERS[1], cancelled_at=trial.shop.time())
    assert trial.changes() == {"orders": {"updated": 2}}
    trial.assert_equal()


def test_the_60_day_limit_hides_old_orders_and_the_run_log_says_so(store: Store, tmp_path: Path) -> None:
    store.put("orders", [order(1, **ANCIENT), order(2)])
    scopes = ("read_products", "read_customers", "read_orders")
    with serving(store, tmp_path, scopes=scopes) as trial:
        run = trial.sync()
        assert list(names(trial)) == [2]
        assert (
            "  The token lacks the scope read_all_orders: orders older than 60 days are silently absent. "
            "Add the scope to the app in Shopify to have them"
        ) in trial.run_log(run).splitlines()


def test_the_60_day_limit_deletes_nothing_that_is_known_from_before(
    trial: SyncedShop,
) -> None:
    trial.store.put("orders", [order(7, **ANCIENT)])
    trial.sync()
    trial.server.faults.withdrawn_scopes = ["read_all_orders"]
    assert trial.changes(full_sync=True) == {}
    assert list(names(trial)) == [1, 2, 3, 4, 5, 6, 7]
    trial.assert_equal()


def test_updated_at_that_changes_without_a_visible_change_rewrites_nothing_else(trial: SyncedShop) -> None:
    trial.store.put("products", [product(1)])
    trial.sync()
    before = trial.csv("orders")
    trial.shop.save("orders", ORDERS[0])
    trial.shop.save("products", product(1))
    run = trial.sync()
    assert changes(run) == {"products": {"updated": 1}, "orders": {"updated": 1}}
    assert written(run) == ["orders.csv", "products.csv"]
    before[0]["updated_at"] = "2026-11-22T12:00:00Z"
    assert trial.csv("orders") == before
    again = trial.sync()
    assert (changes(again), written(again)) == ({}, [])
    assert again.returned["fetch_orders"]["records"] == 1


def test_a_change_that_does_not_bump_updated_at_comes_with_the_overlap(trial: SyncedShop) -> None:
    fresh = trial.shop.save("orders", ORDERS[0])
    trial.sync()
    trial.store.put("orders", [fresh | {"name": "on hold"}])
    assert trial.changes() == {"orders": {"updated": 1}}
    trial.assert_equal()


def test_a_change_that_does_not_bump_updated_at_comes_with_a_full_sync_at_the_latest(
    trial: SyncedShop,
) -> None:
    trial.sync()
    trial.store.put("orders", [ORDERS[0] | {"name": "on hold"}])
    assert trial.changes() == {}
    assert trial.changes(full_sync=True) == {"orders": {"updated": 1}}
    assert names(trial)[1] == "on hold"
    trial.assert_equal()
