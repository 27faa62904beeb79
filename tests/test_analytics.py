"""The store's headline figures, case by case."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from shopify_analytics.analytics import compute_summary, key_figures, write_summary

from tests.demo_store.records import (
    FIRST_CUSTOMER_ID,
    FIRST_ORDER_ID,
    customer,
    line_item,
    money,
    order,
)
from tests.samples import sample
from tests.syncing import Syncs

SALES = (
    "gross_sales",
    "total_discounts",
    "total_returns",
    "net_sales",
    "total_shipping",
    "total_tax",
    "total_sales",
)
PRICES_WITHOUT_TAX = {"taxes_included": False}
NOTHING_SOLD = {
    "currency": "EUR",
    "timezone": "Europe/Amsterdam",
    "today": "2026-11-22",
    "total_orders": 0,
    "total_customers": 0,
    "ordering_customers": 0,
    "new_customers": 0,
    "gross_sales": 0.0,
    "total_discounts": 0.0,
    "total_returns": 0.0,
    "net_sales": 0.0,
    "total_shipping": 0.0,
    "total_tax": 0.0,
    "total_duties": 0.0,
    "total_additional_fees": 0.0,
    "total_sales": 0.0,
    "average_order_value": None,
    "total_sales_per_order": None,
    "units_sold": 0,
    "units_per_order": None,
    "repeat_rate_percent": None,
    "returning_customer_rate_percent": None,
    "refund_rate_percent": None,
    "cancellation_rate_percent": None,
    "average_processing_days": None,
    "total_outstanding": 0.0,
    "total_gift_cards": 0.0,
    "total_tips": 0.0,
    "first_order_date": None,
    "last_order_date": None,
}


def headline(db: sqlite3.Connection) -> dict[str, Any]:
    """The key figures without the moment of their making."""
    found = compute_summary(db, 10)
    datetime.strptime(found.pop("generated_at"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return key_figures(found)


def figures(db: sqlite3.Connection, *names: str) -> tuple[Any, ...]:
    found = headline(db)
    return tuple(found[name] for name in names)


def line(
    number: int, price: str, tax: str = "0.00", discount: str = "0.00", **changes: Any
) -> dict[str, Any]:
    allocations, taxes = [{"amount": discount}], [{"price": tax}]
    return line_item(number, price=price, discount_allocations=allocations, tax_lines=taxes, **changes)


def given_back(number: int, line: int, subtotal: float, tax: float = 0.0, **changes: Any) -> dict[str, Any]:
    entry = {"id": number, "line_item_id": 9_300_000_000_000 + line, "quantity": 1}
    lines = [entry | {"subtotal": subtotal, "total_tax": tax}]
    return {"id": number, "processed_at": "2026-11-21T12:00:00Z", "refund_line_items": lines} | changes


def test_the_documented_example_comes_out_to_the_cent(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[sample("order")], customers=[sample("customer")], products=[sample("product")])
    assert headline(db) == NOTHING_SOLD | {
        "total_orders": 1,
        "total_customers": 1,
        "ordering_customers": 1,
        "new_customers": 1,
        "gross_sales": 54.0,
        "total_discounts": 5.4,
        "total_returns": 22.05,
        "net_sales": 26.55,
        "total_shipping": 7.0,
        "total_tax": 6.71,
        "total_sales": 40.26,
        "average_order_value": 48.6,
        "total_sales_per_order": 40.26,
        "units_sold": 3,
        "units_per_order": 3.0,
        "repeat_rate_percent": 0.0,
        "returning_customer_rate_percent": 0.0,
        "refund_rate_percent": 100.0,
        "cancellation_rate_percent": 0.0,
        "average_processing_days": 0.35,
        "first_order_date": "2026-11-20",
        "last_order_date": "2026-11-20",
    }


def test_a_store_without_orders_has_zeros_and_nulls(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load()
    assert headline(db) == NOTHING_SOLD


def test_included_tax_is_no_part_of_sales(db: sqlite3.Connection, syncs: Syncs) -> None:
    shipping = [{"id": 1, "price": "12.10", "discounted_price": "12.10", "tax_lines": [{"price": "2.10"}]}]
    lines = [line(1, "12.10", "3.78", "2.42", quantity=2), line(2, "5.00", "0.00", "5.00")]
    carriage = {"id": 1, "subtotal_amount_set": money("6.05"), "tax_amount_set": money("1.05")}
    back = given_back(1, 1, 10.89, 1.89, refund_shipping_lines=[carriage])
    syncs.load(orders=[order(1, line_items=lines, shipping_lines=shipping, refunds=[back])])
    # 20.00 sold for, 2.00 taken off, 9.00 of goods and 5.00 of shipping given back. What was given away has
    # no price that could be told from its tax.
    assert figures(db, *SALES) == (20.0, 2.0, 9.0, 9.0, 5.0, 2.94, 16.94)


def test_added_tax_leaves_prices_alone(db: sqlite3.Connection, syncs: Syncs) -> None:
    shipping = [{"id": 1, "price": "10.00", "discounted_price": "8.00", "tax_lines": [{"price": "1.68"}]}]
    lines = [line(1, "10.00", "3.78", "2.00", quantity=2)]
    syncs.load(orders=[order(1, line_items=lines, shipping_lines=shipping, taxes_included=False)])
    assert figures(db, *SALES) == (20.0, 2.0, 0.0, 18.0, 8.0, 5.46, 31.46)


def test_a_removed_line_counts_as_sold_and_returned(db: sqlite3.Connection, syncs: Syncs) -> None:
    lines = [line(1, "10.00", current_quantity=0, quantity=3)]
    refunds = [given_back(1, 1, 30.0)]
    syncs.load(orders=[order(1, line_items=lines, refunds=refunds)])
    assert figures(db, "gross_sales", "total_returns", "net_sales") == (30.0, 30.0, 0.0)


@pytest.mark.parametrize(
    ("amount", "returns"), [("-3.84", 13.84), ("4.00", 6.0)], ids=["more back", "less back"]
)
def test_a_discrepancy_is_part_of_returns(
    db: sqlite3.Connection, syncs: Syncs, amount: str, returns: float
) -> None:
    adjustments = [{"id": 1, "kind": "refund_discrepancy", "amount": amount}]
    refunds = [given_back(1, 1, 10.0, order_adjustments=adjustments)]
    syncs.load(orders=[order(1, line_items=[line(1, "25.00")], refunds=refunds)])
    assert figures(db, "total_returns") == (returns,)


def test_gift_cards_and_tips_are_no_sales_but_their_orders_count(
    db: sqlite3.Connection, syncs: Syncs
) -> None:
    lines = [
        line(1, "50.00", gift_card=True, discount="1.00"),
        line(2, "3.00", tip_payment_method="Visa", tip_payment_gateway="shopify_payments"),
    ]
    refunds = [given_back(1, 1, 20.0), given_back(2, 2, 1.0)]
    syncs.load(orders=[order(1, line_items=lines, refunds=refunds, total_tip_received="3.00")])
    assert headline(db) == NOTHING_SOLD | {
        "total_orders": 1,
        "ordering_customers": 1,
        "new_customers": 1,
        "average_order_value": 0.0,
        "total_sales_per_order": 0.0,
        "units_per_order": 0.0,
        "repeat_rate_percent": 0.0,
        "returning_customer_rate_percent": 0.0,
        "refund_rate_percent": 100.0,
        "cancellation_rate_percent": 0.0,
        "total_gift_cards": 29.0,  # 50.00 less 1.00 and 20.00
        "total_tips": 2.0,
        "first_order_date": "2026-11-20",
        "last_order_date": "2026-11-20",
    }


def test_a_refund_of_a_line_that_is_not_known_is_a_return(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[order(1, **PRICES_WITHOUT_TAX, refunds=[given_back(1, 404, 2.5, 0.5)])])
    assert figures(db, "total_returns") == (2.5,)


def test_test_orders_and_deleted_orders_count_nowhere(db: sqlite3.Connection, syncs: Syncs) -> None:
    everything: dict[str, Any] = {
        "refunds": [given_back(1, 1, 2.0)],
        "total_outstanding": "9.00",
        "original_total_duties_set": money("4.00"),
        "fulfillments": [{"id": 1, "status": "success", "created_at": "2026-11-21T12:00:00Z"}],
        "shipping_lines": [{"id": 1, "price": "7.00"}],
    }
    syncs.load(orders=[order(1, test=True, **everything), order(2, **everything)])
    syncs.load(deleted={"orders": [FIRST_ORDER_ID + 2]})
    assert headline(db) == NOTHING_SOLD


@pytest.mark.parametrize(
    "state",
    [
        {"cancelled_at": "2026-11-20T12:00:00Z"},
        {"financial_status": "voided"},
        {"financial_status": "pending"},
    ],
)
def test_cancelled_and_unpaid_orders_count(
    db: sqlite3.Connection, syncs: Syncs, state: dict[str, Any]
) -> None:
    syncs.load(orders=[order(1, **PRICES_WITHOUT_TAX, **state)])
    assert figures(db, "total_orders", "gross_sales", "ordering_customers") == (1, 24.5, 1)


def test_customers_count_while_the_store_has_them(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(customers=[customer(1), customer(2)])
    syncs.load(deleted={"customers": [FIRST_CUSTOMER_ID + 2]})
    assert figures(db, "total_customers", "ordering_customers") == (1, 0)


def test_guests_are_told_apart_by_e_mail(db: sqlite3.Connection, syncs: Syncs) -> None:
    mira = "customer1@example.org"
    syncs.load(
        customers=[
            customer(1),
            customer(2, email=mira),
            customer(8, email="customer9@example.org"),
            customer(9),
        ]
    )
    syncs.load(deleted={"customers": [FIRST_CUSTOMER_ID + 8]})
    addresses = [f" {mira.upper()}", "guest@example.org", "GUEST@example.org ", "other@example.org"]
    nobody = ["", "  ", None]
    guests = [
        order(10 + place, customer=None, email=address)
        for place, address in enumerate([*addresses, "customer9@example.org", *nobody])
    ]
    syncs.load(orders=[order(1), order(9), *guests])
    # Customers 1 and 9 and one guest come twice, the other guest once.
    assert figures(db, "total_orders", "ordering_customers", "repeat_rate_percent") == (10, 4, 75.0)


def test_duties_and_fees_are_those_that_remain(db: sqlite3.Connection, syncs: Syncs) -> None:
    sets: dict[str, Any] = {
        "original_total_duties_set": money("12.00"),
        "current_total_duties_set": money("2.00"),
        "original_total_additional_fees_set": money("5.00"),
    }
    syncs.load(orders=[order(1, **PRICES_WITHOUT_TAX, **sets)])
    found = figures(db, "total_duties", "total_additional_fees", "total_tax", "total_sales")
    assert found == (2.0, 5.0, 4.25, 24.5 + 2 + 5 + 4.25)


def test_processing_days_are_those_of_fulfilled_orders_not_cancelled(
    db: sqlite3.Connection, syncs: Syncs
) -> None:
    def fulfilled(number: int, moment: str, **changes: Any) -> dict[str, Any]:
        fulfillments = [{"id": number, "status": "success", "created_at": moment}]
        return order(number, created_at="2026-11-20T00:00:00Z", fulfillments=fulfillments, **changes)

    last = fulfilled(3, "2026-12-20T00:00:00Z", cancelled_at="2026-12-21T00:00:00Z")
    syncs.load(
        orders=[fulfilled(1, "2026-11-21T00:00:00Z"), fulfilled(2, "2026-11-22T12:00:00Z"), last, order(4)]
    )
    assert figures(db, "average_processing_days") == (1.75,)


def test_cents_add_up_where_floats_would_not(db: sqlite3.Connection, syncs: Syncs) -> None:
    cents = [
        order(number, line_items=[line(number, "0.10")], total_outstanding="0.10")
        for number in range(1, 1001)
    ]
    syncs.load(orders=cents)
    assert figures(db, "gross_sales", "total_outstanding", "average_order_value") == (100.0, 100.0, 0.1)


def test_the_file_holds_numbers_and_texts_as_they_are(
    db: sqlite3.Connection, syncs: Syncs, tmp_path: Path
) -> None:
    syncs.load(orders=[order(1, line_items=[line(1, "9.90", title='=SUM("茶") \U0001fad6')])])
    path = tmp_path / "analytics_summary.json"
    made = compute_summary(db, 10)
    write_summary(made, path, tmp_path / "staging")
    text = path.read_text(encoding="utf-8")
    assert json.loads(text) == made
    assert text.startswith('{\n  "generated_at": "20')
    assert text.endswith("}\n")
    assert '"gross_sales": 9.9,' in text
    assert '"total_orders": 1,' in text
    assert "茶" in text
