"""The bodies of the tasks of the DAG ``shopify_maintenance``, which are no syncs and not in the run ledger.

What waiting cannot cure fails at once; everything else is tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from shopify_analytics import alerts, backup, maintenance
from shopify_analytics.airflow_cleaning import clean_airflow_database
from shopify_analytics.attempt import describe, write_ledger
from shopify_analytics.config import (
    Folders,
    airflow_keep,
    backup_keep,
    load_folders,
    log_keep,
    staging_places,
)
from shopify_analytics.database import is_absent, now
from shopify_analytics.errors import SyncError
from shopify_analytics.incidents import MAINTENANCE
from shopify_analytics.staging import remove_expired

if TYPE_CHECKING:
    from airflow.sdk import Context

REMEMBER = """
    INSERT INTO maintenance_failures (task_id, failed_at, reason) VALUES (?, ?, ?)
    ON CONFLICT (task_id) DO UPDATE SET failed_at = excluded.failed_at, reason = excluded.reason
"""
FORGET = "DELETE FROM maintenance_failures WHERE task_id = ?"

log = logging.getLogger(__name__)


def back_up() -> dict[str, Any]:
    """Path, bytes and orders of the new backup, and how many old ones were removed."""
    with _task() as folders:
        keep, at = backup_keep(), datetime.now(UTC)
        _skip_without_database(folders)
        made = backup.back_up(folders, at)
        removed = backup.remove_older(made.path.parent, at - keep)
        orders = made.rows["orders"]
        log.info("Backup: %s, %s MB, %s orders", made.path, f"{made.bytes / 1e6:,.1f}", f"{orders:,}")
        log.info("Older than %s days and removed: %s", keep.days, len(removed))
        return {"path": str(made.path), "bytes": made.bytes, "orders": orders, "removed": len(removed)}


def check_integrity() -> str:
    """That the database is whole."""
    with _task() as folders:
        _skip_without_database(folders)
        maintenance.check_integrity(folders)
        log.info("Every page of %s is good", folders.database)
        return "ok"


def optimize() -> str:
    """What was done, or why not."""
    with _task() as folders:
        _skip_without_database(folders)
        done = maintenance.optimize(folders)
        log.info("%s: %s", folders.database, done)
        return done


def clean_airflow_db() -> dict[str, int]:
    """How many rows were removed, by table of Airflow's database."""
    ti: Any = get_current_context()["ti"]
    with _task():
        keep = airflow_keep()
        removed = clean_airflow_database(ti.dag_id, ti.run_id, keep)
        rows = f"{sum(removed.values()):,}"
        log.info("Rows older than %s days removed from Airflow's database: %s", keep.days, rows)
        return removed


def clean_files() -> dict[str, dict[str, int]]:
    """How many files were removed, and their bytes: run logs, Airflow's logs, leftovers."""
    with _task() as folders:
        keep = log_keep()
        for place in staging_places(folders):
            remove_expired(place)
        airflow_logs = {folders.log_dir.resolve(), Path(conf.get("logging", "base_log_folder")).resolve()}
        cleaned = {
            "run logs": maintenance.clean_logs(folders.log_dir, maintenance.RUN_LOG, keep),
            "Airflow's logs": sum(
                (maintenance.clean_logs(folder, maintenance.AIRFLOW_LOG, keep) for folder in airflow_logs),
                maintenance.Cleaned(),
            ),
            "leftovers": maintenance.clean_leftovers(folders),
        }
        for what, removed in cleaned.items():
            log.info("%s: %s files, %s MB removed", what, removed.files, f"{removed.bytes / 1e6:,.1f}")
        return {what: asdict(removed) for what, removed in cleaned.items()}


def note_failure(context: Context) -> None:
    """Alert operators of a task that failed for good, as its ``on_failure_callback``."""
    task_id, error = context["ti"].task_id, context.get("exception")
    cause = getattr(error, "__cause__", None) or error
    reason = describe(cause) if isinstance(cause, BaseException) else "ended without a word"
    _note(context, REMEMBER, (task_id, now(), reason), {MAINTENANCE: f"{task_id} failed: {reason}"})


def note_success(context: Context) -> None:
    """Alert operators that a task succeeds again, as its ``on_success_callback``."""
    _note(context, FORGET, (context["ti"].task_id,), {})


def _note(context: Context, statement: str, values: tuple[str, ...], found: Mapping[str, str]) -> None:
    """Remember it, and check what is wrong now; what was ``found`` is told even if neither can be done."""
    try:
        folders = load_folders()
    except SyncError as error:
        log.warning("No alert can be sent: %s", error)
        return
    if not is_absent(folders.database):
        write_ledger(folders, lambda db: db.execute(statement, values))
        alerts.check_anew(folders, context["ti"].run_id, found)


@contextmanager
def _task() -> Iterator[Folders]:
    try:
        yield load_folders()
    except SyncError as error:
        if error.retryable:
            raise
        raise AirflowFailException(str(error)) from error


def _skip_without_database(folders: Folders) -> None:
    if is_absent(folders.database):
        raise AirflowSkipException(f"There is no database at {folders.database} yet: the first sync makes it")
