"""The last task: close the run in the ledger and write what it did to one readable file."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk.exceptions import AirflowFailException

from shopify_analytics import ledger
from shopify_analytics.attempt import TaskAttempt, describe
from shopify_analytics.config import Folders
from shopify_analytics.database import TIMEZONE, get_metadata, get_watermark, now, transaction
from shopify_analytics.entities import ENTITIES
from shopify_analytics.errors import SettingsError, SyncError
from shopify_analytics.files import replacing
from shopify_analytics.staging import remove_run, remove_superseded, run_folder

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TaskState:
    """How a task ended, as Airflow has it; seconds of its last try."""

    state: str
    seconds: float | None


def report(attempt: TaskAttempt, breadcrumbs: Iterable[Mapping[str, Any]]) -> str:
    """Close the run and return its one-line summary.

    :param breadcrumbs: state and duration of the run's finished tasks.
    :raises AirflowFailException: naming the failed tasks, if any.
    """
    states = {crumb["task_id"]: TaskState(crumb["state"], crumb["duration"]) for crumb in breadcrumbs}
    failed = [task_id for task_id, task in states.items() if task.state == "failed"]
    try:
        with attempt.database() as db:
            status = "failed" if failed else "success"
            summary, log_file = close_run(db, attempt.folders, attempt.run_id, status, states)
            if not failed:
                _clean_up(db, attempt)
    except (SyncError, sqlite3.Error, OSError) as error:
        if not failed:
            raise
        raise AirflowFailException(f"Failed: {', '.join(failed)}. No run log: {describe(error)}") from error
    log.info("%s", summary)
    log.info("Run log: %s", log_file)
    if failed:
        raise AirflowFailException(f"Failed: {', '.join(failed)}. {summary}. Run log: {log_file}")
    return summary


def _clean_up(db: sqlite3.Connection, attempt: TaskAttempt) -> None:
    """Remove what this run staged, and what runs before it did: its data is in."""
    running = ledger.running_runs(db, besides=attempt.run_id)
    watermarks = {entity: get_watermark(db, entity) or "" for entity in ENTITIES}
    remove_superseded(attempt.folders.staging, running, watermarks)
    remove_run(attempt.folders.staging, attempt.run_id)


def close_run(
    db: sqlite3.Connection, folders: Folders, run_id: str, status: str, states: Mapping[str, TaskState]
) -> tuple[str, Path]:
    """Close the run's ledger row and write its log; return the one-line summary and the log's path.

    A run whose log is not there yet is not closed yet: killed in between, it is closed by the next one.

    :raises SettingsError: when the log cannot be written; the run is closed all the same.
    """
    with transaction(db):
        log_file = _log_file(db, folders.log_dir, run_id)
        ledger.name_log(db, run_id, log_file)
    unwritable = None
    with transaction(db):
        ledger.close_run(db, run_id, status)
        summary = _summary(db, run_id)
        lines = _lines(db, folders, run_id, summary, states)
        try:
            _write(log_file, lines)
        except SettingsError as error:
            unwritable = error
    if unwritable:
        raise unwritable
    return summary, log_file


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


def _summary(db: sqlite3.Connection, run_id: str) -> str:
    """``orders +12 ~3, refunds +1, 3 API calls, 0 refused``."""
    loaded = ledger.task_result(db, run_id, "load_sqlite")
    changes = []
    for table, counts in loaded.items():
        signs = {"+": counts["inserted"], "~": counts["updated"], "-": counts["deleted"]}
        marks = [f"{sign}{number:,}" for sign, number in signs.items() if number]
        if marks:
            changes.append(f"{table} {' '.join(marks)}")
    parts = changes or ["nothing changed" if loaded else "nothing loaded"]
    if rejected := ledger.rejected_count(db):
        parts.append(f"rejected records waiting: {rejected:,}")
    calls, refused = ledger.api_usage(db, run_id)
    return ", ".join([*parts, f"{calls:,} API calls", f"{refused:,} refused"])


def _lines(
    db: sqlite3.Connection, folders: Folders, run_id: str, summary: str, states: Mapping[str, TaskState]
) -> Iterator[str]:
    run = db.execute(
        "SELECT status, full_sync, started_at, finished_at FROM sync_runs WHERE run_id = ?", (run_id,)
    ).fetchone()
    status, full_sync, started_at, finished_at = run or ("failed", 0, now(), now())
    shop = [get_metadata(db, key) for key in ("shop.name", "shop.domain", "shop.currency", TIMEZONE)]
    yield f"Shopify sync: {status}"
    yield summary
    yield ""
    yield f"Run        {run_id}"
    yield f"Store      {', '.join(filter(None, shop)) or 'not known yet'}"
    yield f"Kind       {'full sync' if full_sync else 'what changed since the last sync'}"
    yield f"Started    {started_at}"
    yield f"Finished   {finished_at}"
    yield from _section("Errors", _errors(db, run_id))
    yield from _section("Warnings", ledger.run_warnings(db, run_id))
    yield from _section("Tasks", _tasks(db, run_id, states))
    yield from _section("Fetched", _fetched(db, run_id))
    yield from _section("Loaded", _loaded(db, run_id))
    yield from _section("Files", _files(db, folders, run_id, status))
    yield from _section("Key figures", _figures(db, run_id))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    lines = list(lines)
    if lines:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)


def _tasks(db: sqlite3.Connection, run_id: str, states: Mapping[str, TaskState]) -> Iterator[str]:
    attempts = db.execute(
        """
        SELECT task_id, max(try_number)
        FROM task_attempts
        WHERE run_id = ? AND task_id <> 'report_run'
        GROUP BY task_id
        ORDER BY min(started_at), min(rowid)
        """,
        (run_id,),
    )
    tries = dict(attempts.fetchall())
    for task_id in dict.fromkeys([*tries, *states]):
        task = states.get(task_id, TaskState("did not end", None))
        seconds = f"{task.seconds:8.1f} s" if task.seconds is not None else f"{'':10}"
        count = tries.get(task_id, 0)
        yield f"{task_id:<20}{task.state:<16}{seconds}   {count} {'try' if count == 1 else 'tries'}"


def _fetched(db: sqlite3.Connection, run_id: str) -> Iterator[str]:
    for entity in ENTITIES:
        fetched = ledger.task_result(db, run_id, f"fetch_{entity}")
        if fetched:
            since = fetched["updated_at_min"]
            what = f"changed from {since} to {fetched['updated_at_max']}" if since else "everything"
            yield f"{entity:<20}{fetched['records']:>10,} records, pages: {fetched['pages']:,}, {what}"
    calls, refused = ledger.api_usage(db, run_id)
    yield f"{'API calls':<20}{calls:>10,}, of which {refused:,} refused with 429"


def _loaded(db: sqlite3.Connection, run_id: str) -> Iterator[str]:
    for table, counts in ledger.task_result(db, run_id, "load_sqlite").items():
        yield f"{table:<20}" + ",".join(f"{number:>10,} {name}" for name, number in counts.items())


def _files(db: sqlite3.Connection, folders: Folders, run_id: str, status: str) -> Iterator[str]:
    yield f"{'database':<24}{folders.database}"
    for name, file in ledger.task_result(db, run_id, "export_csv").items():
        yield f"{name:<24}{file['path']}, {file['rows']:,} rows, {file['state']}"
    if ledger.task_result(db, run_id, "compute_analytics"):
        yield f"{'summary':<24}{folders.summary}"
    folder = run_folder(folders.staging, run_id)
    if status != "success" and folder.exists():
        yield f"{'staged pages':<24}{folder}, kept until a run succeeds, a week at most"


def _figures(db: sqlite3.Connection, run_id: str) -> Iterator[str]:
    for name, value in ledger.task_result(db, run_id, "compute_analytics").items():
        yield f"{name.replace('_', ' ').capitalize():<28}{format_figure(value):>20}"


def format_figure(value: Any) -> str:
    """A figure for a person: thousands separated, nothing where a denominator was 0."""
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, int):
        return f"{value:,}"
    return "-" if value is None else str(value)


def _errors(db: sqlite3.Connection, run_id: str) -> Iterator[str]:
    failures = db.execute(
        """
        SELECT task_id, try_number, state, coalesce(reason, 'ended without a word')
        FROM task_attempts
        WHERE run_id = ? AND state IN ('failed', 'up_for_retry', 'killed') AND task_id <> 'report_run'
        ORDER BY started_at, rowid
        """,
        (run_id,),
    )
    for task_id, try_number, state, reason in failures:
        yield f"{task_id}, try {try_number} ({state}): {reason}"
