"""The reports by place, channel, status and the like, from aggregates made by hand."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from tests.report_tables import counted_order, put, report, sales


@pytest.fixture
def channels(db: sqlite3.Connection) -> sqlite3.Connection:
    """Two channels and orders of none: within the last 30 days, in the 30 before, and long ago."""
    for member, date, figures in (
        ("Online Store", "2026-11-22", {"orders": 2, "gross_sales": 20000, "discounts": 2000, "taxes": 3000}),
        ("Online Store", "2026-10-24", {"orders": 1, "gross_sales": 6000}),
        ("Online Store", "2026-10-23", {"orders": 3, "gross_sales": 18000}),
        ("Online Store", "2025-01-01", {"orders": 4, "gross_sales": 40000, "shipping": 1000}),
        ("Point of Sale", "2026-11-01", {"returns": 5000}),
        ("Point of Sale", "2026-09-24", {"orders": 1, "gross_sales": 10000}),
        ("", "2026-09-23", {"orders": 1, "gross_sales": 9000}),
        ("", "2026-11-23", {"orders": 1}),
    ):
        sales(db, date, dimension="channel", member=member, **figures)
    put(db, "member_buyers", dimension="channel", member="Online Store", buyers=7)
    return db


def test_a_member_has_its_share_and_its_growth(channels: sqlite3.Connection) -> None:
    assert report(channels, "breakdown", dimension="channel") == [
        {
            "member": "Online Store",
            "orders": 10,
            "customers": 7,
            "net_sales": 820.0,
            "total_sales": 860.0,
            "average_order_value": 82.0,
            "share_percent": 86.0,
            "growth_percent": 50.0,  # 270.00 after 180.00
        },
        {
            "member": None,
            "orders": 2,
            "customers": 0,
            "net_sales": 90.0,
            "total_sales": 90.0,
            "average_order_value": 45.0,
            "share_percent": 9.0,
            "growth_percent": None,
        },
        {
            "member": "Point of Sale",
            "orders": 1,
            "customers": 0,
            "net_sales": 50.0,
            "total_sales": 50.0,
            "average_order_value": 100.0,
            "share_percent": 5.0,
            "growth_percent": -150.0,  # -50.00 after 100.00
        },
    ]


def test_a_range_has_its_members_and_knows_no_buyers(channels: sqlite3.Connection) -> None:
    figures = ("member", "orders", "customers", "total_sales", "share_percent", "growth_percent")
    dates = {"start": "2026-10-24", "end": "2026-11-22"}
    assert report(channels, "breakdown", *figures, dimension="channel", **dates) == [
        ("Online Store", 3, None, 270.0, 122.73, 50.0),
        ("Point of Sale", 0, None, -50.0, -22.73, -150.0),
    ]


def test_the_largest_members_are_shown_with_their_share_of_all(channels: sqlite3.Connection) -> None:
    shown = report(channels, "breakdown", "member", "share_percent", dimension="channel", top_n=2)
    assert shown == [("Online Store", 86.0), (None, 9.0)]


def test_shares_of_nothing_are_unknown(db: sqlite3.Connection) -> None:
    sales(db, "2026-11-01", dimension="device", member="mobile", orders=1)
    sales(db, "2026-11-01", dimension="device", member="bot", orders=1)
    shares = report(db, "breakdown", "member", "average_order_value", "share_percent", dimension="device")
    assert shares == [("bot", 0.0, None), ("mobile", 0.0, None)]


@pytest.mark.parametrize("dimension", ["order_value", "processing_time"])
def test_bands_come_in_their_order(db: sqlite3.Connection, dimension: str) -> None:
    for member, gross in (("100", 1), ("25", 2), ("0", 3), ("1000", 4)):
        sales(db, "2026-11-01", dimension=dimension, member=member, gross_sales=gross)
    bands = report(db, "breakdown", "member", dimension=dimension)
    assert bands == [("0",), ("25",), ("100",), ("1000",)]


def place(db: sqlite3.Connection, dimension: str, member: str, buyers: int, **figures: Any) -> None:
    sales(db, "2026-11-01", dimension=dimension, member=member, **figures)
    put(db, "member_buyers", dimension=dimension, member=member, buyers=buyers)


def test_countries_have_codes_and_names(db: sqlite3.Connection) -> None:
    counted_order(db, 1, "2026-11-01", geo_country_code="NL", geo_country="Netherlands")
    counted_order(db, 2, "2026-11-01", geo_country_code="NL", geo_country=None)
    place(db, "country", "NL", 2, orders=2, gross_sales=7500)
    place(db, "country", "", 0, orders=1, gross_sales=2500)
    sales(db, "2026-10-01", dimension="country", member="NL", gross_sales=5000)
    assert report(db, "countries") == [
        {
            "country_code": "NL",
            "country": "Netherlands",
            "orders": 2,
            "customers": 2,
            "net_sales": 125.0,
            "total_sales": 125.0,
            "average_order_value": 62.5,
            "share_percent": 83.33,
            "growth_percent": 50.0,
        },
        {
            "country_code": None,
            "country": None,
            "orders": 1,
            "customers": 0,
            "net_sales": 25.0,
            "total_sales": 25.0,
            "average_order_value": 25.0,
            "share_percent": 16.67,
            "growth_percent": None,
        },
    ]
    (country,) = report(db, "countries", "country_code", "orders", "customers", end="2026-10-31")
    assert country == ("NL", 0, None)


def test_regions_have_the_code_that_maps_know(db: sqlite3.Connection) -> None:
    counted_order(
        db, 1, "2026-11-01", geo_country_code="US", geo_country="United States",
        geo_province_code="CA", geo_province="California",
    )  # fmt: skip
    place(db, "region", "US|CA", 3, orders=3, gross_sales=6000)
    place(db, "region", "NL|", 1, orders=1, gross_sales=3000)
    place(db, "region", "|", 0, orders=1, gross_sales=1000)
    figures = ("country_code", "country", "region_code", "region", "orders", "customers", "share_percent")
    assert report(db, "regions", *figures) == [
        ("US", "United States", "US-CA", "California", 3, 3, 60.0),
        ("NL", None, None, None, 1, 1, 30.0),
        (None, None, None, None, 1, 0, 10.0),
    ]


def test_cities_are_those_with_the_most_customers(db: sqlite3.Connection) -> None:
    sales(db, "2026-11-01", orders=9, gross_sales=40000)
    place(db, "city", "US|CA|Los Angeles", 3, orders=4, gross_sales=8000, returns=1000, taxes=1000)
    place(db, "city", "NL||Utrecht", 5, orders=3, gross_sales=2000)
    place(db, "city", "NL||Den Bosch | 's-Hertogenbosch", 1, orders=1, gross_sales=9000)
    place(db, "city", "NL||", 9, orders=1, gross_sales=1000)
    assert report(db, "cities", top_n=2) == [
        {
            "country_code": "NL",
            "region_code": None,
            "city": "Utrecht",
            "orders": 3,
            "customers": 5,
            "net_sales": 20.0,
            "total_sales": 20.0,
            "average_order_value": 6.67,
            "share_percent": 5.0,
            "growth_percent": None,
        },
        {
            "country_code": "US",
            "region_code": "US-CA",
            "city": "Los Angeles",
            "orders": 4,
            "customers": 3,
            "net_sales": 70.0,
            "total_sales": 80.0,
            "average_order_value": 20.0,
            "share_percent": 20.0,
            "growth_percent": None,
        },
    ]
    (*_, odd) = report(db, "cities", "city", "region_code")
    assert odd == ("Den Bosch | 's-Hertogenbosch", None)
    (city, *_) = report(db, "cities", "city", "orders", "customers", "net_sales", end="2026-10-31")
    assert city == ("Utrecht", 0, None, 0.0)


def test_codes_are_compared_with_orders_without_discount(db: sqlite3.Connection) -> None:
    code = {"dimension": "discount_code", "member": "WELCOME10"}
    sales(db, "2026-11-01", **code, orders=2, gross_sales=10000, discounts=1000)
    sales(db, "2026-11-08", **code, returns=2700)
    sales(db, "2026-11-08", dimension="discount_code", member="FREE", orders=1)
    sales(db, "2026-11-01", dimension="discounted", member="no", orders=4, gross_sales=15000)
    sales(db, "2026-11-01", dimension="discounted", member="yes", orders=2, gross_sales=10000)
    put(db, "member_buyers", dimension="discount_code", member="WELCOME10", buyers=2)
    assert report(db, "discount_codes") == [
        {
            "code": "WELCOME10",
            "orders": 2,
            "customers": 2,
            "gross_sales": 100.0,
            "discounts": 10.0,
            "net_sales": 63.0,
            "discount_rate_percent": 10.0,
            "average_order_value": 45.0,
            "average_order_value_without": 37.5,
        },
        {
            "code": "FREE",
            "orders": 1,
            "customers": 0,
            "gross_sales": 0.0,
            "discounts": 0.0,
            "net_sales": 0.0,
            "discount_rate_percent": None,
            "average_order_value": 0.0,
            "average_order_value_without": 37.5,
        },
    ]
    figures = ("code", "customers", "average_order_value_without")
    assert report(db, "discount_codes", *figures, start="2026-11-08") == [
        ("FREE", None, None),
        ("WELCOME10", None, None),
    ]
