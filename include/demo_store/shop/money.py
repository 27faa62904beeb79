"""Exact money: Decimal amounts in the shop's currency, and the texts and ``*_set`` objects the API sends."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOP_CURRENCY = "EUR"
EXCHANGE_RATES = {SHOP_CURRENCY: Decimal(1), "GBP": Decimal("0.85"), "USD": Decimal("1.10")}
ZERO = Decimal("0.00")
CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Return ``amount`` rounded half-up to two decimals."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def money_set(amount: Decimal, presentment_currency: str) -> dict[str, Any]:
    """Return ``amount`` of the shop's currency as Shopify's MoneyBag, at this module's fixed rates."""
    presented = cents(amount * EXCHANGE_RATES[presentment_currency])
    return {
        "shop_money": {"amount": f"{amount:.2f}", "currency_code": SHOP_CURRENCY},
        "presentment_money": {"amount": f"{presented:.2f}", "currency_code": presentment_currency},
    }


def put_money(record: dict[str, Any], field: str, amount: Decimal, presentment_currency: str) -> None:
    """Write ``field`` (text, two decimals) and ``field_set`` into a REST ``record``."""
    record[field] = f"{amount:.2f}"
    record[f"{field}_set"] = money_set(amount, presentment_currency)


def split(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Share ``total`` out in proportion to ``weights``, in whole cents that sum to ``total`` exactly."""
    whole = sum(weights)
    if not whole:
        return [ZERO for _ in weights]
    marks = [cents(total * reached / whole) for reached in accumulate(weights)]
    return [mark - before for mark, before in zip(marks, [ZERO, *marks], strict=False)]
