"""Read the database for the dashboards: beside syncs, one moment of it for each answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shopify_analytics.database import (
    AGGREGATES_STALE,
    get_metadata,
    migrations,
    read_only,
    schema_version,
)
from shopify_analytics.errors import DatabaseRefused
from shopify_analytics.reports import today
from shopify_analytics.shop import TIMEZONE
from shopify_analytics.sql import names
from shopify_analytics.web.answers import Unavailable, fingerprint

WAIT_MS = 2000
NO_DATABASE, EMPTY, OUTDATED, BUSY, UNREADABLE = (
    "no_database",
    "empty",
    "outdated_schema",
    "busy",
    "unreadable",
)
FIRST_SYNC = "Trigger the DAG shopify_sync, or wait: it runs every ten minutes."
# The shop and its day decide what a report shows, beside how often each table has changed.
VERSION = """
    SELECT key, iif(key = 'analytics.correlations', NULL, value), updated_at
    FROM metadata
    WHERE key LIKE 'version.%' OR key LIKE 'shop.%' OR key IN ('schema_version', 'analytics.correlations')
    ORDER BY key
"""


@contextmanager
def opened(path: Path, *, knows_shop: bool = True) -> Iterator[sqlite3.Connection]:
    """The database as the last commit left it, for one answer.

    :param knows_shop: whether it is of use only once a sync has found out whose it is.
    :raises Unavailable: when there is none yet, or it cannot be read; saying what to do.
    """
    try:
        if not path.exists():
            raise _no_database()
        with read_only(path) as db:
            db.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
            db.execute("PRAGMA temp_store = MEMORY")
            db.execute("BEGIN")
            # A move to a new store leaves an empty file.
            if db.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
                raise _no_database()
            if schema_version(db, path) < len(migrations()):
                raise Unavailable(
                    OUTDATED,
                    "The database is of an older version of this project",
                    f"The next sync updates it. {FIRST_SYNC}",
                )
            if knows_shop:
                _require_figures(db)
            yield db
    except DatabaseRefused as error:
        told = str(error).replace(str(path), path.name)
        raise Unavailable(UNREADABLE, told, "Look at the DAG shopify_sync in Airflow.") from error
    except sqlite3.DatabaseError as error:
        raise _unreadable(error) from error
    except OSError as error:
        told = f"{path.name} cannot be reached ({error.strerror})"
        advice = "Give the API server's user the right to read and write the folder analytics_data_dir."
        raise Unavailable(UNREADABLE, told, advice) from error


def data_version(db: sqlite3.Connection) -> str:
    """A short text that changes whenever a report may show something else, be it only because of the day."""
    return fingerprint(db.execute(VERSION).fetchall(), today(db).isoformat())


def has_orders(db: sqlite3.Connection) -> bool:
    """Whether anything has been sold, so that reports have something to show."""
    return db.execute("SELECT 1 FROM daily_sales WHERE dimension = 'store' LIMIT 1").fetchone() is not None


def _require_figures(db: sqlite3.Connection) -> None:
    if get_metadata(db, TIMEZONE) is None:
        raise Unavailable(EMPTY, "No sync has got as far as the store: there is no data", FIRST_SYNC)
    # A migration leaves the tables that it adds empty.
    is_old = get_metadata(db, AGGREGATES_STALE) and not all(_holds(db, name) for name in names("aggregates"))
    if is_old and _holds(db, "orders"):
        raise Unavailable(
            OUTDATED,
            "The figures are of an older version of this project",
            f"The next sync makes them anew. {FIRST_SYNC}",
        )


def _holds(db: sqlite3.Connection, table: str) -> bool:
    return db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None


def _no_database() -> Unavailable:
    return Unavailable(NO_DATABASE, "No sync has run yet: there is no data", FIRST_SYNC)


def _unreadable(error: sqlite3.DatabaseError) -> Unavailable:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Unavailable(BUSY, "The database is busy", "Try again in a moment.")
    return Unavailable(
        UNREADABLE,
        f"The database cannot be read ({error})",
        "Free the disk if it is full; if the file is damaged, restore a backup: make restore lists them.",
    )
