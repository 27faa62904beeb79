"""What is remembered of the tabs: what they hold, and pushes whose outcome is not known yet."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass

from shopify_analytics.database import now, placeholders, transaction

Change = tuple[int, int | None, bytes | None]


@dataclass(frozen=True)
class TabState:
    """What a tab holds."""

    tab: str
    spreadsheet_id: str
    sheet_id: int
    push_id: str
    layout: str
    version: str
    rows: int
    checked_at: str
    checked_row: int


@dataclass(frozen=True)
class Push:
    """A push of one tab: what the tab holds when it has happened."""

    tab: str
    mode: str
    spreadsheet_id: str
    sheet_id: int
    push_id: str
    layout: str
    version: str
    rows: int


def tab_state(db: sqlite3.Connection, tab: str) -> TabState | None:
    """What a tab holds; None when that is not known."""
    found = db.execute(
        """
        SELECT tab, spreadsheet_id, sheet_id, push_id, layout, version, rows, checked_at, checked_row
        FROM sheet_tabs
        WHERE tab = ?
        """,
        (tab,),
    ).fetchone()
    return TabState(*found) if found else None


def pending_pushes(db: sqlite3.Connection) -> list[Push]:
    """The pushes whose outcome is not known."""
    found = db.execute(
        "SELECT tab, mode, spreadsheet_id, sheet_id, push_id, layout, version, rows FROM sheet_pushes"
    )
    return [Push(*row) for row in found]


def follow(db: sqlite3.Connection, tabs: Iterable[str]) -> None:
    """From now on note which rows of these tabs' tables are written; ``include/sql/schema`` does it."""
    with transaction(db):
        db.executemany("INSERT OR IGNORE INTO sheet_followed (tab) VALUES (?)", ((tab,) for tab in tabs))


def touched(db: sqlite3.Connection, tab: str) -> list[int]:
    """The keys of the rows that were written since they were compared last, some of which are gone."""
    return [key for (key,) in db.execute("SELECT key FROM sheet_touched WHERE tab = ? ORDER BY key", (tab,))]


def last_touch(db: sqlite3.Connection) -> int:
    """Which touched row is the newest one."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM sheet_touched").fetchone()[0])


def forget_touched(db: sqlite3.Connection, tabs: Iterable[str], up_to: int) -> None:
    """These tabs show all that was written up to this touched row."""
    with transaction(db):
        db.executemany("DELETE FROM sheet_touched WHERE tab = ? AND seq <= ?", ((tab, up_to) for tab in tabs))


def known_rows(
    db: sqlite3.Connection, tab: str, keys: Sequence[int] | None = None
) -> Iterator[tuple[int, int, bytes]]:
    """Key, row and digest of what a tab holds, by key; of some keys, or of all."""
    some = "" if keys is None else "AND key IN (SELECT value FROM json_each(:keys))"
    yield from db.execute(
        f"SELECT key, row, digest FROM sheet_rows WHERE tab = :tab {some} ORDER BY key",
        {"tab": tab, "keys": json.dumps(keys)},
    )


def add_changes(db: sqlite3.Connection, tab: str, changes: Iterable[Change]) -> None:
    """Note what a push that is being prepared changes."""
    with transaction(db):
        db.executemany(
            "INSERT INTO sheet_changes (tab, key, row, digest) VALUES (?, ?, ?, ?)",
            ((tab, *change) for change in changes),
        )


def begin(db: sqlite3.Connection, push: Push) -> None:
    """Note that a push, whose changes were added, is about to be sent."""
    values = astuple(push)
    with transaction(db):
        db.execute(f"INSERT OR REPLACE INTO sheet_pushes VALUES ({placeholders(values)})", values)


def finish(db: sqlite3.Connection, push: Push) -> None:
    """The push has happened."""
    with transaction(db):
        if push.mode != "delta":
            db.execute("DELETE FROM sheet_rows WHERE tab = ?", (push.tab,))
        db.execute(
            """
            DELETE FROM sheet_rows
            WHERE tab = :tab AND key IN (SELECT key FROM sheet_changes WHERE tab = :tab AND row IS NULL)
            """,
            {"tab": push.tab},
        )
        db.execute(
            """
            INSERT OR REPLACE INTO sheet_rows (tab, key, row, digest)
            SELECT tab, key, row, digest FROM sheet_changes WHERE tab = ? AND row IS NOT NULL
            """,
            (push.tab,),
        )
        known = tab_state(db, push.tab) if push.mode == "delta" else None
        values = (
            push.tab,
            push.spreadsheet_id,
            push.sheet_id,
            push.push_id,
            push.layout,
            push.version,
            push.rows,
            known.checked_at if known else now(),
            known.checked_row if known else 1,
        )
        db.execute(f"INSERT OR REPLACE INTO sheet_tabs VALUES ({placeholders(values)})", values)
        _discard(db, push.tab)


def discard_changes(db: sqlite3.Connection) -> None:
    """Forget what pushes would have changed that were cut off before they were about to be sent."""
    db.execute("DELETE FROM sheet_changes WHERE tab NOT IN (SELECT tab FROM sheet_pushes)")


def discard(db: sqlite3.Connection, tab: str) -> None:
    """The tab's pending push, if there is one, did not happen."""
    with transaction(db):
        _discard(db, tab)


def note_version(db: sqlite3.Connection, tab: str, version: str) -> None:
    """The tab already shows what it is to show by this version of its source."""
    db.execute("UPDATE sheet_tabs SET version = ? WHERE tab = ?", (version, tab))


def note_check(db: sqlite3.Connection, tab: str, up_to_row: int) -> None:
    """The tab was read back and found as it should be."""
    db.execute("UPDATE sheet_tabs SET checked_at = ?, checked_row = ? WHERE tab = ?", (now(), up_to_row, tab))


def _discard(db: sqlite3.Connection, tab: str) -> None:
    db.execute("DELETE FROM sheet_changes WHERE tab = ?", (tab,))
    db.execute("DELETE FROM sheet_pushes WHERE tab = ?", (tab,))
