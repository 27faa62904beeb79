"""Placing an order: from what a buyer wants to the record the API has the moment after."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from demo_store.shop.money import ZERO, cents, money_set
from demo_store.shop.order_lines import Delivery, Item, Market, line_item, shipping_line
from demo_store.shop.people import in_order
from demo_store.shop.pricing import Charge, Discount, allocate
from demo_store.shop.profile import (
    DRAFT_ORDERS_APP_ID,
    LOCATION_ID,
    ONLINE_STORE_APP_ID,
    POINT_OF_SALE_APP_ID,
)
from demo_store.shop.totals import line_net, put_placed_totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demo_store.shop.people import Buyer
    from demo_store.state import Store

FIRST_ORDER_NUMBER = 1001
DUTY_FREE_LIMIT = Decimal(60)
APP_IDS = {
    "web": ONLINE_STORE_APP_ID,
    "pos": POINT_OF_SALE_APP_ID,
    "shopify_draft_order": DRAFT_ORDERS_APP_ID,
}


@dataclass(frozen=True)
class Basket:
    """What is ordered and on what terms; money in EUR. ``paid_share`` 1 is paid in full, 0 not paid yet."""

    source_name: str
    items: Sequence[Item]
    discounts: Sequence[Discount]
    delivery: Delivery | None
    gateways: Sequence[str]
    financial_status: str
    paid_share: Decimal
    tip: Decimal = ZERO
    is_test: bool = False
    note: str | None = None
    tags: str = ""
    visit: dict[str, Any] = field(default_factory=dict)


def place_order(
    store: Store,
    basket: Basket,
    market: Market,
    buyer: Buyer | None,
    customer: dict[str, Any] | None,
    *,
    created_at: str,
    processed_at: str,
) -> dict[str, Any]:
    """Return a new REST order; times are ISO-8601 with the shop's offset.

    ``buyer`` is None for an anonymous sale at the till, ``customer`` None for a guest too. Orders of the till
    have no addresses, orders with nothing to ship no shipping address.
    Fields: https://shopify.dev/docs/api/admin-rest/latest/resources/order
    """
    order_id = store.next_id("order")
    number = store.next_id("order_number") % 1_000_000_000_000
    order_number = FIRST_ORDER_NUMBER - 1 + number
    line_items, shipping_lines = _priced_lines(store, basket, market)
    email = buyer.email if buyer else None
    order: dict[str, Any] = {
        "id": order_id,
        "admin_graphql_api_id": f"gid://shopify/Order/{order_id}",
        "name": f"#{order_number}",
        "number": number,
        "order_number": order_number,
        "confirmation_number": f"D{order_id % 10**8:08d}",
        "confirmed": True,
        "test": basket.is_test,
        "app_id": APP_IDS[basket.source_name],
        "source_name": basket.source_name,
        "location_id": LOCATION_ID if basket.source_name == "pos" else None,
        "user_id": None,
        "email": email,
        "contact_email": email,
        "phone": buyer.phone if buyer and not email else None,
        "buyer_accepts_marketing": _accepts_marketing(customer),
        "created_at": created_at,
        "processed_at": processed_at,
        "updated_at": created_at,
        "closed_at": None,
        "cancelled_at": None,
        "cancel_reason": None,
        "financial_status": basket.financial_status,
        "fulfillment_status": None,
        "currency": "EUR",
        "presentment_currency": market.presentment_currency,
        "taxes_included": market.taxes_included,
        "tax_exempt": False,
        "duties_included": False,
        "original_total_duties_set": None,
        "current_total_duties_set": None,
        "original_total_additional_fees_set": None,
        "current_total_additional_fees_set": None,
        "total_tip_received": f"{basket.tip:.2f}",
        "total_weight": sum(line["grams"] * line["quantity"] for line in line_items),
        "discount_codes": _discount_codes(basket.discounts, [*line_items, *shipping_lines]),
        "discount_applications": [discount.application() for discount in basket.discounts],
        "line_items": line_items,
        "shipping_lines": shipping_lines,
        "fulfillments": [],
        "refunds": [],
        "payment_gateway_names": list(basket.gateways),
        "note": basket.note,
        "note_attributes": [],
        "tags": basket.tags,
        "customer_locale": "en",
        "referring_site": None,
        "landing_site": None,
        "client_details": None,
        "merchant_business_entity_id": "MDEMO",
        "customer": in_order(customer) if customer else None,
        **basket.visit,
    }
    _put_addresses(order, buyer)
    _put_duties(store, order, market)
    put_placed_totals(order)
    paid = cents(Decimal(order["total_price"]) * basket.paid_share)
    order["total_outstanding"] = f"{Decimal(order['total_price']) - paid:.2f}"
    return order


def _priced_lines(
    store: Store, basket: Basket, market: Market
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    charges = [item.charge(market) for item in basket.items]
    shipping = Charge(basket.delivery.price, market.taxes()) if basket.delivery else None
    allocate(basket.discounts, charges, shipping)
    lines = []
    for item, charge in zip(basket.items, charges, strict=True):
        own = (amount for index, amount in charge.allocations if basket.discounts[index].line is not None)
        lines.append(line_item(store, item, charge, market, sum(own, ZERO)))
    if basket.delivery is None or shipping is None:
        return lines, []
    return lines, [shipping_line(store, basket.delivery, shipping, market)]


def _discount_codes(discounts: Sequence[Discount], parts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    codes = []
    for index, discount in enumerate(discounts):
        if discount.kind == "discount_code":
            taken = sum(
                (
                    Decimal(allocation["amount"])
                    for part in parts
                    for allocation in part["discount_allocations"]
                    if allocation["discount_application_index"] == index
                ),
                ZERO,
            )
            kind = "shipping" if discount.target_type == "shipping_line" else discount.value_type
            codes.append({"code": discount.label, "amount": f"{taken:.2f}", "type": kind})
    return codes


def _accepts_marketing(customer: dict[str, Any] | None) -> bool:
    consent = customer["email_marketing_consent"] if customer else None
    return consent is not None and consent["state"] == "subscribed"


def _put_addresses(order: dict[str, Any], buyer: Buyer | None) -> None:
    if buyer is None or order["source_name"] == "pos":
        return
    order["billing_address"] = buyer.address
    if order["shipping_lines"]:
        order["shipping_address"] = buyer.address


def _put_duties(store: Store, order: dict[str, Any], market: Market) -> None:
    goods = [line for line in order["line_items"] if line["requires_shipping"]]
    worth = sum((line_net(line) for line in goods), ZERO)
    if not market.country.duty_rate or worth <= DUTY_FREE_LIMIT:
        return
    presentment = market.presentment_currency
    whole = ZERO
    for line in goods:
        duty = cents(line_net(line) * market.country.duty_rate)
        whole += duty
        duty_id = store.next_id("duty")
        line["duties"] = [
            {
                "id": str(duty_id),
                "admin_graphql_api_id": f"gid://shopify/Duty/{duty_id}",
                "harmonized_system_code": "691200",
                "country_code_of_origin": "NL",
                **money_set(duty, presentment),
                "tax_lines": [],
            }
        ]
    order["original_total_duties_set"] = money_set(whole, presentment)
