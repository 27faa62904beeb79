"""Customers who were redacted after a backup was made: redacted again when it is restored."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from shopify_analytics.database import table_columns
from shopify_analytics.personal_data import PERSONAL
from shopify_analytics.redaction import forget_what_was, redact_customer

# Whose redacted orders name no customer; Shopify's ids begin at 1.
NOBODY = 0


@dataclass(frozen=True)
class Redactions:
    """What is blank in a database: customers, and orders that were redacted, with their customers' ids."""

    customers: frozenset[int] = frozenset()
    orders: dict[int, int | None] = field(default_factory=dict)


def redactions_in(db: sqlite3.Connection) -> Redactions:
    """What a database tells of redactions: of whatever is blank, and what was noted as redacted.

    A customer without any personal data may just be one, whom it does no harm to blank.
    """
    if not table_columns(db, "redacted_orders"):
        return Redactions()
    customers = db.execute(f"SELECT id FROM customers WHERE {_blank('customers')}")
    orders = db.execute(
        f"""
        SELECT id, customer_id FROM orders
        WHERE id IN (SELECT order_id FROM redacted_orders) AND {_blank("orders")}
        """
    )
    return Redactions(frozenset(row[0] for row in customers), dict(orders.fetchall()))


def redact_again(db: sqlite3.Connection, redactions: Redactions, workspace: Path) -> int:
    """Redact what is not blank in ``db``; return how many customers that were, those of guests as one.

    :param workspace: a folder for files that are only needed meanwhile.
    """
    filled = db.execute(f"SELECT id FROM customers WHERE NOT ({_blank('customers')})")
    orders: dict[int, list[int]] = {row[0]: [] for row in filled if row[0] in redactions.customers}
    for order_id, customer_id in redactions.orders.items():
        if _is_to_redact(db, order_id):
            orders.setdefault(customer_id or NOBODY, []).append(order_id)
    for customer_id, order_ids in orders.items():
        redact_customer(db, (), workspace, customer_id, order_ids)
    if orders:
        forget_what_was(db)
    return len(orders)


def _is_to_redact(db: sqlite3.Connection, order_id: int) -> bool:
    found = db.execute(
        f"""
        SELECT 1 FROM orders
        WHERE id = :id AND (NOT ({_blank("orders")}) OR id NOT IN (SELECT order_id FROM redacted_orders))
        """,
        {"id": order_id},
    )
    return found.fetchone() is not None


def _blank(table: str) -> str:
    return " AND ".join(f"{column} IS NULL" for column in PERSONAL[table].columns)
