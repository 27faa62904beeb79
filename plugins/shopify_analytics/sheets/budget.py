"""Whether the tables fit into ten million cells, and the newest orders that do.

https://support.google.com/drive/answer/37603: empty cells and hidden sheets count, too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from shopify_analytics.database import get_metadata, set_metadata
from shopify_analytics.errors import SheetsRefused
from shopify_analytics.sheets.book import CELLS_ALLOWED, Book
from shopify_analytics.sheets.layout import grid_rows
from shopify_analytics.sheets.rewrite import STAGING
from shopify_analytics.sheets.sources import WINDOWED, TabSource
from shopify_analytics.sheets.state import tab_state

# Kept free, so that the window need not move with every order.
HEADROOM = 0.1
OLDEST_ORDER = "sheets.oldest_order"


@dataclass(frozen=True)
class Window:
    """Which orders the tabs show: all, or those from one on."""

    oldest_order: int | None = None
    shown: int = 0
    of: int = 0

    def __str__(self) -> str:
        if self.oldest_order is None:
            return f"all {self.of:,} orders"
        return f"the newest {self.shown:,} of {self.of:,} orders, and their lines"


def window(
    db: sqlite3.Connection,
    reader: sqlite3.Connection,
    books: Mapping[str, Book],
    sources: Mapping[str, TabSource],
    newest_orders: int,
) -> Window:
    """The orders that the tabs are to show, which is remembered; raises as :func:`what_fits` does."""
    before = get_metadata(db, OLDEST_ORDER)
    oldest = what_fits(reader, books, sources, newest_orders, int(before) if before else None)
    if str(oldest or "") != (before or ""):
        set_metadata(db, OLDEST_ORDER, str(oldest) if oldest else None)
    return current(reader, sources, oldest)


def what_fits(
    reader: sqlite3.Connection,
    books: Mapping[str, Book],
    sources: Mapping[str, TabSource],
    newest_orders: int,
    before: int | None = None,
) -> int | None:
    """The oldest order that the tabs may show; None for all orders.

    :param books: the spreadsheet of each tab.
    :param sources: the tabs with all orders.
    :param newest_orders: how many at most; 0 for as many as fit.
    :param before: the oldest order that they show now, which stays as long as that fits and is not far less
        than what would fit.
    :raises SheetsRefused: when not even the other tables fit.
    """
    asked = _nth_newest(reader, sources["Orders"], newest_orders) if newest_orders else None
    if _fits(reader, books, sources, asked, HEADROOM if before and not asked else 0.0):
        return asked
    if before and _fits(reader, books, sources, before, 0.0):
        has_room_for_more = _fits(reader, books, sources, before, 2 * HEADROOM)
        return _that_fits(reader, books, sources) if has_room_for_more else before
    return _that_fits(reader, books, sources)


def current(reader: sqlite3.Connection, sources: Mapping[str, TabSource], oldest: int | None) -> Window:
    """The window that begins with this order; of everything when it leaves none out."""
    of = sources["Orders"].count(reader)
    shown = _count(reader, sources["Orders"], oldest)
    return Window(oldest, shown, of) if oldest is not None and shown < of else Window(None, of, of)


def _room(reader: sqlite3.Connection, book: Book, sources: Mapping[str, TabSource]) -> int:
    """Cells for the tabs of orders in a spreadsheet: what other sheets and our other tabs leave."""
    known = filter(None, (tab_state(reader, title) for title in sources))
    renamed = {tab.sheet_id for tab in known if tab.spreadsheet_id == book.spreadsheet_id}
    titles = {*sources, *map(STAGING.format, sources)}
    foreign = sum(
        sheet.cells
        for title, sheet in book.sheets.items()
        if title not in titles and sheet.sheet_id not in renamed
    )
    ours = sum(
        cells(source, source.count(reader)) for title, source in sources.items() if title not in WINDOWED
    )
    return CELLS_ALLOWED - foreign - ours


def _by_book(
    books: Mapping[str, Book], sources: Mapping[str, TabSource]
) -> list[tuple[Book, dict[str, TabSource]]]:
    """The spreadsheets, each with the tabs that are in it."""
    distinct = {book.spreadsheet_id: book for book in books.values()}
    return [
        (book, {title: source for title, source in sources.items() if books[title] is book})
        for book in distinct.values()
    ]


def _fits(
    reader: sqlite3.Connection,
    books: Mapping[str, Book],
    sources: Mapping[str, TabSource],
    oldest: int | None,
    headroom: float,
) -> bool:
    for book, tabs in _by_book(books, sources):
        needed = sum(
            cells(source, _count(reader, source, oldest))
            for title, source in tabs.items()
            if title in WINDOWED
        )
        if needed > _room(reader, book, tabs) - headroom * CELLS_ALLOWED:
            return False
    return True


def _that_fits(
    reader: sqlite3.Connection, books: Mapping[str, Book], sources: Mapping[str, TabSource]
) -> int:
    """The oldest of the newest orders that fit with some headroom."""
    oldest = 0
    for book, tabs in _by_book(books, sources):
        room = _room(reader, book, tabs) - HEADROOM * CELLS_ALLOWED
        width = {title: len(source.columns) for title, source in tabs.items()}
        per_order, per_line = width.get("Orders", 0), width.get("LineItems", 0)
        if not per_order and not per_line:
            continue
        found = reader.execute(
            """
            SELECT min(id)
            FROM (
                SELECT id, sum(cells) OVER (ORDER BY id DESC) AS needed
                FROM (
                    SELECT
                        id,
                        :per_order + :per_line * (SELECT count(*) FROM line_items WHERE order_id = orders.id)
                            AS cells
                    FROM orders
                    WHERE deleted_at IS NULL
                )
            )
            WHERE needed <= :room
            """,
            {"per_order": per_order, "per_line": per_line, "room": room - 2 * (per_order + per_line)},
        ).fetchone()[0]
        if found is None:
            raise SheetsRefused(
                f"The tables do not fit into the ten million cells of the spreadsheet {book.spreadsheet_id}: "
                "delete tabs of your own there, or give tables spreadsheets of their own by the Variable "
                "google_sheet_ids"
            )
        oldest = max(oldest, found)
    return oldest


def _nth_newest(reader: sqlite3.Connection, orders: TabSource, number: int) -> int | None:
    found = reader.execute(
        f"SELECT order_id FROM ({orders.select}) ORDER BY order_id DESC LIMIT 1 OFFSET :newer",
        {**orders.parameters, "newer": number - 1},
    ).fetchone()
    return found[0] if found else None


def _count(reader: sqlite3.Connection, source: TabSource, oldest: int | None) -> int:
    if oldest is None or source.title not in WINDOWED:
        return source.count(reader)
    counted = f"SELECT count(*) FROM ({source.select}) WHERE order_id >= :oldest"
    return int(reader.execute(counted, {**source.parameters, "oldest": oldest}).fetchone()[0])


def cells(source: TabSource, rows: int) -> int:
    """How many cells of its grid so many rows take."""
    return grid_rows(rows) * len(source.columns)
