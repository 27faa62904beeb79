"""Shops that syncs have brought into a database, beside the books that an oracle keeps of them."""

from __future__ import annotations

import pickle
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from demo_store.shop.life import advance, open_shop
from demo_store.state import RESOURCES, Store
from shopify_analytics.database import connect, table_columns
from shopify_analytics.staging import Window

from tests.books import Books
from tests.memory import Memory
from tests.once import made_once
from tests.raw_records import records, utc
from tests.syncing import Syncs, new_database
from tests.twisted_shops import twisted_shop

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = "2026-11-22"
WEEKS = 5
Rows = dict[tuple[Any, ...], dict[str, Any]]


@dataclass
class Loaded:
    """A store, the database after one or more syncs of it, and its books."""

    store: Store
    db: sqlite3.Connection
    books: Books

    def rows(self, table: str, *key: str) -> Rows:
        """The rows of a table that the store still has, by the columns of its key."""
        columns = table_columns(self.db, table)
        is_live = "true"
        if "deleted_at" in columns:
            is_live = "deleted_at IS NULL"
        elif "order_id" in columns:
            is_live = "order_id IN (SELECT id FROM orders WHERE deleted_at IS NULL)"
        found = self.db.execute(f"SELECT * FROM {table} WHERE {is_live}")
        rows = (dict(zip(columns, row, strict=True)) for row in found)
        return {tuple(row[column] for column in key): row for row in rows}


@contextmanager
def loaded(store: Store, folder: Path) -> Iterator[Loaded]:
    """What one sync of ``store`` makes in ``folder``."""
    with new_database(folder, store.shop) as syncs:
        syncs.load_store(store)
        yield _loaded(store, syncs, Memory().see(store))
    store.close()


@contextmanager
def lived_on(folder: Path, seed: int) -> Iterator[Loaded]:
    """A demo shop after a first sync, and one a week of what has changed since; some records disappear."""
    life = open_shop(folder / "life.db", seed=seed, orders=200, now=NOW - timedelta(weeks=WEEKS))
    rng, gone, memory = Random(seed), dict[str, set[int]](), Memory()
    with new_database(folder, life.shop) as syncs:
        before, seen = "", dict[str, set[int]]()
        for week in range(WEEKS + 1):
            now = utc((NOW - timedelta(weeks=WEEKS - week)).isoformat()) or ""
            advance(life, datetime.fromisoformat(now))
            store = _without(life, folder / f"store {week}.db", gone)
            there = {resource: records(store, resource) for resource in RESOURCES}
            changed = {
                resource: [record for record in those if (utc(record["updated_at"]) or "") > before]
                for resource, those in there.items()
            }
            ids = {resource: {record["id"] for record in those} for resource, those in there.items()}
            missing = {resource: sorted(seen.get(resource, set()) - ids[resource]) for resource in RESOURCES}
            syncs.load(
                products=changed["products"],
                customers=changed["customers"],
                orders=changed["orders"],
                deleted=missing,
                window=Window(None, now),
            )
            memory.see(store)
            before, seen = now, ids
            for resource in RESOURCES:
                gone.setdefault(resource, set()).add(rng.choice(sorted(ids[resource])))
        yield _loaded(store, syncs, memory)
    life.close()


def _loaded(store: Store, syncs: Syncs, memory: Memory) -> Loaded:
    """Traffic sources, which rules decide, are taken from the database."""
    assert syncs.warnings == []
    sources = dict(syncs.db.execute("SELECT id, traffic_source FROM orders"))
    return Loaded(store, syncs.db, Books.of(store, sources, memory))


def _without(life: Store, file: Path, gone: dict[str, set[int]]) -> Store:
    """A copy of the store in which these records are gone, and lines no longer name the products."""
    life.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store = Store.open(Path(shutil.copy(life.path, file)))
    for resource, ids in gone.items():
        for record_id in ids:
            store.delete(resource, record_id, NOW)
    orders = records(store, "orders")
    for line in (line for order in orders for line in order["line_items"]):
        if line["product_id"] in gone.get("products", ()):
            line.update(product_id=None, variant_id=None, product_exists=False)
    store.put("orders", orders)
    return store


Shop = Callable[[Path], AbstractContextManager[Loaded]]


def _at_once(make: Callable[[Path], Store], folder: Path) -> AbstractContextManager[Loaded]:
    return loaded(make(folder / "store.db"), folder)


def _copies(shops: dict[str, Shop]) -> dict[str, Shop]:
    return {name: partial(_copied, name, make) for name, make in shops.items()}


@contextmanager
def _copied(name: str, make: Shop, folder: Path) -> Iterator[Loaded]:
    """A copy of a shop that is made once for all tests."""

    def keep(place: Path) -> None:
        with make(place) as shop:
            (place / "books").write_bytes(pickle.dumps((shop.store.path.name, shop.books)))
        shop.store.close()

    made = made_once(name, keep)
    store_file, books = pickle.loads((made / "books").read_bytes())  # noqa: S301 our own
    database = Path(shutil.copy(made / "shopify_data.db", folder))
    store = Store.open(Path(shutil.copy(made / store_file, folder)))
    with connect(database) as db:
        yield Loaded(store, db, books)
    store.close()


PLAIN = _copies(
    {
        f"seed {seed}": partial(_at_once, partial(open_shop, seed=seed, orders=300, now=NOW))
        for seed in (1, 7, 23)
    }
)
TWISTED = _copies(
    {
        f"twisted, in {currency}": partial(_at_once, partial(twisted_shop, seed=seed, currency=currency))
        for seed, currency in enumerate(("EUR", "JPY", "KWD"), start=2)
    }
)
LIVED_ON = _copies({f"lived on, seed {seed}": partial(lived_on, seed=seed) for seed in (5, 6)})
SHOPS = PLAIN | LIVED_ON | TWISTED
