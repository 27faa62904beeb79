"""A copy of the database for readers on other hosts, to which a write-ahead log does not reach."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from shopify_analytics.database import is_absent, read_only
from shopify_analytics.errors import DatabaseRefused
from shopify_analytics.files import replacing


def write_snapshot(database: Path, to: Path) -> int:
    """Replace ``to`` by the database as the last commit left it, one file without a log; return its bytes.

    Syncs may go on meanwhile: https://www.sqlite.org/lang_vacuum.html#vacuum_with_an_into_clause

    :raises DatabaseRefused: when there is no database, or it cannot be read.
    :raises SettingsError: when the copy cannot be written.
    """
    refuse_absent(database)
    with replacing(to, to.parent) as unfinished:
        unfinished.write_bytes(b"")
        with read_only(database) as db:
            try:
                db.execute("VACUUM INTO ?", (str(unfinished),))
            except sqlite3.DatabaseError as error:
                raise DatabaseRefused(f"Cannot copy {database} to {to} ({error})") from error
    return to.stat().st_size


def refuse_absent(database: Path) -> None:
    """:raises DatabaseRefused: when there is no database; to open it would make an empty one."""
    if is_absent(database):
        raise DatabaseRefused(
            f"There is no database at {database} yet: sync first, or set analytics_data_dir"
        )
