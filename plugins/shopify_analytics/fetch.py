"""Bring one entity's changes from the store to staging, page by page; find what the store has lost."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shopify_analytics.database import get_watermark
from shopify_analytics.doubts import Doubts, Drift
from shopify_analytics.entities import ENTITIES, PRODUCTS, Entity
from shopify_analytics.errors import ShopifyUnavailable
from shopify_analytics.fields import MalformedRecord, required_integer, required_utc, utc_text
from shopify_analytics.shop import shop_units
from shopify_analytics.staging import EntityStaging, Window, record_ids
from shopify_analytics.sweep import list_ids, listed_since, new_list

if TYPE_CHECKING:
    from shopify_analytics.hooks.shopify import ShopifyHook

# REST lists at most 100 variants of a product and does not say that there are more:
# https://shopify.dev/docs/api/admin/migrate/new-product-model
MOST_VARIANTS = 100
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
    *,
    overlap: timedelta = timedelta(0),
) -> dict[str, Any]:
    """Stage everything of the window: records as rows, then the ids that the store no longer has.

    :param overlap: how far the next window will reach back; what it will read anyhow is no drift.
    :return: path of the staged entity, number of records and pages, the window's bounds, how many records the
        store ``counted`` in it and how many were ``read`` in it; the ``store``; after a sweep the ``drift``.
    :raises SyncError: what the hook raises; what is staged by then is kept for the next try.
    """
    window, progress = staging.window, staging.progress
    if not progress.complete:
        EntityFetch(ENTITIES[entity], hook, db, staging, warn, overlap=overlap).run()
    log.info("%s: %s records on %s pages staged", entity, f"{progress.records:,}", progress.pages)
    return {
        "path": str(staging.folder),
        "records": progress.records,
        "pages": progress.pages,
        "updated_at_min": window.updated_at_min,
        "updated_at_max": window.updated_at_max,
        "store": window.store,
        **progress.told,
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
        *,
        overlap: timedelta,
    ) -> None:
        self.entity = entity
        self.hook = hook
        self.db = db
        self.staging = staging
        self.warn = warn
        self.overlap = overlap
        self.units = shop_units(db)

    @property
    def window(self) -> Window:
        return self.staging.window

    def run(self) -> None:
        """Read the window, sweep if that is due, ask for what is in doubt, and stage what is gone."""
        name, told = self.entity.name, self.staging.progress.told
        self._read_window()
        doubts = Doubts(self.db, name, listed_since(self.db, name, self.window.updated_at_max), self._due())
        events = self._deletion_events() if self.entity is PRODUCTS and not self.window.is_full else {}
        doubts.add_destroyed(events)
        doubts.add_rejected()
        doubts.add_older()
        drift = self._compare_everything(doubts) if self.window.is_full or self.window.sweep else None
        self._ask(doubts)
        if drift:
            drift.deleted = doubts.gone_unnoticed()
            told["drift"] = asdict(drift)
            log.info("%s: %s", name, drift)
            if drift.missing or drift.stale:
                self.warn(
                    f"Of the {name}, {drift.missing:,} were missing here and {drift.stale:,} stale, which no "
                    "list of changes had told: they are fetched now"
                )
        self.staging.finish(
            {"id": record_id, "deleted_at": events.get(record_id, self.window.updated_at_max)}
            for record_id in doubts.gone()
        )

    def _due(self) -> str:
        """What has changed since then is for increments to find; empty before the first load."""
        loaded = get_watermark(self.db, self.entity.name)
        until = loaded if self.window.is_full else self.window.updated_at_max
        return str(utc_text(datetime.fromisoformat(until) - self.overlap)) if until else ""

    def _compare_everything(self, doubts: Doubts) -> Drift:
        """Put what a list of everything has not, or has otherwise, in doubt; a full read is such a list."""
        if self.window.is_full:
            doubts.add_absent("seen")
            return doubts.drift("seen", self._seen())
        new_list(self.db, "listed")
        checked = list_ids(self.db, self.hook, self.entity.name)
        doubts.add_absent("seen", "listed")
        self.db.execute("DELETE FROM listed WHERE id IN (SELECT id FROM seen)")
        doubts.add_drift("listed")
        drift = doubts.drift("listed", checked)
        drift.later = doubts.later("listed")
        return drift

    def _read_window(self) -> None:
        """Read in the order of ids, which no change disturbs: a row that moves is not lost nor read twice.

        The ids are noted in the temporary table ``seen``, on disk: a large store needs no more memory.
        """
        name, progress = self.entity.name, self.staging.progress
        new_list(self.db, "seen")
        if progress.pages:
            log.info("%s: going on after the %s records of an earlier try", name, f"{progress.records:,}")
            self._note_seen(self.staging.records())
        # Once the window has been read, an earlier try may have staged what it asked for, too.
        before = self._seen()
        read = progress.told.get("read", before)
        bounds = self._bounds()
        counted = progress.told["counted"] = self.hook.count(name, **bounds)
        report_progress = _progress_reporter(name, counted, progress.records)
        for page, add in self._pages(bounds):
            staged = self._as_staged(page)
            add(staged)
            self._note_seen(self._ids(staged))
            read += sum(record["id"] is None for record in staged)
            report_progress(progress.records)
            self._warn_of_cut_variants(page)
        progress.told["read"] = read + self._seen() - before

    def _bounds(self) -> dict[str, Any]:
        if self.window.is_full:
            return {}
        return {
            "updated_at_min": self.window.updated_at_min,
            "updated_at_max": self.window.updated_at_max,
        }

    def _seen(self) -> int:
        return int(self.db.execute("SELECT count(*) FROM seen").fetchone()[0])

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
        return [self.entity.staged(record, self.units) for record in page]

    def _ids(self, staged: list[dict[str, Any]]) -> Iterator[tuple[int | None, str | None]]:
        for record in staged:
            yield record["id"], self.entity.updated_at(record["rows"]) if "rows" in record else None

    def _note_seen(self, records: Iterable[tuple[int | None, str | None]]) -> None:
        self.db.executemany(
            """
            INSERT INTO seen (id, updated_at) VALUES (?, ?)
            ON CONFLICT (id) DO UPDATE SET updated_at = max(updated_at, excluded.updated_at)
            """,
            (record for record in records if record[0] is not None),
        )

    def _warn_of_cut_variants(self, page: list[Any]) -> None:
        for record in page:
            if isinstance(record, dict) and len(record.get("variants") or ()) == MOST_VARIANTS:
                self.warn(
                    f"Product {record.get('id')} came with {MOST_VARIANTS} variants, the most that REST "
                    "lists: it may have more, which are missing here"
                )

    def _ask(self, doubts: Doubts) -> None:
        """Stage what the store gives for the ids in doubt."""
        for ids in doubts.pages(self.hook.page_size):
            for page in self.hook.get_pages(self.entity.name, ids=",".join(map(str, ids))):
                staged = self._as_staged(page)
                self.staging.add_records([record | {"asked": True} for record in staged])
                doubts.note_given(record_ids(staged))

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
