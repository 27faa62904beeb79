"""Requests that add, change and delete sheets, and their rows and columns."""

from __future__ import annotations

from typing import Any

from tests.sheets_server import masks
from tests.sheets_server.a1 import Box
from tests.sheets_server.book import Change, State
from tests.sheets_server.errors import LAST_VISIBLE, ApiError, NotModelled
from tests.sheets_server.grid import Sheet
from tests.sheets_server.metadata import properties
from tests.sheets_server.shifting import cut

NO_SHEET = "No sheet with id: {}"
TITLE_CHARACTERS = 100
ALL_FROZEN = "You can't freeze all visible {} on the sheet."
NON_FROZEN = "Sorry, it is not possible to delete all non-frozen {}."
LOOKS = ("tabColor", "tabColorStyle", "rightToLeft")
GRID_LOOKS = ("hideGridlines", "rowGroupControlAfter", "columnGroupControlAfter")
GRID_SIZES = ("rowCount", "columnCount", "frozenRowCount", "frozenColumnCount")
CHANGEABLE = {"gridProperties": [*GRID_SIZES, *GRID_LOOKS]}
SETTABLE = ("title", "index", "hidden", "gridProperties", *LOOKS)


def add_sheet(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Add a sheet, empty and of 1000 by 26 cells unless it says otherwise."""
    given = request.get("properties", {})
    if given.get("sheetType", "GRID") != "GRID":
        raise NotModelled(f"addSheet of the type {given['sheetType']}")
    title = given.get("title") or _free_title(change.state)
    sheet_id = _checked_id(change.state, given.get("sheetId"))
    _check_title(change.state, title, None)
    grid = given.get("gridProperties", {})
    sheet = Sheet(
        sheet_id,
        title,
        row_count=grid.get("rowCount", 1000),
        column_count=grid.get("columnCount", 26),
        hidden=given.get("hidden", False),
        frozen_row_count=grid.get("frozenRowCount", 0),
        frozen_column_count=grid.get("frozenColumnCount", 0),
        looks={name: given[name] for name in LOOKS if name in given}
        | {name: grid[name] for name in GRID_LOOKS if name in grid},
    )
    _check_size(sheet.row_count, sheet.column_count)
    _check_frozen(sheet)
    change.state.sheets.insert(given.get("index", len(change.state.sheets)), sheet)
    change.state.reindex()
    change.state.check_budget()
    return {"properties": properties(sheet)}


def duplicate_sheet(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Copy a sheet with all that is on it; it is inserted first unless it says otherwise."""
    source = change.state.sheet(request.get("sourceSheetId", 0), NO_SHEET)
    title = request.get("newSheetName") or _copy_title(change.state, source.title)
    _check_title(change.state, title, None)
    sheet = copied(source, _checked_id(change.state, request.get("newSheetId")), title)
    change.state.sheets.insert(request.get("insertSheetIndex", 0), sheet)
    change.state.reindex()
    change.state.check_budget()
    return {"properties": properties(sheet)}


def copy_to(source: Sheet, state: State) -> dict[str, Any]:
    """Answer ``sheets.copyTo``: add a copy at the end of a book, and return its properties."""
    sheet = copied(source, state.new_id(), _copy_title(state, source.title))
    state.sheets.append(sheet)
    state.reindex()
    state.check_budget()
    return properties(sheet)


def copied(source: Sheet, sheet_id: int, title: str) -> Sheet:
    """Return a copy of a sheet; protections stay with the original."""
    sheet = source.draft()
    source.shares_rows = True
    sheet.sheet_id, sheet.title, sheet.hidden, sheet.protections = sheet_id, title, False, []
    return sheet


def delete_sheet(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a sheet, unless it is the last one that people see."""
    sheet = change.state.sheet(request.get("sheetId", 0), NO_SHEET)
    change.guard(sheet, sheet.whole)
    change.state.remove(sheet)
    return {}


def update_sheet_properties(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Change the grid of a sheet, then its title, visibility, place or looks."""
    given = request.get("properties", {})
    sheet = change.state.sheet(given.get("sheetId", 0), NO_SHEET)
    mask = masks.of_update("SheetProperties", request.get("fields", ""))
    if masks.EVERYTHING in mask:
        mask = {name: {} for name in SETTABLE if name in given or name not in ("title", "index")}
    paths = masks.leaves(mask, CHANGEABLE)
    change.guard_sheet(sheet)
    grid_names = {path[-1] for path in paths if path[0] == "gridProperties"}
    _update_grid(change, sheet, given.get("gridProperties", {}), grid_names)
    for name in dict.fromkeys(path[0] for path in paths):
        if name == "title":
            _check_title(change.state, given.get("title", ""), sheet)
            sheet.title = given["title"]
        elif name == "hidden":
            hide(change.state, sheet, given.get("hidden", False))
        elif name == "index":
            move(change.state, sheet, given.get("index", 0))
        elif name in LOOKS:
            sheet.looks[name] = given.get(name, {})
        elif name not in ("gridProperties", "sheetId"):
            raise NotModelled(f"updateSheetProperties of {name}")
    return {}


def _update_grid(change: Change, sheet: Sheet, grid: dict[str, Any], names: set[str]) -> None:
    """Change rows before columns, and both before what is frozen, each within its limits."""
    rows, columns = grid.get("rowCount", 0), grid.get("columnCount", 0)
    if "rowCount" in names:
        if rows < sheet.row_count:
            change.guard(sheet, Box(rows, 0, sheet.row_count, sheet.column_count))
        set_size(change.state, sheet, rows, sheet.column_count)
    if "columnCount" in names:
        if columns < sheet.column_count:
            change.guard(sheet, Box(0, columns, sheet.row_count, sheet.column_count))
        set_size(change.state, sheet, sheet.row_count, columns)
    if "frozenRowCount" in names:
        sheet.frozen_row_count = grid.get("frozenRowCount", 0)
    if "frozenColumnCount" in names:
        sheet.frozen_column_count = grid.get("frozenColumnCount", 0)
    _check_frozen(sheet)
    sheet.looks |= {name: grid.get(name, False) for name in GRID_LOOKS if name in names}


def hide(state: State, sheet: Sheet, hidden: bool) -> None:
    """Hide or show a sheet."""
    if hidden and all(other.hidden for other in state.sheets if other is not sheet):
        raise ApiError(400, LAST_VISIBLE)
    sheet.hidden = hidden


def move(state: State, sheet: Sheet, index: int) -> None:
    """Move a sheet; the new index is counted before it leaves its place."""
    if index > len(state.sheets) or index < 0:
        raise ApiError(400, f"Sheet index must be between 0 and {len(state.sheets)}.")
    old = sheet.index
    state.sheets = [other for other in state.sheets if other is not sheet]
    state.sheets.insert(index - 1 if index > old else index, sheet)
    state.reindex()


def set_size(state: State, sheet: Sheet, rows: int, columns: int) -> None:
    """Change a grid's size; raises ApiError beyond the limits of cells and of what is frozen."""
    _check_size(rows, columns)
    if rows <= sheet.frozen_row_count:
        raise ApiError(400, NON_FROZEN.format("rows"))
    if columns <= sheet.frozen_column_count:
        raise ApiError(400, NON_FROZEN.format("columns"))
    grows = rows * columns > sheet.cells
    sheet.resize(rows, columns)
    if grows:
        state.check_budget()


def append_dimension(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Add rows or columns at the end of the grid."""
    sheet = change.state.sheet(request.get("sheetId", 0))
    length = request.get("length", 0)
    if length < 1:
        raise ApiError(400, "length must be greater than 0")
    if request.get("dimension") == "ROWS":
        set_size(change.state, sheet, sheet.row_count + length, sheet.column_count)
    else:
        set_size(change.state, sheet, sheet.row_count, sheet.column_count + length)
    return {}


def delete_dimension(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Delete rows or columns; what stands behind them moves up."""
    given = request.get("range", {})
    sheet = change.state.sheet(given.get("sheetId", 0))
    rows = given.get("dimension") == "ROWS"
    size = sheet.row_count if rows else sheet.column_count
    start, end = given.get("startIndex", 0), min(given.get("endIndex", size), size)
    name = "rows" if rows else "columns"
    if start >= size:
        text = f"Cannot delete a {name[:-1]} that doesn't exist. Tried to delete {name[:-1]} index {start}"
        raise ApiError(400, f"{text} but there are only {size} {name}.")
    if start == 0 and end == size:
        raise ApiError(400, f"You can't delete all the {name} on the sheet.")
    frozen = sheet.frozen_row_count if rows else sheet.frozen_column_count
    if start <= frozen and end == size and frozen:
        raise ApiError(400, NON_FROZEN.format(name))
    box = Box(start, 0, end, sheet.column_count) if rows else Box(0, start, sheet.row_count, end)
    change.guard(sheet, box)
    cut(sheet, rows, start, end)
    return {}


def _free_title(state: State) -> str:
    number = len(state.sheets) + 1
    while state.titled(f"Sheet{number}"):
        number += 1
    return f"Sheet{number}"


def _copy_title(state: State, title: str) -> str:
    name, number = f"Copy of {title}", 2
    while state.titled(name):
        name, number = f"Copy of {title} {number}", number + 1
    return name


def _checked_id(state: State, wanted: int | None) -> int:
    if wanted is None:
        return state.new_id()
    if wanted < 0:
        raise ApiError(400, "Sheet id must be non-negative.")
    if any(sheet.sheet_id == wanted for sheet in state.sheets):
        raise ApiError(400, f"Sheet with id {wanted} already exists.")
    return wanted


def _check_title(state: State, title: str, sheet: Sheet | None) -> None:
    if not title:
        raise ApiError(400, "Sheet name cannot be empty.")
    if len(title) > TITLE_CHARACTERS:
        raise ApiError(400, f"The sheet name cannot be greater than {TITLE_CHARACTERS} characters.")
    if state.titled(title) not in (None, sheet):
        raise ApiError(400, f'A sheet with the name "{title}" already exists. Please enter another name.')


def _check_size(rows: int, columns: int) -> None:
    if rows < 1:
        raise ApiError(400, "You must have at least one row.")
    if columns < 1:
        raise ApiError(400, "You must have at least one column.")


def _check_frozen(sheet: Sheet) -> None:
    if sheet.frozen_row_count >= sheet.row_count:
        raise ApiError(400, ALL_FROZEN.format("rows"))
    if sheet.frozen_column_count >= sheet.column_count:
        raise ApiError(400, ALL_FROZEN.format("columns"))
