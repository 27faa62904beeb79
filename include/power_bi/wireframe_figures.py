"""What the wireframes show: figures of a store as the SQL reports have them, by the fields of a visual."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from functools import cache
from typing import Any

from shopify_analytics.reports import run_report, today

from power_bi.model import read_model

Row = dict[str, Any]
Series = list[tuple[str, float]]

DAYS = 30
# Of the reports by day, week and month: the column of each measure.
TIMES = {
    "Date": "daily",
    "Week start": "weekly",
    "Month": "monthly",
    "Month start": "monthly",
}
BY_TIME = {
    "Total Sales": "total_sales",
    "Net Sales": "net_sales",
    "Total Sales Average of 7 Days": "average_7_days",
    "Average Order Value": "average_order_value",
    "Orders": "orders",
    "Customers": "customers",
    "New Customers": "new_customers",
    "Average Processing Days": "average_processing_days",
}
BY_MONTH = {
    "Customers to Date": "customers_to_date",
    "Net Sales of First Orders": "new_net_sales",
    "Net Sales of Later Orders": "returning_net_sales",
    "Net Sales without Buyer": "unknown_net_sales",
}
DIMENSIONS = {
    "Traffic source": "traffic_source",
    "Payment status": "financial_status",
    "Fulfilment status": "fulfillment_status",
    "Cancellation reason": "cancel_reason",
    "Channel": "channel",
    "Device": "device",
}
PLACES = {"Country": ("countries", "country"), "Region": ("regions", "region")}
BY_MEMBER = {
    "Total Sales": "total_sales",
    "Orders": "orders",
    "Cancelled Orders": "orders",
    "Customers": "customers",
}
# Of tables: the report, the column of a field, and of a field that a report has in hundredths.
TABLES = {
    "Country": (
        "countries",
        {
            "Country": "country",
            "Orders": "orders",
            "Customers": "customers",
            "Total Sales": "total_sales",
            "Share of Total Sales": "share_percent",
            "Average Order Value": "average_order_value",
            "Total Sales Growth": "growth_percent",
        },
    ),
    "Month": (
        "monthly",
        {"Month": "month", "Total Sales": "total_sales", "Orders": "orders", "Customers": "customers"},
    ),
    "Product title": (
        "product_performance",
        {
            "Product title": "title",
            "Units Sold": "units",
            "Net Sales": "net_sales",
            "Orders with Product": "orders",
            "Customers of Product": "customers",
            "Unit Refund Rate": "refund_rate_percent",
        },
    ),
    "Order name": (
        "latest_orders",
        {
            "Order name": "name",
            "Ordered at": "ordered_at_local",
            "Payment status": "financial_status",
            "Order Price": "total_price",
            "Order Taxes": "total_tax",
            "Order Discounts": "total_discounts",
            "Paid": "paid",
            "Outstanding": "total_outstanding",
        },
    ),
}
STEPS = (
    ("Gross sales", "gross_sales", 1),
    ("Discounts", "total_discounts", -1),
    ("Returns", "total_returns", -1),
    ("Shipping", "total_shipping", 1),
    ("Taxes", "total_tax", 1),
)
RATES = {
    "Repeat Rate": "repeat_rate_percent",
    "Returning Customer Rate": "returning_customer_rate_percent",
}
GROWTH = {
    "Total Sales Growth": "total_sales",
    "Orders Growth": "total_orders",
    "Average Order Value Growth": "average_order_value",
    "Customers Growth": "ordering_customers",
}


class Figures:
    """The figures of one store."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.report = cache(self._report)

    def card(self, measure: str) -> float | None:
        """What a card shows of a measure when nothing is chosen; None where no report says it."""
        if measure in GROWTH:
            column = GROWTH[measure]
            return float(self._recent(0)[column] / self._recent(DAYS)[column] - 1)
        (all_time,) = self.report("headline")
        if measure == "Discount Rate":
            return float(all_time["total_discounts"] / all_time["gross_sales"])
        if measure == "Customer Lifetime Value":
            bands = self.report("lifetime_value_distribution")
            return float(sum(band["net_sales"] for band in bands) / sum(band["buyers"] for band in bands))
        told = read_model().measure(measure)
        report, _, column = (told.report or "").partition(".")
        if report != "headline":
            return None
        row = self._recent(0) if told.dates == "last_30_days" else all_time
        return row[column] / 100 if column.endswith("_percent") else row[column]

    def series(self, category: str, measure: str) -> Series:
        """A measure by the members of a column, in the order of a chart; empty where no report has it."""
        if category == "Step":
            (row,) = self.report("headline")
            return [(name, sign * row[column]) for name, column, sign in STEPS]
        if measure in RATES:
            return [(month, self._of_month(month, RATES[measure]) / 100) for month in self._months()]
        if measure == "Cohort Lifetime Value":
            worth = "cumulative_net_sales_per_customer"
            return list({row["cohort_month"]: row[worth] for row in self.report("cohorts")}.items())
        rows, key, column = self._rows(category, measure)
        found = [(str(row[key] or "(blank)"), float(row[column] or 0)) for row in rows]
        is_in_order = category in TIMES or category == "Segment"
        return found if is_in_order else sorted(found, key=lambda pair: -pair[1])

    def _rows(self, category: str, measure: str) -> tuple[list[Row], str, str]:
        """The rows of a report, and its columns of the member and of the measure."""
        if category in TIMES and measure in BY_MONTH:
            return self.report("customers_by_month"), "month", BY_MONTH[measure]
        if category in TIMES:
            rows = self.report(TIMES[category])
            return rows, next(iter(rows[0])), BY_TIME[measure]
        if category in DIMENSIONS:
            rows = self.report("breakdown", dimension=DIMENSIONS[category])
            return rows, "member", BY_MEMBER[measure]
        if category in PLACES:
            report, key = PLACES[category]
            return (
                [row for row in self.report(report) if key != "region" or row[key]],
                key,
                BY_MEMBER[measure],
            )
        if category == "Product title":
            return self.report("top_products"), "title", {"Units Sold": "units"}.get(measure, "net_sales")
        return self.report("rfm_segments"), "segment", "customers"

    def points(self) -> list[tuple[float, float]]:
        """Orders and average order value of each month."""
        return [(row["orders"], row["average_order_value"] or 0) for row in self.report("monthly")]

    def table(self, fields: list[str]) -> tuple[list[str], list[list[Any]]]:
        """Of the fields of a table those that a report has, and its rows, the largest or the newest first."""
        report, columns = TABLES[fields[0]]
        rows = list(self.report(report))
        if report == "monthly":
            rows.reverse()
        elif report == "product_performance":
            rows.sort(key=lambda row: -row["net_sales"])
        known = [name for name in fields if name in columns]
        return known, [[self._cell(row[columns[name]], columns[name]) for name in known] for row in rows]

    @staticmethod
    def _cell(value: Any, column: str) -> Any:
        return value / 100 if column.endswith("_percent") and value is not None else value

    def years(self) -> dict[str, Series]:
        """Total sales of each month, by year."""
        found: dict[str, Series] = {}
        for row in self.report("year_over_year"):
            found.setdefault(str(row["year"]), []).append((str(row["month"]), row["total_sales"]))
        return found

    def _months(self) -> list[str]:
        return [row["month"] for row in self.report("monthly")]

    def _of_month(self, month: str, column: str) -> float:
        (row,) = self.report("headline", start=f"{month}-01", end=f"{month}-31")
        return float(row[column] or 0)

    def _recent(self, days_ago: int) -> Row:
        end = today(self.db) - timedelta(days=days_ago)
        start = end - timedelta(days=DAYS - 1)
        (row,) = self.report("headline", start=start.isoformat(), end=end.isoformat())
        return row

    def _report(self, name: str, **parameters: Any) -> list[Row]:
        return run_report(self.db, name, **parameters)
