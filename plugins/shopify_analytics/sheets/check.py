"""Whether a push would succeed, before the first one: credentials, access, room, and nobody else's tabs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from shopify_analytics.database import is_absent, read_only
from shopify_analytics.errors import SyncError
from shopify_analytics.sheets import budget
from shopify_analytics.sheets.book import CELLS_ALLOWED, Book
from shopify_analytics.sheets.client import REQUESTS_PER_MINUTE, SheetsClient
from shopify_analytics.sheets.sources import TABLES, TABS, Where, table_source


def check(client: SheetsClient, where: Where, database: Path, *, personal_data: bool) -> Iterator[str]:
    """Say line by line what is well; nothing of the spreadsheet changes.

    :raises SyncError: saying what is not.
    """
    books = {book_id: Book(client, book_id) for book_id in where.spreadsheets.values()}
    for book_id, book in books.items():
        book.read(tab for tab in TABS if where.spreadsheets[tab] == book_id)
        _write_nothing(book)
        tabs = [tab for tab in TABS if where.spreadsheets[tab] == book_id]
        yield f"Spreadsheet  {book.title!r} ({book_id}): {client.account} may edit it"
        yield f"Tabs         {', '.join(tabs)}: {_whose(book, tabs)}"
        yield f"Cells        {book.cells:,} of {CELLS_ALLOWED:,} are there"
    if is_absent(database):
        yield "Tables       no sync has run yet: what they need is not known"
    else:
        with read_only(database) as reader:
            yield f"Tables       {_room(reader, where, books, personal_data=personal_data)}"
    refused = f"{client.requests_refused:,} of {client.requests_made:,} requests were refused"
    hint = ": another program uses the account, too" if client.requests_refused else ""
    yield f"Quota        {refused}{hint}; a sync never makes more than {REQUESTS_PER_MINUTE} a minute"


def _write_nothing(book: Book) -> None:
    """Give the spreadsheet the title that it has, which only an editor may."""
    properties = {"title": book.title}
    book.change([{"updateSpreadsheetProperties": {"properties": properties, "fields": "title"}}])


def _whose(book: Book, tabs: list[str]) -> str:
    """Whether the tabs are there, and ours.

    :raises SyncError: when one is somebody else's.
    """
    foreign = [tab for tab in tabs if tab not in book.markers and book.headers.get(tab)]
    if foreign:
        raise SyncError(
            f"The spreadsheet {book.title!r} has tabs that this project did not make: {', '.join(foreign)}. "
            "Rename them, or set the Variable google_sheet_id to another spreadsheet"
        )
    there = [tab for tab in tabs if tab in book.sheets]
    return f"{len(there)} are there" if there else "the first push makes them"


def _room(reader: sqlite3.Connection, where: Where, books: Mapping[str, Book], *, personal_data: bool) -> str:
    sources = {tab: table_source(reader, tab, personal_data=personal_data) for tab in TABLES}
    of_tab = {tab: books[where.spreadsheets[tab]] for tab in TABLES}
    shown = budget.what_fits(reader, of_tab, sources, where.newest_orders)
    cells = sum(budget.cells(source, source.count(reader)) for source in sources.values())
    return f"need {cells:,} cells: the tabs show {budget.current(reader, sources, shown)}"
