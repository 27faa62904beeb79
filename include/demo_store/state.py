"""The shop's records in one SQLite file, kept as the JSON text that the REST Admin API sends."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from demo_store.tables import (
    APPLICATION_ID,
    FILTER_COLUMNS,
    FIRST_ID_OF_OTHER_KINDS,
    FIRST_IDS,
    RESOURCES,
    SCHEMA,
    epoch_seconds,
)

__all__ = ["RESOURCES", "Condition", "DemoStoreError", "Row", "Store"]


class DemoStoreError(Exception):
    """A demo store cannot be made or opened; the message says which file and what to do."""


@dataclass(frozen=True)
class Condition:
    """``column operator value`` in a WHERE clause; ``operator`` is =, <, <=, >=, > or IN (value: a tuple)."""

    column: str
    operator: str
    value: Any


@dataclass(frozen=True)
class Row:
    """A stored record as a list of records needs it: ``body`` is its JSON text in UTF-8."""

    id: int
    sort_value: Any
    body: bytes


class Store:
    """One shop in one SQLite file.

    Thread-safe: every thread has its own connection, and in WAL mode readers never wait for the writer.
    Make one with :meth:`create` or :meth:`open`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    @classmethod
    def create(cls, path: Path, shop: dict[str, Any]) -> Store:
        """Make a new, empty shop in the file ``path``; ``shop`` is what shop.json has under ``shop``.

        Raises DemoStoreError when the file exists already.
        """
        if path.exists():
            raise DemoStoreError(f"{path} exists already: open it, or delete it to make a new store.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()  # SQLite itself would keep the group from writing, whatever the umask
        store = cls(path)
        store.db.executescript(SCHEMA)
        store.db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        store.set_setting("shop", shop)
        return store

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open the shop in the existing file ``path``.

        Raises DemoStoreError when there is no such file or it is something else than a demo store.
        """
        if not path.is_file():
            raise DemoStoreError(f"There is no demo store at {path}.")
        if _application_id(path) != APPLICATION_ID:
            raise DemoStoreError(f"{path} is not a demo store: choose another file, or delete this one.")
        return cls(path)

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection, in autocommit mode; writes belong in :meth:`transaction`."""
        if not hasattr(self._local, "db"):
            db = sqlite3.connect(self.path, timeout=60, isolation_level=None)
            self._local.db = db
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
        connection: sqlite3.Connection = self._local.db
        return connection

    def close(self) -> None:
        """Close this thread's connection; a later call opens a new one."""
        if hasattr(self._local, "db"):
            self._local.db.close()
            del self._local.db

    @cached_property
    def shop(self) -> dict[str, Any]:
        """What shop.json has under ``shop``."""
        shop: dict[str, Any] = self.setting("shop")
        return shop

    @cached_property
    def timezone(self) -> ZoneInfo:
        """The shop's time zone, in which the API writes timestamps."""
        return ZoneInfo(self.shop["iana_timezone"])

    def timestamp(self, moment: datetime) -> str:
        """Return an aware ``moment`` as the API writes it: ``2026-11-20T23:41:07+01:00``, shop's offset."""
        return moment.astimezone(self.timezone).isoformat(timespec="seconds")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside happen at once or not at all; inside another transaction it joins that."""
        db = self.db
        if db.in_transaction:
            yield
            return
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            db.rollback()
            raise
        db.commit()

    def put(self, resource: str, records: Iterable[dict[str, Any]]) -> None:
        """Insert the REST ``records`` of ``resource``, replacing those whose id is there already."""
        filters = FILTER_COLUMNS[resource]
        columns = ["id", "created_at", "updated_at", *filters, "json"]
        rows = (
            (
                record["id"],
                epoch_seconds(record["created_at"]),
                epoch_seconds(record["updated_at"]),
                *(value_of(record) for value_of in filters.values()),
                _json_text(record),
            )
            for record in records
        )
        self._replace(resource, columns, rows)

    def get(self, resource: str, record_id: int) -> dict[str, Any] | None:
        """Return the record of ``resource`` with this id, or None."""
        rows = self.select(resource, [Condition("id", "=", record_id)], limit=1)
        return json.loads(rows[0].body) if rows else None

    def delete(self, resource: str, record_id: int, at: datetime) -> None:
        """Remove a record; a product leaves the event by which API clients learn that it is gone.

        Orders and customers leave none: https://shopify.dev/docs/api/admin-rest/latest/resources/event
        """
        record = self.get(resource, record_id)
        if record is None:
            return
        with self.transaction():
            self.db.execute(f"DELETE FROM {resource} WHERE id = ?", (record_id,))
            if resource == "products":
                self._put_destroy_event(record, at)

    def ids(self, resource: str) -> list[int]:
        """Return the ids of all records of ``resource``, ascending."""
        return [row[0] for row in self.db.execute(f"SELECT id FROM {resource} ORDER BY id")]

    def next_id(self, kind: str) -> int:
        """Return a new id for a ``kind`` of record, such as ``order`` or ``line_item``; ids only ascend."""
        return self.next_ids(kind, 1)[0]

    def next_ids(self, kind: str, count: int) -> range:
        """Return as many new ids as ``count`` (1 or more) calls of :meth:`next_id` would, in one go."""
        first = FIRST_IDS.get(kind, FIRST_ID_OF_OTHER_KINDS)
        sql = """
            INSERT INTO sequences (kind, last_id) VALUES (?1, ?2 + ?3 - 1)
            ON CONFLICT (kind) DO UPDATE SET last_id = last_id + ?3
            RETURNING last_id
        """
        (last_id,) = self.db.execute(sql, (kind, first, count)).fetchone()
        return range(last_id - count + 1, last_id + 1)

    def setting(self, key: str, default: Any = None) -> Any:
        """Return the JSON value stored under ``key``, or ``default``."""
        row = self.db.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else default

    def set_setting(self, key: str, value: Any) -> None:
        """Store a JSON ``value`` under ``key``."""
        self._replace("settings", ["key", "value"], [(key, _json_text(value))])

    def select(
        self,
        table: str,
        conditions: Sequence[Condition],
        *,
        limit: int,
        sort: str = "id",
        descending: bool = False,
        after: tuple[Any, int] | None = None,
    ) -> list[Row]:
        """Return up to ``limit`` rows of ``table`` that meet all ``conditions``, by ``sort`` and then id.

        ``after`` is the (sort value, id) of the row before the first one wanted.
        """
        where, values = _where(conditions)
        if after is not None:
            where += f" AND ({sort}, id) {'<' if descending else '>'} (?, ?)"
            values += after
        direction = "DESC" if descending else "ASC"
        sql = f"""
            SELECT id, {sort}, CAST(json AS BLOB)
            FROM {table}
            WHERE {where}
            ORDER BY {sort} {direction}, id {direction}
            LIMIT ?
        """
        return [Row(*row) for row in self.db.execute(sql, (*values, limit))]

    def count(self, table: str, conditions: Sequence[Condition]) -> int:
        """Return how many rows of ``table`` meet all ``conditions``."""
        where, values = _where(conditions)
        (count,) = self.db.execute(f"SELECT count(*) FROM {table} WHERE {where}", values).fetchone()
        return int(count)

    def _replace(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        with self.transaction():
            self.db.executemany(sql, rows)

    def _put_destroy_event(self, product: dict[str, Any], at: datetime) -> None:
        event = {
            "id": self.next_id("event"),
            "subject_id": product["id"],
            "created_at": self.timestamp(at),
            "subject_type": "Product",
            "verb": "destroy",
            "arguments": [product["title"]],
            "body": None,
            "message": f"Product was deleted: {product['title']}.",
            "author": "Shopify",
            "description": f"Product was deleted: {product['title']}.",
            "path": f"/admin/products/{product['id']}",
        }
        columns = ["id", "created_at", "subject_type", "verb", "json"]
        row = (event["id"], int(at.timestamp()), event["subject_type"], event["verb"], _json_text(event))
        self._replace("events", columns, [row])


def _application_id(path: Path) -> int | None:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        try:
            (application_id,) = db.execute("PRAGMA application_id").fetchone()
        except sqlite3.DatabaseError:
            return None
    return int(application_id)


def _json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _where(conditions: Sequence[Condition]) -> tuple[str, tuple[Any, ...]]:
    parts, values = ["1"], []
    for condition in conditions:
        if condition.operator == "IN":
            parts.append(f"{condition.column} IN ({', '.join('?' * len(condition.value))})")
            values.extend(condition.value)
        else:
            parts.append(f"{condition.column} {condition.operator} ?")
            values.append(condition.value)
    return " AND ".join(parts), tuple(values)
