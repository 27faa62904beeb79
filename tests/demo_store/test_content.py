"""The default store: twenty months of a shop's orders, customers and products."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from demo_store.shop import life
from demo_store.shop.catalog import GIFT_CARD_TYPE
from demo_store.state import Condition

from tests.demo_store.order_arithmetic import check_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo_store.state import Store

NOW = datetime(2026, 11, 22, 22, 0, 5, tzinfo=UTC)


def records(store: Store, resource: str) -> list[dict[str, Any]]:
    return [json.loads(row.body) for row in store.select(resource, [Condition("id", ">", 0)], limit=10**6)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = life.open_shop(tmp_path_factory.mktemp("content") / "store.db", now=NOW)
    yield store
    store.close()


@pytest.fixture(scope="module")
def orders(shop: Store) -> list[dict[str, Any]]:
    return records(shop, "orders")


@pytest.fixture(scope="module")
def customers(shop: Store) -> list[dict[str, Any]]:
    return records(shop, "customers")


@pytest.fixture(scope="module")
def products(shop: Store) -> list[dict[str, Any]]:
    return records(shop, "products")


def test_every_order_adds_up(orders: list[dict[str, Any]]) -> None:
    assert [problem for order in orders for problem in check_order(order)] == []


@pytest.mark.parametrize("field", ["total_price", "current_total_price", "total_tax", "total_discounts"])
def test_a_wrong_cent_would_be_noticed(orders: list[dict[str, Any]], field: str) -> None:
    wrong = {**orders[0], field: f"{Decimal(orders[0][field]) + Decimal('0.01'):.2f}"}
    assert f"{orders[0]['name']}: {field}" in check_order(wrong)


def test_the_history_has_about_three_thousand_orders_from_the_first_of_a_month(
    orders: list[dict[str, Any]],
) -> None:
    assert 2800 <= len(orders) <= 3200
    assert min(order["created_at"] for order in orders).startswith("2025-03-01")
    assert max(order["created_at"] for order in orders).startswith("2026-11-22")
    assert [order["order_number"] for order in orders] == list(range(1001, 1001 + len(orders)))


def test_nothing_is_dated_after_now(
    orders: list[dict[str, Any]], customers: list[dict[str, Any]], products: list[dict[str, Any]]
) -> None:
    for record in orders + customers + products:
        assert (
            datetime.fromisoformat(record["created_at"])
            <= datetime.fromisoformat(record["updated_at"])
            <= NOW
        )
        assert re.search(r"T\d\d:\d\d:\d\d\+0[12]:00$", record["updated_at"])


def test_the_shop_grows_and_has_seasons_and_hours(orders: list[dict[str, Any]]) -> None:
    months = Counter(order["processed_at"][:7] for order in orders)
    hours = Counter(int(order["processed_at"][11:13]) for order in orders)
    assert months["2026-10"] > 1.5 * months["2025-10"]
    assert months["2025-12"] > 1.4 * months["2026-01"]
    assert months["2026-07"] < months["2026-05"]
    assert sum(hours[hour] for hour in (19, 20, 21, 22)) > 8 * sum(hours[hour] for hour in (2, 3, 4, 5))


SHARES_IN_PER_CENT = {
    "web": (75, 90),
    "pos": (5, 15),
    "shopify_draft_order": (3, 10),
    "test": (0.2, 2),
    "cancelled": (1.5, 6),
    "guest": (8, 18),
    "anonymous": (3, 9),
    "customer without e-mail": (1, 7),
    "refunded": (8, 18),
    "several refunds": (0.2, 3),
    "refund without lines": (0.7, 4),
    "shipping refunded": (1.5, 6),
    "discrepancy": (1, 5),
    "tip": (1, 5),
    "duties": (1, 5),
    "edited": (1.5, 6),
    "shipping replaced": (0.1, 2),
    "discount code": (10, 30),
    "several discounts": (1, 10),
    "shipping discount": (1, 6),
    "line discount": (1, 8),
    "gift card sold": (1, 6),
    "only a gift card": (0.5, 5),
    "paid by gift card": (1, 6),
    "custom line": (2, 10),
    "deleted product": (2, 30),
    "several taxes": (1, 10),
    "tax not included": (10, 35),
    "in pounds": (3, 12),
    "in dollars": (2, 10),
    "several shipments": (2, 12),
    "shipment cancelled": (0.3, 3),
    "outstanding": (0.2, 4),
}


def kinds_of(order: dict[str, Any]) -> list[str]:
    lines, refunds = order["line_items"], order["refunds"]
    adjustments = [adjustment["kind"] for refund in refunds for adjustment in refund["order_adjustments"]]
    is_kind = {
        order["source_name"]: True,
        "test": order["test"],
        "cancelled": order["cancelled_at"],
        "guest": order["customer"] is None and order["email"],
        "anonymous": order["customer"] is None and not order["email"],
        "customer without e-mail": order["customer"] and not order["email"],
        "refunded": refunds,
        "several refunds": len(refunds) > 1,
        "refund without lines": any(not refund["refund_line_items"] for refund in refunds),
        "shipping refunded": any(refund["refund_shipping_lines"] for refund in refunds),
        "discrepancy": "refund_discrepancy" in adjustments,
        "tip": order["total_tip_received"] != "0.00",
        "duties": order["original_total_duties_set"],
        "edited": "edited" in order["tags"],
        "shipping replaced": any(line["is_removed"] for line in order["shipping_lines"]),
        "discount code": order["discount_codes"],
        "several discounts": len(order["discount_applications"]) > 1,
        "shipping discount": any(line["discount_allocations"] for line in order["shipping_lines"]),
        "line discount": any(line["total_discount"] != "0.00" for line in lines),
        "gift card sold": any(line["gift_card"] for line in lines),
        "only a gift card": all(line["gift_card"] for line in lines),
        "paid by gift card": "gift_card" in order["payment_gateway_names"],
        "custom line": any(not line["product_exists"] and line["vendor"] is None for line in lines),
        "deleted product": any(not line["product_exists"] and line["vendor"] for line in lines),
        "several taxes": any(len(line["tax_lines"]) > 1 for line in lines),
        "tax not included": not order["taxes_included"],
        "in pounds": order["presentment_currency"] == "GBP",
        "in dollars": order["presentment_currency"] == "USD",
        "several shipments": len(order["fulfillments"]) > 1,
        "shipment cancelled": any(shipment["status"] == "cancelled" for shipment in order["fulfillments"]),
        "outstanding": order["total_outstanding"] != "0.00",
    }
    return [kind for kind, applies in is_kind.items() if applies]


def test_the_store_has_every_kind_of_order_in_a_believable_share(orders: list[dict[str, Any]]) -> None:
    counts = Counter(kind for order in orders for kind in kinds_of(order))
    shares = {kind: 100 * counts[kind] / len(orders) for kind in SHARES_IN_PER_CENT}
    wrong = {kind: share for kind, share in shares.items() if not _within(share, SHARES_IN_PER_CENT[kind])}
    assert wrong == {}


def _within(share: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= share <= bounds[1]


def test_the_store_has_every_financial_status_and_cancel_reason(orders: list[dict[str, Any]]) -> None:
    assert {order["financial_status"] for order in orders} >= {
        "pending",
        "partially_paid",
        "paid",
        "partially_refunded",
        "refunded",
        "voided",
    }
    reasons = {order["cancel_reason"] for order in orders if order["cancelled_at"]}
    assert reasons == {"customer", "inventory", "fraud", "declined", "other"}


def test_a_customers_totals_are_those_of_the_orders(
    orders: list[dict[str, Any]], customers: list[dict[str, Any]]
) -> None:
    count: Counter[int] = Counter()
    spent: defaultdict[int, Decimal] = defaultdict(Decimal)
    for order in orders:
        if order["customer"]:
            buyer = order["customer"]["id"]
            count[buyer] += 1
            spent[buyer] += Decimal(order["current_total_price"]) - Decimal(order["total_outstanding"])
            for refund in order["refunds"]:
                for adjustment in refund["order_adjustments"]:
                    if adjustment["kind"] == "refund_discrepancy":
                        spent[buyer] += Decimal(adjustment["amount"])
    for customer in customers:
        assert customer["orders_count"] == count[customer["id"]]
        assert Decimal(customer["total_spent"]) == spent[customer["id"]]
    assert set(count) <= {customer["id"] for customer in customers}


def test_some_buyers_are_loyal_and_some_never_order(
    orders: list[dict[str, Any]], customers: list[dict[str, Any]]
) -> None:
    counts = Counter(min(customer["orders_count"], 5) for customer in customers)
    guests = Counter(order["email"] for order in orders if order["customer"] is None and order["email"])
    assert counts[0] > 0.1 * len(customers)
    assert counts[1] > counts[2] > counts[3]
    assert counts[5] > 20
    assert max(guests.values()) > 1
    assert any(customer["email"] is None and customer["phone"] for customer in customers)
    assert any(customer["email"] is None and customer["phone"] is None for customer in customers)


def test_people_cannot_be_reached(orders: list[dict[str, Any]], customers: list[dict[str, Any]]) -> None:
    """Reserved for examples and fiction: RFC 2606, RFC 5737 and the ranges that regulators keep."""
    phone_number = r"\+(493023125\d{3}|33199\d{6}|447700900\d{3}|1202555\d{4}|1604555\d{4})"
    for person in [*customers, *orders]:
        assert person["email"] is None or re.fullmatch(r"[a-z0-9.]+@example\.(org|com|net)", person["email"])
        assert person["phone"] is None or re.fullmatch(phone_number, person["phone"])
    addresses = {order["browser_ip"] for order in orders if "browser_ip" in order}
    assert all(address.startswith("192.0.2.") for address in addresses)


def test_texts_are_in_many_scripts_and_break_careless_files(
    orders: list[dict[str, Any]], customers: list[dict[str, Any]], products: list[dict[str, Any]]
) -> None:
    texts = [product["title"] for product in products]
    texts += [customer["first_name"] + customer["last_name"] for customer in customers]
    texts += [line["title"] for order in orders for line in order["line_items"]]
    signs = set("".join(texts))
    scripts = {unicodedata.name(sign, "UNNAMED").split()[0] for sign in signs}
    assert {"LATIN", "GREEK", "CJK", "HIRAGANA", "ARABIC"} <= scripts
    assert {'"', ",", ";", "\n", "🏺", "é"} <= signs
    assert {"=", "+", "@", "-"} <= {text[0] for text in texts}


def test_the_assortment_is_varied(products: list[dict[str, Any]]) -> None:
    variants = [variant for product in products for variant in product["variants"]]
    assert 55 <= len(products) <= 85
    assert {product["status"] for product in products} == {"active", "draft", "archived", "unlisted"}
    assert len({product["handle"] for product in products}) == len(products)
    assert max(len(product["variants"]) for product in products) < 100
    assert any(variant["compare_at_price"] for variant in variants)
    assert {variant["sku"] for variant in variants} >= {None}
    assert len({variant["sku"] for variant in variants}) < len(variants)
    goods = [product for product in products if product["product_type"] != GIFT_CARD_TYPE]
    assert min(variant["inventory_quantity"] for product in goods for variant in product["variants"]) >= 0


def test_deleted_products_left_events_and_orders_without_their_ids(
    shop: Store, orders: list[dict[str, Any]], products: list[dict[str, Any]]
) -> None:
    deleted = {event["subject_id"] for event in records(shop, "events")}
    living = {product["id"] for product in products}
    sold = {line["product_id"] for order in orders for line in order["line_items"] if line["product_id"]}
    assert deleted
    assert deleted.isdisjoint(living)
    assert sold <= living
    for order in orders:
        for line in order["line_items"]:
            assert (
                line["product_exists"] == (line["product_id"] is not None) == (line["variant_id"] is not None)
            )
