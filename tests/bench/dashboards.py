"""How long the dashboards take to answer at a million orders, whatever is asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from statistics import quantiles
from typing import Any

from tests.bench import growth
from tests.bench.figures import Row
from tests.bench.processes import Workplace, say

MOST_MS = 100.0


def measure(workplace: Workplace) -> Iterator[Row]:
    """Every endpoint of the API for 7 days, 30 days, 12 months and all time, of the store and of parts of it.

    The application's own processor time for an answer: no network, no browser, nothing asked twice in a row.
    """
    _, large = growth.databases(workplace)
    say("dashboards: asking for everything")
    answered = workplace.run([sys.executable, "-m", "tests.bench.dashboards_stage", large])
    for endpoint, asked in answered["endpoints"].items():
        yield row(endpoint, asked)


def row(endpoint: str, asked: list[dict[str, Any]]) -> Row:
    """The line of an endpoint, of all that it can be asked for."""
    times = [time for one in asked for time in one["ms"]]
    cuts = quantiles(times, n=20, method="inclusive")
    slowest = max(asked, key=lambda one: sorted(one["ms"])[len(one["ms"]) // 2])
    return Row(
        f"Dashboards at {growth.ORDERS * growth.TIMES:,} orders: {endpoint}",
        f"p95 {cuts[18]:.0f} ms",
        f"median {cuts[9]:.0f} ms",
        f"slowest: {slowest['asked']}",
        f"p95 < {MOST_MS:.0f} ms",
        cuts[18] < MOST_MS,
    )
