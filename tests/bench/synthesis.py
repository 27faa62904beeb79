"""Stores of any size, made quickly: a small living shop, copied as often as it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from typing import Any

from demo_store.shop import life
from demo_store.state import RESOURCES, Store

TEMPLATE_ORDERS = 1_000
OPENED_AT = datetime(2026, 11, 1, tzinfo=UTC)
ROWS_PER_TRANSACTION = 2_000
# An id has 13 digits; each kind of record has a range of its own with room for 100,000 copies of the shop.
IDS_PER_COPY = 1_000_000
_ID = re.compile(r"(?<=[:/,\[])([1-9]\d{12})(?!\d)")


@dataclass(frozen=True)
class TemplateRow:
    """A row of the small shop: its columns, and its JSON cut at the ids (every second piece is one)."""

    columns: dict[str, Any]
    pieces: list[str]

    def copy(self, number: int) -> dict[str, Any]:
        """The row as the ``number``-th copy of the shop has it: every id moved by the same distance."""
        distance = number * IDS_PER_COPY
        pieces = self.pieces.copy()
        pieces[1::2] = [str(int(piece) + distance) for piece in self.pieces[1::2]]
        moved = {
            name: self.columns[name] + distance
            for name in ("id", "customer_id")
            if self.columns.get(name) is not None
        }
        return {**self.columns, **moved, "json": "".join(pieces)}


@dataclass(frozen=True)
class Template:
    """A small living shop: what shop.json says of it, and its rows by resource."""

    shop: dict[str, Any]
    rows: dict[str, list[TemplateRow]]


def make_template(path: Path) -> Template:
    """Let a shop of about 1,000 orders live for 20 months in the file ``path``, and read it.

    An order's JSON has 8.6 kB on average and up to 18 kB, a customer's 1.4 kB, a product's 2.5 kB with 2.9
    variants. Orders have one to six lines with discounts and taxes, shipping and fulfillments; one in seven
    has a refund.
    """
    store = life.open_shop(
        path, seed=life.DEFAULT_SEED, orders=TEMPLATE_ORDERS, months=life.DEFAULT_MONTHS, now=OPENED_AT
    )
    rows = {resource: list(_template_rows(store, resource)) for resource in RESOURCES}
    store.close()
    return Template(store.shop, rows)


def make_store(path: Path, template: Template, *, orders: int, customers: int, products: int) -> Store:
    """A store of exactly so many records, of which a few thousand at a time are in memory."""
    store = Store.create(path, template.shop)
    for resource, size in (("products", products), ("customers", customers), ("orders", orders)):
        copies = islice(_copies(template.rows[resource]), size)
        while batch := list(islice(copies, ROWS_PER_TRANSACTION)):
            names = list(batch[0])
            sql = f"INSERT INTO {resource} ({', '.join(names)}) VALUES (:{', :'.join(names)})"
            with store.transaction():
                store.db.executemany(sql, batch)
    return store


def _copies(rows: list[TemplateRow]) -> Iterator[dict[str, Any]]:
    return (row.copy(number) for number in count() for row in rows)


def _template_rows(store: Store, resource: str) -> Iterator[TemplateRow]:
    selected = store.db.execute(f"SELECT * FROM {resource} ORDER BY id")
    names = [column[0] for column in selected.description]
    for values in selected:
        columns = dict(zip(names, values, strict=True))
        yield TemplateRow(columns, _ID.split(columns.pop("json")))
