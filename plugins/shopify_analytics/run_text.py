"""What a run log says, and the one line that a run comes down to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from shopify_analytics import ledger
from shopify_analytics.config import Folders, staging_place
from shopify_analytics.database import get_metadata, now
from shopify_analytics.doubts import Drift
from shopify_analytics.entities import ENTITIES
from shopify_analytics.errors import SyncError
from shopify_analytics.places import Place, files
from shopify_analytics.reconcile import describe
from shopify_analytics.shop import TIMEZONE
from shopify_analytics.staging import run_folder


@dataclass(frozen=True)
class TaskState:
    """How a task ended, as Airflow has it; seconds of its last try."""

    state: str
    seconds: float | None


# The tables that a run's one line names; parts of orders change with them.
SPOKEN_OF = (
    "products",
    "product_variants",
    "customers",
    "orders",
    "line_items",
    "refunds",
    "refund_line_items",
)


def summary(db: sqlite3.Connection, run_id: str) -> str:
    """``orders +12 ~3, refunds +1, reconciled, 12 API calls, 0 refused``."""
    loaded = ledger.task_result(db, run_id, "load_sqlite")
    changes = []
    for table, counts in loaded.items():
        if table not in SPOKEN_OF:
            continue
        signs = {"+": counts["inserted"], "~": counts["updated"], "-": counts["deleted"]}
        marks = [f"{sign}{number:,}" for sign, number in signs.items() if number]
        if marks:
            changes.append(f"{table} {' '.join(marks)}")
    parts = changes or ["nothing changed" if loaded else "nothing loaded"]
    if rejected := ledger.rejected_count(db):
        parts.append(f"rejected records waiting: {rejected:,}")
    if reconciled := ledger.task_result(db, run_id, "reconcile", of_failed=True):
        parts.append(_reconciled_in_short(reconciled))
    calls, refused = ledger.api_usage(db, run_id)
    return ", ".join([*parts, f"{calls:,} API calls", f"{refused:,} refused"])


def _reconciled_in_short(result: Mapping[str, Any]) -> str:
    """``reconciled``, or ``missing here: orders 3``, or ``gone from the store: customers 1``."""
    for title, key in (("missing here", "missing"), ("gone from the store", "difference")):
        numbers = [f"{entity} {found[key]:,}" for entity, found in result.items() if found[key] > 0]
        if numbers:
            return f"{title}: {', '.join(numbers)}"
    return "reconciled"


def lines(
    db: sqlite3.Connection, folders: Folders, run_id: str, in_short: str, states: Mapping[str, TaskState]
) -> Iterator[str]:
    """The run's log, line by line; ``in_short`` is the one line that it comes down to."""
    run = db.execute(
        "SELECT status, full_sync, started_at, finished_at FROM sync_runs WHERE run_id = ?", (run_id,)
    ).fetchone()
    status, full_sync, started_at, finished_at = run or ("failed", 0, now(), now())
    shop = [get_metadata(db, key) for key in ("shop.name", "shop.domain", "shop.currency", TIMEZONE)]
    yield f"Shopify sync: {status}"
    yield in_short
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
    yield from _section("Reconciled with the store", _reconciled(db, run_id))
    yield from _section("Files", _files(db, folders, run_id, status))
    yield from _section("Google Sheets", _sheets(db, run_id))
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
            if drift := fetched.get("drift"):
                yield f"{'':<20}{Drift(**drift)}"
    calls, refused = ledger.api_usage(db, run_id)
    yield f"{'API calls':<20}{calls:>10,}, of which {refused:,} refused with 429"


def _loaded(db: sqlite3.Connection, run_id: str) -> Iterator[str]:
    for table, counts in ledger.task_result(db, run_id, "load_sqlite").items():
        yield f"{table:<20}" + ",".join(f"{number:>10,} {name}" for name, number in counts.items())


def _reconciled(db: sqlite3.Connection, run_id: str) -> Iterator[str]:
    for entity, found in ledger.task_result(db, run_id, "reconcile", of_failed=True).items():
        window = found["window"]
        of_window = window["store"] is not None
        read = f"; {window['read']:,} of {window['store']:,} in the window" if of_window else ""
        yield f"{entity:<20}{describe(found)}{read}; swept {found['last_sweep'] or 'never'}"


def _files(db: sqlite3.Connection, folders: Folders, run_id: str, status: str) -> Iterator[str]:
    yield f"{'database':<26}{folders.database}"
    for name, file in ledger.task_result(db, run_id, "export_csv").items():
        yield f"{name:<26}{file['path']}, {file['rows']:,} rows, {file['state']}"
    if ledger.task_result(db, run_id, "compute_analytics"):
        yield f"{'summary':<26}{folders.summary}"
    for file in ledger.task_result(db, run_id, "render_report").values():
        yield f"{'report':<26}{file['path']}, {file['state']}"
    if status != "success" and (staged := _staged(folders, run_id)):
        yield f"{'staged pages':<26}{staged}, kept until a run succeeds, a week at most"


def _sheets(db: sqlite3.Connection, run_id: str) -> Iterator[str]:
    pushed = ledger.task_result(db, run_id, "push_to_sheets")
    requests = pushed.pop("requests", 0)
    for tab, found in pushed.items():
        written = f", {found['cells_written']:,} cells written" if found["cells_written"] else ""
        yield f"{tab:<20}{found['rows']:>10,} rows, {found['state']}{written}"
    if pushed:
        yield f"{'requests':<20}{requests:>10,}"


def _staged(folders: Folders, run_id: str) -> Place | None:
    """Where the run's staged pages are; None when there are none, or when that cannot be found out."""
    with suppress(SyncError):
        run = run_folder(staging_place(folders), run_id)
        return run if files(run) else None
    return None


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
