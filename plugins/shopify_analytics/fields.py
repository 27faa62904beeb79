"""Read one field of a Shopify record as a database value, or say exactly what is wrong with it.

Every reader takes the record and the field's name, returns None when the field is absent, null or empty, and
raises :class:`MalformedRecord` when it holds something else than it should.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

Record = Mapping[str, Any]
Row = dict[str, Any]
ZERO = Decimal(0)
SQLITE_INTEGERS = range(-(2**63), 2**63)
# SQLite's REAL keeps 15 digits exactly, two of them cents: https://www.sqlite.org/floatingpoint.html
LARGEST_AMOUNT = Decimal(10) ** 13


@dataclass(frozen=True)
class ShopUnits:
    """What a shop's records are measured in: its time zone, and how many digits its currency's cents have."""

    zone: tzinfo
    minor_digits: int


class MalformedRecord(ValueError):
    """A field cannot be stored; the message names it and what it holds (never free text of a person)."""


def _malformed(field: str, value: Any, expected: str) -> MalformedRecord:
    shown = repr(str(value)[:40]) if isinstance(value, (str, int, float)) else f"a {type(value).__name__}"
    return MalformedRecord(f"{field} is {shown}, not {expected}")


def text(record: Record, field: str) -> str | None:
    """The text as sent; numbers become text."""
    return _as_text(record.get(field), field)


def _as_text(value: Any, field: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        if isinstance(value, (int, float)):
            return str(value)
        raise MalformedRecord(f"{field} is a {type(value).__name__}, not text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise MalformedRecord(f"{field} holds half a surrogate pair, which is no Unicode text") from None
    return value


def joined(records: Iterable[Record], field: str) -> str | None:
    """One text of several records, comma and space between; None when there is none."""
    return ", ".join(value for record in records if (value := text(record, field))) or None


def joined_list(record: Record, field: str) -> str | None:
    """One text of a list of texts, comma and space between; None when there is none."""
    values = nested_list(record, field)
    return ", ".join(text for value in values if (text := _as_text(value, field))) or None


def integer(record: Record, field: str) -> int | None:
    """A whole number that fits SQLite's 64 bits; digits in a text are taken too."""
    value = record.get(field)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise _malformed(field, value, "a whole number")
    try:
        number = int(value)
    except ValueError:
        raise _malformed(field, value, "a whole number") from None
    if number not in SQLITE_INTEGERS:
        raise _malformed(field, value, "a 64-bit number")
    return number


def required_integer(record: Record, field: str) -> int:
    """As :func:`integer`, for a field that a row cannot do without."""
    value = integer(record, field)
    if value is None:
        raise MalformedRecord(f"{field} is missing")
    return value


def boolean(record: Record, field: str) -> int:
    """1 for true, 0 for false, null and absent."""
    value = record.get(field)
    if value is None or isinstance(value, bool):
        return int(bool(value))
    raise _malformed(field, value, "true or false")


def decimal(record: Record, field: str) -> Decimal | None:
    """An exact amount; Shopify sends text, and JSON numbers for a refund line's subtotal and tax."""
    value = record.get(field)
    if value is None or value == "":
        return None
    try:
        amount = Decimal(value if isinstance(value, str) else str(value))
        is_storable = -LARGEST_AMOUNT < amount < LARGEST_AMOUNT  # no NaN can be compared
    except InvalidOperation:
        is_storable = False
    if not is_storable:
        raise _malformed(field, value, "an amount")
    return amount


def money(record: Record, field: str) -> float | None:
    """Major units, as sent."""
    amount = decimal(record, field)
    return None if amount is None else float(amount)


def required_decimal(record: Record, field: str) -> Decimal:
    """As :func:`decimal`, for a field that a row cannot do without."""
    amount = decimal(record, field)
    if amount is None:
        raise MalformedRecord(f"{field} is missing")
    return amount


def required_money(record: Record, field: str) -> float:
    """As :func:`money`, for a field that a row cannot do without."""
    return float(required_decimal(record, field))


def shop_money(record: Record, field: str) -> Decimal | None:
    """The shop-currency amount of a ``…_set`` field, which also carries the buyer's currency."""
    return decimal(nested(nested(record, field), "shop_money"), "amount")


def presentment_money(record: Record, field: str) -> Decimal | None:
    """The amount of a ``…_set`` field in the currency that the buyer saw."""
    return decimal(nested(nested(record, field), "presentment_money"), "amount")


def total(records: Iterable[Record], field: str) -> Decimal:
    """The exact sum of an amount over several records; absent amounts count as zero."""
    amount = ZERO
    for record in records:
        amount += decimal(record, field) or ZERO
    return amount


def moment(record: Record, field: str) -> datetime | None:
    """An aware UTC time in whole seconds."""
    value = record.get(field)
    if value is None or value == "":
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _malformed(field, value, "an ISO-8601 time") from None
    if parsed.tzinfo is None:
        raise _malformed(field, value, "a time with an offset")
    if not 1000 <= parsed.year <= 9998:
        raise _malformed(field, value, "a time in the years 1000 to 9998")
    moment = parsed.astimezone(UTC)
    return moment.replace(microsecond=0) if moment.microsecond else moment


def utc_text(time: datetime | None) -> str | None:
    """``2026-11-20T22:41:07Z``."""
    return None if time is None else f"{time.astimezone(UTC).isoformat()[:19]}Z"


def utc(record: Record, field: str) -> str | None:
    """A time as stored: UTC ISO-8601 with Z."""
    return utc_text(moment(record, field))


def required_utc(record: Record, field: str) -> str:
    """As :func:`utc`, for a field that a row cannot do without."""
    value = utc(record, field)
    if value is None:
        raise MalformedRecord(f"{field} is missing")
    return value


def local_date(time: datetime | None, zone: tzinfo) -> str | None:
    """The date on the shop's calendar."""
    return None if time is None else time.astimezone(zone).date().isoformat()


def nested(record: Record, field: str) -> Record:
    """An object inside the record; empty when absent."""
    value = record.get(field)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise MalformedRecord(f"{field} is a {type(value).__name__}, not an object")
    return value


def nested_list(record: Record, field: str) -> list[Any]:
    """A list inside the record; empty when absent."""
    value = record.get(field)
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedRecord(f"{field} is a {type(value).__name__}, not a list")
    return value


def children(record: Record, field: str) -> list[Record]:
    """A list of objects inside the record; empty when absent."""
    values = nested_list(record, field)
    for value in values:
        if not isinstance(value, dict):
            raise MalformedRecord(f"{field} holds something else than objects")
    return values
