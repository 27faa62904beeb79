"""Cells hold values and formats, each written without the other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sheets_server import Book, SheetsServer
from tests.sheets_server.clients import Caller, message

BOLD = {"textFormat": {"bold": True}}
DATE = {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}
A1 = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}


def box(row: int, column: int, end_row: int, end_column: int) -> dict[str, int]:
    return {
        "sheetId": 0,
        "startRowIndex": row,
        "startColumnIndex": column,
        "endRowIndex": end_row,
        "endColumnIndex": end_column,
    }


def cell(value: Any = None, **formats: Any) -> dict[str, Any]:
    kinds = {str: "stringValue", bool: "boolValue", int: "numberValue", float: "numberValue"}
    held = {} if value is None else {"userEnteredValue": {kinds[type(value)]: value}}
    return held | ({"userEnteredFormat": formats} if formats else {})


def update(
    rows: list[list[dict[str, Any]]], fields: str = "userEnteredValue", **where: Any
) -> dict[str, Any]:
    where = where or {"start": A1}
    return {"updateCells": where | {"rows": [{"values": row} for row in rows], "fields": fields}}


def repeat(where: dict[str, int], fields: str, **content: Any) -> dict[str, Any]:
    return {"repeatCell": {"range": where, "cell": content, "fields": fields}}


def test_values_of_every_type_are_written(caller: Caller, book: Book) -> None:
    caller.batch(update([[cell("=1"), cell(5), cell(2.5), cell(True), {}, cell("123")]]))
    assert book.values("Sheet1") == [["=1", 5, 2.5, True, "", "123"]]


def test_writing_values_keeps_formats_and_a_cell_of_nothing_is_cleared(caller: Caller, book: Book) -> None:
    caller.batch(update([[cell("a", **BOLD), cell("b", **BOLD)]], "userEnteredValue,userEnteredFormat"))
    caller.batch(update([[{}, cell("c")]]))
    sheet = book.sheet("Sheet1")
    assert (book.values("Sheet1"), sheet.format(0, 0), sheet.format(0, 1)) == ([["", "c"]], BOLD, BOLD)


def test_writing_everything_resets_formats(caller: Caller, book: Book) -> None:
    caller.batch(update([[cell("a", **BOLD)]], "*"))
    caller.batch(update([[cell("b")]], "*"))
    assert (book.values("Sheet1"), book.sheet("Sheet1").format(0, 0)) == ([["b"]], {})


def test_cells_of_a_range_that_are_not_listed_are_emptied(caller: Caller, book: Book) -> None:
    caller.write(Sheet1=[["a", "b", "c"], ["d", "e", "f"]])
    caller.batch(update([[cell("A")]], range=box(0, 0, 2, 2)))
    assert book.values("Sheet1") == [["A", "", "c"], ["", "", "f"]]


@pytest.mark.parametrize(
    ("rows", "where", "text"),
    [
        (
            [[cell(1)] * 27],
            {"start": A1},
            "Attempting to write column: 26, beyond the last requested column of: 25",
        ),
        (
            [[cell(1)] * 3],
            {"range": box(0, 0, 1, 2)},
            "Attempting to write column: 2, beyond the last requested column of: 1",
        ),
        (
            [[cell(1)]] * 2,
            {"start": A1 | {"rowIndex": 999}},
            "Attempting to write row: 1000, beyond the last requested row of: 999",
        ),
        (
            [[cell(1)]],
            {"start": A1 | {"rowIndex": 1000}},
            "Range (Sheet1!A1001) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
        ([[cell(1)]], {"start": {"sheetId": 999999}}, "No grid with id: 999999"),
        (
            [[cell("x" * 50_001)]],
            {"start": A1},
            "Your input contains more than the maximum of 50000 characters in a single cell.",
        ),
    ],
)
def test_cells_that_do_not_fit_are_refused(
    caller: Caller, book: Book, rows: list[list[dict[str, Any]]], where: dict[str, Any], text: str
) -> None:
    assert caller.refusal(update(rows, **where)) == f"Invalid requests[0].updateCells: {text}"
    assert book.values("Sheet1") == []


def test_a_formula_is_not_modelled(caller: Caller, server: SheetsServer) -> None:
    rows = [{"values": [{"userEnteredValue": {"formulaValue": "=1"}}]}]
    request = {"updateCells": {"start": A1, "rows": rows, "fields": "userEnteredValue"}}
    response = caller.post(":batchUpdate", {"requests": [request]})
    assert message(response, 501, "UNIMPLEMENTED") == "This server does not model formulaValue."
    server.not_modelled.clear()


def test_a_column_is_formatted_in_one_layer(caller: Caller, book: Book) -> None:
    caller.batch({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 99_000}})
    column = {"sheetId": 0, "startRowIndex": 1, "startColumnIndex": 2, "endColumnIndex": 3}
    for _ in range(3):
        caller.batch(repeat(column, "userEnteredFormat.numberFormat", userEnteredFormat=DATE))
    sheet = book.sheet("Sheet1")
    assert list(sheet.formats(2)) == [(0, 1, {}), (1, 100_000, DATE)]
    assert len(sheet.layers) == 1


def test_formats_end_with_the_grid(caller: Caller, book: Book) -> None:
    caller.batch(repeat(box(0, 0, 1000, 26), "userEnteredFormat", userEnteredFormat=BOLD))
    for rows in (2, 3):
        size = {"sheetId": 0, "gridProperties": {"rowCount": rows}}
        caller.batch({"updateSheetProperties": {"properties": size, "fields": "gridProperties.rowCount"}})
    assert list(book.sheet("Sheet1").formats(0)) == [(0, 2, BOLD), (2, 3, {})]


def test_only_the_listed_part_of_a_format_changes(caller: Caller, book: Book) -> None:
    caller.batch(
        repeat(box(0, 0, 2, 2), "userEnteredFormat", userEnteredFormat=BOLD | DATE),
        repeat(box(0, 0, 1, 1), "userEnteredFormat.textFormat.bold"),
        repeat(
            box(0, 1, 1, 2),
            "userEnteredFormat(horizontalAlignment,textFormat.italic)",
            userEnteredFormat={"horizontalAlignment": "RIGHT", "textFormat": {"italic": True, "bold": False}},
        ),
    )
    sheet = book.sheet("Sheet1")
    assert sheet.format(0, 0) == DATE | {"textFormat": {}}
    right = {"horizontalAlignment": "RIGHT", "textFormat": {"bold": True, "italic": True}}
    assert (sheet.format(0, 1), sheet.format(1, 1)) == (DATE | right, BOLD | DATE)


def test_a_value_is_repeated(caller: Caller, book: Book) -> None:
    caller.batch(repeat(box(0, 0, 2, 2), "userEnteredValue", **cell("x")))
    assert book.values("Sheet1") == [["x", "x"], ["x", "x"]]


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ({"sheetId": 0, "startRowIndex": 1000, "endColumnIndex": 2}, "Sheet1!A1001:B"),
        (box(1000, 0, 1001, 2), "Sheet1!A1001:B1001"),
        (box(0, 26, 2, 27), "Sheet1!AA1:AA2"),
        ({"sheetId": 0, "endRowIndex": 2, "startColumnIndex": 26}, "Sheet1!AA1:2"),
    ],
)
def test_a_repetition_that_starts_outside_is_refused(
    caller: Caller, where: dict[str, int], name: str
) -> None:
    assert caller.refusal(repeat(where, "userEnteredFormat", userEnteredFormat=BOLD)) == (
        f"Invalid requests[0].repeatCell: Range ({name}) exceeds grid limits. Max rows: 1000, max columns: 26"
    )


@pytest.mark.parametrize("where", [box(999, 0, 1003, 1), box(0, 25, 1, 28), box(3, 0, 3, 1), box(0, 3, 1, 3)])
def test_a_repetition_that_starts_inside_is_taken(caller: Caller, book: Book, where: dict[str, int]) -> None:
    caller.batch(repeat(where, "userEnteredFormat", userEnteredFormat=BOLD))
    assert (book.sheet("Sheet1").row_count, book.sheet("Sheet1").column_count) == (1000, 26)


def test_values_are_pasted_with_blanks_and_without_formats(caller: Caller, book: Book) -> None:
    book.add_sheet("Live", [["old", "old", "old"], ["old", "old"]])
    caller.write(Sheet1=[["a", "", "c"], ["d"]])
    caller.batch(repeat(box(0, 0, 1, 3), "userEnteredFormat", userEnteredFormat=BOLD))
    target = box(0, 0, 2, 3) | {"sheetId": book.sheet("Live").sheet_id}
    paste = {"source": box(0, 0, 2, 3), "destination": target, "pasteType": "PASTE_VALUES"}
    caller.batch({"copyPaste": paste})
    assert (book.values("Live"), book.sheet("Live").format(0, 0)) == ([["a", "", "c"], ["d"]], {})
    caller.batch({"copyPaste": paste | {"pasteType": "PASTE_FORMAT"}})
    assert (book.sheet("Live").format(0, 2), book.sheet("Live").format(1, 0)) == (BOLD, {})


def test_a_larger_destination_is_filled_with_copies(caller: Caller, book: Book) -> None:
    caller.write(Sheet1=[["a", "b"]])
    caller.batch({"copyPaste": {"source": box(0, 0, 1, 2), "destination": box(1, 0, 3, 4)}})
    assert book.values("Sheet1") == [["a", "b"], ["a", "b", "a", "b"], ["a", "b", "a", "b"]]


def test_cells_are_read_with_values_and_formats(caller: Caller) -> None:
    caller.batch(update([[cell(45658, **DATE), cell("x")]], "userEnteredValue,userEnteredFormat"))
    fields = "sheets.data(startRow,rowData.values(userEnteredValue,formattedValue,userEnteredFormat))"
    answer = caller.get(ranges="Sheet1!A1:C2", fields=fields)
    number, text = {"numberValue": 45658}, {"stringValue": "x"}
    cells = [
        {"userEnteredValue": number, "formattedValue": "2025-01-01", "userEnteredFormat": DATE},
        {"userEnteredValue": text, "formattedValue": "x"},
    ]
    assert answer == {"sheets": [{"data": [{"rowData": [{"values": cells}]}]}]}


def test_widths_are_kept_by_column(caller: Caller, book: Book) -> None:
    columns = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 3}
    width = {"range": columns, "properties": {"pixelSize": 240}, "fields": "pixelSize"}
    caller.batch({"updateDimensionProperties": width})
    assert book.sheet("Sheet1").column_widths == {1: 240, 2: 240}
    answer = caller.get(ranges="A1:C1", fields="sheets.data.columnMetadata.pixelSize")
    metadata = [{"pixelSize": 100}, {"pixelSize": 240}, {"pixelSize": 240}]
    assert answer == {"sheets": [{"data": [{"columnMetadata": metadata}]}]}


def test_a_filter_is_set_and_cleared(caller: Caller) -> None:
    caller.batch({"setBasicFilter": {"filter": {"range": box(0, 0, 5, 2)}}})
    assert caller.get(fields="sheets.basicFilter") == {
        "sheets": [{"basicFilter": {"range": box(0, 0, 5, 2)}}]
    }
    caller.batch({"clearBasicFilter": {"sheetId": 0}})
    assert caller.get(fields="sheets(basicFilter,properties.title)") == {
        "sheets": [{"properties": {"title": "Sheet1"}}]
    }


def test_a_name_is_given_and_taken(caller: Caller) -> None:
    named = {"namedRangeId": "n1", "name": "head", "range": box(0, 0, 1, 2)}
    (reply,) = caller.batch({"addNamedRange": {"namedRange": named}})
    assert reply == {"addNamedRange": {"namedRange": named}}
    assert caller.get(fields="namedRanges") == {"namedRanges": [named]}
    caller.batch({"deleteNamedRange": {"namedRangeId": "n1"}})
    assert caller.get(fields="namedRanges") == {}
