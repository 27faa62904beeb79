"""Every report of shops in which there is next to nothing: figures and nulls, never an error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from demo_store.state import Store
from shopify_analytics.analytics import compute_summary
from shopify_analytics.reports import run_report

from tests.demo_store.records import SHOP, customer, line_item, money, order, product
from tests.expected_reports import REPORTS, Accounts, Query
from tests.oracle import BREAKDOWNS, OF_SYNCS, differences, expected_summary
from tests.whole_shops import TODAY, loaded

NOBODY: dict[str, Any] = {"customer": None, "email": None, "shipping_address": None, "billing_address": None}
GIVEN = [{"amount": "24.50", "discount_application_index": 0}]
WORTHLESS: dict[str, Any] = {
    "total_price": "0.00",
    "current_total_price": "0.00",
    "line_items": [line_item(1, price="0.00", tax_lines=[])],
    "tax_lines": [],
    "total_tax": "0.00",
}


def gift_card_only() -> dict[str, Any]:
    """An order of a gift card, given back the day after."""
    back = {"id": 1, "line_item_id": 9_300_000_000_001, "quantity": 1, "subtotal": 24.5, "total_tax": 0.0}
    refund = {"id": 1, "processed_at": "2026-11-21T12:00:00Z", "refund_line_items": [back]}
    lines = [line_item(1, gift_card=True, tax_lines=[])]
    changes = {"tax_lines": [], "total_tax": "0.00", "current_total_price": "0.00"}
    return order(1, line_items=lines, refunds=[refund | {"order_adjustments": []}], **changes)


def only_a_refund_in_reach() -> list[dict[str, Any]]:
    """An order of long ago of which the shipping is given back now."""
    shipping = {"id": 1, "title": "Standard", "code": "std", "price": "5.00", "discounted_price": "5.00"}
    back = {"id": 2, "subtotal_amount_set": money("5.00"), "tax_amount_set": money("0.00")}
    refund = {"id": 1, "processed_at": "2026-11-21T12:00:00Z", "refund_line_items": []}
    refund |= {"order_adjustments": [], "refund_shipping_lines": [back]}
    return [
        order(
            1,
            created_at="2024-02-29T12:00:00Z",
            processed_at="2024-02-29T12:00:00Z",
            shipping_lines=[shipping | {"is_removed": False, "tax_lines": []}],
            refunds=[refund],
        )
    ]


ORDERS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "nothing": list,
    "one order": lambda: [order(1)],
    "only test orders": lambda: [order(1, test=True), order(2, test=True, **NOBODY)],
    "orders of nobody": lambda: [order(1, **NOBODY), order(2, **NOBODY)],
    "an order worth nothing": lambda: [order(1, **WORTHLESS)],
    "a present": lambda: [order(1, line_items=[line_item(1, discount_allocations=GIVEN, tax_lines=[])])],
    "an order without lines": lambda: [order(1, line_items=[], current_total_price="0.00")],
    "a cancelled order": lambda: [order(1, cancelled_at="2026-11-20T12:00:00Z", financial_status="voided")],
    "a gift card": lambda: [gift_card_only()],
    "only a refund": only_a_refund_in_reach,
}


@pytest.fixture(params=ORDERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A shop with few orders, one customer and one product; or with nothing at all."""
    store = Store.create(tmp_path / "store.db", SHOP)
    if request.param != "nothing":
        store.put("customers", [customer(1)])
        store.put("products", [product(1)])
    store.put("orders", ORDERS[request.param]())
    return store


def test_every_report_answers(store: Store, tmp_path: Path) -> None:
    with loaded(store, tmp_path) as shop:
        accounts = Accounts(shop.books)
        for query in (
            Query(TODAY),
            Query(TODAY).last_days(30),
            Query(TODAY, start="2024-01-01", end="2024-12-31"),
        ):
            for report, expected in REPORTS.items():
                found = run_report(shop.db, report, **asdict(query))
                assert differences(found, expected(accounts, query), report) == []
            for dimension in BREAKDOWNS:
                asked = replace(query, dimension=dimension)
                found = run_report(shop.db, "breakdown", **asdict(asked))
                assert differences(found, REPORTS["breakdown"](accounts, asked), dimension) == []


def test_the_summary_has_everything(store: Store, tmp_path: Path) -> None:
    with loaded(store, tmp_path) as shop:
        found = {key: value for key, value in compute_summary(shop.db, 10).items() if key not in OF_SYNCS}
        sources = shop.books.traffic_sources
        assert differences(found, expected_summary(store, TODAY, traffic_sources=sources)) == []
