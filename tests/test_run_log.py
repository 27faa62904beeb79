"""The run log: one readable file about one run."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException
from shopify_analytics import ledger
from shopify_analytics.attempt import TaskAttempt
from shopify_analytics.config import Folders
from shopify_analytics.ledger import Outcome, Try
from shopify_analytics.run_log import close_run, report

from tests.syncing import select

RUN = "manual__2026-11-22T12:00:00+00:00"
UNCHANGED = {"inserted": 0, "updated": 0, "unchanged": 0, "deleted": 0}


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Where ``db`` is, with logs beside it."""
    return Folders(data_dir=tmp_path / "data", log_dir=tmp_path / "logs")


@pytest.fixture
def attempt(folders: Folders) -> TaskAttempt:
    """The only try of the task that reports."""
    return TaskAttempt(Try(RUN, "report_run", 1), folders)


def ended(
    db: sqlite3.Connection, task_id: str, try_number: int = 1, state: str = "success", **told: Any
) -> None:
    ledger.begin_try(db, Try(RUN, task_id, try_number))
    ledger.end_try(db, Try(RUN, task_id, try_number), Outcome(state, **told))


def crumb(task_id: str, state: str = "success", duration: float | None = 1.0) -> dict[str, Any]:
    return {"task_id": task_id, "map_index": -1, "state": state, "operator": "x", "duration": duration}


def fetched(records: int, pages: int, since: str | None) -> dict[str, Any]:
    until = "2026-11-22T12:00:00Z"
    return {"path": "x", "records": records, "pages": pages, "updated_at_min": since, "updated_at_max": until}


def compared(store: int, database: int, **explained: int) -> dict[str, Any]:
    """What ``reconcile`` says of an entity."""
    nothing = {"missing": 0, "rejected": 0, "in_flight": 0, "unlisted": 0}
    window = {"store": 12, "read": 12, "missing": 0}
    numbers = {"store": store, "database": database, "difference": database - store}
    return {**numbers, **nothing, **explained, "window": window, "last_sweep": None}


def moments(db: sqlite3.Connection) -> tuple[str, str]:
    ((started_at, finished_at),) = select(db, "SELECT started_at, finished_at FROM sync_runs")
    return started_at, finished_at


def test_a_good_run_is_told_in_full(db: sqlite3.Connection, attempt: TaskAttempt) -> None:
    ledger.open_run(db, RUN, full_sync=False)
    ended(db, "plan_sync", result={"orders": {}}, api_calls=2, warnings=["The token lacks a scope"])
    ended(db, "fetch_products", result=fetched(0, 1, "2026-11-22T11:50:00Z"), api_calls=3)
    ended(db, "fetch_customers", result=fetched(1204, 5, None), api_calls=6)
    ended(db, "fetch_orders", state="up_for_retry", reason="The store is busy", api_calls=4, api_refused=1)
    drift = {"checked": 20012, "missing": 2, "stale": 1, "deleted": 0, "later": 4}
    ended(
        db,
        "fetch_orders",
        2,
        result=fetched(12, 1, "2026-11-22T11:50:00Z") | {"drift": drift},
        api_calls=2,
    )
    loaded = {
        "orders": UNCHANGED | {"inserted": 1200, "updated": 3},
        "line_items": UNCHANGED | {"deleted": 2},
        "refunds": UNCHANGED | {"unchanged": 4},
    }
    ended(db, "load_sqlite", result=loaded)
    swept = {"last_sweep": "2026-11-22T12:00:00Z"}
    of_customers = {"window": {"store": None, "read": None, "missing": 0}} | swept
    ended(
        db,
        "reconcile",
        result={
            "customers": compared(1204, 1204) | of_customers,
            "orders": compared(20016, 20012, rejected=1, in_flight=3) | swept,
        },
        api_calls=3,
    )
    ended(
        db,
        "export_csv",
        result={"orders.csv": {"path": "/data/orders.csv", "rows": 20000, "state": "written"}},
    )
    figures = {
        "currency": "EUR",
        "total_orders": 20000,
        "gross_sales": 1234567.5,
        "repeat_rate_percent": None,
    }
    ended(db, "compute_analytics", result=figures)
    ledger.begin_try(db, attempt.this)
    attempt.workspace.mkdir(parents=True)

    tasks = ["plan_sync", "fetch_products", "fetch_customers", "fetch_orders"]
    tasks += ["load_sqlite", "reconcile", "export_csv", "compute_analytics"]
    durations = [2.0, 0.25, 1.0, 61.5, 3.0, 1.5, 0.0, 1234.56]
    crumbs = [crumb(task, duration=duration) for task, duration in zip(tasks, durations, strict=True)]
    summary = report(attempt, reversed(crumbs))

    assert summary == "orders +1,200 ~3, line_items -2, reconciled, 20 API calls, 1 refused"
    assert not attempt.workspace.exists()
    started_at, finished_at = moments(db)
    (log_file,) = attempt.folders.log_dir.iterdir()
    assert log_file.name == f"shopify_sync_{datetime.fromisoformat(started_at):%Y%m%d_%H%M%S}.log"
    assert select(db, "SELECT status, log_file FROM sync_runs") == [("success", str(log_file))]
    expected = f"""\
Shopify sync: success
{summary}

Run        manual__2026-11-22T12:00:00+00:00
Store      Kiln & Co, kiln-and-co.myshopify.com, EUR, Europe/Amsterdam
Kind       what changed since the last sync
Started    {started_at}
Finished   {finished_at}

Errors
  fetch_orders, try 1 (up_for_retry): The store is busy

Warnings
  The token lacks a scope

Tasks
  plan_sync           success              2.0 s   1 try
  fetch_products      success              0.2 s   1 try
  fetch_customers     success              1.0 s   1 try
  fetch_orders        success             61.5 s   2 tries
  load_sqlite         success              3.0 s   1 try
  reconcile           success              1.5 s   1 try
  export_csv          success              0.0 s   1 try
  compute_analytics   success           1234.6 s   1 try

Fetched
  products                     0 records, pages: 1, changed from 2026-11-22T11:50:00Z to 2026-11-22T12:00:00Z
  customers                1,204 records, pages: 5, everything
  orders                      12 records, pages: 1, changed from 2026-11-22T11:50:00Z to 2026-11-22T12:00:00Z
                      20,012 ids checked, 2 missing, 1 stale, 0 deleted
  API calls                   20, of which 1 refused with 429

Loaded
  orders                   1,200 inserted,         3 updated,         0 unchanged,         0 deleted
  line_items                   0 inserted,         0 updated,         0 unchanged,         2 deleted
  refunds                      0 inserted,         0 updated,         4 unchanged,         0 deleted

Reconciled with the store
  customers           1,204 in the store, 1,204 here: equal; swept 2026-11-22T12:00:00Z
  orders              20,016 in the store, 20,012 here: 1 could not be read, 3 left to the next run; \
12 of 12 in the window; swept 2026-11-22T12:00:00Z

Files
  database                  {attempt.folders.database}
  orders.csv                /data/orders.csv, 20,000 rows, written
  summary                   {attempt.folders.summary}

Key figures
  Currency                                     EUR
  Total orders                              20,000
  Gross sales                         1,234,567.50
  Repeat rate percent                            -
"""
    assert log_file.read_text(encoding="utf-8") == expected


def test_a_failed_run_names_its_tasks_and_keeps_what_is_staged(
    db: sqlite3.Connection, attempt: TaskAttempt
) -> None:
    db.execute("INSERT INTO rejected_records VALUES ('orders', 1, 'odd', '{}', 'earlier', '2026-11-22')")
    ledger.open_run(db, RUN, full_sync=True)
    ended(db, "plan_sync", result={"orders": {}}, api_calls=2)
    ended(db, "fetch_orders", state="failed", reason="The shop is locked")
    ledger.begin_try(db, Try(RUN, "fetch_products", 1))
    ledger.begin_try(db, attempt.this)
    attempt.workspace.mkdir(parents=True)
    (attempt.workspace / "page").touch()
    crumbs = [
        crumb("plan_sync"),
        crumb("fetch_orders", "failed", 3.0),
        crumb("fetch_products", "failed", None),
        crumb("load_sqlite", "upstream_failed", None),
    ]
    with pytest.raises(AirflowFailException) as error:
        report(attempt, crumbs)
    (log_file,) = attempt.folders.log_dir.iterdir()
    outcome = "nothing loaded, rejected records waiting: 1, 2 API calls, 0 refused"
    assert str(error.value) == f"Failed: fetch_orders, fetch_products. {outcome}. Run log: {log_file}"
    assert attempt.workspace.exists()
    started_at, finished_at = moments(db)
    expected = f"""\
Shopify sync: failed
{outcome}

Run        manual__2026-11-22T12:00:00+00:00
Store      Kiln & Co, kiln-and-co.myshopify.com, EUR, Europe/Amsterdam
Kind       full sync
Started    {started_at}
Finished   {finished_at}

Errors
  fetch_orders, try 1 (failed): The shop is locked
  fetch_products, try 1 (killed): ended without a word

Tasks
  plan_sync           success              1.0 s   1 try
  fetch_orders        failed               3.0 s   1 try
  fetch_products      failed                       1 try
  load_sqlite         upstream_failed              0 tries

Fetched
  API calls                    2, of which 0 refused with 429

Files
  database                  {attempt.folders.database}
  staged pages              {attempt.workspace}, kept until a run succeeds, a week at most
"""
    assert log_file.read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(
    ("orders", "in_short", "in_full"),
    [
        (compared(9, 7, missing=2), "missing here: orders 2", "9 in the store, 7 here: 2 missing"),
        (
            compared(9, 6, missing=2, unlisted=1),
            "missing here: orders 2",
            "9 in the store, 6 here: 2 missing, 1 counted but not listed",
        ),
        (
            compared(9, 9, missing=2, rejected=4),
            "missing here: orders 2",
            "9 in the store, 9 here: 2 missing",
        ),
        (
            compared(7, 9),
            "gone from the store: orders 2",
            "7 in the store, 9 here: 2 more here, for the next sweep to settle",
        ),
        (compared(9, 8, in_flight=1), "reconciled", "9 in the store, 8 here: 1 left to the next run"),
    ],
    ids=["missing", "missing and explained", "missing in the window", "surplus", "explained"],
)
def test_a_difference_to_the_store_is_told_in_short_and_in_full(
    db: sqlite3.Connection, folders: Folders, orders: dict[str, Any], in_short: str, in_full: str
) -> None:
    ledger.open_run(db, RUN, full_sync=False)
    ended(db, "reconcile", state="failed", result={"customers": compared(3, 3), "orders": orders})
    summary, log_file = close_run(db, folders, RUN, "failed", {})
    assert summary == f"nothing loaded, {in_short}, 0 API calls, 0 refused"
    assert (
        log_file.read_text(encoding="utf-8")
        .partition("\nReconciled with the store\n")[2]
        .startswith(
            "  customers           3 in the store, 3 here: equal; 12 of 12 in the window; swept never\n"
            f"  orders              {in_full}; 12 of 12 in the window; swept never\n\n"
        )
    )
