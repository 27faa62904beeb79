"""What the database and its folder need now and then: a check, compaction, cleaning."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from shopify_analytics.backup import backups, problems
from shopify_analytics.config import Folders
from shopify_analytics.database import read_only
from shopify_analytics.errors import DatabaseRefused
from shopify_analytics.exclusive import locked, running_run
from shopify_analytics.snapshot import refuse_absent

# A sync that writes is not waited for: there is another day.
SECONDS_TO_WAIT_FOR_A_WRITER = 5
# Below this, or with less of the file free, the space is soon used again.
LEAST_FREE_BYTES, LEAST_FREE_SHARE = 10_000_000, 0.25
# Only a killed process leaves these; one that lives is done after a day.
LEFTOVER = re.compile(r"\..+\.unfinished(-wal|-shm|-journal)?")
LEFTOVERS_KEPT = timedelta(days=1)
RUN_LOG = re.compile(r"shopify_sync_\d{8}_\d{6}\.log")
# How Airflow's own configuration names them: [logging] log_filename_template, and a folder per day.
AIRFLOW_LOG = re.compile(
    r"dag_id=[^/]+/run_id=[^/]+/task_id=[^/]+/(map_index=\d+/)?attempt=\d+\.log[^/]*"
    r"|(scheduler|dag_processor)/\d{4}-\d\d-\d\d/.+\.log"
)


@dataclass(frozen=True)
class Cleaned:
    """How many files were removed, and their size."""

    files: int = 0
    bytes: int = 0

    def __add__(self, other: Cleaned) -> Cleaned:
        return Cleaned(self.files + other.files, self.bytes + other.bytes)


def check_integrity(folders: Folders) -> None:
    """Let SQLite check every page of the database; syncs may go on.

    :raises DatabaseRefused: when it is damaged, saying how to restore it; or when there is none.
    """
    refuse_absent(folders.database)
    try:
        with read_only(folders.database) as db:
            found = problems(db)
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    if found:
        newest = next(reversed(backups(folders.backups)), None)
        backup = (
            f"make restore FROM={newest}" if newest else "there is none: move the database away, and sync"
        )
        raise DatabaseRefused(
            f"The database {folders.database} is damaged ({'; '.join(found)}): pause the DAG shopify_sync "
            f"and restore the newest backup: {backup}"
        )


def optimize(folders: Folders) -> str:
    """Give back the file's free space when that is worth the work; return what was done.

    :raises DatabaseRefused: when there is no database.
    """
    refuse_absent(folders.database)
    timeout = SECONDS_TO_WAIT_FOR_A_WRITER
    with closing(sqlite3.connect(folders.database, timeout=timeout, isolation_level=None)) as db:
        try:
            db.execute("PRAGMA optimize")
            free, size = _free_bytes(db), folders.database.stat().st_size
            if reason := _why_not_compact(db, folders, free, size):
                return f"not compacted: {reason}"
            with _temporary_files_in(folders.data_dir):
                db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError as error:
            if not getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
                raise
            return "not compacted: a sync is writing; tomorrow again"
    return f"compacted from {size / 1e6:,.1f} to {folders.database.stat().st_size / 1e6:,.1f} MB"


def _why_not_compact(db: sqlite3.Connection, folders: Folders, free: int, size: int) -> str | None:
    if free <= LEAST_FREE_BYTES or free <= LEAST_FREE_SHARE * size:
        return f"{free / 1e6:,.1f} MB of {size / 1e6:,.1f} MB are free, kept for use"
    if run_id := running_run(db):
        return f"the run {run_id} is going on; tomorrow again"
    # The compacted copy, and the log that takes it into the file.
    needed, room = 2 * (size - free), shutil.disk_usage(folders.data_dir).free
    if room < needed:
        return f"the disk has {room / 1e6:,.1f} MB free, {needed / 1e6:,.1f} MB are needed meanwhile"
    return None


def clean_leftovers(folders: Folders) -> Cleaned:
    """Remove what killed processes have left: half files, and the workspace of a command."""
    cleaned = Cleaned()
    with suppress(BlockingIOError, FileNotFoundError), locked(folders.data_dir, wait=False):
        command = folders.data_dir / ".command"
        cleaned += _sized(path for path in command.rglob("*") if path.is_file())
        shutil.rmtree(command, ignore_errors=True)
    before = time.time() - LEFTOVERS_KEPT.total_seconds()
    places = (folders.data_dir, folders.log_dir, folders.backups, *folders.backups.glob("*/"))
    for place in places:
        for path in place.glob(".*"):
            if LEFTOVER.fullmatch(path.name):
                cleaned += _remove_if_older(path, before)
    return cleaned


def clean_logs(folder: Path, pattern: re.Pattern[str], keep: timedelta) -> Cleaned:
    """Remove log files whose path in the folder matches and that are older; then folders that it emptied.

    Links are neither followed nor removed, and so is what has another name.
    """
    cleaned, before = Cleaned(), time.time() - keep.total_seconds()
    for parent, _, names in os.walk(folder, topdown=False):
        removed = Cleaned()
        for path in (Path(parent, name) for name in names):
            if pattern.fullmatch(path.relative_to(folder).as_posix()):
                removed += _remove_if_older(path, before)
        cleaned += removed
        if removed.files:
            _remove_empty(Path(parent), folder)
    return cleaned


def _free_bytes(db: sqlite3.Connection) -> int:
    pages, page_size = (
        db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_size")
    )
    return int(pages * page_size)


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """What VACUUM needs meanwhile does not fit into every /tmp."""
    before = os.environ.get("SQLITE_TMPDIR")
    os.environ["SQLITE_TMPDIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SQLITE_TMPDIR"]
        else:
            os.environ["SQLITE_TMPDIR"] = before


def _sized(files: Iterator[Path]) -> Cleaned:
    return sum((Cleaned(1, path.stat().st_size) for path in files), Cleaned())


def _remove_if_older(path: Path, before: float) -> Cleaned:
    with suppress(FileNotFoundError):  # another process is faster
        found = path.lstat()
        if path.is_file() and not path.is_symlink() and found.st_mtime < before:
            path.unlink()
            return Cleaned(1, found.st_size)
    return Cleaned()


def _remove_empty(folder: Path, up_to: Path) -> None:
    """Remove the folder and those above it as long as they are empty."""
    with suppress(OSError):
        while folder != up_to:
            folder.rmdir()
            folder = folder.parent
