"""What a run adds to Airflow's metrics; nothing is sent unless ``[metrics]`` switches them on.

The names, and what they are in Prometheus, are in ``docs/statsd-exporter.yaml``. Plain StatsD has no tags, so
states, tables and classes are part of a name; there are few of each.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from airflow.sdk.observability import stats

from shopify_analytics import ledger

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Measurement:
    """How many more (counter), how much now (gauge), or how many seconds something took (timer)."""

    kind: Literal["counter", "gauge", "timer"]
    name: str
    value: float


def emit(db: sqlite3.Connection, run_id: str) -> None:
    """Send what a run that has just been closed amounts to; trouble with that is a warning and no more."""
    try:
        for measurement in measurements(db, run_id):
            _send(measurement)
    except (OSError, sqlite3.Error) as error:
        log.warning("Metrics could not be sent: %s", error)


def measurements(db: sqlite3.Connection, run_id: str) -> Iterator[Measurement]:
    """What the ledger says of a closed run, and how the data stands now."""
    status, started_at, finished_at = db.execute(
        "SELECT status, started_at, finished_at FROM sync_runs WHERE run_id = ?", (run_id,)
    ).fetchone() or ("failed", None, None)
    yield Measurement("counter", f"shopify.syncs.{status}", 1)
    if started_at and finished_at:
        lasted = datetime.fromisoformat(finished_at) - datetime.fromisoformat(started_at)
        yield Measurement("timer", "shopify.sync_duration", lasted.total_seconds())
    for table, counts in ledger.task_result(db, run_id, "load_sqlite").items():
        for change, number in counts.items():
            if number and change != "unchanged":
                yield Measurement("counter", f"shopify.rows.{table}.{change}", number)
    yield from _failed_tries(db, run_id)
    calls, refused = ledger.api_usage(db, run_id)
    yield Measurement("counter", "shopify.api.requests", calls)
    yield Measurement("counter", "shopify.api.refused", refused)
    yield Measurement("gauge", "shopify.rejected_records", ledger.rejected_count(db))
    if as_of := ledger.data_as_of(db):
        moment = datetime.fromisoformat(as_of)
        yield Measurement("gauge", "shopify.data_age", (datetime.now(UTC) - moment).total_seconds())
        # A gauge keeps its last value when nothing runs any more: of a moment, the age can still be told.
        yield Measurement("gauge", "shopify.data_timestamp", moment.timestamp())


def _failed_tries(db: sqlite3.Connection, run_id: str) -> Iterator[Measurement]:
    """Tries that were followed by another one, and tries that a task ended with, by class of reason."""
    found = db.execute(
        """
        SELECT
            EXISTS (
                SELECT 1
                FROM task_attempts AS later
                WHERE later.run_id = failed.run_id AND later.task_id = failed.task_id
                  AND later.try_number > failed.try_number
            ) AS retried,
            coalesce(reason_class, 'other') AS class,
            count(*)
        FROM task_attempts AS failed
        WHERE run_id = ? AND state IN ('up_for_retry', 'failed', 'killed')
        GROUP BY retried, class
        """,
        (run_id,),
    )
    for retried, reason_class, number in found:
        yield Measurement("counter", f"shopify.{'retries' if retried else 'failures'}.{reason_class}", number)


def _send(measurement: Measurement) -> None:
    if measurement.kind == "counter":
        stats.incr(measurement.name, int(measurement.value))
    elif measurement.kind == "gauge":
        stats.gauge(measurement.name, measurement.value)
    else:
        stats.timing(measurement.name, timedelta(seconds=measurement.value))
