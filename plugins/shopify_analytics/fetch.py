"""Bring one entity's changes from the store to staging, page by page; find what the store has lost."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shopify_analytics.database import SCOPES, get_metadata, shop_timezone
from shopify_analytics.entities import ENTITIES, ORDERS, PRODUCTS, Entity
from shopify_analytics.errors import ShopifyUnavailable
from shopify_analytics.fields import MalformedRecord, required_integer, required_utc, utc_text
from shopify_analytics.staging import EntityStaging, Window, record_ids

if TYPE_CHECKING:
    from shopify_analytics.hooks.shopify import ShopifyHook

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
    """Stage everything of the window: records as rows, then the ids that the store no longer has.

    :return: path of the staged entity, number of records and pages, and the window's bounds.
    :raises SyncError: what the hook raises; what is staged by then is kept for the next try.
    """
    window, progress = staging.window, staging.progress
    if not progress.complete:
        EntityFetch(ENTITIES[entity], hook, db, staging, warn).run()
    log.info("%s: %s records on %s pages staged", entity, f"{progress.records:,}", progress.pages)
    return {
        "path": str(staging.folder),
        "records": progress.records,
        "pages": progress.pages,
        "updated_at_min": window.updated_at_min,
        "updated_at_max": window.updated_at_max,
    }


class EntityFetch:
    """The fetch of one entity's window."""

    def __init__(
        self,
        entity: Entity,
        hook: ShopifyHook,
        db: sqlite3.Connection,
        staging: EntityStaging,
        warn: Callable[[str], None],
    ) -> None:
        self.entity = entity
        self.hook = hook
        self.db = db
        self.staging = staging
        self.warn = warn
        self.zone = shop_timezone(db)

    @property
    def window(self) -> Window:
        return self.staging.window

    def run(self) -> None:
        """Read the window, ask for what is in doubt, and stage what is gone."""
        self._read_window()
        events = self._deletion_events() if self.entity is PRODUCTS and not self.window.is_full else {}
        missing = self._ask_again(sorted({*self._doubtful_ids(), *events}))
        self.staging.finish(
            {"id": record_id, "deleted_at": events.get(record_id, self.window.updated_at_max)}
            for record_id in missing
        )

    def _read_window(self) -> None:
        """Read in the order of ids, which no change disturbs: a row that moves is not lost nor read twice.

        The ids are noted in the temporary table ``seen``, on disk: a large store needs no more memory.
        """
        name, progress = self.entity.name, self.staging.progress
        self.db.execute("DROP TABLE IF EXISTS temp.seen")
        self.db.execute("CREATE TEMP TABLE seen (id INTEGER PRIMARY KEY, updated_at TEXT)")
        if progress.pages:
            log.info("%s: going on after the %s records of an earlier try", name, f"{progress.records:,}")
            for staged in self.staging.pages():
                self._note_seen(staged)
        bounds = {} if self.window.is_full else asdict(self.window)
        report_progress = _progress_reporter(name, self.hook.count(name, **bounds), progress.records)
        for page, add in self._pages(bounds):
            staged = self._as_staged(page)
            add(staged)
            self._note_seen(staged)
            report_progress(progress.records)
            self._warn_of_cut_variants(page)

    def _pages(self, bounds: dict[str, Any]) -> Iterator[tuple[list[Any], Callable[[list[Any]], None]]]:
        """The pages of the window, and how each is to be staged.

        ``since_id`` with a wide range of dates has been seen to end in 502 (community.shopify.com, threads
        6927 and 2533); such a window is read in the store's own order, by a retry from its beginning.
        """
        last_id = self.staging.progress.last_id
        pages = self.hook.get_pages(self.entity.name, since_id=last_id, **bounds)
        try:
            first = next(pages, [])
        except ShopifyUnavailable as error:
            if self.window.is_full or last_id:
                raise
            log.warning("%s Reading %s in the store's own order instead.", error, self.entity.name)
            for page in self.hook.get_pages(self.entity.name, **bounds):
                yield page, self.staging.add_records
            return
        yield first, self.staging.add_page
        for page in pages:
            yield page, self.staging.add_page

    def _as_staged(self, page: list[Any]) -> list[dict[str, Any]]:
        return [self.entity.staged(record, self.zone) for record in page]

    def _note_seen(self, staged: list[Any]) -> None:
        self.db.executemany(
            """
            INSERT INTO seen (id, updated_at) VALUES (?, ?)
            ON CONFLICT (id) DO UPDATE SET updated_at = max(updated_at, excluded.updated_at)
            """,
            [
                (record["id"], self.entity.updated_at(record["rows"]) if "rows" in record else None)
                for record in staged
                if record["id"] is not None
            ],
        )

    def _warn_of_cut_variants(self, page: list[Any]) -> None:
        for record in page:
            if isinstance(record, dict) and len(record.get("variants") or ()) == MOST_VARIANTS:
                self.warn(
                    f"Product {record.get('id')} came with {MOST_VARIANTS} variants, the most that REST "
                    "lists: it may have more, which are missing here"
                )

    def _doubtful_ids(self) -> list[int]:
        """Ids to ask for: rejected earlier, absent from a full read, or read as older than known here."""
        name = self.entity.name
        absent = "SELECT record_id FROM rejected_records WHERE entity = :entity AND record_id IS NOT NULL"
        if self.window.is_full:
            absent += f" UNION SELECT id FROM {name} WHERE deleted_at IS NULL"
        found = self.db.execute(
            f"""
            SELECT record_id
            FROM ({absent})
            LEFT JOIN {name} ON {name}.id = record_id
            WHERE record_id NOT IN (SELECT id FROM seen)
              AND coalesce({name}.created_at, :listed_since) >= :listed_since
            UNION
            SELECT seen.id
            FROM seen
            JOIN {name} ON {name}.id = seen.id
            WHERE {name}.updated_at > seen.updated_at
            ORDER BY record_id
            """,
            {"entity": name, "listed_since": self._listed_since()},
        )
        return [row[0] for row in found]

    def _listed_since(self) -> str:
        """Orders created before this may be absent from every answer, which is no evidence of a deletion."""
        if self.entity is not ORDERS or "read_all_orders" in (get_metadata(self.db, SCOPES) or "").split():
            return ""
        return str(utc_text(datetime.fromisoformat(self.window.updated_at_max) - timedelta(days=LISTED_DAYS)))

    def _ask_again(self, ids: list[int]) -> list[int]:
        """Stage what the store gives for these ids; return the ids for which it gives nothing."""
        missing: set[int] = set(ids)
        for start in range(0, len(ids), self.hook.page_size):
            wanted = ",".join(map(str, ids[start : start + self.hook.page_size]))
            for page in self.hook.get_pages(self.entity.name, ids=wanted):
                staged = self._as_staged(page)
                self.staging.add_records([record | {"asked": True} for record in staged])
                missing.difference_update(record_ids(staged))
        return sorted(missing)

    def _deletion_events(self) -> dict[int, str]:
        """When products were destroyed since the window began, by id; no list shows them any more.

        https://shopify.dev/docs/api/admin-rest/2026-10/resources/event
        """
        since = utc_text(datetime.fromisoformat(str(self.window.updated_at_min)) - EVENT_DELAY)
        pages = self.hook.get_pages("events", filter="Product", verb="destroy", created_at_min=since)
        deleted: dict[int, str] = {}
        for event in (event for page in pages for event in page):
            try:
                deleted[required_integer(event, "subject_id")] = required_utc(event, "created_at")
            except MalformedRecord as error:
                self.warn(f"Cannot read an event of a deleted product ({error}): a full sync will find it")
        return deleted


def _progress_reporter(entity: str, expected: int, already: int) -> Callable[[int], None]:
    """Log records of the expected count, rate and time left, every few seconds."""
    started = last = time.monotonic()
    log.info("%s: %s records to read", entity, f"{expected:,}")

    def report(records: int) -> None:
        nonlocal last
        at = time.monotonic()
        if records == already or at - last < SECONDS_BETWEEN_PROGRESS:
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
