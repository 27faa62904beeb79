"""Life, connections and the access log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.state import Store

from tests.demo_store.client import Client
from tests.demo_store.records import order


def test_the_shop_lives_up_to_the_date_of_every_answer(
    store: Store, clock: ManualClock, session: requests.Session
) -> None:
    def sell_one(store: Store, now: datetime) -> None:
        at = store.timestamp(now)
        number = len(store.ids("orders")) + 1
        store.put("orders", [order(number, created_at=at, processed_at=at, updated_at=at)])

    with DemoServer(store, clock=clock, plan="unlimited", life=sell_one) as server:
        client = Client(server.url, session)
        clock.advance(timedelta(seconds=9, milliseconds=999))
        first = client.get("orders.json", fields="id,updated_at")
        assert first.headers["Date"] == "Sun, 22 Nov 2026 12:00:09 GMT"
        assert first.json() == {"orders": [{"id": 7100000000001, "updated_at": "2026-11-22T13:00:09+01:00"}]}
        clock.advance(timedelta(minutes=10))
        assert client.ids("orders") == [2, 1]


def test_clients_in_parallel_each_read_everything(server: DemoServer, store: Store) -> None:
    def read(_: int) -> list[int]:
        with requests.Session() as session:
            client = Client(server.url, session)
            page = client.get("orders.json", limit=7, order="id")
            ids = [record["id"] for record in page.json()["orders"]]
            while "next" in page.links:
                page = client.follow(page.links["next"]["url"])
                ids += [record["id"] for record in page.json()["orders"]]
            return ids

    store.put("orders", [order(number) for number in range(1, 101)])
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(read, range(3))) == [store.ids("orders")] * 3


def test_a_connection_is_kept_for_the_next_request(server: DemoServer) -> None:
    with closing(HTTPConnection(urlsplit(server.url).netloc, timeout=5)) as connection:
        connection.connect()
        first_socket = connection.sock
        headers = {"X-Shopify-Access-Token": "demo-token"}
        statuses = []
        for path in ("shop.json", "orders/1.json", "orders.json?limit=0"):
            connection.request("GET", f"/admin/api/2026-10/{path}", headers=headers)
            with connection.getresponse() as answer:
                statuses.append(answer.status)
                answer.read()
            assert connection.sock is first_socket
    assert statuses == [200, 404, 400]


def test_a_stopped_server_lets_go_of_open_connections_and_its_port(store: Store) -> None:
    with requests.Session() as session:
        with DemoServer(store) as server:
            port = int(server.url.rpartition(":")[2])
            assert Client(server.url, session).get("shop.json").status_code == 200
        with pytest.raises(requests.ConnectionError):
            Client(server.url, session).get("shop.json")
        with DemoServer(store, port=port):
            assert Client(server.url, session).get("shop.json").status_code == 200


def test_a_request_leaves_one_line_without_its_query_or_token_when_asked(
    store: Store, session: requests.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    with DemoServer(store, verbose=True, token="planted-token") as server:
        Client(server.url, session).get("orders.json", token="planted-token", name="#1001")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("GET /admin/api/2026-10/orders.json 200")
    assert "planted-token" not in line


def test_nothing_is_logged_unasked(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    client.get("orders.json")
    client.get("nothing.json")
    assert capsys.readouterr() == ("", "")
