"""A store's raw JSON, and the amounts in it that more than one expectation is made of; exact decimals."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from demo_store.state import Condition, Store

Json = dict[str, Any]
ZERO = Decimal(0)


def records(store: Store, resource: str) -> list[Json]:
    """All records of a resource by id."""
    return [json.loads(row.body) for row in store.select(resource, [Condition("id", ">", 0)], limit=10**9)]


def total(parts: Iterable[Json], field: str) -> Decimal:
    """The sum of an amount that each part has, as text or number."""
    return sum((Decimal(str(part[field])) for part in parts), ZERO)


def shop_money(bag: Json | None) -> Decimal:
    """The amount of a ``…_set`` in the shop's currency; 0 without one."""
    return Decimal(bag["shop_money"]["amount"]) if bag else ZERO


def shipping_lines(order: Json) -> list[Json]:
    """Those that were not removed."""
    return [line for line in order["shipping_lines"] if not line["is_removed"]]


def shipping_given_back(refund: Json) -> Decimal:
    """Refunded shipping, positive; it may stand in a refund twice and counts once."""
    if "refund_shipping_lines" in refund:
        lines = refund["refund_shipping_lines"]
        return sum((shop_money(line["subtotal_amount_set"]) for line in lines), ZERO)
    return -total(
        (entry for entry in refund["order_adjustments"] if entry["kind"] == "shipping_refund"), "amount"
    )


def discrepancy(refund: Json) -> Decimal:
    """What was given back beside goods and shipping, with Shopify's sign: below zero is more."""
    return total(
        (entry for entry in refund["order_adjustments"] if entry["kind"] != "shipping_refund"), "amount"
    )


def first_fulfilled(order: Json) -> str | None:
    """When the first fulfilment that succeeded was made, as Shopify writes it."""
    done = [entry["created_at"] for entry in order["fulfillments"] if entry["status"] == "success"]
    return min(done, key=datetime.fromisoformat, default=None)


def processing_hours(order: Json) -> float | None:
    """From the order's creation to its first fulfilment."""
    fulfilled = first_fulfilled(order)
    if fulfilled is None:
        return None
    passed = datetime.fromisoformat(fulfilled) - datetime.fromisoformat(order["created_at"])
    return passed.total_seconds() / 3600
