"""Move one store's data out of the way of another's, so that the two never mix.

The database is copied, and emptied by one transaction at the very end: whoever has it open goes on safely,
and what is cut short before is done by a second call. Why a database in use is not renamed:
https://www.sqlite.org/howtocorrupt.html
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import Connection

from shopify_analytics.backup import folder_name, write_copy
from shopify_analytics.config import Folders
from shopify_analytics.csv_export import REPORT_FILES
from shopify_analytics.database import (
    BUSY_TIMEOUT_SECONDS,
    connect,
    get_metadata,
    is_absent,
    read_only,
    set_metadata,
)
from shopify_analytics.errors import SettingsError, SyncGoingOn
from shopify_analytics.exclusive import locked, refuse_amid_a_sync
from shopify_analytics.hooks.connection import read_connection
from shopify_analytics.shop import DOMAIN, URL
from shopify_analytics.sql import names

# What the demo store calls itself: include/demo_store.
DEMO_STORES = ("kiln-and-linen-demo.myshopify.com", "online-retail.myshopify.com")
PATIENCE = timedelta(minutes=2)
MOVING_TO = "moving_to"

log = logging.getLogger(__name__)


def move_old_store(folders: Folders, *, patience: timedelta = PATIENCE) -> Path | None:
    """Move database, CSV files, summary, snapshot and staging to ``<data_dir>/<store>-<UTC time>``.

    An empty database stays, which the next sync of any store fills; so do backups and what is not ours.

    :param patience: how long to wait for a sync to end.
    :return: the new folder; None when there is no store's data.
    :raises SyncGoingOn: when a sync goes on longer than that.
    :raises SyncError: when the database or the folder cannot be used.
    """
    if is_absent(folders.database):
        return None
    with locked(folders.data_dir), connect(folders.database) as db:
        refuse_amid_a_sync(db, patience)
        folder = _copy(db, folders)
        if folder:
            _move_files(folders, folder)
            refuse_amid_a_sync(db, patience)
            _empty(folders.database)
        return folder


def move_demo_data(folders: Folders, host: str, *, patience: timedelta = PATIENCE) -> Path | None:
    """Do :func:`move_old_store` if the database holds the demo store and ``host`` names another one.

    A demo sync that still goes on after ``patience`` was most likely killed; if it was not, its load is
    refused, for the database is another store's then.

    :param host: the store as a connection's host names it: ``your-store``, its domain, or a base URL.
    :return: the new folder; None when there is nothing to move.
    :raises SettingsError: when the host names no store.
    :raises SyncError: when the database or the folder cannot be used.
    """
    named = read_connection(Connection(conn_id="shopify_default", host=host, password="-")).base_url  # noqa: S106
    if is_absent(folders.database) or not _holds_demo(folders.database, besides=named):
        return None
    with locked(folders.data_dir), connect(folders.database) as db:
        with suppress(SyncGoingOn):
            refuse_amid_a_sync(db, patience)
        folder = _copy(db, folders)
        if folder:
            _move_files(folders, folder)
            _empty(folders.database)
        return folder


def is_demo(domain: str | None) -> bool:
    """Whether this is the domain of a store that ships with the project."""
    return domain in DEMO_STORES


def _holds_demo(database: Path, besides: str) -> bool:
    try:
        with read_only(database) as db:
            domain, url = get_metadata(db, DOMAIN), get_metadata(db, URL)
    except sqlite3.DatabaseError:  # what is wrong with it is for a sync to say
        return False
    return is_demo(domain) and besides not in (url, f"https://{domain}")


def _copy(db: sqlite3.Connection, folders: Folders) -> Path | None:
    """Copy the database; the folder's name is kept in it, so that a second call goes on with the first's."""
    domain = get_metadata(db, DOMAIN)
    if domain is None:
        return None
    store = "demo" if is_demo(domain) else folder_name(domain)
    name = get_metadata(db, MOVING_TO) or f"{store}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    set_metadata(db, MOVING_TO, name)
    copy = folders.data_dir / name / folders.database.name
    write_copy(folders.database, copy)
    with closing(sqlite3.connect(copy)) as copied, copied:
        copied.execute("DELETE FROM metadata WHERE key = ?", (MOVING_TO,))
    return copy.parent


def _move_files(folders: Folders, to: Path) -> None:
    csv_files = [folders.data_dir / f"{name}.csv" for name in (*names("export"), *REPORT_FILES)]
    try:
        for file in (*csv_files, folders.summary, folders.snapshot):
            with suppress(FileNotFoundError):
                file.replace(to / file.name)
        for run in folders.staging.glob("*"):
            moved = to / folders.staging.name / run.name
            moved.parent.mkdir(exist_ok=True)
            shutil.rmtree(moved, ignore_errors=True)
            run.replace(moved)
    except OSError as error:
        raise SettingsError(
            f"Cannot move {error.filename} to {to} ({error.strerror}): give your user write access to the "
            "folder, then do this again"
        ) from error


def _empty(database: Path) -> None:
    with (
        closing(sqlite3.connect(":memory:")) as nothing,
        closing(sqlite3.connect(database, timeout=BUSY_TIMEOUT_SECONDS)) as emptied,
    ):
        nothing.backup(emptied)
        emptied.execute("PRAGMA wal_checkpoint(TRUNCATE)")
