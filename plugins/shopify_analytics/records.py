"""Shopify's JSON as table rows: one function per table, one line per column, nothing but reading.

A row is a dict of column and value; columns that SQL fills are not here. What the fields mean:
https://shopify.dev/docs/api/admin-rest/2026-10/resources/order (and …/product, …/customer, …/refund).
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from decimal import Decimal

from shopify_analytics.device import device_class
from shopify_analytics.fields import (
    ZERO,
    Record,
    Row,
    ShopUnits,
    boolean,
    children,
    integer,
    joined,
    joined_list,
    local_date,
    moment,
    money,
    nested,
    presentment_money,
    required_integer,
    required_utc,
    shop_money,
    text,
    total,
    utc,
    utc_text,
)
from shopify_analytics.order_parts import (
    adjustments_of,
    discounted_price,
    duties_refunded,
    shipping_lines_kept,
    shipping_refunded,
    shipping_tax_refunded,
    tax_of,
)
from shopify_analytics.sources import order_source


def product(record: Record) -> Row:
    """A row of ``products``."""
    return {
        "id": required_integer(record, "id"),
        "title": text(record, "title"),
        "handle": text(record, "handle"),
        "vendor": text(record, "vendor"),
        "product_type": text(record, "product_type"),
        "status": text(record, "status"),
        "tags": text(record, "tags"),
        "created_at": utc(record, "created_at"),
        "updated_at": required_utc(record, "updated_at"),
        "published_at": utc(record, "published_at"),
        "deleted_at": None,
    }


def product_variant(record: Record, product_id: int) -> Row:
    """A row of ``product_variants``."""
    return {
        "id": required_integer(record, "id"),
        "product_id": product_id,
        "title": text(record, "title"),
        "sku": text(record, "sku"),
        "barcode": text(record, "barcode"),
        "price": money(record, "price"),
        "compare_at_price": money(record, "compare_at_price"),
        "position": integer(record, "position"),
        "inventory_item_id": integer(record, "inventory_item_id"),
        "inventory_quantity": integer(record, "inventory_quantity"),
        "grams": integer(record, "grams"),
        "created_at": utc(record, "created_at"),
        "updated_at": utc(record, "updated_at"),
        "deleted_at": None,
    }


def customer(record: Record) -> Row:
    """A row of ``customers``; the place is that of the default address."""
    return {
        "id": required_integer(record, "id"),
        "email": text(record, "email"),
        "first_name": text(record, "first_name"),
        "last_name": text(record, "last_name"),
        "phone": text(record, "phone"),
        "account_state": text(record, "state"),
        "tags": text(record, "tags"),
        "currency": text(record, "currency"),
        **_place(nested(record, "default_address")),
        "created_at": utc(record, "created_at"),
        "updated_at": required_utc(record, "updated_at"),
        "deleted_at": None,
    }


def order(record: Record, units: ShopUnits) -> Row:
    """A row of ``orders``; an order is dated by ``processed_at`` on the shop's calendar."""
    created_at = moment(record, "created_at")
    processed_at = moment(record, "processed_at") or created_at
    cancelled_at = moment(record, "cancelled_at")
    first_fulfilled_at = _first_fulfilled_at(record)
    processing_seconds = _seconds_between(created_at, first_fulfilled_at)
    source_name = text(record, "source_name")
    referring_site, landing_site = text(record, "referring_site"), text(record, "landing_site")
    channel, traffic_source = order_source(source_name, referring_site, landing_site)
    user_agent = text(nested(record, "client_details"), "user_agent")
    return {
        "id": required_integer(record, "id"),
        "name": text(record, "name"),
        "order_number": integer(record, "order_number"),
        "customer_id": integer(nested(record, "customer"), "id"),
        "email": text(record, "email"),
        "created_at": utc_text(created_at),
        "processed_at": utc_text(processed_at),
        "updated_at": required_utc(record, "updated_at"),
        "closed_at": utc(record, "closed_at"),
        "cancelled_at": utc_text(cancelled_at),
        "cancel_reason": text(record, "cancel_reason"),
        "first_fulfilled_at": utc_text(first_fulfilled_at),
        "processing_seconds": processing_seconds,
        "processing_hours": None if processing_seconds is None else processing_seconds / 3600,
        **local_order_columns(processed_at, first_fulfilled_at, cancelled_at, units.zone),
        "financial_status": text(record, "financial_status"),
        "fulfillment_status": text(record, "fulfillment_status"),
        "currency": text(record, "currency"),
        "presentment_currency": text(record, "presentment_currency"),
        "taxes_included": boolean(record, "taxes_included"),
        "is_test": boolean(record, "test"),
        "source_name": source_name,
        "channel": channel,
        "traffic_source": traffic_source,
        "total_line_items_price": money(record, "total_line_items_price"),
        "total_discounts": money(record, "total_discounts"),
        "subtotal_price": money(record, "subtotal_price"),
        **_shipping_columns(record),
        "total_tax": money(record, "total_tax"),
        "total_tip": money(record, "total_tip_received"),
        "total_duties": _float(shop_money(record, "original_total_duties_set")),
        "total_additional_fees": _float(shop_money(record, "original_total_additional_fees_set")),
        "total_price": money(record, "total_price"),
        "presentment_total_price": _float(presentment_money(record, "total_price_set")),
        "current_subtotal_price": money(record, "current_subtotal_price"),
        "current_total_discounts": money(record, "current_total_discounts"),
        "current_total_tax": money(record, "current_total_tax"),
        "current_total_duties": _float(shop_money(record, "current_total_duties_set")),
        "current_total_additional_fees": _float(shop_money(record, "current_total_additional_fees_set")),
        "current_total_price": money(record, "current_total_price"),
        "total_outstanding": money(record, "total_outstanding"),
        **_place(nested(record, "shipping_address"), "shipping_"),
        **_place(nested(record, "billing_address"), "billing_"),
        "discount_codes": joined(children(record, "discount_codes"), "code"),
        "tags": text(record, "tags"),
        "referring_site": referring_site,
        "landing_site": landing_site,
        "user_agent": user_agent,
        "device": device_class(user_agent),
        "payment_gateways": joined_list(record, "payment_gateway_names"),
        "location_id": integer(record, "location_id"),
        "app_id": integer(record, "app_id"),
        "deleted_at": None,
    }


def refund(record: Record, order_id: int, units: ShopUnits) -> Row:
    """A row of ``refunds``.

    What was refunded is positive. ``discrepancy`` keeps Shopify's sign: below zero more was given back than
    the lines account for, above zero less.
    """
    created_at = moment(record, "created_at")
    processed_at = moment(record, "processed_at")
    return {
        "id": required_integer(record, "id"),
        "order_id": order_id,
        "created_at": utc_text(created_at),
        "processed_at": utc_text(processed_at),
        **local_refund_columns(processed_at or created_at, units.zone),
        "note": text(record, "note"),
        "shipping_refunded": float(shipping_refunded(record)),
        "shipping_tax_refunded": float(shipping_tax_refunded(record)),
        "duties_refunded": float(duties_refunded(record)),
        "discrepancy": float(total(adjustments_of(record, shipping=False), "amount")),
    }


def fulfillment(record: Record, order_id: int, units: ShopUnits) -> Row:
    """A row of ``fulfillments``."""
    created_at = moment(record, "created_at")
    return {
        "id": required_integer(record, "id"),
        "order_id": order_id,
        "created_at": utc_text(created_at),
        "updated_at": utc(record, "updated_at"),
        **local_fulfillment_columns(created_at, units.zone),
        "status": text(record, "status"),
        "shipment_status": text(record, "shipment_status"),
        "tracking_company": text(record, "tracking_company"),
        "location_id": integer(record, "location_id"),
    }


def local_order_columns(
    processed_at: datetime | None,
    first_fulfilled_at: datetime | None,
    cancelled_at: datetime | None,
    zone: tzinfo,
) -> Row:
    """The columns of ``orders`` that hold a date or hour on the shop's clock; weekday 1 is Monday."""
    local = processed_at.astimezone(zone) if processed_at else None
    return {
        "order_date": local.date().isoformat() if local else None,
        "ordered_at_local": local.isoformat()[:19] if local else None,
        "order_hour": local.hour if local else None,
        "order_weekday": local.isoweekday() if local else None,
        "fulfilled_date": local_date(first_fulfilled_at, zone),
        "cancelled_date": local_date(cancelled_at, zone),
    }


def local_refund_columns(refunded_at: datetime | None, zone: tzinfo) -> Row:
    """The column of ``refunds`` that holds a date on the shop's calendar."""
    return {"refund_date": local_date(refunded_at, zone)}


def local_fulfillment_columns(fulfilled_at: datetime | None, zone: tzinfo) -> Row:
    """The column of ``fulfillments`` that holds a date on the shop's calendar."""
    return {"fulfilled_date": local_date(fulfilled_at, zone)}


def _place(address: Record, prefix: str = "") -> Row:
    """The columns that say where, never who."""
    fields = ("city", "province", "province_code", "country", "country_code", "zip")
    return {f"{prefix}{field}": text(address, field) for field in fields}


def _first_fulfilled_at(record: Record) -> datetime | None:
    successes = (entry for entry in children(record, "fulfillments") if entry.get("status") == "success")
    return min((at for entry in successes if (at := moment(entry, "created_at"))), default=None)


def _seconds_between(start: datetime | None, end: datetime | None) -> int | None:
    return int((end - start).total_seconds()) if start and end else None


def _shipping_columns(record: Record) -> Row:
    """Shipping lines that are not removed: price, discount, what remains, and the tax on it."""
    lines = shipping_lines_kept(record)
    price = total(lines, "price")
    charged = sum((discounted_price(line) for line in lines), ZERO)
    return {
        "shipping_price": float(price),
        "shipping_discount": float(price - charged),
        "total_shipping": float(charged),
        "shipping_tax": float(sum((tax_of(line) for line in lines), ZERO)),
    }


def _float(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
