"""The reports about buyers, from aggregates made by hand."""

from __future__ import annotations

import sqlite3
from collections import Counter

import pytest
from shopify_analytics.sql import statement

from tests.report_tables import buyers_of, put, report, sales

SEGMENTS = [
    "Champions",
    "Loyal",
    "Active",
    "New",
    "Promising",
    "Needs attention",
    "Almost lost",
    "Previously loyal",
    "At risk",
    "Dormant",
]


def group(db: sqlite3.Connection, date: str, orders: int, band: int, *, buyers: int, net_sales: int) -> None:
    put(
        db, "buyer_groups", last_order_date=date, orders=orders, spend_band=band, buyers=buyers,
        net_sales=net_sales,
    )  # fmt: skip


def buyer(
    db: sqlite3.Connection, number: int, net_sales: int, orders: int = 1, last: str | None = "2026-11-01"
) -> None:
    money = {"net_sales_minor": net_sales, "net_sales": net_sales / 100}
    put(db, "buyers", id=number, orders=orders, first_order_date="2026-01-31", last_order_date=last, **money)


def test_new_and_returning_customers_have_their_own_sales(db: sqlite3.Connection) -> None:
    sales(db, "2026-09-02", dimension="customer_type", member="new", orders=2, gross_sales=8000)
    sales(db, "2026-11-01", dimension="customer_type", member="returning", gross_sales=5000, discounts=500)
    sales(db, "2026-11-02", dimension="customer_type", member="new", gross_sales=3000, returns=4000)
    sales(db, "2026-11-03", dimension="customer_type", member="unknown", gross_sales=700)
    for start, buyers, new in (("2026-09-01", 2, 2), ("2026-11-01", 3, 1)):
        buyers_of(db, "month", start, buyers, new)
    figures = ("customers", "new_customers", "returning_customers", "customers_to_date")
    money = ("new_net_sales", "returning_net_sales", "unknown_net_sales")
    months = report(db, "customers_by_month", "month", *figures, *money)
    assert months == [
        ("2026-09", 2, 2, 0, 2, 80.0, 0.0, 0.0),
        ("2026-10", 0, 0, 0, 2, 0.0, 0.0, 0.0),
        ("2026-11", 3, 1, 2, 3, -10.0, 45.0, 7.0),
    ]
    assert report(db, "customers_by_month", "month", *figures, *money, start="2026-11-30") == months[2:]
    assert report(db, "customers_by_month", "month", end="2026-09-30") == [("2026-09",)]


def test_the_best_customers_come_first(db: sqlite3.Connection) -> None:
    buyer(db, 11, 5000)
    buyer(db, 12, 9000, orders=3, last="2026-10-01")
    put(db, "buyers", id=-7, orders=1, net_sales_minor=5000, net_sales=50.0)
    assert report(db, "top_customers", top_n=2) == [
        {
            "buyer_id": 12,
            "customer_id": None,
            "orders": 3,
            "net_sales": 90.0,
            "first_order_date": "2026-01-31",
            "last_order_date": "2026-10-01",
        },
        {
            "buyer_id": -7,
            "customer_id": None,
            "orders": 1,
            "net_sales": 50.0,
            "first_order_date": None,
            "last_order_date": None,
        },
    ]


def test_spending_is_shown_in_bands(db: sqlite3.Connection) -> None:
    group(db, "2026-11-01", 1, 5000, buyers=2, net_sales=14000)
    group(db, "2026-11-02", 2, 5000, buyers=1, net_sales=6000)
    group(db, "2026-11-02", 1, 0, buyers=1, net_sales=-4000)
    bands = ("from_net_sales", "buyers", "net_sales", "share_percent", "sales_share_percent")
    assert report(db, "lifetime_value_distribution", *bands) == [
        (0.0, 1, -40.0, 25.0, -25.0),
        (50.0, 3, 200.0, 75.0, 125.0),
    ]


def test_segments_follow_recency_frequency_and_spend(db: sqlite3.Connection) -> None:
    """Five dates and five bands of twenty buyers each: the fifths are the dates and the bands."""
    fifths = list(zip(("01", "02", "03", "04", "05"), (100, 200, 500, 1000, 2000), strict=True))
    for day, _ in fifths:
        for orders, (_, band) in zip((1, 2, 3, 5, 9), fifths, strict=True):
            group(db, f"2026-11-{day}", orders, band, buyers=4, net_sales=4 * band)
    # Worth is 2, 4, 6, 8 and 10 for each recency.
    segments = report(db, "rfm_segments", "segment", "customers", "share_percent")
    assert segments == [
        ("Champions", 8, 8.0),  # recency 5, worth 8 and 10
        ("Loyal", 16, 16.0),  # 3 and 4, 8 and 10
        ("Active", 16, 16.0),  # 4 and 5, 4 and 6
        ("New", 4, 4.0),  # 5, 2
        ("Promising", 4, 4.0),  # 4, 2
        ("Needs attention", 4, 4.0),  # 3, 6
        ("Almost lost", 8, 8.0),  # 3, 2 and 4
        ("Previously loyal", 8, 8.0),  # 1 and 2, 10
        ("At risk", 16, 16.0),  # 1 and 2, 6 and 8
        ("Dormant", 16, 16.0),  # 1 and 2, 2 and 4
    ]
    champions = report(db, "rfm_segments", "net_sales", "average_net_sales")[0]
    assert champions == (120.0, 15.0)


def test_a_single_buyer_is_recent_and_average(db: sqlite3.Connection) -> None:
    group(db, "2026-11-01", 1, 5000, buyers=1, net_sales=7000)
    found = [row for row in report(db, "rfm_segments") if row["customers"]]
    assert found == [
        {
            "segment": "Active",
            "customers": 1,
            "share_percent": 100.0,
            "net_sales": 70.0,
            "average_net_sales": 70.0,
        }
    ]


def test_segments_without_anyone_are_shown(db: sqlite3.Connection) -> None:
    figures = ("segment", "customers", "share_percent", "net_sales", "average_net_sales")
    assert report(db, "rfm_segments", *figures) == [(name, 0, None, 0.0, None) for name in SEGMENTS]


def test_every_buyer_has_a_segment_that_adds_up_to_the_report(db: sqlite3.Connection) -> None:
    spent = [0, -900, 120, 350, 4_999, 5_000, 7_800, 20_001, 99_999, 150_000]
    for number, net_sales in enumerate(spent * 6):
        last = f"2026-{number % 11 + 1:02d}-{number % 28 + 1:02d}" if number % 17 else None
        buyer(db, number + 1, net_sales, orders=number % 8 + 1, last=last)
    db.execute(
        """
        INSERT INTO buyer_groups
        SELECT coalesce(last_order_date, ''), orders, CASE
            WHEN net_sales_minor >= 100000 THEN 100000 WHEN net_sales_minor >= 50000 THEN 50000
            WHEN net_sales_minor >= 20000 THEN 20000 WHEN net_sales_minor >= 5000 THEN 5000
            WHEN net_sales_minor >= 2000 THEN 2000 WHEN net_sales_minor >= 200 THEN 200
            WHEN net_sales_minor >= 100 THEN 100 ELSE 0 END, count(*), sum(net_sales_minor)
        FROM buyers
        GROUP BY 1, 2, 3
        """
    )
    valued = Counter(segment for (segment,) in report(db, "customer_value", "segment"))
    assert dict(report(db, "rfm_segments", "segment", "customers")) == {
        name: valued[name] for name in SEGMENTS
    }
    assert sum(valued.values()) == 60
    assert len(valued) >= 9


def test_both_reports_have_the_same_rules() -> None:
    shared = [
        statement(f"reports/{name}").split("WITH rules", 1)[1].split("scored AS", 1)[0]
        for name in ("rfm_segments", "customer_value")
    ]
    assert shared[0] == shared[1]


def test_a_buyer_is_valued_by_all_orders(db: sqlite3.Connection) -> None:
    put(
        db, "buyers", id=5, customer_id=5, orders=3, units=4, net_sales_minor=10000, net_sales=100.0,
        total_sales=121.0, first_order_date="2026-01-31", last_order_date="2026-11-01",
    )  # fmt: skip
    group(db, "2026-11-01", 3, 10000, buyers=1, net_sales=10000)
    assert report(db, "customer_value") == [
        {
            "buyer_id": 5,
            "customer_id": 5,
            "orders": 3,
            "units": 4,
            "net_sales": 100.0,
            "total_sales": 121.0,
            "average_order_value": 33.33,
            "first_order_date": "2026-01-31",
            "last_order_date": "2026-11-01",
            "days_since_last_order": 21,
            "recency_score": 5,
            "frequency_score": 3,
            "spend_score": 3,
            "segment": "Active",
        }
    ]


def test_cohorts_are_followed_month_by_month_to_today(db: sqlite3.Connection) -> None:
    for cohort, month, buyers, orders, net_sales in (
        ("2026-08", "2026-08", 3, 4, 30000),
        ("2026-08", "2026-10", 1, 1, 5000),
        ("2026-08", "2026-11", 0, 0, -1000),  # given back
        ("2026-11", "2026-11", 2, 2, 5000),
    ):
        put(
            db, "cohort_activity", cohort_month=cohort, month=month, buyers=buyers, orders=orders,
            net_sales=net_sales,
        )  # fmt: skip
    assert report(db, "cohorts")[0] == {
        "cohort_month": "2026-08",
        "months_since": 0,
        "cohort_size": 3,
        "buyers": 3,
        "retention_percent": 100.0,
        "cumulative_net_sales_per_customer": 100.0,
    }
    figures = ("cohort_month", "months_since", "retention_percent", "cumulative_net_sales_per_customer")
    cohorts = report(db, "cohorts", *figures)
    assert cohorts == [
        ("2026-08", 0, 100.0, 100.0),
        ("2026-08", 1, 0.0, 100.0),
        ("2026-08", 2, 33.33, 116.67),
        ("2026-08", 3, 0.0, 113.33),
        ("2026-11", 0, 100.0, 25.0),
    ]
    assert report(db, "cohorts", *figures, start="2026-09-15") == cohorts[4:]
    assert report(db, "cohorts", *figures, end="2026-08-01") == cohorts[:4]


def test_gaps_between_orders_have_a_median(db: sqlite3.Connection) -> None:
    for days, gaps in ((0, 1), (7, 2), (8, 1), (400, 2), (2000, 1)):
        put(db, "order_gaps", days=days, gaps=gaps)
    bands = report(
        db, "time_between_orders", "from_days", "to_days", "gaps", "share_percent", "cumulative_percent"
    )
    assert [band for band in bands if band[2]] == [
        (0, 0, 1, 14.29, 14.29),
        (1, 7, 2, 28.57, 42.86),
        (8, 14, 1, 14.29, 57.14),
        (366, 730, 2, 28.57, 85.71),
        (731, None, 1, 14.29, 100.0),
    ]
    assert len(bands) == 10
    assert set(report(db, "time_between_orders", "median_days")) == {(8.0,)}


@pytest.mark.parametrize(
    ("gaps", "median"),
    [({4: 1}, 4.0), ({4: 1, 9: 1}, 6.5), ({4: 2, 9: 1}, 4.0), ({4: 1, 9: 3}, 9.0), ({}, None)],
)
def test_the_median_lies_in_the_middle(
    db: sqlite3.Connection, gaps: dict[int, int], median: float | None
) -> None:
    for days, number in gaps.items():
        put(db, "order_gaps", days=days, gaps=number)
    assert set(report(db, "time_between_orders", "median_days")) == {(median,)}
