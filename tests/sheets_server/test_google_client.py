"""Google's own client works with the server as with Google's."""

from __future__ import annotations

from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.sheets_server import Book, Fault, SheetsServer


def test_metadata_is_read(google: Any) -> None:
    answer = google.get(spreadsheetId="book-1", fields="properties.title,sheets.properties.title").execute()
    assert answer == {"properties": {"title": "Shop"}, "sheets": [{"properties": {"title": "Sheet1"}}]}


def test_values_are_written_and_read(google: Any, book: Book) -> None:
    body = {"values": [["id", "Ünï"], [1, None], [True, ""]]}
    written = (
        google.values()
        .update(spreadsheetId="book-1", range="Sheet1!A1:B3", valueInputOption="RAW", body=body)
        .execute()
    )
    assert (written["updatedRange"], written["updatedCells"]) == ("Sheet1!A1:B3", 5)
    assert book.values("Sheet1") == [["id", "Ünï"], [1], [True]]
    read = google.values().get(
        spreadsheetId="book-1", range="Sheet1!A1:B3", valueRenderOption="UNFORMATTED_VALUE"
    )
    assert read.execute()["values"] == [["id", "Ünï"], [1], [True]]


def test_ranges_are_written_read_and_cleared_in_one_call(google: Any, book: Book) -> None:
    values = google.values()
    data = [{"range": "A1", "values": [["a"]]}, {"range": "Sheet1!C3:D3", "values": [["b", "c"]]}]
    body = {"valueInputOption": "RAW", "data": data}
    written = values.batchUpdate(spreadsheetId="book-1", body=body).execute()
    assert written["totalUpdatedCells"] == 3
    read = values.batchGet(spreadsheetId="book-1", ranges=["A1", "Sheet1!C3:D3"]).execute()
    assert [one["values"] for one in read["valueRanges"]] == [[["a"]], [["b", "c"]]]
    values.append(
        spreadsheetId="book-1", range="A1", valueInputOption="RAW", body={"values": [["d"]]}
    ).execute()
    values.clear(spreadsheetId="book-1", range="C:C", body={}).execute()
    assert book.values("Sheet1") == [["a"], [], ["", "", "", "c"], ["d"]]
    values.batchClear(spreadsheetId="book-1", body={"ranges": ["A1:D4"]}).execute()
    assert book.values("Sheet1") == []


def test_sheets_are_changed_in_a_batch(google: Any, book: Book) -> None:
    requests = [
        {"addSheet": {"properties": {"sheetId": 7, "title": "Orders"}}},
        {"deleteSheet": {"sheetId": 0}},
    ]
    answer = google.batchUpdate(spreadsheetId="book-1", body={"requests": requests}).execute()
    assert [list(reply) for reply in answer["replies"]] == [["addSheet"], []]
    assert (answer["commentUpdateState"], book.titles) == ("NO_UPDATES_REQUESTED", ["Orders"])


def test_a_book_is_made_and_a_sheet_copied_into_it(google: Any, server: SheetsServer, book: Book) -> None:
    made = google.create(body={"properties": {"title": "Mine"}}).execute()
    copying = google.sheets().copyTo(
        spreadsheetId="book-1", sheetId=0, body={"destinationSpreadsheetId": made["spreadsheetId"]}
    )
    assert copying.execute()["title"] == "Copy of Sheet1"
    assert server.books[made["spreadsheetId"]].titles == ["Sheet1", "Copy of Sheet1"]


def test_an_error_is_googles_own(google: Any) -> None:
    with pytest.raises(HttpError) as refused:
        google.batchUpdate(
            spreadsheetId="book-1", body={"requests": [{"deleteSheet": {"sheetId": 9}}]}
        ).execute()
    assert (refused.value.status_code, refused.value.reason) == (
        400,
        "Invalid requests[0].deleteSheet: No sheet with id: 9",
    )


def test_a_refused_body_names_its_fields(google: Any) -> None:
    with pytest.raises(HttpError) as refused:
        google.batchUpdate(spreadsheetId="book-1", body={"requests": [{"addTab": {}}]}).execute()
    (detail,) = refused.value.error_details
    assert detail["fieldViolations"][0]["field"] == "requests[0]"


def test_the_client_repeats_what_google_would_let_it_repeat(google: Any, server: SheetsServer) -> None:
    server.faults.append(Fault("get$", "status_before", status=503))
    request = google.get(spreadsheetId="book-1", fields="spreadsheetId")
    request._sleep = lambda _seconds: None
    assert request.execute(num_retries=1) == {"spreadsheetId": "book-1"}
    assert [request.status for request in server.requests] == [200, 503, 200]
