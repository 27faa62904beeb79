"""The methods of ``spreadsheets.values``: ranges in A1 notation, values as JSON has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.sheets_server import a1
from tests.sheets_server.a1 import Area, Box
from tests.sheets_server.book import Change
from tests.sheets_server.errors import ApiError, NotModelled
from tests.sheets_server.grid import Row, Sheet
from tests.sheets_server.rendering import Rendering, shown_range

CELL_CHARACTERS = 50_000
TOO_LONG = "Your input contains more than the maximum of 50000 characters in a single cell."
EXACT = 2**53
# What people's typing leaves a text in every locale.
PLAIN_TEXT = re.compile(r"[^\W\d_][^\W\d_ ]*(?: [^\W\d_]+)*")
BOOLEANS = {"true", "false"}


@dataclass
class Written:
    """What one range of a call has changed."""

    sheet: Sheet
    box: Box
    rows: int
    columns: int
    cells: int


def get(seen: Change, text: str, query: dict[str, Any]) -> dict[str, Any]:
    """Answer ``values.get``: one range."""
    return shown_range(*seen.state.range(text), Rendering.of(query, seen.state))


def batch_get(seen: Change, query: dict[str, Any]) -> dict[str, Any]:
    """Answer ``values.batchGet``: ranges in the order asked, all of one moment."""
    rendering = Rendering.of(query, seen.state)
    ranges = [shown_range(*seen.state.range(text), rendering) for text in query.get("ranges", [])]
    return {"spreadsheetId": seen.book.book_id} | ({"valueRanges": ranges} if ranges else {})


def update(change: Change, text: str, query: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Answer ``values.update``: write one range."""
    own = body.get("range", text)
    if change.state.range(own) != change.state.range(text):
        raise ApiError(400, f"Requested range [{text}] does not match with the data range [{own}]")
    return _reported(change, _write(change, text, body, query.get("valueInputOption")), query)


def batch_update(change: Change, body: dict[str, Any]) -> dict[str, Any]:
    """Answer ``values.batchUpdate``: write ranges of any sheets, all or none of them."""
    all_written = []
    for number, data in enumerate(body.get("data", [])):
        try:
            written = _write(change, data.get("range", ""), data, body.get("valueInputOption"))
        except ApiError as error:
            raise error.within(f"data[{number}]") from None
        all_written.append(written)
    responses = [_reported(change, written, body) for written in all_written]
    answer: dict[str, Any] = {"spreadsheetId": change.book.book_id}
    if all_written:
        rows = {
            (one.sheet.sheet_id, row)
            for one in all_written
            for row in range(one.box.row, one.box.row + one.rows)
        }
        columns = {
            (one.sheet.sheet_id, column)
            for one in all_written
            for column in range(one.box.column, one.box.column + one.columns)
        }
        totals = {
            "totalUpdatedRows": len(rows),
            "totalUpdatedColumns": len(columns),
            "totalUpdatedCells": sum(one.cells for one in all_written),
            "totalUpdatedSheets": len({one.sheet.sheet_id for one in all_written if one.cells}),
        }
        answer |= {name: total for name, total in totals.items() if total} | {"responses": responses}
    return answer


def clear(change: Change, text: str) -> dict[str, Any]:
    """Answer ``values.clear``: take the values away, leave the formats."""
    return {"spreadsheetId": change.book.book_id, "clearedRange": _clear(change, text)}


def batch_clear(change: Change, body: dict[str, Any]) -> dict[str, Any]:
    """Answer ``values.batchClear``."""
    cleared = []
    for number, text in enumerate(body.get("ranges", [])):
        try:
            cleared.append(_clear(change, text))
        except ApiError as error:
            raise error.within(f"range[{number}]") from None
    return {"spreadsheetId": change.book.book_id} | ({"clearedRanges": cleared} if cleared else {})


def append(change: Change, text: str, query: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Answer ``values.append``: write behind the last row that has values, and grow the grid for it."""
    if body.get("majorDimension", "ROWS") != "ROWS":
        raise NotModelled("values.append of columns")
    sheet, area = change.state.range(text)
    column = area.column if area else 0
    used = [number for number, row in enumerate(sheet.rows) if any(value != "" for value in row)]
    start = used[-1] + 1 if used else (area.row if area else 0)
    values = body.get("values", [])
    width = max(map(len, values), default=0)
    inserts = query.get("insertDataOption") == "INSERT_ROWS" and bool(used)
    rows = sheet.row_count + len(values) if inserts else max(sheet.row_count, start + len(values))
    sheet.resize(rows, max(sheet.column_count, column + width))
    change.state.check_budget()
    anchor = a1.write(sheet.title, Area(start, column, start + 1, column + 1))
    written = _write(change, anchor, {"values": values}, query.get("valueInputOption"))
    answer: dict[str, Any] = {"spreadsheetId": change.book.book_id}
    if used:
        table_width = max(len(row) for row in sheet.rows[:start])
        answer["tableRange"] = a1.write(
            sheet.title, Box(used[0], column, start, max(table_width, column + 1))
        )
    return answer | {"updates": _reported(change, written, query)}


def _clear(change: Change, text: str) -> str:
    sheet, area = change.state.range(text)
    box = sheet.box(area).clipped(sheet.row_count, sheet.column_count)
    change.guard(sheet, box)
    sheet.clear(box)
    return a1.write(sheet.title, box)


def _write(change: Change, text: str, body: dict[str, Any], option: str | None) -> Written:
    """Write one range; ``None`` leaves a cell as it is, ``""`` clears it."""
    if option in (None, "INPUT_VALUE_OPTION_UNSPECIFIED"):
        raise ApiError(400, "'valueInputOption' is required but not specified")
    sheet, area = change.state.range(text)
    values = body.get("values", [])
    if body.get("majorDimension") == "COLUMNS":
        values = _turned(values)
    box = sheet.box(area)
    single = area is not None and area.single
    if not single and (box.end_row > sheet.row_count or box.end_column > sheet.column_count):
        name = a1.write(sheet.title, area or Area())
        raise ApiError(400, f"Range ({name}) exceeds grid limits. {sheet.limits}")
    limit = Box(box.row, box.column, sheet.row_count, sheet.column_count) if single else box
    width = max(map(len, values), default=0)
    _check_fit(a1.write(sheet.title, area or Area()), limit, len(values), width)
    target = Box(box.row, box.column, box.row + len(values), box.column + width)
    change.guard(sheet, target)
    cells = 0
    for number, given in enumerate(values):
        row, skipped = _stored(given, number, option, sheet, target)
        sheet.put(target.row + number, target.column, row)
        cells += len(given) - skipped
    return Written(sheet, target if values else box, len(values), width, cells)


def _check_fit(name: str, limit: Box, height: int, width: int) -> None:
    if height > limit.height:
        tried = f"but tried writing to row [{limit.end_row + 1}]"
        raise ApiError(400, f"Requested writing within range [{name}], {tried}")
    if width > limit.width:
        tried = f"but tried writing to column [{a1.letters(limit.end_column)}]"
        raise ApiError(400, f"Requested writing within range [{name}], {tried}")


def _stored(given: list[Any], number: int, option: str | None, sheet: Sheet, target: Box) -> tuple[Row, int]:
    """Return what a row of cells holds afterwards, and how many of them were left as they are."""
    kinds = set(map(type, given))
    if not kinds <= {str, int, float, bool, type(None)}:
        column, value = next((c, v) for c, v in enumerate(given) if type(v) in (dict, list))
        kind = "struct_value" if isinstance(value, dict) else "list_value"
        raise ApiError(400, f"Invalid values[{number}][{column}]: {kind} {{\n}}\n")
    if str in kinds:
        for value in given:
            if type(value) is str and len(value) > CELL_CHARACTERS:
                raise ApiError(400, TOO_LONG)
        if option == "USER_ENTERED":
            _check_plain(given)
    if float in kinds or int in kinds:
        given = [stored_number(value) if _changes(value) else value for value in given]
    if type(None) not in kinds:
        return tuple(given), 0
    rows = sheet.rows
    old = rows[target.row + number] if target.row + number < len(rows) else ()
    old = old[target.column :] + ("",) * len(given)
    kept = tuple(before if value is None else value for value, before in zip(given, old, strict=False))
    return kept, given.count(None)


def _changes(value: Any) -> bool:
    """Whether a cell holds the value in another form."""
    return value.is_integer() if type(value) is float else type(value) is int and not -EXACT <= value <= EXACT


def stored_number(value: float) -> int | float:
    """Return a number as a cell holds it: a double, which JSON shows without a point if it is whole."""
    if type(value) is int:
        return value if -EXACT <= value <= EXACT else int(float(value))
    return int(value) if value.is_integer() and abs(value) <= EXACT else value


def _check_plain(given: list[Any]) -> None:
    """Raise NotModelled for a text that Sheets might take for something else when it is typed."""
    for value in given:
        if type(value) is str and value:
            plain = PLAIN_TEXT.fullmatch(value) and value.casefold() not in BOOLEANS
            if not plain:
                raise NotModelled("USER_ENTERED of a text that may be parsed")


def _turned(columns: list[list[Any]]) -> list[list[Any]]:
    height = max(map(len, columns), default=0)
    return [[column[row] if row < len(column) else None for column in columns] for row in range(height)]


def _reported(change: Change, written: Written, options: dict[str, Any]) -> dict[str, Any]:
    counts = {
        "updatedRows": written.rows,
        "updatedColumns": written.columns,
        "updatedCells": written.cells,
    }
    answer: dict[str, Any] = {
        "spreadsheetId": change.book.book_id,
        "updatedRange": a1.write(written.sheet.title, written.box),
    }
    answer |= {name: count for name, count in counts.items() if count}
    if options.get("includeValuesInResponse"):
        box = written.box
        area = Area(box.row, box.column, box.end_row, box.end_column)
        rendering = Rendering.of_response(options, change.state)
        answer["updatedData"] = shown_range(written.sheet, area, rendering)
    return answer
