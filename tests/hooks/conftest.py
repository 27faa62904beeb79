"""Hooks that never really wait, and stores to ask."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from demo_store.api.auth import DEMO_TOKEN
from demo_store.api.server import DemoServer
from demo_store.state import Store
from shopify_analytics.hooks.shopify import ShopifyHook

from tests.hooks.scripted_store import ScriptedStore

MakeHook = Callable[..., ShopifyHook]


@pytest.fixture
def naps() -> list[float]:
    """The seconds that hooks were told to wait."""
    return []


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch, naps: list[float]) -> MakeHook:
    """Return a hook for a connection with the given fields."""

    def make_hook(
        host: str, *, password: str = DEMO_TOKEN, page_size: int = 250, **fields: Any
    ) -> ShopifyHook:
        connection = {"conn_type": "shopify", "host": host, "password": password} | fields
        monkeypatch.setenv("AIRFLOW_CONN_SHOPIFY_DEFAULT", json.dumps(connection))
        return ShopifyHook(page_size=page_size, sleep=naps.append)

    return make_hook


@pytest.fixture
def scripted_store() -> Iterator[ScriptedStore]:
    """A store that answers by a script."""
    with ScriptedStore() as store:
        yield store


@pytest.fixture
def server(store: Store) -> Iterator[DemoServer]:
    """The demo shop over HTTP, without a rate limit."""
    with DemoServer(store, plan="unlimited") as server:
        yield server
