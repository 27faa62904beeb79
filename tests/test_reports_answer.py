"""Every report answers, whatever the store holds: with zeros and nulls, never with an error."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from shopify_analytics.reports import DEFAULTS, run_report
from shopify_analytics.sql import names, statement

from tests.demo_store.records import order, product
from tests.syncing import Syncs

REPORTS = names("reports")
NOBODY = {"customer": None, "email": None}
RANGES = {
    "all time": {},
    "from a day": {"start": "2026-11-20"},
    "to a day": {"end": "2026-11-20"},
    "a range": {"start": "2026-11-01", "end": "2026-11-30"},
    "years ago": {"start": "2020-01-01", "end": "2020-12-31"},
    "the wrong way round": {"start": "2026-11-30", "end": "2026-11-01"},
}
STORES: dict[str, Callable[[Syncs], Any]] = {
    "empty": lambda syncs: None,
    "synced without anything": lambda syncs: syncs.load(),
    "one order": lambda syncs: syncs.load(orders=[order(1)]),
    "one product": lambda syncs: syncs.load(products=[product(1)]),
    "one order for nothing": lambda syncs: syncs.load(orders=[order(1, line_items=[], total_price="0.00")]),
    "only test orders": lambda syncs: syncs.load(orders=[order(1, test=True), order(2, test=True)]),
    "orders without customers": lambda syncs: syncs.load(orders=[order(1, **NOBODY), order(2, **NOBODY)]),
}


@pytest.fixture(params=list(STORES.values()), ids=list(STORES))
def store(request: pytest.FixtureRequest, syncs: Syncs) -> sqlite3.Connection:
    """The database of a store that has next to nothing."""
    request.param(syncs)
    return syncs.db


@pytest.mark.parametrize("dates", RANGES.values(), ids=list(RANGES))
def test_every_report_answers(store: sqlite3.Connection, dates: dict[str, str]) -> None:
    for name in REPORTS:
        for row in run_report(store, name, **dates):
            assert all(value is None or isinstance(value, int | float | str) for value in row.values()), name


def test_test_orders_are_in_no_report(syncs: Syncs) -> None:
    syncs.load()
    before = {name: run_report(syncs.db, name) for name in REPORTS}
    syncs.load(orders=[order(1, test=True, total_outstanding="9.00"), order(2, test=True)])
    after = {name: run_report(syncs.db, name) for name in REPORTS}
    products = after.pop("product_performance")  # it lists all that are known, sold or not
    assert {row["orders"] for row in products} == {0}
    assert after == {name: rows for name, rows in before.items() if name != "product_performance"}


@pytest.mark.parametrize("store", [STORES["one order"], STORES["only test orders"]], indirect=True)
def test_every_dimension_can_be_broken_down(store: sqlite3.Connection) -> None:
    dimensions = {row[0] for row in store.execute("SELECT DISTINCT dimension FROM daily_sales")}
    for dimension in dimensions | {"no such dimension"}:
        orders = [row["orders"] for row in run_report(store, "breakdown", dimension=dimension)]
        assert orders == ([1] if dimension in dimensions else []), dimension


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_one_select_with_a_head_that_explains_it(name: str) -> None:
    text = statement(f"reports/{name}")
    head = [line for line in text.splitlines() if line.startswith("-- ")]
    assert text.startswith("-- ")
    assert any(line.startswith("-- Parameters: ") for line in head)
    assert ";" not in "".join(line for line in text.splitlines() if not line.startswith("--"))
    assert all(len(line) <= 120 or line.startswith("-- https://") for line in text.splitlines())


@pytest.mark.parametrize("name", REPORTS)
def test_a_head_names_the_parameters_that_its_report_takes(name: str) -> None:
    lines = statement(f"reports/{name}").splitlines()
    select = " ".join(line for line in lines if not line.startswith("--"))
    (told,) = [line for line in lines if line.startswith("-- Parameters: ")]
    for parameter in (*DEFAULTS, "minor", "today"):
        used, named = (re.search(rf":{parameter}\b", text) for text in (select, told))
        assert bool(used) == bool(named), parameter
