"""Runs as the ledger has them when they are over."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from shopify_analytics import ledger
from shopify_analytics.attempt import describe
from shopify_analytics.ledger import Outcome, Try
from shopify_analytics.reasons import reason_class


def add_try(
    db: sqlite3.Connection,
    run_id: str,
    task_id: str,
    try_number: int = 1,
    *,
    error: Exception | None = None,
    state: str = "",
    **told: Any,
) -> None:
    """A try that is over: well, or with ``error``."""
    this = Try(run_id, task_id, try_number)
    ledger.begin_try(db, this)
    outcome = Outcome(state or ("failed" if error else "success"), **told)
    if error:
        outcome.reason, outcome.reason_class = describe(error), reason_class(error)
    ledger.end_try(db, this, outcome)


def end_run(
    db: sqlite3.Connection,
    run_id: str,
    status: str = "success",
    *,
    errors: Mapping[str, Exception] | None = None,
    missing: int | None = None,
) -> None:
    """A run that is over: with these ``errors`` of tasks, and so many orders ``missing``."""
    errors = errors or {}
    ledger.open_run(db, run_id, full_sync=False)
    add_try(db, run_id, "plan_sync")
    if status == "success":
        add_try(db, run_id, "load_sqlite", result={"orders": {}})
    if missing is not None:
        orders = {"missing": missing, "store": 9}
        add_try(db, run_id, "reconcile", error=errors.get("reconcile"), result={"orders": orders})
    for task_id, error in errors.items():
        if task_id != "reconcile" or missing is None:
            add_try(db, run_id, task_id, error=error)
    ledger.close_run(db, run_id, status, list(errors))


def turn_back(db: sqlite3.Connection, minutes: int) -> None:
    """Let everything in the ledger be so much older."""
    moved = "strftime('%Y-%m-%dT%H:%M:%SZ', {}, ?)"
    for table, columns in {
        "sync_runs": ("started_at", "finished_at"),
        "task_attempts": ("started_at", "finished_at"),
        "incidents": ("began_at", "ended_at"),
        "alerts": ("claimed_at", "sent_at"),
    }.items():
        for column in columns:
            db.execute(f"UPDATE {table} SET {column} = {moved.format(column)}", (f"-{minutes} minutes",))
