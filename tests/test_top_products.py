"""The ranking of products by net sales."""

from __future__ import annotations

import sqlite3
from typing import Any

from shopify_analytics.analytics import compute_summary

from tests.demo_store.records import FIRST_ORDER_ID, FIRST_PRODUCT_ID, line_item, order, product
from tests.syncing import Syncs


def ranking(db: sqlite3.Connection, top_n: int = 10) -> list[tuple[Any, ...]]:
    """Product number, title, units and net sales, best first."""
    return [
        (entry["product_id"] and entry["product_id"] - FIRST_PRODUCT_ID, *list(entry.values())[1:])
        for entry in compute_summary(db, top_n)["top_products"]
    ]


def line(number: int, product: int | None, price: str, quantity: int = 1, **changes: Any) -> dict[str, Any]:
    """The line item ``number``, which sells ``product`` without tax."""
    changes = {"product_id": product and FIRST_PRODUCT_ID + product, "title": f"Mug {product}"} | changes
    return line_item(number, price=price, quantity=quantity, tax_lines=[], **changes)


def back(number: int, line: int, subtotal: float) -> dict[str, Any]:
    entry = {"id": number, "line_item_id": 9_300_000_000_000 + line, "quantity": 1, "subtotal": subtotal}
    return {"id": number, "refund_line_items": [entry]}


def test_products_are_ranked_by_what_remains_of_their_sales(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(
        orders=[
            order(1, line_items=[line(1, 1, "10.00", 3), line(2, 2, "25.00")], refunds=[back(1, 1, 8.5)]),
            order(2, line_items=[line(3, 1, "12.00", discount_allocations=[{"amount": "2.00"}])]),
            order(3, line_items=[line(4, 3, "31.50")]),
        ]
    )
    assert ranking(db) == [(1, "Mug 1", 4, 31.5), (3, "Mug 3", 1, 31.5), (2, "Mug 2", 1, 25.0)]
    assert ranking(db, top_n=1) == [(1, "Mug 1", 4, 31.5)]


def test_included_tax_is_no_part_of_a_products_sales(db: sqlite3.Connection, syncs: Syncs) -> None:
    taxed = line(1, 1, "12.10") | {"tax_lines": [{"price": "2.10"}]}
    refund = back(1, 1, 6.05)
    refund["refund_line_items"][0]["total_tax"] = 1.05
    syncs.load(orders=[order(1, line_items=[taxed], refunds=[refund])])
    assert ranking(db) == [(1, "Mug 1", 1, 5.0)]


def test_a_product_has_the_title_that_the_store_gives_it_now(db: sqlite3.Connection, syncs: Syncs) -> None:
    sales = [order(1, line_items=[line(1, 1, "9.00"), line(2, 2, "5.00", title="Old plate")])]
    syncs.load(orders=sales, products=[product(1, title="New mug")])
    assert ranking(db) == [(1, "New mug", 1, 9.0), (2, "Old plate", 1, 5.0)]


def test_a_deleted_product_keeps_its_place_by_the_title_of_its_lines(
    db: sqlite3.Connection, syncs: Syncs
) -> None:
    syncs.load(orders=[order(1, line_items=[line(1, 1, "9.00", title="Old mug")])], products=[product(1)])
    syncs.load(deleted={"products": [FIRST_PRODUCT_ID + 1]})
    assert ranking(db) == [(None, "Old mug", 1, 9.0)]


def test_lines_without_a_product_are_grouped_by_title(db: sqlite3.Connection, syncs: Syncs) -> None:
    lines = [
        line(1, None, "5.00", title="Gift wrap"),
        line(2, None, "4.00", title="Engraving"),
        line(3, None, "5.00", 2, title="Gift wrap"),
    ]
    syncs.load(orders=[order(1, line_items=lines)])
    assert ranking(db) == [(None, "Gift wrap", 3, 15.0), (None, "Engraving", 1, 4.0)]


def test_gift_cards_tips_test_orders_and_deleted_orders_have_no_place(
    db: sqlite3.Connection, syncs: Syncs
) -> None:
    lines = [line(1, 1, "50.00", gift_card=True), line(2, 2, "3.00", tip_payment_method="Visa")]
    syncs.load(
        orders=[
            order(1, line_items=lines),
            order(2, line_items=[line(3, 3, "9.00")], test=True),
            order(4, line_items=[line(4, 4, "9.00")]),
        ]
    )
    syncs.load(deleted={"orders": [FIRST_ORDER_ID + 4]})
    assert ranking(db) == []
