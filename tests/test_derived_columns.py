"""What SQL fills while loading: who bought, which of their orders it is, where it belongs, what it sold."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from tests.demo_store.records import (
    FIRST_CUSTOMER_ID,
    FIRST_ORDER_ID,
    FIRST_PRODUCT_ID,
    FIRST_VARIANT_ID,
    customer,
    line_item,
    order,
    product,
    timestamp,
)
from tests.syncing import Syncs, select

ANN, BO = FIRST_CUSTOMER_ID + 1, FIRST_CUSTOMER_ID + 2
GENT = {
    "city": " Gent ",
    "country": "Belgium",
    "country_code": "BE",
    "province_code": "VOV",
    "province": "East",
}
NOWHERE: dict[str, Any] = {"shipping_address": None, "billing_address": None}


def guest(number: int, email: str | None, **changes: Any) -> dict[str, Any]:
    return order(number, customer=None, email=email, **changes)


def buyers(db: sqlite3.Connection) -> list[int | None]:
    return [row[0] for row in select(db, "SELECT buyer_id FROM orders ORDER BY id")]


def test_a_buyer_is_the_customer_else_who_has_the_email_else_the_first_guest_with_it(
    db: sqlite3.Connection, syncs: Syncs
) -> None:
    syncs.load(
        customers=[customer(1, email="ann@example.org"), customer(2, email="ANN@example.org ")],
        orders=[
            order(1, customer={"id": BO}),
            guest(2, " Ann@Example.org"),
            guest(3, "new@example.org"),
            guest(4, "NEW@example.org"),
            guest(5, None),
            guest(6, "  "),
        ],
    )
    first_guest = -(FIRST_ORDER_ID + 3)
    assert buyers(db) == [BO, ANN, first_guest, first_guest, None, None]
    assert select(db, "SELECT id, customer_id, orders FROM buyers ORDER BY id") == [
        (first_guest, None, 2),
        (ANN, ANN, 1),
        (BO, BO, 1),
    ]
    assert buyers(db) == [
        row[0]
        for row in select(db, "SELECT buyer_id FROM sales_ledger WHERE kind = 'order' ORDER BY order_id")
    ]


def test_a_guest_comes_to_the_customer_who_registers_and_goes_when_he_does(
    db: sqlite3.Connection, syncs: Syncs
) -> None:
    syncs.load(orders=[guest(1, "ann@example.org"), guest(2, "ann@example.org")])
    alone = -(FIRST_ORDER_ID + 1)
    assert buyers(db) == [alone, alone]
    syncs.load(customers=[customer(1, email="Ann@example.org")])
    assert buyers(db) == [ANN, ANN]
    assert select(db, "SELECT id, orders FROM buyers") == [(ANN, 2)]
    syncs.load(deleted={"customers": [ANN]})
    assert buyers(db) == [alone, alone]
    syncs.load(deleted={"orders": [FIRST_ORDER_ID + 1]})
    assert buyers(db)[1] == -(FIRST_ORDER_ID + 2)


def test_orders_are_numbered_by_time_and_neither_test_nor_deleted_ones_count(
    db: sqlite3.Connection, syncs: Syncs
) -> None:
    mine = {"customer": {"id": ANN}}
    syncs.load(
        orders=[
            order(1, processed_at=timestamp(300), **mine),
            order(2, processed_at=timestamp(100), **mine),
            order(3, test=True, processed_at=timestamp(1), **mine),
            order(4, processed_at=timestamp(200), **mine),
            guest(5, None),
        ]
    )
    numbers = "SELECT order_seq FROM orders ORDER BY id"
    assert select(db, numbers) == [(3,), (1,), (None,), (2,), (None,)]
    syncs.load(deleted={"orders": [FIRST_ORDER_ID + 2]})
    assert select(db, numbers) == [(2,), (None,), (None,), (1,), (None,)]
    assert select(db, "SELECT orders, first_order_date FROM buyers") == [(2, "2026-11-20")]


@pytest.mark.parametrize(
    ("addresses", "source"),
    [
        ({"shipping_address": GENT}, "shipping"),
        (NOWHERE | {"billing_address": GENT}, "billing"),
        ({"shipping_address": {"city": "?"}, "billing_address": GENT}, "billing"),
        (NOWHERE, "customer"),
    ],
)
def test_an_order_belongs_where_it_is_shipped_else_billed_else_where_its_customer_lives(
    db: sqlite3.Connection, syncs: Syncs, addresses: dict[str, Any], source: str
) -> None:
    syncs.load(customers=[customer(1, default_address=GENT)], orders=[order(1, **addresses)])
    assert select(db, "SELECT geo_source, geo_country_code, geo_province_code, geo_city FROM orders") == [
        (source, "BE", "VOV", "Gent")
    ]


def test_an_order_without_address_follows_its_customer(db: sqlite3.Connection, syncs: Syncs) -> None:
    place = "SELECT geo_source, geo_country_code FROM orders"
    syncs.load(orders=[order(1, **NOWHERE)])
    assert select(db, place) == [("none", None)]
    syncs.load(customers=[customer(1, default_address=GENT)])
    assert select(db, place) == [("customer", "BE")]


def test_a_line_remembers_what_it_sold_when_shopify_has_forgotten(
    db: sqlite3.Connection, syncs: Syncs
) -> None:
    keys = "SELECT product_id, variant_id, product_key, variant_key, product_type FROM line_items"
    known = (FIRST_PRODUCT_ID + 1, FIRST_VARIANT_ID + 1)
    syncs.load(orders=[order(1)])
    assert select(db, keys) == [(*known, *known, None)]
    syncs.load(products=[product(1)])
    assert select(db, keys) == [(*known, *known, "Mugs")]
    syncs.load(products=[product(1, updated_at=timestamp(9), product_type="Cups")])
    syncs.load(deleted={"products": [FIRST_PRODUCT_ID + 1]})
    forgotten = line_item(1, product_id=None, variant_id=None, product_exists=False)
    syncs.load(orders=[order(1, updated_at=timestamp(9), line_items=[forgotten])])
    assert select(db, keys) == [(None, None, *known, "Mugs")]
    assert select(db, "SELECT DISTINCT product_key FROM sales_ledger WHERE kind = 'sale'") == [known[:1]]
    assert select(db, "SELECT title, product_type, is_deleted FROM product_dim WHERE product_key > 0") == [
        ("Mug 001", "Cups", 1)
    ]


def test_a_line_without_product_is_a_custom_line(db: sqlite3.Connection, syncs: Syncs) -> None:
    engraving = line_item(1, product_id=None, variant_id=None, title="Engraving")
    syncs.load(orders=[order(1, line_items=[engraving])])
    assert select(db, "SELECT product_key FROM line_items") == [(None,)]
    assert select(db, "SELECT product_key, variant_key FROM sales_ledger WHERE kind = 'sale'") == [(0, 0)]
    assert select(db, "SELECT product_key, title FROM product_dim") == [
        (0, "Custom lines and unknown products")
    ]


def test_a_product_that_was_gone_before_it_was_seen_is_described_by_its_line(
    db: sqlite3.Connection, syncs: Syncs
) -> None:
    syncs.load(orders=[order(1)])
    described = "SELECT title, vendor, status, is_deleted FROM product_dim WHERE product_key > 0"
    assert select(db, described) == [("Mug 001", "Kiln Co", None, 1)]
    syncs.load(orders=[order(1, updated_at=timestamp(9), line_items=[])])
    assert select(db, described) == []


def test_the_ledger_holds_an_order_as_long_as_the_store_has_it(db: sqlite3.Connection, syncs: Syncs) -> None:
    ledger = "SELECT kind, amount FROM sales_ledger ORDER BY id"
    entries = [("order", 0.0), ("sale", 20.25), ("tax", 4.25)]
    syncs.load(orders=[order(1), order(2, test=True)])
    assert select(db, ledger) == entries
    syncs.load(deleted={"orders": [FIRST_ORDER_ID + 1]})
    assert select(db, ledger) == []
    syncs.load(orders=[order(1)])
    assert select(db, ledger) == entries


REFUND = {"id": 1, "created_at": timestamp(9)}
LESS = {"id": 1, "kind": "refund_discrepancy", "amount": "-3.00"}


@pytest.mark.parametrize(
    ("changes", "differences"),
    [
        ({}, []),
        ({"current_total_price": "24.51"}, [(-1, "rounding")]),
        (
            {"current_total_price": "21.50", "refunds": [REFUND | {"order_adjustments": [LESS]}]},
            [(300, "discrepancy")],
        ),
        ({"total_tip_received": "5.00"}, [(500, "tip")]),
        ({"current_total_price": "0.00", "line_items": [line_item(1, current_quantity=0)]}, [(2450, "edit")]),
        ({"current_total_price": "10.00"}, [(1450, "unknown")]),
    ],
)
def test_an_order_that_does_not_add_up_is_listed_with_the_difference_and_its_cause(
    db: sqlite3.Connection, syncs: Syncs, changes: dict[str, Any], differences: list[tuple[int, str]]
) -> None:
    syncs.load(orders=[order(1, **changes)])
    assert select(db, "SELECT difference_minor, cause FROM ledger_differences") == differences
    syncs.load(orders=[order(1, updated_at=timestamp(9))])
    assert select(db, "SELECT * FROM ledger_differences") == []
