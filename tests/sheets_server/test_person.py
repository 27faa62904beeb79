"""People change a book by hand, and readers see it at once."""

from __future__ import annotations

import pytest

from tests.sheets_server import ApiError, Book
from tests.sheets_server.clients import Caller

BOLD = {"textFormat": {"bold": True}}


@pytest.fixture
def orders(caller: Caller, book: Book) -> Book:
    """``Orders`` with a bold, frozen header and three rows."""
    rows: list[list[str | int | float | bool]] = [["id", "name"], [3, "c"], [1, "a"], [2, "b"]]
    book.add_sheet("Orders", rows, row_count=4, column_count=2)
    book.freeze("Orders", 1)
    header = {"sheetId": book.sheet("Orders").sheet_id, "startRowIndex": 0, "endRowIndex": 1}
    cell = {"userEnteredFormat": BOLD}
    caller.batch({"repeatCell": {"range": header, "cell": cell, "fields": "userEnteredFormat"}})
    return book


def test_a_cell_is_edited_and_emptied(orders: Book, caller: Caller) -> None:
    orders.edit("Orders", "B2", "C")
    orders.edit("Orders", "A4", "")
    assert caller.read("Orders") == [["id", "name"], [3, "C"], [1, "a"], ["", "b"]]


def test_only_one_cell_is_edited_at_a_time(orders: Book) -> None:
    with pytest.raises(ValueError, match="A1:B1"):
        orders.edit("Orders", "A1:B1", "x")


def test_a_range_is_emptied(orders: Book) -> None:
    orders.clear("Orders", "A2:B3")
    assert orders.values("Orders") == [["id", "name"], [], [], [2, "b"]]
    orders.clear("Orders")
    assert orders.values("Orders") == []


def test_a_row_is_deleted(orders: Book) -> None:
    orders.delete_row("Orders", 2)
    assert (orders.values("Orders"), orders.sheet("Orders").row_count) == (
        [["id", "name"], [1, "a"], [2, "b"]],
        3,
    )


def test_a_row_is_inserted_and_formats_move_along(orders: Book) -> None:
    orders.insert_row("Orders", before=1)
    sheet = orders.sheet("Orders")
    assert orders.values("Orders") == [[], ["id", "name"], [3, "c"], [1, "a"], [2, "b"]]
    assert (sheet.row_count, sheet.format(0, 0), sheet.format(1, 0)) == (5, {}, BOLD)


def test_a_column_is_deleted(orders: Book) -> None:
    orders.delete_column("Orders", "A")
    assert orders.values("Orders") == [["name"], ["c"], ["a"], ["b"]]
    assert orders.sheet("Orders").column_count == 1


def test_a_column_is_added_at_the_end_or_in_between(orders: Book) -> None:
    orders.add_column("Orders", header="note")
    orders.add_column("Orders", before="B", header="day")
    assert orders.values("Orders")[:2] == [["id", "day", "name", "note"], [3, "", "c"]]
    assert orders.sheet("Orders").column_count == 4


def test_rows_are_sorted_below_the_frozen_ones(orders: Book) -> None:
    orders.sort("Orders", "A")
    assert orders.values("Orders") == [["id", "name"], [1, "a"], [2, "b"], [3, "c"]]
    orders.sort("Orders", "B", descending=True)
    assert orders.values("Orders") == [["id", "name"], [3, "c"], [2, "b"], [1, "a"]]


def test_blanks_are_sorted_last_and_texts_behind_numbers(orders: Book) -> None:
    orders.edit("Orders", "A2", "")
    orders.edit("Orders", "A3", "x")
    orders.sort("Orders", "A")
    assert orders.values("Orders") == [["id", "name"], [2, "b"], ["x", "a"], ["", "c"]]


def test_sheets_are_renamed_moved_hidden_and_deleted(orders: Book) -> None:
    orders.rename("Orders", "Mine")
    orders.move_sheet("Mine", 0)
    orders.hide("Sheet1")
    assert (orders.titles, orders.sheet("Sheet1").hidden, orders.sheet("Sheet1").index) == (
        ["Mine", "Sheet1"],
        True,
        1,
    )
    with pytest.raises(ApiError, match="all the visible sheets"):
        orders.delete_sheet("Mine")
    orders.delete_sheet("Sheet1")
    assert orders.titles == ["Mine"]


def test_two_sheets_have_two_titles(orders: Book) -> None:
    with pytest.raises(ValueError, match="sheet1"):
        orders.rename("Orders", "sheet1")
    with pytest.raises(ValueError, match="orders"):
        orders.add_sheet("orders")
    orders.rename("Orders", "orders")
    assert orders.titles == ["Sheet1", "orders"]


def test_the_grid_gets_more_rows(orders: Book) -> None:
    orders.add_rows("Orders", 1000)
    assert orders.sheet("Orders").row_count == 1004


def test_protections_come_and_go(orders: Book, caller: Caller) -> None:
    orders.protect("Orders", "A1:B1")
    assert caller.put({"Orders!A1": [["x"]]}).status_code == 400
    assert caller.put({"Orders!A2": [["x"]]}).status_code == 200
    orders.insert_row("Orders", before=1)
    assert [caller.put({name: [["x"]]}).status_code for name in ("Orders!A1", "Orders!A2")] == [200, 400]
    orders.unprotect("Orders")
    assert caller.put({"Orders!A2": [["x"]]}).status_code == 200


def test_a_sheet_that_is_not_there_cannot_be_edited(orders: Book) -> None:
    with pytest.raises(KeyError, match="Nowhere"):
        orders.edit("Nowhere", "A1", "x")
