"""The worked example of one order, line by line: how it is booked and what every report makes of it.

Two mugs at 24.50 and a gift wrap at 5.00, 10 % off, 7.00 shipping, 20 % tax on top; the day after one of the
mugs comes back. The order is in the form of https://shopify.dev/docs/api/admin-rest/2026-10/resources/order.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from shopify_analytics.analytics import run_report

from tests.samples import sample
from tests.syncing import Syncs, select

ORDER, MUG, WRAP = 7100000000001, 9300000000001, 9300000000002
REFUND, PRODUCT, VARIANT, CUSTOMER = 9400000000001, 9100000000001, 9200000000001, 8200000000001
DAY_1, DAY_2 = "2026-11-20", "2026-11-21"
LEDGER = """
    SELECT ledger_date, kind, line_item_id, refund_id, product_key, quantity, amount_minor, amount
    FROM sales_ledger
    ORDER BY id
    """
SALES = ("gross_sales", "discounts", "returns", "net_sales", "shipping", "taxes", "total_sales")


@pytest.fixture(autouse=True)
def example(syncs: Syncs) -> None:
    """The order, its customer and its product, as one sync brings them."""
    syncs.load(orders=[sample("order")], customers=[sample("customer")], products=[sample("product")])


def report(db: sqlite3.Connection, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """The rows of a report on the day after the refund."""
    everything = {"minor": 100.0, "today": "2026-11-22", "top_n": 10, "start": None, "end": None}
    return run_report(db, name, **(everything | {"dimension": "store", "member": ""} | parameters))


def test_the_order_is_booked_line_by_line(db: sqlite3.Connection) -> None:
    booked = [row for row in select(db, LEDGER) if row[1] != "tax"]
    assert booked == [
        (DAY_1, "order", None, None, None, 1, 0, 0.0),
        (DAY_1, "sale", MUG, None, PRODUCT, 2, 4900, 49.0),
        (DAY_1, "discount", MUG, None, PRODUCT, 0, -490, -4.9),
        (DAY_1, "sale", WRAP, None, 0, 1, 500, 5.0),
        (DAY_1, "discount", WRAP, None, 0, 0, -50, -0.5),
        (DAY_1, "shipping", None, None, None, 0, 700, 7.0),
        (DAY_2, "return", MUG, REFUND, PRODUCT, -1, -2205, -22.05),
        (DAY_2, "tax_return", MUG, REFUND, PRODUCT, 0, -441, -4.41),
    ]


def test_tax_is_that_of_the_lines_and_what_the_order_has_beyond_them(db: sqlite3.Connection) -> None:
    """The gift wrap does not tell its tax of 0.90; the order's 11.12 hold it."""
    tax = select(db, "SELECT line_item_id, amount_minor FROM sales_ledger WHERE kind = 'tax' ORDER BY id")
    assert tax == [(MUG, 882), (None, 140), (None, 90)]


def test_the_ledger_comes_to_what_shopify_says_the_order_is_worth(db: sqlite3.Connection) -> None:
    assert select(db, "SELECT sum(amount_minor) FROM sales_ledger") == [(4026,)]
    assert select(db, "SELECT current_total_price FROM orders") == [(40.26,)]
    assert select(db, "SELECT * FROM ledger_differences") == []


def test_each_day_shows_what_happened_on_it(db: sqlite3.Connection) -> None:
    days = {row["date"]: tuple(row[figure] for figure in SALES) for row in report(db, "daily")}
    assert days == {
        DAY_1: (54.0, 5.4, 0.0, 48.6, 7.0, 11.12, 66.72),
        DAY_2: (0.0, 0.0, 22.05, -22.05, 0.0, -4.41, -26.46),
        "2026-11-22": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    }


def test_the_running_total_ends_at_the_total(db: sqlite3.Connection) -> None:
    assert [row["running_total_sales"] for row in report(db, "daily")] == [66.72, 40.26, 40.26]


@pytest.mark.parametrize(
    ("days", "figures"),
    [
        ({}, (1, 54.0, 5.4, 22.05, 26.55, 7.0, 6.71, 40.26, 48.6)),
        ({"start": DAY_1, "end": DAY_1}, (1, 54.0, 5.4, 0.0, 48.6, 7.0, 11.12, 66.72, 48.6)),
        ({"start": DAY_2, "end": DAY_2}, (0, 0.0, 0.0, 22.05, -22.05, 0.0, -4.41, -26.46, None)),
    ],
    ids=["all time", "the first day", "the second day"],
)
def test_the_headline_of(db: sqlite3.Connection, days: dict[str, str], figures: tuple[Any, ...]) -> None:
    (headline,) = report(db, "headline", **days)
    sales = ("gross_sales", "total_discounts", "total_returns", "net_sales", "total_shipping", "total_tax")
    columns = ("total_orders", *sales, "total_sales", "average_order_value")
    assert tuple(headline[column] for column in columns) == figures


def test_the_mug_and_the_gift_wrap_make_up_net_sales(db: sqlite3.Connection) -> None:
    found = [
        (row["product_id"], row["title"], row["units"], row["net_sales"])
        for row in report(db, "top_products")
    ]
    assert found == [(PRODUCT, "Stone Mug", 2, 22.05), (None, "Custom lines and unknown products", 1, 4.5)]


def test_everything_belongs_to_the_customer(db: sqlite3.Connection) -> None:
    assert select(db, "SELECT DISTINCT buyer_id FROM sales_ledger") == [(CUSTOMER,)]
    assert report(db, "top_customers") == [
        {
            "buyer_id": CUSTOMER,
            "customer_id": CUSTOMER,
            "orders": 1,
            "net_sales": 26.55,
            "first_order_date": DAY_1,
            "last_order_date": DAY_1,
        }
    ]


def test_everything_belongs_to_the_country_it_was_sent_to(db: sqlite3.Connection) -> None:
    (country,) = report(db, "countries")
    columns = ("country_code", "country", "orders", "net_sales", "total_sales", "average_order_value")
    assert tuple(country[column] for column in columns) == ("GB", "United Kingdom", 1, 26.55, 40.26, 48.6)
