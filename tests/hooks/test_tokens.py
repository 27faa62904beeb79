"""Client credentials: asked for once per process, renewed early and once on 401, never shown."""

from __future__ import annotations

import pytest
from demo_store.api.server import DemoServer
from shopify_analytics.errors import ShopifyAuthError, ShopifyUnavailable
from shopify_analytics.hooks.connection import StoreConnection
from shopify_analytics.hooks.tokens import GrantedToken, TokenCache

from tests.hooks.conftest import MakeHook
from tests.hooks.scripted_store import KILN, Received, Reply, ScriptedStore

TOKEN_PATH = "/admin/oauth/access_token"
SHOP_PATH = "/admin/api/2026-10/shop.json"
SHOP = Reply(200, {"shop": KILN})
FORM = {"grant_type": "client_credentials", "client_id": "client", "client_secret": "planted-5b1e"}
STORE = StoreConnection("shopify_default", "http://127.0.0.1:8000", "client", "planted-5b1e")


def _granted(token: str) -> Reply:
    return Reply(200, {"access_token": token, "scope": "read_orders", "expires_in": 86399})


def test_one_token_serves_every_hook_of_the_process(connect: MakeHook, scripted_store: ScriptedStore) -> None:
    scripted_store.script = [_granted("planted-first"), SHOP]
    for _ in range(3):
        connect(scripted_store.url, login="client", password="planted-5b1e").shop()
    asked = Received(SHOP_PATH, {}, "planted-first", {})
    assert scripted_store.received == [Received(TOKEN_PATH, {}, None, FORM), asked, asked, asked]


def test_a_changed_secret_asks_for_a_new_token(connect: MakeHook, scripted_store: ScriptedStore) -> None:
    scripted_store.script = [_granted("first"), SHOP, _granted("second"), SHOP]
    connect(scripted_store.url, login="client", password="one-secret").shop()
    connect(scripted_store.url, login="client", password="another-secret").shop()
    assert [request.token for request in scripted_store.received] == [None, "first", None, "second"]


def test_a_revoked_token_is_renewed_once_in_the_middle_of_a_sync(
    connect: MakeHook, server: DemoServer
) -> None:
    hook = connect(server.url, login="demo-client", password="demo-secret")
    assert hook.shop()["name"] == "Kiln & Co"
    server.revoke_issued_tokens()
    assert hook.shop()["name"] == "Kiln & Co"
    assert hook.requests_made == 3


def test_a_new_token_that_is_refused_too_ends_the_tries(
    connect: MakeHook, scripted_store: ScriptedStore
) -> None:
    refused = Reply(401, {"errors": "[API] Invalid API key or access token"})
    scripted_store.script = [_granted("first"), refused, _granted("second"), refused]
    hook = connect(scripted_store.url, login="client", password="planted-5b1e")
    with pytest.raises(ShopifyAuthError) as caught:
        hook.shop()
    assert str(caught.value) == (
        f"{scripted_store.url} answered 401 to GET {SHOP_PATH}: [API] Invalid API key or access token. "
        "Renew the client id and secret (login and password) of connection 'shopify_default', "
        "or in .env if that names the store."
    )
    assert [request.token for request in scripted_store.received] == [None, "first", None, "second"]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (
            Reply(400, "<title>400 - Oauth error app_not_installed</title>"),
            "400 - Oauth error app_not_installed. Install the app in the store",
        ),
        (
            Reply(
                400,
                "<title>Oauth error shop_not_permitted: Client credentials cannot be performed on this shop."
                "</title>",
            ),
            (
                "Oauth error shop_not_permitted: Client credentials cannot be performed on this shop. "
                "App and store must belong to the same Shopify organization"
            ),
        ),
        (
            Reply(400, "<title>400 - Oauth error application_cannot_be_found</title>"),
            "400 - Oauth error application_cannot_be_found. Check the client id (login)",
        ),
        (
            Reply(400, "<title>400 - Oauth error invalid_request</title>"),
            "400 - Oauth error invalid_request. Check the client secret (password)",
        ),
        (
            Reply(400, {"error": "invalid_request", "error_description": "planted-5b1e is wrong"}),
            "error: invalid_request; error_description: *** is wrong. Check the client secret (password)",
        ),
        (
            Reply(400, "planted-5b1e"),
            "Bad Request. Check the client id (login) and the client secret (password)",
        ),
    ],
)
def test_a_refused_grant_says_which_field_to_change(
    connect: MakeHook, scripted_store: ScriptedStore, reply: Reply, message: str
) -> None:
    scripted_store.script = [reply]
    with pytest.raises(ShopifyAuthError) as caught:
        connect(scripted_store.url, login="client", password="planted-5b1e").shop()
    assert str(caught.value) == (
        f"{scripted_store.url} answered 400 to POST {TOKEN_PATH}: {message}: connection 'shopify_default'."
    )
    assert len(scripted_store.received) == 1


def test_a_token_endpoint_in_trouble_is_asked_again(
    connect: MakeHook, scripted_store: ScriptedStore, naps: list[float]
) -> None:
    scripted_store.script = [Reply(503), Reply(200, "<html>"), _granted("late"), SHOP]
    assert connect(scripted_store.url, login="client").shop() == KILN
    assert len(naps) == 2


def test_a_token_endpoint_that_stays_broken_is_unavailable(
    connect: MakeHook, scripted_store: ScriptedStore
) -> None:
    scripted_store.script = [Reply(200, {"scope": "read_orders"})]
    with pytest.raises(ShopifyUnavailable, match="without a usable 'access_token'"):
        connect(scripted_store.url, login="client").shop()


@pytest.mark.parametrize("expires_in", [{}, {"expires_in": None}, {"expires_in": "soon"}])
def test_a_token_of_unknown_lifetime_is_used_all_the_same(
    connect: MakeHook, scripted_store: ScriptedStore, expires_in: dict[str, object]
) -> None:
    scripted_store.script = [Reply(200, {"access_token": "first"} | expires_in), SHOP]
    assert connect(scripted_store.url, login="client").shop() == KILN
    assert [request.token for request in scripted_store.received] == [None, "first"]


@pytest.mark.parametrize(("expires_in", "renewed_after"), [(86399, 86099), (100, 50)])
def test_a_token_is_renewed_before_it_expires(expires_in: float, renewed_after: float) -> None:
    now = 1000.0
    cache = TokenCache(lambda: now)
    grants = iter([GrantedToken("first", expires_in), GrantedToken("second", expires_in)])
    tokens = [cache.get(STORE, lambda: next(grants))]
    now += renewed_after - 1
    tokens.append(cache.get(STORE, lambda: next(grants)))
    now += 1
    tokens.append(cache.get(STORE, lambda: next(grants)))
    assert tokens == ["first", "first", "second"]


def test_forgetting_an_old_token_keeps_the_new_one() -> None:
    cache = TokenCache(lambda: 0.0)
    cache.get(STORE, lambda: GrantedToken("new", 86399))
    cache.forget(STORE, "old")
    assert cache.get(STORE, lambda: GrantedToken("newer", 86399)) == "new"


def test_secrets_are_in_no_repr() -> None:
    assert "planted" not in repr(STORE)
    assert "planted" not in repr(GrantedToken("planted-first", 86399))
