"""Single orders, and what is still open."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.expected_reports.accounts import Accounts, Query
from tests.raw_records import Json, minor_units

AGES = ((0, 7), (8, 30), (31, 60), (61, 90), (91, None))


def latest_orders(accounts: Accounts, query: Query) -> list[Json]:
    """A row an order, newest first."""
    books = accounts.books
    rows = []
    for order_id in books.ordered_between(query.start, query.end):
        order = books.orders[order_id]
        paid = Decimal(order["current_total_price"]) - Decimal(order["total_outstanding"])
        rows.append(
            {
                "order_id": order_id,
                "name": order["name"],
                "ordered_at_local": f"{books.local(order):%Y-%m-%dT%H:%M:%S}",
                "financial_status": order["financial_status"],
                "fulfillment_status": order["fulfillment_status"],
                "cancel_reason": order["cancel_reason"],
                "total_price": float(order["total_price"]),
                "total_tax": float(order["total_tax"]),
                "total_discounts": float(order["total_discounts"]),
                "paid": accounts.money(minor_units(paid, books.exponent)),
                "total_outstanding": float(order["total_outstanding"]),
            }
        )
    rows.sort(key=lambda row: (row["ordered_at_local"], row["order_id"]), reverse=True)
    return rows[: query.top_n]


def outstanding_by_age(accounts: Accounts, query: Query) -> list[Json]:
    """A row a band of days since the order."""
    books, today = accounts.books, date.fromisoformat(query.today)
    rows = []
    for first, last in AGES:
        those = [
            books.orders[order_id]
            for order_id, day in books.dates.items()
            if _is_aged((today - date.fromisoformat(day)).days, first, last)
        ]
        owing = [Decimal(order["total_outstanding"]) for order in those]
        minor = sum(minor_units(amount, books.exponent) for amount in owing if amount > 0)
        rows.append(
            {
                "from_days": first,
                "to_days": last,
                "open_orders": sum(not order["closed_at"] and not order["cancelled_at"] for order in those),
                "outstanding_orders": sum(amount > 0 for amount in owing),
                "outstanding": accounts.money(minor),
            }
        )
    return rows


def _is_aged(days: int, first: int, last: int | None) -> bool:
    return max(days, 0) >= first and (last is None or days <= last)
