"""Incidents: what is wrong by the run ledger and the last maintenance, since when, and who has been told.

One incident of a kind is open at most. Each of its two alerts, when it begins and when it is over, has a row
for every channel, which is claimed before it is sent: what could not be sent waits for the next check, and of
two checks at once only one sends it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shopify_analytics import ledger
from shopify_analytics.database import now
from shopify_analytics.fields import utc_text
from shopify_analytics.reasons import MISSING

RUN_FAILED, DATA_AGE = "run_failed", "data_age"
RECONCILIATION, REJECTED_RECORDS = "reconciliation", "rejected_records"
MAINTENANCE = "maintenance"
KINDS = (RUN_FAILED, DATA_AGE, RECONCILIATION, REJECTED_RECORDS, MAINTENANCE)
BEGUN, OVER = "begun", "over"
# Longer than the task that sends may take: whoever claimed an alert before that was killed.
CLAIM_LASTS = timedelta(minutes=15)


@dataclass(frozen=True)
class Incident:
    """What went wrong, when, and in which runs it began and ended."""

    kind: str
    detail: str
    run_id: str
    began_at: str
    ended_at: str | None = None
    ended_run_id: str | None = None


@dataclass(frozen=True)
class Alert:
    """What one channel is to be told of an incident: that it has begun, or that it is over."""

    incident_id: int
    moment: str
    channel: str
    incident: Incident


def troubles(db: sqlite3.Connection, longest_age: timedelta) -> dict[str, str]:
    """What is wrong now: one line of detail by kind of incident.

    :param longest_age: how old the newest data may be; 0 for any age.
    """
    found = {
        RUN_FAILED: _failed_run(db),
        DATA_AGE: _old_data(db, longest_age) if longest_age else None,
        RECONCILIATION: _missing_rows(db),
        REJECTED_RECORDS: _rejected_records(db),
        MAINTENANCE: _failed_maintenance(db),
    }
    return {kind: detail for kind, detail in found.items() if detail}


def update(db: sqlite3.Connection, found: Mapping[str, str], run_id: str) -> list[Incident]:
    """Open and close incidents by what was ``found``; return those that began or ended now."""
    changed = []
    for kind in KINDS:
        is_open = db.execute(
            "SELECT 1 FROM incidents WHERE kind = ? AND ended_at IS NULL", (kind,)
        ).fetchone()
        if kind in found and not is_open:
            changed += _change(
                db,
                """
                INSERT INTO incidents (kind, detail, run_id, began_at) VALUES (?, ?, ?, ?)
                RETURNING kind, detail, run_id, began_at, ended_at, ended_run_id
                """,
                (kind, found[kind], run_id, now()),
            )
        elif is_open and kind not in found:
            db.execute(
                """
                INSERT INTO alerts (incident_id, moment, channel)
                SELECT id, 'over', channel
                FROM incidents
                JOIN alerts ON incident_id = id
                WHERE kind = ? AND ended_at IS NULL AND moment = 'begun'
                """,
                (kind,),
            )
            changed += _change(
                db,
                """
                UPDATE incidents SET ended_at = ?, ended_run_id = ? WHERE kind = ? AND ended_at IS NULL
                RETURNING kind, detail, run_id, began_at, ended_at, ended_run_id
                """,
                (now(), run_id, kind),
            )
    return changed


def _change(db: sqlite3.Connection, statement: str, values: tuple[str, ...]) -> list[Incident]:
    return [Incident(*row) for row in db.execute(statement, values).fetchall()]


def open_kinds(db: sqlite3.Connection) -> set[str]:
    """The kinds of incident that last."""
    return {row[0] for row in db.execute("SELECT kind FROM incidents WHERE ended_at IS NULL")}


def anything_to_tell(db: sqlite3.Connection) -> bool:
    """Whether a channel may have to be told something: an incident lasts, or an alert was not sent yet."""
    found = db.execute(
        """
        SELECT EXISTS (SELECT 1 FROM incidents WHERE ended_at IS NULL)
            OR EXISTS (SELECT 1 FROM alerts WHERE sent_at IS NULL)
        """
    ).fetchone()
    return bool(found[0])


def alerts_to_send(db: sqlite3.Connection, channel: str) -> list[Alert]:
    """What the channel is still to be told, oldest first."""
    db.execute(
        """
        INSERT OR IGNORE INTO alerts (incident_id, moment, channel)
        SELECT id, 'begun', ? FROM incidents WHERE ended_at IS NULL
        """,
        (channel,),
    )
    found = db.execute(
        """
        SELECT incident_id, moment, channel, kind, detail, run_id, began_at, ended_at, ended_run_id
        FROM alerts
        JOIN incidents ON incidents.id = alerts.incident_id
        WHERE channel = ? AND sent_at IS NULL
        ORDER BY incident_id, moment
        """,
        (channel,),
    )
    return [Alert(number, moment, name, Incident(*about)) for number, moment, name, *about in found]


def claim(db: sqlite3.Connection, alert: Alert) -> bool:
    """Whether it is now ours to send; not while another process sends it, nor when it was sent meanwhile."""
    expired = utc_text(datetime.now(UTC) - CLAIM_LASTS)
    claimed = db.execute(
        """
        UPDATE alerts SET claimed_at = ?
        WHERE incident_id = ? AND moment = ? AND channel = ? AND sent_at IS NULL
          AND (claimed_at IS NULL OR claimed_at < ?)
        """,
        (now(), alert.incident_id, alert.moment, alert.channel, expired),
    )
    return claimed.rowcount == 1


def settle(db: sqlite3.Connection, alert: Alert, *, sent: bool) -> None:
    """It was sent, or waits for the next check."""
    db.execute(
        """
        UPDATE alerts SET claimed_at = NULL, sent_at = ? WHERE incident_id = ? AND moment = ? AND channel = ?
        """,
        (now() if sent else None, alert.incident_id, alert.moment, alert.channel),
    )


def _failed_run(db: sqlite3.Connection) -> str | None:
    """The tasks that failed in the last run that ended by itself, with their reasons.

    One that was interrupted tells nothing: the next one reads the same. Rows that are missing, which fail
    ``reconcile``, are an incident of their own.
    """
    run = db.execute(
        """
        SELECT run_id, status, coalesce(failed_tasks, '[]')
        FROM sync_runs
        WHERE status IN ('success', 'failed')
        ORDER BY finished_at DESC, rowid DESC LIMIT 1
        """
    ).fetchone()
    if run is None or run[1] == "success":
        return None
    tasks = json.loads(run[2])
    reasons = {task_id: ledger.last_failure(db, run[0], task_id) for task_id in tasks}
    if tasks and all(failure.reason_class == MISSING for failure in reasons.values()):
        return None
    said = [f"{task_id}: {failure.reason}" for task_id, failure in reasons.items() if failure.reason]
    return ". ".join([f"{', '.join(tasks) or 'A task'} failed", *said])


def _old_data(db: sqlite3.Connection, longest_age: timedelta) -> str | None:
    newest, first = ledger.data_as_of(db), ledger.first_start(db)
    since = newest or first
    if since is None:
        return None
    age = datetime.now(UTC) - datetime.fromisoformat(since)
    if age <= longest_age:
        return None
    what = "The newest data is of" if newest else "Nothing was loaded since the first run of"
    return f"{what} {since}, {_minutes(age)} ago; {_minutes(longest_age)} are allowed"


def _minutes(span: timedelta) -> str:
    return f"{int(span.total_seconds() // 60):,} min"


def _missing_rows(db: sqlite3.Connection) -> str | None:
    latest = ledger.latest_result(db, "reconcile")
    missing = {
        entity: result for entity, result in (latest[1] if latest else {}).items() if result["missing"]
    }
    numbers = ", ".join(
        f"{result['missing']:,} of {result['store']:,} {entity}" for entity, result in missing.items()
    )
    return f"The store has rows that are missing here: {numbers}" if missing else None


def _rejected_records(db: sqlite3.Connection) -> str | None:
    found = db.execute("SELECT entity, count(*) FROM rejected_records GROUP BY entity ORDER BY entity")
    numbers = ", ".join(f"{number:,} {entity}" for entity, number in found)
    return f"The store sent records that cannot be read: {numbers}" if numbers else None


def _failed_maintenance(db: sqlite3.Connection) -> str | None:
    found = db.execute("SELECT task_id, reason FROM maintenance_failures ORDER BY failed_at, task_id")
    return ". ".join(f"{task_id} failed: {reason.rstrip('.')}" for task_id, reason in found) or None
