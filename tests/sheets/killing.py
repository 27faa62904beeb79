"""A push that dies at a chosen moment: around a request, or at a write to the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from shopify_analytics.sheets.client import SheetsClient

from tests.sheets.pushing import Desk

WRITES = ("INSERT", "UPDATE", "DELETE")


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Fate:
    """Lets so many moments pass, then kills; nothing works any more after that. None for never."""

    after: int | None = None
    moments: list[str] = field(default_factory=list)

    def meet(self, moment: str) -> None:
        """One moment."""
        if self.after is not None and len(self.moments) >= self.after:
            raise Killed(moment)
        self.moments.append(moment)


class MortalConnection:
    """A connection whose commits are two moments each, and whose writes without a transaction are one.

    Writes within a transaction are all alike: none of them is left of a process that dies before the commit.
    """

    def __init__(self, db: sqlite3.Connection, fate: Fate) -> None:
        self.db, self.fate = db, fate

    def __getattr__(self, name: str) -> Any:
        return getattr(self.db, name)

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """Execute."""
        return self._done("execute", sql, *values)

    def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """Execute many times."""
        return self._done("executemany", sql, *values)

    def _done(self, how: str, sql: str, *values: Any) -> sqlite3.Cursor:
        what = sql.split(maxsplit=1)[0]
        if what == "COMMIT" or (what in WRITES and not self.db.in_transaction):
            self.fate.meet(f"before {what}")
        cursor: sqlite3.Cursor = getattr(self.db, how)(sql, *values)
        if what == "COMMIT":
            self.fate.meet("after COMMIT")
        return cursor


class MortalDesk(Desk):
    """A desk whose requests are two moments each: before they are sent, and when they have been answered."""

    fate = Fate()

    @contextmanager
    def client(self) -> Iterator[SheetsClient]:
        """A client as a push has it."""
        with super().client() as client:
            send = client.session.request

            def mortal(method: str, url: str, **what: Any) -> Any:
                self.fate.meet(f"before {method} {url}")
                answer = send(method, url, **what)
                self.fate.meet(f"after {method} {url}")
                return answer

            client.session.request = mortal  # type: ignore[assignment, method-assign]
            yield client


def mortal(desk: Desk, fate: Fate) -> MortalDesk:
    """The same desk, with this fate."""
    died = MortalDesk(**{name: getattr(desk, name) for name in desk.__dataclass_fields__})
    died = replace(died, db=MortalConnection(desk.db, fate))  # type: ignore[arg-type]
    died.fate = fate
    return died


def moments(desk: Desk) -> list[str]:
    """The moments of a push that nobody kills."""
    fate = Fate()
    mortal(desk, fate).push()
    return fate.moments


def push_killed(desk: Desk, after: int) -> bool:
    """Push, and die after so many moments; return whether it died. What was not committed is lost."""
    try:
        mortal(desk, Fate(after)).push()
    except Killed:
        if desk.db.in_transaction:
            desk.db.execute("ROLLBACK")
        return True
    return False
