"""Which records a list holds, and in which order."""

from __future__ import annotations

from typing import Any

import pytest
from demo_store.state import Store

from tests.demo_store.client import Client
from tests.demo_store.records import (
    FIRST_CUSTOMER_ID,
    FIRST_ORDER_ID,
    FIRST_PRODUCT_ID,
    customer,
    order,
    product,
    timestamp,
)

LATER = "2026-11-21T09:00:00+01:00"


def test_a_list_holds_whole_records(client: Client, store: Store) -> None:
    records = [order(number, note='"Ω", 改行\n=1') for number in (1, 2)]
    store.put("orders", records)
    assert client.get("orders.json", order="id asc").json() == {"orders": records}


def test_fields_are_all_that_is_sent(client: Client, store: Store) -> None:
    store.put("orders", [order(1)])
    expected = {"orders": [{"id": FIRST_ORDER_ID + 1, "note": None}]}
    assert client.get("orders.json", fields="id, note,unknown").json() == expected


def test_orders_are_open_ones_unless_asked_otherwise(client: Client, store: Store) -> None:
    store.put(
        "orders",
        [order(1), order(2, closed_at=LATER), order(3, closed_at=LATER, cancelled_at=LATER), order(4)],
    )
    assert client.ids("orders") == [4, 1]
    assert client.ids("orders", status="open") == [4, 1]
    assert client.ids("orders", status="closed") == [2]
    assert client.ids("orders", status="cancelled") == [3]
    assert client.ids("orders", status="any") == [4, 3, 2, 1]


def test_products_come_by_title_customers_and_orders_newest_first(client: Client, store: Store) -> None:
    store.put("products", [product(1, title="B"), product(2, title="A"), product(3, title="A")])
    store.put("customers", [customer(2), customer(1, updated_at=LATER), customer(3)])
    store.put("orders", [order(1, processed_at=timestamp(9)), order(2), order(3, updated_at=LATER)])
    assert client.ids("products") == [2, 3, 1]
    assert client.ids("customers") == [3, 2, 1]
    assert client.ids("orders") == [1, 3, 2]


@pytest.mark.parametrize(
    ("sorting", "expected"),
    [
        ("updated_at asc", [2, 3, 1]),
        ("updated_at desc", [1, 3, 2]),
        ("updated_at DESC", [1, 3, 2]),
        ("created_at", [1, 2, 3]),
        ("processed_at asc", [3, 1, 2]),
        ("id desc", [3, 2, 1]),
    ],
)
def test_a_list_is_ordered_as_asked(client: Client, store: Store, sorting: str, expected: list[int]) -> None:
    store.put("orders", [order(1, updated_at=LATER), order(2), order(3, processed_at=timestamp(0))])
    assert client.ids("orders", order=sorting) == expected


def test_bounds_are_inclusive_and_read_in_any_offset(client: Client, store: Store) -> None:
    store.put("orders", [order(number) for number in range(60, 65)])
    bounds = {"updated_at_min": "2026-11-20T01:01:00+01:00", "updated_at_max": "2026-11-20T00:03:00Z"}
    assert client.ids("orders", **bounds) == [63, 62, 61]
    assert client.ids("orders", created_at_max="2026-11-20T01:01:00") == [61, 60]
    assert client.ids("orders", processed_at_min="2026-11-20T01:03:30+01:00") == [64]
    assert client.ids("orders", created_at_min="2026-11-20", updated_at_max="2026-11-20") == []


@pytest.mark.parametrize("resource", ["products", "customers"])
def test_products_and_customers_are_found_by_their_times(client: Client, store: Store, resource: str) -> None:
    make = product if resource == "products" else customer
    store.put(resource, [make(1), make(2), make(3, updated_at=LATER)])
    by_id: dict[str, Any] = {"order": "id"}
    assert client.ids(resource, created_at_min=timestamp(2), **by_id) == [2, 3]
    assert client.ids(resource, updated_at_max=timestamp(2), **by_id) == [1, 2]
    assert client.ids(resource, updated_at_min=timestamp(2), created_at_max=timestamp(2)) == [2]


def test_published_products_are_found_by_when(client: Client, store: Store) -> None:
    store.put("products", [product(1), product(2), product(3, published_at=None)])
    assert client.ids("products", published_at_min=timestamp(2)) == [2]
    assert client.ids("products", published_at_max=timestamp(2)) == [1, 2]


def test_since_id_orders_by_id_whatever_else_is_asked(client: Client, store: Store) -> None:
    store.put("orders", [order(number) for number in range(1, 6)])
    last = FIRST_ORDER_ID + 2
    assert client.ids("orders", since_id=last) == [3, 4, 5]
    assert client.ids("orders", since_id=last, order="updated_at desc", limit=2) == [3, 4]
    assert client.ids("orders", since_id=0, updated_at_max=timestamp(2)) == [1, 2]


def test_ids_choose_records_in_the_order_of_the_list(client: Client, store: Store) -> None:
    store.put("customers", [customer(number) for number in range(1, 5)])
    ids = f"{FIRST_CUSTOMER_ID + 1},{FIRST_CUSTOMER_ID + 4}, {FIRST_CUSTOMER_ID + 99}"
    assert client.ids("customers", ids=ids) == [4, 1]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"financial_status": "paid"}, [1, 2, 3]),
        ({"financial_status": "unpaid"}, [4, 5]),
        ({"financial_status": "refunded"}, [6]),
        ({"financial_status": "any"}, [1, 2, 3, 4, 5, 6]),
        ({"fulfillment_status": "shipped"}, [2]),
        ({"fulfillment_status": "partial"}, [3]),
        ({"fulfillment_status": "unshipped"}, [1, 4, 5, 6]),
        ({"fulfillment_status": "unfulfilled"}, [1, 3, 4, 5, 6]),
        ({"fulfillment_status": "unshipped", "financial_status": "paid"}, [1]),
        ({"name": "#1003"}, [3]),
        ({"unknown": "parameter"}, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_orders_are_found_by_state_and_name(
    client: Client, store: Store, filters: dict[str, str], expected: list[int]
) -> None:
    store.put(
        "orders",
        [
            order(1),
            order(2, fulfillment_status="fulfilled"),
            order(3, fulfillment_status="partial"),
            order(4, financial_status="authorized"),
            order(5, financial_status="partially_paid"),
            order(6, financial_status="refunded"),
        ],
    )
    assert client.ids("orders", order="id", **filters) == expected


def test_products_are_found_by_what_describes_them(client: Client, store: Store) -> None:
    store.put(
        "products",
        [product(1), product(2, status="draft", vendor="Other"), product(3, status="archived", title="Bowl")],
    )
    assert client.ids("products", status="draft,archived") == [3, 2]
    assert client.ids("products", vendor="Other") == [2]
    assert client.ids("products", title="Bowl") == [3]
    assert client.ids("products", handle="mug-1") == [1]
    assert client.ids("products", product_type="Bowls") == []


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("limit", "0", "must be between 1 and 250"),
        ("limit", "251", "must be between 1 and 250"),
        ("limit", "many", "must be between 1 and 250"),
        ("limit", "", "must be between 1 and 250"),
        ("updated_at_min", "yesterday", "Invalid value."),
        ("created_at_max", "2026-11-20T23:41:07 01:00", "Invalid value."),
        ("processed_at_min", "", "Invalid value."),
        ("since_id", "#1001", "expected String to be a id"),
        ("ids", "1,x", "expected String to be a id"),
        ("order", "total_price desc", "Invalid value."),
        ("order", "id; DROP TABLE orders", "Invalid value."),
        ("status", "done", "Invalid value."),
        ("financial_status", "broke", "Invalid value."),
        (
            "page",
            "2",
            "page cannot be passed. See https://shopify.dev/api/usage/pagination-rest for more information.",
        ),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(
    client: Client, parameter: str, value: str, message: str
) -> None:
    answer = client.get("orders.json", **{parameter: value})
    assert (answer.status_code, answer.json()) == (400, {"errors": {parameter: message}})


def test_a_limit_is_50_unless_asked_otherwise_and_up_to_250(client: Client, store: Store) -> None:
    store.put("products", [product(number) for number in range(1, 253)])
    assert len(client.ids("products")) == 50
    assert len(client.ids("products", limit=1)) == 1
    assert len(client.ids("products", limit=250)) == 250
    assert FIRST_PRODUCT_ID + 252 in store.ids("products")
