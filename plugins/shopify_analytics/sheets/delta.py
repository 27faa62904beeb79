"""What differs between a tab and what it is to show, and one write call for it.

A tab has no gaps: new rows fill the places of those that are gone, then come at the end; when more are gone
than come, the last rows move into the gaps, and the grid shrinks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

import msgspec

from shopify_analytics.sheets import layout
from shopify_analytics.sheets.book import Book, Request, Sheet, typed, write_cells
from shopify_analytics.sheets.columns import Cell
from shopify_analytics.sheets.sources import TabRow, TabSource
from shopify_analytics.sheets.state import Change, TabState, known_rows, touched

# Google recommends 2 MB and was seen to take 9. Beyond that, or this many ranges, all is written anew.
# https://developers.google.com/workspace/sheets/api/limits
SOFT_BYTES, HARD_BYTES, MOST_RANGES = 2_000_000, 8_000_000, 10_000
LARGEST_SHARE, SMALL = 0.4, 200
FIRST_ROW = 2
# How much longer a cell is that is written with its type than as a bare value.
BYTES_PER_TYPED_CELL = 40


class WriteAllAnew(Exception):
    """The tab is to be written as a whole; the text says why."""


@dataclass
class Delta:
    """The difference of one tab: cells by row, and what becomes of its keys."""

    source: TabSource
    sheet: Sheet
    rows: int
    cells: dict[int, list[Cell]] = field(default_factory=dict)
    changes: dict[int, Change] = field(default_factory=dict)
    raw_bytes: int = 0

    @property
    def grid_rows(self) -> int:
        return layout.grid_rows(self.rows)

    @property
    def grid_changes(self) -> bool:
        return self.sheet.rows != self.grid_rows

    @property
    def typed_bytes(self) -> int:
        return self.raw_bytes + BYTES_PER_TYPED_CELL * self.cell_count

    @property
    def cell_count(self) -> int:
        """How many cells are written."""
        return len(self.cells) * len(self.source.columns)

    def put(self, place: int, row: TabRow) -> None:
        """Write a row of the source into a row of the tab."""
        self.cells[place] = self.source.cells(row)
        self.changes[row.key] = (row.key, place, row.digest)

    def weigh(self, row: TabRow) -> None:
        """Count what a row adds to the call."""
        self.raw_bytes += len(msgspec.json.encode(row.values))
        if self.raw_bytes > HARD_BYTES:
            raise WriteAllAnew("more changed than one call can carry")


def difference(
    db: sqlite3.Connection,
    source: TabSource,
    state: TabState,
    sheet: Sheet,
    still_as_written: Callable[[int, Cell, Callable[[], list[Cell]]], None] | None = None,
) -> Delta:
    """What is to be written so that the tab shows its source.

    Only rows that were touched are looked at, unless others may differ as well.

    :param still_as_written: is told of every row that did not change, to compare with what was read back:
        where it is, its first cell, and how to have all of them.
    :raises WriteAllAnew: when that is less work, or as ``still_as_written`` does.
    """
    delta = Delta(source, sheet, state.rows)
    gone: list[tuple[int, int]] = []
    new: list[TabRow] = []
    is_partial = not still_as_written and source.differs_by_touched_rows(state.version)
    keys = touched(db, state.tab) if is_partial else None
    known_by_key = known_rows(db, state.tab, keys)
    known = next(known_by_key, None)
    for row in source.rows(db) if keys is None else source.rows_by_key(db, keys):
        key, digest, _ = row
        while known and known[0] < key:
            gone.append((known[1], known[0]))
            known = next(known_by_key, None)
        if not known or known[0] > key:
            new.append(row)
            delta.weigh(row)
            continue
        if known[2] != digest:
            delta.put(known[1], row)
            delta.weigh(row)
        elif still_as_written:
            still_as_written(known[1], source.first_cell(row), partial(source.cells, row))
        known = next(known_by_key, None)
    if known:
        gone.append((known[1], known[0]))
    gone += [(place, key) for key, place, _ in known_by_key]
    if still_as_written and not state.rows:
        still_as_written(FIRST_ROW, "", partial(blank_row, source))
    _settle(db, delta, sorted(gone), new)
    if len(delta.cells) > max(SMALL, LARGEST_SHARE * state.rows):
        raise WriteAllAnew("more than 40 % changed")
    if len(_ranges(delta)) > MOST_RANGES:
        raise WriteAllAnew("rows changed in too many places")
    return delta


def _settle(db: sqlite3.Connection, delta: Delta, gone: list[tuple[int, int]], new: list[TabRow]) -> None:
    """Place new rows, and move the last ones into what gaps are left."""
    end = delta.rows + FIRST_ROW
    delta.rows += len(new) - len(gone)
    delta.changes |= {key: (key, None, None) for _, key in gone}
    gaps = [place for place, _ in gone]
    for row, place in zip(new, chain(gaps, range(end, end + len(new))), strict=False):
        delta.put(place, row)
    last = delta.rows + FIRST_ROW - 1
    left = gaps[len(new) :]
    empty = set(left)
    homeless = {key: row for key, row in _rows_beyond(db, delta.source.title, last) if row not in empty}
    moved = sorted(delta.source.rows_by_key(db, homeless), key=lambda row: homeless[row.key])
    for row, place in zip(moved, (place for place in left if place <= last), strict=True):
        delta.cells.pop(homeless[row.key], None)
        delta.put(place, row)
        delta.weigh(row)
    if not delta.rows:
        delta.cells[FIRST_ROW] = blank_row(delta.source)


def blank_row(source: TabSource) -> list[Cell]:
    """What clears a row; a tab without any data has one such row."""
    return [""] * len(source.columns)


def _rows_beyond(db: sqlite3.Connection, tab: str, last: int) -> Iterator[tuple[int, int]]:
    yield from db.execute("SELECT key, row FROM sheet_rows WHERE tab = ? AND row > ?", (tab, last))


def send(book: Book, deltas: Sequence[Delta], push_id: str) -> None:
    """Write several tabs' differences, in one call that does all or nothing wherever that is possible."""
    is_alone = len(deltas) == 1
    raw_bytes = sum(delta.raw_bytes for delta in deltas)
    if not any(delta.grid_changes for delta in deltas) and (is_alone or raw_bytes <= SOFT_BYTES):
        book.write_values(list(_raw(book, deltas, push_id)))
    elif sum(delta.typed_bytes for delta in deltas) <= (HARD_BYTES if is_alone else SOFT_BYTES):
        book.change(list(_typed(book, deltas, push_id)))
    elif not is_alone:
        for delta in deltas:
            send(book, [delta], push_id)
    else:
        _send_in_steps(book, deltas[0], push_id)


def _send_in_steps(book: Book, delta: Delta, push_id: str) -> None:
    """Data and marker in one call; before it and after it only empty rows at the end come and go."""
    sheet = delta.sheet
    if delta.grid_rows > sheet.rows:
        book.change(list(_grown(delta)))
    gone = [blank_row(delta.source)] * (sheet.rows - delta.grid_rows)
    blanked = {"range": f"'{delta.source.title}'!A{delta.grid_rows + 1}", "values": gone}
    book.write_values([*_raw(book, [delta], push_id), *([blanked] if gone else [])])
    if gone:
        book.change(list(layout.fitted(sheet, delta.grid_rows, sheet.columns)))


def _raw(book: Book, deltas: Sequence[Delta], push_id: str) -> Iterator[dict[str, Any]]:
    for delta in deltas:
        for first, rows in _ranges(delta):
            yield {"range": f"'{delta.source.title}'!A{first}", "values": rows}
        yield dict(book.marker_values(delta.source.title, push_id, delta.rows))


def _typed(book: Book, deltas: Sequence[Delta], push_id: str) -> Iterator[Request]:
    for delta in deltas:
        sheet = delta.sheet
        if delta.grid_rows > sheet.rows:
            yield from _grown(delta)
        for first, rows in _ranges(delta):
            cells = [{"values": [typed(cell) for cell in row]} for row in rows]
            yield write_cells(sheet.sheet_id, first, cells)
        if delta.grid_rows < sheet.rows:
            yield from layout.fitted(sheet, delta.grid_rows, sheet.columns)
        yield book.marker_request(delta.source.title, push_id, delta.rows)


def _grown(delta: Delta) -> Iterator[Request]:
    sheet = delta.sheet
    yield from layout.fitted(sheet, delta.grid_rows, sheet.columns)
    yield layout.like_the_first_row(sheet.sheet_id, sheet.rows, delta.grid_rows, sheet.columns)


def _ranges(delta: Delta) -> list[tuple[int, list[list[Cell]]]]:
    """Runs of rows below one another: the first row's number, and their cells."""
    runs: list[tuple[int, list[list[Cell]]]] = []
    for row in sorted(delta.cells):
        if runs and runs[-1][0] + len(runs[-1][1]) == row:
            runs[-1][1].append(delta.cells[row])
        else:
            runs.append((row, [delta.cells[row]]))
    return runs
