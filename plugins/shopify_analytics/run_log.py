"""The last task: close the run in the ledger and write what it did to one readable file."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk.exceptions import AirflowFailException

from shopify_analytics import alerts, ledger, metrics, run_text
from shopify_analytics.analytics import write_summary
from shopify_analytics.attempt import TaskAttempt, describe
from shopify_analytics.config import Folders, staging_place, staging_places
from shopify_analytics.database import get_watermark, now, transaction
from shopify_analytics.entities import ENTITIES
from shopify_analytics.errors import SettingsError, SyncError
from shopify_analytics.files import replacing
from shopify_analytics.handover import enter_tries
from shopify_analytics.incidents import RUN_FAILED
from shopify_analytics.reconcile import reconciliation
from shopify_analytics.run_text import TaskState
from shopify_analytics.staging import remove_run, remove_superseded, run_folder

log = logging.getLogger(__name__)


def report(attempt: TaskAttempt, breadcrumbs: Iterable[Mapping[str, Any]]) -> str:
    """Close the run and return its one-line summary.

    :param breadcrumbs: state and duration of the run's finished tasks.
    :raises AirflowFailException: naming the failed tasks, if any.
    """
    states = {crumb["task_id"]: TaskState(crumb["state"], crumb["duration"]) for crumb in breadcrumbs}
    failed = failed_tasks(states)
    try:
        with attempt.database() as db:
            status = "failed" if failed else "success"
            _complete_summary(db, attempt)
            summary, log_file = close_run(db, attempt.folders, attempt.run_id, status, states)
            alerts.check(db, attempt.run_id)
            if not failed:
                _clean_up(db, attempt)
    except (SyncError, sqlite3.Error, OSError) as error:
        reason = f"{', '.join([*failed, 'report_run'])} failed. report_run: {describe(error)}"
        alerts.check_anew(attempt.folders, attempt.run_id, {RUN_FAILED: reason})
        if not failed:
            raise
        raise AirflowFailException(f"Failed: {', '.join(failed)}. No run log: {describe(error)}") from error
    log.info("%s", summary)
    log.info("Run log: %s", log_file)
    if failed:
        raise AirflowFailException(f"Failed: {', '.join(failed)}. {summary}. Run log: {log_file}")
    return summary


def failed_tasks(states: Mapping[str, TaskState]) -> list[str]:
    """The tasks that failed."""
    return [task_id for task_id, task in states.items() if task.state == "failed"]


def _complete_summary(db: sqlite3.Connection, attempt: TaskAttempt) -> None:
    """Let the summary show how the run was reconciled, should that have ended after the summary was made."""
    path, latest = attempt.folders.summary, reconciliation(db)
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return
    if summary.get("reconciliation", latest) != latest:
        write_summary(summary | {"reconciliation": latest}, path, attempt.workspace)


def _clean_up(db: sqlite3.Connection, attempt: TaskAttempt) -> None:
    """Remove what this run staged, and what runs before it did: its data is in."""
    running = ledger.running_runs(db, besides=attempt.run_id)
    watermarks = {entity: get_watermark(db, entity) or "" for entity in ENTITIES}
    for place in staging_places(attempt.folders):
        remove_superseded(place, running, watermarks)
        remove_run(place, attempt.run_id)


def close_run(
    db: sqlite3.Connection, folders: Folders, run_id: str, status: str, states: Mapping[str, TaskState]
) -> tuple[str, Path]:
    """Close the run's ledger row and write its log; return the one-line summary and the log's path.

    A run whose log is not there yet is not closed yet: killed in between, it is closed by the next one.

    :raises SettingsError: when the log cannot be written; the run is closed all the same.
    """
    _enter_tries_elsewhere(db, folders, run_id)
    with transaction(db):
        log_file = _log_file(db, folders.log_dir, run_id)
        ledger.name_log(db, run_id, log_file)
    unwritable = None
    with transaction(db):
        ledger.close_run(db, run_id, status, failed_tasks(states))
        summary = run_text.summary(db, run_id)
        lines = run_text.lines(db, folders, run_id, summary, states)
        try:
            _write(log_file, lines)
        except SettingsError as error:
            unwritable = error
    metrics.emit(db, run_id)
    if unwritable:
        raise unwritable
    return summary, log_file


def _enter_tries_elsewhere(db: sqlite3.Connection, folders: Folders, run_id: str) -> None:
    try:
        staging = staging_place(folders)
        if staging != folders.staging:
            enter_tries(db, run_folder(staging, run_id))
    except SyncError as error:
        log.warning("The run ledger does not know of tries on other machines: %s", describe(error))


def _write(log_file: Path, lines: Iterable[str]) -> None:
    with replacing(log_file, log_file.parent) as unfinished:
        unfinished.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _log_file(db: sqlite3.Connection, log_dir: Path, run_id: str) -> Path:
    """The run's own file, named by its start in UTC; of two in one second the later moves on by one."""
    found = db.execute("SELECT started_at, log_file FROM sync_runs WHERE run_id = ?", (run_id,)).fetchone()
    started_at, log_file = found or (now(), None)
    if log_file:
        return Path(log_file)
    started = datetime.fromisoformat(started_at)
    taken = ledger.log_files(db)
    while (path := log_dir / f"shopify_sync_{started:%Y%m%d_%H%M%S}.log").exists() or str(path) in taken:
        started += timedelta(seconds=1)
    return path
