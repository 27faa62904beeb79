"""Airflow knows the Shopify connection type, its form and its hook."""

from __future__ import annotations

import json

import pytest
from airflow.providers_manager import ProvidersManager
from airflow.sdk import Connection
from demo_store.api.server import DemoServer


def test_the_provider_is_listed() -> None:
    provider = ProvidersManager().providers["shopify-analytics-provider"]
    assert provider.data["name"] == "Shopify"


def test_the_connection_form_has_the_fields_a_store_needs() -> None:
    (form,) = [
        form
        for form in ProvidersManager().iter_connection_type_hook_ui_metadata()
        if form.connection_type == "shopify"
    ]
    assert (form.hook_name, form.hook_class_name) == (
        "Shopify",
        "shopify_analytics.hooks.shopify.ShopifyHook",
    )
    assert form.field_behaviour == {
        "hidden_fields": ["schema", "port", "extra"],
        "relabeling": {
            "host": "Store",
            "login": "Client ID (empty for an access token)",
            "password": "Admin API access token or client secret",
        },
        "placeholders": {
            "host": "your-store, your-store.myshopify.com or http://127.0.0.1:8000",
            "login": "only for a Dev Dashboard app",
            "password": "shpat_… or the client secret",
        },
    }


def test_airflow_tests_a_connection_through_the_hook(
    server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = json.dumps({"conn_type": "shopify", "host": server.url, "password": "demo-token"})
    monkeypatch.setenv("AIRFLOW_CONN_ANOTHER_STORE", fields)
    assert Connection.from_json(fields, "another_store").test_connection() == (
        True,
        (
            "Connected to Kiln & Co (kiln-and-co.myshopify.com), scopes "
            "read_all_orders, read_customers, read_orders, read_products."
        ),
    )
