"""Tokens and scopes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import requests
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.state import Store

from tests.demo_store.client import Client
from tests.demo_store.records import order

INVALID_TOKEN = {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}
CREDENTIALS = {
    "grant_type": "client_credentials",
    "client_id": "demo-client",
    "client_secret": "demo-secret",
}
TOKEN_PATH = "/admin/oauth/access_token"


@pytest.mark.parametrize("token", [None, "", "wrong", "démo"])
def test_a_wrong_token_is_refused(client: Client, token: str | None) -> None:
    answer = client.get("shop.json", token=token if token is None else token.encode())  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()) == (401, INVALID_TOKEN)


def test_a_bearer_token_is_not_looked_at(server: DemoServer) -> None:
    headers = {"Authorization": "Bearer demo-token"}
    answer = requests.get(f"{server.url}/admin/api/2026-10/shop.json", headers=headers, timeout=5)
    assert (answer.status_code, answer.json()) == (401, INVALID_TOKEN)


@pytest.mark.parametrize("as_json", [False, True])
def test_client_credentials_get_a_token_for_a_day(client: Client, clock: ManualClock, as_json: bool) -> None:
    granted = client.post(TOKEN_PATH, **{"json" if as_json else "data": CREDENTIALS})
    token = granted.json().pop("access_token")
    assert granted.status_code == 200
    assert granted.json() == {
        "access_token": token,
        "scope": "read_all_orders,read_customers,read_orders,read_products",
        "expires_in": 86399,
    }
    clock.advance(timedelta(seconds=86398))
    assert client.get("shop.json", token=token).status_code == 200
    clock.advance(timedelta(seconds=1))
    assert client.get("shop.json", token=token).json() == INVALID_TOKEN


def test_a_new_token_leaves_the_last_one_valid(client: Client) -> None:
    first, second = (client.post(TOKEN_PATH, data=CREDENTIALS).json()["access_token"] for _ in range(2))
    assert first != second
    assert [client.get("shop.json", token=token).status_code for token in (first, second)] == [200, 200]


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"client_id": "nobody"}, "application_cannot_be_found", "Could not find Shopify API application."),
        (
            {"client_secret": "wrong"},
            "invalid_request",
            "The request is missing a parameter or its client secret is wrong.",
        ),
        (
            {"grant_type": "password"},
            "invalid_request",
            "The request is missing a parameter or its client secret is wrong.",
        ),
    ],
)
def test_a_refused_grant_is_an_html_page(
    client: Client, changes: dict[str, str], code: str, message: str
) -> None:
    answer = client.post(TOKEN_PATH, data=CREDENTIALS | changes)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert answer.text == (
        f"<!DOCTYPE html><html><head><title>400 - Oauth error {code}</title></head>"
        f"<body><h1>Oauth error {code}: {message}</h1></body></html>"
    )


def test_a_grant_request_that_is_no_json_object_is_refused(client: Client) -> None:
    for body in ("[]", "{"):
        answer = client.post(TOKEN_PATH, data=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, "application_cannot_be_found" in answer.text) == (400, True)


def test_an_app_that_is_not_installed_gets_no_token(client: Client, server: DemoServer) -> None:
    server.faults.oauth_error = "app_not_installed"
    answer = client.post(TOKEN_PATH, data=CREDENTIALS)
    assert "<title>400 - Oauth error app_not_installed</title>" in answer.text
    assert "app_not_installed: The application is not installed on this shop." in answer.text


def test_a_revoked_token_is_renewed(client: Client, server: DemoServer) -> None:
    token = client.post(TOKEN_PATH, data=CREDENTIALS).json()["access_token"]
    server.revoke_issued_tokens()
    assert client.get("shop.json", token=token).json() == INVALID_TOKEN
    renewed = client.post(TOKEN_PATH, data=CREDENTIALS).json()["access_token"]
    assert client.get("shop.json", token=renewed).status_code == 200
    assert client.get("shop.json").status_code == 200


def test_granted_scopes_are_listed(client: Client) -> None:
    answer = client.get("/admin/oauth/access_scopes.json")
    handles = ["read_all_orders", "read_customers", "read_orders", "read_products"]
    assert answer.json() == {"access_scopes": [{"handle": handle} for handle in handles]}


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("products.json", "read_products"),
        ("products/count.json", "read_products"),
        ("customers.json", "read_customers"),
        ("orders.json", "read_orders"),
        ("orders/1.json", "read_orders"),
        ("events.json", "read_products"),
    ],
)
def test_a_missing_scope_is_named(client: Client, server: DemoServer, path: str, scope: str) -> None:
    server.faults.withdrawn_scopes = [scope]
    answer = client.get(path)
    message = f"[API] This action requires merchant approval for {scope} scope."
    assert (answer.status_code, answer.json()) == (403, {"errors": message})
    assert {"handle": scope} not in client.get("/admin/oauth/access_scopes.json").json()["access_scopes"]


def test_a_write_scope_includes_reading(store: Store, session: requests.Session) -> None:
    with DemoServer(store, scopes=("write_products",)) as server:
        client = Client(server.url, session)
        assert client.get("products.json").json() == {"products": []}
        assert client.get("customers.json").status_code == 403


def test_old_orders_are_absent_without_read_all_orders(
    client: Client, server: DemoServer, store: Store, clock: ManualClock
) -> None:
    store.put("orders", [order(1), order(2, created_at="2026-11-20T00:02:01+01:00")])
    server.faults.withdrawn_scopes = ["read_all_orders"]
    clock.set(datetime.fromisoformat("2026-11-20T00:02:01+01:00") + timedelta(days=60))
    assert client.ids("orders", ids="7100000000001,7100000000002") == [2]
    assert client.get("orders/count.json").json() == {"count": 1}
    assert client.get("orders/7100000000001.json").status_code == 404
    server.faults.withdrawn_scopes = []
    assert client.get("orders/count.json").json() == {"count": 2}
