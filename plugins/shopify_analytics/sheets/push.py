"""Keep the tabs of Google Sheets equal to the CSV files, writing only what differs.

A reader never meets an empty, half-written or mixed tab: what changes is one call that does all or nothing,
and what is written anew is written unseen. What a call is about to do is noted first; what became of a push
that was cut off is told by the tab ``_sync``.
"""

from __future__ import annotations

import logging
import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from shopify_analytics.currency import minor_digits
from shopify_analytics.database import get_metadata, read_only
from shopify_analytics.errors import SheetsRefused
from shopify_analytics.sheets import budget, delta, layout, read_back, rewrite, state
from shopify_analytics.sheets.book import COMPLETE, Book, Marker, Sheet
from shopify_analytics.sheets.client import SheetsClient
from shopify_analytics.sheets.delta import Delta, WriteAllAnew
from shopify_analytics.sheets.rewrite import Rewrite
from shopify_analytics.sheets.sources import SUMMARY, TABLES, TabSource, Where, table_source
from shopify_analytics.sheets.state import Push, TabState
from shopify_analytics.sheets.summary_tab import summary
from shopify_analytics.shop import CURRENCY

log = logging.getLogger(__name__)


@dataclass
class Pushed:
    """What a push did to one tab."""

    rows: int = 0
    cells_written: int = 0
    requests: int = 0
    state: str = "unchanged"


def push(
    db: sqlite3.Connection,
    database: Path,
    client: SheetsClient,
    where: Where,
    run_id: str,
    *,
    personal_data: bool,
) -> dict[str, Any]:
    """Bring every tab up to date; return what was done by tab (:class:`Pushed`), and the number of requests.

    :param database: the file that ``db`` is, of which one moment is shown.
    :raises SheetsRefused: when Google does not let it, saying what to change.
    :raises SheetsUnavailable: when Google could not be reached; another try goes on from there.
    """
    with read_only(database) as reader:
        pushed = Pushing(db, reader, client, where, run_id, personal_data).run()
    return {tab: asdict(of_tab) for tab, of_tab in pushed.items()} | {"requests": client.requests_made}


@dataclass
class Pushing:
    """One push: what is to be shown comes from ``reader``, which sees one moment of the database."""

    db: sqlite3.Connection
    reader: sqlite3.Connection
    client: SheetsClient
    where: Where
    run_id: str
    personal_data: bool
    push_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    preferred: dict[str, str] = field(default_factory=dict)
    pushed: dict[str, Pushed] = field(default_factory=dict)

    def run(self) -> dict[str, Pushed]:
        """Bring every tab up to date; return what was done, by tab."""
        state.follow(self.db, TABLES)
        self.reader.execute("BEGIN")
        try:
            books = self._read_books()
            for push in state.pending_pushes(self.db):
                self._settle(push, books)
            state.discard_changes(self.db)
            # The first read, from which on the reader sees one moment: that of what was settled.
            last_touch = state.last_touch(self.reader)
            sources = self._sources(books)
            for book in {id(book): book for book in books.values()}.values():
                self._bring_up_to_date(
                    book, {tab: sources[tab] for tab in self.where.tabs if books[tab] is book}
                )
        finally:
            self.reader.execute("COMMIT")
        state.forget_touched(self.db, self.pushed, last_touch)
        return self.pushed

    def _read_books(self) -> dict[str, Book]:
        """The spreadsheet of each tab as it is."""
        ids = self.where.spreadsheets
        books = {spreadsheet_id: Book(self.client, spreadsheet_id) for spreadsheet_id in ids.values()}
        for spreadsheet_id, book in books.items():
            book.read([tab for tab in self.where.tabs if ids[tab] == spreadsheet_id])
        return {tab: books[ids[tab]] for tab in self.where.tabs}

    def _settle(self, push: Push, books: Mapping[str, Book]) -> None:
        """Find out what became of a push that was cut off."""
        book = books.get(push.tab)
        if book is None:
            state.discard(self.db, push.tab)
            log.info("%s: is asked for no more", push.tab)
            return
        marker = book.markers.get(push.tab)
        if book.spreadsheet_id == push.spreadsheet_id and marker and marker.push_id == push.push_id:
            state.finish(self.db, push)
            log.info("%s: the push that was cut off had been written", push.tab)
            return
        state.discard(self.db, push.tab)
        self.preferred[push.tab] = rewrite.AFTER.get(push.mode, rewrite.COPY)
        log.info("%s: the push that was cut off had not been written", push.tab)

    def _sources(self, books: Mapping[str, Book]) -> dict[str, TabSource]:
        """What each tab is to show; of the orders as many as fit."""
        shown = self._tables(None)
        stored = get_metadata(self.db, budget.OLDEST_ORDER)
        kept = self._tables(int(stored)) if stored else shown
        if self.where.newest_orders or stored or any(self._is_other(source) for source in kept.values()):
            window = budget.window(self.db, self.reader, books, shown, self.where.newest_orders)
        else:
            window = budget.current(self.reader, shown, int(stored) if stored else None)
        tables = self._tables(window.oldest_order)
        counts = {tab: source.count(self.reader) for tab, source in tables.items()}
        if window.oldest_order is not None:
            log.warning("Not everything fits: Orders and LineItems show %s", window)
        return {**tables, SUMMARY: summary(self.reader, self.run_id, counts, window)}

    def _tables(self, oldest_order: int | None) -> dict[str, TabSource]:
        return {
            tab: table_source(self.reader, tab, personal_data=self.personal_data, oldest_order=oldest_order)
            for tab in self.where.tables
        }

    def _is_other(self, source: TabSource) -> bool:
        known = state.tab_state(self.db, source.title)
        return known is None or known.version != source.version

    def _bring_up_to_date(self, book: Book, sources: Mapping[str, TabSource]) -> None:
        anew: dict[str, str] = {}
        deltas: list[Delta] = []
        checks = self._read_back(book, sources)
        for tab, source in sources.items():
            known = state.tab_state(self.db, tab)
            self.pushed[tab] = Pushed(rows=known.rows if known else 0)
            try:
                found = self._difference(book, source, known, checks.get(tab))
            except WriteAllAnew as reason:
                anew[tab] = str(reason)
                continue
            if found and (found.changes or found.grid_changes):
                deltas.append(found)
            elif found:
                state.note_version(self.db, tab, source.version)
        if anew or deltas:
            book.ensure_sync()
        for tab, why in anew.items():
            self._write_anew(book, sources[tab], why)
        if deltas:
            self._write_differences(book, deltas)
        for check in checks.values():
            if check.tab not in anew:
                check.note(self.db)

    def _read_back(self, book: Book, sources: Mapping[str, TabSource]) -> dict[str, read_back.ReadBack]:
        known = {tab: state.tab_state(self.db, tab) for tab in sources}
        due = {
            tab: check
            for tab, of_tab in known.items()
            if of_tab and _why_anew(book, sources[tab], of_tab) is None
            if (check := read_back.due(sources[tab], of_tab))
        }
        read_back.read(book, list(due.values()))
        return due

    def _difference(
        self, book: Book, source: TabSource, known: TabState | None, check: read_back.ReadBack | None
    ) -> Delta | None:
        """What is to be written; None when the tab shows this version already."""
        if reason := _why_anew(book, source, known):
            raise WriteAllAnew(reason)
        if known is None or (known.version == source.version and check is None):
            return None
        sheet = book.sheets[source.title]
        return delta.difference(self.reader, source, known, sheet, check.compare if check else None)

    def _write_anew(self, book: Book, source: TabSource, why: str) -> None:
        tab = source.title
        known = state.tab_state(self.db, tab)
        is_known = known is not None and known.spreadsheet_id == book.spreadsheet_id
        live = book.sheet_called(tab) or (book.sheet_of_id(known.sheet_id) if known and is_known else None)
        log.info("%s is written as a whole: %s", tab, why)
        before = self.client.requests_made
        writing = Rewrite(
            db=self.db,
            reader=self.reader,
            book=book,
            source=source,
            push_id=self.push_id,
            minor_digits=minor_digits(get_metadata(self.reader, CURRENCY)),
            live=live,
            preferred=self.preferred.get(tab, rewrite.COPY),
        )
        cells = writing.run()
        book.read_properties()
        rows = source.count(self.reader)
        requests = self.client.requests_made - before
        self.pushed[tab] = Pushed(rows, cells, requests, "written anew")
        log.info("%s: %s rows written, requests: %s", tab, f"{rows:,}", requests)

    def _write_differences(self, book: Book, deltas: list[Delta]) -> None:
        for each in deltas:
            state.add_changes(self.db, each.source.title, each.changes.values())
            state.begin(self.db, _push_of(book, each, self.push_id))
        before = self.client.requests_made
        delta.send(book, deltas, self.push_id)
        requests = self.client.requests_made - before
        for each in deltas:
            state.finish(self.db, _push_of(book, each, self.push_id))
            tab = each.source.title
            self.pushed[tab] = Pushed(each.rows, each.cell_count, requests, "updated")
            log.info("%s: %s of %s rows written", tab, f"{len(each.cells):,}", f"{each.rows:,}")


def _push_of(book: Book, found: Delta, push_id: str) -> Push:
    source = found.source
    return Push(
        source.title,
        "delta",
        book.spreadsheet_id,
        found.sheet.sheet_id,
        push_id,
        source.layout,
        source.version,
        found.rows,
    )


def _why_anew(book: Book, source: TabSource, known: TabState | None) -> str | None:
    """Why a tab cannot be brought up to date piece by piece; None when it is as it was left.

    :raises SheetsRefused: when it is somebody else's.
    """
    tab = source.title
    if known and known.spreadsheet_id != book.spreadsheet_id:
        known = None
    refuse_foreign(book, tab, known)
    sheet, marker = book.sheets.get(tab), book.markers.get(tab)
    if known is None:
        return "what it holds is not known" if sheet else "it is not there yet"
    if sheet is None:
        return "somebody deleted or renamed it"
    wrong = {
        "it is another tab of that name": sheet.sheet_id != known.sheet_id,
        "somebody else wrote it, or edited the tab _sync": marker != Marker(known.push_id, COMPLETE),
        "its columns are others now": known.layout != source.layout,
        "somebody changed its header": book.headers.get(tab) != source.header,
        "somebody added or deleted rows or columns": (sheet.rows, sheet.columns)
        != (layout.grid_rows(known.rows), len(source.columns)),
    }
    return next((reason for reason, is_so in wrong.items() if is_so), None)


def refuse_foreign(book: Book, tab: str, known: TabState | None) -> None:
    """Leave alone what somebody else made under a tab's name.

    :param known: what the tab of this spreadsheet is known to hold.
    :raises SheetsRefused: when there is such a sheet.
    """
    if (named := book.sheet_called(tab)) and _is_foreign(book, tab, named, known):
        raise SheetsRefused(
            f"The spreadsheet {book.title!r} has a tab {named.title} that this project did not make: rename "
            "it, or set the Variable google_sheet_id to another spreadsheet"
        )


def _is_foreign(book: Book, tab: str, named: Sheet, known: TabState | None) -> bool:
    """Whether a sheet with a tab's name is not the one that was written, nor empty."""
    is_empty = named.title == tab and not book.headers.get(tab)
    if is_empty or named.is_protected or (known and known.sheet_id == named.sheet_id):
        return False
    marker = book.markers.get(tab)
    return marker is None or (known is not None and marker.push_id == known.push_id)
