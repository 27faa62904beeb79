"""Requests that write cells: their values, and their formats."""

from __future__ import annotations

from typing import Any

from tests.sheets_server import a1, masks
from tests.sheets_server.a1 import Area, Box
from tests.sheets_server.book import Change, State
from tests.sheets_server.errors import ApiError, NotModelled
from tests.sheets_server.grid import Layer, Row, Sheet, Value
from tests.sheets_server.masks import Mask
from tests.sheets_server.values import CELL_CHARACTERS, TOO_LONG, stored_number

VALUE, FORMAT = "userEnteredValue", "userEnteredFormat"
MODELLED = {VALUE, FORMAT}
# Everything that fields="*" stands for.
ALL_OF_A_CELL: Mask = {VALUE: {}, FORMAT: {}}


def update_cells(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Write cells from a corner on, or into a range; cells of the range that it does not list are emptied."""
    mask = _mask(request, "fields")
    rows = request.get("rows", [])
    sheet, limit = _target(change.state, request)
    for number, row in enumerate(rows):
        width = len(row.get("values", []))
        if number >= limit.height:
            last = limit.end_row - 1
            raise ApiError(
                400,
                f"Attempting to write row: {limit.row + number}, beyond the last requested row of: {last}",
            )
        if width > limit.width:
            last = limit.end_column - 1
            text = f"Attempting to write column: {last + 1}, beyond the last requested column of: {last}"
            raise ApiError(400, text)
    width = max((len(row.get("values", [])) for row in rows), default=0)
    written = Box(limit.row, limit.column, limit.row + len(rows), limit.column + width)
    change.guard(sheet, limit if "range" in request else written)
    if "range" in request:
        _empty(sheet, limit, mask)
    if VALUE in mask:
        for number, row in enumerate(rows):
            cells = row.get("values", [])
            if cells:
                sheet.put(limit.row + number, limit.column, tuple(map(_value, cells)))
    if FORMAT in mask:
        _paint_rows(sheet, limit, rows, mask)
    return {}


def repeat_cell(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Write the same value or format into all cells of a range; its part outside the grid is left out."""
    mask = _mask(request, "fields")
    sheet, area = change.state.grid_range(request.get("range", {}))
    box = sheet.box(area).clipped(sheet.row_count, sheet.column_count)
    change.guard(sheet, box)
    cell = request.get("cell", {})
    if VALUE in mask:
        value = _value(cell)
        for row in range(box.row, box.end_row):
            sheet.put(row, box.column, (value,) * box.width)
    if FORMAT in mask:
        for path in _format_paths(mask):
            sheet.paint(Layer(box, path, _at(cell.get(FORMAT, {}), path)))
    return {}


def copy_paste(change: Change, request: dict[str, Any]) -> dict[str, Any]:
    """Copy values, formats or both; a destination of several times the source is filled with copies."""
    if request.get("pasteOrientation", "NORMAL") != "NORMAL":
        raise NotModelled("copyPaste with TRANSPOSE")
    kind = request.get("pasteType", "PASTE_NORMAL")
    if kind not in ("PASTE_NORMAL", "PASTE_VALUES", "PASTE_FORMAT"):
        raise NotModelled(f"copyPaste with {kind}")
    source, source_area = change.state.grid_range(request.get("source", {}))
    target, target_area = change.state.grid_range(request.get("destination", {}))
    box = source.box(source_area).clipped(source.row_count, source.column_count)
    place = target.box(target_area)
    down = max(place.height // box.height, 1) if place.height % box.height == 0 else 1
    across = max(place.width // box.width, 1) if place.width % box.width == 0 else 1
    place = Box(place.row, place.column, place.row + down * box.height, place.column + across * box.width)
    if place.end_row > target.row_count or place.end_column > target.column_count:
        raise ApiError(400, f"Range ({a1.write(target.title, place)}) exceeds grid limits. {target.limits}")
    change.guard(target, place)
    if kind != "PASTE_FORMAT":
        _paste_values(source, box, target, place)
    if kind != "PASTE_VALUES":
        _paste_formats(source, box, target, place)
    return {}


def _paste_values(source: Sheet, box: Box, target: Sheet, place: Box) -> None:
    copied: list[Row] = [row + ("",) * (box.width - len(row)) for row in source.values(box)]
    copied += [("",) * box.width] * (box.height - len(copied))
    across = place.width // box.width
    for row in range(place.row, place.end_row):
        target.put(row, place.column, copied[(row - place.row) % box.height] * across)


def _paste_formats(source: Sheet, box: Box, target: Sheet, place: Box) -> None:
    layers = [layer for layer in source.layers if layer.box.meets(box)]
    target.paint(Layer(place, (), None))
    for down in range(place.row - box.row, place.end_row - box.row, box.height):
        for across in range(place.column - box.column, place.end_column - box.column, box.width):
            for layer in layers:
                part = Box(
                    max(layer.box.row, box.row) + down,
                    max(layer.box.column, box.column) + across,
                    min(layer.box.end_row, box.end_row) + down,
                    min(layer.box.end_column, box.end_column) + across,
                )
                target.paint(Layer(part, layer.path, layer.value))


def _mask(request: dict[str, Any], name: str) -> Mask:
    mask = masks.of_update("CellData", request.get(name, ""))
    if masks.EVERYTHING in mask:
        return ALL_OF_A_CELL
    for field in mask:
        if field not in MODELLED:
            raise NotModelled(f"cells' {field}")
    return mask


def _target(state: State, request: dict[str, Any]) -> tuple[Sheet, Box]:
    """Return where cells may be written: to the end of the range, or of the grid from a corner on."""
    if "range" in request:
        sheet, area = state.grid_range(request["range"])
        return sheet, sheet.box(area).clipped(sheet.row_count, sheet.column_count)
    start = request.get("start", {})
    sheet = state.sheet(start.get("sheetId", 0))
    row, column = start.get("rowIndex", 0), start.get("columnIndex", 0)
    sheet.box(Area(row, column, row + 1, column + 1))
    return sheet, Box(row, column, sheet.row_count, sheet.column_count)


def _empty(sheet: Sheet, box: Box, mask: Mask) -> None:
    if VALUE in mask:
        sheet.clear(box)
    for path in _format_paths(mask) if FORMAT in mask else []:
        sheet.paint(Layer(box, path, None))


def _value(cell: dict[str, Any]) -> Value:
    """Return what a cell holds; no value, and an empty text, is a blank."""
    held = cell.get(VALUE)
    if not held:
        return ""
    ((kind, value),) = held.items()
    if kind == "stringValue":
        if len(value) > CELL_CHARACTERS:
            raise ApiError(400, TOO_LONG)
        return str(value)
    if kind == "numberValue":
        return stored_number(value)
    if kind == "boolValue":
        return bool(value)
    raise NotModelled(kind)


def _format_paths(mask: Mask) -> list[tuple[str, ...]]:
    """Return the paths within the format that a mask names; ``()`` is the format itself."""
    inner = mask[FORMAT]
    return masks.leaves(inner) if inner and masks.EVERYTHING not in inner else [()]


def _at(given: dict[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = given
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return None if value in ({}, None) else value


def _paint_rows(sheet: Sheet, limit: Box, rows: list[dict[str, Any]], mask: Mask) -> None:
    """Paint the formats of listed cells; neighbours of one format make one layer."""
    for path in _format_paths(mask):
        open_boxes: dict[tuple[int, int], tuple[int, Any]] = {}
        for number, row in enumerate([*rows, {}]):
            runs = _runs([_at(cell.get(FORMAT, {}), path) for cell in row.get("values", [])])
            for columns, (start, value) in list(open_boxes.items()):
                if runs.get(columns, ...) != value:
                    box = Box(
                        limit.row + start,
                        limit.column + columns[0],
                        limit.row + number,
                        limit.column + columns[1],
                    )
                    sheet.paint(Layer(box, path, value))
                    del open_boxes[columns]
            for columns, value in runs.items():
                open_boxes.setdefault(columns, (number, value))


def _runs(values: list[Any]) -> dict[tuple[int, int], Any]:
    """Return the values by the columns, first and end, in which they stand next to each other."""
    runs: dict[tuple[int, int], Any] = {}
    start = 0
    for column in range(1, len(values) + 1):
        if column == len(values) or values[column] != values[start]:
            runs[start, column] = values[start]
            start = column
    return runs
