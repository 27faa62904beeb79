"""Demo shops whose orders also hold what the demo shop never does, but Shopify may send."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from demo_store.shop.life import open_shop
from demo_store.state import Store

from tests.demo_store.records import money
from tests.raw_records import Json, records, shop_money

NOW = datetime(2026, 11, 22, 22, tzinfo=UTC)
AMOUNT = re.compile(r"-?\d+\.\d\d")
STRANGERS = (
    "ines@example.org",
    " INES@example.org",
    "Émile@example.org",
    "émile@example.org",
    "  ",
    "",
    None,
)
Twist = Callable[[Json, Random], None]


def twisted_shop(path: Path, seed: int, *, orders: int = 300, currency: str = "EUR") -> Store:
    """A demo shop in the new file ``path``; about every second order has one or more of the ``TWISTS``."""
    store = open_shop(path, seed=seed, orders=orders, now=NOW)
    rng = Random(seed)
    twisted = [_twisted(order, rng) for order in records(store, "orders")]
    store.put("orders", [_in_currency(order, currency) for order in twisted])
    store.put("products", [_in_currency(product, currency) for product in records(store, "products")])
    store.set_setting("shop", store.shop | {"currency": currency})
    store.close()
    return Store.open(path)


def _twisted(order: Json, rng: Random) -> Json:
    order = deepcopy(order)
    for twist in TWISTS:
        if rng.random() < 0.08:
            twist(order, rng)
    return order


def _in_currency(record: Any, currency: str, field: str = "") -> Any:
    """The record with amounts a hundred times as large where the currency has no decimals."""
    if currency != "JPY":
        return record
    if isinstance(record, dict):
        return {name: _in_currency(value, currency, name) for name, value in record.items()}
    if isinstance(record, list):
        return [_in_currency(value, currency, field) for value in record]
    if isinstance(record, str) and AMOUNT.fullmatch(record):
        return str(int(Decimal(record) * 100))
    return round(record * 100) if field in ("subtotal", "total_tax") else record


def _charge(order: Json, amount: str | Decimal) -> None:
    """Let what the order is worth now be more."""
    order["current_total_price"] = str(Decimal(order["current_total_price"]) + Decimal(amount))


def _parts(order: Json) -> list[Json]:
    return [*order["line_items"], *(line for line in order["shipping_lines"] if not line["is_removed"])]


def tax_of_the_order_only(order: Json, rng: Random) -> None:
    """No line tells its tax; now and then not even the order's tax lines do."""
    whole = sum((Decimal(tax["price"]) for part in _parts(order) for tax in part["tax_lines"]), Decimal(0))
    order["total_tax"] = f"{whole:.2f}"
    order["tax_lines"] = rng.choice(([], [{"title": "Tax", "rate": 0.2, "price": order["total_tax"]}]))
    for part in (*order["line_items"], *order["shipping_lines"]):
        part["tax_lines"] = []


def deprecated_shipping_refunds(order: Json, _rng: Random) -> None:
    """Refunded shipping is only told by adjustments, as before 2024-10."""
    for refund in order["refunds"]:
        del refund["refund_shipping_lines"]


def fees(order: Json, rng: Random) -> None:
    """Fees, some of which are not charged any longer."""
    order["original_total_additional_fees_set"] = money("3.10")
    order["current_total_additional_fees_set"] = rng.choice((None, money("3.10"), money("1.05")))
    _charge(order, shop_money(order["current_total_additional_fees_set"] or money("3.10")))


def lifted_duties(order: Json, rng: Random) -> None:
    """Duties that no refund names are not charged any longer."""
    if order["original_total_duties_set"] is None:
        order["original_total_duties_set"] = money("8.25")
        order["current_total_duties_set"] = money(rng.choice(("8.25", "5.00", "0.00")))
        _charge(order, shop_money(order["current_total_duties_set"]))


def tip_as_a_line(order: Json, rng: Random) -> None:
    """A tip that is a line item."""
    if order["total_tip_received"] == "0.00":
        line = order["line_items"][0] | {"id": order["id"] * 10, "title": "Tip", "gift_card": False}
        line |= dict.fromkeys(("product_id", "variant_id", "variant_title", "sku", "vendor"))
        line |= {"price": "2.50", "quantity": 1, "current_quantity": 1, "tip_payment_method": "Visa"}
        order["line_items"].append(line | {"discount_allocations": [], "tax_lines": []})
        order["total_tip_received"] = "2.50"
        _charge(order, "2.50")


def refund_of_an_unknown_line(order: Json, _rng: Random) -> None:
    """A refund of a line that the order does not have."""
    back = {"id": order["id"] * 10, "line_item_id": order["id"] * 10 + 1, "quantity": 2, "subtotal": 1.5}
    for refund in order["refunds"][:1]:
        refund["refund_line_items"].append(back | {"total_tax": 0.0, "restock_type": "no_restock"})
        _charge(order, "-1.50")


def stranger(order: Json, rng: Random) -> None:
    """A guest who comes again, or nobody; or who has a customer's e-mail, written differently."""
    if order["customer"] is None or rng.random() < 0.5:
        order["email"] = rng.choice(STRANGERS)
    elif order["email"]:
        order["email"] = f" {order['email'].upper()} "
    order["customer"] = None


def no_address(order: Json, rng: Random) -> None:
    """No usable shipping address, now and then no billing address either."""
    order["shipping_address"] = rng.choice((None, {"city": "Nowhere", "country": None}))
    if rng.random() < 0.5:
        order.pop("billing_address", None)


def country_without_code(order: Json, _rng: Random) -> None:
    """A country that has no ISO code."""
    order["shipping_address"] = {"country": "Channel Islands", "country_code": None, "city": "Jersey"}


def codes(order: Json, _rng: Random) -> None:
    """Two discount codes, one of them as a buyer has typed it."""
    for code in order["discount_codes"][:1]:
        order["discount_codes"] = [code | {"code": code["code"].lower()}, code | {"code": "FRIENDS"}]


def cancelled_without_reason(order: Json, _rng: Random) -> None:
    """A cancellation for which no reason was given."""
    order["cancel_reason"] = None


def discrepancy_counts(order: Json, _rng: Random) -> None:
    """Shopify's total counts what was given back beside the goods."""
    for refund in order["refunds"]:
        for entry in refund["order_adjustments"]:
            if entry["kind"] != "shipping_refund":
                _charge(order, entry["amount"])


def tip_does_not_count(order: Json, _rng: Random) -> None:
    """Shopify's total leaves the tip out."""
    _charge(order, -Decimal(order["total_tip_received"]))


def quantity_edited(order: Json, _rng: Random) -> None:
    """Units have gone without a refund."""
    line = order["line_items"][0]
    if line["current_quantity"] and not line["gift_card"]:
        line["current_quantity"] -= 1
        _charge(order, -Decimal(line["price"]))


def total_is_off(order: Json, rng: Random) -> None:
    """Shopify's total is another, by a cent or by much."""
    _charge(order, rng.choice(("0.01", "-0.01", "77.70")))


TWISTS: tuple[Twist, ...] = (
    tax_of_the_order_only,
    deprecated_shipping_refunds,
    fees,
    lifted_duties,
    tip_as_a_line,
    refund_of_an_unknown_line,
    stranger,
    no_address,
    country_without_code,
    codes,
    cancelled_without_reason,
    discrepancy_counts,
    tip_does_not_count,
    quantity_edited,
    total_is_off,
)
