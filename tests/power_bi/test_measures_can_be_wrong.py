"""The comparison of measures with reports finds what is wrong, and only forgives what reports round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from power_bi.model import read_model

from tests.power_bi.dax import Engine
from tests.power_bi.dax.values import Value
from tests.power_bi.dax_measures.comparing import differences, is_same
from tests.power_bi.dax_measures.figures import Figure
from tests.power_bi.dax_measures.shops import MeasuredShop, measured
from tests.power_bi.dax_measures.small_shop import small_shop

# Mistakes that are easily made: what is right, and what is written instead of it.
MISTAKES = {
    "Returns": ('{"return", "adjustment"}', '{"return"}'),
    "Gross Sales": ('"sale"', '"order"'),
    "Orders": ("COUNTROWS('Sales Ledger')", "DISTINCTCOUNT('Sales Ledger'[Buyer id])"),
    "Customers": ("DISTINCTCOUNTNOBLANK", "DISTINCTCOUNT"),
    "Refund Rate": ("[Orders]", "[Customers]"),
    "New Customers": ('"new"', '"returning"'),
    "Average Processing Days": ("86400", "3600"),
    "Total Sales Year Change": ("HadBegun && ", ""),
    "Average Order Value Period Change": (" && [Orders] > 0", ""),
    "Customers to Date": ("BLANK()", "MIN('Date'[Date])"),
    "Total Sales Previous Period": ("FirstDay - 1", "FirstDay"),
    "Share of Total Sales": ("ALLSELECTED('Order')", "ALL('Date')"),
    "Country Rank": (
        "NOT ISBLANK(CALCULATE(COUNTROWS('Sales Ledger'), REMOVEFILTERS('Order'[Country])))",
        "1 = 1",
    ),
    "Customer Rank": ("NOT ISBLANK([Lifetime Net Sales])", "1 = 1"),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MeasuredShop]:
    """The small shop."""
    folder = tmp_path_factory.mktemp("shop")
    with small_shop(folder) as db, measured(db, folder / "csv") as shop:
        yield shop


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_measure_is_found(shop: MeasuredShop, name: str) -> None:
    measure, (right, wrong) = read_model().measure(name), MISTAKES[name]
    assert right in measure.dax
    model = shop.engine.model
    mistaken = {**model.measures, name: measure.dax.replace(right, wrong)}
    engine = Engine(replace(model, measures=mistaken))
    found, _ = differences(replace(shop, engine=engine), measure)
    assert found != []


@pytest.mark.parametrize(
    ("measure", "report", "column"),
    [
        (Decimal("12.3400"), 12.34, "net_sales"),
        (None, 0, "net_sales"),
        (None, None, "average_order_value"),
        (Decimal("12.3451"), 12.35, "average_order_value"),
        (Decimal("12.3449"), 12.34, "average_order_value"),
        (0.123449, 12.34, "share_percent"),
        (1.7149, 1.71, "average_processing_days"),
        (date(2026, 11, 20), "2026-11-20", "last_order_date"),
        (3, 3, "total_orders"),
    ],
)
def test_these_are_the_same(measure: Value, report: Figure, column: str) -> None:
    assert is_same(measure, report, column, 100.0)


@pytest.mark.parametrize(
    ("measure", "report", "column"),
    [
        (Decimal("12.3401"), 12.34, "net_sales"),
        (0, None, "average_order_value"),
        (Decimal("12.3300"), 12.34, "average_order_value"),
        (0.1236, 12.34, "share_percent"),
        (None, 12.34, "net_sales"),
        (date(2026, 11, 20), "2026-11-21", "last_order_date"),
        (None, "2026-11-21", "last_order_date"),
        ("3", 3, "total_orders"),
        (3, 4, "total_orders"),
    ],
)
def test_these_are_not_the_same(measure: Value, report: Figure, column: str) -> None:
    assert not is_same(measure, report, column, 100.0)
