"""Whole records of Shopify as whole rows."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from shopify_analytics.entities import CUSTOMERS, ORDERS, PRODUCTS
from shopify_analytics.fields import Row, ShopUnits

from tests.demo_store import records
from tests.samples import sample

EUROS_IN_AMSTERDAM = ShopUnits(ZoneInfo("Europe/Amsterdam"), minor_digits=2)
UTRECHT_AND_NOTHING_ELSE = {"city": "Utrecht"}


def order_row(**changes: Any) -> Row:
    return ORDERS.rows(records.order(1, **changes), EUROS_IN_AMSTERDAM)["orders"][0]


def picked(row: Row, *columns: str) -> dict[str, Any]:
    return {column: row[column] for column in columns}


def test_the_sample_order_becomes_its_row() -> None:
    assert ORDERS.rows(sample("order"), EUROS_IN_AMSTERDAM)["orders"] == [
        {
            "id": 7100000000001,
            "name": "#1042",
            "order_number": 1042,
            "customer_id": 8200000000001,
            "email": "mira.holm@example.org",
            "created_at": "2026-11-20T22:41:07Z",
            "processed_at": "2026-11-20T22:41:05Z",
            "updated_at": "2026-11-21T09:02:44Z",
            "closed_at": None,
            "cancelled_at": None,
            "cancel_reason": None,
            "first_fulfilled_at": "2026-11-21T07:00:00Z",
            "processing_seconds": 8 * 3600 + 18 * 60 + 53,
            "processing_hours": (8 * 3600 + 18 * 60 + 53) / 3600,
            "order_date": "2026-11-20",
            "ordered_at_local": "2026-11-20T23:41:05",
            "order_hour": 23,
            "order_weekday": 5,
            "fulfilled_date": "2026-11-21",
            "cancelled_date": None,
            "financial_status": "partially_refunded",
            "fulfillment_status": "fulfilled",
            "currency": "EUR",
            "presentment_currency": "GBP",
            "taxes_included": 0,
            "is_test": 0,
            "source_name": "web",
            "channel": "Online Store",
            "traffic_source": "Direct",
            "total_line_items_price": 54.0,
            "total_discounts": 5.4,
            "subtotal_price": 48.6,
            "shipping_price": 7.0,
            "shipping_discount": 0.0,
            "total_shipping": 7.0,
            "shipping_tax": 1.4,
            "total_tax": 11.12,
            "total_tip": 0.0,
            "total_duties": None,
            "total_additional_fees": None,
            "total_price": 66.72,
            "presentment_total_price": 56.71,
            "current_subtotal_price": 26.55,
            "current_total_discounts": 2.95,
            "current_total_tax": 6.71,
            "current_total_duties": None,
            "current_total_additional_fees": None,
            "current_total_price": 40.26,
            "total_outstanding": 0.0,
            "shipping_city": "Leeds",
            "shipping_province": None,
            "shipping_province_code": None,
            "shipping_country": "United Kingdom",
            "shipping_country_code": "GB",
            "shipping_zip": "LS1 1AA",
            "billing_city": "Leeds",
            "billing_province": None,
            "billing_province_code": None,
            "billing_country": "United Kingdom",
            "billing_country_code": "GB",
            "billing_zip": "LS1 1AA",
            "discount_codes": "WELCOME10",
            "tags": "vip, first",
            "referring_site": None,
            "landing_site": None,
            "user_agent": None,
            "device": None,
            "payment_gateways": "shopify_payments",
            "location_id": None,
            "app_id": 580111,
            "deleted_at": None,
        }
    ]


def test_the_sample_orders_lines_and_refund_become_their_rows() -> None:
    rows = ORDERS.rows(sample("order"), EUROS_IN_AMSTERDAM)
    assert rows["line_items"] == [
        {
            "id": 9300000000001,
            "order_id": 7100000000001,
            "product_id": 9100000000001,
            "variant_id": 9200000000001,
            "position": 1,
            "title": "Stone Mug",
            "variant_title": "Grey",
            "sku": "MUG-GR",
            "vendor": "Kiln Co",
            "quantity": 2,
            "current_quantity": 1,
            "price": 24.5,
            "discount_allocated": 4.9,
            "total_tax": 8.82,
            "gift_card": 0,
            "is_tip": 0,
            "fulfillment_status": "fulfilled",
        },
        {
            "id": 9300000000002,
            "order_id": 7100000000001,
            "product_id": None,
            "variant_id": None,
            "position": 2,
            "title": "Gift wrap",
            "variant_title": None,
            "sku": None,
            "vendor": None,
            "quantity": 1,
            "current_quantity": 1,
            "price": 5.0,
            "discount_allocated": 0.5,
            "total_tax": 0.0,
            "gift_card": 0,
            "is_tip": 0,
            "fulfillment_status": None,
        },
    ]
    assert rows["refunds"] == [
        {
            "id": 9400000000001,
            "order_id": 7100000000001,
            "created_at": "2026-11-21T09:02:40Z",
            "processed_at": "2026-11-21T09:02:40Z",
            "refund_date": "2026-11-21",
            "note": "chipped",
            "shipping_refunded": 0.0,
            "shipping_tax_refunded": 0.0,
            "duties_refunded": 0.0,
            "discrepancy": 0.0,
        }
    ]
    assert rows["refund_line_items"] == [
        {
            "id": 9500000000001,
            "refund_id": 9400000000001,
            "order_id": 7100000000001,
            "line_item_id": 9300000000001,
            "quantity": 1,
            "subtotal": 22.05,
            "total_tax": 4.41,
            "restock_type": "return",
        }
    ]


def test_the_sample_customer_becomes_its_row() -> None:
    assert CUSTOMERS.rows(sample("customer"), EUROS_IN_AMSTERDAM) == {
        "customers": [
            {
                "id": 8200000000001,
                "email": "mira.holm@example.org",
                "first_name": "Mira",
                "last_name": "Holm",
                "phone": None,
                "account_state": "disabled",
                "tags": "vip",
                "currency": "GBP",
                "city": "Leeds",
                "province": None,
                "province_code": None,
                "country": None,
                "country_code": "GB",
                "zip": "LS1 1AA",
                "created_at": "2025-03-02T08:00:00Z",
                "updated_at": "2026-11-20T22:41:08Z",
                "deleted_at": None,
            }
        ]
    }


def test_the_sample_product_becomes_its_rows() -> None:
    assert PRODUCTS.rows(sample("product"), EUROS_IN_AMSTERDAM) == {
        "products": [
            {
                "id": 9100000000001,
                "title": "Stone Mug",
                "handle": "stone-mug",
                "vendor": "Kiln Co",
                "product_type": "Mugs",
                "status": "active",
                "tags": "ceramic, kitchen",
                "created_at": "2025-01-09T11:00:00Z",
                "updated_at": "2026-11-21T09:02:41Z",
                "published_at": "2025-01-10T07:00:00Z",
                "deleted_at": None,
            }
        ],
        "product_variants": [
            {
                "id": 9200000000001,
                "product_id": 9100000000001,
                "title": "Grey",
                "sku": "MUG-GR",
                "barcode": "0000000000017",
                "price": 24.5,
                "compare_at_price": None,
                "position": 1,
                "inventory_item_id": 9800000000001,
                "inventory_quantity": 18,
                "grams": 400,
                "created_at": "2025-01-09T11:00:00Z",
                "updated_at": "2026-11-21T09:02:41Z",
                "deleted_at": None,
            }
        ],
    }


def test_everything_about_a_person_may_be_missing() -> None:
    nobody = dict.fromkeys(("email", "first_name", "last_name", "phone", "default_address", "currency"))
    (row,) = CUSTOMERS.rows(records.customer(1, **nobody), EUROS_IN_AMSTERDAM)["customers"]
    unknown = {column for column, value in row.items() if value is None}
    place = {"city", "province", "province_code", "country", "country_code", "zip"}
    assert unknown == {"email", "first_name", "last_name", "phone", "currency", "deleted_at"} | place

    guest = order_row(customer=None, email=None, shipping_address=None, billing_address=None)
    assert picked(guest, "customer_id", "email") == {"customer_id": None, "email": None}
    assert {guest[f"{kind}_{field}"] for kind in ("shipping", "billing") for field in place} == {None}


def test_an_address_that_is_not_sent_is_no_address() -> None:
    sent = records.order(1, billing_address=UTRECHT_AND_NOTHING_ELSE)
    del sent["shipping_address"], sent["client_details"], sent["customer"]
    (row,) = ORDERS.rows(sent, EUROS_IN_AMSTERDAM)["orders"]
    assert (row["shipping_city"], row["billing_city"], row["billing_country_code"]) == (None, "Utrecht", None)
    assert (row["user_agent"], row["customer_id"]) == (None, None)


@pytest.mark.parametrize("entity", [PRODUCTS, CUSTOMERS, ORDERS], ids=lambda entity: entity.name)
def test_fields_that_nobody_knows_yet_are_ignored(entity: Any) -> None:
    known = sample(entity.name.removesuffix("s"))
    unknown = known | {"new_in_2027": {"deeply": [{"nested": 1}]}, "another": None}
    assert entity.rows(unknown, EUROS_IN_AMSTERDAM) == entity.rows(known, EUROS_IN_AMSTERDAM)
