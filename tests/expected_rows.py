"""The rows a database must hold, worked out from a store's raw JSON and nothing of the product."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from demo_store.state import Store

from tests.expected_buyers import buyer_ids, customer_id_of, order_numbers, place_of
from tests.expected_visits import UNKNOWN, channel_of, device_of
from tests.raw_records import (
    ZERO,
    Json,
    discrepancy,
    first_fulfilled,
    local,
    processing_hours,
    processing_seconds,
    read_records,
    shipping_given_back,
    shipping_lines,
    shipping_tax_given_back,
    shop_money,
    total,
    utc,
)

Rows = dict[str, dict[int, Json]]
PLACE = ("city", "province", "province_code", "country", "country_code", "zip")


def expected_rows(store: Store) -> Rows:
    """The contract's columns of every live row, by table and id.

    Left out are the columns that nothing in the store tells: what a line sold whose product is gone, the
    place of an order whose customer is, and how rules classify a visit.
    """
    products, orders, zone = read_records(store, "products"), read_records(store, "orders"), store.timezone
    customers = {customer["id"]: customer for customer in read_records(store, "customers")}
    refunds = [(order, refund) for order in orders for refund in order["refunds"]]
    buyers = buyer_ids(orders, customers.values())
    numbers = order_numbers(orders, buyers)
    return {
        "products": _by_id(_product(product) for product in products),
        "product_variants": _by_id(
            _variant(variant, product) for product in products for variant in product["variants"]
        ),
        "customers": _by_id(_customer(customer) for customer in customers.values()),
        "orders": _by_id(
            {
                **_order(order, zone),
                **_visit(order),
                **_place(order, customers),
                "buyer_id": buyers[order["id"]],
                "order_seq": numbers[order["id"]],
            }
            for order in orders
        ),
        "line_items": _by_id(
            _line(line, order, position)
            for order in orders
            for position, line in enumerate(order["line_items"], 1)
        ),
        "refunds": _by_id(_refund(refund, order, zone) for order, refund in refunds),
        "refund_line_items": _by_id(
            _refund_line(line, refund, order)
            for order, refund in refunds
            for line in refund["refund_line_items"]
        ),
    }


def _by_id(rows: Iterable[Json]) -> dict[int, Json]:
    return {row["id"]: row for row in rows}


def _same(record: Json, *fields: str) -> Json:
    return {field: record.get(field) for field in fields}


def _numbers(record: Json, *fields: str) -> Json:
    return {field: None if record.get(field) is None else float(record[field]) for field in fields}


def _times(record: Json, *fields: str) -> Json:
    return {field: utc(record.get(field)) for field in fields}


def _product(product: Json) -> Json:
    return {
        **_same(product, "id", "title", "handle", "vendor", "product_type", "status", "tags"),
        **_times(product, "created_at", "updated_at", "published_at"),
        "deleted_at": None,
    }


def _variant(variant: Json, product: Json) -> Json:
    return {
        **_same(variant, "id", "title", "sku", "barcode", "position"),
        **_same(variant, "inventory_item_id", "inventory_quantity", "grams"),
        **_numbers(variant, "price", "compare_at_price"),
        **_times(variant, "created_at", "updated_at"),
        "product_id": product["id"],
        "deleted_at": None,
    }


def _customer(customer: Json) -> Json:
    return {
        **_same(customer, "id", "email", "first_name", "last_name", "phone", "tags", "currency"),
        **_same(customer["default_address"] or {}, *PLACE),
        **_times(customer, "created_at", "updated_at"),
        "account_state": customer["state"],
        "deleted_at": None,
    }


def _order(order: Json, zone: ZoneInfo) -> Json:
    duties = order.get("original_total_duties_set")
    price, charged = (total(shipping_lines(order), field) for field in ("price", "discounted_price"))
    return {
        **_same(order, "id", "name", "order_number", "email", "cancel_reason", "tags", "source_name"),
        **_same(order, "financial_status", "fulfillment_status", "currency", "presentment_currency"),
        **_same(order, "referring_site", "landing_site", "location_id", "app_id"),
        **_times(order, "created_at", "processed_at", "updated_at", "closed_at", "cancelled_at"),
        **_numbers(order, "total_line_items_price", "total_discounts", "subtotal_price", "total_tax"),
        **_numbers(order, "total_price", "current_subtotal_price", "current_total_discounts"),
        **_numbers(order, "current_total_tax", "current_total_price", "total_outstanding"),
        **_address(order, "shipping"),
        **_address(order, "billing"),
        "customer_id": order["customer"]["id"] if order["customer"] else None,
        "order_date": local(order["processed_at"], zone, "%Y-%m-%d"),
        "ordered_at_local": local(order["processed_at"], zone, "%Y-%m-%dT%H:%M:%S"),
        "order_hour": int(local(order["processed_at"], zone, "%H") or 0),
        "order_weekday": int(local(order["processed_at"], zone, "%u") or 0),
        "taxes_included": int(order["taxes_included"]),
        "is_test": int(order["test"]),
        "shipping_price": float(price),
        "shipping_discount": float(price - charged),
        "total_shipping": float(charged),
        "total_tip": float(order["total_tip_received"]),
        "total_duties": float(shop_money(duties)) if duties else None,
        "presentment_total_price": _presented(order),
        "first_fulfilled_at": utc(first_fulfilled(order)),
        "fulfilled_date": local(first_fulfilled(order), zone, "%Y-%m-%d"),
        "cancelled_date": local(order["cancelled_at"], zone, "%Y-%m-%d"),
        "processing_hours": processing_hours(order),
        "processing_seconds": processing_seconds(order),
        "discount_codes": ", ".join(code["code"] for code in order["discount_codes"]) or None,
        "user_agent": (order.get("client_details") or {}).get("user_agent"),
        "payment_gateways": ", ".join(order["payment_gateway_names"]) or None,
        "deleted_at": None,
    }


def _presented(order: Json) -> float | None:
    bag = order.get("total_price_set")
    return float(bag["presentment_money"]["amount"]) if bag else None


def _visit(order: Json) -> Json:
    """Channel and device, where it is plain what they are."""
    known = {"channel": channel_of(order), "device": device_of(order)}
    return {column: value for column, value in known.items() if value != UNKNOWN}


def _place(order: Json, customers: dict[int, Json]) -> Json:
    columns = place_of(order, customers)
    is_known = columns["geo_source"] != "none" or customer_id_of(order) in (None, *customers)
    return columns if is_known else {}


def _address(order: Json, kind: str) -> Json:
    address = order.get(f"{kind}_address") or {}
    return {f"{kind}_{field}": address.get(field) for field in PLACE}


def _line(line: Json, order: Json, position: int) -> Json:
    return {
        **_same(line, "id", "product_id", "variant_id", "title", "variant_title", "sku", "vendor"),
        **_same(line, "quantity", "current_quantity", "fulfillment_status"),
        "order_id": order["id"],
        "position": position,
        "price": float(line["price"]),
        "discount_allocated": float(total(line["discount_allocations"], "amount")),
        "total_tax": float(total(line["tax_lines"], "price")),
        "gift_card": int(line["gift_card"]),
        **_keys(line),
    }


def _keys(line: Json) -> Json:
    return {
        f"{what}_key": line[f"{what}_id"] for what in ("product", "variant") if line[f"{what}_id"] is not None
    }


def _refund(refund: Json, order: Json, zone: ZoneInfo) -> Json:
    return {
        **_same(refund, "id", "note"),
        **_times(refund, "created_at", "processed_at"),
        "order_id": order["id"],
        "refund_date": local(refund["processed_at"] or refund["created_at"], zone, "%Y-%m-%d"),
        "shipping_refunded": float(shipping_given_back(refund)),
        "discrepancy": float(discrepancy(refund)),
        "shipping_tax_refunded": float(shipping_tax_given_back(refund)),
        "duties_refunded": float(
            sum((shop_money(duty["amount_set"]) for duty in refund.get("duties") or ()), ZERO)
        ),
    }


def _refund_line(line: Json, refund: Json, order: Json) -> Json:
    return {
        **_same(line, "id", "line_item_id", "quantity", "restock_type"),
        **_numbers(line, "subtotal", "total_tax"),
        "refund_id": refund["id"],
        "order_id": order["id"],
    }
