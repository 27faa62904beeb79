"""What happens to an order after checkout: payment, shipping, cancellation, order edits.

All functions change a REST order in place at a moment ``at`` (ISO-8601 with the shop's offset).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from demo_store.shop.order_lines import Delivery, Item, Market, line_item, shipping_line
from demo_store.shop.pricing import Charge
from demo_store.shop.profile import LOCATION_ID
from demo_store.shop.refunds import Return, refund
from demo_store.shop.totals import put_current_totals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demo_store.state import Store


def pay(order: dict[str, Any], at: str) -> Decimal:
    """Receive what is outstanding and return it, in EUR."""
    money = Decimal(order["total_outstanding"])
    money_went_back = any(refund["transactions"] for refund in order["refunds"])
    order["financial_status"] = "partially_refunded" if money_went_back else "paid"
    order["total_outstanding"] = "0.00"
    order["updated_at"] = at
    _close_when_done(order, at)
    return money


def fulfil(store: Store, order: dict[str, Any], units: Mapping[int, int], at: str) -> None:
    """Ship ``units`` (line id -> quantity)."""
    fulfillment_id = store.next_id("fulfillment")
    number = len(order["fulfillments"]) + 1
    has_parcel = order["source_name"] != "pos"
    tracking_number = f"3SDEMO{fulfillment_id % 10**9:09d}" if has_parcel else None
    lines = [line for line in order["line_items"] if units.get(line["id"])]
    order["fulfillments"].append(
        {
            "id": fulfillment_id,
            "admin_graphql_api_id": f"gid://shopify/Fulfillment/{fulfillment_id}",
            "order_id": order["id"],
            "name": f"{order['name']}.{number}",
            "status": "success",
            "service": "manual",
            "location_id": LOCATION_ID,
            "shipment_status": None,
            "tracking_company": "PostNL" if has_parcel else None,
            "tracking_number": tracking_number,
            "tracking_numbers": [tracking_number] if tracking_number else [],
            "line_items": [{"id": line["id"], "quantity": units[line["id"]]} for line in lines],
            "created_at": at,
            "updated_at": at,
        }
    )
    for line in lines:
        line["fulfillable_quantity"] -= units[line["id"]]
    _put_fulfillment_status(order)
    order["updated_at"] = at
    _close_when_done(order, at)


def unfulfil(order: dict[str, Any], at: str) -> None:
    """Cancel the latest shipment; the order is open again."""
    fulfillment = order["fulfillments"][-1]
    fulfillment["status"], fulfillment["updated_at"] = "cancelled", at
    quantities = {line["id"]: line["quantity"] for line in fulfillment["line_items"]}
    for line in order["line_items"]:
        back = line["fulfillable_quantity"] + quantities.get(line["id"], 0)
        line["fulfillable_quantity"] = min(back, line["current_quantity"])
    order["closed_at"] = None
    _put_fulfillment_status(order)
    order["updated_at"] = at


def cancel(store: Store, order: dict[str, Any], reason: str, at: str) -> Decimal:
    """Cancel the order, restock everything and return the money paid back, in EUR.

    ``reason`` is one of customer, inventory, fraud, declined, other, staff. An order nothing was paid for
    becomes ``voided``: https://shopify.dev/docs/api/admin-rest/latest/resources/order
    """
    units = {line["id"]: line["current_quantity"] for line in order["line_items"]}
    everything = Return(units, restock_type="cancel", shipping=True, duties=True, note="Cancelled: " + reason)
    money = refund(store, order, everything, at)
    if order["financial_status"] != "refunded":
        order["financial_status"] = "voided"
    order["cancelled_at"], order["cancel_reason"] = at, reason
    order["fulfillment_status"] = "restocked"
    order["updated_at"] = at
    return money


def add_item(store: Store, order: dict[str, Any], item: Item, market: Market, at: str) -> None:
    """Add a line by an order edit; it is to be paid, and REST does not tell when it was added."""
    order["line_items"].append(line_item(store, item, item.charge(market), market))
    _settle_edit(order, at)


def swap_shipping(store: Store, order: dict[str, Any], delivery: Delivery, market: Market, at: str) -> None:
    """Replace the shipping method by a dearer one; the former stays as removed."""
    order["shipping_lines"][-1]["is_removed"] = True
    charge = Charge(delivery.price, market.taxes())
    order["shipping_lines"].append(shipping_line(store, delivery, charge, market))
    _settle_edit(order, at)


def _settle_edit(order: dict[str, Any], at: str) -> None:
    before = Decimal(order["current_total_price"])
    put_current_totals(order)
    more = Decimal(order["current_total_price"]) - before
    order["total_outstanding"] = f"{Decimal(order['total_outstanding']) + more:.2f}"
    if order["financial_status"] == "paid":
        order["financial_status"] = "partially_paid"
    _mark_edited(order, at)


def remove_units(store: Store, order: dict[str, Any], line_id: int, quantity: int, at: str) -> Decimal:
    """Take units off a line by an order edit; they come as a refund. Returns the money paid back, in EUR."""
    money = refund(store, order, Return({line_id: quantity}, restock_type="cancel", note="Order edited"), at)
    _mark_edited(order, at)
    return money


def _mark_edited(order: dict[str, Any], at: str) -> None:
    order["tags"] = ", ".join(tag for tag in (order["tags"], "edited") if tag)
    order["updated_at"] = at


def _put_fulfillment_status(order: dict[str, Any]) -> None:
    shipped: dict[int, int] = {}
    for fulfillment in order["fulfillments"]:
        if fulfillment["status"] == "success":
            for line in fulfillment["line_items"]:
                shipped[line["id"]] = shipped.get(line["id"], 0) + line["quantity"]
    for line in order["line_items"]:
        line["fulfillment_status"] = _status(shipped.get(line["id"], 0), line["fulfillable_quantity"])
    to_ship = sum(line["fulfillable_quantity"] for line in order["line_items"])
    order["fulfillment_status"] = _status(sum(shipped.values()), to_ship)


def _status(shipped: int, to_ship: int) -> str | None:
    if not shipped:
        return None
    return "partial" if to_ship else "fulfilled"


def _close_when_done(order: dict[str, Any], at: str) -> None:
    is_settled = not Decimal(order["total_outstanding"])
    if order["fulfillment_status"] == "fulfilled" and is_settled:
        order["closed_at"] = at
