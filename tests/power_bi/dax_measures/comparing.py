"""Whether a measure and a report say the same, and where they do not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from power_bi.model import Measure, read_model

from tests.power_bi.dax.values import Value
from tests.power_bi.dax_measures.figures import NO_EQUAL, Figure, figure, reported
from tests.power_bi.dax_measures.shops import MeasuredShop

COMPARED = [measure for measure in read_model().measures if measure.report]
NOTHING: tuple[list[str], list[str]] = ([], [])
# In which cells a report can be compared at least; where nothing is said, in all and in each month.
CELLS = {
    "outstanding_by_age": {"all", "age", "country", "channel"},
    "year_over_year": {"month"},
    "cohorts.retention_percent": {"all", "cohort in month"},
    "cohorts.cumulative_net_sales_per_customer": {"month"},
    "countries": {"all", "month", "country", "channel", "country and month"},
    "countries.place": {"all", "month", "country", "country and month"},
    "headline": {"all", "month", "age", "country", "channel", "country and month"},
    "latest_orders": {"all", "month", "order", "country"},
    "product_performance": {"all", "month", "product"},
    "top_products": {"all", "month", "product"},
    "top_customers": {"all", "month", "customer"},
    "rfm_segments": {"all", "month", "segment"},
}
EXACT_QUOTIENT = "quotient"
HUNDREDTHS = ("average_processing_days", "units_per_order")
QUOTIENTS = ("average_", "cumulative_", "total_sales_per_order")


def compared(shop: MeasuredShop, measure: Measure) -> tuple[list[str], list[str]]:
    """Where a measure differs from its report, and the cells that are missing."""
    found, kinds = differences(shop, measure)
    report, column = reported(measure)
    wanted = CELLS.get(f"{report}.{column}") or CELLS.get(report) or {"all", "month"}
    return found, sorted(wanted - kinds)


def differences(shop: MeasuredShop, measure: Measure) -> tuple[list[str], set[str]]:
    """Where a measure differs from its report, and the kinds of cells in which it was compared."""
    within = shop.engine.filter("Date", "Within data", "Yes")
    found: list[str] = []
    kinds: set[str] = set()
    for cell in shop.slices:
        wanted = figure(shop, measure, cell)
        if wanted == NO_EQUAL:
            continue
        kinds.add(cell.kind)
        measured = shop.engine.evaluate(f"[{measure.name}]", selected=[within], grouped=cell.filters)
        if not is_same(measured, wanted, reported(measure)[1], shop.minor):
            found.append(f"{cell}: the report has {wanted!r}, the measure {measured!r}")
    return found, kinds


def is_same(measured: Value, wanted: Figure, column: str, minor: float) -> bool:
    """Whether they are equal: sums to the smallest unit, quotients as far as the report rounds them.

    BLANK is equal to 0, as it is in DAX, but no figure is equal to null.
    """
    if wanted is None or isinstance(wanted, str):
        return (measured.isoformat() if isinstance(measured, date) else measured) == wanted
    if not isinstance(measured, int | float | Decimal | None):
        return False
    exact = Decimal(str(measured or 0)) * (100 if column.endswith("_percent") else 1)
    return abs(exact - Decimal(str(wanted))) <= _rounded_by(column, minor)


def _rounded_by(column: str, minor: float) -> Decimal:
    """Half of what the report rounds to, and what a fixed decimal number of four places is off by at most."""
    if column.endswith("_percent") or column in HUNDREDTHS:
        return Decimal("0.0051")
    if column == EXACT_QUOTIENT:
        return Decimal("0.000000001")
    if column.startswith(QUOTIENTS):
        return 1 / (2 * Decimal(minor)) + Decimal("0.0001")
    return Decimal(0)
