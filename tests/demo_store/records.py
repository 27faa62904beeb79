"""Small records in the full shape in which the REST Admin API sends them, for stores made by tests."""

from __future__ import annotations

from typing import Any

SHOP: dict[str, Any] = {
    "id": 548380009,
    "name": "Kiln & Co",
    "email": "owner@example.org",
    "domain": "kiln.example.org",
    "myshopify_domain": "kiln-and-co.myshopify.com",
    "country_code": "NL",
    "currency": "EUR",
    "money_format": "€{{amount_with_comma_separator}}",
    "iana_timezone": "Europe/Amsterdam",
    "timezone": "(GMT+01:00) Europe/Amsterdam",
    "plan_name": "basic",
    "plan_display_name": "Basic",
    "taxes_included": True,
    "created_at": "2025-01-01T09:00:00+01:00",
    "updated_at": "2026-11-01T09:00:00+01:00",
}

FIRST_ORDER_ID = 7_100_000_000_000
FIRST_CUSTOMER_ID = 8_200_000_000_000
FIRST_PRODUCT_ID = 9_100_000_000_000
FIRST_VARIANT_ID = 9_200_000_000_000


def timestamp(minute: int) -> str:
    """Return a moment on 20 November 2026 in Amsterdam: ``minute`` 0 to 1439 is 00:00 to 23:59."""
    return f"2026-11-20T{minute // 60:02d}:{minute % 60:02d}:00+01:00"


def money(amount: str, currency: str = "EUR") -> dict[str, Any]:
    """Return ``amount`` in the shop's currency as the ``…_set`` fields have it."""
    value = {"amount": amount, "currency_code": currency}
    return {"shop_money": value, "presentment_money": dict(value)}


def variant(number: int, product_id: int, **changes: Any) -> dict[str, Any]:
    """Return the ``number``-th variant, one of the product with ``product_id``, with ``changes`` applied."""
    return {
        "id": FIRST_VARIANT_ID + number,
        "product_id": product_id,
        "title": f"Size {number}",
        "sku": f"MUG-{number}",
        "barcode": f"{number:013d}",
        "price": "24.50",
        "compare_at_price": None,
        "position": 1,
        "option1": f"Size {number}",
        "option2": None,
        "option3": None,
        "inventory_item_id": 9_800_000_000_000 + number,
        "inventory_quantity": 18,
        "inventory_policy": "deny",
        "inventory_management": "shopify",
        "taxable": True,
        "requires_shipping": True,
        "grams": 400,
        "weight": 0.4,
        "weight_unit": "kg",
        "image_id": None,
        "created_at": timestamp(number),
        "updated_at": timestamp(number),
    } | changes


def product(number: int, **changes: Any) -> dict[str, Any]:
    """Return the ``number``-th product: one variant, made and updated at that minute; ``changes`` applied."""
    product_id = FIRST_PRODUCT_ID + number
    return {
        "id": product_id,
        "admin_graphql_api_id": f"gid://shopify/Product/{product_id}",
        "title": f"Mug {number:03d}",
        "body_html": "<p>Stoneware</p>",
        "vendor": "Kiln Co",
        "product_type": "Mugs",
        "handle": f"mug-{number}",
        "status": "active",
        "tags": "ceramic, kitchen",
        "template_suffix": None,
        "published_scope": "global",
        "published_at": timestamp(number),
        "created_at": timestamp(number),
        "updated_at": timestamp(number),
        "options": [{"id": number, "product_id": product_id, "name": "Size", "position": 1, "values": ["S"]}],
        "images": [],
        "image": None,
        "variants": [variant(number, product_id)],
    } | changes


def customer(number: int, **changes: Any) -> dict[str, Any]:
    """Return the ``number``-th customer, made and updated at that minute; ``changes`` applied."""
    customer_id = FIRST_CUSTOMER_ID + number
    address = {
        "id": number,
        "customer_id": customer_id,
        "city": "Utrecht",
        "province": None,
        "country": "Netherlands",
        "country_code": "NL",
        "zip": "3511 AA",
        "default": True,
    }
    return {
        "id": customer_id,
        "admin_graphql_api_id": f"gid://shopify/Customer/{customer_id}",
        "email": f"customer{number}@example.org",
        "phone": None,
        "first_name": "Mira",
        "last_name": f"Holm {number}",
        "state": "disabled",
        "verified_email": True,
        "note": None,
        "tags": "",
        "currency": "EUR",
        "tax_exempt": False,
        "tax_exemptions": [],
        "orders_count": 1,
        "total_spent": "24.50",
        "last_order_id": None,
        "last_order_name": None,
        "email_marketing_consent": None,
        "sms_marketing_consent": None,
        "multipass_identifier": None,
        "default_address": address,
        "addresses": [address],
        "created_at": timestamp(number),
        "updated_at": timestamp(number),
    } | changes


def line_item(number: int, **changes: Any) -> dict[str, Any]:
    """Return the ``number``-th line item: one mug of product and variant ``number``; ``changes`` applied."""
    return {
        "id": 9_300_000_000_000 + number,
        "product_id": FIRST_PRODUCT_ID + number,
        "variant_id": FIRST_VARIANT_ID + number,
        "product_exists": True,
        "title": f"Mug {number:03d}",
        "variant_title": f"Size {number}",
        "name": f"Mug {number:03d} - Size {number}",
        "sku": f"MUG-{number}",
        "vendor": "Kiln Co",
        "quantity": 1,
        "current_quantity": 1,
        "fulfillable_quantity": 1,
        "fulfillment_status": None,
        "price": "24.50",
        "price_set": money("24.50"),
        "total_discount": "0.00",
        "discount_allocations": [],
        "tax_lines": [{"title": "VAT", "rate": 0.21, "price": "4.25", "channel_liable": False}],
        "gift_card": False,
        "taxable": True,
        "requires_shipping": True,
        "grams": 400,
        "properties": [],
    } | changes


def order(number: int, **changes: Any) -> dict[str, Any]:
    """Return the ``number``-th order: a paid, open one for one mug, at that minute; ``changes`` applied."""
    order_id = FIRST_ORDER_ID + number
    email = f"customer{number}@example.org"
    return {
        "id": order_id,
        "admin_graphql_api_id": f"gid://shopify/Order/{order_id}",
        "name": f"#{1000 + number}",
        "number": number,
        "order_number": 1000 + number,
        "confirmation_number": f"QX{number:07d}",
        "confirmed": True,
        "test": False,
        "app_id": 580111,
        "source_name": "web",
        "location_id": None,
        "user_id": None,
        "email": email,
        "contact_email": email,
        "phone": None,
        "buyer_accepts_marketing": False,
        "created_at": timestamp(number),
        "processed_at": timestamp(number),
        "updated_at": timestamp(number),
        "closed_at": None,
        "cancelled_at": None,
        "cancel_reason": None,
        "financial_status": "paid",
        "fulfillment_status": None,
        "currency": "EUR",
        "presentment_currency": "EUR",
        "taxes_included": True,
        "tax_exempt": False,
        "duties_included": False,
        "total_line_items_price": "24.50",
        "total_discounts": "0.00",
        "subtotal_price": "24.50",
        "total_tax": "4.25",
        "total_price": "24.50",
        "total_price_set": money("24.50"),
        "total_shipping_price_set": money("0.00"),
        "total_outstanding": "0.00",
        "total_tip_received": "0.00",
        "current_subtotal_price": "24.50",
        "current_total_discounts": "0.00",
        "current_total_tax": "4.25",
        "current_total_price": "24.50",
        "discount_codes": [],
        "discount_applications": [],
        "tax_lines": [{"title": "VAT", "rate": 0.21, "price": "4.25", "channel_liable": False}],
        "shipping_lines": [],
        "customer": {
            "id": FIRST_CUSTOMER_ID + number,
            "email": email,
            "first_name": "Mira",
            "last_name": f"Holm {number}",
            "state": "disabled",
            "currency": "EUR",
            "tags": "",
            "created_at": timestamp(number),
            "updated_at": timestamp(number),
        },
        "billing_address": {
            "city": "Utrecht",
            "zip": "3511 AA",
            "country": "Netherlands",
            "country_code": "NL",
        },
        "shipping_address": {
            "city": "Utrecht",
            "zip": "3511 AA",
            "country": "Netherlands",
            "country_code": "NL",
        },
        "line_items": [line_item(number)],
        "refunds": [],
        "fulfillments": [],
        "payment_gateway_names": ["shopify_payments"],
        "merchant_business_entity_id": "MTIzNA",
        "note": None,
        "tags": "",
        "referring_site": None,
        "landing_site": "/",
        "client_details": {"user_agent": "Mozilla/5.0", "browser_ip": None},
    } | changes
