"""Time intelligence. https://learn.microsoft.com/dax/time-intelligence-functions-dax

Each function gives dates of the date table, and none that it does not have.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from tests.power_bi.dax import values
from tests.power_bi.dax.engine import (
    Engine,
    Scope,
    TableValue,
    ValueTable,
    scalar_function,
    table_function,
)
from tests.power_bi.dax.model import Column
from tests.power_bi.dax.syntax import ColumnOf, Literal, Name, Node
from tests.power_bi.dax.tables import all_values, visible_values
from tests.power_bi.dax.values import Refused

Arguments = Sequence[Node | None]
DAY = timedelta(days=1)
MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


@scalar_function("EDATE")
def months_later(engine: Engine, scope: Scope, arguments: Arguments) -> values.Value:
    """The same day so many months later, or the month's last. https://learn.microsoft.com/dax/edate-function-dax"""
    day, by = (engine.value(argument, scope) for argument in arguments)
    if not isinstance(by, int) or not isinstance(day, date | None):
        raise Refused(f"EDATE moves {day!r} by {by!r}")
    return None if day is None else _shifted(day, by, "MONTH")


@table_function("DATESBETWEEN")
def dates_between(engine: Engine, scope: Scope, arguments: Arguments) -> TableValue:
    """Both ends are included, and BLANK is an open one. https://learn.microsoft.com/dax/datesbetween-function-dax"""
    dates, *ends = arguments
    first, last = (engine.value(end, scope) for end in ends)
    return _between(engine, dates, scope, first, last)


@table_function("DATESINPERIOD")
def dates_in_period(engine: Engine, scope: Scope, arguments: Arguments) -> TableValue:
    """So many intervals from a date on, or back from it. https://learn.microsoft.com/dax/datesinperiod-function-dax"""
    dates, start, number, interval = arguments
    day, by = engine.value(start, scope), engine.value(number, scope)
    if not isinstance(day, date) or not isinstance(by, int):
        raise Refused(f"DATESINPERIOD starts at {day!r} and goes {by!r} intervals")
    end = _shifted(day, by, _word(interval))
    first, last = (day, end - DAY) if by > 0 else (end + DAY, day)
    return _between(engine, dates, scope, first, last)


@table_function("DATESYTD")
def dates_of_year_to_date(engine: Engine, scope: Scope, arguments: Arguments) -> TableValue:
    """From the first of January to the last visible date. https://learn.microsoft.com/dax/datesytd-function-dax"""
    (dates,) = arguments
    visible = _visible(engine, dates, scope)
    if not visible:
        return _those(engine, dates, scope, set())
    return _between(engine, dates, scope, visible[-1].replace(month=1, day=1), visible[-1])


@table_function("SAMEPERIODLASTYEAR")
def same_period_of_last_year(engine: Engine, scope: Scope, arguments: Arguments) -> TableValue:
    """DATEADD by a year back. https://learn.microsoft.com/dax/sameperiodlastyear-function-dax"""
    return date_add(engine, scope, [*arguments, Literal(-1), Name("YEAR")])


@table_function("DATEADD")
def date_add(engine: Engine, scope: Scope, arguments: Arguments) -> TableValue:
    """The visible dates, moved; a month of another length ends with its own last day.

    Where the visible dates hold the last two days of a month, what they are moved to goes on to the end of
    its month. https://learn.microsoft.com/dax/dateadd-function-dax, https://dax.guide/dateadd/
    """
    dates, number, interval = arguments
    by, unit = engine.value(number, scope), _word(interval)
    if not isinstance(by, int):
        raise Refused(f"DATEADD moves by {by!r}")
    shown = _visible(engine, dates, scope)
    visible = set(shown)
    if shown and len(shown) != (shown[-1] - shown[0]).days + 1:
        raise Refused("DATEADD and SAMEPERIODLASTYEAR only work with contiguous date selections")
    moved = {_shifted(day, by, unit) for day in visible}
    if unit in MONTHS:
        for day in visible:
            if day == _end_of_month(day) and day - DAY in visible:
                first = _shifted(day - DAY, by, unit)
                moved |= {first.replace(day=each) for each in range(first.day, _end_of_month(first).day + 1)}
    return _those(engine, dates, scope, moved)


def _visible(engine: Engine, dates: Node | None, scope: Scope) -> list[date]:
    """The visible dates in order; the row context becomes part of the filter context.

    https://learn.microsoft.com/dax/dateadd-function-dax#remarks
    """
    within = engine.in_context(scope, engine.transition(scope))
    rows = engine.value_rows(visible_values(engine, within, [dates])).rows
    return sorted(day for (day,) in rows if isinstance(day, date))


def _between(
    engine: Engine, dates: Node | None, scope: Scope, first: values.Value, last: values.Value
) -> TableValue:
    start, end = (date.min if first is None else first), (date.max if last is None else last)
    if not isinstance(start, date) or not isinstance(end, date):
        raise Refused(f"{first!r} and {last!r} are no dates")
    column, known = _known(engine, dates, scope)
    return ValueTable((column,), tuple((day,) for day in known if start <= day <= end))


def _those(engine: Engine, dates: Node | None, scope: Scope, wanted: set[date]) -> TableValue:
    column, known = _known(engine, dates, scope)
    return ValueTable((column,), tuple((day,) for day in known if day in wanted))


def _known(engine: Engine, dates: Node | None, scope: Scope) -> tuple[Column, list[date]]:
    """The date column and all dates of the date table."""
    column = engine.model.dates
    if column is None or not isinstance(dates, ColumnOf) or (dates.table, dates.name) != column:
        raise Refused(f"{dates} is not the date column of the date table")
    return column, [day for (day,) in all_values(engine, [column], scope).rows if isinstance(day, date)]


def _word(node: Node | None) -> str:
    if isinstance(node, Name) and node.name.upper() in {"DAY", *MONTHS}:
        return node.name.upper()
    raise Refused(f"{node} is no interval")


def _shifted(day: date, by: int, unit: str) -> date:
    if unit == "DAY":
        return day + by * DAY
    month = day.year * 12 + day.month - 1 + by * MONTHS[unit]
    first = date(month // 12, month % 12 + 1, 1)
    return first.replace(day=min(day.day, _end_of_month(first).day))


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
