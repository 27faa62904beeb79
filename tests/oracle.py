"""What a sync must come to, worked out a second time: from a store's raw JSON and nothing of the product.

Exact decimals: every ledger row is rounded to the currency's smallest unit, every figure once at the end.
Definitions: https://help.shopify.com/en/manual/reports-and-analytics, and where these leave room the heads
of the project's reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from demo_store.state import Store

from tests.books import Books
from tests.expected_reports import REPORTS, Accounts, Query
from tests.expected_reports.steering import correlations, scorecard
from tests.expected_rows import expected_rows
from tests.memory import Memory
from tests.raw_records import Json

__all__ = ["OF_SYNCS", "differences", "expected_figures", "expected_rows", "expected_summary"]

BREAKDOWNS = (
    "financial_status",
    "fulfillment_status",
    "cancel_reason",
    "channel",
    "traffic_source",
    "device",
    "payment_gateway",
    "order_value",
    "processing_time",
    "vendor",
    "product_type",
    "discounted",
    "customer_type",
)
# Reports of the last so many days up to today, and reports that are not cut at the number of ranked rows.
DAYS = {"daily": 90, "weekly": 364, "trends": 371, "cohorts": 730}
LIMITS = {"countries": 250, "regions": 250}
MEMBERS = 50
OF_SYNCS = ("generated_at", "reconciliation")
LARGE = ("headline", "breakdown", "customer_value", "product_performance", "variant_performance")
NAMES = {"ledger_difference_list": "ledger_differences"}


def expected_figures(store: Store) -> Json:
    """The key figures, which need no history: all time, and whose they are."""
    accounts = Accounts(Books.of(store))
    return {
        "currency": store.shop["currency"],
        "timezone": store.shop["iana_timezone"],
        **REPORTS["headline"](accounts, Query("9999-12-31"))[0],
    }


def expected_summary(
    store: Store,
    today: str,
    *,
    top_n: int = 10,
    traffic_sources: Mapping[int, str | None] | None = None,
    memory: Memory | None = None,
    targets: Mapping[str, float] | None = None,
) -> Json:
    """The whole summary but what it tells ``OF_SYNCS``, after a sync of everything that ``store`` holds.

    ``memory`` is of all syncs, this one included; without it there was no other. Rules decide
    ``traffic_sources``, which are given by order id; ``targets`` are by metric of the scorecard.
    """
    accounts, query = Accounts(Books.of(store, traffic_sources, memory)), Query(today, top_n=top_n)
    return {
        **expected_figures(store),
        "today": today,
        "last_30_days": REPORTS["headline"](accounts, query.last_days(30))[0],
        "previous_30_days": REPORTS["headline"](accounts, query.last_days(30, before=30))[0],
        "scorecard": scorecard(accounts, query, targets or {}),
        "correlations": correlations(accounts, query),
        **dict(_small_reports(accounts, query)),
    }


def _small_reports(accounts: Accounts, query: Query) -> Iterator[tuple[str, list[Json]]]:
    for name, report in REPORTS.items():
        if name not in LARGE:
            asked = query.last_days(DAYS[name]) if name in DAYS else query
            asked = replace(asked, top_n=LIMITS.get(name, query.top_n))
            yield NAMES.get(name, name), report(accounts, asked)
    for dimension in BREAKDOWNS:
        asked = replace(query, dimension=dimension, top_n=MEMBERS)
        yield f"by_{dimension}", REPORTS["breakdown"](accounts, asked)


def differences(found: Any, expected: Any, where: str = "") -> list[str]:
    """Where two summaries or parts of one differ: keys, order, values and their types.

    What is made of floating-point numbers from the start, a correlation or the index of a mean, may differ in
    its last digit. All other figures are quotients of whole numbers, rounded half up on both sides.
    """
    if isinstance(found, dict) and isinstance(expected, dict):
        if found.keys() != expected.keys():
            return [f"{where}: keys {sorted(found.keys() ^ expected.keys())}"]
        return [line for key in expected for line in differences(found[key], expected[key], f"{where}.{key}")]
    if isinstance(found, list) and isinstance(expected, list):
        if len(found) != len(expected):
            return [f"{where}: {len(found)} rows, not {len(expected)}"]
        pairs = enumerate(zip(found, expected, strict=True))
        return [line for place, pair in pairs for line in differences(*pair, f"{where}[{place}]")]
    if isinstance(found, float) and isinstance(expected, float):
        is_same = abs(found - expected) <= _tolerance(where)
    else:
        is_same = found == expected and type(found) is type(expected)
    return [] if is_same else [f"{where} is {found!r}, not {expected!r}"]


def _tolerance(where: str) -> float:
    figure = where.rsplit(".", 1)[-1]
    return {"coefficient": 0.000_06, "p_value": 0.000_001}.get(
        figure, 0.010_1 if figure.endswith("_index") else 0.0
    )
