"""Which daily figures move together, and whether that may be chance."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from shopify_analytics import analytics
from shopify_analytics.analytics import compute_summary
from shopify_analytics.correlations import SERIES, correlate

from tests.report_tables import buyers_of, sales
from tests.syncing import Syncs

NOTHING = dict.fromkeys(("coefficient", "p_value", "significant"))


def days(**series: Sequence[float | None]) -> list[dict[str, Any]]:
    """Rows as the report ``daily`` has them; a series that is not given is always 1."""
    length = max(map(len, series.values()))
    return [
        {"date": f"day {place}"} | {name: series[name][place] if name in series else 1 for name in SERIES}
        for place in range(length)
    ]


def pair(pairs: list[dict[str, Any]], first: str, second: str) -> dict[str, Any]:
    (found,) = [
        {name: value for name, value in row.items() if name not in ("first", "second")}
        for row in pairs
        if (row["first"], row["second"]) == (first, second)
    ]
    return found


def test_a_textbook_example_comes_out() -> None:
    """Anscombe's first set, whose coefficient is known: 0.81642, p = 0.00217.

    https://en.wikipedia.org/wiki/Anscombe%27s_quartet
    """
    x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
    pairs = correlate(days(total_sales=y, orders=x))
    assert [(row["first"], row["second"]) for row in pairs] == list(combinations(SERIES, 2))
    assert pair(pairs, "total_sales", "orders") == {
        "coefficient": 0.8164,
        "sample_size": 11,
        "p_value": 0.00217,
        "significant": True,
    }


def test_a_series_that_never_changes_goes_with_nothing() -> None:
    pairs = correlate(days(total_sales=[1, 2, 3, 4]))
    assert pair(pairs, "total_sales", "orders") == NOTHING | {"sample_size": 4}


def test_perfect_correlation_is_no_division_by_zero() -> None:
    pairs = correlate(days(total_sales=[1, 2, 3, 4], orders=[8, 6, 4, 2]))
    assert pair(pairs, "total_sales", "orders") == {
        "coefficient": -1.0,
        "sample_size": 4,
        "p_value": 0.0,
        "significant": True,
    }


def test_days_without_a_value_are_left_out() -> None:
    pairs = correlate(days(orders=[1, 2, 3, 0, 5], average_order_value=[2.0, 1.0, 3.0, None, 9.0]))
    assert pair(pairs, "orders", "average_order_value")["sample_size"] == 4


@pytest.mark.parametrize("length", [0, 1, 2])
def test_too_few_days_say_nothing(length: int) -> None:
    pairs = correlate(days(total_sales=[1, 2][:length], orders=[3, 1][:length]))
    assert {tuple(pair(pairs, "total_sales", "orders").items())} == {
        tuple({"coefficient": None, "sample_size": length, "p_value": None, "significant": None}.items())
    }


def test_significance_is_corrected_for_the_number_of_pairs() -> None:
    """Of fifteen pairs of noise some are below 0.05; below 0.05 / 15 there is one here."""
    draw = random.Random(26)
    series = {name: [draw.random() for _ in range(30)] for name in SERIES}
    found = [row for row in correlate(days(**series)) if row["p_value"] < 0.05]
    assert [(row["p_value"], row["significant"]) for row in found] == [(0.015493, False), (0.000971, True)]


def open_for_three_days(db: sqlite3.Connection) -> None:
    for number, date in enumerate(("2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"), start=1):
        sales(db, date, orders=number, gross_sales=100 * number * number)
        buyers_of(db, "day", date, number, number % 2)


def test_correlations_are_worked_out_again_only_when_days_that_are_over_change(
    db: sqlite3.Connection, syncs: Syncs, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs.load()
    open_for_three_days(db)
    first = compute_summary(db, 10)["correlations"]
    assert pair(first, "total_sales", "orders")["sample_size"] == 4
    with monkeypatch.context() as patch:
        patch.setattr(analytics, "correlate", None)
        assert compute_summary(db, 10)["correlations"] == first
        sales(db, "2026-11-22", orders=99)
        assert compute_summary(db, 10)["correlations"] == first
    db.execute("UPDATE daily_sales SET orders = 9 WHERE date = '2026-11-18'")
    assert compute_summary(db, 10)["correlations"] != first


def test_pandas_is_not_imported_for_what_is_known() -> None:
    modules = "{'pandas', 'scipy'} & set(sys.modules)"
    script = f"import sys; import shopify_analytics.analytics; print({modules})"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": "plugins"},
    )
    assert done.stdout.splitlines()[-1] == "set()"
