"""Load what was staged into the database: one transaction, the watermarks inside it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from shopify_analytics.config import SQL
from shopify_analytics.database import (
    advance_watermark,
    get_watermark,
    mark_changed,
    now,
    placeholders,
    table_columns,
    transaction,
)
from shopify_analytics.entities import ENTITIES, PRODUCTS, Entity
from shopify_analytics.errors import StagingRefused
from shopify_analytics.records import Row
from shopify_analytics.staging import EntityStaging


@dataclass
class RowCounts:
    """What a load did to one table; ``deleted`` counts rows marked or removed."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.inserted or self.updated or self.deleted)


def load_staged(
    db: sqlite3.Connection, staged: Iterable[EntityStaging], run_id: str, warn: Callable[[str], None]
) -> dict[str, dict[str, int]]:
    """Load all entities, or nothing; return rows inserted, updated, unchanged and deleted by table.

    Of two versions of a record the newer ``updated_at`` wins, at equal times the later fetch; what the store
    gave when it was asked for just this record counts in any case. A malformed record is set aside in
    ``rejected_records``, with a warning.

    :raises StagingRefused: when staging is older than the last committed load.
    """
    by_entity = {staging.folder.name: staging for staging in staged}
    counts: dict[str, RowCounts] = {}
    with transaction(db):
        for entity in ENTITIES.values():
            staging = by_entity[entity.name]
            _refuse_older(db, staging)
            load = EntityLoad(db, entity, run_id)
            load.apply(staging)
            mark_changed(db, load.changed_tables)
            counts |= load.counts
            if load.rejections:
                warn(
                    f"Could not read {load.rejections:,} of the {entity.name}, which wait in "
                    f"rejected_records; the first has {load.first_rejection}"
                )
            # A record without an id cannot be asked for again: the window stays open until it is good.
            if not load.unidentified:
                advance_watermark(db, entity.name, staging.window.updated_at_max)
        _detach_lines(db, by_entity[PRODUCTS.name], counts["line_items"])
    return {table: asdict(count) for table, count in counts.items()}


def _detach_lines(db: sqlite3.Connection, products: EntityStaging, counts: RowCounts) -> None:
    """Empty the ids of lines that sold a product which is gone, also of one that was never loaded."""
    statement = (SQL / "load" / "detach_lines_of_deleted_product.sql").read_text(encoding="utf-8")
    detached = sum(db.execute(statement, {"product_id": gone["id"]}).rowcount for gone in products.deleted())
    counts.updated += detached
    if detached:
        mark_changed(db, ["line_items"])


def _refuse_older(db: sqlite3.Connection, staging: EntityStaging) -> None:
    watermark = get_watermark(db, staging.folder.name)
    if watermark and staging.window.updated_at_max < watermark:
        raise StagingRefused(
            f"The staged {staging.folder.name} reach to {staging.window.updated_at_max}, the last committed "
            f"load to {watermark}: another run was faster. Clear the run from plan_sync"
        )


class EntityLoad:
    """The load of one entity inside a transaction."""

    def __init__(self, db: sqlite3.Connection, entity: Entity, run_id: str) -> None:
        self.db = db
        self.entity = entity
        self.run_id = run_id
        self.counts = {table: RowCounts() for table in entity.tables}
        self.rejections = 0
        self.first_rejection = ""
        self.unidentified = 0
        self.deletions_changed = False

    @property
    def changed_tables(self) -> list[str]:
        """Tables whose live rows are others now; children live and die with their parent."""
        return [table for table in self.entity.tables if self.deletions_changed or self.counts[table].changed]

    def apply(self, staging: EntityStaging) -> None:
        """Merge every staged page, then mark what the store no longer has."""
        self.db.execute(
            "DELETE FROM rejected_records WHERE entity = ? AND record_id IS NULL", (self.entity.name,)
        )
        for page in staging.pages():
            self._merge(self._accept(page))
        for gone in staging.deleted():
            self._mark_deleted(gone["id"], gone["deleted_at"])

    def _accept(self, page: list[Any]) -> dict[int, dict[str, Any]]:
        """What may be merged by id; malformed records are set aside, of a repeated one the newer counts."""
        accepted: dict[int, dict[str, Any]] = {}
        for staged in page:
            if "rejected" in staged:
                self._reject(staged["id"], staged["rejected"], staged["payload"])
                continue
            seen = accepted.get(staged["id"])
            if seen is None or self._updated_at(staged) >= self._updated_at(seen):
                accepted[staged["id"]] = staged
        return accepted

    def _updated_at(self, staged: Mapping[str, Any]) -> str:
        return self.entity.updated_at(staged["rows"])

    def _reject(self, record_id: int | None, reason: str, payload: Any) -> None:
        self.unidentified += record_id is None
        self.rejections += 1
        self.first_rejection = self.first_rejection or f"id {record_id}: {reason}"
        self.db.execute(
            """
            INSERT OR REPLACE INTO rejected_records (entity, record_id, reason, payload, run_id, rejected_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            (self.entity.name, record_id, reason, json.dumps(payload), self.run_id, now()),
        )

    def _merge(self, accepted: dict[int, dict[str, Any]]) -> None:
        if not accepted:
            return
        name = self.entity.name
        parents = [staged["rows"][name][0] for staged in accepted.values()]
        existing = self._existing(name, parents, "id", list(accepted))
        updated_at, deleted_at = (list(parents[0]).index(column) for column in ("updated_at", "deleted_at"))
        current = [
            row
            for row in parents
            if row["id"] not in existing
            or row["updated_at"] >= existing[row["id"]][updated_at]
            or accepted[row["id"]].get("asked")
        ]
        self.counts[name].unchanged += len(parents) - len(current)
        self.deletions_changed |= any(
            existing[row["id"]][deleted_at] for row in current if row["id"] in existing
        )
        self._write(name, current, existing)
        self._forget_rejected([row["id"] for row in parents])
        for table in self.entity.child_tables:
            self._replace_children(table, {row["id"]: row for row in current}, accepted)

    def _replace_children(
        self, table: str, parents: Mapping[int, Row], accepted: Mapping[int, dict[str, Any]]
    ) -> None:
        """The children that came with their parents; others are removed, or marked where the table can."""
        rows = [row for record_id in parents for row in accepted[record_id]["rows"][table]]
        existing = self._existing(table, rows, self.entity.parent_column, list(parents))
        self._write(table, rows, existing)
        removed = sorted(existing.keys() - {row["id"] for row in rows})
        if "deleted_at" in table_columns(self.db, table):
            statement = f"""
                UPDATE {table}
                SET deleted_at = (SELECT updated_at FROM {self.entity.name} AS parent
                                  WHERE parent.id = {table}.{self.entity.parent_column})
                WHERE id = ? AND deleted_at IS NULL
                """
        else:
            statement = f"DELETE FROM {table} WHERE id = ?"
        self.counts[table].deleted += sum(
            self.db.execute(statement, (child_id,)).rowcount for child_id in removed
        )

    def _existing(
        self, table: str, rows: list[Row], column: str, ids: list[int]
    ) -> dict[int, tuple[Any, ...]]:
        """What the database holds, by id, in the order of the new rows' columns; without any, just ids."""
        columns = ", ".join(rows[0]) if rows else "id"
        query = f"SELECT {columns} FROM {table} WHERE {column} IN ({placeholders(ids)})"
        return {values[0]: values for values in self.db.execute(query, ids)}

    def _write(self, table: str, rows: list[Row], existing: Mapping[int, tuple[Any, ...]]) -> None:
        """Insert or update the rows that differ from what is there."""
        counts = self.counts[table]
        changed = []
        for row in rows:
            values = tuple(row.values())
            old = existing.get(row["id"])
            if old == values:
                counts.unchanged += 1
                continue
            counts.inserted += old is None
            counts.updated += old is not None
            changed.append(values)
        if changed:
            self.db.executemany(_upsert(table, tuple(rows[0])), changed)

    def _forget_rejected(self, ids: list[int]) -> None:
        self.db.execute(
            f"DELETE FROM rejected_records WHERE entity = ? AND record_id IN ({placeholders(ids)})",
            (self.entity.name, *ids),
        )

    def _mark_deleted(self, record_id: int, deleted_at: str) -> None:
        marked = self._mark(self.entity.name, "id", record_id, deleted_at)
        self.deletions_changed |= bool(marked)
        for table in self.entity.child_tables:
            if "deleted_at" in table_columns(self.db, table):
                self._mark(table, self.entity.parent_column, record_id, deleted_at)
        self._forget_rejected([record_id])

    def _mark(self, table: str, column: str, record_id: int, deleted_at: str) -> int:
        statement = f"UPDATE {table} SET deleted_at = ? WHERE {column} = ? AND deleted_at IS NULL"
        marked = self.db.execute(statement, (deleted_at, record_id)).rowcount
        self.counts[table].deleted += marked
        return marked


@cache
def _upsert(table: str, columns: tuple[str, ...]) -> str:
    assignments = ", ".join(f"{column} = excluded.{column}" for column in columns if column != "id")
    return f"""
        INSERT INTO {table} ({", ".join(columns)}) VALUES ({placeholders(columns)})
        ON CONFLICT (id) DO UPDATE SET {assignments}
        """
