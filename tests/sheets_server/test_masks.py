"""A field mask chooses what is answered, and what a request may change."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.sheets_server import Book, masks
from tests.sheets_server.clients import Caller, message


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("a", {"a": {}}),
        ("a,b(c,d/e),f.g", {"a": {}, "b": {"c": {}, "d": {"e": {}}}, "f": {"g": {}}}),
        ("a.b,a.c", {"a": {"b": {}, "c": {}}}),
        ("a.b(c.d,e)", {"a": {"b": {"c": {"d": {}}, "e": {}}}}),
        ("grid_properties.row_count", {"gridProperties": {"rowCount": {}}}),
        ("*", {"*": {}}),
    ],
)
def test_a_mask_is_read(text: str, mask: dict[str, Any]) -> None:
    assert masks.parse(text) == mask


@pytest.mark.parametrize("text", ["", "a,", "a(b", "a)b", "(a)", "a..b", "a b", "a-b"])
def test_what_is_no_mask_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"no field mask: {text}")):
        masks.parse(text)


def test_only_what_is_asked_for_is_answered(caller: Caller, book: Book) -> None:
    book.add_sheet("B", row_count=5, column_count=2)
    book.protect("B", warning_only=True)
    sheets = "sheets(properties.gridProperties.rowCount,protectedRanges.range)"
    fields = f"spreadsheetId,properties(title,locale),{sheets}"
    assert caller.get(fields=fields) == {
        "spreadsheetId": "book-1",
        "properties": {"title": "Shop", "locale": "en_US"},
        "sheets": [
            {"properties": {"gridProperties": {"rowCount": 1000}}},
            {
                "properties": {"gridProperties": {"rowCount": 5}},
                "protectedRanges": [{"range": {"sheetId": book.sheet("B").sheet_id}}],
            },
        ],
    }


def test_cells_are_answered_only_if_asked_for(caller: Caller) -> None:
    caller.write(Sheet1=[["x"]])
    assert "data" not in caller.get()["sheets"][0]
    assert "data" in caller.get(includeGridData="true")["sheets"][0]
    assert "data" in caller.get(fields="sheets")["sheets"][0]
    assert caller.get(fields="sheets.properties.title", includeGridData="true") == {
        "sheets": [{"properties": {"title": "Sheet1"}}]
    }


@pytest.mark.parametrize("fields", ["sheets.name", "properties(title", "sheets.properties.title.short"])
def test_a_field_that_no_answer_has_is_refused(caller: Caller, fields: str) -> None:
    response = caller.session.get(caller.book, params={"fields": fields})
    assert message(response) == "Request contains an invalid argument."
    assert response.json()["error"]["details"][0]["fieldViolations"] == [
        {
            "field": fields,
            "description": "Error expanding 'fields' parameter. "
            f"Cannot find matching fields for path '{fields}'.",
        }
    ]


def test_a_write_with_such_a_field_is_not_applied(caller: Caller, book: Book) -> None:
    body = {"requests": [{"addSheet": {"properties": {"title": "New"}}}]}
    assert caller.post(":batchUpdate?fields=nothing", body).status_code == 400
    assert book.titles == ["Sheet1"]


def test_the_answer_to_a_write_can_be_short(caller: Caller) -> None:
    data = [{"range": "A1:B1", "values": [["x", "y"]]}]
    body = {"valueInputOption": "RAW", "data": data}
    response = caller.post("/values:batchUpdate?fields=totalUpdatedCells", body)
    assert response.json() == {"totalUpdatedCells": 2}


def test_a_request_changes_only_what_its_mask_lists(caller: Caller, book: Book) -> None:
    properties = {
        "sheetId": 0,
        "title": "New",
        "hidden": True,
        "gridProperties": {"rowCount": 5, "frozenRowCount": 1},
    }
    change = {"properties": properties, "fields": "title,gridProperties.frozenRowCount"}
    caller.batch({"updateSheetProperties": change})
    sheet = book.sheet("New")
    assert (sheet.hidden, sheet.row_count, sheet.frozen_row_count) == (False, 1000, 1)
