"""Whether a push would succeed, before the first one: credentials, access, room, and nobody else's tabs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from shopify_analytics.database import is_absent, migrations, read_only, schema_version
from shopify_analytics.sheets import budget
from shopify_analytics.sheets.book import CELLS_ALLOWED, Book
from shopify_analytics.sheets.client import REQUESTS_PER_MINUTE, SheetsClient
from shopify_analytics.sheets.push import refuse_foreign
from shopify_analytics.sheets.sources import Where, table_source
from shopify_analytics.sheets.state import tab_state


def check(client: SheetsClient, where: Where, database: Path, *, personal_data: bool) -> Iterator[str]:
    """Say line by line what is well; nothing of the spreadsheet changes.

    :raises SyncError: saying what is not.
    """
    books = {book_id: Book(client, book_id) for book_id in where.spreadsheets.values()}
    with _reading(database) as reader:
        for book_id, book in books.items():
            tabs = [tab for tab in where.tabs if where.spreadsheets[tab] == book_id]
            book.read(tabs)
            _write_nothing(book)
            yield f"Spreadsheet  {book.title!r} ({book_id}): {client.account} may edit it"
            for tab in tabs:
                known = tab_state(reader, tab) if reader else None
                refuse_foreign(book, tab, known if known and known.spreadsheet_id == book_id else None)
            there = sum(tab in book.sheets for tab in tabs)
            said = f"{there} are there" if there else "the first push makes them"
            yield f"Tabs         {', '.join(tabs)}: {said}"
            yield f"Cells        {book.cells:,} of {CELLS_ALLOWED:,} are there"
        if reader:
            yield f"Tables       {_room(reader, where, books, personal_data=personal_data)}"
        else:
            yield "Tables       no sync has run yet: what they need is not known"
    refused = f"{client.requests_refused:,} of {client.requests_made:,} requests were refused"
    hint = ": another program uses the account, too" if client.requests_refused else ""
    yield f"Quota        {refused}{hint}; a sync never makes more than {REQUESTS_PER_MINUTE} a minute"


@contextmanager
def _reading(database: Path) -> Iterator[sqlite3.Connection | None]:
    """The database as the last sync left it; None before the first, or after an upgrade until the next."""
    if is_absent(database):
        yield None
        return
    with read_only(database) as reader:
        yield reader if schema_version(reader, database) == len(migrations()) else None


def _write_nothing(book: Book) -> None:
    """Give the spreadsheet the title that it has, which only an editor may."""
    properties = {"title": book.title}
    book.change([{"updateSpreadsheetProperties": {"properties": properties, "fields": "title"}}])


def _room(reader: sqlite3.Connection, where: Where, books: Mapping[str, Book], *, personal_data: bool) -> str:
    sources = {tab: table_source(reader, tab, personal_data=personal_data) for tab in where.tables}
    of_tab = {tab: books[where.spreadsheets[tab]] for tab in where.tables}
    shown = budget.what_fits(reader, of_tab, sources, where.newest_orders)
    cells = sum(budget.cells(source, source.count(reader)) for source in sources.values())
    return f"need {cells:,} cells: the tabs show {budget.current(reader, sources, shown)}"
