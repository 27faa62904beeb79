"""What the columns of a tab hold, and a value of the database as a cell."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

Cell = str | int | float | bool
Value = str | int | float | None

BOOLEAN = re.compile(r"iif\([^()]*, 'true', 'false'\) AS (\w+)")
NOT_MONEY = ("_hours", "_percent", "_rate")
# Sheets counts days from this one: https://developers.google.com/workspace/sheets/api/guides/formats
DAY_ZERO = date(1899, 12, 30).toordinal()
SECONDS_A_DAY = 86_400
LARGEST_EXACT = 2**53
LONGEST_TEXT = 50_000


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"


@dataclass(frozen=True)
class Column:
    """A column's name, as in the CSV file, and what it holds."""

    name: str
    kind: Kind


def columns_of(
    db: sqlite3.Connection, table: str, select: str, parameters: Mapping[str, Any]
) -> tuple[Column, ...]:
    """The columns of an export SELECT, their kinds by the table's declared types and by their names.

    Ids are text: they are no quantities, and the largest would not be exact.
    """
    declared: dict[str, str] = dict(db.execute("SELECT name, type FROM pragma_table_info(?)", (table,)))
    booleans = set(BOOLEAN.findall(select))
    described = db.execute(f"SELECT * FROM ({select}) LIMIT 0", parameters).description
    names = [column[0] for column in described]
    return tuple(Column(name, _kind(name, declared.get(name, "TEXT"), name in booleans)) for name in names)


def _kind(name: str, declared: str, is_boolean: bool) -> Kind:
    if is_boolean:
        return Kind.BOOLEAN
    if name.endswith(("_at", "_at_local")):
        return Kind.TIME
    if name.endswith("_date"):
        return Kind.DATE
    if declared == "REAL":
        return Kind.NUMBER if name.endswith(NOT_MONEY) else Kind.MONEY
    if declared == "INTEGER" and not name.endswith(("_id", "_key")):
        return Kind.WHOLE
    return Kind.TEXT


def to_cell(kind: Kind) -> Callable[[Value], Cell]:
    """How values of this kind become cells: typed, never to be parsed; an empty one clears the cell."""
    return CELLS[kind]


def _text(value: Value) -> Cell:
    if value is None:
        return ""
    text = str(value)
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _number(value: Value) -> Cell:
    if isinstance(value, int) and abs(value) > LARGEST_EXACT:
        return str(value)
    return "" if value is None else value


def _boolean(value: Value) -> Cell:
    return "" if value is None else value == "true"


def _date(value: Value) -> Cell:
    try:
        return date.fromisoformat(str(value)).toordinal() - DAY_ZERO if value is not None else ""
    except ValueError:
        return _text(value)


def _time(value: Value) -> Cell:
    try:
        if value is None:
            return ""
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return _text(value)
    seconds = at.hour * 3600 + at.minute * 60 + at.second
    return at.toordinal() - DAY_ZERO + seconds / SECONDS_A_DAY


CELLS: dict[Kind, Callable[[Value], Cell]] = {
    Kind.TEXT: _text,
    Kind.WHOLE: _number,
    Kind.NUMBER: _number,
    Kind.MONEY: _number,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.TIME: _time,
}
