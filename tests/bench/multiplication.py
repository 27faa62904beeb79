"""A database of any number of orders, made quickly: what was loaded, copied with other ids."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from shopify_analytics.aggregates import rebuild
from shopify_analytics.database import connect, table_columns, transaction

from tests.bench.synthesis import IDS_PER_COPY

# Columns that hold ids, by table; products stay the same, so that each sells more.
MOVED = {
    "customers": ("id",),
    "orders": ("id", "customer_id"),
    "line_items": ("id", "order_id"),
    "refunds": ("id", "order_id"),
    "refund_line_items": ("id", "refund_id", "order_id", "line_item_id"),
    "order_adjustments": ("id", "refund_id", "order_id"),
    "shipping_lines": ("id", "order_id"),
    "fulfillments": ("id", "order_id"),
    "order_discount_codes": ("order_id",),
    "discount_allocations": ("order_id", "line_id"),
    "tax_lines": ("order_id", "line_id"),
    "sales_ledger": ("order_id", "line_item_id", "refund_id"),
}
# Columns that hold days and times, by table, and their form: each copy of the template shop opened on another
# day of a year, so that the days between orders differ as they do in a large shop.
SHIFTED = {
    "orders": {
        "order_date": "%Y-%m-%d",
        "ordered_at_local": "%Y-%m-%dT%H:%M:%S",
        "processed_at": "%Y-%m-%dT%H:%M:%SZ",
    },
    "sales_ledger": {"ledger_date": "%Y-%m-%d"},
}


def multiply(data: Path, copies: int, times: int) -> None:
    """Make the database in ``data``, of ``copies`` copies of the template shop, ``times`` as large."""
    with connect(data / "shopify_data.db") as db:
        with transaction(db):
            for table in MOVED:
                _copy(db, table, copies * IDS_PER_COPY, times)
        rebuild(db, data / "staging")


def _copy(db: sqlite3.Connection, table: str, distance: int, times: int) -> None:
    columns = table_columns(db, table)
    values = {column: column for column in columns} | {
        column: f"{column} + {distance} * copy.number" for column in MOVED[table]
    }
    order = "id" if table == "orders" else "order_id"
    for column, form in SHIFTED.get(table, {}).items():
        days = f"({values[order]}) / {IDS_PER_COPY} % 365"
        values[column] = f"strftime('{form}', {column}, '-' || ({days}) || ' days')"
    if "email" in columns:
        values["email"] = "copy.number || email"
    if table == "sales_ledger":
        values["id"] = f"id + {distance} * copy.number * 10000"
    db.execute(
        f"""
        WITH RECURSIVE copy (number) AS (
            SELECT 1 WHERE 1 < :times
            UNION ALL
            SELECT number + 1 FROM copy WHERE number + 1 < :times
        )
        INSERT INTO {table} ({", ".join(columns)})
        SELECT {", ".join(values[column] for column in columns)}
        FROM (SELECT * FROM {table}) AS original
        CROSS JOIN copy
        """,
        {"times": times},
    )
