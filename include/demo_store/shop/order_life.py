"""The life of orders: they arrive, get paid, shipped, edited, cancelled and refunded."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from demo_store.shop.aftermath import add_item, cancel, fulfil, pay, remove_units, swap_shipping, unfulfil
from demo_store.shop.buying import SOURCE_NAMES, SOURCE_SHARES, choose_basket, choose_buyer, choose_market
from demo_store.shop.checkout import place_order
from demo_store.shop.living_shop import DAY, HOUR, LivingShop
from demo_store.shop.money import ZERO, cents
from demo_store.shop.order_lines import Delivery, Market, item_of
from demo_store.shop.people import Buyer, note_order, note_spending
from demo_store.shop.places import COUNTRY, city_of
from demo_store.shop.refunds import Return, refund

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

TILL_RETURN_SHARE, WEB_RETURN_SHARE, SECOND_RETURN_SHARE = 0.04, 0.1, 0.08
CANCEL_REASONS, CANCEL_WEIGHTS = ("customer", "inventory", "fraud", "declined", "other"), (50, 25, 10, 5, 10)
RETURN_NOTES = ("chipped", "does not match the sofa", 'arrived late; "too late"', "ontevreden 😕", None)


def arrive(shop: LivingShop, at: int, rng: Random) -> None:
    """Place an order, take its goods from stock and plan what becomes of it."""
    source_name = rng.choices(SOURCE_NAMES, SOURCE_SHARES)[0]
    buyer, customer = choose_buyer(shop, source_name, at, rng)
    market = choose_market(source_name, buyer, rng)
    is_first_order = customer is None or customer["orders_count"] == 0
    basket = choose_basket(shop, source_name, market, is_first_order=is_first_order, at=at, rng=rng)
    created_at = shop.timestamp(at)
    processed_at = shop.timestamp(at - rng.randrange(3))
    order = place_order(
        shop.store, basket, market, buyer, customer, created_at=created_at, processed_at=processed_at
    )
    for line in order["line_items"]:
        shop.catalog.move_stock(line["product_id"], line["variant_id"], -line["quantity"], created_at)
    if source_name == "pos":
        fulfil(shop.store, order, _units_to_ship(order), created_at)
    if customer is not None:
        note_order(customer, order)
        note_spending(
            customer, Decimal(order["total_price"]) - Decimal(order["total_outstanding"]), created_at
        )
        shop.store.put("customers", [customer])
    shop.store.put("orders", [order])
    shop.agenda.note_products(order)
    if not basket.is_test:
        _plan(shop, order, at, rng)
    if buyer is not None:
        _plan_return_of(shop, buyer, customer, at, rng)


def _plan(shop: LivingShop, order: dict[str, Any], at: int, rng: Random) -> None:
    """Put the first things that will happen to a new order on the agenda."""
    luck, status = rng.random(), order["financial_status"]
    may_be_undone = order["total_tip_received"] == "0.00" and not any(
        line["gift_card"] for line in order["line_items"]
    )
    fulfil_at = shop.working_time(at + int(rng.lognormvariate(3.0, 0.7) * HOUR), rng)
    if order["source_name"] == "pos":
        if luck < TILL_RETURN_SHARE:
            shop.agenda.add(at + rng.randrange(DAY, 14 * DAY), "refund", order=order["id"])
    elif status in ("pending", "partially_paid"):
        if luck < 0.82:
            shop.agenda.add(at + rng.randrange(HOUR, 5 * DAY), "pay", order=order["id"])
        elif luck < 0.94 and may_be_undone:
            shop.agenda.add(
                at + rng.randrange(6 * DAY, 14 * DAY), "cancel", order=order["id"], reason="declined"
            )
    elif may_be_undone and luck < (0.1 if status == "authorized" else 0.03):
        reason = "fraud" if status == "authorized" else rng.choices(CANCEL_REASONS, CANCEL_WEIGHTS)[0]
        shop.agenda.add(at + rng.randrange(HOUR // 4, 12 * HOUR), "cancel", order=order["id"], reason=reason)
    else:
        if may_be_undone and luck < 0.07 and status == "paid":
            shop.agenda.add(at + rng.randrange(HOUR // 6, 3 * HOUR), "edit", order=order["id"])
            fulfil_at = max(fulfil_at, at + 4 * HOUR)
        shop.agenda.add(fulfil_at, "fulfil", order=order["id"])


def _plan_return_of(
    shop: LivingShop, buyer: Buyer, customer: dict[str, Any] | None, at: int, rng: Random
) -> None:
    """Decide whether and when a buyer wants to order again; the more orders, the more loyal."""
    orders = customer["orders_count"] if customer else 1
    likely = 0.15 if customer is None else min(0.36 + 0.13 * (orders - 1), 0.82)
    if rng.random() < likely:
        shop.agenda.add_returning_buyer(at + int(rng.lognormvariate(3.6, 0.8) * DAY), buyer.as_json())


def _units_to_ship(order: dict[str, Any]) -> dict[int, int]:
    return {
        line["id"]: line["fulfillable_quantity"]
        for line in order["line_items"]
        if line["fulfillable_quantity"]
    }


def _store_change(shop: LivingShop, order: dict[str, Any], received: Decimal) -> None:
    """Write an order that changed, and what its customer has spent."""
    shop.store.put("orders", [order])
    customer = shop.customer((order["customer"] or {}).get("id"))
    if customer is not None and received:
        note_spending(customer, received, order["updated_at"])
        shop.store.put("customers", [customer])


def receive_payment(shop: LivingShop, order: dict[str, Any], at: int, rng: Random) -> None:
    """Receive what is outstanding; what was not shipped for that reason now will be."""
    received = pay(order, shop.timestamp(at))
    _store_change(shop, order, received)
    if order["fulfillment_status"] is None:
        fulfil_at = shop.working_time(at + int(rng.lognormvariate(2.7, 0.6) * HOUR), rng)
        shop.agenda.add(fulfil_at, "fulfil", order=order["id"])


def ship(shop: LivingShop, order: dict[str, Any], at: int, rng: Random) -> None:
    """Ship an order or a part of it; an authorized payment is captured then."""
    units = _units_to_ship(order)
    if not units:
        return
    now = shop.timestamp(at)
    received = pay(order, now) if order["financial_status"] == "authorized" else ZERO
    if len(units) > 1 and not order["fulfillments"] and rng.random() < 0.1:
        units.popitem()
        shop.agenda.add(shop.working_time(at + rng.randrange(DAY, 5 * DAY), rng), "fulfil", order=order["id"])
    fulfil(shop.store, order, units, now)
    _store_change(shop, order, received)
    if order["fulfillment_status"] == "fulfilled":
        luck = rng.random()
        if luck < WEB_RETURN_SHARE:
            shop.agenda.add(at + rng.randrange(2 * DAY, 24 * DAY), "refund", order=order["id"])
        elif luck > 0.99:
            shop.agenda.add(at + rng.randrange(HOUR // 4, 2 * HOUR), "unfulfil", order=order["id"])


def call_back_shipment(shop: LivingShop, order: dict[str, Any], at: int, rng: Random) -> None:
    """Cancel a shipment; it leaves again on the next working day."""
    if order["refunds"]:
        return
    unfulfil(order, shop.timestamp(at))
    _store_change(shop, order, ZERO)
    shop.agenda.add(shop.working_time(at + 12 * HOUR, rng), "fulfil", order=order["id"])


def cancel_order(shop: LivingShop, order: dict[str, Any], at: int, _rng: Random, reason: str) -> None:
    """Cancel an order that has not been shipped and put its goods back."""
    now = shop.timestamp(at)
    units = {line["id"]: line["current_quantity"] for line in order["line_items"]}
    paid_back = cancel(shop.store, order, reason, now)
    _restock(shop, order, units, now)
    _store_change(shop, order, -paid_back)


def edit(shop: LivingShop, order: dict[str, Any], at: int, rng: Random) -> None:
    """Add a product, take units off, or change to express; what is more is paid later."""
    now = shop.timestamp(at)
    address = order["billing_address"]
    market = Market(COUNTRY[address["country_code"]], city_of(address), order["presentment_currency"])
    shipping, kind = order["shipping_lines"], rng.random()
    several = [line for line in order["line_items"] if line["product_id"] and not line["gift_card"]]
    paid_back = ZERO
    if kind < 0.4 and len(several) > 1:
        line = rng.choice(several)
        quantity = rng.randrange(1, line["quantity"] + 1)
        paid_back = remove_units(shop.store, order, line["id"], quantity, now)
        _restock(shop, order, {line["id"]: quantity}, now)
    elif (
        kind > 0.8
        and shipping
        and shipping[0]["code"] == "standard"
        and not shipping[0]["discount_allocations"]
    ):
        swap_shipping(
            shop.store, order, Delivery("Express", "express", market.country.shipping * 2), market, now
        )
    else:
        product = shop.catalog.pick(1, rng)[0]
        item = item_of(product, rng.choice(product["variants"]), 1)
        add_item(shop.store, order, item, market, now)
        shop.catalog.move_stock(product["id"], item.variant["id"] if item.variant else None, -1, now)
        shop.agenda.note_products(order)
    if Decimal(order["total_outstanding"]):
        shop.agenda.add(at + rng.randrange(HOUR // 4, 20 * HOUR), "pay", order=order["id"])
    _store_change(shop, order, -paid_back)


def give_back(shop: LivingShop, order: dict[str, Any], at: int, rng: Random) -> None:
    """Refund some units, all of them with the shipping, the shipping alone, or money without goods."""
    if order["financial_status"] not in ("paid", "partially_refunded") or Decimal(order["total_outstanding"]):
        return
    wanted = _choose_return(order, rng)
    now = shop.timestamp(at)
    paid_back = refund(shop.store, order, wanted, now)
    if wanted.restock_type == "return":
        _restock(shop, order, wanted.units, now)
    _store_change(shop, order, -paid_back)
    if rng.random() < SECOND_RETURN_SHARE:
        shop.agenda.add(at + rng.randrange(DAY, 15 * DAY), "refund", order=order["id"])


def _choose_return(order: dict[str, Any], rng: Random) -> Return:
    note = rng.choice(RETURN_NOTES)
    held = {
        line["id"]: line["current_quantity"]
        for line in order["line_items"]
        if line["current_quantity"] and not line["gift_card"]
    }
    goodwill = cents(Decimal(order["current_total_price"]) * Decimal("0.1"))
    luck = rng.random()
    if not held or luck < 0.1:
        return Return(discrepancy=-goodwill, note=note)
    if luck < 0.32:
        return Return(held, shipping=True, note=note)
    if luck < 0.4 and _has_shipping_to_refund(order):
        return Return(shipping=True, note="shipping was late")
    line_id = rng.choice(sorted(held))
    units = {line_id: rng.randrange(1, held[line_id] + 1)}
    if luck < 0.5:
        return Return(units, discrepancy=rng.choice((-goodwill, Decimal("1.50"))), note=note)
    return Return(units, restock_type="no_restock" if luck < 0.58 else "return", note=note)


def _has_shipping_to_refund(order: dict[str, Any]) -> bool:
    was_refunded = any(refund["refund_shipping_lines"] for refund in order["refunds"])
    charged = [
        Decimal(line["discounted_price"]) for line in order["shipping_lines"] if not line["is_removed"]
    ]
    return not was_refunded and any(charged)


def _restock(shop: LivingShop, order: dict[str, Any], units: Mapping[int, int], at: str) -> None:
    for line in order["line_items"]:
        if units.get(line["id"]):
            shop.catalog.move_stock(line["product_id"], line["variant_id"], units[line["id"]], at)
