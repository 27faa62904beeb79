"""A small shop put into the database by SQL, as a sync would leave it, and what happens to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from shopify_analytics.database import mark_changed, transaction

FIRST_ID = 6_000_000_000_000
LINES_PER_ORDER = 2
DELETED_AT = "2026-11-20T00:00:00Z"
# What a change of one table changes the export of, too.
ALSO = {"orders": ("line_items",)}


def put(db: sqlite3.Connection, table: str, *rows: dict[str, Any]) -> None:
    """Insert rows, or replace those of the same id."""
    with transaction(db):
        for row in rows:
            names = ", ".join(row)
            marks = ", ".join(f":{name}" for name in row)
            db.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", row)
        mark_changed(db, [table, *ALSO.get(table, ())])


def change(db: sqlite3.Connection, table: str, ids: Iterable[int], **values: Any) -> None:
    """Give rows other values."""
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    with transaction(db):
        for number in ids:
            db.execute(f"UPDATE {table} SET {assignments} WHERE id = :id", {**values, "id": number})
        mark_changed(db, [table, *ALSO.get(table, ())])


def delete(db: sqlite3.Connection, table: str, ids: Iterable[int]) -> None:
    """Mark records as gone from the store; their lines go from what is exported, too."""
    change(db, table, ids, deleted_at=DELETED_AT)


def remove_lines(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Delete line items, as an edited order does."""
    with transaction(db):
        db.executemany("DELETE FROM line_items WHERE id = ?", [(number,) for number in ids])
        mark_changed(db, ["line_items"])


def product(number: int, **values: Any) -> dict[str, Any]:
    """A product."""
    return {
        "id": FIRST_ID + number,
        "title": f"Lamp {number}",
        "handle": f"lamp-{number}",
        "vendor": "Ören & Söhne" if number % 3 else None,
        "product_type": "Lamps",
        "status": "active",
        "tags": "brass, new" if number % 2 else "",
        "created_at": "2025-01-02T03:04:05Z",
        "updated_at": f"2026-02-03T04:05:{number % 60:02}Z",
        "published_at": None if number % 4 == 0 else "2025-01-03T00:00:00Z",
    } | values


def variant(number: int, **values: Any) -> dict[str, Any]:
    """The variant of the product of the same number."""
    return {
        "id": FIRST_ID + number,
        "product_id": FIRST_ID + number,
        "title": "Default Title",
        "sku": f"{number:05}",
        "barcode": f"4006381{number:06}",
        "price": 10.0 + number / 100,
        "compare_at_price": None if number % 2 else 99.9,
        "position": 1,
        "inventory_item_id": FIRST_ID + number,
        "inventory_quantity": number - 3,
        "grams": 0,
        "created_at": "2025-01-02T03:04:05Z",
        "updated_at": "2026-02-03T04:05:06Z",
    } | values


def customer(number: int, **values: Any) -> dict[str, Any]:
    """A customer."""
    return {
        "id": FIRST_ID + number,
        "email": f"buyer{number}@example.com",
        "first_name": "Zoë",
        "last_name": f"Nº {number}",
        "phone": "+4930123456",
        "account_state": "enabled",
        "currency": "EUR",
        "city": "Köln",
        "country": "Germany",
        "country_code": "DE",
        "zip": "01067",
        "created_at": "2025-06-07T08:09:10Z",
        "updated_at": "2026-02-03T04:05:06Z",
    } | values


def order(number: int, **values: Any) -> dict[str, Any]:
    """An order of the customer of the same number."""
    return {
        "id": FIRST_ID + number,
        "name": f"#{1000 + number}",
        "order_number": 1000 + number,
        "customer_id": FIRST_ID + number,
        "email": f"buyer{number}@example.com",
        "created_at": f"2026-03-{1 + number % 28:02}T10:11:12Z",
        "updated_at": "2026-03-30T00:00:00Z",
        "cancelled_at": "2026-03-29T23:59:59Z" if number % 5 == 0 else None,
        "order_date": f"2026-03-{1 + number % 28:02}",
        "ordered_at_local": f"2026-03-{1 + number % 28:02}T11:11:12",
        "order_hour": 11,
        "order_weekday": number % 7 + 1,
        "financial_status": "paid",
        "currency": "EUR",
        "taxes_included": 1,
        "is_test": 0,
        "total_tax": 1.9,
        "total_price": 20.0 + number / 7,
        "processing_hours": number / 3,
        "shipping_zip": "00123",
        "tags": "TRUE",
        "location_id": 12_345_678_901_234_567,
        "buyer_id": number,
        "order_seq": 1,
    } | values


def line(number: int, position: int, **values: Any) -> dict[str, Any]:
    """A line of the order of this number."""
    return {
        "id": FIRST_ID + LINES_PER_ORDER * number + position,
        "order_id": FIRST_ID + number,
        "product_id": FIRST_ID + 1,
        "variant_id": FIRST_ID + 1,
        "position": position,
        "title": f"Lamp {number}.{position}",
        "sku": "00001",
        "quantity": 1 + number % 3,
        "current_quantity": 1,
        "price": 9.99,
        "discount_allocated": 0.0,
        "total_tax": 0.95,
        "gift_card": int(number % 2 == 0),
        "is_tip": 0,
        "product_key": 1,
        "variant_key": 1,
    } | values


def add_orders(db: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Orders with their customers and two lines each."""
    wanted = list(numbers)
    put(db, "customers", *map(customer, wanted))
    put(db, "orders", *map(order, wanted))
    put(db, "line_items", *(line(number, position) for number in wanted for position in (0, 1)))


def add_products(db: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Products with a variant each."""
    wanted = list(numbers)
    put(db, "products", *map(product, wanted))
    put(db, "product_variants", *map(variant, wanted))


def ids(*numbers: int) -> list[int]:
    """The ids of the records of these numbers."""
    return [FIRST_ID + number for number in numbers]
