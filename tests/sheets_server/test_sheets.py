"""Sheets are added, changed, copied and deleted within Google's limits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sheets_server import Book, SheetsServer
from tests.sheets_server.clients import Caller

NO_FIELDS = "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
TOO_MANY_CELLS = (
    "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
)


def add(title: str, rows: int = 1000, columns: int = 26, **properties: Any) -> dict[str, Any]:
    grid = {"rowCount": rows, "columnCount": columns}
    return {"addSheet": {"properties": {"title": title, "gridProperties": grid} | properties}}


def change(sheet_id: int, fields: str, **properties: Any) -> dict[str, Any]:
    return {"updateSheetProperties": {"properties": {"sheetId": sheet_id} | properties, "fields": fields}}


def test_a_new_book_has_one_sheet(caller: Caller) -> None:
    answer = caller.get(fields="spreadsheetId,properties(title,locale,timeZone),sheets(properties,data)")
    assert answer == {
        "spreadsheetId": "book-1",
        "properties": {"title": "Shop", "locale": "en_US", "timeZone": "Etc/UTC"},
        "sheets": [
            {
                "properties": {
                    "sheetId": 0,
                    "title": "Sheet1",
                    "index": 0,
                    "sheetType": "GRID",
                    "gridProperties": {"rowCount": 1000, "columnCount": 26},
                },
                "data": answer["sheets"][0]["data"],
            }
        ],
    }


def test_the_id_that_the_caller_chooses_is_kept(caller: Caller, book: Book) -> None:
    (reply,) = caller.batch(add("Scratch", 100, 30, sheetId=7001))
    assert reply == {
        "addSheet": {
            "properties": {
                "sheetId": 7001,
                "title": "Scratch",
                "index": 1,
                "sheetType": "GRID",
                "gridProperties": {"rowCount": 100, "columnCount": 30},
            }
        }
    }
    assert book.sheet("Scratch").sheet_id == 7001


def test_a_sheet_can_be_inserted_hidden_and_frozen(caller: Caller, book: Book) -> None:
    grid = {"rowCount": 5, "columnCount": 2, "frozenRowCount": 1}
    caller.batch(
        {"addSheet": {"properties": {"title": "A", "index": 0, "hidden": True, "gridProperties": grid}}}
    )
    sheet = book.sheet("A")
    assert (book.titles, sheet.hidden, sheet.frozen_row_count) == (["A", "Sheet1"], True, 1)


def test_sheets_without_titles_and_ids_get_new_ones(caller: Caller, book: Book) -> None:
    caller.batch({"addSheet": {}}, {"addSheet": {"properties": {}}})
    assert book.titles == ["Sheet1", "Sheet2", "Sheet3"]
    assert len({book.sheet(title).sheet_id for title in book.titles}) == 3


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (add("New", sheetId=0), "addSheet: Sheet with id 0 already exists."),
        (add("New", sheetId=-1), "addSheet: Sheet id must be non-negative."),
        (
            add("sheet1"),
            'addSheet: A sheet with the name "sheet1" already exists. Please enter another name.',
        ),
        (add("x" * 101), "addSheet: The sheet name cannot be greater than 100 characters."),
        (
            add("New", 10_000_000, 1),
            f"addSheet: {TOO_MANY_CELLS}",
        ),
        ({"deleteSheet": {"sheetId": 0}}, "deleteSheet: You can't remove all the sheets in a document."),
        ({"deleteSheet": {"sheetId": 5}}, "deleteSheet: No sheet with id: 5"),
        (change(5, "hidden"), "updateSheetProperties: No sheet with id: 5"),
        (
            change(0, "hidden", hidden=True),
            "updateSheetProperties: You can't remove all the visible sheets in a document.",
        ),
        (
            change(0, "", title="x"),
            f"updateSheetProperties: {NO_FIELDS}",
        ),
        (change(0, "name", title="x"), "updateSheetProperties: Invalid field: name"),
        (
            {"duplicateSheet": {"sourceSheetId": 0, "newSheetId": 0}},
            "duplicateSheet: Sheet with id 0 already exists.",
        ),
        (
            {"deleteDimension": {"range": {"sheetId": 0, "dimension": "ROWS"}}},
            "deleteDimension: You can't delete all the rows on the sheet.",
        ),
        (
            {"deleteDimension": {"range": {"sheetId": 0, "dimension": "COLUMNS"}}},
            "deleteDimension: You can't delete all the columns on the sheet.",
        ),
        (
            {"appendDimension": {"sheetId": 9, "dimension": "ROWS", "length": 1}},
            "appendDimension: No grid with id: 9",
        ),
    ],
)
def test_a_refused_request_is_named_with_the_reason(
    caller: Caller, book: Book, request_: dict[str, Any], text: str
) -> None:
    before = book.state
    assert caller.refusal(request_) == f"Invalid requests[0].{text}"
    assert book.state is before


def test_ten_million_cells_fit_and_hidden_empty_ones_count(caller: Caller, book: Book) -> None:
    caller.batch(add("Big", 9_973_999, 1, hidden=True), add("One", 1, 1))
    assert book.cells == 9_999_999 + 1
    assert caller.refusal({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1}}) == (
        f"Invalid requests[0].appendDimension: {TOO_MANY_CELLS}"
    )


def test_rows_grow_before_columns_shrink(caller: Caller, book: Book) -> None:
    caller.batch(add("Big", 100_000, 90, sheetId=1))
    bigger = {"rowCount": 200_000, "columnCount": 40}
    fields = "gridProperties(rowCount,columnCount)"
    assert "10000000 cells" in caller.refusal(change(1, fields, gridProperties=bigger))
    caller.batch(
        change(1, "gridProperties.columnCount", gridProperties=bigger),
        change(1, "gridProperties.rowCount", gridProperties=bigger),
    )
    assert (book.sheet("Big").row_count, book.sheet("Big").column_count) == (200_000, 40)


def test_one_row_below_the_frozen_ones_must_stay(caller: Caller, book: Book) -> None:
    caller.batch(change(0, "gridProperties.frozenRowCount", gridProperties={"frozenRowCount": 1}))
    refusal = "Sorry, it is not possible to delete all non-frozen rows."
    smaller = {"rowCount": 1, "frozenRowCount": 0}
    for fields in ("gridProperties.rowCount", "gridProperties.rowCount,gridProperties.frozenRowCount"):
        assert caller.refusal(change(0, fields, gridProperties=smaller)) == (
            f"Invalid requests[0].updateSheetProperties: {refusal}"
        )
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 1000}
    assert caller.refusal({"deleteDimension": {"range": rows}}) == (
        f"Invalid requests[0].deleteDimension: {refusal}"
    )
    caller.batch(change(0, "gridProperties.rowCount", gridProperties={"rowCount": 2}))
    assert book.sheet("Sheet1").row_count == 2


def test_what_lies_outside_a_smaller_grid_is_gone(caller: Caller, book: Book) -> None:
    caller.write(Sheet1=[["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]])
    smaller = {"rowCount": 2, "columnCount": 2}
    caller.batch(change(0, "gridProperties(rowCount,columnCount)", gridProperties=smaller))
    caller.batch(
        change(0, "gridProperties(rowCount,columnCount)", gridProperties={"rowCount": 3, "columnCount": 3})
    )
    assert book.values("Sheet1") == [["a", "b"], ["d", "e"]]


@pytest.mark.parametrize(
    ("index", "titles"),
    [
        (0, ["B", "Sheet1", "C"]),
        (1, ["Sheet1", "B", "C"]),
        (2, ["Sheet1", "B", "C"]),
        (3, ["Sheet1", "C", "B"]),
    ],
)
def test_a_new_place_is_counted_before_the_move(
    caller: Caller, book: Book, index: int, titles: list[str]
) -> None:
    caller.batch(add("B", sheetId=1), add("C"))
    caller.batch(change(1, "index", index=index))
    assert (book.titles, [book.sheet(title).index for title in titles]) == (titles, [0, 1, 2])


def test_deleted_rows_and_columns_close_up(caller: Caller, book: Book) -> None:
    caller.write(Sheet1=[["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]])
    row = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    column = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    caller.batch({"deleteDimension": {"range": row}}, {"deleteDimension": {"range": column}})
    assert book.values("Sheet1") == [["b", "c"], ["h", "i"]]
    assert (book.sheet("Sheet1").row_count, book.sheet("Sheet1").column_count) == (999, 25)


def test_a_duplicate_lives_its_own_life(caller: Caller, book: Book) -> None:
    caller.write(Sheet1=[["a"]])
    caller.batch({"duplicateSheet": {"sourceSheetId": 0, "newSheetId": 5, "newSheetName": "Copy"}})
    caller.put({"Copy!A1": [["b"]]})
    caller.put({"Sheet1!A2": [["c"]]})
    assert (book.titles, book.values("Sheet1"), book.values("Copy")) == (
        ["Copy", "Sheet1"],
        [["a"], ["c"]],
        [["b"]],
    )


def test_a_duplicate_has_what_was_there_when_it_was_made(caller: Caller, book: Book) -> None:
    def edit(text: str) -> dict[str, Any]:
        cell = {"userEnteredValue": {"stringValue": text}}
        rows = [{"values": [cell]}]
        return {"updateCells": {"start": {"sheetId": 0}, "rows": rows, "fields": "userEnteredValue"}}

    copy = {"duplicateSheet": {"sourceSheetId": 0, "newSheetName": "Copy"}}
    caller.batch(edit("before"), copy, edit("after"))
    assert (book.values("Sheet1"), book.values("Copy")) == ([["after"]], [["before"]])


def test_a_sheet_is_copied_into_another_book(caller: Caller, server: SheetsServer) -> None:
    other = server.add_book("book-2")
    caller.write(Sheet1=[["a"]])
    answer = caller.post("/sheets/0:copyTo", {"destinationSpreadsheetId": "book-2"}).json()
    assert (answer["title"], answer["index"]) == ("Copy of Sheet1", 1)
    assert (other.titles, other.values("Copy of Sheet1")) == (["Sheet1", "Copy of Sheet1"], [["a"]])


def test_a_book_is_made_with_the_sheets_asked_for(caller: Caller, server: SheetsServer) -> None:
    body = {"properties": {"title": "Mine"}, "sheets": [{"properties": {"title": "A"}}, {"properties": {}}]}
    answer = caller.session.post(caller.books, json=body).json()
    assert server.books[answer["spreadsheetId"]].titles == ["A", "Sheet2"]


def test_looks_are_kept_as_given(caller: Caller) -> None:
    style = {"rgbColor": {"red": 1}}
    fields = "tabColorStyle,gridProperties.hideGridlines"
    caller.batch(change(0, fields, tabColorStyle=style, gridProperties={"hideGridlines": True}))
    properties = caller.get(fields="sheets.properties(tabColorStyle,gridProperties)")["sheets"][0][
        "properties"
    ]
    grid = {"rowCount": 1000, "columnCount": 26, "hideGridlines": True}
    assert properties == {"tabColorStyle": style, "gridProperties": grid}
