"""What the SQL reports say of a cell: the figure that a measure names as its equal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from power_bi.model import Measure, read_model

from tests.power_bi.dax_measures.shops import MeasuredShop
from tests.power_bi.dax_measures.slices import Slice

Figure = Decimal | float | int | str | None
Rows = Iterable[dict[str, Any]]
NO_EQUAL = "no report has this cell"
OF_DAYS = ("all", "month", "days", "age")
OF_PARTS = ("country", "channel", "country and month")
# What the reports by product and by customer have, by the measure.
OF_PRODUCTS = {
    "Units Sold": "units",
    "Units Returned": "returned_units",
    "Gross Sales": "gross_sales",
    "Discounts": "discounts",
    "Returns": "returns",
    "Net Sales": "net_sales",
    "Orders with Product": "orders",
    "Customers of Product": "customers",
    "Unit Refund Rate": "refund_rate_percent",
}
OF_CUSTOMERS = {
    "Orders": "orders",
    "Units Sold": "units",
    "Net Sales": "net_sales",
    "Total Sales": "total_sales",
    "Lifetime Net Sales": "net_sales",
    "Customer Lifetime Value": "net_sales",
    "First Order Day": "first_order_date",
    "Last Order Day": "last_order_date",
}
CHANGES = {"selected": ("selected", "previous"), "last_30_days": ("last_30_days", "previous_30_days")}
OF_CELLS = {"product": OF_PRODUCTS, "customer": OF_CUSTOMERS}
SOLD = """
    SELECT
        count(DISTINCT iif(kind = 'sale', order_id, NULL)) AS orders,
        count(DISTINCT iif(kind = 'sale', buyer_id, NULL)) AS customers,
        -sum(iif(kind = 'return', quantity, 0)) AS returned_units,
        -100.0 * sum(iif(kind = 'return', quantity, 0)) / nullif(sum(iif(kind = 'sale', quantity, 0)), 0)
            AS refund_rate_percent
    FROM sales_ledger
    WHERE ledger_date BETWEEN ? AND ?
    """


def figure(shop: MeasuredShop, measure: Measure, cell: Slice) -> Figure:
    """What the report of a measure says of a cell, NO_EQUAL where no report knows."""
    report, column = reported(measure)
    if cell.kind in OF_CELLS and measure.name in OF_CELLS[cell.kind]:
        name, key = {
            "product": ("product_performance", "product_key"),
            "customer": ("customer_value", "buyer_id"),
        }[cell.kind]
        return _of(shop.report(name), OF_CELLS[cell.kind][measure.name], **{key: cell.member})
    return REPORTS.get(report, _no_equal)(shop, measure, cell, column)


def reported(measure: Measure) -> tuple[str, str]:
    """The report and the column that a measure equals."""
    report, _, column = (measure.report or "").partition(".")
    return report, column


def _of(rows: Rows, column: str, default: Figure = 0, **key: Any) -> Figure:
    """The figure of the row with these values; the default where there is none."""
    return next((row[column] for row in rows if all(row[name] == key[name] for name in key)), default)


def _sum(rows: Rows, column: str) -> Decimal:
    return sum((Decimal(str(row[column] or 0)) for row in rows), Decimal(0))


def _place(rows: Rows, column: str, own: dict[str, Any] | None) -> Figure:
    """How many rows have more, and one; those with equally much share a place. Of no row there is none."""
    return 1 + sum(row[column] > own[column] for row in rows) if own else None


def _no_equal(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    return NO_EQUAL


def _headline(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    if cell.kind not in OF_DAYS + OF_PARTS:
        return NO_EQUAL
    if measure.dates == "all":
        return shop.report("headline")[0][column]
    return _headline_of(shop, cell, measure.dates)[column]


def _headline_of(shop: MeasuredShop, cell: Slice, meant: str) -> dict[str, Any]:
    """The key figures of the dates that are meant."""
    return shop.report("headline", cell.part, **cell.dates(meant, shop.days))[0]


def _scorecard(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    """The cell's dates beside as many days before, or the last 30 days of the data beside the 30 before."""
    if cell.kind not in OF_DAYS + OF_PARTS:
        return NO_EQUAL
    this, previous = CHANGES[measure.dates]
    compared = read_model().measure(measure.name.removesuffix(" Period Change").removesuffix(" Growth"))
    return _change(shop, cell, reported(compared)[1], this, previous)


def _change(shop: MeasuredShop, cell: Slice, metric: str, this: str, before: str) -> Figure:
    this_period, previous_period = (
        json.dumps(_unrounded(_headline_of(shop, cell, meant))) for meant in (this, before)
    )
    rows = shop.report("scorecard", this_period=this_period, previous_period=previous_period)
    return _of(rows, "change_percent", metric=metric)


def _unrounded(headline: dict[str, Any]) -> dict[str, Any]:
    """Key figures with a thousand times the order value, not rounded: its change in percent is exact then."""
    spent, orders = headline["gross_sales"] - headline["total_discounts"], headline["total_orders"]
    return headline | {"average_order_value": 1000 * spent / orders if orders else None}


def _monthly(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    """Returning customers: of a month as its report has them, else those who are not new."""
    if cell.kind == "month":
        return _of(shop.report("monthly"), column, month=cell.member)
    if cell.kind not in OF_DAYS + OF_PARTS:
        return NO_EQUAL
    told = _headline_of(shop, cell, "selected")
    return int(told["ordering_customers"] - told["new_customers"])


def _processing_time(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    if cell.kind not in OF_DAYS + OF_PARTS:
        return NO_EQUAL
    ((dimension, member),) = cell.part.items() or (("store", ""),)
    rows = shop.report("processing_time", dimension=dimension, **cell.dates("selected", shop.days))
    return _of(rows, column, member=member or None)


def _outstanding_by_age(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    if cell.kind not in ("all", "age", "country", "channel"):
        return NO_EQUAL
    rows = shop.report("outstanding_by_age", cell.part)
    return _of(rows, column, from_days=cell.member[0]) if cell.kind == "age" else _sum(rows, column)


def _latest_orders(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    if cell.kind == "order":
        return _of(shop.report("latest_orders"), column, order_id=cell.member)
    if cell.kind not in OF_DAYS + OF_PARTS:
        return NO_EQUAL
    return _sum(shop.report("latest_orders", cell.part, **cell.dates("selected", shop.days)), column)


def _customers_by_month(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    rows = shop.report("customers_by_month")
    if cell.kind == "month":
        return _of(rows, column, month=cell.member)
    if cell.kind != "all":
        return NO_EQUAL
    return rows[-1][column] if column == "customers_to_date" else _sum(rows, column)


def _lifetime_value(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    """What all buyers, or those of a segment, have brought in all time."""
    if cell.kind == "segment":
        named = "customers" if column == "buyers" else column
        return _of(shop.report("rfm_segments"), named, segment=cell.member)
    if cell.kind not in OF_DAYS:
        return NO_EQUAL
    bought = shop.report("customer_value")
    figures: dict[str, Figure] = {
        "buyers": _sum(shop.report("lifetime_value_distribution"), "buyers"),
        "net_sales": _sum(bought, "net_sales"),
        "average_net_sales": _sum(bought, "net_sales") / len(bought),
        "share_percent": 100.0,
    }
    return figures[column]


def _top_customers(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    """The place of one customer; of several there is none."""
    if cell.kind not in {*OF_DAYS, "customer"}:
        return NO_EQUAL
    rows = shop.report("top_customers")
    own = next((row for row in rows if row["buyer_id"] == cell.member), None)
    return _place(rows, "net_sales", own)


def _cohorts(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    """A month's new buyers, and what has become of them by now; the whole shop is one cohort of all time."""
    rows = shop.report("cohorts")
    if column == "retention_percent":
        if cell.kind != "cohort in month":
            return 100.0 if cell.kind == "all" else NO_EQUAL
        cohort, since = cell.member
        return _of(rows, column, cohort_month=cohort, months_since=since)
    if cell.kind == "month":
        mine = [row for row in rows if row["cohort_month"] == cell.member]
        return mine[-1][column] if mine else None
    if cell.kind != "all":
        return NO_EQUAL
    return (
        int(_sum((row for row in rows if row["months_since"] == 0), column))
        if column == "cohort_size"
        else NO_EQUAL
    )


def _product_performance(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    """Of days there is no report of all products; the ledger itself tells."""
    if cell.kind not in OF_DAYS:
        return NO_EQUAL
    selected = shop.db.execute(SOLD, (cell.first.isoformat(), cell.last.isoformat()))
    return dict(zip((name for name, *_ in selected.description), selected.fetchone(), strict=True))[column]


def _top_products(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    """The place of one product; those that were never sold have none, nor have several products."""
    if cell.kind not in {*OF_DAYS, "product"}:
        return NO_EQUAL
    rows = shop.report("top_products")
    own = next((row for row in rows if (row["product_id"] or 0) == cell.member), None)
    return _place(rows, "net_sales", own)


def _members(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    """Countries and channels beside all others; the whole store has all of it, and no place."""
    if cell.kind in OF_DAYS:
        if column == "growth_percent":
            return _change(shop, cell, "total_sales", *CHANGES["last_30_days"])
        is_sold = _headline_of(shop, cell, "selected")["total_sales"]
        return {"share_percent": 100.0 if is_sold else None, "place": None}[column]
    if cell.kind not in OF_PARTS or (cell.kind == "channel" and column == "place"):
        return NO_EQUAL
    dates = cell.dates("all" if column == "growth_percent" else "selected", shop.days)
    if cell.kind == "channel":
        return _of(shop.report("breakdown", dimension="channel", **dates), column, None, member=cell.member)
    rows = shop.report("countries", **dates)
    if column == "place":
        own = next((row for row in rows if row["country_code"] == (cell.part["country"] or None)), None)
        return _place(rows, "total_sales", own)
    return _of(rows, column, None, country_code=cell.part["country"] or None)


def _daily(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    """As it stands on the last day of the cell."""
    if cell.kind not in OF_DAYS:
        return NO_EQUAL
    return _of(shop.report("daily"), column, date=cell.last.isoformat())


def _year_over_year(shop: MeasuredShop, measure: Measure, cell: Slice, column: str) -> Figure:
    if cell.kind != "month":
        return NO_EQUAL
    year, month = map(int, cell.member.split("-"))
    return _of(shop.report("year_over_year"), column, year=year, month=month)


REPORTS: dict[str, Callable[[MeasuredShop, Measure, Slice, str], Figure]] = {
    "cohorts": _cohorts,
    "countries": _members,
    "customer_value": _lifetime_value,
    "customers_by_month": _customers_by_month,
    "daily": _daily,
    "headline": _headline,
    "latest_orders": _latest_orders,
    "lifetime_value_distribution": _lifetime_value,
    "monthly": _monthly,
    "outstanding_by_age": _outstanding_by_age,
    "processing_time": _processing_time,
    "product_performance": _product_performance,
    "rfm_segments": _lifetime_value,
    "scorecard": _scorecard,
    "top_customers": _top_customers,
    "top_products": _top_products,
    "year_over_year": _year_over_year,
}
