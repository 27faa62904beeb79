"""gspread works with the server as with Google's."""

from __future__ import annotations

import threading
from typing import Any

import gspread
import pytest
from gspread.utils import ValueRenderOption

from tests.sheets_server import Book, SheetsServer
from tests.sheets_server.clients import credentials, gspread_client

SHEETS = "sheets.spreadsheets."


def methods(server: SheetsServer) -> list[str]:
    """Return what has been called since the book was opened."""
    return [request.api_method.removeprefix(SHEETS) for request in server.requests[2:]]


def test_a_book_is_opened_by_its_key(gspread_book: gspread.Spreadsheet, server: SheetsServer) -> None:
    assert (gspread_book.title, gspread_book.locale, gspread_book.timezone) == ("Shop", "en_US", "Etc/UTC")
    assert [(request.api_method, request.kind, request.status) for request in server.requests] == [
        ("oauth2.token", "token", 200),
        ("sheets.spreadsheets.get", "read", 200),
    ]


def test_a_book_that_is_not_there_is_gspreads_error(server: SheetsServer, key: dict[str, str]) -> None:
    with gspread_client(server, credentials(key)) as client, pytest.raises(gspread.SpreadsheetNotFound):
        client.open_by_key("book-9")


def test_a_book_that_is_not_shared_is_gspreads_error(
    server: SheetsServer, book: Book, key: dict[str, str]
) -> None:
    book.unshare(key["client_email"])
    with gspread_client(server, credentials(key)) as client, pytest.raises(PermissionError) as refused:
        client.open_by_key("book-1")
    cause = refused.value.__cause__
    assert isinstance(cause, gspread.exceptions.APIError)
    assert cause.error["message"] == "The caller does not have permission"


def test_tabs_live_from_first_to_last(
    gspread_book: gspread.Spreadsheet, book: Book, server: SheetsServer
) -> None:
    tab = gspread_book.add_worksheet("Orders", 10, 3)
    tab.update([["id", "total", "paid"], [1, 9.5, True]], "A1")
    tab.format("A1:C1", {"textFormat": {"bold": True}})
    tab.freeze(rows=1)
    tab.resize(rows=5)
    tab.update_title("Sales")
    tab.update_index(0)
    tab.set_basic_filter("A1:C5")
    tab.add_protected_range("A1:C1", warning_only=True)
    gspread_book.del_worksheet(gspread_book.worksheet("Sheet1"))
    sheet = book.sheet("Sales")
    assert book.titles == ["Sales"]
    assert book.values("Sales") == [["id", "total", "paid"], [1, 9.5, True]]
    assert (sheet.row_count, sheet.frozen_row_count, sheet.format(0, 2)) == (
        5,
        1,
        {"textFormat": {"bold": True}},
    )
    assert [protection.get("warningOnly") for protection in sheet.protections] == [True]
    assert tab.get_all_values() == [["id", "total", "paid"], ["1", "9.5", "TRUE"]]
    assert tab.get_all_records() == [{"id": 1, "total": 9.5, "paid": "TRUE"}]


def test_ranges_are_written_and_read_in_one_call(
    gspread_book: gspread.Spreadsheet, server: SheetsServer
) -> None:
    gspread_book.add_worksheet("It's", 5, 5)
    gspread_book.values_batch_update(
        {
            "valueInputOption": "RAW",
            "data": [
                {"range": "Sheet1!A2:B2", "values": [["a", None]]},
                {"range": "'It''s'!C3", "values": [["run-1"]]},
            ],
        }
    )
    answer = gspread_book.values_batch_get(["Sheet1!A1:B2", "'It''s'!C3"])
    assert [one.get("values") for one in answer["valueRanges"]] == [[[], ["a"]], [["run-1"]]]
    assert methods(server) == ["batchUpdate", "values.batchUpdate", "values.batchGet"]


def test_rows_are_appended_cleared_and_deleted(gspread_book: gspread.Spreadsheet, book: Book) -> None:
    tab = gspread_book.sheet1
    tab.append_rows([["a", 1], ["b", 2]])
    tab.append_row(["c", 3])
    tab.delete_rows(2)
    assert book.values("Sheet1") == [["a", 1], ["c", 3]]
    tab.batch_clear(["A1:A2"])
    assert book.values("Sheet1") == [["", 1], ["", 3]]
    tab.clear()
    assert book.values("Sheet1") == []


def test_tabs_are_copied_hidden_and_counted(gspread_book: gspread.Spreadsheet, book: Book) -> None:
    copy = gspread_book.sheet1.duplicate(new_sheet_name="Copy")
    copy.hide()
    assert [(tab.title, tab.isSheetHidden) for tab in gspread_book.worksheets()] == [
        ("Copy", True),
        ("Sheet1", False),
    ]
    copy.show()
    copy.define_named_range("A1:B1", "head")
    assert [named["name"] for named in gspread_book.list_named_ranges()] == ["head"]
    assert not book.sheet("Copy").hidden


def test_an_error_is_gspreads_with_googles_text(gspread_book: gspread.Spreadsheet) -> None:
    with pytest.raises(gspread.exceptions.APIError) as refused:
        gspread_book.sheet1.update([["x"]], "A1001:B1001")
    error = refused.value
    text = "Range (Sheet1!A1001:B1001) exceeds grid limits. Max rows: 1000, max columns: 26"
    assert (error.code, error.error) == (400, {"code": 400, "message": text, "status": "INVALID_ARGUMENT"})


def test_a_reader_never_sees_half_a_batch(
    server: SheetsServer, gspread_book: gspread.Spreadsheet, book: Book, key: dict[str, str]
) -> None:
    book.add_sheet("_sync")
    written = threading.Event()
    seen: list[Any] = []

    def read() -> None:
        with gspread_client(server, credentials(key)) as client:
            reader = client.open_by_key("book-1")
            while not written.is_set() or not seen:
                ranges = reader.values_batch_get(["Sheet1!A1:A500", "_sync!A1"])["valueRanges"]
                runs = {row[0] for one in ranges for row in one.get("values", [["0"]])}
                seen.append(runs)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for run in range(1, 40):
            data = [
                {"range": "Sheet1!A1:A500", "values": [[run]] * 500},
                {"range": "_sync!A1", "values": [[run]]},
            ]
            gspread_book.values_batch_update({"valueInputOption": "RAW", "data": data})
    finally:
        written.set()
        thread.join()
    assert {len(runs) for runs in seen} == {1}


def test_a_large_table_comes_back_as_it_was(gspread_book: gspread.Spreadsheet, book: Book) -> None:
    tab = gspread_book.add_worksheet("Orders", 20_001, 20)
    row = ["gid://shopify/Order/{}", 1, 2.5, True, "Ünï"] * 4
    rows = [[f"{number}", *row[1:]] for number in range(20_000)]
    for start in range(0, 20_000, 5_000):
        tab.update(rows[start : start + 5_000], f"A{start + 2}:T{start + 5_001}")
    assert tab.get("A2:T", value_render_option=ValueRenderOption.unformatted) == rows
    assert len(book.values("Orders")) == 20_001
