"""The rate limit."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from demo_store.api.server import DemoServer
from demo_store.state import Store

from tests.demo_store.client import Client


class Seconds:
    """A stopwatch that a test sets."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        """Return the seconds that have passed."""
        return self.passed


@pytest.fixture
def seconds() -> Seconds:
    """What the bucket leaks by."""
    return Seconds()


@pytest.fixture
def limited(store: Store, seconds: Seconds) -> Iterator[DemoServer]:
    """The store on the standard plan."""
    with DemoServer(store, bucket_clock=seconds) as server:
        yield server


def usage(answer: requests.Response) -> str:
    """Return the answer's call limit header."""
    return answer.headers["X-Shopify-Shop-Api-Call-Limit"]


@pytest.mark.parametrize(("plan", "size"), [("standard", 40), ("advanced", 80), ("plus", 400)])
def test_a_full_bucket_refuses_until_it_has_leaked(
    store: Store, session: requests.Session, seconds: Seconds, plan: str, size: int
) -> None:
    leak = size // 20
    with DemoServer(store, plan=plan, bucket_clock=seconds) as server:
        client = Client(server.url, session)
        answers = [client.get("shop.json") for _ in range(size)]
        assert [usage(answer) for answer in answers] == [f"{used}/{size}" for used in range(1, size + 1)]
        refused = client.get("shop.json")
        assert (refused.status_code, refused.headers["Retry-After"], usage(refused)) == (
            429,
            "2.0",
            f"{size}/{size}",
        )
        assert refused.json() == {
            "errors": f"Exceeded {leak} calls per second for api client. "
            "Reduce request rates to resume uninterrupted service."
        }
        seconds.passed = 2.0
        assert usage(client.get("shop.json")) == f"{size - 2 * leak + 1}/{size}"
        assert (server.requests.total, server.requests.refused) == (size + 2, 1)
        assert server.requests.by_path == {"/admin/api/2026-10/shop.json": size + 2}


def test_a_bucket_that_is_left_alone_runs_empty(
    limited: DemoServer, session: requests.Session, seconds: Seconds
) -> None:
    client = Client(limited.url, session)
    assert [usage(client.get("shop.json")) for _ in range(3)] == ["1/40", "2/40", "3/40"]
    seconds.passed = 0.25
    assert usage(client.get("shop.json")) == "4/40"
    seconds.passed = 3600
    assert usage(client.get("shop.json")) == "1/40"


def test_connections_share_one_bucket(limited: DemoServer) -> None:
    def call(_: int) -> int:
        with requests.Session() as session:
            return Client(limited.url, session).get("shop.json").status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(call, range(48)))
    assert (statuses.count(200), statuses.count(429)) == (40, 8)


def test_errors_count_but_calls_without_a_valid_token_do_not(
    limited: DemoServer, session: requests.Session
) -> None:
    client = Client(limited.url, session)
    assert usage(client.get("orders/1.json")) == "1/40"
    assert usage(client.get("/admin/oauth/access_scopes.json")) == "2/40"
    assert "X-Shopify-Shop-Api-Call-Limit" not in client.get("shop.json", token=None).headers
    assert usage(client.get("shop.json")) == "3/40"


def test_an_unlimited_plan_has_no_bucket(client: Client) -> None:
    assert "X-Shopify-Shop-Api-Call-Limit" not in client.get("shop.json").headers
