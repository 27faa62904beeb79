"""Failures on demand, set in the process and over HTTP."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
import requests
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.state import Store

from tests.demo_store.client import Client
from tests.demo_store.records import order, product

NO_FAULTS: dict[str, Any] = {
    "every": {},
    "storm": "503",
    "storm_answers": 0,
    "slow_seconds": 5.0,
    "index_lag_seconds": 0.0,
    "token_revoked": False,
    "withdrawn_scopes": [],
    "shop": "open",
    "oauth_error": None,
}


BODIES = {
    429: (
        '{"errors":"Exceeded 2 calls per second for api client. '
        'Reduce request rates to resume uninterrupted service."}'
    ),
    500: '{"errors":"Internal Server Error"}',
    502: (
        "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>"
        "<body><h1>502 Bad Gateway</h1></body></html>"
    ),
    503: '{"errors":"Service Unavailable"}',
}


@pytest.mark.parametrize("status", BODIES)
def test_every_third_answer_is_an_error(client: Client, server: DemoServer, status: int) -> None:
    server.faults.every = {str(status): 3}
    answers = [client.get("shop.json") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, status, 200, 200, status]
    content_type = "text/html; charset=utf-8" if status == 502 else "application/json; charset=utf-8"
    assert (answers[2].headers["Content-Type"], answers[2].text) == (content_type, BODIES[status])
    assert answers[2].headers.get("Retry-After") == ("2.0" if status == 429 else None)
    assert server.requests.refused == (2 if status == 429 else 0)


def test_a_connection_is_reset(client: Client, server: DemoServer) -> None:
    server.faults.every = {"reset": 2}
    assert client.get("shop.json").status_code == 200
    with pytest.raises(requests.ConnectionError, match="Connection reset by peer"):
        client.get("shop.json")
    assert client.get("shop.json").status_code == 200


def test_a_body_is_cut_short(client: Client, server: DemoServer, store: Store) -> None:
    store.put("orders", [order(number) for number in range(1, 51)])
    whole = client.get("orders.json").content
    server.faults.every = {"truncated": 1}
    with pytest.raises(
        requests.exceptions.ChunkedEncodingError, match=f"IncompleteRead.{len(whole) // 2} bytes"
    ):
        client.get("orders.json")
    server.faults.every = {}
    assert client.get("orders.json").content == whole


def test_an_answer_is_slow(client: Client, server: DemoServer) -> None:
    server.faults.change({"every": {"slow": 1}, "slow_seconds": 0.2})
    began = time.monotonic()
    assert client.get("shop.json").status_code == 200
    assert time.monotonic() - began >= 0.2


def test_a_slow_answer_does_not_keep_the_server_from_stopping(store: Store) -> None:
    with DemoServer(store) as server, requests.Session() as session:
        server.faults.change({"every": {"slow": 1}, "slow_seconds": 3600})
        with pytest.raises(requests.ReadTimeout):
            session.get(
                f"{server.url}/admin/api/2026-10/shop.json",
                headers={"X-Shopify-Access-Token": "demo-token"},
                timeout=0.05,
            )


def test_mixed_failures_come_in_turn(client: Client, server: DemoServer) -> None:
    server.faults.change({"every": {"mix": 2}, "slow_seconds": 0.0})
    seen: list[int | str] = []
    for _ in range(16):
        try:
            answer = client.get("shop.json")
        except requests.exceptions.ChunkedEncodingError:
            seen.append("truncated")
        except requests.ConnectionError:
            seen.append("reset")
        else:
            seen.append(answer.status_code)
    assert seen[::2] == [200] * 8
    assert seen[1::2] == [429, 500, 502, 503, "reset", "truncated", 200, 429]


def test_a_storm_passes(client: Client, server: DemoServer) -> None:
    server.faults.change({"storm": "502", "storm_answers": 3})
    assert [client.get("shop.json").status_code for _ in range(5)] == [502, 502, 502, 200, 200]


def test_a_revoked_token_stays_invalid_until_it_is_restored(client: Client, server: DemoServer) -> None:
    server.faults.token_revoked = True
    assert [client.get("shop.json").status_code for _ in range(2)] == [401, 401]
    server.faults.token_revoked = False
    assert client.get("shop.json").status_code == 200


@pytest.fixture
def lagging(server: DemoServer, store: Store, clock: ManualClock) -> list[int]:
    """An index that lags by a minute; order 1 has just been made, order 2 long ago. Both numbers."""
    server.faults.index_lag_seconds = 60
    now = clock.now().isoformat()
    store.put("orders", [order(1, created_at=now, updated_at=now), order(2)])
    return [1, 2]


@pytest.mark.parametrize("bound", ["updated_at_min", "created_at_min"])
def test_a_new_record_is_missing_from_filtered_lists_until_the_index_has_it(
    client: Client, clock: ManualClock, lagging: list[int], bound: str
) -> None:
    everything = {bound: "2026-01-01T00:00:00Z"}
    seen = []
    for seconds in (0, 59, 1):
        clock.advance(timedelta(seconds=seconds))
        count = client.get("orders/count.json", **everything).json()["count"]
        seen.append((client.ids("orders", **everything), count))
    assert seen == [([2], 1), ([2], 1), (lagging[::-1], 2)]


def test_an_old_record_that_has_just_changed_is_missing_only_from_what_is_filtered_by_change(
    client: Client, store: Store, clock: ManualClock, lagging: list[int]
) -> None:
    store.put("orders", [order(2, updated_at=clock.now().isoformat())])
    assert client.ids("orders", updated_at_min="2026-01-01T00:00:00Z") == []
    assert client.ids("orders", created_at_min="2026-01-01T00:00:00Z") == [2]


def test_the_pages_behind_a_cursor_lag_as_the_first_one_does(
    client: Client, clock: ManualClock, lagging: list[int], store: Store
) -> None:
    store.put("orders", [order(number) for number in (3, 4)])
    first = client.get("orders.json", limit=2, updated_at_min="2026-01-01T00:00:00Z")
    second = client.follow(first.links["next"]["url"])
    pages = [[record["id"] % 1000 for record in page.json()["orders"]] for page in (first, second)]
    assert pages == [[4, 3], [2]]


def test_reads_by_id_and_without_a_time_of_change_do_not_lag(client: Client, lagging: list[int]) -> None:
    assert client.get(f"orders/{order(1)['id']}.json").status_code == 200
    assert client.get("orders/count.json").json() == {"count": 2}
    for filters in ({}, {"ids": f"{order(1)['id']},{order(2)['id']}"}, {"processed_at_min": "2026-01-01"}):
        assert sorted(client.ids("orders", **filters)) == lagging


def test_the_events_lag_too(client: Client, server: DemoServer, store: Store, clock: ManualClock) -> None:
    server.faults.index_lag_seconds = 60
    store.put("products", [product(1)])
    store.delete("products", product(1)["id"], clock.now())
    since = {"created_at_min": "2026-01-01T00:00:00Z"}
    assert client.get("events.json", **since).json() == {"events": []}
    clock.advance(timedelta(seconds=60))
    assert len(client.get("events.json", **since).json()["events"]) == 1


@pytest.mark.parametrize(
    ("shop", "status", "message"),
    [
        ("locked", 423, "This shop is unavailable"),
        ("frozen", 402, "This shop's plan does not have access to this feature"),
    ],
)
def test_a_shop_is_closed_to_the_api(
    client: Client, server: DemoServer, shop: str, status: int, message: str
) -> None:
    server.faults.shop = shop
    for path in ("shop.json", "orders.json", "/admin/oauth/access_scopes.json"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()) == (status, {"errors": message})


def test_faults_are_shown_and_set_over_http(client: Client, server: DemoServer) -> None:
    assert client.get("/_demo/faults", token=None).json() == NO_FAULTS
    changes = {
        "every": {"500": 10},
        "shop": "locked",
        "withdrawn_scopes": ["read_orders"],
        "index_lag_seconds": 60,
    }
    answer = client.post("/_demo/faults", json=changes)
    assert (answer.status_code, answer.json()) == (200, NO_FAULTS | changes)
    assert server.faults.shop == "locked"
    assert client.post("/_demo/faults", json={"every": {}, "shop": "open"}).json() == (
        NO_FAULTS | {"withdrawn_scopes": ["read_orders"], "index_lag_seconds": 60}
    )


def test_issued_tokens_are_revoked_over_http(client: Client) -> None:
    credentials = {
        "grant_type": "client_credentials",
        "client_id": "demo-client",
        "client_secret": "demo-secret",
    }
    token = client.post("/admin/oauth/access_token", data=credentials).json()["access_token"]
    assert client.post("/_demo/faults", json={"revoke_issued_tokens": True}).json() == NO_FAULTS
    assert client.get("shop.json", token=token).status_code == 401
    assert client.get("shop.json").status_code == 200


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"every": {"418": 2}},
            "Unknown fault '418': use one of 429, 500, 502, 503, reset, truncated, slow, mix.",
        ),
        ({"every": {"500": 0}}, "Fault 500: every 0th answer makes no sense, use 1 or more."),
        ({"index_lag_seconds": -1}, "An index lag of -1 s makes no sense, use 0 or more."),
        ({"storm": "rain"}, "Unknown storm 'rain': use one of 429, 500, 502, 503, reset, truncated, slow."),
        ({"shop": "sold", "token_revoked": True}, "Unknown shop 'sold': use one of open, locked, frozen."),
        (
            {"oauth_error": "no"},
            "Unknown oauth_error 'no': use one of app_not_installed, shop_not_permitted.",
        ),
        (
            {"delay": 3},
            (
                "Unknown field 'delay': use one of every, storm, storm_answers, slow_seconds, "
                "index_lag_seconds, token_revoked, withdrawn_scopes, shop, oauth_error."
            ),
        ),
    ],
)
def test_a_fault_that_does_not_exist_is_refused_and_nothing_set(
    client: Client, server: DemoServer, changes: dict[str, Any], message: str
) -> None:
    answer = client.post("/_demo/faults", json=changes)
    assert (answer.status_code, answer.json()) == (400, {"errors": message})
    assert server.faults.describe() == NO_FAULTS
