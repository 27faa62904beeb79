"""Numbers, texts, dates and BLANK, and how DAX calculates with them and compares them.

A whole number is an int, a fixed decimal number a Decimal of four places, another a float; BLANK is None.
https://learn.microsoft.com/power-bi/connect-data/desktop-data-types
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce

Number = int | float | Decimal
Value = Number | str | bool | date | None
PLACES = Decimal("0.0001")
NO_DAY = date(1899, 12, 30)


class Refused(Exception):
    """DAX would not do this, or this interpreter does not know how it would."""


def fixed(number: Number) -> Decimal:
    """A fixed decimal number: four places."""
    return Decimal(number).quantize(PLACES, ROUND_HALF_UP)


def add(left: Value, right: Value) -> Value:
    """The sum; BLANK adds nothing, and two of them are BLANK."""
    if left is None or right is None:
        return right if left is None else left
    if type(left) is type(right) is Decimal:
        return left + right
    if isinstance(left, date):
        return left + timedelta(days=int(_number(right)))
    one, other = _number(left), _number(right)
    if isinstance(one, float) or isinstance(other, float):
        return float(one) + float(other)
    return one + other


def negative(value: Value) -> Value:
    """The number with the other sign; BLANK stays BLANK."""
    return None if value is None else -_number(value)


def subtract(left: Value, right: Value) -> Value:
    """The difference; of two dates, in days."""
    if isinstance(left, date) and isinstance(right, date):
        return (left - right).days
    return add(left, negative(right))


def multiply(left: Value, right: Value) -> Value:
    """The product, fixed where one of the two is; with BLANK it is BLANK."""
    if left is None or right is None:
        return None
    one, other = _number(left), _number(right)
    if isinstance(one, Decimal) or isinstance(other, Decimal):
        return fixed(Decimal(one) * Decimal(other))
    return one * other


def divide(left: Value, right: Value) -> Value:
    """The quotient: a decimal number, but a fixed one where it is divided by a whole one.

    https://www.sqlbi.com/articles/understanding-numeric-data-type-conversions-in-dax/

    :raises Refused: the denominator is 0 or BLANK, where ``/`` gives infinity or an error and DIVIDE nothing.
    """
    if not right:
        raise Refused(f"{left} is divided by {right}; use DIVIDE")
    if left is None:
        return None
    one, other = _number(left), _number(right)
    if isinstance(one, Decimal) and isinstance(other, int):
        return fixed(one / other)
    return float(one) / float(other)


def join(left: Value, right: Value) -> str:
    """Two texts after one another; BLANK is the empty one."""
    parts = [text for text in (left, right) if text is not None]
    if not all(isinstance(part, str | int) and not isinstance(part, bool) for part in parts):
        raise Refused(f"{parts} cannot be joined without FORMAT")
    return "".join(map(str, parts))


def total(values: Iterable[Value]) -> Value:
    """The sum of all that are not BLANK; BLANK where there is none."""
    return reduce(add, (value for value in values if value is not None), None)


def strictly_equal(left: Value, right: Value) -> bool:
    """``==`` and IN: BLANK is equal to BLANK alone; text is compared without case.

    https://learn.microsoft.com/dax/dax-operator-reference#comparison-operators
    """
    if left is None or right is None:
        return left is right
    return key(left) == key(right)


def compare(left: Value, right: Value) -> int:
    """Below 0 when the left is smaller, 0 when both are equal, else above; BLANK is 0, "" and FALSE."""
    if left is None and right is None:
        return 0
    one = key(_zero_like(right) if left is None else left)
    other = key(_zero_like(left) if right is None else right)
    if isinstance(one, str) != isinstance(other, str) or isinstance(one, date) != isinstance(other, date):
        raise Refused(f"{left!r} and {right!r} cannot be compared")
    return (one > other) - (one < other)  # type: ignore[operator]


def key(value: Value) -> Value:
    """What makes two values of a column one: text has no case."""
    return value.casefold() if isinstance(value, str) else value


def is_true(value: Value) -> bool:
    """A condition; BLANK and 0 are false."""
    if isinstance(value, str | date):
        raise Refused(f"{value!r} is no condition")
    return bool(value)


def number(value: Value) -> Number:
    """A number, 0 for BLANK."""
    return 0 if value is None else _number(value)


def _number(value: Value) -> Number:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float | Decimal):
        return value
    raise Refused(f"{value!r} is no number")


def _zero_like(value: Value) -> Value:
    """What BLANK counts as beside a value."""
    if isinstance(value, str):
        return ""
    if isinstance(value, datetime):
        return datetime.combine(NO_DAY, time())
    return NO_DAY if isinstance(value, date) else 0
