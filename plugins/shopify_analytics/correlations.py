"""Which daily figures move together: Pearson's correlation of every two of six, with its significance."""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from shopify_analytics.database import get_metadata, set_metadata, transaction

SERIES = ("total_sales", "orders", "average_order_value", "discounts", "new_customers", "returns")
SIGNIFICANCE = 0.05
REMEMBERED = "analytics.correlations"


def correlate(days: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each two of ``SERIES``: the coefficient and what it is worth.

    Days on which one of the two is None are left out; ``sample_size`` counts the others. The two-sided
    ``p_value`` is that of the t-test with ``sample_size - 2`` degrees of freedom
    (https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.pearsonr.html). ``significant``: below
    0.05 after Bonferroni's correction, which multiplies the p-value by the number of pairs. The three are
    None for fewer than three days, or when one of the two never changes.

    :param days: rows of the report ``daily``.
    """
    # The import takes longer than all reports together, and days that are over seldom change.
    import pandas  # noqa: PLC0415

    frame = pandas.DataFrame([[day[name] for name in SERIES] for day in days], columns=SERIES, dtype=float)
    present = frame.notna().to_numpy(dtype=int)
    sizes, coefficients = present.T @ present, frame.corr(min_periods=3).to_numpy()
    pairs = [
        _pair(SERIES[one], SERIES[other], int(sizes[one, other]), float(coefficients[one, other]))
        for one, other in combinations(range(len(SERIES)), 2)
    ]
    tests = sum(pair["p_value"] is not None for pair in pairs)
    for pair in pairs:
        pair["significant"] = None if pair["p_value"] is None else pair["p_value"] * tests < SIGNIFICANCE
    return pairs


def remembered_correlations(
    db: sqlite3.Connection, days: Sequence[dict[str, Any]]
) -> list[dict[str, Any]] | None:
    """What :func:`correlate` made of the same days last time; None when it was of others."""
    stored = get_metadata(db, REMEMBERED)
    remembered = json.loads(stored) if stored else {}
    return remembered["pairs"] if remembered.get("of") == _fingerprint(days) else None


def remember_correlations(
    db: sqlite3.Connection, days: Sequence[dict[str, Any]], pairs: list[dict[str, Any]]
) -> None:
    """Keep the result until the days change."""
    with transaction(db):
        set_metadata(db, REMEMBERED, json.dumps({"of": _fingerprint(days), "pairs": pairs}))


def _pair(first: str, second: str, sample_size: int, exact: float) -> dict[str, Any]:
    is_known = not math.isnan(exact)
    return {
        "first": first,
        "second": second,
        "coefficient": round(exact, 4) if is_known else None,
        "sample_size": sample_size,
        "p_value": round(_p_value(exact, sample_size - 2), 6) if is_known else None,
    }


def _p_value(coefficient: float, freedom: int) -> float:
    """How likely a coefficient as far from 0 is between series that have nothing to do with each other."""
    from scipy.special import stdtr  # noqa: PLC0415 with pandas

    unexplained = 1 - coefficient * coefficient
    if unexplained <= 0:
        return 0.0
    return 2 * float(stdtr(freedom, -abs(coefficient) * math.sqrt(freedom / unexplained)))


def _fingerprint(days: Sequence[dict[str, Any]]) -> str:
    series = [[day["date"], *(day[name] for name in SERIES)] for day in days]
    return hashlib.sha256(json.dumps(series).encode()).hexdigest()
