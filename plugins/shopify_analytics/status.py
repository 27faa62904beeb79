"""How the syncs are doing, for a person at a terminal: what is wrong, then figures, then the latest runs."""

from __future__ import annotations

import json
import shutil
import sqlite3
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shopify_analytics import ledger
from shopify_analytics.alert_text import WORDS
from shopify_analytics.backup import backups, folder_name, made_at
from shopify_analytics.config import Folders
from shopify_analytics.database import get_metadata, is_absent, migrations, read_only, schema_version
from shopify_analytics.errors import DatabaseRefused
from shopify_analytics.fields import utc_text
from shopify_analytics.incidents import troubles
from shopify_analytics.reconcile import describe, reconciliation
from shopify_analytics.run_text import SPOKEN_OF
from shopify_analytics.shop import DOMAIN, TIMEZONE, shop_timezone
from shopify_analytics.sql import statement

# The schedule of the DAG shopify_sync, for when Airflow cannot be asked.
MINUTES_BETWEEN_SYNCS = 10
COLUMNS = 100
MOST_RUNS = 10
MOST_REASONS = 3
# A scheduler that lives says so every few seconds.
SCHEDULER_IS_SEEN_WITHIN = timedelta(minutes=1)
BACKUP_IS_LATE_AFTER = timedelta(days=2)
# Bytes: even a reader needs some, for the index of the write-ahead log.
ROOM_TO_READ = 1_000_000
DISK_IS_FULL = "The disk is full"
FREE_IT = "Free it, then clear the run from its first red task."


@dataclass(frozen=True)
class Trouble:
    """What is wrong, and what to do."""

    what: str
    cure: str


@dataclass(frozen=True)
class Scheduling:
    """What Airflow knows of the DAG; None is what could not be asked."""

    is_paused: bool | None = None
    next_at: datetime | None = None
    scheduler_seen: datetime | None = None

    def is_running(self, at: datetime) -> bool:
        """Whether a scheduler was seen lately."""
        return self.scheduler_seen is not None and at - self.scheduler_seen < SCHEDULER_IS_SEEN_WITHIN


def status(
    folders: Folders, longest_age: timedelta, scheduling: Scheduling | None, at: datetime
) -> tuple[list[str], bool]:
    """The lines to print, at most 100 columns wide, and whether all is well.

    :param longest_age: how old the newest data may be; 0 for any age.
    :param scheduling: None when Airflow could not be asked.
    """
    if is_absent(folders.database):
        return [
            f"No sync has run yet: there is no database at {folders.database}",
            "Start one: make run; or start Airflow, which syncs every ten minutes: make standalone, make up",
        ], False
    try:
        with read_only(folders.database) as db:
            if schema_version(db, folders.database) < len(migrations()):
                return [
                    "The database is of an older version of this project: the next sync updates it"
                ], False
            return _status(db, folders, longest_age, scheduling, at)
    except (sqlite3.DatabaseError, DatabaseRefused) as error:
        advice = "If it is damaged, restore a backup: make restore lists them"
        if shutil.disk_usage(folders.data_dir).free < ROOM_TO_READ:
            advice = f"{DISK_IS_FULL}. {FREE_IT}"
        return [*_wrapped(f"The database {folders.database} cannot be read: {error}"), advice], False


def _status(
    db: sqlite3.Connection,
    folders: Folders,
    longest_age: timedelta,
    scheduling: Scheduling | None,
    at: datetime,
) -> tuple[list[str], bool]:
    found = [
        Trouble(detail, WORDS[kind].next_step) for kind, detail in troubles(db, longest_age).items()
    ] + list(_further_troubles(db, folders, scheduling, at))
    next_sync = _next_sync(scheduling, at)
    lines = []
    if found:
        lines.append(f"Something is wrong: {len(found)}" if len(found) > 1 else "Something is wrong")
        for trouble in found:
            lines += _wrapped(f"! {trouble.what}") + _wrapped(trouble.cure, indent="  ")
    else:
        lines.append(f"All is well: data {_age(db, at)}, {next_sync}")
    lines += ["", *_facts(db, folders, next_sync, at), "", *_runs(db, at)]
    return [line[:COLUMNS] for line in lines], not found


def _further_troubles(
    db: sqlite3.Connection, folders: Folders, scheduling: Scheduling | None, at: datetime
) -> Iterator[Trouble]:
    if scheduling and scheduling.is_paused:
        yield Trouble(
            "The DAG shopify_sync is paused", "Unpause it in Airflow: nothing is synced until then."
        )
    newest = _newest_backup(db, folders)
    if newest and at - made_at(newest) > BACKUP_IS_LATE_AFTER:
        yield Trouble(
            f"The newest backup is {_span(at - made_at(newest))} old",
            "Look at the DAG shopify_maintenance in Airflow: is it paused, or its task back_up red?",
        )
    size, free = folders.database.stat().st_size, shutil.disk_usage(folders.data_dir).free
    if free < ROOM_TO_READ:
        yield Trouble(DISK_IS_FULL, FREE_IT)
    elif free < size:
        yield Trouble(
            f"The disk has {free / 1e6:,.1f} MB free; the next backup needs {size / 1e6:,.1f} MB",
            "Free the disk, or lower the Variable backup_keep_days.",
        )


def _facts(db: sqlite3.Connection, folders: Folders, next_sync: str, at: datetime) -> Iterator[str]:
    shop = [get_metadata(db, key) for key in ("shop.name", DOMAIN)]
    yield _fact("Store", ", ".join(filter(None, shop)) or "not known yet")
    yield _fact("Data", f"{_age(db, at)}{_of_when(db)}")
    yield _fact("Next", next_sync)
    if latest := reconciliation(db):
        checked_at = latest.pop("checked_at")
        unequal = [
            f"{entity} {describe(result)}" for entity, result in latest.items() if result["difference"]
        ]
        yield _fact("Reconciled", f"{checked_at}: {'; '.join(unequal) or 'equal to the store'}")
    for entity, reason, records in db.execute(statement("status/rejected"), {"most": MOST_REASONS}):
        yield _fact("Rejected", f"{records:,} of the {entity}: {reason}")
    for kind, began_at in db.execute("SELECT kind, began_at FROM incidents WHERE ended_at IS NULL"):
        yield _fact("Incident", f"{kind} since {began_at}")
    newest = _newest_backup(db, folders)
    told = f"{_span(at - made_at(newest))} old, {newest.name}" if newest else "none yet"
    yield _fact("Backup", told)
    yield _fact("Disk", _disk(folders))


def _fact(title: str, text: str) -> str:
    return f"{title:<12}{text}"


def _disk(folders: Folders) -> str:
    sizes = {
        "database": _size(folders.data_dir.glob(f"{folders.database.name}*")),
        "CSV": _size(folders.data_dir.glob("*.csv")),
        "backups": _size(folders.backups.rglob("*")),
        "staging": _size(folders.staging.rglob("*")),
    }
    used = ", ".join(f"{what} {size / 1e6:,.1f} MB" for what, size in sizes.items())
    return f"{used}; {shutil.disk_usage(folders.data_dir).free / 1e9:,.1f} GB free"


def _size(paths: Iterator[Path]) -> int:
    total = 0
    for path in paths:
        try:
            total += path.lstat().st_size if path.is_file() else 0
        except FileNotFoundError:  # a sync has just removed it
            continue
    return total


def _newest_backup(db: sqlite3.Connection, folders: Folders) -> Path | None:
    return next(reversed(backups(folders.backups / folder_name(get_metadata(db, DOMAIN)))), None)


def _runs(db: sqlite3.Connection, at: datetime) -> Iterator[str]:
    titles = ("Run (UTC)", "state", "kind", "took", "rows", "calls", "refused")
    yield "{:<16}{:<12}{:<9}{:>9}  {:<20}{:>6}{:>9}  longest task".format(*titles)
    for run_id, state, full_sync, started_at, finished_at, rows, log_file, calls, refused in db.execute(
        statement("status/runs"), {"most": MOST_RUNS}
    ):
        started = datetime.fromisoformat(started_at)
        took = (datetime.fromisoformat(finished_at) if finished_at else at) - started
        tries = db.execute(statement("status/tries"), {"run_id": run_id, "now": utc_text(at)}).fetchall()
        longest = next((f"{row[0]} {_span(timedelta(seconds=row[4]))}" for row in tries if row[5]), "")
        yield (
            f"{started:%m-%d %H:%M:%S}  {state:<12}{'full' if full_sync else 'changes':<9}{_span(took):>9}  "
            f"{_changes(rows):<20}{calls:>6,.0f}{refused:>9,.0f}  {longest}"
        )
        for task_id, try_number, outcome, reason, *_ in tries:
            if outcome in ("failed", "up_for_retry", "killed"):
                yield f"    {task_id}, try {try_number} {outcome}: {reason or 'ended without a word'}"
        if state == "failed" and log_file:
            yield f"    {log_file}"


def _changes(rows: str | None) -> str:
    loaded = json.loads(rows or "{}")
    counts = [counts for table, counts in loaded.items() if table in SPOKEN_OF]
    signs = {"+": "inserted", "~": "updated", "-": "deleted"}
    sums = {sign: sum(count[change] for count in counts) for sign, change in signs.items()}
    return " ".join(f"{sign}{number:,}" for sign, number in sums.items() if number) or "-"


def _next_sync(scheduling: Scheduling | None, at: datetime) -> str:
    minutes = MINUTES_BETWEEN_SYNCS - at.minute % MINUTES_BETWEEN_SYNCS
    due = at.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    if scheduling:
        if scheduling.is_paused:
            return "no sync: the DAG shopify_sync is paused"
        if not scheduling.is_running(at):
            return "no sync by itself: no scheduler is running"
        due = scheduling.next_at or due
    if due <= at:
        return "next sync as soon as the one before has ended"
    return f"next sync in {_span(due - at)}, at {due.astimezone(UTC):%H:%M} UTC"


def _age(db: sqlite3.Connection, at: datetime) -> str:
    newest = ledger.data_as_of(db)
    return f"{_span(at - datetime.fromisoformat(newest))} old" if newest else "not there yet"


def _of_when(db: sqlite3.Connection) -> str:
    newest = ledger.data_as_of(db)
    if newest is None or get_metadata(db, TIMEZONE) is None:
        return ""
    zone = shop_timezone(db)
    local = datetime.fromisoformat(newest).astimezone(zone)
    orders = db.execute("SELECT count(*) FROM orders WHERE deleted_at IS NULL").fetchone()[0]
    return f", of {newest} ({local:%H:%M} in {zone}), {orders:,} orders"


def _span(span: timedelta) -> str:
    seconds = max(0, round(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h {seconds % 3600 // 60} min"
    return f"{seconds // 86400} days"


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, COLUMNS, initial_indent=indent, subsequent_indent="  ")
