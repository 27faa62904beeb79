"""Amounts in a currency's smallest unit, such as cents, as whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

# All but two digits; the list of ISO 4217: https://www.six-group.com/en/products-services/financial-information/data-standards.html
MINOR_DIGITS = {
    "BHD": 3, "BIF": 0, "CLF": 4, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0,
    "KMF": 0, "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0, "UYI": 0,
    "UYW": 4, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip


def minor_digits(currency: str | None) -> int:
    """How many decimals the currency with this ISO 4217 code has; 2 for one that is not known."""
    return MINOR_DIGITS.get((currency or "").upper(), 2)


def minor_units(amount: Decimal, digits: int) -> int:
    """The amount in the smallest unit, rounded half up, away from zero on both sides."""
    return int(amount.scaleb(digits).to_integral_value(ROUND_HALF_UP))


def share_out(amount: int, weights: Sequence[int]) -> list[int]:
    """The amount in parts proportional to the weights, none of which is negative; without any weight, zeros.

    What rounding down leaves goes to the parts that lost most by it, the first of equals:
    https://en.wikipedia.org/wiki/Largest_remainders_method
    """
    whole = sum(weights)
    if not whole:
        return [0 for _ in weights]
    parts = [amount * weight // whole for weight in weights]
    by_loss = sorted(range(len(weights)), key=lambda index: -(amount * weights[index] % whole))
    for index in by_loss[: amount - sum(parts)]:
        parts[index] += 1
    return parts
