"""The CSV files of a demo store that is the same every time, and what Power BI must show of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from demo_store.shop.life import open_shop
from demo_store.state import Condition, Store
from shopify_analytics.csv_export import export_reports, export_tables
from shopify_analytics.database import connect
from shopify_analytics.entities import ENTITIES
from shopify_analytics.load import load_staged
from shopify_analytics.reports import run_report, today
from shopify_analytics.shop import remember_shop, shop_units
from shopify_analytics.staging import EntityStaging, Window

Figure = dict[str, Any]

# Noon in Amsterdam, where the demo store is, on the last day of a month.
NOW = datetime(2026, 10, 31, 11, tzinfo=UTC)
SCOPES = ("read_all_orders", "read_customers", "read_orders", "read_products")
COUNTRIES, DAYS = 3, 30

OVERVIEW = {
    "Total Sales": "total_sales",
    "Net Sales": "net_sales",
    "Orders": "total_orders",
    "Customers": "ordering_customers",
    "Average Order Value": "average_order_value",
    "Discounts": "total_discounts",
    "Taxes": "total_tax",
    "Average Processing Days": "average_processing_days",
    "Outstanding": "total_outstanding",
    "Repeat Rate": "repeat_rate_percent",
}
GEOGRAPHY = ("Total Sales", "Discounts", "Taxes", "Outstanding")
ORDERS = {
    "Orders": "total_orders",
    "Customers": "ordering_customers",
    "New Customers": "new_customers",
    "Returning Customer Rate": "returning_customer_rate_percent",
    "Repeat Rate": "repeat_rate_percent",
    "Cancellation Rate": "cancellation_rate_percent",
    "Outstanding": "total_outstanding",
}
RECENT = {
    "Total Sales Last 30 Days": "total_sales",
    "Orders Last 30 Days": "total_orders",
    "Average Order Value Last 30 Days": "average_order_value",
    "Customers Last 30 Days": "ordering_customers",
}
RATES = {
    "Refund Rate": "refund_rate_percent",
    "Cancellation Rate": "cancellation_rate_percent",
    "Average Processing Days": "average_processing_days",
}


@contextmanager
def demo_database() -> Iterator[sqlite3.Connection]:
    """A database into which one sync has brought the demo store as it is at :data:`NOW`."""
    with TemporaryDirectory(prefix="shopify-analytics-power-bi-") as name:
        folder = Path(name)
        store = open_shop(folder / "demo_store.db", now=NOW)
        with connect(folder / "shopify_data.db") as db:
            remember_shop(db, store.shop, SCOPES)
            _load(store, db, folder / "staging")
            yield db
        store.close()


def export(db: sqlite3.Connection, folder: Path) -> None:
    """The CSV files that Power BI reads, into ``folder``."""
    export_tables(db, folder, folder)
    export_reports(db, folder, folder)


def expected_file(db: sqlite3.Connection) -> bytes:
    """``expected.json``: ten figures of each page as the SQL reports have them.

    A figure is what a measure shows, without any choice unless ``of`` says of what: a column and its value.
    """
    told = {
        "demo_store_at": NOW.isoformat(),
        "last_day_of_data": today(db).isoformat(),
        "pages": expected(db),
    }
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()


def expected(db: sqlite3.Connection) -> dict[str, list[Figure]]:
    """The figures by page."""
    (all_time,) = run_report(db, "headline")
    recent = _headline(db, 0)
    before = _headline(db, DAYS)
    countries = run_report(db, "countries")[:COUNTRIES]
    buyers = run_report(db, "lifetime_value_distribution")
    segment = run_report(db, "rfm_segments")[0]
    product = run_report(db, "product_rankings")[0]
    month = run_report(db, "year_over_year")[-2]
    month_name = f"{month['year']}-{month['month']:02}"
    lifetime = sum(band["net_sales"] for band in buyers) / sum(band["buyers"] for band in buyers)
    return {
        "Overview": _cards(all_time, OVERVIEW),
        "Geographic Overview": [
            *_cards(all_time, {name: OVERVIEW[name] for name in GEOGRAPHY}),
            *(
                _figure(measure, country[column], "'Order'[Country]", country["country"])
                for country in countries
                for measure, column in (("Total Sales", "total_sales"), ("Customers", "customers"))
            ),
        ],
        "Orders & Customers": [
            *_cards(all_time, ORDERS),
            _figure("Customer Lifetime Value", round(lifetime, 2)),
            _figure("Buyers", segment["customers"], "'Buyer'[Segment]", segment["segment"]),
            _figure("Units Sold", product["units"], "'Product'[Product title]", product["title"]),
        ],
        "Coherent Analysis": [
            *_cards(recent, RECENT),
            _figure("Total Sales Growth", round(recent["total_sales"] / before["total_sales"] - 1, 4)),
            *_cards(all_time, RATES),
            _figure("Total Sales", month["total_sales"], "'Date'[Month]", month_name),
            _figure(
                "Total Sales Year Change",
                round(month["total_sales_change_percent"] / 100, 4),
                "'Date'[Month]",
                month_name,
            ),
        ],
    }


def _headline(db: sqlite3.Connection, days_ago: int) -> dict[str, Any]:
    """The key figures of thirty days that ended some days before the last."""
    end = today(db) - timedelta(days=days_ago)
    start = end - timedelta(days=DAYS - 1)
    (row,) = run_report(db, "headline", start=start.isoformat(), end=end.isoformat())
    return row


def _cards(row: dict[str, Any], columns: dict[str, str]) -> list[Figure]:
    return [
        _figure(measure, round(row[column] / 100, 4) if column.endswith("_percent") else row[column])
        for measure, column in columns.items()
    ]


def _figure(measure: str, value: float, column: str = "", member: str = "") -> Figure:
    figure: Figure = {"measure": measure, "value": value}
    return figure | {"of": {column: member}} if column else figure


def _load(store: Store, db: sqlite3.Connection, folder: Path) -> None:
    units = shop_units(db)
    staged = []
    for name, entity in ENTITIES.items():
        found = store.select(name, [Condition("id", ">", 0)], limit=10**9)
        staging = EntityStaging.begin(folder / name, Window(None, NOW.isoformat()))
        staging.add_page([entity.staged(json.loads(row.body), units) for row in found])
        staging.finish([])
        staged.append(staging)
    load_staged(db, staged, folder, "demo", _refuse)


def _refuse(warning: str) -> None:
    raise ValueError(f"The demo store should be loaded without a warning: {warning}")
