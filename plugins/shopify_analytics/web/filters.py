"""One country's or one channel's figures, by the very SELECTs that make the whole store's.

Names of tables lead to temporary views first (https://www.sqlite.org/lang_naming.html), and these show the
chosen part as if it were the store: no definition is written twice. What aggregates do not know by country
and channel, such as the buyers of a day, is left out and never shown as 0.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from shopify_analytics.sql import statement
from shopify_analytics.web.answers import BadRequest

FILTERS = ("country", "channel")
# Reports that read nothing but the store's days and orders, and what of them no part of the store has.
BY_DAY = ("customers", "new_customers", "returning_customers")
FILTERABLE: Mapping[str, tuple[str, ...]] = {
    "headline": ("total_customers",),
    "daily": BY_DAY,
    "weekly": BY_DAY,
    "monthly": BY_DAY,
    "trends": ("customers", "customers_index"),
    "year_over_year": (),
    "latest_orders": (),
}
# What the aggregates have of all time is the whole store's: a range without a beginning is added up instead.
ALL_TIME = {"start": ""}


def filterable(report: str) -> bool:
    """Whether the report can be had for a country or a channel."""
    return report in FILTERABLE


def unknown_columns(report: str) -> tuple[str, ...]:
    """The columns that a filtered report does not have."""
    return FILTERABLE[report]


def only(db: sqlite3.Connection, chosen: Mapping[str, str]) -> dict[str, str]:
    """Let this connection's reports see one part of the store; return the dates that stand for all time.

    :param chosen: the country (ISO code) or the channel; an empty text is what has none.
    :raises BadRequest: when both are given, or nothing was ever sold there.
    """
    if len(chosen) > 1:
        raise BadRequest("country and channel cannot be asked for together yet: give one of them")
    ((dimension, member),) = chosen.items()
    known = db.execute(
        "SELECT 1 FROM main.member_sales WHERE dimension = ? AND member = ?", (dimension, member)
    )
    if known.fetchone() is None:
        raise BadRequest(
            f"{dimension} is {member[:40]!r}, where nothing was sold: api/shop lists those that are known"
        )
    for part in ("chosen", "daily_sales", f"orders_of_{dimension}"):
        db.execute(statement(f"web/only_{part}"))
    db.execute("INSERT INTO chosen VALUES (?, ?)", (dimension, member))
    return ALL_TIME
