"""Discount codes, weeks side by side, and orders whose ledger is not Shopify's total."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from tests.books import is_between
from tests.expected_differences import expected_differences
from tests.expected_reports.accounts import Accounts, Query, added, net_sales, percent, total_sales
from tests.expected_store_parts import periods_of
from tests.raw_records import Json, minor_units

INDEXED = ("total_sales", "orders", "average_order_value", "customers", "discounts", "returns")


def discount_codes(accounts: Accounts, query: Query) -> list[Json]:
    """A row a code, those with the most orders first."""
    full_price = _of_days(accounts, query, "discounted", "no")
    is_all_time = query.start is None and query.end is None
    rows: list[Json] = []
    for code, days in accounts.by_member.get("discount_code", {}).items():
        if not any(is_between(day, query.start, query.end) for day in days):
            continue
        sold = _of_days(accounts, query, "discount_code", code)
        of_all_time = accounts.member_buyers.get(("discount_code", code), Counter())
        rows.append(
            {
                "code": code,
                "orders": sold["orders"],
                "customers": of_all_time["buyers"] if is_all_time else None,
                "gross_sales": accounts.money(sold["gross_sales"]),
                "discounts": accounts.money(sold["discounts"]),
                "net_sales": accounts.money(net_sales(sold)),
                "discount_rate_percent": percent(sold["discounts"], sold["gross_sales"]),
                "average_order_value": _order_value(accounts, sold),
                "average_order_value_without": _order_value(accounts, full_price),
            }
        )
    rows.sort(key=lambda row: (-row["orders"], row["code"]))
    return rows[: query.top_n]


def _of_days(accounts: Accounts, query: Query, dimension: str, member: str) -> Counter[str]:
    days = accounts.days(dimension, member).items()
    return added(figures for day, figures in days if is_between(day, query.start, query.end))


def _order_value(accounts: Accounts, sold: Counter[str]) -> float | None:
    return accounts.average(sold["gross_sales"] - sold["discounts"], sold["orders"])


def trends(accounts: Accounts, query: Query) -> list[Json]:
    """A row a whole week of the shop that is over, each figure also as an index of its mean."""
    weeks = _whole_weeks(accounts, query)
    exact = {week: _week(accounts, week) for week in weeks}
    means = {}
    for figure in INDEXED:
        known = [value for figures in exact.values() if (value := figures[figure]) is not None]
        means[figure] = sum(known, Decimal(0)) / len(known) if known else Decimal(0)
    rows = []
    for week, figures in exact.items():
        value = figures["average_order_value"]
        rows.append(
            {
                "week": week,
                "total_sales": accounts.money(int(figures["total_sales"] or 0)),
                "orders": int(figures["orders"] or 0),
                "average_order_value": None if value is None else accounts.money(minor_units(value, 0)),
                "customers": int(figures["customers"] or 0),
                "discounts": accounts.money(int(figures["discounts"] or 0)),
                "returns": accounts.money(int(figures["returns"] or 0)),
                **{f"{figure}_index": _index(figures[figure], means[figure]) for figure in INDEXED},
            }
        )
    return rows


def _index(value: Decimal | None, mean: Decimal) -> float | None:
    return None if value is None or mean <= 0 else percent(value, mean)


def _whole_weeks(accounts: Accounts, query: Query) -> list[str]:
    opening = min(accounts.days(), default=None)
    if opening is None:
        return []
    monday = date.fromisoformat(periods_of(opening)["week"])
    if monday.isoformat() < opening:
        monday += timedelta(days=7)
    found = []
    while (sunday := monday + timedelta(days=6)).isoformat() < query.today:
        if (query.start or "") <= monday.isoformat() and sunday.isoformat() <= (query.end or "9999"):
            found.append(monday.isoformat())
        monday += timedelta(days=7)
    return found


def _week(accounts: Accounts, week: str) -> dict[str, Decimal | None]:
    """The week's figures, money in minor units."""
    books = accounts.books
    sold = added(figures for day, figures in accounts.days().items() if periods_of(day)["week"] == week)
    buyers = {
        books.buyers[order_id] for order_id, day in books.dates.items() if periods_of(day)["week"] == week
    }
    spent = Decimal(sold["gross_sales"] - sold["discounts"])
    return {
        "total_sales": Decimal(total_sales(sold)),
        "orders": Decimal(sold["orders"]),
        "average_order_value": spent / sold["orders"] if sold["orders"] else None,
        "customers": Decimal(len(buyers - {None})),
        "discounts": Decimal(sold["discounts"]),
        "returns": Decimal(sold["returns"]),
    }


def ledger_difference_list(accounts: Accounts, query: Query) -> list[Json]:
    """A row an order, the largest differences first."""
    books = accounts.books
    rows = []
    for order_id, (difference, cause) in expected_differences(books).items():
        order = books.orders[order_id]
        worth = minor_units(Decimal(order["current_total_price"]), books.exponent)
        rows.append(
            {
                "order_id": order_id,
                "name": order["name"],
                "order_date": books.dates[order_id],
                "ledger": accounts.money(worth + difference),
                "shopify": float(order["current_total_price"]),
                "difference": accounts.money(difference),
                "cause": cause,
            }
        )
    rows.sort(key=lambda row: (-abs(row["difference"]), row["order_id"]))
    return rows[: query.top_n]


def ledger_difference_causes(accounts: Accounts, _query: Query) -> list[Json]:
    """A row a cause that occurs."""
    orders, differences = Counter[str](), Counter[str]()
    for difference, cause in expected_differences(accounts.books).values():
        orders[cause] += 1
        differences[cause] += difference
    return [
        {"cause": cause, "orders": orders[cause], "difference": accounts.money(differences[cause])}
        for cause in sorted(orders)
    ]
