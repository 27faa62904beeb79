"""The SQLite database: open it, keep its schema up to date, remember watermarks and what changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from tenacity import retry, retry_if_exception, stop_after_delay, wait_random

from shopify_analytics.config import SQL
from shopify_analytics.entities import ENTITIES
from shopify_analytics.errors import DatabaseRefused, SettingsError
from shopify_analytics.fields import utc_text
from shopify_analytics.sql import names

BUSY_TIMEOUT_SECONDS = 300
# SQLite's own 2 MB make the load of a large store write its indexes' pages again and again.
CACHE_KB = 32 * 1024
# Full disk, or folder that may not be written; file that is no database: https://www.sqlite.org/rescode.html
UNUSABLE = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_PERM")
BROKEN = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
# Set when what is derived from orders must be made anew by the next load.
AGGREGATES_STALE = "aggregates.stale"


def migrations() -> list[Path]:
    """The numbered schema files in the order they apply; the schema version is how many have been applied."""
    return sorted((SQL / "schema").glob("[0-9]*.sql"))


@contextmanager
def connect(path: Path) -> Iterator[sqlite3.Connection]:
    """The open database, closed on exit: :func:`open_database` within :func:`errors_explained`."""
    with closing(open_database(path)) as db, errors_explained(path):
        yield db


def open_database(path: Path) -> sqlite3.Connection:
    """The database with an up-to-date schema; the caller closes it. No transaction is begun implicitly.

    Readers never block: write-ahead log (https://www.sqlite.org/wal.html). A writer waits up to five minutes
    for another one.

    :raises SettingsError: when the folder cannot be created or written, or the disk is full.
    :raises DatabaseRefused: when the file is no SQLite database, or that of a newer version of this project.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch()  # SQLite itself would keep the group from writing, whatever the umask
        db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
    except (OSError, sqlite3.OperationalError) as error:
        raise _unusable(path, error) from error
    try:
        with errors_explained(path):
            _write_ahead(db)
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute(f"PRAGMA cache_size = {-CACHE_KB}")
            _migrate(db, path)
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def errors_explained(path: Path) -> Iterator[None]:
    """Errors of an open database that somebody can do something about say what.

    :raises SettingsError: when the folder cannot be written, or the disk is full.
    :raises DatabaseRefused: when the file is no SQLite database, or a damaged one.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorname", "")
        if code.startswith(UNUSABLE):
            raise _unusable(path, error) from error
        if code.startswith(BROKEN):
            raise DatabaseRefused(
                f"{path} is no usable SQLite database ({error}): move it away, or restore a backup"
            ) from error
        raise


@contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """The database as it is, for reading beside syncs, closed on exit; its schema may be an older one."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        db.isolation_level = None
        yield db


def is_absent(path: Path) -> bool:
    """Whether there is no database, or one without any table, as a move to a new store leaves it."""
    if not path.exists():
        return True
    with suppress(sqlite3.DatabaseError), read_only(path) as db:
        return db.execute("SELECT 1 FROM sqlite_master").fetchone() is None
    return False


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Commit everything done inside, or nothing; the write lock is taken at the start."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


@contextmanager
def scratch(db: sqlite3.Connection, file: Path) -> Iterator[None]:
    """A database of its own for what is only needed meanwhile, attached as ``scratch``, and removed on exit.

    On the disk of the data folder: a large store fits neither into memory nor into every ``/tmp``.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    db.execute("ATTACH ? AS scratch", (str(file),))
    try:
        db.execute("PRAGMA scratch.journal_mode = OFF")
        db.execute("PRAGMA scratch.synchronous = OFF")
        db.execute(f"PRAGMA scratch.cache_size = {-CACHE_KB}")
        yield
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
        db.execute("DETACH scratch")
        file.unlink(missing_ok=True)


def now() -> str:
    """This machine's time as stored; only for bookkeeping, never for windows."""
    return utc_text(datetime.now(UTC)) or ""


def get_metadata(db: sqlite3.Connection, key: str) -> str | None:
    """One value of ``metadata``, or None."""
    found = db.execute("SELECT value FROM metadata WHERE key = ?", (key,)).fetchone()
    return found[0] if found else None


def set_metadata(db: sqlite3.Connection, key: str, value: str | None) -> None:
    """Store one value of ``metadata``."""
    db.execute(
        """
        INSERT INTO metadata (key, value, updated_at) VALUES (?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
        WHERE excluded.value IS NOT metadata.value
        """,
        (key, value, now()),
    )


def get_watermark(db: sqlite3.Connection, entity: str) -> str | None:
    """Up to which store time the entity has been read and committed; None before the first load."""
    return get_metadata(db, f"watermark.{entity}")


def advance_watermark(db: sqlite3.Connection, entity: str, to: str) -> None:
    """Move the entity's watermark forward; it never moves back."""
    if to > (get_watermark(db, entity) or ""):
        set_metadata(db, f"watermark.{entity}", to)


def table_version(db: sqlite3.Connection, table: str) -> int:
    """How many transactions have changed the table; what was made of an older version is out of date."""
    return int(get_metadata(db, f"version.{table}") or 0)


def mark_changed(db: sqlite3.Connection, tables: Iterable[str]) -> None:
    """Count one more change of each table; called inside the transaction that changed them."""
    for table in tables:
        set_metadata(db, f"version.{table}", str(table_version(db, table) + 1))


def primary_key(db: sqlite3.Connection, table: str) -> list[str]:
    """The columns of the table's primary key in their order."""
    found = db.execute("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", (table,))
    return [row[0] for row in found]


def table_columns(db: sqlite3.Connection, table: str) -> list[str]:
    """The table's column names in their order; empty when there is no such table."""
    return [row[0] for row in db.execute("SELECT name FROM pragma_table_info(?)", (table,))]


def derived_tables() -> list[str]:
    """The tables that hold nothing but what follows from orders and products."""
    return [*names("aggregates"), "buyers", "product_dim", "ledger_differences"]


def placeholders(values: Iterable[object]) -> str:
    """``?, ?, ?`` for as many values."""
    return ", ".join("?" for _ in values)


def _is_locked(error: BaseException) -> bool:
    return getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY")


@retry(
    retry=retry_if_exception(_is_locked),
    wait=wait_random(0.01, 0.1),
    stop=stop_after_delay(BUSY_TIMEOUT_SECONDS),
    reraise=True,
)
def _write_ahead(db: sqlite3.Connection) -> None:
    """Use the write-ahead log; SQLite's own timeout does not cover the switch of a new database to it."""
    db.execute("PRAGMA journal_mode = WAL")


def _unusable(path: Path, error: Exception) -> SettingsError:
    return SettingsError(
        f"Cannot use the database {path} ({error}): free the disk, give Airflow's user write access to the "
        "folder, or change the Variable analytics_data_dir"
    )


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    """Apply what is missing; an entity whose tables gained columns is read anew, so that they are filled."""
    files = migrations()
    if schema_version(db, path) == len(files):
        return
    with transaction(db):
        version = schema_version(db, path)
        before, derived_before = _columns(db, _base_tables()), _columns(db, derived_tables())
        for file in files[version:]:
            _apply(db, file, path)
        after = _columns(db, _base_tables())
        for entity in ENTITIES.values():
            if any(after[table] != before[table] for table in entity.tables):
                db.execute("DELETE FROM metadata WHERE key = ?", (f"watermark.{entity.name}",))
        if (after, _columns(db, derived_tables())) != (before, derived_before):
            set_metadata(db, AGGREGATES_STALE, "1")
        set_metadata(db, "schema_version", str(len(files)))


def _apply(db: sqlite3.Connection, file: Path, path: Path) -> None:
    try:
        for statement in _statements(file.read_text(encoding="utf-8")):
            db.execute(statement)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "").startswith((*UNUSABLE, *BROKEN)):
            raise
        raise DatabaseRefused(
            f"{file.name} cannot update {path} ({error}): nothing was changed. Go back to the version of "
            "this project that was used before, and report this"
        ) from error


def _base_tables() -> list[str]:
    return [table for entity in ENTITIES.values() for table in entity.tables]


def _columns(db: sqlite3.Connection, tables: Iterable[str]) -> dict[str, list[str]]:
    return {table: table_columns(db, table) for table in tables}


def schema_version(db: sqlite3.Connection, path: Path) -> int:
    """How many migrations the database has.

    :raises DatabaseRefused: when it has more than this project knows, or is another program's.
    """
    known = len(migrations())
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    if tables and "metadata" not in tables:
        raise DatabaseRefused(
            f"{path} holds the tables of another program: move it away, or set the Variable "
            "analytics_data_dir to another folder"
        )
    version = int(get_metadata(db, "schema_version") or 0) if tables else 0
    if version > known:
        raise DatabaseRefused(
            f"{path} has schema version {version}, this project knows {known}: "
            "update the project, or restore an older backup"
        )
    return version


def _statements(sql: str) -> Iterator[str]:
    """Split at the semicolons that end statements; ``executescript`` would commit in between."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
