"""The order list: number, times, statuses and amounts, in pages; nothing that names a person."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import msgspec
from starlette.datastructures import QueryParams

from shopify_analytics.reports import shared_parameters, today
from shopify_analytics.sql import statement
from shopify_analytics.web.answers import Answer, BadRequest, fingerprint
from shopify_analytics.web.parameters import Parameters
from shopify_analytics.web.reading import data_version

STATUSES = ("financial_status", "fulfillment_status")
PARAMETERS = ("start", "end", *STATUSES, "number", "before", "limit")
USUAL_LIMIT, MOST_LIMIT = 50, 100
# Shopify counts orders from 1001 on; a number of ten digits is none.
MOST_DIGITS = 9
KEY = "SELECT order_date, coalesce(ordered_at_local, '') FROM orders WHERE id = ? AND order_date IS NOT NULL"


def version_of_orders(db: sqlite3.Connection, given: QueryParams) -> str:
    """The ETag of :func:`order_list`, without the work."""
    return fingerprint(data_version(db), "orders", sorted(given.multi_items()))


def order_list(db: sqlite3.Connection, given: QueryParams) -> Answer:
    """A page of orders, newest first: columns and rows, and ``next``, the ``before`` of the page after it.

    With ``number``, the orders with that number, and those whose number begins so.

    :raises BadRequest: when a parameter cannot be used.
    """
    asked = Parameters(given, PARAMETERS, "The order list")
    limit = asked.number("limit", USUAL_LIMIT, 1, MOST_LIMIT)
    number = asked.text("number")
    if number is None:
        columns, rows = _page(db, asked, limit + 1)
    else:
        columns, rows = _numbered(db, asked, number, limit)
    last = rows[limit - 1][0] if len(rows) > limit else None
    found = {"version": data_version(db), "columns": columns, "rows": rows[:limit], "next": last}
    return Answer(msgspec.json.encode(found), "application/json", version_of_orders(db, given))


def _page(db: sqlite3.Connection, asked: Parameters, limit: int) -> tuple[list[str], list[tuple[Any, ...]]]:
    statuses = {name: asked.text(name) for name in STATUSES}
    dimension, member = next(
        ((name, value) for name, value in statuses.items() if value is not None), ("store", "")
    )
    parameters = {
        **shared_parameters(db),
        **asked.dates(today(db)),
        **statuses,
        **_key(db, asked),
        "dimension": dimension,
        "member": member,
        "limit": limit,
    }
    return _selected(db.execute(statement("web/orders"), parameters))


def _key(db: sqlite3.Connection, asked: Parameters) -> dict[str, Any]:
    """Where the page before ended."""
    if asked.text("before") is None:
        return dict.fromkeys(("before_date", "before_time", "before_id"))
    before = asked.number("before", 0, 1, 2**63 - 1)
    found = db.execute(KEY, (before,)).fetchone()
    if found is None:
        raise BadRequest(f"before is {before}, which is no order here: begin again without it")
    return {"before_date": found[0], "before_time": found[1], "before_id": before}


def _numbered(
    db: sqlite3.Connection, asked: Parameters, number: str, limit: int
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The order with the number itself first, then those with one digit more, and so on."""
    for name in ("start", "end", *STATUSES, "before"):
        if asked.text(name) is not None:
            raise BadRequest(f"number and {name} exclude each other: a number is looked for in all orders")
    if not (digits := re.fullmatch(rf"\s*#?(\d{{1,{MOST_DIGITS}}})\s*", number, re.ASCII)):
        raise BadRequest(f"number is {number[:40]!r}: give an order's number, such as 1001 or #1001")
    prefix = int(digits[1])
    columns: list[str] = []
    rows: list[tuple[Any, ...]] = []
    for places in range(MOST_DIGITS - len(str(prefix)) + 1 if prefix else 1):
        bounds = {"first": prefix * 10**places, "last": (prefix + 1) * 10**places - 1}
        parameters = shared_parameters(db) | bounds | {"limit": limit - len(rows)}
        columns, more = _selected(db.execute(statement("web/orders_by_number"), parameters))
        rows += more
        if len(rows) == limit:
            break
    return columns, rows


def _selected(selected: sqlite3.Cursor) -> tuple[list[str], list[tuple[Any, ...]]]:
    return [column[0] for column in selected.description], selected.fetchall()
