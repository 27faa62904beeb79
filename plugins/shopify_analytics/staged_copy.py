"""Staged pages as tables of the scratch database, where SQL compares them with what the database holds.

Of an entity: ``records_of_<entity>``, a row for each record that was staged; ``new_<table>``, the rows of the
well-formed ones, with ``seq``, the number of their record; ``gone_<entity>``, what the store no longer has.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from shopify_analytics.database import placeholders, primary_key
from shopify_analytics.entities import Entity
from shopify_analytics.staging import EntityStaging


class StagedCopy:
    """The copy of one entity's staged pages; ``columns`` are those of the rows, by table."""

    def __init__(self, db: sqlite3.Connection, entity: Entity) -> None:
        self.db = db
        self.entity = entity
        self.columns: dict[str, tuple[str, ...]] = {}
        self.rejections = 0
        self.first_rejection = ""
        self.unidentified = 0

    def fill(self, staging: EntityStaging) -> None:
        """Copy every page.

        :raises StagingRefused: when pages were cleaned up meanwhile.
        """
        name = self.entity.name
        self.db.execute("BEGIN")
        self.db.execute(
            f"CREATE TABLE scratch.records_of_{name}"
            " (seq INTEGER PRIMARY KEY, id, updated_at, asked, reason, payload)"
        )
        seq = 0
        for page in staging.pages():
            numbered = list(enumerate(page, start=seq))
            seq += len(page)
            self._copy_records(numbered)
            for table in self.entity.tables:
                self._copy_rows(
                    table,
                    [
                        (number, *row.values())
                        for number, staged in numbered
                        if "rows" in staged
                        for row in staged["rows"][table]
                    ],
                    next((tuple(row) for row in _rows(page, table)), ()),
                )
        for table in self.entity.tables:
            parent = [self.entity.parent_column] if table != name else []
            self._create(table, tuple(dict.fromkeys([*primary_key(self.db, table), *parent])))
        self.db.execute(f"CREATE TABLE scratch.gone_{name} (id INTEGER PRIMARY KEY, deleted_at)")
        self.db.executemany(
            f"INSERT OR REPLACE INTO gone_{name} VALUES (:id, :deleted_at)", staging.deleted()
        )
        self.db.execute("COMMIT")

    def _copy_records(self, numbered: Iterable[tuple[int, Any]]) -> None:
        values: list[tuple[Any, ...]] = []
        for seq, staged in numbered:
            if "rows" in staged:
                values.append(
                    (seq, staged["id"], self.entity.updated_at(staged["rows"]), "asked" in staged, None, None)
                )
                continue
            self.rejections += 1
            self.unidentified += staged["id"] is None
            self.first_rejection = self.first_rejection or f"id {staged['id']}: {staged['rejected']}"
            values.append((seq, staged["id"], None, 0, staged["rejected"], json.dumps(staged["payload"])))
        self.db.executemany(
            f"INSERT INTO records_of_{self.entity.name} VALUES ({placeholders(range(6))})",
            values,
        )

    def _copy_rows(self, table: str, rows: list[tuple[Any, ...]], columns: tuple[str, ...]) -> None:
        if rows:
            self._create(table, columns)
            self.db.executemany(f"INSERT INTO new_{table} VALUES ({placeholders(rows[0])})", rows)

    def _create(self, table: str, columns: tuple[str, ...]) -> None:
        """The columns' types are those of the table, so that equal values compare as equal."""
        if table not in self.columns:
            self.columns[table] = columns
            empty = f"SELECT 0 AS seq, {', '.join(columns)} FROM main.{table} LIMIT 0"
            self.db.execute(f"CREATE TABLE scratch.new_{table} AS {empty}")


def _rows(page: Iterable[Any], table: str) -> Iterator[dict[str, Any]]:
    for staged in page:
        if "rows" in staged:
            yield from staged["rows"][table]
