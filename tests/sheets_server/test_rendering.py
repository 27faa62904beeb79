"""Values are shown as their number formats say, or as they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sheets_server import Book
from tests.sheets_server.clients import Caller
from tests.sheets_server.errors import NotModelled
from tests.sheets_server.rendering import shown_value


def number_format(kind: str, pattern: str = "") -> dict[str, str]:
    return {"type": kind} | ({"pattern": pattern} if pattern else {})


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5, "5"),
        (-7, "-7"),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.3333333333"),
        (12345678901.5, "12345678902"),
        (450789469, "450789469"),
        (True, "TRUE"),
        (False, "FALSE"),
        ("00123", "00123"),
        ("=1", "=1"),
    ],
)
def test_without_a_format(value: Any, shown: str) -> None:
    assert shown_value(value, {}) == shown


@pytest.mark.parametrize(
    ("value", "kind", "pattern", "shown"),
    [
        (45658, "DATE", "yyyy-mm-dd", "2025-01-01"),
        (45658.999994, "DATE_TIME", "yyyy-mm-dd hh:mm:ss", "2025-01-01 23:59:59"),
        (45658.5, "DATE_TIME", 'yyyy-mm-dd"T"hh:mm', "2025-01-01T12:00"),
        (45658.25, "TIME", "h:mm", "6:00"),
        (61, "DATE", "d/m/yy", "1/3/00"),
        (0, "DATE", "yyyy-mm-dd", "1899-12-30"),
        (1234.5, "NUMBER", "0.00", "1234.50"),
        (1234.565, "NUMBER", "#,##0.00", "1,234.57"),
        (-1234.5, "NUMBER", "#,##0", "-1,235"),
        (-0.001, "NUMBER", "0.00", "0.00"),
        (2.675, "NUMBER", "0.00", "2.68"),
        (12.5, "CURRENCY", "[$€]#,##0.00", "€12.50"),
        (12.5, "CURRENCY", '#,##0.00" USD"', "12.50 USD"),
        (12.5, "CURRENCY", "", "$12.50"),
        (0.125, "PERCENT", "0.0%", "12.5%"),
        (5, "NUMBER", "", "5.00"),
        (5, "TEXT", "", "5"),
        (5, "TEXT", "@", "5"),
        ("five", "NUMBER", "0.00", "five"),
        (True, "NUMBER", "0.00", "TRUE"),
    ],
)
def test_with_a_format(value: Any, kind: str, pattern: str, shown: str) -> None:
    assert shown_value(value, number_format(kind, pattern)) == shown


@pytest.mark.parametrize(
    ("kind", "pattern"), [("NUMBER", "# ?/?"), ("SCIENTIFIC", "0.00E+00"), ("DATE", "ddd")]
)
def test_other_patterns_are_not_modelled(kind: str, pattern: str) -> None:
    with pytest.raises(NotModelled):
        shown_value(5, number_format(kind, pattern))


def test_other_languages_are_not_modelled() -> None:
    with pytest.raises(NotModelled):
        shown_value(1234.5, number_format("NUMBER", "#,##0.00"), "de_DE")
    assert shown_value(45658, number_format("DATE", "yyyy-mm-dd"), "de_DE") == "2025-01-01"


@pytest.fixture
def dated(caller: Caller, book: Book) -> Caller:
    """A date, money, a plain number and a text below a header."""
    caller.write(Sheet1=[["day", "total", "count", "note"], [45658, 9.5, 3, "x"], [45659]])
    formats = [number_format("DATE", "yyyy-mm-dd"), number_format("NUMBER", "#,##0.00")]
    caller.batch(
        *(
            {
                "repeatCell": {
                    "range": {
                        "sheetId": 0,
                        "startRowIndex": 1,
                        "startColumnIndex": column,
                        "endColumnIndex": column + 1,
                    },
                    "cell": {"userEnteredFormat": {"numberFormat": formats[column]}},
                    "fields": "userEnteredFormat.numberFormat",
                }
            }
            for column in (0, 1)
        )
    )
    return caller


@pytest.mark.parametrize(
    ("render", "dates", "rows"),
    [
        ("FORMATTED_VALUE", "SERIAL_NUMBER", [["2025-01-01", "9.50", "3", "x"], ["2025-01-02"]]),
        ("UNFORMATTED_VALUE", "SERIAL_NUMBER", [[45658, 9.5, 3, "x"], [45659]]),
        ("UNFORMATTED_VALUE", "FORMATTED_STRING", [["2025-01-01", 9.5, 3, "x"], ["2025-01-02"]]),
        ("FORMULA", "SERIAL_NUMBER", [[45658, 9.5, 3, "x"], [45659]]),
    ],
)
def test_a_read_says_how_it_wants_its_values(dated: Caller, render: str, dates: str, rows: list[Any]) -> None:
    assert dated.read("Sheet1!A2:D", render, dateTimeRenderOption=dates) == rows


def test_a_read_has_texts_if_it_does_not_say(dated: Caller) -> None:
    assert dated.get("/values/Sheet1!B1:C2")["values"] == [["total", "count"], ["9.50", "3"]]


def test_formats_stay_where_values_are_cleared(dated: Caller) -> None:
    dated.post("/values/Sheet1!A2:B2:clear", {})
    dated.put({"Sheet1!A2": [[45660]]})
    assert dated.read("Sheet1!A2:A3", "FORMATTED_VALUE") == [["2025-01-03"], ["2025-01-02"]]


def test_rows_that_are_added_have_no_format(dated: Caller) -> None:
    dated.batch({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1}})
    dated.put({"Sheet1!A1000:A1001": [[45658], [45658]]})
    assert dated.read("Sheet1!A1000:A1001", "FORMATTED_VALUE") == [["2025-01-01"], ["45658"]]
