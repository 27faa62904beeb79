"""Records brought into a database as a run does it: staged page by page, then loaded."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from demo_store.state import Store
from shopify_analytics.database import connect
from shopify_analytics.entities import ENTITIES
from shopify_analytics.fields import ShopUnits
from shopify_analytics.load import load_staged
from shopify_analytics.places import Place
from shopify_analytics.shop import remember_shop, shop_units
from shopify_analytics.staging import EntityStaging, Window

from tests.once import made_once
from tests.raw_records import Json, records

EVERYTHING = Window(None, "2026-11-22T12:00:00Z")
UNITS = ShopUnits(UTC, 2)
SCOPES = ("read_all_orders", "read_customers", "read_orders", "read_products")
Counts = dict[str, dict[str, int]]


def stage(
    folder: Place,
    staged: Iterable[Any],
    *,
    window: Window = EVERYTHING,
    page_size: int = 250,
    deleted: Iterable[int] = (),
    deleted_at: str = EVERYTHING.updated_at_max,
    units: ShopUnits = UNITS,
) -> EntityStaging:
    """Stage the records of one entity completely, in pages of ``page_size``."""
    staging = EntityStaging.begin(folder, window)
    pending = [ENTITIES[folder.name].staged(record, units) for record in staged]
    for start in range(0, len(pending), page_size):
        staging.add_page(pending[start : start + page_size])
    staging.finish({"id": record_id, "deleted_at": deleted_at} for record_id in deleted)
    return staging


@dataclass
class Syncs:
    """Runs 1, 2, 3 and so on into one database; what they warned of is in ``warnings``."""

    db: sqlite3.Connection
    folder: Path
    runs: int = 0
    warnings: list[str] = field(default_factory=list)

    def load(
        self,
        *,
        products: Iterable[Any] = (),
        customers: Iterable[Any] = (),
        orders: Iterable[Any] = (),
        deleted: dict[str, list[int]] | None = None,
        window: Window = EVERYTHING,
        page_size: int = 250,
    ) -> Counts:
        """Stage and load; ``deleted`` are ids by entity that the store no longer has."""
        self.runs += 1
        given = {"products": products, "customers": customers, "orders": orders}
        staged = [
            stage(
                self.folder / f"run-{self.runs}" / entity,
                given[entity],
                window=window,
                page_size=page_size,
                deleted=(deleted or {}).get(entity, ()),
                units=shop_units(self.db),
            )
            for entity in ENTITIES
        ]
        return load_staged(self.db, staged, self.folder, f"run-{self.runs}", self.warnings.append)

    def load_store(self, store: Store) -> Counts:
        """Load everything that ``store`` holds."""
        return self.load(
            products=records(store, "products"),
            customers=records(store, "customers"),
            orders=records(store, "orders"),
        )


@contextmanager
def new_database(folder: Path, shop: Json) -> Iterator[Syncs]:
    """A database in ``folder`` that knows its shop and holds nothing else; migrations ran once for all."""
    folder.mkdir(parents=True, exist_ok=True)
    database = Path(shutil.copy(made_once("empty_database", _migrate) / "shopify_data.db", folder))
    with connect(database) as db:
        remember_shop(db, shop, SCOPES)
        yield Syncs(db, folder / "staging")


@contextmanager
def short_lived_database(shop: Json) -> Iterator[Syncs]:
    """A new database in a folder of its own, which goes with it."""
    with TemporaryDirectory() as folder, new_database(Path(folder), shop) as syncs:
        yield syncs


def _migrate(folder: Path) -> None:
    with connect(folder / "shopify_data.db"):
        pass


def select(db: sqlite3.Connection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    return db.execute(query, values).fetchall()


def rows(db: sqlite3.Connection, table: str) -> dict[int, Json]:
    """All rows of a table by id, as dicts."""
    found = db.execute(f"SELECT * FROM {table}")
    columns = [column[0] for column in found.description]
    return {values[0]: dict(zip(columns, values, strict=True)) for values in found}


def dump(db: sqlite3.Connection) -> list[str]:
    """The whole database as SQL, to compare before and after."""
    return list(db.iterdump())
