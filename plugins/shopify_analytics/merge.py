"""One entity's staged records beside the rows in the database: what differs, and how it is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shopify_analytics.database import now, primary_key, table_columns
from shopify_analytics.entities import Entity
from shopify_analytics.staged_copy import StagedCopy
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


class EntityMerge:
    """The staged records of one entity on their way into the database."""

    def __init__(self, db: sqlite3.Connection, entity: Entity, staging: EntityStaging, run_id: str) -> None:
        self.db = db
        self.entity = entity
        self.staging = staging
        self.run_id = run_id
        self.counts = {table: RowCounts() for table in entity.tables}
        self.copied = StagedCopy(db, entity)
        self.deletions_changed = False

    @property
    def name(self) -> str:
        return self.entity.name

    @property
    def changed_tables(self) -> list[str]:
        """Tables whose live rows are others now; children live and die with their parent."""
        return [table for table in self.entity.tables if self.deletions_changed or self.counts[table].changed]

    def copy(self) -> None:
        """Copy what is staged into the scratch database; nothing is locked."""
        self.copied.fill(self.staging)

    def compare(self) -> None:
        """Find what is to be written; nothing of the database changes yet."""
        self.counts[self.name].unchanged += self._drop_older_versions()
        for table in self.entity.tables:
            self._compare(table)
            if table != self.name:
                self._find_removed(table)
        self.deletions_changed = self._any(
            f"""
            SELECT 1
            FROM diff_{self.name} AS diff
            JOIN new_{self.name} AS new ON new.rowid = diff.row
            JOIN {self.name} AS old ON old.id = new.id
            WHERE old.deleted_at IS NOT NULL
            """
        )

    def apply(self) -> None:
        """Write what differs, remove children that are gone, mark what the store no longer has."""
        self._set_rejected_aside()
        for table in self.entity.tables:
            self._upsert(table)
        for table in self.entity.child_tables:
            self._remove(table)
        marked = self._mark(self.name, "id")
        self.deletions_changed |= bool(marked)
        for table in self.entity.child_tables:
            if "deleted_at" in table_columns(self.db, table):
                self._mark(table, self.entity.parent_column)
        gone = f"SELECT id FROM gone_{self.name}"
        self.db.execute(
            f"DELETE FROM rejected_records WHERE entity = ? AND record_id IN ({gone})", (self.name,)
        )

    def touched(self) -> Iterator[str]:
        """SELECTs of the ids of records of which any row will be written, removed or marked."""
        for table in self.entity.tables:
            parent = "id" if table == self.name else self.entity.parent_column
            yield f"SELECT {parent} FROM new_{table} WHERE rowid IN (SELECT row FROM diff_{table})"
            if table != self.name:
                yield f"SELECT {parent} FROM removed_{table}"
        known = f"CROSS JOIN {self.name} AS known ON known.id = gone.id"
        yield f"SELECT gone.id FROM gone_{self.name} AS gone {known} WHERE known.deleted_at IS NULL"

    def _drop_older_versions(self) -> int:
        """Of two versions the newer counts, of equals the later; what was asked for counts in any case.

        :return: how many records the database already has in a newer version.
        """
        name = self.name
        self.db.execute(
            f"""
            CREATE TABLE scratch.older_{name} AS
            SELECT seq, place = 1 AS is_latest
            FROM (
                SELECT
                    seq, id, updated_at, asked,
                    row_number() OVER (
                        PARTITION BY id ORDER BY asked DESC, updated_at DESC, seq DESC
                    ) AS place
                FROM records_of_{name}
                WHERE reason IS NULL
            ) AS record
            LEFT JOIN {name} AS known ON known.id = record.id
            WHERE place > 1 OR (NOT asked AND known.updated_at > record.updated_at)
            """
        )
        if self._any(f"SELECT 1 FROM older_{name}"):
            for table in self.entity.tables:
                self.db.execute(f"DELETE FROM new_{table} WHERE seq IN (SELECT seq FROM older_{name})")
        return int(self.db.execute(f"SELECT total(is_latest) FROM older_{name}").fetchone()[0])

    def _compare(self, table: str) -> None:
        key = primary_key(self.db, table)
        others = [column for column in self.copied.columns[table] if column not in key]
        differs = (
            f"({', '.join(f'old.{column}' for column in others)}) IS NOT "
            f"({', '.join(f'new.{column}' for column in others)})"
            if others
            else "0"
        )
        self.db.execute(
            f"""
            CREATE TABLE scratch.diff_{table} AS
            SELECT new.rowid AS row, old.{key[0]} IS NULL AS is_new
            FROM new_{table} AS new
            LEFT JOIN {table} AS old ON {_same(key, "old", "new")}
            WHERE old.{key[0]} IS NULL OR {differs}
            """
        )
        written, new = self.db.execute(f"SELECT count(*), total(is_new) FROM diff_{table}").fetchone()
        everything = self.db.execute(f"SELECT count(*) FROM new_{table}").fetchone()[0]
        counts = self.counts[table]
        counts.inserted += int(new)
        counts.updated += written - int(new)
        counts.unchanged += everything - written

    def _find_removed(self, table: str) -> None:
        """Children that their parent came without."""
        key, parent = primary_key(self.db, table), self.entity.parent_column
        live = "AND old.deleted_at IS NULL" if "deleted_at" in table_columns(self.db, table) else ""
        if self._any(f"SELECT 1 FROM main.{table}"):
            self.db.execute(f"CREATE INDEX scratch.new_{table}_by_key ON new_{table} ({', '.join(key)})")
        columns = ", ".join(f"old.{column}" for column in dict.fromkeys((*key, parent)))
        self.db.execute(
            f"""
            CREATE TABLE scratch.removed_{table} AS
            SELECT {columns}
            FROM new_{self.name} AS parent
            CROSS JOIN {table} AS old ON old.{parent} = parent.id
            WHERE NOT EXISTS (SELECT 1 FROM new_{table} AS new WHERE {_same(key, "old", "new")}) {live}
            """
        )

    def _upsert(self, table: str) -> None:
        key, columns = primary_key(self.db, table), self.copied.columns[table]
        assignments = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in key)
        update = f"UPDATE SET {assignments}" if assignments else "NOTHING"
        self.db.execute(
            f"""
            INSERT INTO {table} ({", ".join(columns)})
            SELECT {", ".join(columns)} FROM new_{table} WHERE rowid IN (SELECT row FROM diff_{table})
            ON CONFLICT ({", ".join(key)}) DO {update}
            """
        )

    def _remove(self, table: str) -> None:
        key = ", ".join(primary_key(self.db, table))
        those = f"WHERE ({key}) IN (SELECT {key} FROM removed_{table})"
        if "deleted_at" in table_columns(self.db, table):
            parent = (
                f"SELECT updated_at FROM {self.name} AS p WHERE p.id = {table}.{self.entity.parent_column}"
            )
            removed = self.db.execute(f"UPDATE {table} SET deleted_at = ({parent}) {those}")
        else:
            removed = self.db.execute(f"DELETE FROM {table} {those}")
        self.counts[table].deleted += removed.rowcount

    def _mark(self, table: str, column: str) -> int:
        gone = f"gone_{self.name}"
        marked = self.db.execute(
            f"""
            UPDATE {table}
            SET deleted_at = (SELECT {gone}.deleted_at FROM {gone} WHERE {gone}.id = {table}.{column})
            WHERE {column} IN (SELECT id FROM {gone}) AND deleted_at IS NULL
            """
        ).rowcount
        self.counts[table].deleted += marked
        return marked

    def _set_rejected_aside(self) -> None:
        """Malformed records wait in ``rejected_records``; those that came well since are forgotten."""
        name = self.name
        self.db.execute(
            f"""
            DELETE FROM rejected_records
            WHERE entity = ?
              AND (record_id IS NULL OR record_id IN (SELECT id FROM records_of_{name} WHERE reason IS NULL))
            """,
            (name,),
        )
        if not self.copied.rejections:
            return
        self.db.execute(f"CREATE INDEX scratch.records_of_{name}_by_id ON records_of_{name} (id, seq)")
        self.db.execute(
            f"""
            INSERT OR REPLACE INTO rejected_records (entity, record_id, reason, payload, run_id, rejected_at)
            SELECT ?, id, reason, payload, ?, ?
            FROM records_of_{name} AS rejected
            WHERE reason IS NOT NULL
              AND NOT EXISTS (
                  SELECT 1 FROM records_of_{name} AS good
                  WHERE good.reason IS NULL AND good.id = rejected.id AND good.seq > rejected.seq
              )
            ORDER BY seq
            """,
            (name, self.run_id, now()),
        )

    def _any(self, query: str) -> bool:
        return self.db.execute(f"{query} LIMIT 1").fetchone() is not None


def _same(key: Iterable[str], one: str, other: str) -> str:
    return " AND ".join(f"{one}.{column} = {other}.{column}" for column in key)
