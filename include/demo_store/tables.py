"""The tables of a demo store's file: one per resource, with the columns that the API filters and sorts by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

RESOURCES = ("products", "customers", "orders")

APPLICATION_ID = 0x53484F50
SCHEMA = """
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sequences (kind TEXT PRIMARY KEY, last_id INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE products (
    id           INTEGER PRIMARY KEY,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    published_at INTEGER,
    title        TEXT NOT NULL,
    handle       TEXT,
    vendor       TEXT,
    product_type TEXT,
    status       TEXT,
    json         TEXT NOT NULL
);
CREATE TABLE customers (
    id         INTEGER PRIMARY KEY,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    json       TEXT NOT NULL
);
CREATE TABLE orders (
    id                 INTEGER PRIMARY KEY,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    processed_at       INTEGER NOT NULL,
    name               TEXT,
    status             TEXT NOT NULL,
    financial_status   TEXT,
    fulfillment_status TEXT,
    customer_id        INTEGER,
    json               TEXT NOT NULL
);
CREATE TABLE events (
    id           INTEGER PRIMARY KEY,
    created_at   INTEGER NOT NULL,
    subject_type TEXT NOT NULL,
    verb         TEXT NOT NULL,
    json         TEXT NOT NULL
);
CREATE INDEX products_updated ON products (updated_at, id);
CREATE INDEX products_created ON products (created_at, id);
CREATE INDEX products_title ON products (title, id);
CREATE INDEX customers_updated ON customers (updated_at, id);
CREATE INDEX customers_created ON customers (created_at, id);
CREATE INDEX orders_updated ON orders (updated_at, id);
CREATE INDEX orders_created ON orders (created_at, id);
CREATE INDEX orders_processed ON orders (processed_at, id);
CREATE INDEX orders_customer ON orders (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX events_created ON events (created_at, id);
"""

# Each kind of record counts in its own range, so that an id in a log tells what it belongs to.
FIRST_IDS = {
    "order": 7_100_000_000_001,
    "customer": 8_200_000_000_001,
    "product": 9_100_000_000_001,
    "variant": 9_200_000_000_001,
    "line_item": 9_300_000_000_001,
    "refund": 9_400_000_000_001,
    "refund_line_item": 9_500_000_000_001,
    "transaction": 9_600_000_000_001,
    "fulfillment": 9_700_000_000_001,
    "inventory_item": 9_800_000_000_001,
}
FIRST_ID_OF_OTHER_KINDS = 1_000_000_000_001


def epoch_seconds(timestamp: str | None) -> int | None:
    """Return an ISO-8601 timestamp with offset as whole seconds since 1970 UTC; None stays None."""
    return int(datetime.fromisoformat(timestamp).timestamp()) if timestamp else None


def order_status(order: dict[str, Any]) -> str:
    """Return what the orders filter ``status`` selects by: ``cancelled``, ``closed`` or ``open``."""
    if order.get("cancelled_at"):
        return "cancelled"
    return "closed" if order.get("closed_at") else "open"


def shipment_status(order: dict[str, Any]) -> str:
    """Return an order's ``fulfillment_status`` in the words of the filter of that name.

    Null is ``unshipped`` and ``fulfilled`` is ``shipped`` there:
    https://shopify.dev/docs/api/admin-rest/latest/resources/order#get-orders
    """
    status: str | None = order.get("fulfillment_status")
    if status is None:
        return "unshipped"
    return "shipped" if status == "fulfilled" else status


FilterColumns = dict[str, "Callable[[dict[str, Any]], Any]"]

FILTER_COLUMNS: dict[str, FilterColumns] = {
    "products": {
        "published_at": lambda product: epoch_seconds(product.get("published_at")),
        "title": lambda product: product["title"],
        "handle": lambda product: product.get("handle"),
        "vendor": lambda product: product.get("vendor"),
        "product_type": lambda product: product.get("product_type"),
        "status": lambda product: product.get("status"),
    },
    "customers": {},
    "orders": {
        "processed_at": lambda order: epoch_seconds(order.get("processed_at") or order["created_at"]),
        "name": lambda order: order.get("name"),
        "status": order_status,
        "financial_status": lambda order: order.get("financial_status"),
        "fulfillment_status": shipment_status,
        "customer_id": lambda order: (order.get("customer") or {}).get("id"),
    },
}
