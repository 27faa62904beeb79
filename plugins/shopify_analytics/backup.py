"""Backups of the database: whole, verified, one file each, in a folder of their store."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from shopify_analytics.config import Folders
from shopify_analytics.database import BROKEN, UNUSABLE, get_metadata, read_only
from shopify_analytics.errors import DatabaseRefused, SettingsError
from shopify_analytics.files import replacing
from shopify_analytics.shop import DOMAIN
from shopify_analytics.snapshot import refuse_absent

NAME = re.compile(r"shopify_data-(\d{8}_\d{6})\.db")
TIME = "%Y%m%d_%H%M%S"


@dataclass(frozen=True)
class Backup:
    """A verified copy: its file, its size, and how many rows each table has."""

    path: Path
    bytes: int
    rows: dict[str, int]


def back_up(folders: Folders, at: datetime) -> Backup:
    """Copy the database to ``backups/<store>/shopify_data-<time>.db``, named by the time ``at`` in UTC.

    :raises DatabaseRefused: when there is no database, or it is damaged.
    :raises SettingsError: when the copy cannot be written; earlier ones are as they were.
    """
    refuse_absent(folders.database)
    with _told(folders.database, folders.backups), read_only(folders.database) as db:
        folder = folders.backups / folder_name(get_metadata(db, DOMAIN))
    return write_copy(folders.database, folder / f"shopify_data-{at.astimezone(UTC):{TIME}}.db")


def backups(folder: Path) -> list[Path]:
    """The backups in a folder and those below it, the newest last; other files do not count."""
    found = [path for path in folder.rglob("shopify_data-*.db") if NAME.fullmatch(path.name)]
    return sorted((path for path in found if not path.is_symlink()), key=lambda path: path.name)


def remove_older(folder: Path, than: datetime) -> list[Path]:
    """Remove what was backed up before that time, but never the newest; return what was removed."""
    old = [path for path in backups(folder)[:-1] if made_at(path) < than]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def made_at(backup: Path) -> datetime:
    """When a backup was made, by its name."""
    return datetime.strptime(backup.stem.removeprefix("shopify_data-"), TIME).replace(tzinfo=UTC)


def folder_name(domain: str | None) -> str:
    """A store's domain as the name of a folder."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", domain or "").strip(".") or "unknown-store"


def write_copy(database: Path, to: Path) -> Backup:
    """Replace ``to`` by the database as the last commit left it, one file, once it is found to be whole.

    Whole is what passes SQLite's own check and has the rows that were read. Syncs may go on meanwhile:
    https://www.sqlite.org/backup.html

    :raises DatabaseRefused: when there is no database, or it is damaged.
    :raises SettingsError: when the copy cannot be written, or the disk has no room for it.
    """
    refuse_absent(database)
    with replacing(to, to.parent) as unfinished, _told(database, to):
        unfinished.write_bytes(b"")
        try:
            with read_only(database) as db, closing(sqlite3.connect(unfinished)) as copy:
                db.execute("BEGIN")
                rows = count_rows(db)
                _refuse_full_disk(db, to)
                copy.execute("PRAGMA journal_mode = OFF")
                copy.execute("PRAGMA synchronous = OFF")
                db.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
                _verify(copy, rows, database)
        finally:
            for beside in ("-wal", "-shm", "-journal"):
                Path(f"{unfinished}{beside}").unlink(missing_ok=True)
    return Backup(to, to.stat().st_size, rows)


def count_rows(db: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    names = [row[0] for row in db.execute(tables)]
    return {name: int(db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}


def problems(db: sqlite3.Connection, most: int = 5) -> list[str]:
    """What SQLite's own check finds wrong with the database, at most so many lines; nothing when it is whole.

    https://www.sqlite.org/pragma.html#pragma_integrity_check
    """
    try:
        found = [str(row[0]) for row in db.execute(f"PRAGMA integrity_check({most})")]
    except sqlite3.DatabaseError as error:
        if not getattr(error, "sqlite_errorname", "").startswith(BROKEN):
            raise
        found = [str(error)]
    return [] if found == ["ok"] else found


def _verify(copy: sqlite3.Connection, rows: dict[str, int], database: Path) -> None:
    if found := problems(copy, 1):
        raise DatabaseRefused(
            f"{database} is damaged, so that no good copy can be made of it ({found[0]}): restore a backup "
            "(make restore)"
        )
    if count_rows(copy) != rows:
        raise DatabaseRefused(f"The copy of {database} has other rows than were read: copy it again")


def _refuse_full_disk(db: sqlite3.Connection, to: Path) -> None:
    pages, page_size = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    needed, free = pages * page_size, shutil.disk_usage(to.parent).free
    if free < needed:
        raise SettingsError(
            f"The disk of {to.parent} has {free / 1e6:,.1f} MB free, a copy of the database needs "
            f"{needed / 1e6:,.1f} MB: free the disk. Earlier backups are as they were"
        )


@contextmanager
def _told(database: Path, to: Path) -> Iterator[None]:
    """Say what is wrong with the database or with the disk, in one sentence."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorname", "")
        if code.startswith(UNUSABLE):
            raise SettingsError(
                f"Cannot copy {database} to {to} ({error}): free the disk, or give Airflow's user write "
                "access to the folder. Earlier backups are as they were"
            ) from error
        if code.startswith(BROKEN):
            raise DatabaseRefused(
                f"{database} is damaged, so that no good copy can be made of it ({error}): restore a backup "
                "(make restore)"
            ) from error
        raise
