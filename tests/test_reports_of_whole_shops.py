"""Every report of whole shops, to the smallest unit, against what is worked out from their raw records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest
from shopify_analytics.reports import run_report

from tests.expected_reports import REPORTS, Accounts, Query
from tests.oracle import BREAKDOWNS, differences
from tests.whole_shops import SHOPS, TODAY, Loaded

QUERIES = {
    "all time": Query(TODAY),
    "the last 30 days": Query(TODAY).last_days(30),
    "some weeks": Query("2026-08-31", start="2025-11-19", end="2026-01-07", top_n=3),
    "since a day": Query(TODAY, start="2026-10-31", top_n=1000),
    "up to a day": Query("2025-06-30", end="2025-06-30"),
    "before the shop was": Query(TODAY, start="2024-02-01", end="2024-02-29"),
}


@pytest.fixture(scope="module", params=SHOPS)
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Loaded, Accounts]]:
    """Shops of about 300 orders."""
    folder = tmp_path_factory.mktemp("shop")
    with SHOPS[request.param](folder) as shop:
        yield shop, Accounts(shop.books)


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_equals_the_independent_calculation(shop: tuple[Loaded, Accounts], report: str) -> None:
    assert differing(shop, report, QUERIES) == {}


@pytest.mark.parametrize("dimension", [*BREAKDOWNS, "discount_code"])
def test_a_breakdown_equals_the_independent_calculation(
    shop: tuple[Loaded, Accounts], dimension: str
) -> None:
    queries = {period: replace(query, dimension=dimension) for period, query in QUERIES.items()}
    assert differing(shop, "breakdown", queries) == {}


@pytest.mark.parametrize("report", REPORTS)
def test_columns_stand_in_the_order_of_the_definition(shop: tuple[Loaded, Accounts], report: str) -> None:
    loaded, accounts = shop
    found, wanted = reported(loaded, report, Query(TODAY)), REPORTS[report](accounts, Query(TODAY))
    assert [list(row) for row in found] == [list(row) for row in wanted]


def differing(shop: tuple[Loaded, Accounts], report: str, queries: dict[str, Query]) -> dict[str, list[str]]:
    """Where the report differs from the calculation, by period; periods without differences are left out."""
    loaded, accounts = shop
    found = {
        period: differences(reported(loaded, report, query), REPORTS[report](accounts, query))
        for period, query in queries.items()
    }
    return {period: lines for period, lines in found.items() if lines}


def reported(loaded: Loaded, report: str, query: Query) -> list[dict[str, Any]]:
    """The rows of the project's report."""
    return run_report(loaded.db, report, **asdict(query))
