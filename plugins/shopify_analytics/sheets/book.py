"""A spreadsheet as it is: its sheets, and the hidden tab ``_sync`` that tells who wrote each tab last."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gspread.http_client import ParamsType

from shopify_analytics.database import now
from shopify_analytics.sheets.client import SheetsClient
from shopify_analytics.sheets.sources import TABS, USUAL

SYNC = "_sync"
SYNC_HEADER = ["tab", "push", "rows", "state", "written at (UTC)"]
# The line of each tab in _sync; the first has the header.
SYNC_ROWS = {title: number for number, title in enumerate(TABS, 2)}
COMPLETE, WRITING = "complete", "writing"
CELLS_ALLOWED = 10_000_000
FIELDS = "properties(title),sheets(properties,protectedRanges(protectedRangeId,description))"
PROTECTION = "Written by the Shopify sync: edits here are overwritten. Build on it in tabs of your own."
# Sheets chooses an id of 31 bits when it is given none.
SHEET_IDS = range(1, 2**31 - 1)
Request = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """A sheet's properties; ``is_protected`` tells of our own protection."""

    sheet_id: int
    title: str
    index: int
    rows: int
    columns: int
    frozen_rows: int
    is_protected: bool = False

    @property
    def cells(self) -> int:
        """What it counts towards the limit, empty ones included."""
        return self.rows * self.columns


@dataclass(frozen=True)
class Marker:
    """What ``_sync`` says of a tab."""

    push_id: str
    state: str


@dataclass
class Book:
    """One spreadsheet as it was read last."""

    client: SheetsClient
    spreadsheet_id: str
    title: str = ""
    sheets: dict[str, Sheet] = field(default_factory=dict)
    markers: dict[str, Marker] = field(default_factory=dict)
    headers: dict[str, list[Any]] = field(default_factory=dict)
    sync_header: list[Any] = field(default_factory=list)
    sync_rows: int = len(USUAL) + 1

    def read(self, tabs: Iterable[str]) -> None:
        """Read properties, markers, and the header rows of these tabs: two requests."""
        tabs = list(tabs)
        self.sync_rows = max([self.sync_rows, *(SYNC_ROWS[tab] for tab in tabs)])
        self.read_properties()
        found = [tab for tab in tabs if tab in self.sheets]
        ranges = [f"'{tab}'!1:1" for tab in found]
        if SYNC in self.sheets:
            ranges.append(f"'{SYNC}'!A1:E{self.sync_rows}")
        values = self.values(ranges)
        self.sync_header, *lines = (values.pop() if SYNC in self.sheets else []) or [[]]
        self.markers = {
            tab: Marker(str(line[1]), str(line[3]))
            for tab, line in zip(TABS, lines, strict=False)
            if len(line) > 3 and line[0] == tab
        }
        self.headers = {tab: rows[0] if rows else [] for tab, rows in zip(found, values, strict=True)}

    def read_properties(self) -> None:
        """Read what sheets there are: one request."""
        answer = self.client.fetch_sheet_metadata(self.spreadsheet_id, {"fields": FIELDS})
        self.title = answer["properties"]["title"]
        self.sheets = {sheet.title: sheet for sheet in map(_sheet, answer["sheets"])}

    def values(self, ranges: Sequence[str]) -> list[list[list[Any]]]:
        """The values of ranges as they are stored, without trailing empty cells: one request, or none."""
        if not ranges:
            return []
        options: ParamsType = {
            "valueRenderOption": "UNFORMATTED_VALUE",
            "dateTimeRenderOption": "SERIAL_NUMBER",
        }
        answer = self.client.values_batch_get(self.spreadsheet_id, list(ranges), options)
        return [found.get("values", []) for found in answer["valueRanges"]]

    def write_values(self, data: Sequence[Mapping[str, Any]]) -> None:
        """Write ranges as they are given, all or none: one request."""
        body = {"valueInputOption": "RAW", "data": data}
        self.client.values_batch_update(self.spreadsheet_id, body)

    def change(self, requests: Sequence[Request]) -> None:
        """Do all of it or nothing: one request."""
        self.client.batch_update(self.spreadsheet_id, {"requests": requests})

    def sheet_of_id(self, sheet_id: int) -> Sheet | None:
        """The sheet with this id, whatever it is called now."""
        return next((sheet for sheet in self.sheets.values() if sheet.sheet_id == sheet_id), None)

    def sheet_called(self, title: str) -> Sheet | None:
        """The sheet with this title in any case, as titles are compared by Sheets."""
        found = (sheet for sheet in self.sheets.values() if sheet.title.casefold() == title.casefold())
        return next(found, None)

    def new_sheet_id(self) -> int:
        """An id that no sheet has."""
        taken = {sheet.sheet_id for sheet in self.sheets.values()}
        return random.choice([number for number in random.sample(SHEET_IDS, 20) if number not in taken])

    @property
    def visible_end(self) -> int:
        """The place behind the last sheet."""
        return max((sheet.index for sheet in self.sheets.values()), default=-1) + 1

    @property
    def cells(self) -> int:
        """How many of the cells that it may have are there."""
        return sum(sheet.cells for sheet in self.sheets.values())

    def ensure_sync(self) -> None:
        """Make the hidden tab ``_sync``, or mend it, unless it is as it should be."""
        rows, columns = self.sync_rows, len(SYNC_HEADER)
        there = self.sheets.get(SYNC)
        if there and (there.rows, there.columns, self.sync_header) == (rows, columns, SYNC_HEADER):
            return
        sheet_id = there.sheet_id if there else self.new_sheet_id()
        grid = {"rowCount": rows, "columnCount": columns}
        properties = {"sheetId": sheet_id, "title": SYNC, "hidden": True, "gridProperties": grid}
        made: Request = {"addSheet": {"properties": properties}}
        if there:
            fields = "gridProperties(rowCount,columnCount)"
            made = {"updateSheetProperties": {"properties": properties, "fields": fields}}
        header = {"values": [typed(text) for text in SYNC_HEADER]}
        self.change([made, write_cells(sheet_id, 1, [header])])
        index = there.index if there else len(self.sheets)
        self.sheets[SYNC] = Sheet(sheet_id, SYNC, index, rows, columns, frozen_rows=0)
        self.sync_header = SYNC_HEADER

    def marker_request(self, tab: str, push_id: str, rows: int, state: str = COMPLETE) -> Request:
        """Let ``_sync`` say who wrote a tab, for :meth:`change`."""
        line = {"values": [typed(value) for value in _marker(tab, push_id, rows, state)]}
        return write_cells(self.sheets[SYNC].sheet_id, SYNC_ROWS[tab], [line])

    def marker_values(self, tab: str, push_id: str, rows: int) -> Mapping[str, Any]:
        """The same for :meth:`write_values`."""
        row = SYNC_ROWS[tab]
        return {"range": f"'{SYNC}'!A{row}:E{row}", "values": [_marker(tab, push_id, rows, COMPLETE)]}


def write_cells(sheet_id: int, row: int, rows: Sequence[Any]) -> Request:
    """Write cells from the first column of a row on, and leave their formats as they are."""
    start = {"sheetId": sheet_id, "rowIndex": row - 1, "columnIndex": 0}
    return {"updateCells": {"start": start, "fields": "userEnteredValue", "rows": rows}}


def typed(cell: object) -> Mapping[str, Any]:
    """A cell's value with its type; an empty one clears the cell."""
    if cell == "":
        return {}
    if isinstance(cell, bool):
        return {"userEnteredValue": {"boolValue": cell}}
    return {"userEnteredValue": {"stringValue" if isinstance(cell, str) else "numberValue": cell}}


def _marker(tab: str, push_id: str, rows: int, state: str) -> list[Any]:
    return [tab, push_id, rows, state, now()]


def _sheet(answer: Mapping[str, Any]) -> Sheet:
    properties = answer["properties"]
    grid = properties.get("gridProperties", {})
    ours = any(each.get("description") == PROTECTION for each in answer.get("protectedRanges", ()))
    return Sheet(
        properties["sheetId"],
        properties["title"],
        properties["index"],
        grid.get("rowCount", 0),
        grid.get("columnCount", 0),
        grid.get("frozenRowCount", 0),
        ours,
    )
