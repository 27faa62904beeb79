"""Cursors and Link headers."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import requests
from demo_store.clock import ManualClock
from demo_store.state import Store

from tests.demo_store.client import Client
from tests.demo_store.records import FIRST_ORDER_ID, order, product, timestamp


def numbers(answer: requests.Response) -> list[int]:
    """Return the numbers of the orders or products on a page."""
    (records,) = answer.json().values()
    return [record["id"] % 1_000_000 for record in records]


def pages(client: Client, answer: requests.Response, relation: str = "next") -> Iterator[requests.Response]:
    """Yield ``answer`` and all pages that follow it."""
    yield answer
    while relation in answer.links:
        answer = client.follow(answer.links[relation]["url"])
        yield answer


def cursor(**content: Any) -> str:
    """Return ``content`` as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def test_a_list_that_fits_has_no_link(client: Client, store: Store) -> None:
    store.put("orders", [order(1), order(2)])
    assert "Link" not in client.get("orders.json", limit=2).headers


def test_a_link_is_absolute_and_says_where_it_leads(client: Client, store: Store) -> None:
    store.put("orders", [order(number) for number in range(1, 6)])
    first = client.get("orders.json", limit=2, status="any")
    page_info = first.links["next"]["url"].split("=")[-1]
    url = f"{client.url}/admin/api/2026-10/orders.json?limit=2&page_info="
    assert first.headers["Link"] == f'<{url}{page_info}>; rel="next"'
    assert json.loads(base64.b64decode(page_info + "==")) == {
        "status": "any",
        "direction": "next",
        "last_id": FIRST_ORDER_ID + 4,
        "last_value": int(datetime.fromisoformat(timestamp(4)).timestamp()),
    }
    second = client.follow(first.links["next"]["url"])
    before, after = (second.links[relation]["url"] for relation in ("previous", "next"))
    assert second.headers["Link"] == f'<{before}>; rel="previous", <{after}>; rel="next"'
    assert before.startswith(url)
    assert list(client.follow(after).links) == ["previous"]


def test_a_link_keeps_the_host_that_the_client_used(client: Client, store: Store) -> None:
    store.put("orders", [order(1), order(2)])
    headers = {"X-Shopify-Access-Token": "demo-token", "Host": "kiln-and-co.myshopify.com"}
    answer = requests.get(f"{client.url}/admin/api/2026-07/orders.json?limit=1", headers=headers, timeout=5)
    url = "http://kiln-and-co.myshopify.com/admin/api/2026-07/orders.json?limit=1&page_info="
    assert answer.links["next"]["url"].startswith(url)


@pytest.mark.parametrize(
    "sorting",
    [
        {},
        {"order": "updated_at asc"},
        {"order": "id desc"},
        {"since_id": 1},
        {"since_id": 1, "updated_at_min": timestamp(0), "updated_at_max": timestamp(100)},
    ],
)
@pytest.mark.parametrize("limit", [1, 3, 4, 250])
def test_pages_hold_every_record_once_in_both_directions(
    client: Client, store: Store, sorting: dict[str, Any], limit: int
) -> None:
    at_the_same_second = {"updated_at": timestamp(100), "processed_at": timestamp(100)}
    store.put(
        "orders", [order(number, **(at_the_same_second if number > 5 else {})) for number in range(1, 13)]
    )
    forth = list(pages(client, client.get("orders.json", limit=limit, **sorting)))
    back = list(pages(client, forth[-1], "previous"))
    whole = numbers(client.get("orders.json", **sorting))
    assert [number for page in forth for number in numbers(page)] == whole
    assert [numbers(page) for page in reversed(back)] == [numbers(page) for page in forth]
    assert len(whole) == 12


def test_filters_stay_in_force_on_later_pages(client: Client, store: Store) -> None:
    closed = {"closed_at": timestamp(900)}
    store.put("orders", [order(number, **(closed if number % 2 else {})) for number in range(1, 12)])
    first = client.get("orders.json", limit=2, status="closed", updated_at_max=timestamp(9), fields="id")
    later = list(pages(client, first))
    assert [numbers(page) for page in later] == [[9, 7], [5, 3], [1]]
    assert later[2].json() == {"orders": [{"id": FIRST_ORDER_ID + 1}]}


def test_limit_and_fields_may_change_on_the_way(client: Client, store: Store) -> None:
    store.put("orders", [order(number) for number in range(1, 8)])
    page_info = client.get("orders.json", limit=3).links["next"]["url"].split("=")[-1]
    page = client.get("orders.json", page_info=page_info, limit=1, fields="name")
    assert page.json() == {"orders": [{"name": "#1004"}]}
    assert f"orders.json?limit=1&fields=name&page_info={page_info[:9]}" in page.links["next"]["url"]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("status", "any"),
        ("updated_at_min", "2026-11-20"),
        ("order", "id"),
        ("since_id", "1"),
        ("unknown", "1"),
    ],
)
def test_a_filter_beside_a_cursor_is_refused(
    client: Client, store: Store, parameter: str, value: str
) -> None:
    store.put("orders", [order(1), order(2)])
    url = client.get("orders.json", limit=1).links["next"]["url"]
    answer = client.follow(f"{url}&{parameter}={value}")
    message = (
        f"{parameter} cannot be passed when page_info is present. "
        "See https://shopify.dev/api/usage/pagination-rest for more information."
    )
    assert (answer.status_code, answer.json()) == (400, {"errors": {parameter: message}})


@pytest.mark.parametrize(
    "page_info",
    [
        "",
        "abc",
        "é",
        cursor(direction="next", last_id=1),
        cursor(direction="up", last_id=1, last_value=1),
        cursor(direction="next", last_id="1", last_value=1),
        cursor(direction="next", last_id=1, last_value=None),
        cursor(direction="next", last_id=2**63, last_value=1),
        cursor(direction="next", last_id=1, last_value=1, status=7),
        base64.urlsafe_b64encode(b"[]").decode(),
    ],
)
def test_an_invalid_cursor_is_refused(client: Client, page_info: str) -> None:
    answer = client.get("orders.json", page_info=page_info)
    assert (answer.status_code, answer.json()) == (400, {"errors": {"page_info": "Invalid value."}})


def test_pages_do_not_shift_when_records_come_and_go(
    client: Client, store: Store, clock: ManualClock
) -> None:
    store.put("products", [product(number) for number in range(1, 7)])
    second_url = client.get("products.json", limit=2).links["next"]["url"]
    store.put("products", [product(7, title="Aardvark")])
    store.delete("products", product(2)["id"], clock.now())
    second = client.follow(second_url)
    assert numbers(second) == [3, 4]
    assert numbers(client.follow(second.links["previous"]["url"])) == [7, 1]


def test_a_record_that_changes_moves_to_its_new_place(client: Client, store: Store) -> None:
    store.put("orders", [order(number) for number in range(1, 6)])
    first = client.get("orders.json", limit=2, order="updated_at asc", updated_at_max=timestamp(50))
    store.put("orders", [order(1, updated_at=timestamp(40)), order(4, updated_at=timestamp(60))])
    later = [number for page in pages(client, first) for number in numbers(page)]
    assert later == [1, 2, 3, 5, 1]


def test_a_page_past_the_end_is_empty(client: Client, store: Store) -> None:
    store.put("orders", [order(1), order(2)])
    url = client.get("orders.json", limit=1).links["next"]["url"]
    store.put("orders", [order(1, closed_at=timestamp(9))])
    answer = client.follow(url)
    assert (answer.json(), "Link" in answer.headers) == ({"orders": []}, False)
