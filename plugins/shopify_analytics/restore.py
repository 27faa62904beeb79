"""Put a backup in the place of the database: prepared beside it, then taken over in one transaction."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from shopify_analytics import ledger
from shopify_analytics.aggregates import rebuild
from shopify_analytics.backup import TIME, backups, problems, write_copy
from shopify_analytics.config import Folders
from shopify_analytics.database import (
    AGGREGATES_STALE,
    BUSY_TIMEOUT_SECONDS,
    connect,
    get_metadata,
    get_watermark,
    is_absent,
    read_only,
    schema_version,
    table_columns,
)
from shopify_analytics.entities import ENTITIES
from shopify_analytics.errors import DatabaseRefused
from shopify_analytics.exclusive import refuse_amid_a_sync
from shopify_analytics.redactions_again import Redactions, redact_again, redactions_in
from shopify_analytics.shop import DOMAIN
from shopify_analytics.sweep import want_sweep


@dataclass(frozen=True)
class Restored:
    """What was put in place: orders, up to which store time; where a damaged database was moved.

    ``redacted`` is how many customers were blanked again, None when that could not be found out.
    """

    orders: int
    watermark: str | None
    redacted: int | None
    damaged: Path | None


def restore(folders: Folders, backup: Path, workspace: Path) -> Restored:
    """Let the database be what the backup holds, and the next sync read all that has changed since.

    Readers see the old database or the new one, also when this is cut short; then nothing has happened.
    Customers who were redacted since are redacted again. A damaged database is moved aside first.

    :param workspace: a folder for a file that is only needed meanwhile, on the database's disk.
    :raises DatabaseRefused: when the backup cannot be used, or is another store's; nothing has happened.
    :raises SyncGoingOn: amid a sync.
    :raises SettingsError: when the disk has no room for it.
    """
    domain = _domain_of(backup)
    is_damaged = not is_absent(folders.database) and bool(_problems(folders.database))
    redactions: Redactions | None = Redactions()
    if is_damaged:
        redactions = None
    elif not is_absent(folders.database):
        with read_only(folders.database) as db:
            _refuse_other(db, domain, backup)
            redactions = redactions_in(db)
    prepared = workspace / "restored.db"
    write_copy(backup, prepared)
    with connect(prepared) as db:
        for run_id in ledger.running_runs(db, besides=""):
            ledger.close_run(db, run_id, "interrupted")
        ledger.end_tries(db, besides="")
        for entity in ENTITIES:
            want_sweep(db, entity)
        redacted = None if redactions is None else redact_again(db, redactions, workspace)
        if get_metadata(db, AGGREGATES_STALE):
            rebuild(db, workspace)
        orders = int(db.execute("SELECT count(*) FROM orders WHERE deleted_at IS NULL").fetchone()[0])
        watermark = min((get_watermark(db, entity) or "" for entity in ENTITIES), default=None)
    damaged = _move_aside(folders.database) if is_damaged else None
    _put_in_place(prepared, folders.database)
    return Restored(orders, watermark or None, redacted, damaged)


def find(folders: Folders, named: str) -> Path:
    """The backup of that path, or of that name among the backups.

    :raises DatabaseRefused: when there is none.
    """
    path = Path(named).expanduser().absolute()
    if path.is_file():
        return path
    for backup in backups(folders.backups):
        if backup.name == named:
            return backup
    raise DatabaseRefused(f"There is no backup {named}: make restore lists those that there are")


def _domain_of(backup: Path) -> str:
    try:
        with read_only(backup) as db:
            schema_version(db, backup)
            found = problems(db, 1)
            domain = None if found else get_metadata(db, DOMAIN)
    except sqlite3.DatabaseError as error:
        raise DatabaseRefused(
            f"{backup} is no usable backup ({error}): take another one. Nothing was changed"
        ) from error
    if found:
        raise DatabaseRefused(f"{backup} is damaged ({found[0]}): take another one. Nothing was changed")
    if domain is None:
        raise DatabaseRefused(f"{backup} holds no store's data: take another one. Nothing was changed")
    return domain


def _problems(database: Path) -> list[str]:
    try:
        with read_only(database) as db:
            return problems(db, 1)
    except sqlite3.DatabaseError as error:
        return [str(error)]


def _refuse_other(db: sqlite3.Connection, domain: str, backup: Path) -> None:
    if not table_columns(db, "metadata"):
        raise DatabaseRefused(
            "The database holds the tables of another program: move it away, then do this again. Nothing was "
            "changed"
        )
    known = get_metadata(db, DOMAIN)
    if known not in (None, domain):
        raise DatabaseRefused(
            f"{backup} holds the store {domain}, the database that of {known}: make new-store moves the "
            "database away, then do this again. Nothing was changed"
        )
    refuse_amid_a_sync(db)


def _move_aside(database: Path) -> Path:
    """What SQLite keeps beside it goes with it: left behind, it would be taken for the new database's."""
    damaged = database.with_name(f"{database.name}.damaged-{datetime.now(UTC):{TIME}}")
    for beside in ("-shm", "-wal", ""):
        file = Path(f"{database}{beside}")
        if file.exists():
            file.rename(f"{damaged}{beside}")
    return damaged


def _put_in_place(prepared: Path, database: Path) -> None:
    if not is_absent(database):
        with read_only(database) as db:
            refuse_amid_a_sync(db)
    database.touch()  # with the rights that the umask allows, as connect() does
    with (
        read_only(prepared) as source,
        closing(sqlite3.connect(database, timeout=BUSY_TIMEOUT_SECONDS)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA wal_checkpoint(PASSIVE)")
