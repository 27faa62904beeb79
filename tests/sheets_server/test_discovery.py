"""Requests and answers are held against the API's own description."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sheets_server import SheetsServer
from tests.sheets_server.clients import Caller, message
from tests.sheets_server.discovery import METHODS, faults_of_answer, find_method

NO_FIELD = "Field 'wanted' could not be found in request message."
RENDER_OPTION = "type.googleapis.com/google.apps.sheets.v4.ValueRenderOption"
UNKNOWN = "Invalid JSON payload received. Unknown name"


@pytest.mark.parametrize(
    ("http", "path", "api_id", "parameters"),
    [
        ("POST", "/v4/spreadsheets", "create", {}),
        ("GET", "/v4/spreadsheets/b", "get", {"spreadsheetId": "b"}),
        ("POST", "/v4/spreadsheets/b:batchUpdate", "batchUpdate", {"spreadsheetId": "b"}),
        (
            "GET",
            "/v4/spreadsheets/b/values/%27It%27%27s%27%21A1%3AB2",
            "values.get",
            {"spreadsheetId": "b", "range": "'It''s'!A1:B2"},
        ),
        (
            "GET",
            "/v4/spreadsheets/b/values/T!A1:B2",
            "values.get",
            {"spreadsheetId": "b", "range": "T!A1:B2"},
        ),
        (
            "POST",
            "/v4/spreadsheets/b/values/T!A1:B2:append",
            "values.append",
            {"spreadsheetId": "b", "range": "T!A1:B2"},
        ),
        ("POST", "/v4/spreadsheets/b/values:batchClear", "values.batchClear", {"spreadsheetId": "b"}),
        (
            "POST",
            "/v4/spreadsheets/b/sheets/7:copyTo",
            "sheets.copyTo",
            {"spreadsheetId": "b", "sheetId": "7"},
        ),
    ],
)
def test_a_path_leads_to_its_method(http: str, path: str, api_id: str, parameters: dict[str, str]) -> None:
    found = find_method(http, path)
    assert found is not None
    assert (found[0].api_id, found[1]) == (f"sheets.spreadsheets.{api_id}", parameters)


def test_every_method_counts_against_the_quota_of_its_kind() -> None:
    reads = {
        method.api_id.removeprefix("sheets.spreadsheets.") for method in METHODS if method.kind == "read"
    }
    assert reads == {
        "get",
        "getByDataFilter",
        "developerMetadata.get",
        "developerMetadata.search",
        "values.get",
        "values.batchGet",
        "values.batchGetByDataFilter",
    }
    assert len(METHODS) == 17


@pytest.mark.parametrize(
    ("http", "path"), [("get", "/v4/books/1"), ("put", "/v4/spreadsheets/book-1"), ("get", "/")]
)
def test_an_unknown_path_is_googles_page(caller: Caller, server: SheetsServer, http: str, path: str) -> None:
    response = caller.session.request(http, server.url + path)
    assert response.status_code == 404
    assert "<title>Error 404 (Not Found)!!1</title>" in response.text


@pytest.mark.parametrize(
    ("body", "field", "text"),
    [
        ({"request": []}, "", f'{UNKNOWN} "request": Cannot find field.'),
        (
            {"requests": [{"addTab": {}}]},
            "requests[0]",
            f"{UNKNOWN} \"addTab\" at 'requests[0]': Cannot find field.",
        ),
        (
            {"requests": [{"addSheet": {"properties": {"name": "x"}}}]},
            "requests[0].add_sheet.properties",
            f"{UNKNOWN} \"name\" at 'requests[0].add_sheet.properties': Cannot find field.",
        ),
        (
            {"requests": [{"deleteSheet": {"sheetId": "first"}}]},
            "requests[0].delete_sheet.sheet_id",
            "Invalid value at 'requests[0].delete_sheet.sheet_id' (TYPE_INT32), \"first\"",
        ),
        (
            {"requests": [{"deleteSheet": {"sheetId": 2**31}}]},
            "requests[0].delete_sheet.sheet_id",
            "Invalid value at 'requests[0].delete_sheet.sheet_id' (TYPE_INT32), 2147483648",
        ),
        (
            {"requests": [{"copyPaste": {"pasteType": "PASTE_ALL"}}]},
            "requests[0].copy_paste.paste_type",
            "Invalid value at 'requests[0].copy_paste.paste_type' (TYPE_STRING), \"PASTE_ALL\"",
        ),
        (
            {"includeSpreadsheetInResponse": "yes"},
            "include_spreadsheet_in_response",
            "Invalid value at 'include_spreadsheet_in_response' (TYPE_BOOL), \"yes\"",
        ),
        ({"requests": {}}, "requests", "Invalid value at 'requests', {}"),
    ],
)
def test_a_body_that_does_not_fit_is_refused(
    caller: Caller, body: dict[str, Any], field: str, text: str
) -> None:
    response = caller.post(":batchUpdate", body)
    assert message(response) == text
    violation = ({"field": field} if field else {}) | {"description": text}
    assert response.json()["error"]["details"] == [
        {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
    ]


def test_all_that_is_wrong_is_told_at_once(caller: Caller) -> None:
    assert caller.refusal({"addTab": {}}, {"deleteSheet": {"sheetId": True}}) == (
        f"{UNKNOWN} \"addTab\" at 'requests[0]': Cannot find field.\n"
        "Invalid value at 'requests[1].delete_sheet.sheet_id' (TYPE_INT32), true"
    )


def test_a_row_that_is_no_list_is_refused(caller: Caller) -> None:
    data = {"range": "A1", "values": ["x"]}
    response = caller.post("/values:batchUpdate", {"valueInputOption": "RAW", "data": [data]})
    assert message(response) == (
        "Invalid value at 'data[0].values[0]' (type.googleapis.com/google.protobuf.ListValue), \"x\""
    )


def test_what_is_no_json_is_refused(caller: Caller) -> None:
    response = caller.session.post(f"{caller.book}:batchUpdate", data=b"{'requests': NaN}")
    assert message(response).startswith("Invalid JSON payload received. ")


def test_null_is_as_good_as_nothing(caller: Caller) -> None:
    caller.batch({"addSheet": {"properties": {"title": "New", "index": None, "gridProperties": None}}})
    assert caller.get(fields="sheets.properties.title")["sheets"][1] == {"properties": {"title": "New"}}


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (
            "wanted=all",
            f'{UNKNOWN} "wanted": Cannot bind query parameter. {NO_FIELD}',
        ),
        (
            "valueRenderOption=RAW",
            f"Invalid value at 'value_render_option' ({RENDER_OPTION}), \"RAW\"",
        ),
        ("prettyPrint=maybe", "Invalid value at 'pretty_print' (TYPE_BOOL), \"maybe\""),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused(caller: Caller, query: str, text: str) -> None:
    assert message(caller.session.get(f"{caller.book}/values/A1?{query}")) == text


def test_an_answer_with_a_field_of_its_own_is_noticed() -> None:
    assert faults_of_answer("ValueRange", {"range": "A1", "rows": []}) == [
        ("", 'Unknown name "rows": Cannot find field.')
    ]
    assert faults_of_answer("Spreadsheet", {"sheets": [{"properties": {"index": "0"}}]}) == [
        (
            "sheets[0].properties.index",
            "Invalid value at 'sheets[0].properties.index' (TYPE_INT32), \"0\"",
        )
    ]
    assert faults_of_answer("ValueRange", {"range": None}) == [
        ("range", "Invalid value at 'range' (TYPE_STRING), null")
    ]
