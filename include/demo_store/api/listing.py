"""Which records a list request asks for, and in which order.

Filters: https://shopify.dev/docs/api/admin-rest/latest/resources/order#get-orders and the pages of
``product``, ``customer`` and ``event``. Bounds are inclusive. Unknown parameters are ignored, as Shopify
ignores them. Its answer to a time, state, limit or order that makes no sense is not documented: here, 400.

Without ``order`` and ``since_id``, products come by title, orders by ``processed_at`` and customers by
``created_at``, the latter two newest first, which is what cursors of real shops hold. Events come by id.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from demo_store.api.answers import bad_parameter
from demo_store.state import Condition

Params = dict[str, str]

DEFAULT_LIMIT = 50
MAX_LIMIT = 250

TIMES = {
    "products": ("created_at", "updated_at", "published_at"),
    "customers": ("created_at", "updated_at"),
    "orders": ("created_at", "updated_at", "processed_at"),
    "events": ("created_at",),
}
# Filter, and the column it compares; a comma-separated list means any of its values.
VALUES: dict[str, dict[str, str]] = {
    "products": {
        "title": "title",
        "handle": "handle",
        "vendor": "vendor",
        "product_type": "product_type",
        "status": "status",
    },
    "customers": {},
    "orders": {"name": "name"},
    "events": {"filter": "subject_type", "verb": "verb"},
}
DEFAULT_SORTS = {
    "products": ("title", False),
    "customers": ("created_at", True),
    "orders": ("processed_at", True),
    "events": ("id", False),
}
ORDER_STATES: dict[str, dict[str, tuple[str, ...] | None]] = {
    "status": {
        "open": ("open",),
        "closed": ("closed",),
        "cancelled": ("cancelled",),
        "any": None,
    },
    "financial_status": {
        "authorized": ("authorized",),
        "pending": ("pending",),
        "paid": ("paid",),
        "partially_paid": ("partially_paid",),
        "refunded": ("refunded",),
        "voided": ("voided",),
        "partially_refunded": ("partially_refunded",),
        "unpaid": ("authorized", "partially_paid"),
        "any": None,
    },
    "fulfillment_status": {
        "shipped": ("shipped",),
        "partial": ("partial",),
        "unshipped": ("unshipped",),
        "unfulfilled": ("unshipped", "partial"),
        "any": None,
    },
}


@dataclass(frozen=True)
class Listing:
    """The records a request asks for: those that meet all ``conditions``, by ``sort`` and then id."""

    conditions: list[Condition]
    sort: str
    descending: bool


def listing(resource: str, params: Params, timezone: ZoneInfo) -> Listing:
    """Return what the filters in ``params`` select; raises the 400 for a filter that makes no sense.

    ``timezone`` is the shop's, in which times without an offset are read.
    """
    if "page" in params:
        raise bad_parameter(
            "page",
            "page cannot be passed. See https://shopify.dev/api/usage/pagination-rest for more information.",
        )
    sort, descending = _sort(resource, params)
    conditions = [
        *_time_conditions(resource, params, timezone),
        *_value_conditions(resource, params),
        *_id_conditions(params),
    ]
    if resource == "orders":
        conditions += _state_conditions(params)
    return Listing(conditions, sort, descending)


def page_limit(params: Params) -> int:
    """Return how many records a page holds: 1 to 250, 50 unless asked otherwise; raises the 400."""
    text = params.get("limit", str(DEFAULT_LIMIT))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_LIMIT:
        raise bad_parameter("limit", f"must be between 1 and {MAX_LIMIT}")
    return int(text)


def record_id(name: str, text: str) -> int:
    """Return the id in ``text``; raises the 400 that Shopify answers to anything but digits."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise bad_parameter(name, "expected String to be a id")
    return int(text)


def _sort(resource: str, params: Params) -> tuple[str, bool]:
    if "since_id" in params:
        # «+id» keeps SQLite from reading the whole table by id where a window of time holds few rows of it:
        # https://www.sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_
        return ("+id" if {"updated_at_min", "updated_at_max"} <= params.keys() else "id"), False
    if "order" not in params:
        return DEFAULT_SORTS[resource]
    match = re.fullmatch(r"(\w+)(?:\s+(asc|desc))?", params["order"], re.IGNORECASE)
    sortable = {"id", DEFAULT_SORTS[resource][0], *TIMES[resource]} - {"published_at"}
    if match is None or match[1] not in sortable:
        raise bad_parameter("order")
    return match[1], (match[2] or "").lower() == "desc"


def _time_conditions(resource: str, params: Params, timezone: ZoneInfo) -> list[Condition]:
    return [
        Condition(column, operator, _epoch_seconds(name, params[name], timezone))
        for column in TIMES[resource]
        for name, operator in ((f"{column}_min", ">="), (f"{column}_max", "<="))
        if name in params
    ]


def _epoch_seconds(name: str, text: str, timezone: ZoneInfo) -> int:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone)
        return int(moment.timestamp())
    except ValueError:
        raise bad_parameter(name) from None


def _value_conditions(resource: str, params: Params) -> list[Condition]:
    return [
        Condition(column, "IN", tuple(params[name].split(",")))
        for name, column in VALUES[resource].items()
        if name in params
    ]


def _id_conditions(params: Params) -> list[Condition]:
    conditions = []
    if "ids" in params:
        ids = tuple(record_id("ids", text.strip()) for text in params["ids"].split(","))
        conditions.append(Condition("id", "IN", ids))
    if "since_id" in params:
        conditions.append(Condition("id", ">", record_id("since_id", params["since_id"])))
    return conditions


def _state_conditions(params: Params) -> list[Condition]:
    wanted = {"status": "open", **params}
    conditions = []
    for name, states in ORDER_STATES.items():
        if name not in wanted:
            continue
        if wanted[name] not in states:
            raise bad_parameter(name)
        values = states[wanted[name]]
        if values is not None:
            conditions.append(Condition(name, "IN", values))
    return conditions
