"""Compare the database with the store's own counts, and say what explains a difference.

What lies after the window's end, or is older than the token may see, is left out of both counts. What the
store still has more of is explained by records that could not be read and wait, and by records that the next
window reads in any case; by nothing else. What is here and no longer there is no loss: a sweep marks it.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shopify_analytics import ledger
from shopify_analytics.database import get_metadata, get_watermark, set_metadata
from shopify_analytics.errors import RowsMissing
from shopify_analytics.fields import utc_text
from shopify_analytics.sweep import last_sweep, list_ids, listed_since, new_list, want_sweep

if TYPE_CHECKING:
    from shopify_analytics.hooks.shopify import ShopifyHook

# What nothing explains at first may be a change in between: it is counted and looked for once more.
ROUNDS = 2
EXPLAINED = {
    "rejected": "could not be read",
    "in_flight": "left to the next run",
    "unlisted": "counted but not listed",
}
# SQL: a listed record does not wait because it could not be read.
READABLE = """NOT EXISTS (
    SELECT 1 FROM rejected_records WHERE entity = :entity AND record_id = listed.id
)"""

log = logging.getLogger(__name__)


@dataclass
class Totals:
    """How many live records the store counts and the database holds, and what explains the difference.

    ``rejected`` could not be read and wait, ``in_flight`` are read by the next run in any case, ``unlisted``
    were counted by the store at the last sweep and were in none of its lists.
    """

    store: int
    database: int
    rejected: int
    unlisted: int
    in_flight: int = 0

    @property
    def missing(self) -> int:
        """What nothing explains."""
        explained = self.rejected + self.unlisted + self.in_flight
        return max(0, self.store - self.database - explained)


def compare_with_store(
    db: sqlite3.Connection,
    hook: ShopifyHook,
    fetched: Mapping[str, Mapping[str, Any]],
    overlap: timedelta,
    warn: Callable[[str], None],
) -> dict[str, Any]:
    """Compare every entity after a load; return what was found, by entity.

    That is live records in ``store`` and ``database`` and their ``difference``; how many of these are
    ``missing``, ``rejected``, ``in_flight`` or ``unlisted``; the same of the ``window`` that was fetched; the
    ``last_sweep``; and the ``state``: equal, explained, surplus (more here than in the store) or missing.

    :param fetched: what each fetch returned.
    :param overlap: how far the next window reaches back before the watermark.
    :raises SyncError: what the hook raises.
    """
    found = {
        entity: EntityReconciliation(db, hook, entity, window, overlap=overlap, warn=warn).run()
        for entity, window in fetched.items()
    }
    for entity, result in found.items():
        log.info("%s: %s", entity, describe(result))
    return found


def refuse_missing(db: sqlite3.Connection, found: Mapping[str, Any]) -> None:
    """Let the next run sweep the entities of which records are missing.

    :raises RowsMissing: when there are such, saying how many.
    """
    missing = {entity: result for entity, result in found.items() if result["state"] == "missing"}
    for entity in missing:
        want_sweep(db, entity)
    if missing:
        numbers = ", ".join(
            f"{result['missing']:,} of {result['store']:,} {entity}" for entity, result in missing.items()
        )
        raise RowsMissing(
            f"Missing here though the store has them, and nothing explains it: {numbers}. What was read is "
            f"loaded. The next run reads the ids of all {' and '.join(missing)} and fetches what is missing: "
            "wait for it, or trigger it; if it is red again, run a full sync (full_sync)"
        )


def reconciliation(db: sqlite3.Connection) -> dict[str, Any] | None:
    """How the database last compared with the store: ``checked_at`` and the result by entity; None before."""
    latest = ledger.latest_result(db, "reconcile")
    return {"checked_at": latest[0], **latest[1]} if latest else None


def describe(result: Mapping[str, Any]) -> str:
    """One entity's result as words."""
    said = [f"{result['missing']:,} missing"] if result["missing"] else []
    if result["difference"] < 0:
        said += [f"{result[key]:,} {words}" for key, words in EXPLAINED.items() if result[key]]
    elif result["difference"] > 0:
        said.append(f"{result['difference']:,} more here, for the next sweep to settle")
    numbers = f"{result['store']:,} in the store, {result['database']:,} here"
    return f"{numbers}: {', '.join(said) or 'equal'}"


class EntityReconciliation:
    """The comparison of one entity after the load of one window."""

    def __init__(
        self,
        db: sqlite3.Connection,
        hook: ShopifyHook,
        entity: str,
        fetched: Mapping[str, Any],
        *,
        overlap: timedelta,
        warn: Callable[[str], None],
    ) -> None:
        self.db = db
        self.hook = hook
        self.entity = entity
        self.fetched = fetched
        self.warn = warn
        self.until = fetched["updated_at_max"]
        self.since = listed_since(db, entity, self.until)
        self.created = {"created_at_min": self.since} if self.since else {}
        watermark = get_watermark(db, entity)
        # What has changed since then is read by the next run in any case; without a watermark, everything is.
        self.due = utc_text(datetime.fromisoformat(watermark) - overlap) if watermark else None

    def run(self) -> dict[str, Any]:
        """What was found, as :func:`compare_with_store` returns it."""
        totals = self._totals()
        window = self._window()
        missing = max(totals.missing, window["missing"])
        difference = totals.database - totals.store
        state = "surplus" if difference > 0 else "explained" if difference < 0 else "equal"
        return {
            "state": "missing" if missing else state,
            "store": totals.store,
            "database": totals.database,
            "difference": difference,
            "missing": missing,
            "rejected": totals.rejected,
            "in_flight": totals.in_flight,
            "unlisted": totals.unlisted,
            "window": window,
            "last_sweep": last_sweep(self.db, self.entity),
        }

    def _totals(self) -> Totals:
        swept = self.fetched.get("drift")
        unlisted = 0 if swept else int(get_metadata(self.db, self._unlisted_key) or 0)
        for _ in range(ROUNDS):
            store = self.hook.count(self.entity, created_at_max=self.until, **self.created)
            totals = Totals(store, self._here(), self._rejected(), unlisted)
            if totals.missing:
                totals.in_flight = self._in_flight(totals.missing)
            if not totals.missing:
                break
        if swept:
            self._settle(totals, swept)
        return totals

    def _settle(self, totals: Totals, swept: Mapping[str, int]) -> None:
        """What is counted although every id that the store lists is here, is in none of its lists."""
        listed = swept["checked"] - swept["later"]
        if totals.missing and self._here(everything=True) + totals.rejected >= listed:
            totals.unlisted = totals.missing
            self.warn(
                f"The store counts {totals.unlisted:,} {self.entity} more than it lists; "
                "all that it lists are here"
            )
        if totals.unlisted or get_metadata(self.db, self._unlisted_key):
            set_metadata(self.db, self._unlisted_key, str(totals.unlisted))

    @property
    def _unlisted_key(self) -> str:
        return f"unlisted.{self.entity}"

    def _here(self, *, everything: bool = False) -> int:
        """Live rows, created up to the window's end and not before what the store lists."""
        if everything:
            return self._count(f"SELECT id FROM {self.entity} WHERE deleted_at IS NULL")
        return self._count(
            f"""
            SELECT created_at
            FROM {self.entity}
            WHERE deleted_at IS NULL AND coalesce(created_at, :since) BETWEEN :since AND :until
            """
        )

    def _rejected(self) -> int:
        """Records that wait because they could not be read, and of which there is no earlier version."""
        return self._count(
            f"SELECT 1 FROM rejected_records WHERE entity = :entity AND {self._unknown('record_id')}"
        )

    def _in_flight(self, missing: int) -> int:
        """Records that are not here, and were made or changed since the time from which the next run reads.

        New ones first: of those that have just changed again a list by change may not know yet.
        """
        if self.due is None:
            return missing
        new_list(self.db, "listed")
        found = 0
        for bounds in ({"created_at_min": self.due}, {"updated_at_min": self.due} | self.created):
            list_ids(self.db, self.hook, self.entity, **(bounds | {"created_at_max": self.until}))
            found = self._count(
                f"SELECT 1 FROM temp.listed WHERE {self._unknown('listed.id')} AND {READABLE}"
            )
            if found >= missing:
                break
        return found

    def _window(self) -> dict[str, Any]:
        """How many records of the window the store counted, how many were read, and how many are missing."""
        counted, read, missing = self.fetched.get("counted"), self.fetched.get("read"), 0
        since = self.fetched["updated_at_min"]
        if since and counted is not None and read is not None and counted > read:
            bounds = {"updated_at_min": since, "updated_at_max": self.until}
            if self.hook.count(self.entity, **bounds) > read:
                new_list(self.db, "listed")
                list_ids(self.db, self.hook, self.entity, **bounds)
                missing = self._not_as_listed()
        return {"store": counted, "read": read, "missing": missing}

    def _not_as_listed(self) -> int:
        """Records of the list that are not here as of then, but for those that the next run reads."""
        return self._count(
            f"""
            SELECT 1
            FROM temp.listed AS listed
            WHERE updated_at < :due AND {READABLE}
              AND NOT EXISTS (
                  SELECT 1
                  FROM {self.entity} AS known
                  WHERE known.id = listed.id AND known.deleted_at IS NULL
                    AND known.updated_at >= listed.updated_at
              )
            """
        )

    def _unknown(self, column: str) -> str:
        """SQL: there is no live row of this id; of none, there is none either."""
        live = f"SELECT 1 FROM {self.entity} AS known WHERE known.id = {column} AND deleted_at IS NULL"
        return f"NOT EXISTS ({live})"

    def _count(self, select: str) -> int:
        values = {"entity": self.entity, "since": self.since, "until": self.until, "due": self.due}
        return int(self.db.execute(f"SELECT count(*) FROM ({select})", values).fetchone()[0])
