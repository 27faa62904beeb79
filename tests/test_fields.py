"""One field of a record as a database value, or a clear refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from shopify_analytics import fields
from shopify_analytics.fields import MalformedRecord

OTHER_AGE = "not a time in the years 1000 to 9998"
READERS: list[Callable[..., Any]] = [
    fields.text,
    fields.integer,
    fields.decimal,
    fields.money,
    fields.moment,
    fields.utc,
    fields.shop_money,
]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("record", [{}, {"field": None}], ids=["absent", "null"])
def test_an_absent_field_and_a_null_are_none(read: Callable[..., Any], record: dict[str, Any]) -> None:
    assert read(record, "field") is None


@pytest.mark.parametrize("read", [fields.integer, fields.decimal, fields.money, fields.moment, fields.utc])
def test_an_empty_text_is_none_where_text_is_not_expected(read: Callable[..., Any]) -> None:
    assert read({"field": ""}, "field") is None


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (fields.text, "Café 茶碗 🫖", "Café 茶碗 🫖"),
        (fields.text, "", ""),
        (fields.text, 42, "42"),
        (fields.text, 0.5, "0.5"),
        (fields.integer, 7100000000001, 7100000000001),
        (fields.integer, "18", 18),
        (fields.integer, -3, -3),
        (fields.integer, 2**63 - 1, 2**63 - 1),
        (fields.boolean, True, 1),
        (fields.boolean, False, 0),
        (fields.boolean, None, 0),
        (fields.decimal, "24.50", Decimal("24.50")),
        (fields.decimal, 22.05, Decimal("22.05")),
        (fields.decimal, 22, Decimal(22)),
        (fields.decimal, "-33.84", Decimal("-33.84")),
        (fields.decimal, "9999999999999.99", Decimal("9999999999999.99")),
        (fields.money, "0.10", 0.1),
        (fields.money, "10655622.48", 10655622.48),
        (fields.required_money, "0.00", 0.0),
        (fields.required_integer, "5", 5),
        (fields.utc, "2026-11-20T23:41:07+01:00", "2026-11-20T22:41:07Z"),
        (fields.utc, "2026-11-20T22:41:07Z", "2026-11-20T22:41:07Z"),
        (fields.utc, "2026-11-20T22:41:07.987Z", "2026-11-20T22:41:07Z"),
        (fields.required_utc, "2026-06-30T20:00:00-04:00", "2026-07-01T00:00:00Z"),
        (fields.moment, "2026-11-20T23:41:07+01:00", datetime(2026, 11, 20, 22, 41, 7, tzinfo=UTC)),
        (fields.shop_money, {"shop_money": {"amount": "7.00"}}, Decimal("7.00")),
        (fields.shop_money, {"presentment_money": {"amount": "5.95"}}, None),
        (fields.nested, None, {}),
        (fields.nested, {"id": 1}, {"id": 1}),
        (fields.nested_list, None, []),
        (fields.children, [{"id": 1}], [{"id": 1}]),
    ],
)
def test_a_value_is_read_exactly(read: Callable[..., Any], value: Any, expected: Any) -> None:
    assert read({"field": value}, "field") == expected


@pytest.mark.parametrize(
    ("read", "value", "complaint"),
    [
        (fields.text, ["a"], "field is a list, not text"),
        (fields.text, {"en": "a"}, "field is a dict, not text"),
        (fields.text, "half \ud83e", "field holds half a surrogate pair, which is no Unicode text"),
        (fields.integer, "many", "field is 'many', not a whole number"),
        (fields.integer, 1.5, "field is '1.5', not a whole number"),
        (fields.integer, True, "field is 'True', not a whole number"),
        (fields.integer, 2**63, "field is '9223372036854775808', not a 64-bit number"),
        (fields.required_integer, None, "field is missing"),
        (fields.required_integer, "", "field is missing"),
        (fields.boolean, 1, "field is '1', not true or false"),
        (fields.boolean, "false", "field is 'false', not true or false"),
        (fields.decimal, "24,50", "field is '24,50', not an amount"),
        (fields.decimal, True, "field is 'True', not an amount"),
        (fields.decimal, "NaN", "field is 'NaN', not an amount"),
        (fields.decimal, float("inf"), "field is 'inf', not an amount"),
        (fields.decimal, "10000000000000", "field is '10000000000000', not an amount"),
        (fields.decimal, "1e400", "field is '1e400', not an amount"),
        (fields.decimal, ["1"], "field is a list, not an amount"),
        (fields.required_money, None, "field is missing"),
        (fields.moment, "yesterday", "field is 'yesterday', not an ISO-8601 time"),
        (fields.moment, 1763678467, "field is '1763678467', not an ISO-8601 time"),
        (fields.moment, "2026-11-20T23:41:07", "field is '2026-11-20T23:41:07', not a time with an offset"),
        (fields.moment, "2026-11-20", "field is '2026-11-20', not a time with an offset"),
        (fields.moment, "0001-01-01T00:00+01:00", f"field is '0001-01-01T00:00+01:00', {OTHER_AGE}"),
        (fields.moment, "9999-12-31T23:59-01:00", f"field is '9999-12-31T23:59-01:00', {OTHER_AGE}"),
        (fields.required_utc, None, "field is missing"),
        (fields.nested, [1], "field is a list, not an object"),
        (fields.nested_list, {"id": 1}, "field is a dict, not a list"),
        (fields.children, [{"id": 1}, 2], "field holds something else than objects"),
        (fields.shop_money, {"shop_money": {"amount": "free"}}, "amount is 'free', not an amount"),
        (fields.shop_money, {"shop_money": "7.00"}, "shop_money is a str, not an object"),
    ],
)
def test_what_cannot_be_stored_is_named(read: Callable[..., Any], value: Any, complaint: str) -> None:
    with pytest.raises(MalformedRecord) as error:
        read({"field": value}, "field")
    assert str(error.value) == complaint


def test_a_complaint_quotes_forty_characters_at_most() -> None:
    with pytest.raises(MalformedRecord) as error:
        fields.integer({"field": "x" * 1000}, "field")
    assert str(error.value) == f"field is '{'x' * 40}', not a whole number"


def test_a_total_is_exact_where_floats_are_not() -> None:
    parts: list[dict[str, Any]] = [{"amount": "0.10"}, {"amount": "0.20"}, {"amount": None}, {}]
    assert fields.total(parts, "amount") == Decimal("0.30")
    assert fields.total([], "amount") == 0


def test_texts_are_joined_without_the_empty_ones() -> None:
    assert fields.joined([{"code": "A"}, {"code": ""}, {}, {"code": "B"}], "code") == "A, B"
    assert fields.joined([], "code") is None
    assert fields.joined_list({"names": ["paypal", "", None, "gift_card"]}, "names") == "paypal, gift_card"
    assert fields.joined_list({"names": []}, "names") is None


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        ("2026-11-20T23:30:00Z", "Europe/Amsterdam", "2026-11-21"),
        ("2026-06-20T22:30:00Z", "Europe/Amsterdam", "2026-06-21"),
        ("2026-11-20T04:59:00Z", "America/New_York", "2026-11-19"),
        ("2026-11-20T12:00:00Z", "Pacific/Kiritimati", "2026-11-21"),
    ],
)
def test_a_date_is_that_of_the_shops_calendar(moment: str, zone: str, expected: str) -> None:
    assert fields.local_date(datetime.fromisoformat(moment), ZoneInfo(zone)) == expected


def test_no_moment_has_no_date_and_no_text() -> None:
    assert fields.local_date(None, ZoneInfo("UTC")) is None
    assert fields.utc_text(None) is None
