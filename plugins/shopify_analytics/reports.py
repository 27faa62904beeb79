"""Run the reports: the SELECTs of ``include/sql/reports``, with the parameters that all of them share."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from typing import Any

from shopify_analytics.database import get_watermark
from shopify_analytics.shop import minor_per_major, shop_timezone
from shopify_analytics.sql import statement

# What a report takes beside :minor and :today; the head of its file says which it uses.
DEFAULTS: dict[str, Any] = {
    "start": None,
    "end": None,
    "top_n": 10,
    "dimension": "store",
    "this_period": "{}",
    "previous_period": "{}",
    "targets": "{}",
}


def run_report(db: sqlite3.Connection, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """The rows of ``include/sql/reports/<name>.sql`` as dicts in the order of its columns.

    :param parameters: those that are not to have their default.
    """
    selected = select_report(db, name, **parameters)
    columns = [column[0] for column in selected.description]
    return [dict(zip(columns, row, strict=True)) for row in selected]


def select_report(db: sqlite3.Connection, name: str, **parameters: Any) -> sqlite3.Cursor:
    """The rows of a report one after another; parameters as in :func:`run_report`."""
    return db.execute(statement(f"reports/{name}"), shared_parameters(db) | parameters)


def shared_parameters(db: sqlite3.Connection) -> dict[str, Any]:
    """Every parameter of a report with its default, :minor and :today as the database has them."""
    return DEFAULTS | {"minor": minor_per_major(db), "today": today(db).isoformat()}


def today(db: sqlite3.Connection) -> date:
    """The day, on the shop's calendar, up to which orders have been read; before the first load, now."""
    watermark = get_watermark(db, "orders")
    moment = datetime.fromisoformat(watermark) if watermark else datetime.now(UTC)
    return moment.astimezone(shop_timezone(db)).date()
