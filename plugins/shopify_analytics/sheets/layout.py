"""How a tab looks: a frozen, bold header, formats and widths by what the columns hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from shopify_analytics.sheets.book import PROTECTION, Request, Sheet
from shopify_analytics.sheets.columns import Column, Kind

# https://developers.google.com/workspace/sheets/api/guides/formats
FORMATS = {
    Kind.TEXT: ("TEXT", "@"),
    Kind.WHOLE: ("NUMBER", "0"),
    Kind.DATE: ("DATE", "yyyy-mm-dd"),
    Kind.TIME: ("DATE_TIME", "yyyy-mm-dd hh:mm:ss"),
}
NARROW, WIDE = 100, 150
WIDE_KINDS = (Kind.TEXT, Kind.TIME)
# Of Summary's columns, the only ones that hold sentences.
WIDTHS = {"title": 260, "figure": 260, "meaning": 620, "email": 220}
SMALLEST_ROWS = 2


def grid_rows(rows: int) -> int:
    """How many rows a tab has; one that is not frozen must stay, even without any data."""
    return max(rows + 1, SMALLEST_ROWS)


def new_sheet(
    sheet_id: int, title: str, columns: Sequence[Column], rows: int, minor_digits: int
) -> Iterator[Request]:
    """Make a hidden sheet with everything but its values."""
    grid = {"rowCount": grid_rows(rows), "columnCount": len(columns), "frozenRowCount": 1}
    properties = {"sheetId": sheet_id, "title": title, "hidden": True, "gridProperties": grid}
    yield {"addSheet": {"properties": properties}}
    yield from formats(sheet_id, columns, grid_rows(rows), minor_digits)
    yield from _widths(sheet_id, columns)


def formats(sheet_id: int, columns: Sequence[Column], rows: int, minor_digits: int) -> Iterator[Request]:
    """Header and columns formatted; money with the digits of the shop's currency."""
    header = {"sheetId": sheet_id, "startRowIndex": 0, "endRowIndex": 1}
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    yield {"repeatCell": {"range": header, "cell": bold, "fields": "userEnteredFormat.textFormat.bold"}}
    money = ("NUMBER", f"#,##0.{'0' * minor_digits}" if minor_digits else "#,##0")
    known = {**FORMATS, Kind.MONEY: money}
    for first, end, number_format in _runs([known.get(column.kind) for column in columns]):
        given = {}
        if number_format:
            kind, pattern = number_format
            given = {"numberFormat": {"type": kind, "pattern": pattern}}
        yield {
            "repeatCell": {
                "range": _area(sheet_id, 1, rows, first, end),
                "cell": {"userEnteredFormat": given},
                "fields": "userEnteredFormat.numberFormat",
            }
        }


def fitted(sheet: Sheet, rows: int, columns: int) -> Iterator[Request]:
    """Give a sheet so many rows and columns, the first row frozen, which people may have changed.

    What shrinks comes first, since cells in between count, too; frozen rows cannot be all that is left.
    """
    sizes = [("columnCount", sheet.columns, columns), ("rowCount", sheet.rows, rows)]
    changes = [(name, after) for name, before, after in sorted(sizes, key=_grows) if before != after]
    if sheet.frozen_rows != 1:
        changes = [("frozenRowCount", 0), *changes, ("frozenRowCount", 1)]
    for name, size in changes:
        properties = {"sheetId": sheet.sheet_id, "gridProperties": {name: size}}
        fields = f"gridProperties.{name}"
        yield {"updateSheetProperties": {"properties": properties, "fields": fields}}


def _grows(size: tuple[str, int, int]) -> bool:
    return size[2] > size[1]


def like_the_first_row(sheet_id: int, start_row: int, end_row: int, columns: int) -> Request:
    """Format rows that the sheet has gained as its first row of data is."""
    return {
        "copyPaste": {
            "source": _area(sheet_id, 1, 2, 0, columns),
            "destination": _area(sheet_id, start_row, end_row, 0, columns),
            "pasteType": "PASTE_FORMAT",
        }
    }


def copied(source: int, destination: int, rows: int, columns: int) -> Request:
    """Copy all cells with their formats from one sheet to another."""
    return {
        "copyPaste": {
            "source": _area(source, 0, rows, 0, columns),
            "destination": _area(destination, 0, rows, 0, columns),
            "pasteType": "PASTE_NORMAL",
        }
    }


def shown(sheet_id: int, index: int) -> Request:
    """Show a hidden sheet in its place."""
    properties = {"sheetId": sheet_id, "hidden": False, "index": index}
    return {"updateSheetProperties": {"properties": properties, "fields": "hidden,index"}}


def named(sheet_id: int, title: str) -> Request:
    """Give a sheet its name."""
    properties = {"sheetId": sheet_id, "title": title}
    return {"updateSheetProperties": {"properties": properties, "fields": "title"}}


def protected(sheet_id: int) -> Request:
    """Warn whoever edits the sheet."""
    protection = {"range": {"sheetId": sheet_id}, "description": PROTECTION, "warningOnly": True}
    return {"addProtectedRange": {"protectedRange": protection}}


def _widths(sheet_id: int, columns: Sequence[Column]) -> Iterator[Request]:
    widths = [WIDTHS.get(column.name, WIDE if column.kind in WIDE_KINDS else NARROW) for column in columns]
    for first, end, pixels in _runs(widths):
        where = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": first, "endIndex": end}
        yield {
            "updateDimensionProperties": {
                "range": where,
                "properties": {"pixelSize": pixels},
                "fields": "pixelSize",
            }
        }


def _runs(values: Sequence[Any]) -> Iterator[tuple[int, int, Any]]:
    """Begin, end and value of each run of equal values."""
    start = 0
    for value, run in groupby(values):
        end = start + len(list(run))
        yield start, end, value
        start = end


def _area(sheet_id: int, start_row: int, end_row: int, start_column: int, end_column: int) -> Request:
    return {
        "sheetId": sheet_id,
        "startRowIndex": start_row,
        "endRowIndex": end_row,
        "startColumnIndex": start_column,
        "endColumnIndex": end_column,
    }
