"""The reports by day, week, month, hour and year, from aggregates made by hand."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from tests.report_tables import buyers_of, report, sales


@pytest.fixture
def spring(db: sqlite3.Connection) -> sqlite3.Connection:
    """Sales on Monday 2 March, Saturday 7 March and Wednesday 1 April, returns on the day before."""
    day: dict[str, Any] = {
        "units": 3,
        "gross_sales": 12000,
        "discounts": 2000,
        "shipping": 500,
        "taxes": 2100,
    }
    processed: dict[str, Any] = {"processed_orders": 2, "processing_seconds": 3 * 86_400}
    sales(db, "2026-03-02", orders=2, **day, **processed)
    sales(db, "2026-03-07", orders=1, units=1, gross_sales=5000, duties=300, fees=200)
    sales(db, "2026-03-31", returned_units=1, returns=4000, shipping=-500, taxes=-800)
    sales(db, "2026-04-01", orders=1, units=1, gross_sales=2500)
    for period, start, buyers, new in (
        ("day", "2026-03-02", 2, 2),
        ("day", "2026-03-07", 1, 0),
        ("day", "2026-04-01", 1, 1),
        ("week", "2026-03-02", 2, 2),
        ("week", "2026-03-30", 1, 1),
        ("month", "2026-03-01", 2, 2),
        ("month", "2026-04-01", 1, 1),
    ):
        buyers_of(db, period, start, buyers, new)
    return db


def test_a_day_has_all_its_figures(spring: sqlite3.Connection) -> None:
    assert report(spring, "daily", end="2026-03-03") == [
        {
            "date": "2026-03-02",
            "orders": 2,
            "customers": 2,
            "new_customers": 2,
            "returning_customers": 0,
            "units": 3,
            "gross_sales": 120.0,
            "discounts": 20.0,
            "returns": 0.0,
            "net_sales": 100.0,
            "shipping": 5.0,
            "taxes": 21.0,
            "duties": 0.0,
            "additional_fees": 0.0,
            "total_sales": 126.0,
            "average_order_value": 50.0,
            "average_processing_days": 1.5,
            "running_total_sales": 126.0,
            "average_7_days": None,
            "average_28_days": None,
        },
        {
            "date": "2026-03-03",
            **dict.fromkeys(("orders", "customers", "new_customers", "returning_customers", "units"), 0),
            **dict.fromkeys(("gross_sales", "discounts", "returns", "net_sales"), 0.0),
            **dict.fromkeys(("shipping", "taxes", "duties", "additional_fees", "total_sales"), 0.0),
            "average_order_value": None,
            "average_processing_days": None,
            "running_total_sales": 126.0,
            "average_7_days": None,
            "average_28_days": None,
        },
    ]


def test_days_go_on_without_gaps_to_today(spring: sqlite3.Connection) -> None:
    days = report(spring, "daily", "date", "total_sales", "running_total_sales", today="2026-04-02")
    assert len(days) == 32
    assert [day for day in days if day[1]] == [
        ("2026-03-02", 126.0, 126.0),
        ("2026-03-07", 55.0, 181.0),
        ("2026-03-31", -53.0, 128.0),
        ("2026-04-01", 25.0, 153.0),
    ]
    assert days[-1] == ("2026-04-02", 0.0, 153.0)


def test_averages_look_back_beyond_the_first_day_that_is_asked_for(spring: sqlite3.Connection) -> None:
    averages = ("date", "average_7_days", "average_28_days")
    assert report(spring, "daily", *averages, start="2026-03-07", end="2026-03-09") == [
        ("2026-03-07", None, None),  # the sixth day of the shop
        ("2026-03-08", 25.86, None),  # (126.00 + 55.00) / 7
        ("2026-03-09", 7.86, None),
    ]
    (day,) = report(spring, "daily", *averages, "running_total_sales", start="2026-03-29", end="2026-03-29")
    assert day == ("2026-03-29", 0.0, 6.46, 0.0)  # (126.00 + 55.00) / 28: the first with 28 days
    (day,) = report(spring, "daily", *averages, start="2026-03-31", end="2026-03-31")
    assert day == ("2026-03-31", -7.57, 0.07)  # -53.00 / 7, (55.00 - 53.00) / 28


def test_days_begin_with_the_shop(spring: sqlite3.Connection) -> None:
    (first, *_) = report(spring, "daily", "date", start="2026-01-01", end="2026-03-03")
    assert first == ("2026-03-02",)
    assert report(spring, "daily", start="2026-01-01", end="2026-03-01") == []


def test_a_day_after_today_is_shown_too(spring: sqlite3.Connection) -> None:
    assert report(spring, "daily", "date", today="2026-03-05")[-1] == ("2026-04-01",)


def test_weeks_begin_on_monday_and_are_whole(spring: sqlite3.Connection) -> None:
    figures = ("week", "orders", "customers", "returning_customers", "net_sales", "total_sales")
    weeks = report(spring, "weekly", *figures, "running_total_sales", today="2026-04-05")
    assert weeks == [
        ("2026-03-02", 3, 2, 0, 150.0, 181.0, 181.0),
        ("2026-03-09", 0, 0, 0, 0.0, 0.0, 181.0),
        ("2026-03-16", 0, 0, 0, 0.0, 0.0, 181.0),
        ("2026-03-23", 0, 0, 0, 0.0, 0.0, 181.0),
        ("2026-03-30", 1, 1, 0, -15.0, -28.0, 153.0),
    ]
    assert report(spring, "weekly", *figures, start="2026-03-05", end="2026-03-10") == [
        ("2026-03-02", 3, 2, 0, 150.0, 181.0),
        ("2026-03-09", 0, 0, 0, 0.0, 0.0),
    ]


def test_months_are_whole(spring: sqlite3.Connection) -> None:
    figures = ("month", "orders", "customers", "units", "returns", "total_sales", "average_order_value")
    assert report(spring, "monthly", *figures, today="2026-05-01") == [
        ("2026-03", 3, 2, 4, 40.0, 128.0, 50.0),
        ("2026-04", 1, 1, 1, 0.0, 25.0, 25.0),
        ("2026-05", 0, 0, 0, 0.0, 0.0, None),
    ]
    assert report(spring, "monthly", "month", start="2026-04-30", end="2026-04-30") == [("2026-04",)]


def test_the_week_has_all_its_hours(db: sqlite3.Connection) -> None:
    sales(db, "2026-03-02", dimension="hour", member="1 09", orders=2, gross_sales=9000, discounts=1000)
    sales(db, "2026-03-09", dimension="hour", member="1 09", orders=1, gross_sales=3000, returns=500)
    sales(db, "2026-03-08", dimension="hour", member="7 23", orders=1, gross_sales=1000)
    hours = report(db, "hours_by_weekday", "weekday", "hour", "orders", "net_sales")
    assert [hour[:2] for hour in hours] == [(day, hour) for day in range(1, 8) for hour in range(24)]
    assert [hour for hour in hours if hour[2]] == [(1, 9, 3, 105.0), (7, 23, 1, 10.0)]
    (busy,) = [row for row in report(db, "hours_by_weekday", start="2026-03-09") if row["orders"]]
    assert busy == {"weekday": 1, "hour": 9, "orders": 1, "net_sales": 25.0}


def test_a_month_is_compared_with_that_of_the_year_before(db: sqlite3.Connection) -> None:
    sales(db, "2025-03-01", orders=4, gross_sales=20000, taxes=4000)
    sales(db, "2025-04-01", returns=1000)
    sales(db, "2026-03-15", orders=5, gross_sales=22000, taxes=5000, discounts=2000)
    sales(db, "2026-04-15", orders=1, gross_sales=1000)
    months = {(row["year"], row["month"]): row for row in report(db, "year_over_year", today="2026-05-31")}
    first, *_, last = months
    assert (first, last, len(months)) == ((2025, 3), (2026, 5), 15)
    assert months[2026, 3] == {
        "year": 2026,
        "month": 3,
        "orders": 5,
        "net_sales": 200.0,
        "total_sales": 250.0,
        "average_order_value": 40.0,
        "orders_change_percent": 25.0,
        "net_sales_change_percent": 0.0,
        "total_sales_change_percent": 4.17,
        "average_order_value_change_percent": -20.0,
    }
    nothing = dict.fromkeys(change for change in months[2026, 3] if change.endswith("percent"))
    for month in ((2025, 3), (2026, 2), (2026, 4)):  # the first, after none, after returns alone
        assert {name: months[month][name] for name in nothing} == nothing


def test_a_month_that_is_not_over_is_compared_with_the_same_days(db: sqlite3.Connection) -> None:
    sales(db, "2025-11-01", orders=10, gross_sales=10000)
    sales(db, "2025-11-22", orders=10, gross_sales=10000)
    sales(db, "2025-11-23", orders=80, gross_sales=80000)
    sales(db, "2026-11-20", orders=30, gross_sales=30000)
    (*_, month) = report(db, "year_over_year", "month", "orders", "orders_change_percent")
    assert month == (11, 30, 50.0)


def test_the_month_in_which_the_shop_began_is_no_measure(db: sqlite3.Connection) -> None:
    sales(db, "2025-10-02", orders=1, gross_sales=1000)
    sales(db, "2026-10-02", orders=5, gross_sales=1000)
    assert report(db, "year_over_year", "orders", "orders_change_percent")[-2] == (5, None)


def test_trends_are_whole_weeks_with_their_mean_as_100(db: sqlite3.Connection) -> None:
    for date, orders, gross, returns in (
        ("2026-10-29", 1, 1000, 0),  # a Thursday, the shop's first day
        ("2026-11-02", 3, 30000, 1000),
        ("2026-11-09", 1, 10000, 0),
        ("2026-11-16", 9, 90000, 0),  # a week that ends today
    ):
        sales(db, date, orders=orders, gross_sales=gross, returns=returns)
    buyers_of(db, "week", "2026-11-02", 2, 1)
    first, second = report(db, "trends")
    assert first == {
        "week": "2026-11-02",
        "total_sales": 290.0,
        "orders": 3,
        "average_order_value": 100.0,
        "customers": 2,
        "discounts": 0.0,
        "returns": 10.0,
        "total_sales_index": 148.72,
        "orders_index": 150.0,
        "average_order_value_index": 100.0,
        "customers_index": 200.0,
        "discounts_index": None,
        "returns_index": 200.0,
    }
    assert (second["week"], second["orders_index"], second["customers_index"]) == ("2026-11-09", 50.0, 0.0)
    assert report(db, "trends", "week", start="2026-11-03") == [("2026-11-09",)]
    assert report(db, "trends", "week", end="2026-11-14") == [("2026-11-02",)]
