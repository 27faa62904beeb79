"""What is derived from orders, kept up to date for the orders that a load touches, or made anew.

An aggregate is a SELECT of ``include/sql/aggregates`` over the orders in ``scope``; its columns are those of
the table of the same name, whose figures are whole numbers. Before a load changes orders, what they and all
orders of their buyers contribute is subtracted; afterwards what they contribute then is added. A distinct
count of buyers comes right because a buyer's orders are always in scope together.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from shopify_analytics.database import (
    AGGREGATES_STALE,
    derived_tables,
    get_metadata,
    mark_changed,
    primary_key,
    scratch,
    set_metadata,
    table_columns,
    transaction,
)
from shopify_analytics.shop import minor_per_major
from shopify_analytics.sql import names, run, statement

# How many orders are worked on at once: their dimensions take some hundred bytes each of scratch space.
CHUNK = 50_000
ALL_ORDERS, ALL_PRODUCTS = "SELECT id FROM main.orders", "SELECT id FROM main.products"


@dataclass(frozen=True)
class Touched:
    """SELECTs of the ids of records of which a load will write, remove or mark any row."""

    orders: Iterable[str] = ()
    customers: Iterable[str] = ()
    products: Iterable[str] = ()


@contextmanager
def kept_up_to_date(db: sqlite3.Connection, touched: Touched) -> Iterator[set[str]]:
    """Bring everything derived up to date with what the block changes; the set yields which tables changed.

    Inside a transaction, with the scratch database attached.
    """
    derived = Derived(db)
    if get_metadata(db, AGGREGATES_STALE):
        yield derived.changed
        derived.make_anew()
        return
    derived.begin(touched)
    yield derived.changed
    derived.finish()


def rebuild(db: sqlite3.Connection, workspace: Path) -> None:
    """Make everything derived from scratch, in one transaction.

    :param workspace: a folder for a file that is only needed meanwhile.
    """
    with scratch(db, workspace / "rebuild.db"), transaction(db):
        derived = Derived(db)
        derived.make_anew()
        mark_changed(db, sorted(derived.changed))


@dataclass
class Derived:
    """The derived tables during one load."""

    db: sqlite3.Connection
    changed: set[str] = field(default_factory=set)
    everything: bool = False

    def __post_init__(self) -> None:
        self.parameters = {"minor": minor_per_major(self.db)}

    def make_anew(self) -> None:
        """Forget everything derived, and derive it from all orders and products."""
        for table in derived_tables():
            if self.db.execute(f"DELETE FROM {table}").rowcount:
                self.changed.add(table)
        self.everything = True
        self.begin(Touched(orders=[ALL_ORDERS], products=[ALL_PRODUCTS]))
        self.finish()
        set_metadata(self.db, AGGREGATES_STALE, None)

    def begin(self, touched: Touched) -> None:
        """Note what is touched, and subtract what it contributes as long as it is unchanged."""
        for table in (
            "touched_orders",
            "touched_customers",
            "touched_products",
            "touched_product_keys",
            "touched_buyers",
        ):
            self.db.execute(f"CREATE TABLE scratch.{table} (id INTEGER PRIMARY KEY)")
        # A column of type TEXT is compared as text, for which an index on an expression cannot be searched:
        # https://www.sqlite.org/datatype3.html#affinity_of_expressions
        self.db.execute("CREATE TABLE scratch.touched_emails (email PRIMARY KEY)")
        self.db.execute("CREATE TABLE scratch.affected (order_id INTEGER PRIMARY KEY, is_subtracted)")
        self.db.execute("CREATE TABLE scratch.scope (order_id INTEGER PRIMARY KEY)")
        self.db.execute("CREATE TABLE scratch.members (order_id INTEGER, dimension TEXT, member TEXT)")
        self.db.execute("CREATE INDEX scratch.members_by_order ON members (order_id)")
        self.db.execute(
            """
            CREATE TABLE scratch.bookings (
                order_id INTEGER, date TEXT, vendor TEXT, product_type TEXT, kind TEXT, entries INTEGER,
                quantity INTEGER, amount_minor INTEGER
            )
            """
        )
        self.db.execute("CREATE TABLE scratch.member_days AS SELECT * FROM daily_sales LIMIT 0")
        for name in self._columns:
            self.db.execute(f"CREATE TABLE scratch.delta_{name} AS SELECT * FROM {name} LIMIT 0")
        for table, selects in (
            ("touched_orders", touched.orders),
            ("touched_customers", touched.customers),
            ("touched_products", touched.products),
        ):
            for select in selects:
                self.db.execute(f"INSERT OR IGNORE INTO {table} {select}")
        self._widen()
        run(self.db, "load/touch_product_keys")

    def finish(self) -> None:
        """Derive what belongs to the touched orders and their buyers, and add what they contribute now."""
        self.db.execute("INSERT OR IGNORE INTO affected SELECT id, 1 FROM touched_orders")
        self._widen()
        self._update("line_keys", "line_items")
        self._update("geography", "orders")
        self._update("buyer_ids", "orders")
        self._widen()
        self._derive_per_order()
        self._update("forget_buyers", "buyers")
        for _ in self._chunks("SELECT order_id FROM affected"):
            self._update("order_seq", "orders")
            self._update("ledger_keys", "sales_ledger")
            self._update("buyers", "buyers")
            self._contribute(+1)
        self._apply_deltas()

    def _widen(self) -> None:
        """Take in the orders that change along with the touched ones, and all orders of their buyers.

        What is newly taken in is unchanged yet: it is subtracted.
        """
        if self.everything:
            return
        run(self.db, "load/touch_emails")
        run(self.db, "load/touch_orders")
        run(self.db, "load/touch_buyers")
        run(self.db, "load/affect_orders")
        for _ in self._chunks("SELECT order_id FROM affected WHERE NOT is_subtracted"):
            self._contribute(-1)
        self.db.execute("UPDATE affected SET is_subtracted = 1 WHERE NOT is_subtracted")

    def _derive_per_order(self) -> None:
        run(self.db, "load/touch_product_keys")
        self._update("forget_products", "product_dim")
        self._update("product_dim", "product_dim")
        self.db.execute("DELETE FROM ledger_differences WHERE order_id IN (SELECT id FROM touched_orders)")
        run(self.db, "load/ledger_differences", self.parameters)

    def _update(self, name: str, table: str) -> None:
        if run(self.db, f"load/{name}", self.parameters):
            self.changed.add(table)

    def _chunks(self, select: str) -> Iterator[None]:
        """Fill ``scope`` with a part of the orders after another; a buyer's orders are in one part."""
        number = self.db.execute(f"SELECT count(*) FROM ({select})").fetchone()[0]
        parts = -(-number // CHUNK)
        for part in range(parts):
            self.db.execute("DELETE FROM scope")
            self.db.execute(
                f"""
                INSERT INTO scope
                SELECT id FROM orders
                WHERE id IN ({select}) AND (? = 1 OR abs(coalesce(buyer_id, id)) % ? = ?)
                """,
                (parts, parts, part),
            )
            yield

    def _contribute(self, sign: int) -> None:
        """Note what the orders in scope contribute to each aggregate, to be added or subtracted."""
        for shared in ("members", "bookings", "member_days"):
            self.db.execute(f"DELETE FROM {shared}")
            run(self.db, f"load/{shared}", self.parameters)
        for name, (keys, figures) in self._columns.items():
            signed = ", ".join(f"{sign} * {figure}" for figure in figures)
            contribution = f"SELECT {', '.join(keys)}, {signed} FROM ({statement(f'aggregates/{name}')})"
            self.db.execute(f"INSERT INTO delta_{name} {contribution}", self.parameters)

    def _apply_deltas(self) -> None:
        for name, (keys, figures) in self._columns.items():
            key = ", ".join(keys)
            net = f"""
                SELECT {key}, {", ".join(f"sum({figure}) AS {figure}" for figure in figures)}
                FROM delta_{name}
                GROUP BY {key}
                HAVING {" OR ".join(f"sum({figure}) <> 0" for figure in figures)}
            """
            if self.everything:
                changed = self.db.execute(f"INSERT INTO {name} {net}").rowcount
            else:
                changed = self._add(name, net)
            if changed:
                self.changed.add(name)

    def _add(self, name: str, net: str) -> int:
        """Add to the figures there are, and drop what is nothing then; return how many rows changed."""
        keys, figures = self._columns[name]
        key = ", ".join(keys)
        self.db.execute(f"CREATE TABLE scratch.net_{name} AS {net}")
        changed = self.db.execute(
            f"""
            INSERT INTO {name} SELECT * FROM net_{name} WHERE true
            ON CONFLICT ({key}) DO UPDATE
            SET {", ".join(f"{figure} = {figure} + excluded.{figure}" for figure in figures)}
            """
        ).rowcount
        if changed:
            self.db.execute(
                f"""
                DELETE FROM {name}
                WHERE ({key}) IN (SELECT {key} FROM net_{name})
                  AND {" AND ".join(f"{figure} = 0" for figure in figures)}
                """
            )
        return changed

    @cached_property
    def _columns(self) -> dict[str, tuple[list[str], list[str]]]:
        """Keys and figures of each aggregate."""
        columns = {}
        for name in names("aggregates"):
            keys = primary_key(self.db, name)
            columns[name] = keys, [column for column in table_columns(self.db, name) if column not in keys]
        return columns
