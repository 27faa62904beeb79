"""Load what was staged into the database: one transaction, the watermarks inside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from shopify_analytics import aggregates
from shopify_analytics.database import (
    advance_watermark,
    get_metadata,
    get_watermark,
    mark_changed,
    scratch,
    transaction,
)
from shopify_analytics.entities import CUSTOMERS, ENTITIES, ORDERS, PRODUCTS
from shopify_analytics.errors import StagingRefused
from shopify_analytics.merge import EntityMerge
from shopify_analytics.shop import URL
from shopify_analytics.sql import run
from shopify_analytics.staging import EntityStaging
from shopify_analytics.sweep import mark_swept


def load_staged(
    db: sqlite3.Connection,
    staged: Iterable[EntityStaging],
    workspace: Path,
    run_id: str,
    warn: Callable[[str], None],
) -> dict[str, dict[str, int]]:
    """Load all entities, or nothing; return rows inserted, updated, unchanged and deleted by table.

    Of two versions of a record the newer ``updated_at`` wins, at equal times the later fetch; what the store
    gave when it was asked for just this record counts in any case. A malformed record is set aside in
    ``rejected_records``, with a warning; lines of a product that is gone lose its ids as in the store. What
    is derived from orders (buyers, geography, aggregates) is brought up to date for the orders that changed.

    :param workspace: a folder for a file that is only needed meanwhile.
    :raises StagingRefused: when staging is older than the last committed load, begins after its end, or is
        that of another store.
    """
    by_entity = {staging.folder.name: staging for staging in staged}
    with scratch(db, workspace / "load.db"):
        merges = {name: EntityMerge(db, entity, by_entity[name], run_id) for name, entity in ENTITIES.items()}
        for merge in merges.values():
            merge.copy()
        with transaction(db):
            for staging in by_entity.values():
                _refuse_unfit(db, staging)
            for merge in merges.values():
                merge.compare()
            touched = aggregates.Touched(
                orders=list(merges[ORDERS.name].touched()),
                customers=list(merges[CUSTOMERS.name].touched()),
                products=list(merges[PRODUCTS.name].touched()),
            )
            with aggregates.kept_up_to_date(db, touched) as derived:
                for merge in merges.values():
                    merge.apply()
                counts = merges[ORDERS.name].counts
                counts["sales_ledger"].deleted += run(db, "load/drop_ledger_of_deleted_orders")
                counts["line_items"].updated += run(db, "load/detach_lines_of_deleted_products")
            loaded = {table for merge in merges.values() for table in merge.changed_tables}
            mark_changed(db, sorted(loaded | derived))
            for merge in merges.values():
                _conclude(db, merge, warn)
    return {table: asdict(counts) for merge in merges.values() for table, counts in merge.counts.items()}


def _refuse_unfit(db: sqlite3.Connection, staging: EntityStaging) -> None:
    name, window, watermark = staging.folder.name, staging.window, get_watermark(db, staging.folder.name)
    known = get_metadata(db, URL) or ""
    if window.store != known:
        raise StagingRefused(
            f"The staged {name} are of {window.store or 'an unnamed store'}, the database is that of "
            f"{known or 'no store yet'}: clear the run from plan_sync"
        )
    if watermark and window.updated_at_max < watermark:
        raise StagingRefused(
            f"The staged {name} reach to {window.updated_at_max}, the last committed "
            f"load to {watermark}: another run was faster. Clear the run from plan_sync"
        )
    if window.updated_at_min and window.updated_at_min > (watermark or ""):
        raise StagingRefused(
            f"The staged {name} begin at {window.updated_at_min}, the last committed load reaches to "
            f"{watermark or 'nothing'}: the database was restored or made anew meanwhile. Clear the run from "
            "plan_sync"
        )


def _conclude(db: sqlite3.Connection, merge: EntityMerge, warn: Callable[[str], None]) -> None:
    if merge.copied.rejections:
        warn(
            f"Could not read {merge.copied.rejections:,} of the {merge.name}, which wait in "
            f"rejected_records; the first has {merge.copied.first_rejection}"
        )
    window = merge.staging.window
    if window.is_full or window.sweep:
        mark_swept(db, merge.name, window.updated_at_max)
    # A record without an id cannot be asked for again: the window stays open until it is good.
    if not merge.copied.unidentified:
        advance_watermark(db, merge.name, window.updated_at_max)
