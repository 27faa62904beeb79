"""Now and then, what a tab really holds beside what was written: people sort, edit and delete.

Each time the first column of all rows is compared, and all cells of some of them, others the next time.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shopify_analytics.sheets.book import Book
from shopify_analytics.sheets.columns import Cell
from shopify_analytics.sheets.delta import FIRST_ROW, WriteAllAnew
from shopify_analytics.sheets.sources import TabSource
from shopify_analytics.sheets.state import TabState, note_check

EVERY = timedelta(hours=1)
CELLS_AT_ONCE = 250_000
# A number comes back with as many digits as a double has, or one fewer.
PRECISION = 1e-12


@dataclass
class ReadBack:
    """The first column of a tab, and all cells from one row to another, as they were read."""

    tab: str
    width: int
    start: int
    end: int
    first_column: list[list[Any]] = field(default_factory=list)
    block: list[list[Any]] = field(default_factory=list)

    @property
    def ranges(self) -> list[str]:
        """What is to be read."""
        last = column_letters(self.width)
        return [f"'{self.tab}'!A{FIRST_ROW}:A", f"'{self.tab}'!A{self.start}:{last}{self.end}"]

    def compare(self, row: int, first: Cell, cells: Callable[[], list[Cell]]) -> None:
        """Hold a row of which is known what it should be against what was read.

        :raises WriteAllAnew: when it is something else.
        """
        if not _equal(_at(self.first_column, row - FIRST_ROW, 0), first):
            raise WriteAllAnew(f"somebody changed row {row}, column A")
        if self.start <= row <= self.end:
            found = [_at(self.block, row - self.start, column) for column in range(self.width)]
            if not all(map(_equal, found, cells())):
                raise WriteAllAnew(f"somebody changed row {row}")

    def note(self, db: sqlite3.Connection) -> None:
        """Remember up to where the tab was compared."""
        note_check(db, self.tab, self.end)


def due(source: TabSource, state: TabState, at: datetime | None = None) -> ReadBack | None:
    """What is to be read of a tab now; None when it was read within the hour."""
    if (at or datetime.now(UTC)) - datetime.fromisoformat(state.checked_at) < EVERY:
        return None
    width, last = len(source.columns), state.rows + FIRST_ROW - 1
    start = state.checked_row + 1 if FIRST_ROW <= state.checked_row + 1 <= last else FIRST_ROW
    return ReadBack(source.title, width, start, min(start + CELLS_AT_ONCE // width, max(last, FIRST_ROW)))


def read(book: Book, checks: Sequence[ReadBack]) -> None:
    """Read what is to be compared of several tabs: one request, or none."""
    values = book.values([text for check in checks for text in check.ranges])
    for number, check in enumerate(checks):
        check.first_column, check.block = values[2 * number : 2 * number + 2]


def column_letters(number: int) -> str:
    """``A`` for 1, ``AA`` for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _at(rows: list[list[Any]], row: int, column: int) -> Any:
    cells = rows[row] if row < len(rows) else []
    return cells[column] if column < len(cells) else ""


def _equal(found: Any, wanted: Cell) -> bool:
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        return is_number and math.isclose(found, wanted, rel_tol=PRECISION)
    return type(found) is type(wanted) and found == wanted
