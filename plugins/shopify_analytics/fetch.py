"""Bring one entity's changes from the store to staging, page by page; find what the store has lost."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from shopify_analytics.database import SCOPES, get_metadata
from shopify_analytics.fields import required_integer, required_utc, utc_text
from shopify_analytics.hooks.shopify import ShopifyHook
from shopify_analytics.staging import EntityStaging, Window, record_ids

# REST lists at most 100 variants of a product and does not say that there are more:
# https://shopify.dev/docs/api/admin/migrate/new-product-model
MOST_VARIANTS = 100
# Without read_all_orders the store lists 60 days of orders; one day less is certain to be listed.
# https://shopify.dev/docs/api/admin-rest/2026-10/resources/order
LISTED_DAYS = 59
# A deletion may show up in the events some time after it happened.
EVENT_DELAY = timedelta(hours=1)
SECONDS_BETWEEN_PROGRESS = 5.0

log = logging.getLogger(__name__)


def fetch(
    entity: str,
    hook: ShopifyHook,
    db: sqlite3.Connection,
    staging: EntityStaging,
    warn: Callable[[str], None],
) -> dict[str, Any]:
    """Stage everything of the window: records, then the ids that the store no longer has.

    :return: path of the staged entity, number of records and pages, and the window's bounds.
    :raises SyncError: what the hook raises; what is staged by then is kept for the next try.
    """
    window, progress = staging.window, staging.progress
    if not progress.complete:
        _read_window(entity, hook, db, staging, warn)
        missing = _ask_again(entity, hook, staging, _doubtful_ids(entity, db, window))
        deleted = [{"id": record_id, "deleted_at": window.updated_at_max} for record_id in missing]
        if entity == "products" and not window.is_full:
            deleted += _deletion_events(hook, window)
        staging.finish(deleted)
    log.info("%s: %s records on %s pages staged", entity, f"{progress.records:,}", progress.pages)
    return {
        "path": str(staging.folder),
        "records": progress.records,
        "pages": progress.pages,
        "updated_at_min": window.updated_at_min,
        "updated_at_max": window.updated_at_max,
    }


def _read_window(
    entity: str,
    hook: ShopifyHook,
    db: sqlite3.Connection,
    staging: EntityStaging,
    warn: Callable[[str], None],
) -> None:
    """Read in the order of ids, which no change disturbs: a row that moves is neither lost nor read twice.

    The ids are noted in the temporary table ``seen``, on disk, so that a large store needs no more memory.
    """
    window, progress = staging.window, staging.progress
    bounds = (
        {}
        if window.is_full
        else {"updated_at_min": window.updated_at_min, "updated_at_max": window.updated_at_max}
    )
    db.execute("CREATE TEMP TABLE IF NOT EXISTS seen (id INTEGER PRIMARY KEY)")
    if progress.pages:
        log.info("%s: going on after the %s records of an earlier try", entity, f"{progress.records:,}")
        for page in staging.pages():
            _note_seen(db, page)
    report_progress = _progress_reporter(entity, hook.count(entity, **bounds), progress.records)
    for page in hook.get_pages(entity, since_id=progress.last_id, **bounds):
        staging.add_page(page)
        _note_seen(db, page)
        report_progress(progress.records)
        for product_id in _cut_short(page):
            warn(
                f"Product {product_id} came with {MOST_VARIANTS} variants, the most that REST lists: "
                "it may have more, which are missing here"
            )


def _note_seen(db: sqlite3.Connection, page: list[Any]) -> None:
    db.executemany("INSERT OR IGNORE INTO seen VALUES (?)", ((value,) for value in record_ids(page)))


def _cut_short(page: list[Any]) -> list[int]:
    return [
        record["id"]
        for record in page
        if isinstance(record, dict) and len(record.get("variants") or ()) == MOST_VARIANTS
    ]


def _doubtful_ids(entity: str, db: sqlite3.Connection, window: Window) -> list[int]:
    """Ids to ask the store for one by one: rejected earlier, or in the database but not in a full read."""
    doubtful = "SELECT record_id FROM rejected_records WHERE entity = :entity AND record_id IS NOT NULL"
    if window.is_full:
        doubtful += f" UNION SELECT id FROM {entity} WHERE deleted_at IS NULL"
    found = db.execute(
        f"""
        SELECT record_id
        FROM ({doubtful})
        LEFT JOIN {entity} ON {entity}.id = record_id
        WHERE record_id NOT IN (SELECT id FROM seen)
          AND coalesce({entity}.created_at, :listed_since) >= :listed_since
        ORDER BY record_id
        """,
        {"entity": entity, "listed_since": _listed_since(entity, db, window)},
    )
    return [row[0] for row in found]


def _listed_since(entity: str, db: sqlite3.Connection, window: Window) -> str:
    """Orders created before this may be absent from every answer, which is no evidence of a deletion."""
    if entity != "orders" or "read_all_orders" in (get_metadata(db, SCOPES) or "").split():
        return ""
    return str(utc_text(datetime.fromisoformat(window.updated_at_max) - timedelta(days=LISTED_DAYS)))


def _ask_again(entity: str, hook: ShopifyHook, staging: EntityStaging, ids: list[int]) -> list[int]:
    """Stage what the store gives for these ids; return the ids for which it gives nothing."""
    missing: set[int] = set(ids)
    for start in range(0, len(ids), hook.page_size):
        wanted = ",".join(map(str, ids[start : start + hook.page_size]))
        for page in hook.get_pages(entity, ids=wanted):
            staging.add_records(page)
            missing.difference_update(record_ids(page))
    return sorted(missing)


def _deletion_events(hook: ShopifyHook, window: Window) -> Iterator[dict[str, Any]]:
    """Products destroyed since the window began; no list shows them any more.

    https://shopify.dev/docs/api/admin-rest/2026-10/resources/event
    """
    since = datetime.fromisoformat(str(window.updated_at_min)) - EVENT_DELAY
    for page in hook.get_pages("events", filter="Product", verb="destroy", created_at_min=utc_text(since)):
        for event in page:
            yield {
                "id": required_integer(event, "subject_id"),
                "deleted_at": required_utc(event, "created_at"),
            }


def _progress_reporter(entity: str, expected: int, already: int) -> Callable[[int], None]:
    """Log records of the expected count, rate and time left, every few seconds."""
    started = last = time.monotonic()
    log.info("%s: %s records to read", entity, f"{expected:,}")

    def report(records: int) -> None:
        nonlocal last
        at = time.monotonic()
        if at - last < SECONDS_BETWEEN_PROGRESS:
            return
        last = at
        rate = (records - already) / (at - started)
        left = max(0, expected - records) / rate
        log.info(
            "%s: %s of %s records, %s a second, %d s left",
            entity,
            f"{records:,}",
            f"{expected:,}",
            f"{rate:,.0f}",
            left,
        )

    return report
