"""What Airflow shows of the Shopify connection type."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any


def get_provider_info() -> dict[str, Any]:
    """Return the provider metadata that Airflow reads from the entry point ``apache_airflow_provider``.

    Source: https://airflow.apache.org/docs/apache-airflow-providers/howto/create-custom-providers.html
    """
    distribution = "shopify-analytics-provider"
    return {
        "package-name": distribution,
        "name": "Shopify",
        "description": "Reads a Shopify store through the REST Admin API.",
        "versions": [version(distribution)],
        "connection-types": [
            {
                "connection-type": "shopify",
                "hook-class-name": "shopify_analytics.hooks.shopify.ShopifyHook",
                "hook-name": "Shopify",
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "port", "extra"],
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
                },
            }
        ],
    }
