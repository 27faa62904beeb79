"""What an order consists of, as rows of their own: shipping, fulfilments, discounts, taxes, adjustments."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from shopify_analytics.entities import ORDERS
from shopify_analytics.fields import Row, ShopUnits

from tests.demo_store import records
from tests.samples import sample

EUROS_IN_AMSTERDAM = ShopUnits(ZoneInfo("Europe/Amsterdam"), minor_digits=2)
SAMPLE_ID = 7100000000001


def read(**changes: Any) -> dict[str, list[Row]]:
    return ORDERS.rows(records.order(1, **changes), EUROS_IN_AMSTERDAM)


def test_the_sample_orders_parts_become_their_rows() -> None:
    rows = ORDERS.rows(sample("order"), EUROS_IN_AMSTERDAM)
    assert rows["shipping_lines"] == [
        {
            "id": 51,
            "order_id": SAMPLE_ID,
            "position": 1,
            "title": "Standard",
            "code": "std",
            "source": None,
            "price": 7.0,
            "discounted_price": 7.0,
            "total_tax": 1.4,
            "is_removed": 0,
        }
    ]
    assert rows["fulfillments"] == [
        {
            "id": 9700000000001,
            "order_id": SAMPLE_ID,
            "created_at": "2026-11-21T07:00:00Z",
            "updated_at": None,
            "fulfilled_date": "2026-11-21",
            "status": "success",
            "shipment_status": None,
            "tracking_company": None,
            "location_id": None,
        }
    ]
    assert rows["order_discount_codes"] == [
        {"order_id": SAMPLE_ID, "position": 1, "code": "WELCOME10", "type": "percentage", "amount": 5.4}
    ]
    code = {"discount_type": "discount_code", "discount": "WELCOME10"}
    line = {"order_id": SAMPLE_ID, "line_kind": "line_item", "position": 1}
    assert rows["discount_allocations"] == [
        {**line, "line_id": 9300000000001, "amount": 4.9, **code},
        {**line, "line_id": 9300000000002, "amount": 0.5, **code},
    ]
    tax = {"order_id": SAMPLE_ID, "position": 1, "title": "VAT", "rate": 0.2}
    assert rows["tax_lines"] == [
        {**tax, "line_kind": "line_item", "line_id": 9300000000001, "price": 8.82},
        {**tax, "line_kind": "shipping_line", "line_id": 51, "price": 1.4},
        {**tax, "line_kind": "order", "line_id": SAMPLE_ID, "price": 11.12},
    ]
    assert rows["order_adjustments"] == []


def test_a_removed_shipping_line_stays_and_is_marked() -> None:
    lines = [
        {"id": 1, "price": "7.00", "discount_allocations": [{"amount": "2.10"}], "is_removed": True},
        {"id": 2, "price": "9.00", "discounted_price": "8.00", "source": "shopify"},
    ]
    names = ("id", "position", "price", "discounted_price", "source", "is_removed")
    found = [tuple(row[name] for name in names) for row in read(shipping_lines=lines)["shipping_lines"]]
    assert found == [(1, 1, 7.0, 4.9, None, 1), (2, 2, 9.0, 8.0, "shopify", 0)]


def test_every_adjustment_of_a_refund_is_kept_with_shopifys_sign() -> None:
    adjustments = [
        {
            "id": 1,
            "kind": "shipping_refund",
            "reason": "Shipping refund",
            "amount": "-7.00",
            "tax_amount": "-1.40",
        },
        {"id": 2, "kind": "refund_discrepancy", "amount": "10.00"},
    ]
    refunds = [{"id": 5, "order_adjustments": adjustments}]
    order_id = records.FIRST_ORDER_ID + 1
    assert read(refunds=refunds)["order_adjustments"] == [
        {
            "id": 1,
            "refund_id": 5,
            "order_id": order_id,
            "kind": "shipping_refund",
            "reason": "Shipping refund",
            "amount": -7.0,
            "tax_amount": -1.4,
        },
        {
            "id": 2,
            "refund_id": 5,
            "order_id": order_id,
            "kind": "refund_discrepancy",
            "reason": None,
            "amount": 10.0,
            "tax_amount": 0.0,
        },
    ]


def test_a_fulfilment_has_the_shops_date() -> None:
    sent = {"id": 1, "status": "success", "created_at": "2026-11-20T23:30:00Z", "tracking_company": "PostNL"}
    (row,) = read(fulfillments=[sent])["fulfillments"]
    assert (row["fulfilled_date"], row["tracking_company"]) == ("2026-11-21", "PostNL")


def test_an_allocation_names_its_discount_if_the_order_has_it() -> None:
    applications = [
        {"type": "manual", "title": "Sorry", "description": "arrived late"},
        {"type": "discount_code", "code": "SPRING"},
        {"type": "automatic", "title": "Three for two"},
    ]
    indexes = [2, 0, 1, 3, -1, None]
    line = records.line_item(
        1, discount_allocations=[{"amount": "1.00", "discount_application_index": index} for index in indexes]
    )
    shipping = {
        "id": 9,
        "price": "7.00",
        "discount_allocations": [{"amount": "7.00", "discount_application_index": 1}],
    }
    rows = read(line_items=[line], shipping_lines=[shipping], discount_applications=applications)
    names = ("line_kind", "position", "discount_type", "discount")
    assert [tuple(row[name] for name in names) for row in rows["discount_allocations"]] == [
        ("line_item", 1, "automatic", "Three for two"),
        ("line_item", 2, "manual", "Sorry"),
        ("line_item", 3, "discount_code", "SPRING"),
        ("line_item", 4, None, None),
        ("line_item", 5, None, None),
        ("line_item", 6, None, None),
        ("shipping_line", 1, "discount_code", "SPRING"),
    ]


def test_an_order_without_anything_of_a_kind_has_no_rows_of_it() -> None:
    nothing = dict.fromkeys(
        ("line_items", "tax_lines", "refunds", "fulfillments", "discount_codes", "total_tax")
    )
    rows = read(**nothing)
    assert {table: len(found) for table, found in rows.items() if found} == {"orders": 1, "sales_ledger": 1}
