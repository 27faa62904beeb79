"""The ranking of products by net sales."""

from __future__ import annotations

import sqlite3
from typing import Any

from shopify_analytics.reports import run_report

from tests.demo_store.records import FIRST_ORDER_ID, FIRST_PRODUCT_ID, line_item, order, product
from tests.syncing import Syncs


def ranking(db: sqlite3.Connection, top_n: int = 10) -> list[tuple[Any, ...]]:
    """Product number, title, units and net sales, best first."""
    return [
        (
            row["product_id"] and row["product_id"] - FIRST_PRODUCT_ID,
            row["title"],
            row["units"],
            row["net_sales"],
        )
        for row in run_report(db, "top_products", top_n=top_n)
    ]


def line(number: int, product: int | None, price: str, quantity: int = 1, **changes: Any) -> dict[str, Any]:
    """The line item ``number``, which sells ``product`` without tax."""
    changes = {"product_id": product and FIRST_PRODUCT_ID + product, "title": f"Mug {product}"} | changes
    return line_item(number, price=price, quantity=quantity, tax_lines=[], **changes)


def sale(number: int, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The order ``number``; its prices are without tax."""
    return order(number, line_items=list(lines), taxes_included=False, **changes)


def back(number: int, line: int, subtotal: float) -> dict[str, Any]:
    entry = {"id": number, "line_item_id": 9_300_000_000_000 + line, "quantity": 1, "subtotal": subtotal}
    return {"id": number, "refund_line_items": [entry]}


def test_products_are_ranked_by_what_remains_of_their_sales(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(
        orders=[
            sale(1, line(1, 1, "10.00", 3), line(2, 2, "25.00"), refunds=[back(1, 1, 8.5)]),
            sale(2, line(3, 1, "12.00", discount_allocations=[{"amount": "2.00"}])),
            sale(3, line(4, 3, "31.50")),
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
    sales = [sale(1, line(1, 1, "9.00"), line(2, 2, "5.00", title="Old plate"))]
    syncs.load(orders=sales, products=[product(1, title="New mug")])
    assert ranking(db) == [(1, "New mug", 1, 9.0), (2, "Old plate", 1, 5.0)]


def test_a_deleted_product_keeps_its_place_and_its_title(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[sale(1, line(1, 1, "9.00", title="Old mug"))], products=[product(1)])
    syncs.load(deleted={"products": [FIRST_PRODUCT_ID + 1]})
    assert ranking(db) == [(1, "Mug 001", 1, 9.0)]


def test_lines_without_a_product_are_taken_together(db: sqlite3.Connection, syncs: Syncs) -> None:
    lines = [
        line(1, None, "5.00", title="Gift wrap"),
        line(2, None, "4.00", title="Engraving"),
        line(3, None, "5.00", 2, title="Gift wrap"),
        line(4, 1, "1.00"),
    ]
    syncs.load(orders=[sale(1, *lines)])
    assert ranking(db) == [(None, "Custom lines and unknown products", 4, 19.0), (1, "Mug 1", 1, 1.0)]


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
