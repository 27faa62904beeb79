"""A1 notation: ``'It''s'!A2:C`` as a title and an area, and back.

https://developers.google.com/workspace/sheets/api/guides/concepts#cell
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

CELL = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9][0-9]{0,6})?")
QUOTED = re.compile(r"'((?:[^']|'')*)'(?:!(.*))?", re.DOTALL)
PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")


@dataclass(frozen=True, slots=True)
class Area:
    """Rows and columns from zero, the ends not included; an end of None is the grid's."""

    row: int = 0
    column: int = 0
    end_row: int | None = None
    end_column: int | None = None

    @classmethod
    def of(cls, grid_range: dict[str, Any]) -> Area:
        """Return the area of a GridRange."""
        return cls(
            grid_range.get("startRowIndex", 0),
            grid_range.get("startColumnIndex", 0),
            grid_range.get("endRowIndex"),
            grid_range.get("endColumnIndex"),
        )

    @property
    def single(self) -> bool:
        """Whether the area is one cell."""
        return self.end_row == self.row + 1 and self.end_column == self.column + 1


@dataclass(frozen=True, slots=True)
class Box:
    """An area of a grid, with both ends known."""

    row: int
    column: int
    end_row: int
    end_column: int

    @property
    def height(self) -> int:
        """Rows."""
        return max(self.end_row - self.row, 0)

    @property
    def width(self) -> int:
        """Columns."""
        return max(self.end_column - self.column, 0)

    def clipped(self, rows: int, columns: int) -> Box:
        """Return the part that a grid of this size has."""
        return replace(self, end_row=min(self.end_row, rows), end_column=min(self.end_column, columns))

    def meets(self, other: Box) -> bool:
        """Whether both have a cell in common."""
        return max(self.row, other.row) < min(self.end_row, other.end_row) and max(
            self.column, other.column
        ) < min(self.end_column, other.end_column)

    def holds(self, other: Box) -> bool:
        """Whether the other lies within."""
        return (
            self.row <= other.row
            and other.end_row <= self.end_row
            and self.column <= other.column
            and other.end_column <= self.end_column
        )


def letters(column: int) -> str:
    """Return the name of a column: 0 is ``A``, 26 is ``AA``."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def column_number(name: str) -> int:
    """Return the column of a name: ``A`` is 0."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def quoted(title: str) -> str:
    """Return a title as it stands before ``!``, in quotes where Google sets them."""
    if PLAIN_TITLE.fullmatch(title) and not LIKE_A_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def parse(text: str) -> tuple[str | None, Area | None]:
    """Return the title and the area of a range; no title means the first sheet, no area the whole sheet.

    A text without ``!`` that is no area is a title, or the name of a range. Raises ValueError for what is
    not A1 notation.
    """
    in_quotes = QUOTED.fullmatch(text)
    if in_quotes:
        title, cells = in_quotes[1].replace("''", "'"), in_quotes[2]
        return title, None if cells is None else _area(cells)
    title, separator, cells = text.rpartition("!")
    if separator:
        if not title:
            raise ValueError(f"no range: {text}")
        return title, _area(cells)
    try:
        return None, _area(text)
    except ValueError:
        if not text or ":" in text:
            raise
        return text, None


def write(title: str, area: Area | Box) -> str:
    """Return the range in A1 notation, as Google writes it."""
    start = Area(area.row, area.column, area.row + 1, area.column + 1)
    if (area.end_row, area.end_column) == (start.end_row, start.end_column):
        return f"{quoted(title)}!{letters(area.column)}{area.row + 1}"
    end = ("" if area.end_column is None else letters(area.end_column - 1)) + str(area.end_row or "")
    if area == Area():
        return quoted(title)
    if area.end_column is None and area.column == 0 and area.end_row is not None:
        return f"{quoted(title)}!{area.row + 1}:{end}"
    if area.end_row is None and area.row == 0 and area.end_column is not None:
        return f"{quoted(title)}!{letters(area.column)}:{end}"
    return f"{quoted(title)}!{letters(area.column)}{area.row + 1}:{end}"


def _area(text: str) -> Area:
    first, colon, second = text.partition(":")
    start, end = CELL.fullmatch(first), CELL.fullmatch(second)
    if not start or not end or not first or (colon and not second):
        raise ValueError(f"no range: {text}")
    if not colon:
        if not (start[1] and start[2]):
            raise ValueError(f"no range: {text}")
        end = start
    rows = _span(_row(start[2]), _row(end[2]), text)
    columns = _span(_column(start[1]), _column(end[1]), text)
    if rows == columns == (0, None):
        raise ValueError(f"no range: {text}")
    return Area(rows[0], columns[0], rows[1], columns[1])


def _row(digits: str | None) -> int | None:
    return int(digits) - 1 if digits else None


def _column(name: str | None) -> int | None:
    return column_number(name) if name else None


def _span(first: int | None, last: int | None, text: str) -> tuple[int, int | None]:
    """Return where an axis begins and ends; ``A2:C`` has no last row, ``A:C`` no first one either."""
    if first is None and last is not None:
        raise ValueError(f"no range: {text}")
    if first is None or last is None:
        return first or 0, None
    return min(first, last), max(first, last) + 1
