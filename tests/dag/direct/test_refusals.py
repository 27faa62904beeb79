"""What the first task refuses is said at once, changes nothing, and is forgotten by the next good run."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from demo_store.api.auth import DEMO_CLIENT_ID
from demo_store.api.server import DemoServer

from tests.dag.refusals import (
    BAD_TOKEN,
    CONN,
    SHOP_PATH,
    assert_next_run_makes_all_right,
    refused,
)
from tests.dag.running import Sync, connection
from tests.dag.shop import Shop
from tests.hooks.scripted_store import Reply, ScriptedStore

TOKEN_PATH = "/admin/oauth/access_token"


def test_a_wrong_token_is_refused(sync: Sync, server: DemoServer, shop: Shop) -> None:
    sync.connection = connection(server, password="not-the-token")
    assert refused(sync) == (
        f"{server.url} answered 401 to GET {SHOP_PATH}: {BAD_TOKEN}. "
        f"Renew the access token (password) of connection {CONN}, or in .env if that names the store."
    )
    sync.connection = connection(server)
    assert_next_run_makes_all_right(sync, shop)


def test_a_wrong_client_secret_is_refused(sync: Sync, server: DemoServer, shop: Shop) -> None:
    sync.connection = connection(server, login=DEMO_CLIENT_ID, password="not-the-secret")
    assert refused(sync) == (
        f"{server.url} answered 400 to POST {TOKEN_PATH}: 400 - Oauth error invalid_request. "
        f"Check the client secret (password): connection {CONN}."
    )
    sync.connection = connection(server)
    assert_next_run_makes_all_right(sync, shop)


def test_a_missing_scope_is_named(sync: Sync, server: DemoServer, shop: Shop) -> None:
    server.faults.withdrawn_scopes = ["read_orders", "read_customers"]
    assert refused(sync) == (
        "The token of connection shopify_default lacks the scope read_customers, read_orders: add it to the "
        "app in Shopify, have the merchant approve it, and renew the token"
    )
    server.faults.withdrawn_scopes = []
    assert_next_run_makes_all_right(sync, shop)


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        (
            "locked",
            (
                f"423 to GET {SHOP_PATH}: This shop is unavailable. "
                f"The store is locked: its owner has to contact Shopify; the connection is {CONN}."
            ),
        ),
        (
            "frozen",
            (
                f"402 to GET {SHOP_PATH}: This shop's plan does not have access to this feature. "
                f"The store is frozen for an unpaid bill: its owner has to pay; the connection is {CONN}."
            ),
        ),
    ],
)
def test_a_locked_or_frozen_shop_is_refused_with_advice(
    sync: Sync, server: DemoServer, shop: Shop, state: str, answer: str
) -> None:
    server.faults.shop = state
    assert refused(sync) == f"{server.url} answered {answer}"
    server.faults.shop = "open"
    assert_next_run_makes_all_right(sync, shop)


def test_an_unknown_host_is_refused(
    sync: Sync, server: DemoServer, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = socket.getaddrinfo

    def without_the_store(host: str, *args: Any, **kwargs: Any) -> Any:
        if host == "no-such-store.myshopify.com":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", without_the_store)
    sync.connection = connection(server, host="no-such-store")
    assert refused(sync) == (
        "https://no-such-store.myshopify.com has no address: there is no such name. "
        f"Check the host of connection {CONN}."
    )
    sync.connection = connection(server)
    assert_next_run_makes_all_right(sync, shop)


def test_a_host_that_is_no_address_is_refused(sync: Sync, server: DemoServer, shop: Shop) -> None:
    sync.connection = connection(server, host="not a host")
    assert refused(sync) == (
        f"The host of connection {CONN} is 'not a host'. Set it to your-store, to your-store.myshopify.com "
        "or to a base URL such as http://127.0.0.1:8000."
    )
    sync.connection = connection(server)
    assert_next_run_makes_all_right(sync, shop)


def test_a_wrong_store_name_is_refused(sync: Sync, server: DemoServer, shop: Shop) -> None:
    with ScriptedStore() as no_such_store:
        no_such_store.script = [Reply(404, "<title>Create an Ecommerce Website and Sell Online!</title>")]
        sync.connection = connection(server, host=no_such_store.url)
        assert refused(sync) == (
            f"{no_such_store.url} answered 404 to GET {SHOP_PATH}: Create an Ecommerce Website and Sell "
            f"Online!. Check the store name in the host of connection {CONN} and the Variable "
            "shopify_api_version."
        )
        assert len(no_such_store.received) == 1
    sync.connection = connection(server)
    assert_next_run_makes_all_right(sync, shop)


def test_an_api_version_that_shopify_does_not_know_is_refused(
    sync: Sync, server: DemoServer, shop: Shop
) -> None:
    sync.variables["shopify_api_version"] = "2031-01"
    assert refused(sync) == (
        f"{server.url} answered 404 to GET /admin/api/2031-01/shop.json: Not Found. "
        f"Check the store name in the host of connection {CONN} and the Variable shopify_api_version."
    )
    del sync.variables["shopify_api_version"]
    assert_next_run_makes_all_right(sync, shop)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("shopify_page_size", "0", "a whole number from 1 to 250"),
        ("shopify_page_size", "251", "a whole number from 1 to 250"),
        ("shopify_api_version", "2026-13", "a version of Shopify's Admin API such as 2026-10"),
    ],
)
def test_a_variable_that_cannot_be_used_is_refused(
    sync: Sync, server: DemoServer, shop: Shop, *, name: str, value: str, allowed: str
) -> None:
    sync.variables[name] = value
    assert refused(sync) == f"Variable {name} is {value!r}: set it to {allowed}"
    assert server.requests.total == 0
    del sync.variables[name]
    assert_next_run_makes_all_right(sync, shop)


def test_an_unknown_key_in_the_conf_is_refused(sync: Sync, server: DemoServer, shop: Shop) -> None:
    reason = "The run's conf has the unknown key fullsync: use full_sync, push_to_sheets"
    assert refused(sync, {"fullsync": True}) == reason
    assert server.requests.total == 0
    assert_next_run_makes_all_right(sync, shop)
