"""Ranges are written and read by their names."""

from __future__ import annotations

import pytest

from tests.sheets_server import Book, SheetsServer
from tests.sheets_server.clients import Caller, message


def test_values_keep_their_types(caller: Caller, book: Book) -> None:
    caller.write(Sheet1=[["id", 1, 2.5, 3.0, True, "=IMPORTXML(1)", "00123", "2026-01-02"]])
    expected = [["id", 1, 2.5, 3, True, "=IMPORTXML(1)", "00123", "2026-01-02"]]
    assert book.values("Sheet1") == expected
    assert [type(value) for value in book.values("Sheet1")[0]] == [str, int, float, int, bool, str, str, str]
    assert caller.read("Sheet1!A1:H1", "FORMULA") == expected


def test_numbers_are_doubles(caller: Caller) -> None:
    caller.write(Sheet1=[[2**53 + 1, -(2**53) - 1, 2**53 - 1]])
    assert caller.read("Sheet1") == [[2**53, -(2**53), 2**53 - 1]]


def test_null_skips_a_cell_and_an_empty_text_clears_it(caller: Caller, book: Book) -> None:
    caller.write(Sheet1=[["a", "b", "c", "d"]])
    answer = caller.put({"Sheet1!A1:D1": [[None, "", "C"]]}).json()
    assert book.values("Sheet1") == [["a", "", "C", "d"]]
    assert answer == {
        "spreadsheetId": "book-1",
        "totalUpdatedRows": 1,
        "totalUpdatedColumns": 3,
        "totalUpdatedCells": 2,
        "totalUpdatedSheets": 1,
        "responses": [
            {
                "spreadsheetId": "book-1",
                "updatedRange": "Sheet1!A1:C1",
                "updatedRows": 1,
                "updatedColumns": 3,
                "updatedCells": 2,
            }
        ],
    }


def test_a_read_leaves_out_blanks_at_the_ends(caller: Caller) -> None:
    caller.write(Sheet1=[["a", "", "c", ""], [], ["", "b"], [""]])
    assert caller.get("/values/Sheet1!A1:E9", valueRenderOption="UNFORMATTED_VALUE") == {
        "range": "Sheet1!A1:E9",
        "majorDimension": "ROWS",
        "values": [["a", "", "c"], [], ["", "b"]],
    }


def test_a_read_of_blanks_has_no_values(caller: Caller) -> None:
    assert caller.get("/values/Sheet1") == {"range": "Sheet1!A1:Z1000", "majorDimension": "ROWS"}


def test_columns_are_read_and_written(caller: Caller) -> None:
    caller.put({"Sheet1!A1:B2": [["a", "b"], ["c"]]})
    assert caller.read("Sheet1", majorDimension="COLUMNS") == [["a", "c"], ["b"]]
    data = {"range": "Sheet1!D1", "majorDimension": "COLUMNS", "values": [["e", "f"], ["g"]]}
    caller.post("/values:batchUpdate", {"valueInputOption": "RAW", "data": [data]})
    assert caller.read("Sheet1!D1:E2") == [["e", "g"], ["f"]]


def test_one_read_has_ranges_of_several_sheets_in_the_order_asked(caller: Caller, book: Book) -> None:
    book.add_sheet("It's", [["x"]])
    caller.write(Sheet1=[["a"]])
    answer = caller.get("/values:batchGet", ranges=["'It''s'!A1", "sheet1!$A$1:B", "'It''s'!B2"])
    assert answer == {
        "spreadsheetId": "book-1",
        "valueRanges": [
            {"range": "'It''s'!A1", "majorDimension": "ROWS", "values": [["x"]]},
            {"range": "Sheet1!A1:B1000", "majorDimension": "ROWS", "values": [["a"]]},
            {"range": "'It''s'!B2", "majorDimension": "ROWS"},
        ],
    }


def test_a_range_without_a_title_is_on_the_first_sheet(caller: Caller) -> None:
    caller.put({"B2": [["x"]]})
    assert caller.read("Sheet1!A1:B2") == [[], ["", "x"]]


def test_a_named_range_is_a_range(caller: Caller, book: Book) -> None:
    place = {"startRowIndex": 1, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
    caller.batch({"addNamedRange": {"namedRange": {"name": "head", "range": {"sheetId": 0} | place}}})
    caller.put({"head": [["a", "b"]]})
    assert book.values("Sheet1") == [[], ["a", "b"]]


def test_clearing_leaves_the_rest(caller: Caller, book: Book) -> None:
    caller.write(Sheet1=[["a", "b", "c"], ["d", "e", "f"]])
    assert caller.post("/values/Sheet1!B1:B:clear", {}).json() == {
        "spreadsheetId": "book-1",
        "clearedRange": "Sheet1!B1:B1000",
    }
    assert book.values("Sheet1") == [["a", "", "c"], ["d", "", "f"]]
    caller.post("/values:batchClear", {"ranges": ["Sheet1!A1", "Sheet1!C2"]})
    assert book.values("Sheet1") == [["", "", "c"], ["d"]]


def test_appending_goes_behind_the_last_row_and_grows_the_grid(caller: Caller, book: Book) -> None:
    book.add_sheet("Log", [["a", "b"]], row_count=2, column_count=2)
    path = "/values/Log!A1:append?valueInputOption=RAW"
    answer = caller.post(path, {"values": [["c", "d"], ["e", "f"]]}).json()
    assert answer == {
        "spreadsheetId": "book-1",
        "tableRange": "Log!A1:B1",
        "updates": {
            "spreadsheetId": "book-1",
            "updatedRange": "Log!A2:B3",
            "updatedRows": 2,
            "updatedColumns": 2,
            "updatedCells": 4,
        },
    }
    caller.post(path, {"values": [["c", "d"]]})
    assert book.values("Log") == [["a", "b"], ["c", "d"], ["e", "f"], ["c", "d"]]
    assert book.sheet("Log").row_count == 4


def test_a_write_answers_with_values_if_asked(caller: Caller) -> None:
    query = "valueInputOption=RAW&includeValuesInResponse=true&responseValueRenderOption=UNFORMATTED_VALUE"
    response = caller.session.put(f"{caller.book}/values/Sheet1!B2?{query}", json={"values": [[1, "x"]]})
    assert response.json()["updatedData"] == {
        "range": "Sheet1!B2:C2",
        "majorDimension": "ROWS",
        "values": [[1, "x"]],
    }


@pytest.mark.parametrize(
    ("name", "values", "text"),
    [
        ("NoSuchTab!A1", [["x"]], "Unable to parse range: NoSuchTab!A1"),
        ("Sheet1!A0", [["x"]], "Unable to parse range: Sheet1!A0"),
        (
            "T!A1001:B1001",
            [["x"]],
            "Range (T!A1001:B1001) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
        ("T!AA1", [["x"]], "Range (T!AA1) exceeds grid limits. Max rows: 1000, max columns: 26"),
        ("T!A1:C1001", [["x"]], "Range (T!A1:C1001) exceeds grid limits. Max rows: 1000, max columns: 26"),
        ("T!A2:B2", [["x"], ["y"]], "Requested writing within range [T!A2:B2], but tried writing to row [3]"),
        (
            "T!A2:B2",
            [["x", "y", "z"]],
            "Requested writing within range [T!A2:B2], but tried writing to column [C]",
        ),
        (
            "T!A2:B",
            [["x", "y", "z"]],
            "Requested writing within range [T!A2:B], but tried writing to column [C]",
        ),
        ("T!A999", [["x"]] * 4, "Requested writing within range [T!A999], but tried writing to row [1001]"),
        ("T!A1", [["x"], ["y", {}]], "Invalid values[1][1]: struct_value {\n}\n"),
        (
            "T!A1",
            [["x" * 50_001]],
            "Your input contains more than the maximum of 50000 characters in a single cell.",
        ),
    ],
)
def test_a_write_that_does_not_fit_says_why_and_changes_nothing(
    caller: Caller, book: Book, name: str, values: list[list[object]], text: str
) -> None:
    book.add_sheet("T")
    caller.write(Sheet1=[["before"]])
    response = caller.put({"Sheet1!A1": [["after"]], name: values})
    assert message(response) == f"Invalid data[1]: {text}"
    assert (book.values("Sheet1"), book.values("T")) == ([["before"]], [])


def test_a_text_of_50000_characters_fits(caller: Caller, book: Book) -> None:
    caller.write(Sheet1=[["x" * 50_000]])
    assert book.values("Sheet1") == [["x" * 50_000]]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("NoSuchTab!A1", "Unable to parse range: NoSuchTab!A1"),
        ("Sheet1!A1001:B", "Range (Sheet1!A1001:B) exceeds grid limits. Max rows: 1000, max columns: 26"),
        ("Sheet1!AA1:2", "Range (Sheet1!AA1:2) exceeds grid limits. Max rows: 1000, max columns: 26"),
    ],
)
def test_a_read_that_starts_outside_is_refused(caller: Caller, name: str, text: str) -> None:
    assert message(caller.session.get(f"{caller.book}/values/{name}")) == text


def test_a_read_that_ends_outside_ends_at_the_grid(caller: Caller) -> None:
    assert caller.get("/values/Sheet1!A1:ZZ5000")["range"] == "Sheet1!A1:Z1000"


def test_how_input_is_meant_must_be_said(caller: Caller) -> None:
    response = caller.post("/values:batchUpdate", {"data": [{"range": "A1", "values": [["x"]]}]})
    assert message(response) == "Invalid data[0]: 'valueInputOption' is required but not specified"


@pytest.mark.parametrize("typed", ["=1+1", "00123", "1-2", "+5", "TRUE", "5%", "2026-01-02"])
def test_typing_what_sheets_parses_is_not_modelled(
    caller: Caller, server: SheetsServer, book: Book, typed: str
) -> None:
    response = caller.put({"Sheet1!A1": [[typed]]}, valueInputOption="USER_ENTERED")
    assert message(response, 501, "UNIMPLEMENTED").startswith("This server does not model USER_ENTERED")
    assert book.values("Sheet1") == []
    assert server.not_modelled == ["USER_ENTERED of a text that may be parsed"]
    server.not_modelled.clear()


def test_typing_plain_text_is_as_raw(caller: Caller, book: Book) -> None:
    caller.put({"Sheet1!A1": [["first name", 5, True]]}, valueInputOption="USER_ENTERED")
    assert book.values("Sheet1") == [["first name", 5, True]]
