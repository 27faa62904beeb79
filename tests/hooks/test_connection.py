"""What the fields of a connection may hold."""

from __future__ import annotations

from typing import Any

import pytest
from shopify_analytics.errors import SettingsError
from shopify_analytics.hooks.shopify import ShopifyHook

from tests.hooks.conftest import MakeHook

HELP = "Set it to your-store, to your-store.myshopify.com or to a base URL such as http://127.0.0.1:8000."


@pytest.mark.parametrize(
    ("fields", "base_url"),
    [
        ({"host": "your-store"}, "https://your-store.myshopify.com"),
        ({"host": " Your-Store.myshopify.com/ "}, "https://your-store.myshopify.com"),
        ({"host": "https://your-store.myshopify.com/"}, "https://your-store.myshopify.com"),
        ({"host": "http://127.0.0.1:8000"}, "http://127.0.0.1:8000"),
        ({"host": "127.0.0.1", "schema": "http", "port": 8000}, "http://127.0.0.1:8000"),
        ({"host": "127.0.0.1:8000", "schema": "http"}, "http://127.0.0.1:8000"),
        ({"host": "http://127.0.0.1", "port": 8000}, "http://127.0.0.1:8000"),
        ({"host": "demo-store", "schema": "http"}, "http://demo-store"),
        ({"host": "http://demo_store:8000"}, "http://demo_store:8000"),
        ({"host": "localhost", "schema": "http", "port": 8000}, "http://localhost:8000"),
        ({"host": "your-store", "schema": "https"}, "https://your-store.myshopify.com"),
    ],
)
def test_a_host_is_a_store_name_a_domain_or_a_base_url(
    connect: MakeHook, fields: dict[str, Any], base_url: str
) -> None:
    assert connect(**fields).base_url == base_url


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("", "empty"),
        ("my store", "'my store'"),
        ("ftp://your-store.example", "'ftp://your-store.example'"),
        ("http://127.0.0.1:eight", "'http://127.0.0.1:eight'"),
        ("http://127.0.0.1:80000", "'http://127.0.0.1:80000'"),
        ("https://", "'https://'"),
        (f"https://{'a' * 64}.example", f"'https://{'a' * 64}.example'"),
        ("b" * 64, f"'{'b' * 64}'"),
        ("https://admin.shopify.com/store/your-store", "'https://admin.shopify.com/store/your-store'"),
        ("https://someone:planted@your-store.myshopify.com", "'https://***your-store.myshopify.com'"),
        ("shpat_planted", "'***'"),
    ],
)
def test_another_host_is_refused_with_the_forms_it_may_have(connect: MakeHook, host: str, shown: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _ = connect(host).base_url
    assert str(caught.value) == f"The host of connection 'shopify_default' is {shown}. {HELP}"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"password": ""},
            (
                "The password of connection 'shopify_default' is empty. "
                "Set it to the app's Admin API access token."
            ),
        ),
        (
            {"password": "", "login": "client"},
            "The password of connection 'shopify_default' is empty. Set it to the app's client secret.",
        ),
        (
            {"password": "plänted"},
            (
                "The password of connection 'shopify_default' has characters that no token has. "
                "Set it to the app's Admin API access token."
            ),
        ),
    ],
)
def test_a_password_must_be_there_and_look_like_one(
    connect: MakeHook, fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        _ = connect("your-store", **fields).base_url
    assert str(caught.value) == message


def test_a_missing_connection_is_named() -> None:
    with pytest.raises(SettingsError) as caught:
        ShopifyHook("no_such_store").shop()
    assert str(caught.value) == (
        "There is no usable connection 'no_such_store'. Add it under Admin > Connections "
        "or set AIRFLOW_CONN_NO_SUCH_STORE to a connection in JSON."
    )


def test_making_a_hook_looks_nothing_up() -> None:
    hook = ShopifyHook("no_such_store")
    assert (hook.requests_made, hook.requests_refused, hook.warnings, hook.store_time) == (0, 0, [], None)
