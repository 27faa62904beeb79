"""The figures to steer by, and which daily figures move together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from itertools import combinations
from statistics import fmean

from tests.expected_reports.accounts import Accounts, Query, change_percent, percent
from tests.expected_reports.headline import headline
from tests.expected_reports.over_time import daily
from tests.raw_records import Json

HIGHER = (
    "total_sales",
    "net_sales",
    "gross_sales",
    "total_orders",
    "average_order_value",
    "units_sold",
    "units_per_order",
    "ordering_customers",
    "new_customers",
    "returning_customer_rate_percent",
)
LOWER = (
    "total_discounts",
    "total_returns",
    "refund_rate_percent",
    "cancellation_rate_percent",
    "average_processing_days",
    "total_outstanding",
)
SERIES = ("total_sales", "orders", "average_order_value", "discounts", "new_customers", "returns")
STRIPS = 2000


def scorecard(accounts: Accounts, query: Query, targets: Mapping[str, float]) -> list[Json]:
    """A row a metric: the 30 days up to today, the 30 before, and what was aimed at."""
    (this,) = headline(accounts, query.last_days(30))
    (previous,) = headline(accounts, query.last_days(30, before=30))
    rows = []
    for metric in (*HIGHER, *LOWER):
        now, before, target = this[metric], previous[metric], targets.get(metric)
        is_known = now is not None and before is not None
        is_met = None
        if now is not None and target is not None:
            is_met = int(now >= target if metric in HIGHER else now <= target)
        rows.append(
            {
                "metric": metric,
                "better": "higher" if metric in HIGHER else "lower",
                "this_period": now,
                "previous_period": before,
                "change_percent": change_percent(_exact(now), _exact(before)) if is_known else None,
                "target": target,
                "achieved_percent": percent(_exact(now), _exact(target))
                if now is not None and target
                else None,
                "is_met": is_met,
            }
        )
    return rows


def _exact(shown: float) -> Decimal:
    """The figure as it is written."""
    return Decimal(str(shown))


def correlations(accounts: Accounts, query: Query) -> list[Json]:
    """A row for each two of six daily figures of the 365 days before today."""
    days = daily(accounts, query.last_days(365, before=1))
    rows: list[Json] = []
    for first, second in combinations(SERIES, 2):
        pairs = [(day[first], day[second]) for day in days]
        pairs = [pair for pair in pairs if None not in pair]
        coefficient = _coefficient(pairs)
        p_value = None if coefficient is None else _p_value(coefficient, len(pairs) - 2)
        names = {"first": first, "second": second, "coefficient": coefficient}
        rows.append({**names, "sample_size": len(pairs), "p_value": p_value})
    tests = sum(row["p_value"] is not None for row in rows)
    for row in rows:
        row["significant"] = None if row["p_value"] is None else row["p_value"] * tests < 0.05
    return rows


def _coefficient(pairs: list[tuple[float, float]]) -> float | None:
    """Pearson's; None of fewer than three pairs, or where one side never changes."""
    if len(pairs) < 3 or any(len({pair[side] for pair in pairs}) == 1 for side in (0, 1)):
        return None
    means = [fmean(pair[side] for pair in pairs) for side in (0, 1)]
    off = [(one - means[0], other - means[1]) for one, other in pairs]
    together = math.fsum(one * other for one, other in off)
    squares = [math.fsum(pair[side] ** 2 for pair in off) for side in (0, 1)]
    return together / math.sqrt(squares[0] * squares[1])


def _p_value(coefficient: float, freedom: int) -> float:
    """Two-sided, of Student's t: twice what its density leaves beyond, by Simpson's rule."""
    if abs(coefficient) >= 1:
        return 0.0
    reach = abs(coefficient) * math.sqrt(freedom / (1 - coefficient**2))
    log_scale = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - math.log(freedom * math.pi) / 2
    width = reach / STRIPS
    heights = [
        math.exp(log_scale - (freedom + 1) / 2 * math.log1p((strip * width) ** 2 / freedom))
        for strip in range(STRIPS + 1)
    ]
    inside = heights[0] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2]) + heights[-1]
    return max(1 - 2 * inside * width / 3, 0.0)
