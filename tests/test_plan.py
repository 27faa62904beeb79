"""What a run reads: decided by the watermarks and the store's own clock."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from demo_store.api.auth import DEFAULT_SCOPES
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.state import Store
from shopify_analytics import ledger
from shopify_analytics.attempt import TaskAttempt
from shopify_analytics.config import Folders
from shopify_analytics.database import advance_watermark, get_metadata
from shopify_analytics.errors import DatabaseRefused, SettingsError, ShopifyRefused
from shopify_analytics.ledger import Try
from shopify_analytics.plan import plan_windows
from shopify_analytics.sweep import mark_swept, want_sweep

from tests.demo_store.records import SHOP
from tests.syncing import select, stage

RUN = "manual__2026-11-22T12:00:00+00:00"
PARAMS = ("full_sync",)
SETTLED = "2026-11-22T11:59:30Z"
ENTITIES = ("products", "customers", "orders")


@pytest.fixture
def shop() -> dict[str, object]:
    """What shop.json says."""
    return SHOP


@pytest.fixture
def server(tmp_path: Path, shop: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A demo shop at noon."""
    store = Store.create(tmp_path / "store.db", shop)
    noon = ManualClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
    with DemoServer(store, clock=noon, plan="unlimited", scopes=DEFAULT_SCOPES) as server:
        connection = {"conn_type": "shopify", "host": server.url, "password": "demo-token"}
        monkeypatch.setenv("AIRFLOW_CONN_SHOPIFY_DEFAULT", json.dumps(connection))
        yield server
    store.close()


@pytest.fixture
def attempt(server: DemoServer, tmp_path: Path) -> TaskAttempt:
    """The first try of the task that plans, in the database ``db``."""
    folders = Folders(data_dir=tmp_path / "data", log_dir=tmp_path / "logs")
    return TaskAttempt(Try(RUN, "plan_sync", 1), folders)


def plan(attempt: TaskAttempt, *, full_sync: bool = False) -> dict[str, dict[str, Any]]:
    """The windows without their store, which is that of the connection."""
    windows = plan_windows(attempt, {}, PARAMS, full_sync=full_sync)
    assert {window.pop("store") for window in windows.values()} == {attempt.hook.base_url}
    return windows


def window(since: str | None, until: str, *, sweep: bool = True) -> dict[str, Any]:
    return {"updated_at_min": since, "updated_at_max": until, "sweep": sweep}


def test_the_first_run_reads_everything_up_to_the_stores_clock(attempt: TaskAttempt) -> None:
    assert plan(attempt) == {entity: window(None, SETTLED) for entity in ENTITIES}


def test_a_later_run_reads_what_changed_and_some_minutes_more(
    db: sqlite3.Connection, attempt: TaskAttempt
) -> None:
    advance_watermark(db, "orders", "2026-11-22T11:50:00Z")
    advance_watermark(db, "products", "2026-11-01T00:00:00Z")
    assert plan(attempt) == {
        "products": window("2026-10-31T23:50:00Z", SETTLED),
        "customers": window(None, SETTLED),
        "orders": window("2026-11-22T11:40:00Z", SETTLED),
    }
    assert plan(attempt, full_sync=True) == {entity: window(None, SETTLED) for entity in ENTITIES}


def test_overlap_and_settling_time_are_settings(
    db: sqlite3.Connection, attempt: TaskAttempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance_watermark(db, "orders", "2026-11-22T11:50:00Z")
    monkeypatch.setenv("AIRFLOW_VAR_SHOPIFY_OVERLAP_MINUTES", "0")
    monkeypatch.setenv("AIRFLOW_VAR_SHOPIFY_SETTLE_SECONDS", "300")
    assert plan(attempt)["orders"] == window("2026-11-22T11:50:00Z", "2026-11-22T11:55:00Z")


def test_no_window_ends_before_the_watermark(db: sqlite3.Connection, attempt: TaskAttempt) -> None:
    advance_watermark(db, "orders", "2026-11-22T11:59:50Z")
    assert plan(attempt)["orders"] == window("2026-11-22T11:49:50Z", "2026-11-22T11:59:50Z")


@pytest.mark.parametrize(
    ("hours", "swept", "sweep"),
    [
        (None, None, True),
        (None, "2026-11-21T12:00:00Z", True),
        (None, "2026-11-21T12:00:01Z", False),
        ("3", "2026-11-22T09:00:00Z", True),
        ("3", "2026-11-22T09:00:01Z", False),
        ("3", "2026-11-22T12:00:01Z", False),
        ("0", "2026-01-01T00:00:00Z", False),
        ("0", None, False),
    ],
)
def test_a_sweep_is_due_so_long_after_the_last_one_by_the_stores_clock(
    db: sqlite3.Connection,
    attempt: TaskAttempt,
    monkeypatch: pytest.MonkeyPatch,
    hours: str | None,
    swept: str | None,
    *,
    sweep: bool,
) -> None:
    if hours:
        monkeypatch.setenv("AIRFLOW_VAR_SHOPIFY_SWEEP_HOURS", hours)
    for entity in ENTITIES:
        advance_watermark(db, entity, "2026-11-22T11:50:00Z")
    if swept:
        mark_swept(db, "orders", swept)
        mark_swept(db, "customers", "2026-11-22T11:50:00Z")
    due = {entity: planned["sweep"] for entity, planned in plan(attempt).items()}
    assert due == {
        "products": hours != "0",
        "customers": hours != "0" and not swept,
        "orders": sweep,
    }


@pytest.mark.parametrize("hours", ["0", "24"])
def test_a_sweep_that_is_wanted_is_due_at_once_and_once(
    db: sqlite3.Connection, attempt: TaskAttempt, monkeypatch: pytest.MonkeyPatch, hours: str
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_SHOPIFY_SWEEP_HOURS", hours)
    for entity in ENTITIES:
        advance_watermark(db, entity, "2026-11-22T11:50:00Z")
        mark_swept(db, entity, "2026-11-22T11:50:00Z")
    want_sweep(db, "orders")
    due = {"products": False, "customers": False, "orders": True}
    assert {entity: planned["sweep"] for entity, planned in plan(attempt).items()} == due
    mark_swept(db, "orders", SETTLED)
    due["orders"] = False
    assert {entity: planned["sweep"] for entity, planned in plan(attempt).items()} == due


def test_the_run_is_opened_and_the_shop_remembered(db: sqlite3.Connection, attempt: TaskAttempt) -> None:
    plan(attempt, full_sync=True)
    assert select(db, "SELECT run_id, full_sync, status FROM sync_runs") == [(RUN, 1, "running")]
    assert get_metadata(db, "shop.domain") == "kiln-and-co.myshopify.com"
    assert attempt.warnings == []


def test_runs_that_never_ended_are_closed_with_a_log(db: sqlite3.Connection, attempt: TaskAttempt) -> None:
    ledger.open_run(db, "earlier", full_sync=False)
    plan(attempt)
    statuses = select(db, "SELECT run_id, status FROM sync_runs ORDER BY run_id")
    assert statuses == [("earlier", "interrupted"), (RUN, "running")]
    (log_file,) = attempt.folders.log_dir.iterdir()
    assert log_file.read_text(encoding="utf-8").startswith("Shopify sync: interrupted\n")


def test_a_second_try_does_not_take_its_own_run_for_interrupted(
    db: sqlite3.Connection, attempt: TaskAttempt
) -> None:
    first = plan(attempt)
    assert plan(attempt) == first
    assert select(db, "SELECT run_id, status FROM sync_runs") == [(RUN, "running")]
    assert not attempt.folders.log_dir.exists()


def test_a_conf_key_that_is_no_param_is_refused(db: sqlite3.Connection, attempt: TaskAttempt) -> None:
    with pytest.raises(SettingsError) as error:
        plan_windows(attempt, {"fullsync": True, "full_sync": True}, PARAMS, full_sync=True)
    assert str(error.value) == "The run's conf has the unknown key fullsync: use full_sync"
    assert select(db, "SELECT status FROM sync_runs") == [("running",)]


def test_a_setting_that_cannot_be_used_fails_a_run_that_is_open(
    db: sqlite3.Connection, attempt: TaskAttempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_SHOPIFY_PAGE_SIZE", "0")
    with pytest.raises(SettingsError, match="Variable shopify_page_size is '0'"):
        plan(attempt)
    assert select(db, "SELECT status FROM sync_runs") == [("running",)]


def test_a_missing_scope_is_named(server: DemoServer, attempt: TaskAttempt) -> None:
    server.faults.withdrawn_scopes = ["read_orders", "read_customers"]
    with pytest.raises(
        ShopifyRefused, match="shopify_default lacks the scope read_customers, read_orders: add"
    ):
        plan(attempt)


def test_old_orders_that_cannot_be_read_are_a_warning(server: DemoServer, attempt: TaskAttempt) -> None:
    server.faults.withdrawn_scopes = ["read_all_orders"]
    plan(attempt)
    (warning,) = attempt.warnings
    assert warning.startswith("The token lacks the scope read_all_orders: orders older than 60 days")


@pytest.mark.parametrize("shop", [SHOP | {"myshopify_domain": "other.example.org"}])
def test_a_database_of_another_store_is_refused(db: sqlite3.Connection, attempt: TaskAttempt) -> None:
    with pytest.raises(DatabaseRefused, match=r"leads to other\.example\.org"):
        plan(attempt)
    assert get_metadata(db, "shop.domain") == "kiln-and-co.myshopify.com"


def test_staging_of_this_week_survives(attempt: TaskAttempt) -> None:
    stage(attempt.workspace / "orders", [{"id": 1}])
    plan(attempt)
    assert (attempt.workspace / "orders" / "000001.ndjson.gz").exists()
