"""Addresses, versions, headers, single records, counts, variants and events."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from demo_store.clock import ManualClock
from demo_store.state import Store

from tests.demo_store.client import Client
from tests.demo_store.records import (
    FIRST_PRODUCT_ID,
    FIRST_VARIANT_ID,
    SHOP,
    customer,
    order,
    product,
    variant,
)

NOT_FOUND = {"errors": "Not Found"}


def test_the_shop_is_described(client: Client) -> None:
    assert client.get("shop.json").json() == {"shop": SHOP}


def test_an_answer_has_the_headers_that_shopify_sends(client: Client) -> None:
    headers = client.get("orders.json").headers
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers.pop("X-Request-Id"))
    assert dict(headers) == {
        "Date": "Sun, 22 Nov 2026 12:00:00 GMT",
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": "13",
        "X-Shopify-API-Version": "2026-10",
    }


def test_the_date_is_the_shops_in_whole_seconds(client: Client, clock: ManualClock) -> None:
    clock.advance(timedelta(hours=36, milliseconds=999))
    assert client.get("shop.json").headers["Date"] == "Tue, 24 Nov 2026 00:00:00 GMT"


def test_products_are_marked_as_deprecated(client: Client) -> None:
    reason = "https://shopify.dev/api/admin-rest/latest/resources/product"
    assert client.get("products/count.json").headers["X-Shopify-API-Deprecated-Reason"] == reason
    assert "X-Shopify-API-Deprecated-Reason" not in client.get("customers.json").headers


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("2019-04", "2026-01"),
        ("2025-10", "2026-01"),
        ("2026-01", "2026-01"),
        ("2026-07", "2026-07"),
        ("2026-10", "2026-10"),
        ("2027-01", "2027-01"),
        ("unstable", "unstable"),
    ],
)
def test_an_expired_version_falls_forward_to_the_oldest_supported(
    client: Client, asked: str, served: str
) -> None:
    answer = client.get(f"/admin/api/{asked}/shop.json")
    assert (answer.status_code, answer.headers["X-Shopify-API-Version"]) == (200, served)


@pytest.mark.parametrize("version", ["2026-09", "2019-01", "2027-04", "2030-01", "v2", "20261-0"])
def test_a_version_that_never_was_is_not_found(client: Client, version: str) -> None:
    answer = client.get(f"/admin/api/{version}/shop.json")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
    assert "X-Shopify-API-Version" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/admin",
        "/admin/api/2026-10/orders",
        "draft_orders.json",
        "events/count.json",
        "events/1.json",
        "orders/1/variants.json",
        "orders/1.json",
        "customers/1.json",
        "products/1.json",
        "products/1/variants.json",
    ],
)
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_nothing_can_be_written(client: Client) -> None:
    answer = client.post("/admin/api/2026-10/orders.json", json={"order": {}})
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_a_single_record_comes_whole_or_by_fields(client: Client, store: Store) -> None:
    store.put("products", [product(1)])
    store.put("customers", [customer(1)])
    store.put("orders", [order(1), order(2)])
    assert client.get("orders/7100000000002.json").json() == {"order": order(2)}
    assert client.get("customers/8200000000001.json").json() == {"customer": customer(1)}
    assert client.get("products/9100000000001.json").json() == {"product": product(1)}
    name_only = client.get("orders/7100000000002.json", fields="name,unknown")
    assert name_only.json() == {"order": {"name": "#1002"}}


@pytest.mark.parametrize("an_id", ["abc", "%231006", "1e3", "-1"])
def test_an_id_that_is_no_number_is_refused(client: Client, an_id: str) -> None:
    answer = client.get(f"orders/{an_id}.json")
    assert (answer.status_code, answer.json()) == (400, {"errors": {"id": "expected String to be a id"}})


def test_counts_take_the_filters_of_lists(client: Client, store: Store) -> None:
    store.put("orders", [order(1), order(2, closed_at="2026-11-21T09:00:00+01:00"), order(3)])
    store.put("customers", [customer(1), customer(2)])
    store.put("products", [product(1)])
    assert client.get("orders/count.json").json() == {"count": 2}
    assert client.get("orders/count.json", status="any").json() == {"count": 3}
    since = {"updated_at_min": "2026-11-20T00:02:00+01:00"}
    assert client.get("orders/count.json", status="any", **since).json() == {"count": 2}
    assert client.get("customers/count.json", **since).json() == {"count": 1}
    assert client.get("products/count.json", **since).json() == {"count": 0}


def test_variants_of_a_product_are_listed_in_pages(client: Client, store: Store) -> None:
    product_id = FIRST_PRODUCT_ID + 1
    variants = [variant(number, product_id) for number in range(1, 6)]
    store.put("products", [product(1, variants=variants)])
    path = f"products/{product_id}/variants.json"
    assert client.get(path).json() == {"variants": variants}
    assert client.get(path, since_id=FIRST_VARIANT_ID + 3, fields="id").json() == {
        "variants": [{"id": FIRST_VARIANT_ID + 4}, {"id": FIRST_VARIANT_ID + 5}]
    }
    second = client.follow(client.get(path, limit=2).links["next"]["url"])
    third = client.follow(second.links["next"]["url"])
    assert (second.json()["variants"], third.json()["variants"]) == (variants[2:4], variants[4:])
    assert client.follow(third.links["previous"]["url"]).json()["variants"] == variants[2:4]
    assert "next" not in third.links


def test_a_deleted_product_leaves_an_event(client: Client, store: Store) -> None:
    store.put("products", [product(number) for number in (1, 2, 3)])
    store.put("customers", [customer(1)])
    for minute, number in ((0, 2), (5, 1)):
        store.delete("products", FIRST_PRODUCT_ID + number, datetime(2026, 11, 22, 10, minute, tzinfo=UTC))
    store.delete("customers", customer(1)["id"], datetime(2026, 11, 22, 10, tzinfo=UTC))
    first, second = client.get("events.json", filter="Product", verb="destroy").json()["events"]
    assert first == {
        "id": 1000000000001,
        "subject_id": FIRST_PRODUCT_ID + 2,
        "created_at": "2026-11-22T11:00:00+01:00",
        "subject_type": "Product",
        "verb": "destroy",
        "arguments": ["Mug 002"],
        "body": None,
        "message": "Product was deleted: Mug 002.",
        "author": "Shopify",
        "description": "Product was deleted: Mug 002.",
        "path": f"/admin/products/{FIRST_PRODUCT_ID + 2}",
    }
    for only_second in (
        {"since_id": first["id"]},
        {"created_at_min": "2026-11-22T10:00:01Z"},
        {"created_at_min": "2026-11-22T10:05:00Z", "created_at_max": "2026-11-22T10:05:00Z"},
    ):
        assert client.get("events.json", **only_second).json() == {"events": [second]}
    for nothing in ({"filter": "Order"}, {"verb": "create"}, {"created_at_max": "2026-11-22T09:59:59Z"}):
        assert client.get("events.json", **nothing).json() == {"events": []}
    assert 'rel="next"' in client.get("events.json", limit=1).headers["Link"]
    assert client.ids("products") == [3]
    assert client.get("customers/count.json").json() == {"count": 0}
