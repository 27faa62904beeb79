"""Time intelligence. https://learn.microsoft.com/dax/time-intelligence-functions-dax"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.power_bi.dax import Column, DataTable, Engine, Model, Relationship
from tests.power_bi.dax.values import Refused

DAYS = [date(2023, 1, 1) + timedelta(days=number) for number in range(365 + 366 + 365)]
ENGINE = Engine(
    Model(
        {
            "Date": DataTable("Date", {"Date": DAYS, "Month": [f"{day:%Y-%m}" for day in DAYS]}),
            "Sales": DataTable("Sales", {"Day": DAYS, "Pieces": [1] * len(DAYS)}),
        },
        (Relationship(Column("Sales", "Day"), Column("Date", "Date")),),
        {"Pieces": "SUM(Sales[Pieces])"},
        Column("Date", "Date"),
    )
)


def shown(expression: str, *days: str) -> tuple[str, str, int]:
    """First, last and number of the dates that a function gives when these days or months are visible."""
    column = "Month" if len(days[0]) == 7 else "Date"
    members = days if column == "Month" else [date.fromisoformat(day) for day in days]
    grouped = [ENGINE.filter("Date", column, *members)]
    found = [
        ENGINE.evaluate(f"CALCULATE({function}('Date'[Date]), {expression})", grouped=grouped)
        for function in ("MIN", "MAX", "COUNT")
    ]
    first, last, number = found
    assert isinstance(first, date)
    assert isinstance(last, date)
    assert isinstance(number, int)
    return first.isoformat(), last.isoformat(), number


@pytest.mark.parametrize(
    ("expression", "visible", "found"),
    [
        ("DATEADD('Date'[Date], -1, MONTH)", ["2024-03"], ("2024-02-01", "2024-02-29", 29)),
        ("DATEADD('Date'[Date], 1, MONTH)", ["2024-02"], ("2024-03-01", "2024-03-31", 31)),
        ("DATEADD('Date'[Date], -1, MONTH)", ["2024-03-31"], ("2024-02-29", "2024-02-29", 1)),
        ("DATEADD('Date'[Date], 1, MONTH)", ["2024-02-29"], ("2024-03-29", "2024-03-29", 1)),
        ("DATEADD('Date'[Date], 1, MONTH)", ["2024-02-28", "2024-02-29"], ("2024-03-28", "2024-03-31", 4)),
        ("DATEADD('Date'[Date], -1, QUARTER)", ["2024-05"], ("2024-02-01", "2024-02-29", 29)),
        ("DATEADD('Date'[Date], -7, DAY)", ["2024-03-01", "2024-03-02"], ("2024-02-23", "2024-02-24", 2)),
        ("SAMEPERIODLASTYEAR('Date'[Date])", ["2025-02"], ("2024-02-01", "2024-02-29", 29)),
        ("SAMEPERIODLASTYEAR('Date'[Date])", ["2024-02"], ("2023-02-01", "2023-02-28", 28)),
        ("SAMEPERIODLASTYEAR('Date'[Date])", ["2024-02-29"], ("2023-02-28", "2023-02-28", 1)),
        ("DATESYTD('Date'[Date])", ["2024-03"], ("2024-01-01", "2024-03-31", 91)),
        (
            "DATESINPERIOD('Date'[Date], MAX('Date'[Date]), -7, DAY)",
            ["2024-03"],
            ("2024-03-25", "2024-03-31", 7),
        ),
        (
            "DATESINPERIOD('Date'[Date], MAX('Date'[Date]), -1, MONTH)",
            ["2024-03-15"],
            ("2024-02-16", "2024-03-15", 29),
        ),
        (
            "DATESINPERIOD('Date'[Date], MIN('Date'[Date]), 2, MONTH)",
            ["2024-03"],
            ("2024-03-01", "2024-04-30", 61),
        ),
        (
            "DATESBETWEEN('Date'[Date], BLANK(), MAX('Date'[Date]))",
            ["2023-02"],
            ("2023-01-01", "2023-02-28", 59),
        ),
        (
            "DATESBETWEEN('Date'[Date], MIN('Date'[Date]), BLANK())",
            ["2025-12"],
            ("2025-12-01", "2025-12-31", 31),
        ),
    ],
)
def test_the_function_gives_these_dates(
    expression: str, visible: list[str], found: tuple[str, str, int]
) -> None:
    assert shown(expression, *visible) == found


@pytest.mark.parametrize(
    "expression",
    [
        "SAMEPERIODLASTYEAR('Date'[Date])",
        "DATEADD('Date'[Date], -12, MONTH)",
        "DATESBETWEEN('Date'[Date], MAX('Date'[Date]), MIN('Date'[Date]))",
    ],
)
def test_dates_that_the_table_does_not_have_are_not_given(expression: str) -> None:
    """https://learn.microsoft.com/dax/dateadd-function-dax#remarks"""
    grouped = [ENGINE.filter("Date", "Month", "2023-05")]
    assert ENGINE.evaluate(f"COUNTROWS({expression})", grouped=grouped) is None


def test_a_filter_on_the_dates_replaces_all_filters_on_the_date_table() -> None:
    """https://learn.microsoft.com/power-bi/transform-model/desktop-date-tables"""
    grouped = [ENGINE.filter("Date", "Month", "2024-03")]
    assert ENGINE.evaluate("CALCULATE([Pieces], DATEADD('Date'[Date], -1, MONTH))", grouped=grouped) == 29
    assert (
        ENGINE.evaluate("CALCULATE([Pieces], 'Date'[Date] = EDATE(MAX('Date'[Date]), -1))", grouped=grouped)
        == 1
    )
    kept = "CALCULATE([Pieces], KEEPFILTERS(DATEADD('Date'[Date], -1, MONTH)))"
    assert ENGINE.evaluate(kept, grouped=grouped) is None


def test_the_current_row_is_what_is_visible_of_the_dates() -> None:
    """The dates are taken after context transition: https://learn.microsoft.com/dax/dateadd-function-dax#remarks"""
    february = [ENGINE.filter("Date", "Month", "2024-02")]
    by_day = "SUMX(VALUES('Date'[Date]), COUNTROWS(DATESYTD('Date'[Date])))"
    assert ENGINE.evaluate(by_day, grouped=february) == sum(range(32, 61))


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [("2024-03-31", -1, "2024-02-29"), ("2024-02-29", 12, "2025-02-28"), ("2024-01-15", -1, "2023-12-15")],
)
def test_edate_keeps_the_day_or_takes_the_last(day: str, months: int, found: str) -> None:
    """https://learn.microsoft.com/dax/edate-function-dax"""
    grouped = [ENGINE.filter("Date", "Date", date.fromisoformat(day))]
    assert ENGINE.evaluate(f"EDATE(MAX('Date'[Date]), {months})", grouped=grouped) == date.fromisoformat(
        found
    )


@pytest.mark.parametrize(
    "expression",
    [
        "COUNTROWS(DATESYTD(Sales[Day]))",
        "COUNTROWS(DATEADD('Date'[Date], 1, WEEK))",
        "COUNTROWS(DATESINPERIOD('Date'[Date], BLANK(), 1, DAY))",
    ],
)
def test_what_is_not_known_is_refused(expression: str) -> None:
    with pytest.raises(Refused):
        ENGINE.evaluate(expression)


def test_days_with_gaps_are_not_moved() -> None:
    """https://learn.microsoft.com/dax/dateadd-function-dax#remarks"""
    grouped = [ENGINE.filter("Date", "Month", "2024-01", "2024-03")]
    with pytest.raises(Refused, match="contiguous"):
        ENGINE.evaluate("COUNTROWS(SAMEPERIODLASTYEAR('Date'[Date]))", grouped=grouped)
