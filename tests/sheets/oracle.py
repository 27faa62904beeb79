"""What the tabs are to show, read from the CSV files by hand, and what they show."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from tests.sheets_server import Book
from tests.sheets_server.grid import Value

FILES = {
    "Products": "products.csv",
    "Variants": "product_variants.csv",
    "Customers": "customers.csv",
    "Orders": "orders.csv",
    "LineItems": "line_items.csv",
}
ON_REQUEST = {
    "SalesLedger": "sales_ledger.csv",
    "ProductDim": "product_dim.csv",
    "CustomerValue": "customer_value.csv",
}
# Of a file whose tab has fewer columns.
SHOWN = {
    "CustomerValue": [
        *("buyer_id", "customer_id", "first_order_date", "last_order_date", "orders", "units"),
        *("net_sales", "total_sales", "segment"),
    ],
}
KEYS = {
    "Products": "product_id",
    "Variants": "variant_id",
    "Customers": "customer_id",
    "Orders": "order_id",
    "LineItems": "line_item_id",
    "SalesLedger": "ledger_id",
    "ProductDim": "product_key",
    "CustomerValue": "buyer_id",
}
BOOLEANS = {"taxes_included", "is_test", "gift_card", "is_tip", "is_deleted"}
DATES = {
    "order_date",
    "fulfilled_date",
    "cancelled_date",
    "ledger_date",
    "first_order_date",
    "last_order_date",
}
TIMES = {
    *("created_at", "updated_at", "processed_at", "closed_at", "cancelled_at", "deleted_at"),
    *("published_at", "first_fulfilled_at", "ordered_at_local"),
}
COUNTS = {
    *("order_number", "order_hour", "order_weekday", "order_seq", "processing_seconds", "position"),
    *("inventory_quantity", "grams", "quantity", "current_quantity", "amount_minor", "orders", "units"),
}
MONEY = {
    *("price", "compare_at_price", "discount_allocated", "total_tax", "total_line_items_price"),
    *("total_discounts", "subtotal_price", "shipping_price", "shipping_discount", "total_shipping"),
    *("shipping_tax", "total_tip", "total_duties", "total_additional_fees", "total_price"),
    *("current_subtotal_price", "current_total_discounts", "current_total_tax", "current_total_duties"),
    *("current_total_additional_fees", "current_total_price", "total_outstanding"),
    *("presentment_total_price", "amount", "net_sales", "total_sales"),
}
HOURS = {"processing_hours"}
WHOLE_FORMAT = {"type": "NUMBER", "pattern": "0"}
MONEY_FORMAT = {"type": "NUMBER", "pattern": "#,##0.00"}
DATE_FORMAT = {"type": "DATE", "pattern": "yyyy-mm-dd"}
TIME_FORMAT = {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm:ss"}
FORMATS = {
    **dict.fromkeys(COUNTS, WHOLE_FORMAT),
    **dict.fromkeys(MONEY, MONEY_FORMAT),
    **dict.fromkeys(DATES, DATE_FORMAT),
    **dict.fromkeys(TIMES, TIME_FORMAT),
    **dict.fromkeys(BOOLEANS | HOURS),
}
TEXT_FORMAT = {"type": "TEXT", "pattern": "@"}
DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  a spreadsheet knows no zones
# A cell with its type: 1, 1.0 and True are equal in Python.
Cell = tuple[str, Value]
Table = dict[str, list[Cell]]


def of_csv(folder: Path, tab: str) -> tuple[list[str], Table]:
    """Return the header of a tab and its rows by key, as its CSV file has them."""
    with (folder / {**FILES, **ON_REQUEST}[tab]).open(encoding="utf-8", newline="") as file:
        whole, *lines = csv.reader(file)
    header = SHOWN.get(tab, whole)
    lines = [[line[whole.index(name)] for name in header] for line in lines]
    key = header.index(KEYS[tab])
    rows = {line[key]: [_cell(name, text) for name, text in zip(header, line, strict=True)] for line in lines}
    assert len(rows) == len(lines)
    return header, rows


def of_book(book: Book, tab: str, width: int) -> list[list[Cell]]:
    """Return what a tab shows below its header, row by row."""
    return [_typed(row, width) for row in book.values(tab)[1:]]


def by_key(rows: Iterable[list[Cell]]) -> Table:
    """Return rows by the text in their first cell; no two may share it."""
    found: Table = {}
    for row in rows:
        assert str(row[0][1]) not in found, row
        found[str(row[0][1])] = row
    return found


def formats(book: Book, tab: str) -> list[tuple[dict[str, str] | None, bool]]:
    """Return the number format of each column, which all of its data rows must share, and whether its
    header is bold."""
    sheet = book.sheet(tab)
    found = []
    for column in range(sheet.column_count):
        header, *below = sheet.formats(column)
        assert header[1] == 1, (tab, column)
        given = [part.get("numberFormat") for _, _, part in below]
        assert all(one == given[0] for one in given), (tab, column, given)
        found.append((given[0], header[2].get("textFormat", {}).get("bold", False)))
    return found


def expected_formats(header: Sequence[str]) -> list[tuple[dict[str, str] | None, bool]]:
    """Return what :func:`formats` is to find."""
    return [(FORMATS.get(name, TEXT_FORMAT), True) for name in header]


def _typed(row: Sequence[Value], width: int) -> list[Cell]:
    cells = [*row, *[""] * (width - len(row))]
    return [
        ("number", round(cell, 9))
        if isinstance(cell, int | float) and not isinstance(cell, bool)
        else (type(cell).__name__, cell)
        for cell in cells
    ]


def _cell(name: str, text: str) -> Cell:
    if text == "":
        return "str", ""
    if name in BOOLEANS:
        return "bool", {"true": True, "false": False}[text]
    if name in DATES | TIMES:
        at = datetime.fromisoformat(text).replace(tzinfo=None)
        return "number", round((at - DAY_ZERO).total_seconds() / 86_400, 9)
    if name in COUNTS | MONEY | HOURS:
        return ("number", round(float(text), 9)) if abs(float(text)) < 2**53 else ("str", text)
    return "str", text if len(text) <= 50_000 else text[:49_999] + "…"
