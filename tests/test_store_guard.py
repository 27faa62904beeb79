"""A connection that is changed amid a run never mixes two stores."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from demo_store.state import Store

from tests.demo_store.records import SHOP, customer, order, product
from tests.faults.shops import SyncedShop, serving
from tests.pipeline import Run, connection_to

OTHER_SHOP = SHOP | {
    "name": "Other",
    "myshopify_domain": "other.myshopify.com",
    "domain": "other.example.org",
}


def stock(store: Store, first: int) -> Store:
    """Some records, with ids of their own."""
    store.put("products", [product(first)])
    store.put("customers", [customer(first)])
    store.put("orders", [order(first)])
    return store


@pytest.fixture
def trial(store: Store, tmp_path: Path) -> Iterator[SyncedShop]:
    """A shop before its first sync."""
    with serving(stock(store, 1), tmp_path / "sync") as trial:
        yield trial


@pytest.fixture
def other(tmp_path: Path) -> Iterator[SyncedShop]:
    """Another shop at another address."""
    (tmp_path / "other").mkdir()
    store = Store.create(tmp_path / "other" / "store.db", OTHER_SHOP)
    with serving(stock(store, 50), tmp_path / "other" / "sync") as other:
        yield other
    store.close()


def changed(run: Run, to: SyncedShop) -> Run:
    """The run with its connection leading elsewhere from now on."""
    run.pipeline = replace(run.pipeline, connection=connection_to(to.server))
    return run


def leads_elsewhere(trial: SyncedShop, other: SyncedShop) -> str:
    return (
        f"The connection shopify_default leads to {other.server.url} now, the run was planned for "
        f"{trial.server.url}: clear the run from plan_sync"
    )


@pytest.mark.parametrize("task_id", ["fetch_products", "fetch_orders"])
def test_a_fetch_refuses_another_store_than_was_planned_for(
    trial: SyncedShop, other: SyncedShop, task_id: str
) -> None:
    run = changed(trial.begin().go_on_to(task_id), other).go_on()
    assert run.reasons[task_id] == leads_elsewhere(trial, other)
    assert run.tries[task_id] == 1
    assert other.asked("orders") == other.asked("products") == 0
    assert trial.rows("orders") == {}


def test_a_fetch_that_is_tried_again_does_not_go_on_at_another_store(
    trial: SyncedShop, other: SyncedShop
) -> None:
    trial.pipeline.variables["shopify_page_size"] = "1"
    trial.store.put("orders", [order(number) for number in range(2, 6)])
    run = trial.begin().go_on_to("fetch_orders")
    trial.after(3, "orders", lambda: trial.server.faults.change({"token_revoked": True}))
    run.perform("fetch_orders")
    assert "Invalid API key" in run.reasons["fetch_orders"]
    run.states.pop("fetch_orders")
    changed(run, other).go_on()
    assert run.reasons["fetch_orders"] == leads_elsewhere(trial, other)


def test_a_reconciliation_refuses_another_store_after_the_load_of_the_first(
    trial: SyncedShop, other: SyncedShop
) -> None:
    run = changed(trial.begin().go_on_to("reconcile"), other).go_on()
    assert run.failed == ["reconcile", "report_run"]
    assert run.reasons["reconcile"] == leads_elsewhere(trial, other)
    assert other.asked("orders/count") == 0
    trial.assert_equal()


def test_the_next_run_refuses_the_other_store_and_names_the_command(
    trial: SyncedShop, other: SyncedShop
) -> None:
    trial.sync()
    run = changed(trial.begin(), other).go_on()
    assert run.reasons["plan_sync"] == (
        "The database holds the store kiln-and-co.myshopify.com, the connection leads to other.myshopify.com"
        ": make new-store moves the old files away; or set the Variable analytics_data_dir to a folder for "
        "the new store"
    )
    trial.assert_equal()


def test_a_load_refuses_what_was_staged_from_another_store(trial: SyncedShop) -> None:
    trial.sync()
    run = trial.begin().go_on_to("load_sqlite")
    edit_metadata(trial, "UPDATE metadata SET value = 'https://else.example.org' WHERE key = 'shop.url'")
    run.go_on()
    assert run.reasons["load_sqlite"] == (
        f"The staged products are of {trial.server.url}, the database is that of https://else.example.org: "
        "clear the run from plan_sync"
    )


def test_a_load_refuses_changes_that_begin_after_what_is_loaded(trial: SyncedShop) -> None:
    trial.sync()
    trial.shop.live(hours=2)
    run = trial.begin().go_on_to("load_sqlite")
    edit_metadata(trial, "UPDATE metadata SET value = '2026-11-01T00:00:00Z' WHERE key = 'watermark.orders'")
    run.go_on()
    assert run.reasons["load_sqlite"] == (
        "The staged orders begin at 2026-11-22T11:49:30Z, the last committed load reaches to "
        "2026-11-01T00:00:00Z: the database was restored or made anew meanwhile. Clear the run from plan_sync"
    )
    trial.sync()
    trial.assert_equal()


def test_a_load_refuses_changes_where_nothing_is_loaded(trial: SyncedShop) -> None:
    trial.sync()
    run = trial.begin().go_on_to("load_sqlite")
    edit_metadata(trial, "DELETE FROM metadata WHERE key LIKE 'watermark.%'")
    run.go_on()
    assert "the last committed load reaches to nothing: " in run.reasons["load_sqlite"]
    trial.sync()
    trial.assert_equal()


def edit_metadata(trial: SyncedShop, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(trial.pipeline.database)) as db, db:
        db.execute(statement, values)
