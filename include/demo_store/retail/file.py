"""Reads a file of transactions into a temporary database and groups its lines into invoices."""

from __future__ import annotations

import csv
import gzip
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from demo_store.state import DemoStoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST_NUMBER = 10**9

SCHEMA = """
CREATE TABLE line (
    row         INTEGER PRIMARY KEY,
    invoice     TEXT NOT NULL,
    stock_code  TEXT NOT NULL,
    description TEXT,
    quantity    INTEGER NOT NULL,
    invoiced_at TEXT NOT NULL,
    price       TEXT NOT NULL,
    pence       INTEGER NOT NULL,
    customer    INTEGER,
    country     TEXT,
    refunded    INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE invoice (
    invoice     TEXT PRIMARY KEY,
    row         INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    invoiced_at TEXT NOT NULL,
    customer    INTEGER,
    country     TEXT
);
CREATE TABLE refund_line (
    invoice     TEXT NOT NULL,
    credit_note TEXT NOT NULL,
    refunded_at TEXT NOT NULL,
    row         INTEGER NOT NULL,
    quantity    INTEGER NOT NULL
);
"""

INDEXES = """
CREATE INDEX line_of_invoice ON line (invoice, invoiced_at, row);
CREATE INDEX line_of_customer ON line (customer, stock_code, pence);
CREATE INDEX refund_line_of_invoice ON refund_line (invoice);
"""

INSERT_LINE = """
INSERT INTO line (row, invoice, stock_code, description, quantity, invoiced_at, price, customer, country,
    pence)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

GROUP_INVOICES = """
INSERT INTO invoice (invoice, row, kind, invoiced_at, customer, country)
SELECT first.invoice, first.row, kind, first.invoiced_at, first.customer, first.country
FROM (
    SELECT
        invoice,
        CASE
            WHEN invoice GLOB 'C*' THEN 'credit note'
            WHEN invoice GLOB 'A*' THEN 'adjustment'
            WHEN max(quantity > 0 AND CAST(price AS REAL) > 0) THEN 'order'
            WHEN max(CAST(price AS REAL) <> 0) THEN 'other'
            WHEN max(quantity) < 0 THEN 'write-off'
            ELSE 'stock movement'
        END AS kind
    FROM line
    GROUP BY invoice
) AS grouped
JOIN line AS first ON first.row = (
    SELECT row FROM line WHERE invoice = grouped.invoice ORDER BY invoiced_at, row LIMIT 1
)
"""


class Kind(StrEnum):
    """What an invoice is; ``transactions`` tells how each kind is recognised."""

    ORDER = "order"
    CREDIT_NOTE = "credit note"
    ADJUSTMENT = "adjustment"
    STOCK_MOVEMENT = "stock movement"
    WRITE_OFF = "write-off"
    OTHER = "other"


class Line(NamedTuple):
    """A line of an invoice: ``price`` as in the file, ``pence`` rounded half-up, ``refunded`` in units."""

    row: int
    stock_code: str
    description: str | None
    quantity: int
    price: str
    pence: int
    refunded: int


@dataclass(frozen=True)
class Invoice:
    """An invoice with its lines, earliest first; ``invoiced_at`` is shop-local and without offset."""

    number: str
    kind: Kind
    invoiced_at: str
    customer: int | None
    country: str | None
    lines: tuple[Line, ...]

    def usable(self, line: Line) -> bool:
        """Tell whether ``line`` has the signs that its invoice's kind asks for; others are set aside."""
        match self.kind:
            case Kind.ORDER:
                return line.quantity > 0 and line.pence >= 0
            case Kind.CREDIT_NOTE:
                return line.quantity < 0 and line.pence >= 0
            case Kind.OTHER:
                return False
        return True


@contextmanager
def stage(source: Path) -> Iterator[sqlite3.Connection]:
    """Give a temporary database with every line of the CSV file ``source`` and the invoices they make up.

    SQLite keeps it on disk and deletes it when it is closed: https://www.sqlite.org/inmemorydb.html#temp_db
    Raises DemoStoreError for a file that cannot be read, a missing column or a bad value.
    """
    opener: Callable[..., TextIO] = gzip.open if source.suffix == ".gz" else open
    with closing(sqlite3.connect("")) as staged:
        staged.executescript("PRAGMA journal_mode = OFF;" + SCHEMA)
        try:
            with opener(source, "rt", encoding="utf-8-sig", newline="") as text:
                staged.executemany(INSERT_LINE, _lines(source, text))
        except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
            raise DemoStoreError(f"{source} cannot be read as a CSV file: {error}") from error
        staged.executescript(INDEXES + GROUP_INVOICES)
        yield staged


def invoices(staged: sqlite3.Connection, kind: Kind | None = None) -> Iterator[Invoice]:
    """Yield the invoices, of one ``kind`` or all, by time; at the same time as in the file."""
    of_invoice = """
        SELECT row, stock_code, description, quantity, price, pence, refunded
        FROM line
        WHERE invoice = ?
        ORDER BY invoiced_at, row
    """
    by_time = """
        SELECT invoice, kind, invoiced_at, customer, country
        FROM invoice
        WHERE ?1 IS NULL OR kind = ?1
        ORDER BY invoiced_at, row
    """
    for number, its_kind, invoiced_at, customer, country in staged.execute(by_time, (kind,)):
        lines = tuple(map(Line._make, staged.execute(of_invoice, (number,))))
        yield Invoice(number, Kind(its_kind), invoiced_at, customer, country, lines)


def _lines(source: Path, text: TextIO) -> Iterator[tuple[Any, ...]]:
    reader = csv.reader(text)
    header = [name.strip() for name in next(reader, [])]
    missing = [name for name in FIELDS if name not in header]
    if missing:
        raise DemoStoreError(
            f"{source} has no column {', '.join(missing)}: line 1 must name {', '.join(FIELDS)}."
        )
    pick = itemgetter(*(header.index(name) for name in FIELDS))
    parsers = [_parser(column) for column in FIELDS]
    for row, cells in enumerate(filter(None, reader), start=1):
        if len(cells) != len(header):
            where = f"{source}, line {reader.line_num}"
            raise DemoStoreError(f"{where}: {len(cells)} fields where line 1 has {len(header)}.")
        try:
            values = [parse(cell) for parse, cell in zip(parsers, pick(cells), strict=True)]
        except ValueError as error:
            raise DemoStoreError(f"{source}, line {reader.line_num}: {error}.") from error
        yield row, *values, _pence(values[PRICE])


def _parser(column: str) -> Callable[[str], Any]:
    parse, expected = FIELDS[column]

    @lru_cache(maxsize=10_000)  # most values are in many lines
    def parse_cell(cell: str) -> Any:
        try:
            return parse(cell.strip())
        except (ValueError, ArithmeticError) as error:
            raise ValueError(f"{column} is {cell!r}, expected {expected}") from error

    return parse_cell


def _invoice_number(text: str) -> str:
    if not re.fullmatch(r"[CA]?[0-9]{1,12}", text):
        raise ValueError(text)
    return text


def _required(text: str) -> str:
    if not text:
        raise ValueError(text)
    return text


def _optional(text: str) -> str | None:
    return text or None


def _whole_number(text: str) -> int:
    number = int(text)
    if abs(number) >= LARGEST_NUMBER:
        raise ValueError(text)
    return number


def _customer(text: str) -> int | None:
    return _whole_number(text) if text else None


def _local_time(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo:
        raise ValueError(text)
    return moment.isoformat(timespec="seconds")


def _price(text: str) -> str:
    price = Decimal(text)
    if not price.is_finite() or abs(price) >= LARGEST_NUMBER:
        raise ValueError(text)
    return str(price)


@lru_cache(maxsize=10_000)
def _pence(price: str) -> int:
    return int((Decimal(price) * 100).to_integral_value(ROUND_HALF_UP))


FIELDS: dict[str, tuple[Callable[[str], Any], str]] = {
    "InvoiceNo": (_invoice_number, "a whole number, after C or A if it is no sale"),
    "StockCode": (_required, "the code of an article"),
    "Description": (_optional, "a text"),
    "Quantity": (_whole_number, "a whole number below 1,000,000,000"),
    "InvoiceDate": (_local_time, "an ISO date and time without offset"),
    "UnitPrice": (_price, "a number below 1,000,000,000"),
    "CustomerID": (_customer, "a whole number below 1,000,000,000, or nothing"),
    "Country": (_optional, "a text"),
}
PRICE = list(FIELDS).index("UnitPrice")
