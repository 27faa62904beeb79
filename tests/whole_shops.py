"""Shops that a sync has brought into a database, beside the books that an oracle keeps of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from demo_store.shop.life import open_shop
from demo_store.state import Store
from shopify_analytics.database import connect
from shopify_analytics.shop import remember_shop

from tests.books import Books
from tests.syncing import SCOPES, Syncs
from tests.twisted_shops import twisted_shop

NOW = datetime(2026, 11, 22, 22, tzinfo=UTC)
TODAY = "2026-11-22"
Rows = dict[tuple[Any, ...], dict[str, Any]]

Open = Callable[[Path], Store]
PLAIN: dict[str, Open] = {
    f"seed {seed}": partial(open_shop, seed=seed, orders=300, now=NOW) for seed in (1, 7, 23)
}
TWISTED: dict[str, Open] = {
    f"twisted, in {currency}": partial(twisted_shop, seed=seed, currency=currency)
    for seed, currency in enumerate(("EUR", "JPY", "KWD"), start=2)
}
SHOPS = PLAIN | TWISTED


@dataclass
class Loaded:
    """A store, the database after one sync of it, and its books."""

    store: Store
    db: sqlite3.Connection
    books: Books

    def rows(self, table: str, *key: str) -> Rows:
        """All rows of a table by the columns of its key."""
        self.db.row_factory = sqlite3.Row
        found = [dict(row) for row in self.db.execute(f"SELECT * FROM {table}")]
        self.db.row_factory = None
        return {tuple(row[column] for column in key): row for row in found}


@contextmanager
def loaded(folder: Path, store: Store) -> Iterator[Loaded]:
    """A database in ``folder`` into which all that ``store`` holds was loaded; both are closed on exit.

    Traffic sources, which rules decide, are taken from the database.
    """
    with connect(folder / "shopify_data.db") as db:
        remember_shop(db, store.shop, SCOPES)
        syncs = Syncs(db, folder / "staging")
        syncs.load_store(store)
        assert syncs.warnings == []
        yield Loaded(store, db, Books.of(store, dict(db.execute("SELECT id, traffic_source FROM orders"))))
    store.close()
