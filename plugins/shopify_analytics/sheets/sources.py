"""What each tab is to show: a SELECT whose rows have a whole number as key, in the order of their keys."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from shopify_analytics.csv_export import Source, source_of
from shopify_analytics.sheets.columns import Cell, Column, Kind, columns_of, to_cell

# Tab and table, parents before children.
TABLES = {
    "Products": "products",
    "Variants": "product_variants",
    "Customers": "customers",
    "Orders": "orders",
    "LineItems": "line_items",
}
SUMMARY = "Summary"
USUAL = (*TABLES, SUMMARY)
# For a model of Power BI, by their files; there when google_sheet_ids names them.
ON_REQUEST = {"SalesLedger": "sales_ledger", "ProductDim": "product_dim", "CustomerValue": "customer_value"}
TABS = (*USUAL, *ON_REQUEST)
# Without the columns that differ from one day to the next for everybody.
STEADY = {
    "CustomerValue": "buyer_id, customer_id, first_order_date, last_order_date, orders, units, net_sales, "
    "total_sales, segment",
}
DECLARED_BY = {"customer_value": "buyers"}
# Where the window of the newest orders applies.
WINDOWED = ("Orders", "LineItems")
DIGEST_BYTES = 8


@dataclass(frozen=True)
class Where:
    """The spreadsheet of each tab, and how many orders they may show; 0 for as many as fit."""

    spreadsheets: Mapping[str, str]
    newest_orders: int = 0

    @property
    def tabs(self) -> list[str]:
        """Every tab, parents before children."""
        return [tab for tab in TABS if tab in self.spreadsheets]

    @property
    def tables(self) -> list[str]:
        """The tabs that show the rows of a CSV file."""
        return [tab for tab in self.tabs if tab != SUMMARY]


class TabRow(NamedTuple):
    """One row: its key, a digest of what it shows, and the cells."""

    key: int
    digest: bytes
    values: tuple[Any, ...]


@dataclass(frozen=True)
class TabSource:
    """A tab's rows. ``version`` is another one whenever any of them may be."""

    title: str
    columns: tuple[Column, ...]
    select: str
    version: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    key_is_shown: bool = True

    @property
    def key(self) -> str:
        return self.columns[0].name if self.key_is_shown else "line"

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def layout(self) -> str:
        """Names and kinds of the columns: another layout is another tab."""
        return json.dumps([[column.name, column.kind] for column in self.columns])

    @cached_property
    def _converters(self) -> list[Callable[[Any], Cell]]:
        return [to_cell(column.kind) for column in self.columns]

    def count(self, db: sqlite3.Connection) -> int:
        """How many rows there are."""
        return int(db.execute(f"SELECT count(*) FROM ({self.select})", self.parameters).fetchone()[0])

    def rows(self, db: sqlite3.Connection) -> Iterator[TabRow]:
        """Every row, by key."""
        return self._rows(db.execute(self.select, self.parameters))

    def rows_by_key(self, db: sqlite3.Connection, keys: Iterable[int]) -> Iterator[TabRow]:
        """Some of the rows, by key."""
        those = f"{self.key} IN (SELECT value FROM json_each(:keys))"
        asked = f"SELECT * FROM ({self.select}) WHERE {those} ORDER BY {self.key}"
        return self._rows(db.execute(asked, {**self.parameters, "keys": json.dumps(list(keys))}))

    def differs_by_touched_rows(self, version: str) -> bool:
        """Whether between that version and this one only rows differ that are noted as touched."""
        return self.title in TABLES and version.partition(" ")[2] == self.version.partition(" ")[2]

    def _rows(self, selected: sqlite3.Cursor) -> Iterator[TabRow]:
        encode, blake2b = msgspec.msgpack.Encoder().encode, hashlib.blake2b
        first = 0 if self.key_is_shown else 1
        for row in selected:
            digest = blake2b(encode(row), digest_size=DIGEST_BYTES).digest()
            yield TabRow(row[0], digest, row[first:] if first else row)

    def first_cell(self, row: TabRow) -> Cell:
        """What is written into a row's first column."""
        return self._converters[0](row.values[0])

    def cells(self, row: TabRow) -> list[Cell]:
        """What is written of a row."""
        return [convert(value) for convert, value in zip(self._converters, row.values, strict=True)]


def table_source(
    db: sqlite3.Connection, title: str, *, personal_data: bool, oldest_order: int | None = None
) -> TabSource:
    """What the tab of a table shows: the rows of its CSV file, or those of the newest orders only."""
    file = {**TABLES, **ON_REQUEST}[title]
    exported = source_of(db, file, personal_data=personal_data)
    select, parameters = exported.select, dict(exported.parameters)
    if title in STEADY:
        select = f"SELECT {STEADY[title]} FROM ({select}) ORDER BY 1"
    columns = columns_of(db, DECLARED_BY.get(file, file), select, parameters)
    if oldest_order is not None and title in WINDOWED:
        select = f"SELECT * FROM ({select}) WHERE order_id >= :oldest_order ORDER BY {columns[0].name}"
        parameters["oldest_order"] = oldest_order
    shown = Source(select, exported.tables, parameters)
    return TabSource(
        title, columns, select, f"{shown.version(db)} {shown.fingerprint}", parameters=parameters
    )


def summary_source(lines: list[tuple[str, Any, str]], version: str) -> TabSource:
    """What the tab ``Summary`` shows: a line each of name, value and explanation."""
    columns = tuple(Column(name, Kind.NUMBER if name == "value" else Kind.TEXT) for name in SUMMARY_HEADER)
    return TabSource(
        SUMMARY,
        columns,
        """
        SELECT
            key + 1 AS line,
            json_extract(value, '$[0]') AS figure,
            json_extract(value, '$[1]') AS value,
            json_extract(value, '$[2]') AS meaning
        FROM json_each(:lines)
        ORDER BY key
        """,
        version,
        parameters={"lines": json.dumps(lines)},
        key_is_shown=False,
    )


SUMMARY_HEADER = ("figure", "value", "meaning")
