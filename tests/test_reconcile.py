"""After each load the database is compared with the store's own counts; what is lost is found, and said."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from demo_store.state import Store
from shopify_analytics.ledger import Outcome, Try, begin_try, end_try
from shopify_analytics.reconcile import reconciliation

from tests.demo_store.records import product
from tests.faults.shops import SyncedShop, written
from tests.reconciling import (
    ORDERS,
    RED,
    execute,
    explained,
    hide_while_listed,
    latest_result,
    lose,
    of_orders,
    reconciled,
    synced_shop,
)

SETTLED = "2026-11-22T12:09:30Z"
EQUAL = {"state": "equal", "difference": 0, "missing": 0, "rejected": 0, "in_flight": 0, "unlisted": 0}


@pytest.fixture
def trial(store: Store, tmp_path: Path) -> Iterator[SyncedShop]:
    """Two products, three customers and five orders, ten minutes after the first sync."""
    with synced_shop(store, tmp_path) as trial:
        yield trial


def test_an_equal_store_takes_one_request_an_entity_and_is_said_to_be_equal(trial: SyncedShop) -> None:
    before = {path: trial.asked(f"{path}/count") for path in ("products", "customers", "orders")}
    total = trial.server.requests.total
    run = trial.sync()
    window = {"store": 0, "read": 0, "missing": 0}
    swept = {"last_sweep": "2026-11-22T11:59:30Z", "window": window}
    assert run.returned["reconcile"] == {
        "products": {"store": 2, "database": 2} | EQUAL | swept,
        "customers": {"store": 3, "database": 3} | EQUAL | swept,
        "orders": {"store": 5, "database": 5} | EQUAL | swept,
    }
    # One more for what has changed, which the fetch asks for.
    assert {path: trial.asked(f"{path}/count") - asked for path, asked in before.items()} == {
        "products": 2,
        "customers": 2,
        "orders": 2,
    }
    assert trial.server.requests.total - total == 9 + 3
    assert run.returned["report_run"] == "nothing changed, reconciled, 12 API calls, 0 refused"
    assert reconciled(trial, run) == [
        f"{entity:<20}{number} in the store, {number} here: equal; 0 of 0 in the window; "
        "swept 2026-11-22T11:59:30Z"
        for entity, number in (("products", 2), ("customers", 3), ("orders", 5))
    ]


def test_a_lost_row_is_a_red_run_with_one_sentence_and_all_files(trial: SyncedShop) -> None:
    lose(trial, "orders", ORDERS[1]["id"])
    lose(trial, "products", product(1)["id"])
    trial.shop.save("orders", ORDERS[4], tags="new")
    run = trial.run()
    assert run.failed == RED
    sentence = (
        "Missing here though the store has them, and nothing explains it: 1 of 2 products, 1 of 5 orders. "
        "What was read is loaded. The next run reads the ids of all products and orders and fetches what is "
        "missing: wait for it, or trigger it; if it is red again, run a full sync (full_sync)"
    )
    assert (run.reasons["reconcile"], run.tries["reconcile"]) == (sentence, 1)
    assert run.reasons["report_run"].startswith(
        "AirflowFailException: Failed: reconcile. orders ~1, missing here: products 1, orders 1, "
    )
    assert "orders.csv" in written(run)
    assert {row["tags"] for row in trial.csv("orders")} == {"", "new"}
    assert trial.summary()["total_orders"] == 4
    assert trial.watermarks()["orders"] == "2026-11-22T12:10:30Z"
    assert f"reconcile, try 1 (failed): {sentence}" in trial.run_log(run)
    assert reconciled(trial, run)[2].startswith("orders              5 in the store, 4 here: 1 missing; ")


def test_the_run_after_it_looks_at_everything_and_fetches_what_is_missing(trial: SyncedShop) -> None:
    lose(trial, "orders", ORDERS[1]["id"])
    assert trial.run().failed == RED
    run = trial.sync()
    sweeps = {entity: window["sweep"] for entity, window in run.returned["plan_sync"].items()}
    assert sweeps == {"products": False, "customers": False, "orders": True}
    drift = {"checked": 5, "missing": 1, "stale": 0, "deleted": 0, "later": 0}
    assert run.returned["fetch_orders"]["drift"] == drift
    assert of_orders(run)["last_sweep"] == SETTLED
    trial.assert_equal()
    assert not any(window["sweep"] for window in trial.sync().returned["plan_sync"].values())


def test_a_row_that_was_lost_and_taken_for_deleted_is_found_too(trial: SyncedShop) -> None:
    execute(trial, "UPDATE orders SET deleted_at = '2026-11-22T12:00:00Z' WHERE id = ?", ORDERS[1]["id"])
    assert trial.run().failed == RED
    trial.sync()
    trial.assert_equal()


def test_a_change_that_the_store_counts_and_does_not_list_is_found(trial: SyncedShop) -> None:
    trial.shop.clock.advance(timedelta(minutes=20))
    changed = trial.shop.save("orders", ORDERS[2], tags="changed")
    trial.shop.clock.advance(timedelta(minutes=20))
    hide_while_listed(trial, changed)
    run = trial.run()
    assert run.failed == RED
    assert "nothing explains it: 1 of 5 orders. " in run.reasons["reconcile"]
    latest = latest_result(trial)["orders"]
    assert (latest["difference"], latest["window"]) == (0, {"store": 1, "read": 0, "missing": 1})
    run = trial.sync()
    assert run.returned["fetch_orders"]["drift"] == {
        "checked": 5,
        "missing": 0,
        "stale": 1,
        "deleted": 0,
        "later": 0,
    }
    trial.assert_equal()


def test_only_a_difference_that_stays_when_asked_again_is_a_loss(
    trial: SyncedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts_too_many(monkeypatch, times=1)
    run = trial.sync()
    assert (of_orders(run)["state"], of_orders(run)["store"]) == ("equal", 5)


def counts_too_many(patch: pytest.MonkeyPatch, times: int) -> None:
    """Let the store count an order that is in none of its lists, so many times, where no window bounds it."""
    count, left = Store.count, iter(range(times))

    def one_more(store: Store, table: str, conditions: Any) -> int:
        bounded = {condition.column for condition in conditions}
        phantom = table == "orders" and bounded == {"created_at"} and next(left, None) is not None
        return count(store, table, conditions) + phantom

    patch.setattr(Store, "count", one_more)


def test_what_the_store_counts_and_never_lists_is_told_once_it_has_listed_everything(
    trial: SyncedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts_too_many(monkeypatch, times=100)
    assert trial.run().failed == RED
    run = trial.sync()
    warning = "The store counts 1 orders more than it lists; all that it lists are here"
    assert warning in trial.run_log(run)
    for again in (run, trial.sync()):
        assert explained(again) == {"difference": -1, "unlisted": 1}
    assert not any(window["sweep"] for window in trial.sync().returned["plan_sync"].values())

    lose(trial, "orders", ORDERS[0]["id"])
    assert trial.run().failed == RED
    trial.sync()
    assert len(trial.rows("orders")) == 5
    monkeypatch.undo()
    assert of_orders(trial.sync(full_sync=True))["state"] == "equal"
    assert trial.select("SELECT value FROM metadata WHERE key = 'unlisted.orders'") == [("0",)]


def test_rows_that_a_sweep_lists_and_the_database_still_lacks_are_a_loss(trial: SyncedShop) -> None:
    trial.shop.clock.advance(timedelta(hours=24))
    run = trial.begin().go_on_to("reconcile")
    lose(trial, "orders", ORDERS[0]["id"])
    assert run.go_on().failed == RED


def test_a_store_that_cannot_be_asked_costs_neither_data_nor_files(trial: SyncedShop) -> None:
    trial.shop.save("orders", ORDERS[0], tags="new")
    run = trial.begin().go_on_to("reconcile")
    trial.server.faults.shop = "locked"
    run.go_on()
    assert run.failed == RED
    assert "This shop is unavailable" in run.reasons["reconcile"]
    assert "orders.csv" in written(run)
    assert reconciled(trial, run) == []
    trial.server.faults.shop = "open"
    trial.sync()
    trial.assert_equal()


def test_the_summary_shows_how_the_run_was_reconciled_also_when_that_ended_last(trial: SyncedShop) -> None:
    path = trial.pipeline.data_dir / "analytics_summary.json"
    lose(trial, "orders", ORDERS[0]["id"])
    run = trial.begin().go_on_to("report_run")
    summary = json.loads(path.read_text(encoding="utf-8")) | {"reconciliation": None}
    path.write_text(json.dumps(summary), encoding="utf-8")
    run.go_on()
    assert json.loads(path.read_text(encoding="utf-8")) == summary | {"reconciliation": latest_result(trial)}
    assert latest_result(trial)["orders"]["missing"] == 1


def test_the_latest_comparison_is_that_of_the_latest_run_that_made_one(db: sqlite3.Connection) -> None:
    assert reconciliation(db) is None
    for run_id, state, result in (
        ("a", "success", {"orders": {"state": "equal"}}),
        ("b", "failed", {"orders": {"state": "missing"}}),
        ("c", "failed", None),
    ):
        begin_try(db, Try(run_id, "reconcile", 1))
        end_try(db, Try(run_id, "reconcile", 1), Outcome(state, result=result))
    found = reconciliation(db)
    assert found is not None
    assert found.pop("checked_at").endswith("Z")
    assert found == {"orders": {"state": "missing"}}


def test_live_rows_are_counted_in_an_index(db: sqlite3.Connection) -> None:
    for table in ("products", "customers", "orders"):
        plan = db.execute(
            f"""
            EXPLAIN QUERY PLAN
            SELECT count(*) FROM (
                SELECT created_at FROM {table}
                WHERE deleted_at IS NULL AND coalesce(created_at, '') BETWEEN '' AND '2026'
            )
            """
        ).fetchall()
        assert f"USING COVERING INDEX {table}_by_creation" in plan[0][3]
