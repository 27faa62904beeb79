"""A whole tab written anew, unseen: into a hidden sheet that is read back and then takes the tab's place.

Where people may have built on the tab, it keeps its identity: the hidden sheet is copied into it. A tab that
is too large for that is exchanged for the hidden sheet. Where not even the cells of a hidden sheet are left,
the tab is written in place, which readers can see: ``_sync`` says ``writing`` meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import msgspec

from shopify_analytics.errors import SheetsUnavailable
from shopify_analytics.sheets import layout, state
from shopify_analytics.sheets.book import CELLS_ALLOWED, WRITING, Book, Request, Sheet
from shopify_analytics.sheets.sources import TabSource
from shopify_analytics.sheets.state import Change, Push

CHUNK_BYTES = 2_000_000
# A copy of so many cells is one request of a size that Google was seen to carry out in time.
MOST_CELLS_TO_COPY = 1_000_000
STAGING = "_new_{}"
COPY, COPY_AGAIN, SWAP, IN_PLACE = "copy", "copy again", "swap", "in place"
# What is tried after a copy that did not happen: Google may have been away, or it may take too long.
AFTER = {COPY: COPY_AGAIN, COPY_AGAIN: SWAP}


@dataclass(frozen=True)
class Chunk:
    """Rows that are written by one request: where they begin, and what they change."""

    first: int
    rows: list[msgspec.Raw]
    changes: list[Change]


@dataclass
class Rewrite:
    """One tab to be written as a whole."""

    db: sqlite3.Connection
    reader: sqlite3.Connection
    book: Book
    source: TabSource
    push_id: str
    minor_digits: int
    live: Sheet | None
    preferred: str = COPY

    @property
    def title(self) -> str:
        return self.source.title

    @property
    def columns(self) -> int:
        return len(self.source.columns)

    def run(self) -> int:
        """Write the tab; return how many cells.

        :raises SheetsUnavailable: when what was read back is not what was written.
        """
        rows = self.source.count(self.reader)
        grid_rows = layout.grid_rows(rows)
        mode = self._mode(grid_rows * self.columns)
        if mode == IN_PLACE and self.live:
            self._write_in_place(self.live, rows)
        else:
            staging = self._stage(rows)
            copied_to = self.live if mode != SWAP else None
            push = self._push(mode, copied_to.sheet_id if copied_to else staging, rows)
            self._check(staging)
            state.begin(self.db, push)
            self.book.change(list(self._publication(copied_to, staging, rows)))
            state.finish(self.db, push)
        return (rows + 1) * self.columns

    @property
    def _leftover(self) -> Sheet | None:
        """The hidden sheet of a rewrite that was cut off."""
        return self.book.sheets.get(STAGING.format(self.title))

    def _clear_away(self) -> Iterator[Request]:
        if self._leftover:
            yield {"deleteSheet": {"sheetId": self._leftover.sheet_id}}

    def _mode(self, cells: int) -> str:
        used = self.book.cells - (self._leftover.cells if self._leftover else 0)
        if self.live and used + cells > CELLS_ALLOWED:
            return IN_PLACE
        if not self.live or cells > MOST_CELLS_TO_COPY:
            return SWAP
        both = used + cells + max(cells - self.live.cells, 0)
        return self.preferred if both <= CELLS_ALLOWED else SWAP

    def _push(self, mode: str, sheet_id: int, rows: int) -> Push:
        source = self.source
        book_id = self.book.spreadsheet_id
        return Push(source.title, mode, book_id, sheet_id, self.push_id, source.layout, source.version, rows)

    def _stage(self, rows: int) -> int:
        """Fill a hidden sheet; return its id."""
        name, sheet_id = STAGING.format(self.title), self.book.new_sheet_id()
        new = layout.new_sheet(sheet_id, name, self.source.columns, rows, self.minor_digits)
        self.book.change([*self._clear_away(), *new])
        self._fill(name)
        return sheet_id

    def _fill(self, sheet: str) -> None:
        for chunk in self._chunks():
            self.book.write_values([{"range": f"'{sheet}'!A{chunk.first}", "values": chunk.rows}])
            state.add_changes(self.db, self.title, chunk.changes)

    def _chunks(self) -> Iterator[Chunk]:
        encode = msgspec.json.encode
        chunk, size = Chunk(1, [msgspec.Raw(encode(self.source.header))], []), 0
        for place, row in enumerate(self.source.rows(self.reader), 2):
            encoded = encode(self.source.cells(row))
            if size + len(encoded) > CHUNK_BYTES:
                yield chunk
                chunk, size = Chunk(place, [], []), 0
            chunk.rows.append(msgspec.Raw(encoded))
            chunk.changes.append((row.key, place, row.digest))
            size += len(encoded)
        yield chunk

    def _check(self, staging: int) -> None:
        """Compare the hidden sheet's first column with what was written."""
        name = STAGING.format(self.title)
        (found,) = self.book.values([f"'{name}'!A2:A"])
        expected = (self.source.cells(row)[0] for row in self.source.rows(self.reader))
        for number, (cell, wanted) in enumerate(zip_longest((_first(row) for row in found), expected), 2):
            if (cell or "") != (wanted or ""):
                raise SheetsUnavailable(
                    f"Row {number} of the new {self.title} is not what was written (sheet {staging}); the "
                    "tab that people see is as it was"
                )

    def _publication(self, copied_to: Sheet | None, staging: int, rows: int) -> Iterator[Request]:
        grid_rows = layout.grid_rows(rows)
        if copied_to:
            yield from layout.fitted(copied_to, grid_rows, self.columns)
            yield layout.copied(staging, copied_to.sheet_id, grid_rows, self.columns)
            yield {"deleteSheet": {"sheetId": staging}}
            if copied_to.title != self.title:
                yield layout.named(copied_to.sheet_id, self.title)
        else:
            yield layout.shown(staging, self.live.index if self.live else self.book.visible_end)
            if self.live:
                yield {"deleteSheet": {"sheetId": self.live.sheet_id}}
            yield layout.named(staging, self.title)
        if not (copied_to and copied_to.is_protected):
            yield layout.protected(copied_to.sheet_id if copied_to else staging)
        yield self.book.marker_request(self.title, self.push_id, rows)

    def _write_in_place(self, live: Sheet, rows: int) -> None:
        grid_rows = layout.grid_rows(rows)
        begun = [*self._clear_away(), self.book.marker_request(self.title, self.push_id, rows, WRITING)]
        begun += layout.fitted(live, grid_rows, self.columns)
        if live.title != self.title:
            begun.append(layout.named(live.sheet_id, self.title))
        begun += layout.formats(live.sheet_id, self.source.columns, grid_rows, self.minor_digits)
        self.book.change(begun)
        self._fill(self.title)
        if not rows:  # a grid has one row below the header at least
            self.book.write_values([{"range": f"'{self.title}'!A2", "values": [[""] * self.columns]}])
        push = self._push(IN_PLACE, live.sheet_id, rows)
        state.begin(self.db, push)
        self.book.change([self.book.marker_request(self.title, self.push_id, rows)])
        state.finish(self.db, push)


def _first(row: list[Any]) -> Any:
    return row[0] if row else ""
