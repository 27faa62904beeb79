"""A protection stops everybody who is not among its editors, unless it only warns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gspread
import pytest

from tests.sheets_server import Book, SheetsServer
from tests.sheets_server.clients import Caller, credentials, gspread_client

PROTECTED = (
    "You are trying to edit a protected cell or object. "
    "Please contact the spreadsheet owner to remove protection if you need to edit."
)
SYNC = "sync@loopback.iam.gserviceaccount.com"
HEADER = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1}


@pytest.fixture
def other_book(server: SheetsServer, book: Book) -> Iterator[gspread.Spreadsheet]:
    """The book as another account opens it."""
    with gspread_client(server, credentials(server.service_account("other@example.com"))) as client:
        yield client.open_by_key(book.book_id)


def write(book: gspread.Spreadsheet, name: str) -> Any:
    data = [{"range": name, "values": [["x"]]}]
    return book.values_batch_update({"valueInputOption": "RAW", "data": data})


def refusal(book: gspread.Spreadsheet, *requests: dict[str, Any]) -> str:
    with pytest.raises(gspread.exceptions.APIError) as refused:
        book.batch_update({"requests": requests})
    text: str = refused.value.error["message"]
    return text


def test_what_one_account_protects_the_others_cannot_edit(
    gspread_book: gspread.Spreadsheet, other_book: gspread.Spreadsheet, book: Book
) -> None:
    protection = {"protectedRangeId": 3, "range": HEADER, "description": "written by a pipeline"}
    reply = gspread_book.batch_update({"requests": [{"addProtectedRange": {"protectedRange": protection}}]})
    editors = {"users": [SYNC, "owner@example.com"]}
    whole = protection | {"editors": editors, "requestingUserCanEdit": True}
    assert reply["replies"] == [{"addProtectedRange": {"protectedRange": whole}}]

    with pytest.raises(gspread.exceptions.APIError) as refused:
        write(other_book, "Sheet1!B1")
    assert refused.value.error == {
        "code": 400,
        "message": f"Invalid data[0]: {PROTECTED}",
        "status": "INVALID_ARGUMENT",
    }
    cell = {"userEnteredValue": {"stringValue": "x"}}
    start: dict[str, Any] = {"start": {"sheetId": 0}}
    update = start | {"rows": [{"values": [cell]}], "fields": "userEnteredValue"}
    assert refusal(other_book, {"updateCells": update}) == f"Invalid requests[0].updateCells: {PROTECTED}"
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 2}
    deletion = {"deleteDimension": {"range": rows}}
    assert refusal(other_book, deletion) == f"Invalid requests[0].deleteDimension: {PROTECTED}"
    removal = {"deleteProtectedRange": {"protectedRangeId": 3}}
    assert refusal(other_book, removal) == f"Invalid requests[0].deleteProtectedRange: {PROTECTED}"
    new_sheet = {"addSheet": {"properties": {"title": "New"}}}
    assert (
        refusal(other_book, new_sheet, {"deleteSheet": {"sheetId": 0}})
        == f"Invalid requests[1].deleteSheet: {PROTECTED}"
    )

    write(other_book, "Sheet1!B2")
    write(gspread_book, "Sheet1!A1")
    assert book.values("Sheet1") == [["x"], ["", "x"]]


def test_others_do_not_see_who_may_edit(
    gspread_book: gspread.Spreadsheet, other_book: gspread.Spreadsheet
) -> None:
    protection = {"protectedRangeId": 3, "range": {"sheetId": 0}}
    gspread_book.batch_update({"requests": [{"addProtectedRange": {"protectedRange": protection}}]})
    metadata = other_book.fetch_sheet_metadata({"fields": "sheets.protectedRanges"})
    assert metadata == {"sheets": [{"protectedRanges": [protection]}]}


def test_a_warning_does_not_stop_the_api(
    gspread_book: gspread.Spreadsheet, other_book: gspread.Spreadsheet, book: Book
) -> None:
    protection = {"protectedRangeId": 3, "range": {"sheetId": 0}, "warningOnly": True}
    gspread_book.batch_update({"requests": [{"addProtectedRange": {"protectedRange": protection}}]})
    assert book.sheet("Sheet1").protections == [protection]
    write(other_book, "Sheet1!A1")
    other_book.sheet1.update_title("New")
    assert book.values("New") == [["x"]]


def test_a_protected_sheet_keeps_its_name_and_size(book: Book, gspread_book: gspread.Spreadsheet) -> None:
    book.protect("Sheet1")
    for fields, properties in [("title", {"title": "New"}), ("gridProperties.rowCount", {})]:
        change = {"properties": {"sheetId": 0} | properties, "fields": fields}
        assert refusal(gspread_book, {"updateSheetProperties": change}) == (
            f"Invalid requests[0].updateSheetProperties: {PROTECTED}"
        )


def test_protected_rows_cannot_be_cut_off(book: Book, gspread_book: gspread.Spreadsheet) -> None:
    book.protect("Sheet1", "A900:C900")

    def resize(rows: int) -> dict[str, Any]:
        properties = {"sheetId": 0, "gridProperties": {"rowCount": rows}}
        return {"updateSheetProperties": {"properties": properties, "fields": "gridProperties.rowCount"}}

    assert refusal(gspread_book, resize(899)) == f"Invalid requests[0].updateSheetProperties: {PROTECTED}"
    gspread_book.batch_update({"requests": [resize(900)]})
    assert book.sheet("Sheet1").row_count == 900


def test_an_editor_may_edit_and_change_the_protection(
    book: Book, gspread_book: gspread.Spreadsheet, caller: Caller
) -> None:
    book.protect("Sheet1", editors=(SYNC,))
    write(gspread_book, "Sheet1!A1")
    (protection,) = book.sheet("Sheet1").protections
    changed = {"protectedRangeId": protection["protectedRangeId"], "range": HEADER, "description": "header"}
    update = {"protectedRange": changed, "fields": "range,description"}
    gspread_book.batch_update({"requests": [{"updateProtectedRange": update}]})
    assert book.sheet("Sheet1").protections == [changed | {"editors": {"users": [SYNC, "owner@example.com"]}}]
    caller.put({"Sheet1!A2": [["y"]]})
    assert book.values("Sheet1") == [["x"], ["y"]]


def test_a_hole_in_a_protection_can_be_edited(
    book: Book, gspread_book: gspread.Spreadsheet, caller: Caller
) -> None:
    hole = {"sheetId": 0, "startRowIndex": 4, "endRowIndex": 5}
    protection = {"range": {"sheetId": 0}, "unprotectedRanges": [hole]}
    gspread_book.batch_update({"requests": [{"addProtectedRange": {"protectedRange": protection}}]})
    assert caller.put({"A5": [["x"]]}).status_code == 200
    assert caller.put({"A5": [["x"], ["y"]]}).status_code == 400
    assert book.values("Sheet1") == [[], [], [], [], ["x"]]
