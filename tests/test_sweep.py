"""Once a day all ids in the store are compared with the database; what differs is fetched or marked."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from demo_store.state import Store
from shopify_analytics.errors import ShopifyUnavailable
from shopify_analytics.hooks.shopify import ShopifyHook
from shopify_analytics.sweep import last_sweep, list_ids, mark_swept, new_list

from tests.demo_store.records import customer, order, product
from tests.faults.shops import SyncedShop, changes, serving
from tests.hooks.scripted_store import Reply, ScriptedStore
from tests.pipeline import Run
from tests.reconciling import execute, lose
from tests.syncing import select

ORDERS = [order(number) for number in range(1, 8)]
UNSOLD = 20
DAY = timedelta(hours=24)


@pytest.fixture
def trial(store: Store, tmp_path: Path) -> Iterator[SyncedShop]:
    """Three products, three customers and seven orders, a day after the first sync."""
    store.put("products", [product(number) for number in (1, 2, UNSOLD)])
    store.put("customers", [customer(number) for number in (1, 2, UNSOLD)])
    store.put("orders", ORDERS)
    with serving(store, tmp_path) as trial:
        trial.sync()
        trial.shop.clock.advance(DAY)
        yield trial


def drift(run: Run, entity: str = "orders") -> dict[str, int]:
    """What a run's sweep found."""
    found: dict[str, int] = run.returned[f"fetch_{entity}"]["drift"]
    return found


def found(
    checked: int, *, missing: int = 0, stale: int = 0, deleted: int = 0, later: int = 0
) -> dict[str, int]:
    return {"checked": checked, "missing": missing, "stale": stale, "deleted": deleted, "later": later}


def swept(run: Run) -> list[str]:
    """The entities that a run swept."""
    return [entity for entity, window in run.returned["plan_sync"].items() if window["sweep"]]


def test_a_sweep_fetches_what_is_missing_and_stale_and_marks_what_is_deleted(trial: SyncedShop) -> None:
    lose(trial, "orders", ORDERS[0]["id"])
    execute(trial, "UPDATE orders SET deleted_at = '2026-11-22' WHERE id = ?", ORDERS[1]["id"])
    execute(trial, "UPDATE orders SET updated_at = '2026-11-19', tags = 'x' WHERE id = ?", ORDERS[2]["id"])
    for resource in ("products", "customers"):  # without an event
        trial.store.db.execute(f"DELETE FROM {resource} WHERE id = ?", (trial.store.ids(resource)[-1],))
    for gone in ORDERS[3:5]:
        trial.shop.delete("orders", gone)
    before = {path: trial.asked(path) for path in ("products", "customers", "orders")}
    run = trial.sync()
    assert drift(run) == found(5, missing=2, stale=1, deleted=2)
    assert drift(run, "customers") == found(2, deleted=1)
    assert drift(run, "products") == found(2, deleted=1)
    # The window, all ids, and what differs.
    assert {path: trial.asked(path) - asked for path, asked in before.items()} == dict.fromkeys(before, 3)
    assert changes(run)["orders"] == {"inserted": 1, "updated": 2, "deleted": 2}
    assert set(trial.deleted("orders").values()) == {run.returned["plan_sync"]["orders"]["updated_at_max"]}
    log = trial.run_log(run)
    assert "5 ids checked, 2 missing, 1 stale, 2 deleted" in log
    assert "Of the orders, 2 were missing here and 1 stale, which no list of changes had told: " in log
    assert "Of the customers" not in log
    trial.assert_equal()


def test_a_sweep_of_an_equal_store_takes_one_request_for_250_ids(trial: SyncedShop) -> None:
    before = trial.server.requests.total
    run = trial.sync()
    assert (drift(run), drift(run, "products")) == (found(7), found(3))
    assert changes(run) == {}
    assert trial.server.requests.total - before == 12 + 3


def test_it_comes_once_a_day_and_a_full_sync_counts_as_one(trial: SyncedShop) -> None:
    sweeps = []
    for hour in range(0, 50, 2):
        run = trial.sync(full_sync=hour == 10)
        assert swept(run) in ([], ["products", "customers", "orders"])
        sweeps += [hour] if swept(run) else []
        trial.shop.clock.advance(timedelta(hours=2))
    assert sweeps == [0, 10, 34]


def test_a_variable_says_how_often(trial: SyncedShop) -> None:
    trial.pipeline.variables["shopify_sweep_hours"] = "0"
    trial.shop.clock.advance(timedelta(days=30))
    run = trial.sync()
    assert (swept(run), "drift" in run.returned["fetch_orders"]) == ([], False)
    trial.pipeline.variables["shopify_sweep_hours"] = "2"
    assert swept(trial.sync()) == ["products", "customers", "orders"]
    trial.shop.clock.advance(timedelta(hours=1))
    assert swept(trial.sync()) == []


def test_what_changes_anyhow_is_no_drift(trial: SyncedShop) -> None:
    """Neither what the window holds nor what the next one will read."""
    trial.shop.save("orders", order(8, created_at=trial.shop.time()))
    trial.shop.save("orders", ORDERS[0], tags="in the window")
    trial.shop.clock.advance(timedelta(minutes=1))
    now = trial.shop.time()
    trial.store.put("orders", [order(9, created_at=now, updated_at=now)])
    trial.store.put("orders", [ORDERS[1] | {"tags": "after the window", "updated_at": now}])
    before = trial.asked("orders")
    assert drift(trial.sync()) == found(9, later=1)
    assert trial.asked("orders") - before == 2
    trial.shop.clock.advance(timedelta(minutes=1))
    trial.sync()
    trial.assert_equal()


def test_a_row_that_is_missing_from_the_list_for_a_moment_is_not_deleted(trial: SyncedShop) -> None:
    def hide() -> None:
        trial.store.delete("orders", ORDERS[3]["id"], trial.shop.clock.now())
        trial.after(1, "orders", lambda: trial.store.put("orders", [ORDERS[3]]))

    trial.after(1, "orders", hide)
    assert drift(trial.sync()) == found(6)
    trial.assert_equal()


def test_what_vanishes_after_it_was_listed_is_left_to_the_next_sweep(trial: SyncedShop) -> None:
    execute(trial, "UPDATE orders SET updated_at = '2026-11-19' WHERE id = ?", ORDERS[2]["id"])
    trial.after(2, "orders", lambda: trial.store.delete("orders", ORDERS[2]["id"], trial.shop.clock.now()))
    run = trial.sync()
    assert (drift(run), trial.deleted("orders")) == (found(7, stale=1), {})
    trial.shop.clock.advance(DAY)
    assert drift(trial.sync()) == found(6, deleted=1)
    trial.assert_equal()


def test_a_record_that_went_back_in_time_is_stale(trial: SyncedShop) -> None:
    trial.store.put("orders", [ORDERS[2] | {"tags": "as before", "updated_at": "2026-11-01T09:00:00+01:00"}])
    assert drift(trial.sync()) == found(7, stale=1)
    trial.assert_equal()


def test_records_that_could_not_be_read_are_no_drift(trial: SyncedShop) -> None:
    trial.shop.save("orders", order(8, total_price="a lot"))
    trial.sync()
    trial.shop.clock.advance(timedelta(hours=1))
    trial.sync()
    trial.shop.clock.advance(DAY)
    before = trial.asked("orders")
    assert drift(trial.sync()) == found(8)
    # The window, all ids, and the record that waits, as ever.
    assert trial.asked("orders") - before == 3


@pytest.mark.parametrize(("everything", "deleted"), [(True, [1, 2, 3]), (False, [3])])
def test_without_read_all_orders_an_old_order_is_never_taken_for_deleted(
    store: Store, tmp_path: Path, *, everything: bool, deleted: list[int]
) -> None:
    ages = {1: "2026-06-01", 2: "2026-09-25", 3: "2026-09-26", 4: "2026-11-20"}
    store.put("orders", [order(number, created_at=f"{day}T12:00:00Z") for number, day in ages.items()])
    with serving(store, tmp_path) as trial:
        trial.sync()
        for number in (1, 2, 3):
            trial.shop.delete("orders", order(number))
        trial.shop.clock.advance(DAY)
        trial.server.faults.withdrawn_scopes = [] if everything else ["read_all_orders"]
        assert drift(trial.sync()) == found(1, deleted=len(deleted))
        assert [record_id % 1000 for record_id in trial.deleted("orders")] == deleted


def test_a_fetch_that_fails_while_it_sweeps_lists_all_ids_again(trial: SyncedShop) -> None:
    lose(trial, "orders", ORDERS[0]["id"])
    trial.after(2, "orders", lambda: trial.server.faults.change({"storm": "503", "storm_answers": 5}))
    before = trial.asked("orders")
    run = trial.sync()
    assert (run.tries["fetch_orders"], drift(run)) == (2, found(7, missing=1))
    assert trial.asked("orders") - before == 2 + 5 + 3
    trial.assert_equal()


def test_a_fetch_that_is_done_tells_its_drift_again(trial: SyncedShop) -> None:
    lose(trial, "orders", ORDERS[0]["id"])
    run = trial.begin().go_on_to("load_sqlite")
    told, before = run.returned["fetch_orders"], trial.server.requests.total
    del run.states["fetch_orders"]
    assert run.go_on_to("load_sqlite").returned["fetch_orders"] == told
    assert (told["drift"], trial.server.requests.total) == (found(7, missing=1), before)


def test_a_full_sync_tells_what_increments_had_missed(trial: SyncedShop) -> None:
    lose(trial, "orders", ORDERS[0]["id"])
    execute(trial, "UPDATE orders SET updated_at = '2026-11-19' WHERE id = ?", ORDERS[2]["id"])
    trial.shop.delete("orders", ORDERS[3])
    trial.shop.save("orders", order(8, created_at=trial.shop.time()))
    assert drift(trial.sync(full_sync=True)) == found(7, missing=1, stale=1, deleted=1)


def test_a_run_that_fails_has_not_swept(trial: SyncedShop) -> None:
    run = trial.begin().go_on_to("load_sqlite")
    assert swept(run) == ["products", "customers", "orders"]
    assert swept(trial.sync()) == ["products", "customers", "orders"]
    assert swept(trial.sync()) == []


def test_a_store_that_was_never_swept_is_swept_at_once(trial: SyncedShop) -> None:
    trial.sync()
    execute(trial, "DELETE FROM metadata WHERE key LIKE 'swept.%'")
    assert swept(trial.sync()) == ["products", "customers", "orders"]


def test_the_last_sweep_never_moves_back(db: sqlite3.Connection) -> None:
    assert last_sweep(db, "orders") is None
    for at in ("2026-11-22T11:00:00Z", "2026-11-22T12:00:00Z", "2026-11-22T11:30:00Z"):
        mark_swept(db, "orders", at)
    assert (last_sweep(db, "orders"), last_sweep(db, "products")) == ("2026-11-22T12:00:00Z", None)


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedStore]:
    """A store that replies what a test tells it to."""
    with ScriptedStore() as store:
        connection = {"conn_type": "shopify", "host": store.url, "password": "demo-token"}
        monkeypatch.setenv("AIRFLOW_CONN_SHOPIFY_DEFAULT", json.dumps(connection))
        yield store


def listed(db: sqlite3.Connection, **bounds: str) -> tuple[int, list[tuple[Any, ...]]]:
    """How many ids a store lists, and the ids with their times of change."""
    new_list(db, "listed")
    hook = ShopifyHook(page_size=7, sleep=lambda _seconds: None)
    return list_ids(db, hook, "customers", **bounds), select(db, "SELECT id, updated_at FROM listed")


def test_nothing_but_ids_and_times_is_asked_for(db: sqlite3.Connection, scripted: ScriptedStore) -> None:
    more = {"Link": f'<{scripted.url}/admin/api/2026-10/customers.json?page_info=x>; rel="next"'}
    first = [{"id": 1, "updated_at": "2026-11-22T12:00:00+01:00"}, {"id": 2, "updated_at": "yesterday"}]
    second = [{"id": "three"}, None, {"id": 4}, {"id": 5, "updated_at": "2026-11-22T12:00:00Z"}]
    scripted.script = [Reply(200, {"customers": first}, more), Reply(200, {"customers": second})]
    ids = [(1, "2026-11-22T11:00:00Z"), (2, None), (4, None), (5, "2026-11-22T12:00:00Z")]
    assert listed(db) == (4, ids)
    assert [request.query for request in scripted.received] == [
        {"limit": "250", "fields": "id,updated_at", "since_id": "0"},
        {"page_info": "x"},
    ]


def test_a_range_of_dates_that_fails_by_id_is_listed_in_the_stores_order(
    db: sqlite3.Connection, scripted: ScriptedStore
) -> None:
    bad = Reply(502, "<html><title>502 Bad Gateway</title></html>")
    scripted.script = [*[bad] * 5, Reply(200, {"customers": [{"id": 1}]})]
    assert listed(db, updated_at_min="2026-01-01T00:00:00Z") == (1, [(1, None)])
    assert "since_id" not in scripted.received[-1].query


def test_all_ids_have_no_other_order(db: sqlite3.Connection, scripted: ScriptedStore) -> None:
    scripted.script = [Reply(502, "<html><title>502 Bad Gateway</title></html>")]
    with pytest.raises(ShopifyUnavailable):
        listed(db)
    assert len(scripted.received) == 5
