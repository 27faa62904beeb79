"""The sweep: all ids that the store lists beside all that the database holds, about once a day.

An increment sees what the store lists as changed. What such a list has missed, and what is gone without a
word, only a look at everything can find; ids and times of change are enough for that, 250 of them a request.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shopify_analytics.database import get_metadata, set_metadata
from shopify_analytics.entities import ORDERS
from shopify_analytics.errors import ShopifyUnavailable
from shopify_analytics.fields import MalformedRecord, required_integer, required_utc, utc_text
from shopify_analytics.shop import SCOPES

if TYPE_CHECKING:
    from shopify_analytics.hooks.shopify import ShopifyHook

FIELDS = "id,updated_at"
IDS_PER_PAGE = 250
# Without read_all_orders the store lists 60 days of orders; one day less is certain to be listed.
# https://shopify.dev/docs/api/admin-rest/2026-10/resources/order
LISTED_DAYS = 59
SECONDS_BETWEEN_PROGRESS = 5.0

log = logging.getLogger(__name__)


def sweep_is_due(db: sqlite3.Connection, entity: str, at: datetime, every: timedelta) -> bool:
    """Whether the next sweep of an entity is due at the store's time ``at``.

    That is once ``every`` has passed since the last one (never, if it is zero), and whenever one is wanted.
    """
    if get_metadata(db, _wanted(entity)):
        return True
    last = last_sweep(db, entity)
    return bool(every) and (last is None or at - datetime.fromisoformat(last) >= every)


def last_sweep(db: sqlite3.Connection, entity: str) -> str | None:
    """The store's time of the entity's last sweep or full read that was loaded."""
    return get_metadata(db, f"swept.{entity}")


def want_sweep(db: sqlite3.Connection, entity: str) -> None:
    """Let the next run sweep the entity, whenever the last sweep was."""
    set_metadata(db, _wanted(entity), "1")


def mark_swept(db: sqlite3.Connection, entity: str, at: str) -> None:
    """Remember a sweep or full read of the store's time ``at``; called in the transaction that loads it."""
    if at > (last_sweep(db, entity) or ""):
        set_metadata(db, f"swept.{entity}", at)
    db.execute("DELETE FROM metadata WHERE key = ?", (_wanted(entity),))


def listed_since(db: sqlite3.Connection, entity: str, until: str) -> str:
    """Orders created before this may be absent from every answer, which is evidence of nothing.

    Empty where the store lists everything.

    :param until: the end of the run's window.
    """
    if entity != ORDERS.name or "read_all_orders" in (get_metadata(db, SCOPES) or "").split():
        return ""
    return str(utc_text(datetime.fromisoformat(until) - timedelta(days=LISTED_DAYS)))


def new_list(db: sqlite3.Connection, table: str) -> None:
    """An empty temporary table of ids and times of change; on disk, so that a large store fits."""
    db.execute(f"DROP TABLE IF EXISTS temp.{table}")
    db.execute(f"CREATE TEMP TABLE {table} (id INTEGER PRIMARY KEY, updated_at TEXT)")


def list_ids(db: sqlite3.Connection, hook: ShopifyHook, entity: str, **bounds: Any) -> int:
    """Add to the temporary table ``listed`` what the store lists within ``bounds``; return how many it has.

    :raises SyncError: what the hook raises.
    """
    told, listed = time.monotonic(), 0
    for page in _pages_of_ids(hook, entity, bounds):
        db.executemany("INSERT OR REPLACE INTO listed VALUES (?, ?)", _readable(page))
        listed += len(page)
        if time.monotonic() - told >= SECONDS_BETWEEN_PROGRESS:
            told = time.monotonic()
            log.info("%s: %s ids listed", entity, f"{listed:,}")
    return int(db.execute("SELECT count(*) FROM listed").fetchone()[0])


def _pages_of_ids(hook: ShopifyHook, entity: str, bounds: dict[str, Any]) -> Iterator[list[Any]]:
    """In the order of ids, which no change disturbs.

    A wide range of dates in that order has been seen to end in 502 (community.shopify.com, threads 6927 and
    2533): such a range is listed in the store's own order.
    """
    what = {"fields": FIELDS, "limit": IDS_PER_PAGE, **bounds}
    pages = hook.get_pages(entity, since_id=0, **what)
    try:
        first = next(pages, [])
    except ShopifyUnavailable:
        if not bounds:
            raise
        yield from hook.get_pages(entity, **what)
        return
    yield first
    yield from pages


def _readable(page: list[Any]) -> Iterator[tuple[int, str | None]]:
    """Ids with their times of change, None for one that cannot be read."""
    for record in page:
        try:
            record_id = required_integer(record, "id")
        except (MalformedRecord, AttributeError):
            continue
        try:
            yield record_id, required_utc(record, "updated_at")
        except MalformedRecord:
            yield record_id, None


def _wanted(entity: str) -> str:
    return f"sweep_wanted.{entity}"
