"""What ``spreadsheets.get`` answers: properties, and the cells if they are asked for."""

from __future__ import annotations

from typing import Any

from tests.sheets_server import masks
from tests.sheets_server.a1 import Box
from tests.sheets_server.book import Book, Change
from tests.sheets_server.grid import Sheet, Value
from tests.sheets_server.masks import Mask
from tests.sheets_server.rendering import shown_value

WHITE = {"red": 1, "green": 1, "blue": 1}
DEFAULT_FORMAT = {
    "backgroundColor": WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": WHITE},
}
PIXELS = {"ROWS": 21, "COLUMNS": 100}


def get(seen: Change, query: dict[str, Any], mask: Mask) -> dict[str, Any]:
    """Answer ``spreadsheets.get``; the parameter ``fields`` decides about cells if it is given."""
    cells = masks.includes(mask, "sheets", "data") if mask else query.get("includeGridData", False)
    return spreadsheet(seen, cells=cells, ranges=query.get("ranges", []))


def spreadsheet(seen: Change, *, cells: bool = False, ranges: list[str] | None = None) -> dict[str, Any]:
    """Return the resource of a book; ranges limit it to the sheets that they lie in."""
    book, state = seen.book, seen.state
    found = [state.range(text) for text in ranges or []]
    boxes: dict[int, list[Box]] = {}
    for sheet, area in found:
        boxes.setdefault(sheet.sheet_id, []).append(sheet.box(area))
    sheets = []
    for sheet in state.sheets:
        if ranges and sheet.sheet_id not in boxes:
            continue
        resource: dict[str, Any] = {"properties": properties(sheet)}
        if cells:
            resource["data"] = [_data(sheet, box) for box in boxes.get(sheet.sheet_id, [sheet.whole])]
        if sheet.protections:
            resource["protectedRanges"] = [protection(one, book, seen.user) for one in sheet.protections]
        if sheet.basic_filter is not None:
            resource["basicFilter"] = sheet.basic_filter
        sheets.append(resource)
    answer: dict[str, Any] = {
        "spreadsheetId": book.book_id,
        "properties": state.properties | {"defaultFormat": DEFAULT_FORMAT},
        "sheets": sheets,
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{book.book_id}/edit",
    }
    return answer | ({"namedRanges": state.named_ranges} if state.named_ranges else {})


def properties(sheet: Sheet) -> dict[str, Any]:
    """Return a SheetProperties; what is false or zero is left out, but for ids and indices."""
    grid: dict[str, Any] = {"rowCount": sheet.row_count, "columnCount": sheet.column_count}
    if sheet.frozen_row_count:
        grid["frozenRowCount"] = sheet.frozen_row_count
    if sheet.frozen_column_count:
        grid["frozenColumnCount"] = sheet.frozen_column_count
    looks = dict(sheet.looks)
    for name in ("hideGridlines", "rowGroupControlAfter", "columnGroupControlAfter"):
        if looks.pop(name, False):
            grid[name] = True
    answer = {
        "sheetId": sheet.sheet_id,
        "title": sheet.title,
        "index": sheet.index,
        "sheetType": "GRID",
        "gridProperties": grid,
    }
    return answer | ({"hidden": True} if sheet.hidden else {}) | looks


def protection(given: dict[str, Any], book: Book, user: str) -> dict[str, Any]:
    """Return a ProtectedRange as this user sees it: who may edit is shown to those who may."""
    may_edit = given.get("warningOnly") or user in (book.owner, *given.get("editors", {}).get("users", []))
    hidden = () if may_edit else ("editors",)
    shown = {name: value for name, value in given.items() if name not in hidden}
    return shown | ({"requestingUserCanEdit": True} if may_edit else {})


def _data(sheet: Sheet, box: Box) -> dict[str, Any]:
    box = box.clipped(sheet.row_count, sheet.column_count)
    formats = {column: list(sheet.formats(column)) for column in range(box.column, box.end_column)}
    rows = []
    for number in range(box.row, box.end_row):
        row = sheet.rows[number] if number < len(sheet.rows) else ()
        cells = []
        for column in range(box.column, box.end_column):
            cell_format = next(given for start, end, given in formats[column] if start <= number < end)
            cells.append(_cell(row[column] if column < len(row) else "", cell_format))
        while cells and not cells[-1]:
            cells.pop()
        rows.append({"values": cells} if cells else {})
    while rows and not rows[-1]:
        rows.pop()
    data: dict[str, Any] = {
        "rowMetadata": [_mark(sheet, "ROWS", number) for number in range(box.row, box.end_row)],
        "columnMetadata": [_mark(sheet, "COLUMNS", number) for number in range(box.column, box.end_column)],
    }
    start = {"startRow": box.row, "startColumn": box.column}
    data |= {name: value for name, value in start.items() if value}
    return data | ({"rowData": rows} if rows else {})


def _mark(sheet: Sheet, dimension: str, number: int) -> dict[str, Any]:
    marks = {"pixelSize": PIXELS[dimension]} | sheet.marks(dimension, number)
    return {name: value for name, value in marks.items() if value not in (False, None)}


def _cell(value: Value, cell_format: dict[str, Any]) -> dict[str, Any]:
    cell: dict[str, Any] = {}
    if value != "":
        held = extended(value)
        shown = shown_value(value, cell_format.get("numberFormat", {}))
        cell = {"userEnteredValue": held, "effectiveValue": held, "formattedValue": shown}
    if cell_format:
        cell |= {"userEnteredFormat": cell_format, "effectiveFormat": DEFAULT_FORMAT | cell_format}
    return cell


def extended(value: Value) -> dict[str, Any]:
    """Return an ExtendedValue."""
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"stringValue": value} if isinstance(value, str) else {"numberValue": value}
