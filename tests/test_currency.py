"""Amounts in a currency's smallest unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopify_analytics.currency import minor_digits, minor_units, share_out


@pytest.mark.parametrize(
    ("currency", "digits"),
    [
        ("EUR", 2),
        ("usd", 2),
        ("JPY", 0),
        ("KRW", 0),
        ("ISK", 0),
        ("KWD", 3),
        ("TND", 3),
        ("CLF", 4),
        ("XYZ", 2),
    ],
)
def test_a_currency_has_the_digits_of_iso_4217(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


def test_a_currency_that_is_not_known_yet_has_two_digits() -> None:
    assert (minor_digits(None), minor_digits("")) == (2, 2)


@pytest.mark.parametrize(
    ("amount", "digits", "expected"),
    [
        ("24.50", 2, 2450),
        ("0.005", 2, 1),
        ("0.0049", 2, 0),
        ("-0.005", 2, -1),
        ("-0.0049", 2, 0),
        ("1200.5", 0, 1201),
        ("12.3456", 3, 12346),
        ("9999999999999.99", 2, 999_999_999_999_999),
        ("1e-999999", 2, 0),
        ("0e+999999", 2, 0),
    ],
)
def test_half_a_unit_is_rounded_away_from_zero(amount: str, digits: int, expected: int) -> None:
    assert minor_units(Decimal(amount), digits) == expected


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (500, [1000, 2000, 300], [152, 303, 45]),
        (100, [1, 1, 1], [34, 33, 33]),
        (2, [1, 1, 1], [1, 1, 0]),
        (5, [0, 7, 0], [0, 5, 0]),
        (5, [0, 0], [0, 0]),
        (5, [], []),
        (0, [1, 2], [0, 0]),
    ],
)
def test_what_is_left_over_goes_to_the_parts_that_lost_most(
    amount: int, weights: list[int], parts: list[int]
) -> None:
    assert share_out(amount, weights) == parts


@given(amount=st.integers(-(10**6), 10**6), weights=st.lists(st.integers(0, 10**6), min_size=1))
def test_parts_add_up_and_are_within_one_of_their_share(amount: int, weights: list[int]) -> None:
    parts, whole = share_out(amount, weights), sum(weights)
    if whole:
        assert sum(parts) == amount
        assert all(
            abs(part * whole - amount * weight) < whole for part, weight in zip(parts, weights, strict=True)
        )
