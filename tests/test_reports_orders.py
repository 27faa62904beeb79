"""The reports that list orders, and the headline figures of a range, from rows made by hand."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from shopify_analytics.config import TARGET_METRICS

from tests.report_tables import counted_order, put, report, sales


def test_a_range_has_the_figures_of_its_days(db: sqlite3.Connection) -> None:
    everything: dict[str, Any] = {
        "orders": 3,
        "cancelled_orders": 1,
        "returned_orders": 2,
        "units": 4,
        "returned_units": 1,
        "gross_sales": 10001,
        "discounts": 1000,
        "returns": 500,
        "shipping": 700,
        "taxes": 1700,
        "duties": 30,
        "fees": 20,
        "gift_cards": 2500,
        "tips": 150,
        "outstanding": 900,
        "processed_orders": 2,
        "processing_seconds": 100_000,
    }
    sales(db, "2026-10-31", **everything)
    sales(db, "2026-11-01", **everything)
    sales(db, "2026-11-02", returns=200)
    sales(db, "2026-11-03", **everything)
    put(db, "customers", id=1)
    put(db, "customers", id=2, deleted_at="2026-11-01T00:00:00Z")
    assert report(db, "headline", start="2026-11-01", end="2026-11-02") == [
        {
            "total_orders": 3,
            "total_customers": 1,
            "ordering_customers": 0,
            "new_customers": 0,
            "gross_sales": 100.01,
            "total_discounts": 10.0,
            "total_returns": 7.0,
            "net_sales": 83.01,
            "total_shipping": 7.0,
            "total_tax": 17.0,
            "total_duties": 0.3,
            "total_additional_fees": 0.2,
            "total_sales": 107.51,
            "average_order_value": 30.0,
            "total_sales_per_order": 35.84,
            "units_sold": 4,
            "units_per_order": 1.33,
            "repeat_rate_percent": None,
            "returning_customer_rate_percent": None,
            "refund_rate_percent": 66.67,
            "cancellation_rate_percent": 33.33,
            "average_processing_days": 0.58,
            "total_outstanding": 9.0,
            "total_gift_cards": 25.0,
            "total_tips": 1.5,
            "first_order_date": "2026-11-01",
            "last_order_date": "2026-11-01",
        }
    ]
    assert report(db, "headline", "total_orders", start="2026-11-02") == [(3,)]
    assert report(db, "headline", "total_orders", "last_order_date", end="2026-11-01") == [(6, "2026-11-01")]
    assert report(db, "headline", "total_orders", "total_returns") == [(9, 17.0)]


def test_amounts_have_the_decimals_of_their_currency(db: sqlite3.Connection) -> None:
    sales(db, "2026-11-01", orders=3, gross_sales=10001)
    money = ("gross_sales", "average_order_value")
    assert report(db, "headline", *money, minor=1.0) == [(10001.0, 3334.0)]
    assert report(db, "headline", *money, minor=1000.0) == [(10.001, 3.334)]


def test_halves_are_rounded_up(db: sqlite3.Connection) -> None:
    sales(db, "2026-11-01", orders=8, gross_sales=8020, cancelled_orders=1)
    sales(db, "2026-11-02", orders=792)
    figures = ("average_order_value", "cancellation_rate_percent")
    assert report(db, "headline", *figures, end="2026-11-01") == [(10.03, 12.5)]  # 10.025
    assert report(db, "headline", *figures) == [(0.1, 0.13)]  # 0.100…, 0.125


def test_the_newest_orders_are_listed(db: sqlite3.Connection) -> None:
    money = {"total_price": 121.0, "total_tax": 21.0, "total_discounts": 5.5}
    owed = {"current_total_price": 100.1, "total_outstanding": 0.2}
    counted_order(db, 1, "2026-11-20", ordered_at_local="2026-11-20T09:00:00")
    counted_order(db, 2, "2026-11-20", ordered_at_local="2026-11-20T10:00:00", is_test=1)
    counted_order(
        db, 3, "2026-11-20", ordered_at_local="2026-11-20T08:00:00", deleted_at="2026-11-21T00:00:00Z"
    )
    counted_order(db, 4, "2026-11-19", ordered_at_local="2026-11-19T23:00:00")
    counted_order(
        db, 5, "2026-11-20", ordered_at_local="2026-11-20T11:00:00", name="#5", financial_status="paid",
        cancel_reason="customer", **money, **owed,
    )  # fmt: skip
    counted_order(db, 6, "2026-11-20", ordered_at_local="2026-11-20T11:00:00")
    sales(db, "2026-11-20", orders=3)
    sales(db, "2026-11-19", orders=1)
    assert report(db, "latest_orders", "order_id") == [(6,), (5,), (1,), (4,)]
    assert report(db, "latest_orders", "order_id", top_n=1) == [(6,)]
    assert report(db, "latest_orders", "order_id", start="2026-11-19", end="2026-11-19") == [(4,)]
    assert report(db, "latest_orders")[1] == {
        "order_id": 5,
        "name": "#5",
        "ordered_at_local": "2026-11-20T11:00:00",
        "financial_status": "paid",
        "fulfillment_status": None,
        "cancel_reason": "customer",
        **money,
        "paid": 99.9,
        "total_outstanding": 0.2,
    }


def test_what_is_open_is_told_by_its_age(db: sqlite3.Connection) -> None:
    for date, open_orders, outstanding_orders, outstanding in (
        ("2026-11-23", 1, 1, 110),  # tomorrow, by another clock
        ("2026-11-15", 1, 1, 220),
        ("2026-11-14", 0, 1, 440),
        ("2026-09-23", 1, 0, 0),
        ("2026-09-22", 2, 1, 880),
        ("2020-01-01", 1, 1, 6400),
    ):
        put(
            db, "unsettled_orders", dimension="store", member="", date=date, open_orders=open_orders,
            outstanding_orders=outstanding_orders, outstanding=outstanding,
        )  # fmt: skip
    figures = ("from_days", "to_days", "open_orders", "outstanding_orders", "outstanding")
    assert report(db, "outstanding_by_age", *figures) == [
        (0, 7, 2, 2, 3.3),
        (8, 30, 0, 1, 4.4),
        (31, 60, 1, 0, 0.0),
        (61, 90, 2, 1, 8.8),
        (91, None, 1, 1, 64.0),
    ]


def test_orders_whose_ledger_differs_are_listed_with_the_cause(db: sqlite3.Connection) -> None:
    for number, total, difference, cause in (
        (1, 40.26, 1, "rounding"),
        (2, 10.0, -384, "tip"),
        (3, 9.9, 2, "rounding"),
    ):
        counted_order(db, number, "2026-11-20", name=f"#{number}", current_total_price=total)
        put(db, "ledger_differences", order_id=number, difference_minor=difference, cause=cause)
    assert report(db, "ledger_difference_list", top_n=2) == [
        {
            "order_id": 2,
            "name": "#2",
            "order_date": "2026-11-20",
            "ledger": 6.16,
            "shopify": 10.0,
            "difference": -3.84,
            "cause": "tip",
        },
        {
            "order_id": 3,
            "name": "#3",
            "order_date": "2026-11-20",
            "ledger": 9.92,
            "shopify": 9.9,
            "difference": 0.02,
            "cause": "rounding",
        },
    ]
    assert report(db, "ledger_difference_causes") == [
        {"cause": "rounding", "orders": 2, "difference": 0.03},
        {"cause": "tip", "orders": 1, "difference": -3.84},
    ]


def told(**metrics: float | None) -> str:
    return json.dumps(metrics)


def test_the_scorecard_compares_with_before_and_with_the_target(db: sqlite3.Connection) -> None:
    cards = report(
        db,
        "scorecard",
        this_period=told(total_sales=40.26, total_orders=3, refund_rate_percent=4.5, units_per_order=None),
        previous_period=told(total_sales=20.1, total_orders=0, refund_rate_percent=9, units_per_order=2),
        targets=told(total_sales=50, total_orders=2, refund_rate_percent=4.5, units_per_order=0),
    )
    by_metric = {card.pop("metric"): card for card in cards}
    assert tuple(by_metric) == TARGET_METRICS
    assert by_metric["total_sales"] == {
        "better": "higher",
        "this_period": 40.26,
        "previous_period": 20.1,
        "change_percent": 100.3,
        "target": 50,
        "achieved_percent": 80.52,
        "is_met": 0,
    }
    assert list(by_metric["refund_rate_percent"].values()) == ["lower", 4.5, 9, -50.0, 4.5, 100.0, 1]
    assert list(by_metric["total_orders"].values()) == ["higher", 3, 0, None, 2, 150.0, 1]
    assert list(by_metric["units_per_order"].values()) == ["higher", None, 2, None, 0, None, None]
    assert list(by_metric["total_outstanding"].values()) == ["lower", None, None, None, None, None, None]
