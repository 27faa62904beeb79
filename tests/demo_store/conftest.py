"""A small store on a clock that stands still, served over HTTP without a rate limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.state import Store

from tests.demo_store.client import Client


@pytest.fixture
def clock() -> ManualClock:
    """Stands at noon, 22 November 2026, UTC."""
    return ManualClock(datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture
def server(store: Store, clock: ManualClock) -> Iterator[DemoServer]:
    """The store, served without a rate limit."""
    with DemoServer(store, clock=clock, plan="unlimited") as server:
        yield server


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """One client's kept-alive connections."""
    with requests.Session() as session:
        yield session


@pytest.fixture
def client(server: DemoServer, session: requests.Session) -> Client:
    """Calls ``server`` with a valid token."""
    return Client(server.url, session)
