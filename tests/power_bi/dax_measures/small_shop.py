"""A small shop that has one of everything that measures and reports could see differently."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.demo_store.records import (
    FIRST_CUSTOMER_ID,
    FIRST_PRODUCT_ID,
    FIRST_VARIANT_ID,
    SHOP,
    customer,
    line_item,
    money,
    order,
    product,
    variant,
)
from tests.syncing import new_database

Json = dict[str, Any]
GUEST = {"customer": None, "email": "guest@example.org"}
# Two SKUs that differ in case alone, of one product; and two products of one title, but for case.
PRODUCTS = [
    product(1, variants=[variant(1, FIRST_PRODUCT_ID + 1), variant(11, FIRST_PRODUCT_ID + 1, sku="mug-1")]),
    product(2, title="MUG 001", variants=[variant(2, FIRST_PRODUCT_ID + 2, sku="Mug-1")]),
    product(3),
]


def on(day: str, number: int, **changes: Any) -> Json:
    """The ``number``-th order, placed on that day."""
    moment = f"{day}T12:00:00+01:00"
    return order(number, created_at=moment, processed_at=moment, **changes)


def by(number: int) -> Json:
    """What names a customer as the buyer of an order."""
    return {"customer": {"id": FIRST_CUSTOMER_ID + number}, "email": f"customer{number}@example.org"}


def to(country: str, code: str | None) -> Json:
    """Where an order is sent."""
    return {"shipping_address": {"city": "Town", "country": country, "country_code": code}}


def given_back(number: int, day: str, subtotal: float, *discrepancies: str) -> Json:
    """A refund of the piece of the ``number``-th line, and of more."""
    line_id = line_item(number)["id"]
    return {
        "id": number,
        "created_at": f"{day}T12:00:00+01:00",
        "refund_line_items": [
            {"id": number, "line_item_id": line_id, "quantity": 1, "subtotal": subtotal, "total_tax": 4.25}
        ],
        "order_adjustments": [
            {"id": place, "kind": "refund_discrepancy", "amount": amount, "tax_amount": "0.00"}
            for place, amount in enumerate(discrepancies, start=100 * number)
        ],
    }


def orders() -> list[Json]:
    """From July 2025 to 20 November 2026, with months in which nothing happened."""
    sent = [{"id": 1, "status": "success", "created_at": "2025-07-19T18:00:00+01:00"}]
    mug = {"product_id": FIRST_PRODUCT_ID + 1}
    two_skus = [
        line_item(3, **mug, variant_id=FIRST_VARIANT_ID + 1, sku="MUG-1"),
        line_item(13, **mug, variant_id=FIRST_VARIANT_ID + 11, sku="mug-1", quantity=2),
    ]
    deleted = line_item(7, product_id=None, variant_id=None, product_exists=False)
    return [
        on("2025-07-15", 1, **by(1), fulfillments=sent, refunds=[given_back(1, "2026-07-02", 24.5)]),
        on("2025-07-31", 2, **by(2), **to("Deutschland", "DE"), total_outstanding="24.50"),
        on(
            "2025-11-20",
            3,
            **by(1),
            **to("Germany", "DE"),
            line_items=two_skus,
            closed_at="2025-12-01T12:00:00Z",
        ),
        on("2026-02-28", 4, **GUEST, **to("Jersey", None)),
        on("2026-02-28", 5, **(GUEST | {"email": "GUEST@example.org"}), **to("Guernsey", None)),
        on("2026-06-30", 6, customer=None, email=None, line_items=[line_item(16, **mug)]),
        on("2026-07-31", 7, **by(2), line_items=[deleted], cancelled_at="2026-08-01T12:00:00Z"),
        on(
            "2026-10-21",
            8,
            **by(3),
            line_items=[line_item(8, gift_card=True, tax_lines=[])],
            total_tax="0.00",
        ),
        on("2026-10-22", 9, **by(4), refunds=[given_back(9, "2026-11-01", 24.5, "-30.00")]),
        on("2026-11-19", 10, **by(5), test=True),
        on("2026-11-20", 11, **by(1), original_total_duties_set=money("8.25"), total_tip_received="2.00"),
    ]


@contextmanager
def small_shop(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database after one sync of the shop."""
    with new_database(folder, SHOP) as syncs:
        customers = [customer(number) for number in range(1, 7)]
        syncs.load(products=PRODUCTS, customers=customers, orders=orders())
        yield syncs.db
