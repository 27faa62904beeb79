"""One country's, one channel's or one pair's figures, by the very SELECTs that make the whole store's.

Names of tables lead to temporary views first (https://www.sqlite.org/lang_naming.html), and these show the
chosen part as if it were the store: no definition is written twice. What is not known of a part is left out
and never shown as 0.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from shopify_analytics.sql import statement
from shopify_analytics.web.answers import BadRequest

FILTERS = ("country", "channel")
# Reports that read nothing but what every part of the store has, and what of them no part has.
FILTERABLE: Mapping[str, tuple[str, ...]] = {
    "headline": ("total_customers",),
    "daily": (),
    "weekly": (),
    "monthly": (),
    "customers_by_month": ("new_net_sales", "returning_net_sales", "unknown_net_sales"),
    "trends": (),
    "year_over_year": (),
    "latest_orders": (),
    "outstanding_by_age": (),
}
VIEWS = ("daily_sales", "period_buyers", "range_buyers", "unsettled_orders", "orders")


def filterable(report: str) -> bool:
    """Whether the report can be had for a country or a channel."""
    return report in FILTERABLE


def unknown_columns(report: str) -> tuple[str, ...]:
    """The columns that a filtered report does not have."""
    return FILTERABLE[report]


def only(db: sqlite3.Connection, chosen: Mapping[str, str]) -> None:
    """Let this connection's reports see one part of the store.

    :param chosen: the country (ISO code), the channel or both; an empty text is what has none.
    :raises BadRequest: when nothing was ever sold in the country, or nothing through the channel. Where both
        are known but never came together, reports show a store without orders.
    """
    for dimension, member in chosen.items():
        known = db.execute(
            "SELECT 1 FROM main.member_sales WHERE dimension = ? AND member = ?", (dimension, member)
        )
        if known.fetchone() is None:
            raise BadRequest(f"{dimension} is {member[:40]!r}, where nothing was sold: choose another")
    db.execute(statement("web/only_chosen"))
    for view in VIEWS:
        db.execute(statement(f"web/only_{view}"))
    given = [name for name in FILTERS if name in chosen]
    db.execute(
        "INSERT INTO chosen VALUES (?, ?, ?, ?)",
        (
            "_".join(given),
            "|".join(chosen[name] for name in given),
            chosen.get("country"),
            chosen.get("channel"),
        ),
    )
