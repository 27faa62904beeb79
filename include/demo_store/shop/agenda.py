"""What is going to happen in the shop and when: a queue in the store's file, which outlives a restart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demo_store.state import Store

SCHEMA = """
CREATE TABLE agenda (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX agenda_at ON agenda (at, id);
CREATE TABLE returning_buyers (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    at    INTEGER NOT NULL,
    buyer TEXT NOT NULL
);
CREATE INDEX returning_buyers_at ON returning_buyers (at, id);
CREATE TABLE product_orders (
    product_id INTEGER,
    order_id   INTEGER,
    PRIMARY KEY (product_id, order_id)
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Entry:
    """What happens at ``at`` (epoch seconds); ``id`` is never used again and seeds its randomness."""

    id: int
    at: int
    kind: str
    detail: dict[str, Any]


class Agenda:
    """The queue of coming events, the buyers who will come back, and which orders hold a product."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @staticmethod
    def create(store: Store) -> None:
        """Add the tables to a new store; ends a transaction that is open."""
        store.db.executescript(SCHEMA)

    def add(self, at: int, kind: str, **detail: Any) -> None:
        """Let ``kind`` happen at ``at`` (epoch seconds)."""
        sql = "INSERT INTO agenda (at, kind, detail) VALUES (?, ?, ?)"
        self._store.db.execute(sql, (at, kind, json.dumps(detail)))

    def take(self, until: int) -> Entry | None:
        """Remove and return the first entry not later than ``until`` (epoch seconds), or None."""
        sql = """
            DELETE FROM agenda
            WHERE id = (SELECT id FROM agenda WHERE at <= ? ORDER BY at, id LIMIT 1)
            RETURNING id, at, kind, detail
        """
        row = self._store.db.execute(sql, (until,)).fetchone()
        return Entry(row[0], row[1], row[2], json.loads(row[3])) if row else None

    def add_returning_buyer(self, at: int, buyer: dict[str, Any]) -> None:
        """Remember a buyer who will want to order again from ``at`` (epoch seconds) on."""
        sql = "INSERT INTO returning_buyers (at, buyer) VALUES (?, ?)"
        self._store.db.execute(sql, (at, json.dumps(buyer, ensure_ascii=False)))

    def take_returning_buyer(self, until: int) -> dict[str, Any] | None:
        """Remove and return the buyer who has been waiting longest at ``until`` (epoch seconds), or None."""
        sql = """
            DELETE FROM returning_buyers
            WHERE id = (SELECT id FROM returning_buyers WHERE at <= ? ORDER BY at, id LIMIT 1)
            RETURNING buyer
        """
        row = self._store.db.execute(sql, (until,)).fetchone()
        return json.loads(row[0]) if row else None

    def note_products(self, order: dict[str, Any]) -> None:
        """Remember which products an order holds."""
        rows = [(line["product_id"], order["id"]) for line in order["line_items"] if line["product_id"]]
        self._store.db.executemany("INSERT OR IGNORE INTO product_orders VALUES (?, ?)", rows)

    def forget_product(self, product_id: int) -> list[int]:
        """Return the ids of the orders that hold a product, ascending, and forget them."""
        sql = "DELETE FROM product_orders WHERE product_id = ? RETURNING order_id"
        return sorted(row[0] for row in self._store.db.execute(sql, (product_id,)))
