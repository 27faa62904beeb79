"""A batch is applied in its order, whole or not at all."""

from __future__ import annotations

import pytest

from tests.sheets_server import Book, SheetsServer
from tests.sheets_server.clients import Caller, message

MARKER = {"sheetId": 2, "rowIndex": 0, "columnIndex": 0}


@pytest.fixture
def shop(caller: Caller, book: Book) -> Caller:
    """``Orders`` with data, and a hidden ``_sync``."""
    grid = {"rowCount": 3, "columnCount": 2}
    caller.batch(
        {"addSheet": {"properties": {"sheetId": 1, "title": "Orders", "gridProperties": grid}}},
        {"addSheet": {"properties": {"sheetId": 2, "title": "_sync", "hidden": True}}},
        {"deleteSheet": {"sheetId": 0}},
    )
    caller.write(Orders=[["id", "total"], [1, 9.5], [2, 8]], _sync=[["run-1"]])
    return caller


def text(value: str) -> dict[str, object]:
    return {"values": [{"userEnteredValue": {"stringValue": value}}]}


def test_a_batch_spans_sheets(shop: Caller, book: Book) -> None:
    shop.put({"Orders!A2:B2": [[1, 10]], "_sync!A1": [["run-2"]]})
    assert (book.values("Orders"), book.values("_sync")) == ([["id", "total"], [1, 10], [2, 8]], [["run-2"]])


def test_a_batch_with_one_wrong_request_changes_nothing(shop: Caller, book: Book) -> None:
    before = book.state
    refusal = shop.refusal(
        {"updateCells": {"start": MARKER, "rows": [text("run-2")], "fields": "userEnteredValue"}},
        {"addSheet": {"properties": {"title": "New"}}},
        {"updateCells": {"start": {"sheetId": 999999}, "rows": [text("x")], "fields": "userEnteredValue"}},
    )
    assert refusal == "Invalid requests[2].updateCells: No grid with id: 999999"
    assert book.state is before
    assert (book.titles, book.values("_sync")) == (["Orders", "_sync"], [["run-1"]])


def test_requests_run_in_their_order(shop: Caller, book: Book) -> None:
    size = {"sheetId": 1, "gridProperties": {"rowCount": 4}}
    shop.batch(
        {"updateSheetProperties": {"properties": size, "fields": "gridProperties.rowCount"}},
        {
            "updateCells": {
                "start": {"sheetId": 1, "rowIndex": 3},
                "rows": [text("3")],
                "fields": "userEnteredValue",
            }
        },
    )
    assert book.values("Orders") == [["id", "total"], [1, 9.5], [2, 8], ["3"]]


def test_a_staging_sheet_takes_the_place_of_the_live_one(shop: Caller, book: Book) -> None:
    shop.batch({"addSheet": {"properties": {"sheetId": 7, "title": "__stg_Orders", "hidden": True}}})
    shop.write(__stg_Orders=[["id", "total"], [3, 1]])
    staging = {"sheetId": 7, "hidden": False, "index": 0}
    replies = shop.batch(
        {"updateSheetProperties": {"properties": staging, "fields": "hidden,index"}},
        {"deleteSheet": {"sheetId": 1}},
        {"updateSheetProperties": {"properties": {"sheetId": 7, "title": "Orders"}, "fields": "title"}},
        {"updateCells": {"start": MARKER, "rows": [text("run-2")], "fields": "userEnteredValue"}},
    )
    assert replies == [{}, {}, {}, {}]
    assert (book.titles, book.sheet("Orders").sheet_id, book.sheet("Orders").hidden) == (
        ["Orders", "_sync"],
        7,
        False,
    )
    assert (book.values("Orders"), book.values("_sync")) == ([["id", "total"], [3, 1]], [["run-2"]])


def test_the_order_of_a_swap_matters(shop: Caller, book: Book) -> None:
    shop.batch({"addSheet": {"properties": {"sheetId": 7, "title": "__stg_Orders", "hidden": True}}})
    rename = {"updateSheetProperties": {"properties": {"sheetId": 7, "title": "Orders"}, "fields": "title"}}
    assert shop.refusal({"deleteSheet": {"sheetId": 1}}, rename) == (
        "Invalid requests[0].deleteSheet: You can't remove all the visible sheets in a document."
    )
    assert shop.refusal(rename, {"deleteSheet": {"sheetId": 1}}) == (
        "Invalid requests[0].updateSheetProperties: "
        'A sheet with the name "Orders" already exists. Please enter another name.'
    )
    assert book.titles == ["Orders", "_sync", "__stg_Orders"]


def test_a_swap_that_is_sent_again_finds_its_sheet_gone(shop: Caller) -> None:
    shop.batch({"addSheet": {"properties": {"sheetId": 7, "title": "__stg_Orders"}}})
    shop.batch({"deleteSheet": {"sheetId": 1}})
    assert shop.refusal({"deleteSheet": {"sheetId": 1}}) == (
        "Invalid requests[0].deleteSheet: No sheet with id: 1"
    )


def test_readers_keep_what_they_began_with(shop: Caller, book: Book) -> None:
    before = book.state
    shop.put({"Orders!A2:B3": [[1, 0], [2, 0]]})
    shop.batch({"deleteSheet": {"sheetId": 2}})
    assert [sheet.title for sheet in before.sheets] == ["Orders", "_sync"]
    assert before.sheets[0].rows == [("id", "total"), (1, 9.5), (2, 8)]


def test_a_watcher_sees_every_state_that_readers_can_see(shop: Caller, book: Book) -> None:
    seen = []
    book.watchers.append(lambda book: seen.append((book.values("Orders")[1], book.values("_sync"))))
    shop.put({"Orders!A2:B2": [[1, 10]], "_sync!A1": [["run-2"]]})
    shop.put({"Orders!A2:B2": [[1, 11]], "Nowhere!A1": [["run-3"]]})
    assert seen == [([1, 10], [["run-2"]])]


def test_a_batch_of_nothing_is_refused(shop: Caller) -> None:
    assert message(shop.post(":batchUpdate", {})) == "Must specify at least one request."


def test_a_batch_of_more_than_100000_requests_is_refused(shop: Caller) -> None:
    assert shop.refusal(*[{"deleteSheet": {}}] * 100_001) == (
        "Cannot exceed 100000 requests in a single batch."
    )


def test_a_body_of_more_than_10_mib_is_refused(shop: Caller, book: Book) -> None:
    response = shop.put({"Orders!A1": [["x" * 10_485_760]]})
    assert message(response) == "Request payload size exceeds the limit: 10485760 bytes."
    assert book.values("Orders")[0] == ["id", "total"]


def test_a_request_that_is_not_modelled_fails_loudly(shop: Caller, book: Book, server: SheetsServer) -> None:
    body = {"requests": [{"deleteSheet": {"sheetId": 2}}, {"sortRange": {}}]}
    response = shop.post(":batchUpdate", body)
    assert message(response, 501, "UNIMPLEMENTED") == "This server does not model sortRange."
    assert (server.not_modelled, book.titles) == (["sortRange"], ["Orders", "_sync"])
    server.not_modelled.clear()


def test_a_method_that_is_not_modelled_fails_loudly(shop: Caller, server: SheetsServer) -> None:
    response = shop.post("/developerMetadata:search", {})
    assert response.status_code == 501
    assert server.not_modelled == ["sheets.spreadsheets.developerMetadata.search"]
    server.not_modelled.clear()


def test_the_book_comes_back_with_the_answer_if_asked(shop: Caller) -> None:
    change = {
        "updateSpreadsheetProperties": {"properties": {"title": "New", "locale": "de_DE"}, "fields": "*"}
    }
    body = {"requests": [change], "includeSpreadsheetInResponse": True, "responseRanges": ["_sync!A1"]}
    updated = shop.post(":batchUpdate", body).json()["updatedSpreadsheet"]
    assert (updated["properties"]["title"], updated["properties"]["locale"]) == ("New", "de_DE")
    assert [sheet["properties"]["title"] for sheet in updated["sheets"]] == ["_sync"]
