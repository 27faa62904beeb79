"""The run ledger: a row per DAG run and a row per task try, for operators and for the run log."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shopify_analytics.database import now, transaction


@dataclass(frozen=True)
class Try:
    """Which try of which task in which run."""

    run_id: str
    task_id: str
    try_number: int


@dataclass
class Outcome:
    """How a try ended. ``result`` and ``warnings`` hold no personal data."""

    state: str
    reason: str | None = None
    result: dict[str, Any] | None = None
    warnings: list[str] = field(default_factory=list)
    api_calls: int = 0
    api_refused: int = 0
    reason_class: str | None = None


@dataclass(frozen=True)
class Failure:
    """Why a task failed, in words and as what it is counted (``reasons.py``)."""

    reason: str | None = None
    reason_class: str | None = None


def open_run(db: sqlite3.Connection, run_id: str, *, full_sync: bool) -> None:
    """Enter the run as running; one that had ended and was cleared by an operator starts anew."""
    db.execute(
        """
        INSERT INTO sync_runs (run_id, full_sync, started_at, status) VALUES (?, ?, ?, 'running')
        ON CONFLICT (run_id) DO UPDATE
        SET full_sync = excluded.full_sync, started_at = excluded.started_at, status = excluded.status,
            finished_at = NULL, rows = NULL, windows = NULL, warnings = NULL, failed_tasks = NULL
        WHERE sync_runs.status <> 'running'
        """,
        (run_id, full_sync, now()),
    )


def running_runs(db: sqlite3.Connection, besides: str) -> list[str]:
    """Other runs that have not ended, one that never came to be opened included."""
    found = db.execute(
        """
        SELECT run_id FROM sync_runs WHERE status = 'running' AND run_id <> :besides
        UNION
        SELECT run_id FROM task_attempts
        WHERE state = 'running' AND run_id <> :besides AND run_id NOT IN (SELECT run_id FROM sync_runs)
        """,
        {"besides": besides},
    )
    return [row[0] for row in found]


def end_tries(db: sqlite3.Connection, besides: str) -> None:
    """Tries of other runs that never ended were killed; one that lives yet will say so when it ends."""
    db.execute(
        """
        UPDATE task_attempts SET state = 'killed', reason_class = 'killed', finished_at = ?
        WHERE state = 'running' AND run_id <> ?
        """,
        (now(), besides),
    )


def name_log(db: sqlite3.Connection, run_id: str, log_file: Path) -> None:
    """Say where the run's log will be."""
    db.execute("UPDATE sync_runs SET log_file = ? WHERE run_id = ?", (str(log_file), run_id))


def log_files(db: sqlite3.Connection) -> set[str]:
    """Where the logs of the latest runs are, or will be."""
    found = db.execute(
        "SELECT log_file FROM sync_runs WHERE log_file IS NOT NULL ORDER BY rowid DESC LIMIT 100"
    )
    return {row[0] for row in found}


def close_run(db: sqlite3.Connection, run_id: str, status: str, failed_tasks: Sequence[str] = ()) -> None:
    """Sum up what the run's tries recorded; tries that never ended were killed."""
    db.execute(
        """
        UPDATE task_attempts SET state = 'killed', reason_class = 'killed', finished_at = ?
        WHERE run_id = ? AND state = 'running' AND task_id <> 'report_run'
        """,
        (now(), run_id),
    )
    db.execute(
        """
        UPDATE sync_runs
        SET finished_at = ?, status = ?, rows = ?, windows = ?, warnings = ?, failed_tasks = ?
        WHERE run_id = ?
        """,
        (
            now(),
            status,
            _json(task_result(db, run_id, "load_sqlite")),
            _json(task_result(db, run_id, "plan_sync")),
            _json(run_warnings(db, run_id)),
            _json(failed_tasks),
            run_id,
        ),
    )


def begin_try(db: sqlite3.Connection, this: Try) -> None:
    """Enter a try as running; an earlier try of the task that never ended was killed."""
    with transaction(db):
        db.execute(
            """
            UPDATE task_attempts SET state = 'killed', reason_class = 'killed', finished_at = ?
            WHERE run_id = ? AND task_id = ? AND try_number < ? AND state = 'running'
            """,
            (now(), this.run_id, this.task_id, this.try_number),
        )
        db.execute(
            """
            INSERT OR REPLACE INTO task_attempts (run_id, task_id, try_number, state, started_at)
            VALUES (?, ?, ?, 'running', ?)
            """,
            (this.run_id, this.task_id, this.try_number, now()),
        )


def end_try(db: sqlite3.Connection, this: Try, outcome: Outcome) -> None:
    """Record how a try ended."""
    db.execute(
        """
        UPDATE task_attempts
        SET state = ?, finished_at = ?, reason = ?, reason_class = ?, result = ?, warnings = ?,
            api_calls = ?, api_refused = ?
        WHERE run_id = ? AND task_id = ? AND try_number = ?
        """,
        (
            outcome.state,
            now(),
            outcome.reason,
            outcome.reason_class,
            _json(outcome.result),
            _json(outcome.warnings),
            outcome.api_calls,
            outcome.api_refused,
            this.run_id,
            this.task_id,
            this.try_number,
        ),
    )


def note_decision(db: sqlite3.Connection, this: Try, state: str, reason: str) -> None:
    """Record what the retry policy decided about a failed try, and why."""
    db.execute(
        "UPDATE task_attempts SET state = ?, reason = ? WHERE run_id = ? AND task_id = ? AND try_number = ?",
        (state, reason, this.run_id, this.task_id, this.try_number),
    )


def task_result(
    db: sqlite3.Connection, run_id: str, task_id: str, *, of_failed: bool = False
) -> dict[str, Any]:
    """What the task's last successful try returned; empty when there was none.

    :param of_failed: whether to take what a try found before it failed, too.
    """
    found = db.execute(
        """
        SELECT result FROM task_attempts
        WHERE run_id = ? AND task_id = ? AND (state = 'success' OR (? AND result IS NOT NULL))
        ORDER BY try_number DESC LIMIT 1
        """,
        (run_id, task_id, of_failed),
    ).fetchone()
    return json.loads(found[0]) if found and found[0] else {}


def last_failure(db: sqlite3.Connection, run_id: str, task_id: str) -> Failure:
    """Why the task's last try in a run failed; empty when the ledger does not know."""
    found = db.execute(
        """
        SELECT reason, reason_class FROM task_attempts WHERE run_id = ? AND task_id = ?
        ORDER BY try_number DESC LIMIT 1
        """,
        (run_id, task_id),
    ).fetchone()
    return Failure(*found) if found else Failure()


def latest_result(db: sqlite3.Connection, task_id: str) -> tuple[str, dict[str, Any]] | None:
    """When any run's try of the task ended last that found something, even if it then failed, and what."""
    found = db.execute(
        """
        SELECT finished_at, result FROM task_attempts
        WHERE task_id = ? AND result IS NOT NULL
        ORDER BY rowid DESC LIMIT 1
        """,
        (task_id,),
    ).fetchone()
    return (found[0], json.loads(found[1])) if found else None


def run_warnings(db: sqlite3.Connection, run_id: str) -> list[str]:
    """Distinct warnings of all tries of a run, in the order they came."""
    found = db.execute(
        """
        SELECT warnings FROM task_attempts
        WHERE run_id = ? AND warnings IS NOT NULL
        ORDER BY started_at, rowid
        """,
        (run_id,),
    )
    return list(dict.fromkeys(warning for row in found for warning in json.loads(row[0])))


def api_usage(db: sqlite3.Connection, run_id: str) -> tuple[int, int]:
    """API calls sent in a run, and how many of them the store refused with 429."""
    found = db.execute(
        "SELECT total(api_calls), total(api_refused) FROM task_attempts WHERE run_id = ?", (run_id,)
    ).fetchone()
    return int(found[0]), int(found[1])


def data_as_of(db: sqlite3.Connection) -> str | None:
    """Of when the newest committed data is: when the run that loaded it was planned, by this machine's clock.

    None before the first load. Watermarks would tell the same by the store's clock, which may be any.
    """
    found = db.execute(
        """
        SELECT plan.started_at
        FROM task_attempts AS loading
        JOIN task_attempts AS plan ON plan.run_id = loading.run_id AND plan.task_id = 'plan_sync'
        WHERE loading.task_id = 'load_sqlite' AND loading.state = 'success' AND plan.state = 'success'
        ORDER BY loading.rowid DESC, plan.try_number DESC LIMIT 1
        """
    ).fetchone()
    return found[0] if found else None


def latest_run(db: sqlite3.Connection) -> str | None:
    """The run of which a try was entered last; None before the first."""
    found = db.execute("SELECT run_id FROM task_attempts ORDER BY rowid DESC LIMIT 1").fetchone()
    return found[0] if found else None


def first_start(db: sqlite3.Connection) -> str | None:
    """When the first try of any task began; None before that."""
    found = db.execute("SELECT min(started_at) FROM task_attempts").fetchone()
    return found[0] if found else None


def rejected_count(db: sqlite3.Connection) -> int:
    """Records that could not be read and are still to be had."""
    return int(db.execute("SELECT count(*) FROM rejected_records").fetchone()[0])


def _json(value: dict[str, Any] | Sequence[str] | None) -> str | None:
    return json.dumps(value) if value else None
