"""Shopify's own Python client finds the demo store to be a Shopify store.

https://github.com/Shopify/shopify_python_api
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyactiveresource.connection
import pytest
import shopify
from demo_store.api.auth import DEMO_TOKEN
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.state import Store

from tests.demo_store.records import SHOP, customer, order, product, timestamp

Connect = Callable[..., None]


@pytest.fixture
def connect(server: DemoServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Point the client to the demo store; only scheme and host of its requests differ from real ones."""

    def connect(token: str = DEMO_TOKEN, version: str = "2026-10") -> None:
        session = shopify.Session("kiln-and-co", version, token)
        session.protocol = "http"
        session.url = server.url.removeprefix("http://")
        shopify.ShopifyResource.activate_session(session)

    yield connect
    shopify.ShopifyResource.clear_session()


@pytest.fixture
def full(store: Store) -> Store:
    """A store with 23 products, 24 customers and 25 orders, 5 of them closed."""
    store.put("products", [product(number) for number in range(1, 24)])
    store.put("customers", [customer(number) for number in range(1, 25)])
    store.put("orders", [order(number) for number in range(1, 21)])
    store.put("orders", [order(number, closed_at=timestamp(99)) for number in range(21, 26)])
    return store


def all_pages(page: Any) -> list[list[int]]:
    """Return the record numbers page by page, as the client follows them."""
    pages = [[record.id % 1_000_000 for record in page]]
    while page.has_next_page():
        page = page.next_page()
        pages.append([record.id % 1_000_000 for record in page])
    return pages


def test_it_reads_the_shop(connect: Connect) -> None:
    connect()
    shop = shopify.Shop.current()
    assert (shop.name, shop.currency, shop.iana_timezone) == (
        SHOP["name"],
        SHOP["currency"],
        SHOP["iana_timezone"],
    )


def test_it_pages_through_products_customers_and_orders(connect: Connect, full: Store) -> None:
    connect()
    products = all_pages(shopify.Product.find(limit=10))
    customers = all_pages(shopify.Customer.find(limit=10, updated_at_min=timestamp(5)))
    orders = all_pages(shopify.Order.find(limit=10, status="any", order="updated_at asc"))
    assert products == [list(range(1, 11)), list(range(11, 21)), list(range(21, 24))]
    assert customers == [list(range(24, 14, -1)), list(range(14, 4, -1))]
    assert orders == [list(range(1, 11)), list(range(11, 21)), list(range(21, 26))]


def test_it_pages_back(connect: Connect, full: Store) -> None:
    connect()
    last = shopify.Order.find(limit=10, status="any").next_page(no_cache=True).next_page(no_cache=True)
    middle = last.previous_page(no_cache=True)
    assert [record.id % 1_000_000 for record in middle] == list(range(15, 5, -1))
    assert middle.has_previous_page()
    assert middle.has_next_page()
    assert not middle.previous_page(no_cache=True).has_previous_page()


def test_it_iterates_over_pages(connect: Connect, full: Store) -> None:
    connect()
    pages = shopify.PaginatedIterator(shopify.Customer.find(limit=7))
    assert [len(list(page)) for page in pages] == [7, 7, 7, 3]


def test_it_counts(connect: Connect, full: Store) -> None:
    connect()
    counts = [shopify.Product.count(), shopify.Customer.count(), shopify.Order.count()]
    assert [*counts, shopify.Order.count(status="any")] == [23, 24, 20, 25]


def test_it_reads_nested_records(connect: Connect, full: Store) -> None:
    connect()
    found = shopify.Order.find(order(7)["id"])
    assert (found.name, found.total_price, found.customer.email) == (
        "#1007",
        "24.50",
        "customer7@example.org",
    )
    assert [line.sku for line in found.line_items] == ["MUG-7"]
    variants = shopify.Variant.find(product_id=product(3)["id"])
    assert [(variant.sku, variant.price) for variant in variants] == [("MUG-3", "24.50")]


def test_it_reads_granted_scopes(connect: Connect) -> None:
    connect()
    handles = [scope.handle for scope in shopify.AccessScope.find()]
    assert handles == ["read_all_orders", "read_customers", "read_orders", "read_products"]


def test_it_reads_the_events_of_deleted_products(connect: Connect, full: Store, clock: ManualClock) -> None:
    full.delete("products", product(9)["id"], clock.now())
    connect()
    (event,) = shopify.Event.find(filter="Product", verb="destroy")
    assert (event.subject_id, event.verb) == (product(9)["id"], "destroy")


def test_it_is_told_of_a_wrong_token(connect: Connect) -> None:
    connect(token="wrong")
    with pytest.raises(pyactiveresource.connection.UnauthorizedAccess) as caught:
        shopify.Shop.current()
    assert caught.value.code == 401


def test_it_is_told_of_a_missing_scope(connect: Connect, server: DemoServer) -> None:
    server.faults.withdrawn_scopes = ["read_orders"]
    connect()
    with pytest.raises(pyactiveresource.connection.ForbiddenAccess) as caught:
        shopify.Order.find()
    assert b"merchant approval for read_orders scope" in caught.value.response.body


def test_it_is_told_of_a_missing_record_or_version(connect: Connect) -> None:
    connect()
    with pytest.raises(pyactiveresource.connection.ResourceNotFound):
        shopify.Product.find(1)
    connect(version="2026-02")
    with pytest.raises(pyactiveresource.connection.ResourceNotFound):
        shopify.Shop.current()


def test_it_is_told_of_a_bad_request(connect: Connect) -> None:
    connect()
    with pytest.raises(pyactiveresource.connection.BadRequest) as caught:
        shopify.Product.find(limit=251)
    assert caught.value.response.body == b'{"errors":{"limit":"must be between 1 and 250"}}'
