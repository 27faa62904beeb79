"""The sales ledger of one order in a form to compare: what happened, when, to which line, how much."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from shopify_analytics.fields import ShopUnits
from shopify_analytics.sales_ledger import sales_ledger

from tests.demo_store import records

Entry = tuple[str, int, int]
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LINE = records.line_item(0)["id"]


def line(number: int, price: str, **changes: Any) -> dict[str, Any]:
    """The ``number``-th line item, without tax unless ``changes`` say otherwise."""
    return records.line_item(number, price=price, **{"tax_lines": [], **changes})


def tax(*prices: str) -> list[dict[str, Any]]:
    """Tax lines of these prices."""
    return [{"title": "VAT", "rate": 0.2, "price": price} for price in prices]


def off(*amounts: str) -> list[dict[str, Any]]:
    """Discount allocations of these amounts."""
    return [{"amount": amount, "discount_application_index": 0} for amount in amounts]


def back(number: int, quantity: int, subtotal: float, total_tax: float = 0.0) -> dict[str, Any]:
    """A refund line of the ``number``-th line item."""
    return {
        "id": number,
        "line_item_id": LINE + number,
        "quantity": quantity,
        "subtotal": subtotal,
        "total_tax": total_tax,
    }


def refund(number: int, day: int, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The ``number``-th refund, on that day of December 2026."""
    at = f"2026-12-{day:02d}T12:00:00+01:00"
    return {"id": number, "created_at": at, "processed_at": at, "refund_line_items": [*lines], **changes}


def ledger_of(order: dict[str, Any], minor_digits: int = 2) -> list[dict[str, Any]]:
    """The order's rows of ``sales_ledger`` in a shop in Amsterdam."""
    return sales_ledger(order, ShopUnits(AMSTERDAM, minor_digits))


def entries(minor_digits: int = 2, **changes: Any) -> list[Entry]:
    """Kind, quantity and amount in minor units of an order's rows but the first; it has no tax of its own.

    The order is that of 20 November 2026 with one mug for 24.50, prices without tax.
    """
    untaxed = {
        "taxes_included": False,
        "tax_lines": [],
        "total_tax": "0.00",
        "line_items": [line(1, "24.50")],
    }
    rows = ledger_of(records.order(1, **(untaxed | changes)), minor_digits)
    assert (rows[0]["kind"], rows[0]["quantity"], rows[0]["amount_minor"]) == ("order", 1, 0)
    return [(row["kind"], row["quantity"], row["amount_minor"]) for row in rows[1:]]


def worth(rows: Iterable[dict[str, Any]]) -> Decimal:
    """What an order's rows come to without adjustments, in cents."""
    return Decimal(sum(row["amount_minor"] for row in rows if row["kind"] != "adjustment"))
