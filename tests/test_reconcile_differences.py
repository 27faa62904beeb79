"""What explains that the store counts more or less than the database holds, and is no loss."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from demo_store.state import Store

from tests.demo_store.records import customer, order
from tests.faults.shops import SyncedShop, serving
from tests.reconciling import (
    ORDERS,
    RED,
    explained,
    hide_while_listed,
    lose,
    of_orders,
    reconciled,
    synced_shop,
)


@pytest.fixture
def trial(store: Store, tmp_path: Path) -> Iterator[SyncedShop]:
    """Two products, three customers and five orders, ten minutes after the first sync."""
    with synced_shop(store, tmp_path) as trial:
        yield trial


def test_what_is_made_after_the_window_is_in_neither_count(trial: SyncedShop) -> None:
    now = trial.shop.time()
    trial.store.put("orders", [order(7, created_at=now, updated_at=now)])
    run = trial.sync()
    assert (of_orders(run)["store"], explained(run)) == (5, {})
    trial.sync()
    full = trial.sync(full_sync=True)
    assert (of_orders(full)["store"], of_orders(full)["database"]) == (5, 5)


def test_what_is_made_in_the_window_and_changed_after_it_is_left_to_the_next_run(trial: SyncedShop) -> None:
    made, now = trial.shop.time(seconds=-40), trial.shop.time()
    trial.store.put("orders", [order(7, created_at=made, updated_at=now)])
    before = trial.asked("orders/count"), trial.asked("orders")
    run = trial.sync()
    assert (of_orders(run)["state"], explained(run)) == ("explained", {"difference": -1, "in_flight": 1})
    # Its id is asked for; the counts are not repeated.
    assert (trial.asked("orders/count"), trial.asked("orders")) == (before[0] + 2, before[1] + 2)
    assert reconciled(trial, run)[2].startswith(
        "orders              6 in the store, 5 here: 1 left to the next"
    )
    assert ", reconciled, " in run.returned["report_run"]
    trial.shop.clock.advance(timedelta(minutes=1))
    assert (of_orders(trial.sync())["state"], len(trial.rows("orders"))) == ("equal", 6)


def test_an_old_record_that_was_never_here_and_changes_now_is_left_to_the_next_run(trial: SyncedShop) -> None:
    lose(trial, "orders", ORDERS[1]["id"])
    trial.store.put("orders", [ORDERS[1] | {"updated_at": trial.shop.time()}])
    run = trial.sync()
    assert explained(run) == {"difference": -1, "in_flight": 1}
    trial.shop.clock.advance(timedelta(minutes=1))
    trial.sync()
    trial.assert_equal()


def test_what_an_index_shows_late_is_left_to_the_next_run(trial: SyncedShop) -> None:
    trial.server.faults.index_lag_seconds = 60
    made = trial.shop.time(seconds=-45)
    trial.store.put("orders", [order(7, created_at=made, updated_at=made)])
    trial.after(1, "orders", lambda: trial.shop.clock.advance(timedelta(seconds=20)))
    run = trial.sync()
    assert explained(run) == {"difference": -1, "in_flight": 1}
    trial.sync()
    trial.assert_equal()


def test_a_change_while_the_window_is_read_is_no_loss(trial: SyncedShop) -> None:
    trial.shop.save("orders", ORDERS[0], tags="one")
    trial.shop.save("orders", ORDERS[1], tags="two")
    trial.after(1, "orders/count", lambda: trial.shop.save("orders", ORDERS[1], tags="three"))
    run = trial.sync()
    assert of_orders(run)["window"] == {"store": 2, "read": 1, "missing": 0}
    assert of_orders(run)["state"] == "equal"
    trial.sync()
    trial.assert_equal()


def test_a_change_that_is_not_listed_and_will_be_read_again_is_left_to_the_next_run(
    trial: SyncedShop,
) -> None:
    changed = trial.shop.save("orders", ORDERS[2], tags="changed")
    hide_while_listed(trial, changed)
    assert of_orders(trial.sync())["window"] == {"store": 1, "read": 0, "missing": 0}
    trial.sync()
    trial.assert_equal()


def test_records_that_could_not_be_read_are_not_missing(trial: SyncedShop) -> None:
    for number, changes in ((7, {"total_price": "a lot"}), (1, {"total_price": "twelve"})):
        trial.shop.save("orders", order(number, **changes))
    run = trial.sync()
    # The first version of order 1 is still here.
    assert explained(run) == {"difference": -1, "rejected": 1}
    assert reconciled(trial, run)[2].startswith(
        "orders              6 in the store, 5 here: 1 could not be read;"
    )


def test_a_record_without_id_is_not_missing(trial: SyncedShop, monkeypatch: pytest.MonkeyPatch) -> None:
    trial.shop.save("orders", order(7))
    nameless = json.dumps({"updated_at": trial.shop.time()}).encode()
    select = Store.select

    def without_ids(store: Store, table: str, *conditions: Any, **options: Any) -> Any:
        rows = select(store, table, *conditions, **options)
        return [replace(row, body=nameless) for row in rows] if table == "orders" else rows

    with monkeypatch.context() as patch:
        patch.setattr(Store, "select", without_ids)
        run = trial.sync()
    assert explained(run) == {"difference": -1, "rejected": 1}
    trial.sync()
    trial.assert_equal()


def test_what_is_gone_from_the_store_is_no_loss_and_marked_by_the_next_sweep(trial: SyncedShop) -> None:
    trial.shop.delete("orders", ORDERS[0])
    trial.shop.delete("customers", customer(1))
    run = trial.sync()
    assert (of_orders(run)["state"], explained(run)) == ("surplus", {"difference": 1})
    assert ", gone from the store: customers 1, orders 1, " in run.returned["report_run"]
    assert reconciled(trial, run)[2].startswith(
        "orders              4 in the store, 5 here: 1 more here, for the next sweep to settle; "
    )
    trial.shop.clock.advance(timedelta(hours=24))
    assert of_orders(trial.sync())["state"] == "equal"
    trial.assert_equal()


def test_what_is_deleted_between_fetch_and_count_is_no_loss(trial: SyncedShop) -> None:
    made = trial.shop.save("orders", order(7))
    trial.after(1, "orders", lambda: trial.shop.delete("orders", made))
    assert of_orders(trial.sync())["state"] == "surplus"


def test_without_read_all_orders_old_orders_are_in_neither_count(store: Store, tmp_path: Path) -> None:
    old = {"created_at": "2026-09-01T09:00:00+02:00", "processed_at": "2026-09-01T09:00:00+02:00"}
    store.put("orders", [order(1, **old), order(2, **old), *ORDERS[2:]])
    with serving(store, tmp_path) as trial:
        trial.sync()
        trial.server.faults.withdrawn_scopes = ["read_all_orders"]
        trial.shop.clock.advance(timedelta(minutes=10))
        assert (of_orders(trial.sync())["store"], of_orders(trial.sync())["database"]) == (3, 3)
        lose(trial, "orders", ORDERS[0]["id"])
        trial.sync()
        lose(trial, "orders", ORDERS[4]["id"])
        assert trial.run().failed == RED


def test_a_comparison_beside_a_faster_run_is_right(trial: SyncedShop) -> None:
    slow = trial.begin().go_on_to("reconcile")
    trial.shop.save("orders", order(7))
    trial.shop.clock.advance(timedelta(minutes=10))
    trial.sync()
    assert of_orders(slow.go_on())["state"] == "equal"


def test_a_retry_does_not_take_what_it_asked_for_as_read_in_the_window(trial: SyncedShop) -> None:
    waiting = [order(number, total_price="a lot") for number in (7, 8, 9)]
    for record in waiting:
        trial.shop.save("orders", record)
    for _ in range(2):
        trial.sync()
        trial.shop.clock.advance(timedelta(hours=1))
    trial.shop.save("orders", ORDERS[0], tags="new")
    trial.pipeline.variables["shopify_page_size"] = "2"
    # The window, two of those that wait, and then five failures.
    trial.after(2, "orders", lambda: trial.server.faults.change({"storm": "503", "storm_answers": 5}))
    run = trial.sync()
    assert (run.tries["fetch_orders"], run.returned["fetch_orders"]["records"]) == (2, 4)
    assert of_orders(run)["window"] == {"store": 1, "read": 1, "missing": 0}
