"""What every page needs to know of the shop: whose it is, how fresh its data is, what can be asked for."""

from __future__ import annotations

import sqlite3
from typing import Any

from shopify_analytics import ledger
from shopify_analytics.currency import minor_digits
from shopify_analytics.database import get_metadata
from shopify_analytics.reconcile import describe, reconciliation
from shopify_analytics.reports import today
from shopify_analytics.shop import CURRENCY, TIMEZONE
from shopify_analytics.sql import statement
from shopify_analytics.web.answers import Unavailable
from shopify_analytics.web.filters import FILTERABLE
from shopify_analytics.web.reading import (
    EMPTY,
    NO_DATABASE,
    OUTDATED,
    data_version,
    has_orders,
    opened,
)
from shopify_analytics.web.site import Site

MOST_MEMBERS = 300
# From good to bad; the worst of all entities is the shop's.
STATES = ("equal", "surplus", "explained", "missing")
SAYABLE = (NO_DATABASE, OUTDATED, EMPTY)


def shop_answer(site: Site) -> dict[str, Any]:
    """The shop, its data's age and state, and the members of each filter.

    ``state`` is ok, or says why there is nothing to show; then ``advice`` says what to do.

    :raises Unavailable: when the database cannot be read.
    """
    try:
        with opened(site.folders.database) as db:
            return _shop(db, site)
    except Unavailable as nothing:
        if nothing.state not in SAYABLE:
            raise
        return {"state": nothing.state, "message": str(nothing), "advice": nothing.advice}


def _shop(db: sqlite3.Connection, site: Site) -> dict[str, Any]:
    sold = has_orders(db)
    currency = get_metadata(db, CURRENCY)
    first, last = db.execute(statement("web/first_and_last_order")).fetchone()
    return {
        "state": "ok" if sold else EMPTY,
        "message": None if sold else "The store has no orders yet",
        "advice": None if sold else "They appear with the first sync after the first order.",
        "version": data_version(db),
        "name": get_metadata(db, "shop.name"),
        "currency": currency,
        "minor_digits": minor_digits(currency),
        "timezone": get_metadata(db, TIMEZONE),
        "today": today(db).isoformat(),
        "first_order_date": first,
        "last_order_date": last,
        "data_as_of": ledger.data_as_of(db),
        "longest_age_minutes": int(site.longest_age.total_seconds()) // 60,
        "reconciliation": short_reconciliation(db),
        "filters": {
            "country": {"members": _members(db, "country"), "reports": sorted(FILTERABLE)},
            "channel": {"members": _members(db, "channel"), "reports": sorted(FILTERABLE)},
        },
    }


def short_reconciliation(db: sqlite3.Connection) -> dict[str, Any] | None:
    """When the database was last compared with the store, the worst state found, and each entity in words."""
    latest = reconciliation(db)
    if latest is None:
        return None
    checked_at = latest.pop("checked_at")
    return {
        "checked_at": checked_at,
        "state": max((result["state"] for result in latest.values()), key=STATES.index, default="equal"),
        "entities": {
            entity: {"state": result["state"], "missing": result["missing"], "words": describe(result)}
            for entity, result in latest.items()
        },
    }


def _members(db: sqlite3.Connection, dimension: str) -> list[dict[str, Any]]:
    found = db.execute(statement("web/members"), {"dimension": dimension, "most": MOST_MEMBERS})
    return [{"value": member, "name": name or None, "orders": orders} for member, name, orders in found]
