"""Failures that pass: a run survives them, and what outlasts its tries loses nothing."""

from __future__ import annotations

import pytest
from demo_store.api.server import DemoServer

from tests.dag.equality import assert_equal_to_store
from tests.dag.running import Sync
from tests.dag.shop import Shop

ORDERS_PATH = "/admin/api/2026-10/orders.json"
COUNT_PATH = "/admin/api/2026-10/orders/count.json"
TRIES_OF_A_REQUEST = 5


@pytest.fixture
def small_pages(new_sync: Sync) -> Sync:
    """The DAG before its first run, which takes many answers."""
    new_sync.variables["shopify_page_size"] = "30"
    return new_sync


def let_it_storm(shop: Shop, server: DemoServer, answers: int) -> None:
    """Let so many answers fail once two pages of orders have been sent."""

    def storm() -> None:
        if server.requests.by_path[ORDERS_PATH] == 2:
            server.faults.storm_answers = answers

    shop.before_answer = storm


def test_a_retried_fetch_goes_on_after_the_last_page_it_staged(
    small_pages: Sync, server: DemoServer, shop: Shop
) -> None:
    let_it_storm(shop, server, TRIES_OF_A_REQUEST)
    run = small_pages.run()
    assert run.state == "success"
    tries = [attempt[1:] for attempt in small_pages.attempts(run) if attempt[0] == "fetch_orders"]
    assert tries == [(1, "up_for_retry"), (2, "success")]
    pages = -(-len(shop.store.ids("orders")) // 30)
    assert run.returned["fetch_orders"]["pages"] == pages
    assert server.requests.by_path[ORDERS_PATH] == pages + TRIES_OF_A_REQUEST
    assert_equal_to_store(shop.store, small_pages.data_dir)


def test_a_fetch_whose_tries_are_used_up_leaves_its_staging(
    small_pages: Sync, server: DemoServer, shop: Shop
) -> None:
    let_it_storm(shop, server, 10_000)
    run = small_pages.run()
    assert {"fetch_orders", "report_run"} <= set(run.failed)
    assert run.tasks["load_sqlite"] == "upstream_failed"
    tries = [attempt[1:] for attempt in small_pages.attempts(run) if attempt[0] == "fetch_orders"]
    assert tries == [(1, "up_for_retry"), (2, "up_for_retry"), (3, "up_for_retry"), (4, "failed")]
    assert small_pages.watermarks() == {}
    assert small_pages.select("SELECT count(*) AS products FROM products") == [{"products": 0}]
    (staged,) = small_pages.staged()
    assert len(list((staged / "orders").glob("*.ndjson.gz"))) == 2
    log = small_pages.run_log(run)
    kept = f"  staged pages              {staged}, kept until a run succeeds, a week at most"
    assert kept in log.splitlines()
    assert f"fetch_orders, try 1 (up_for_retry): {server.url} answered 503 to GET {ORDERS_PATH}: " in log
    assert f"fetch_orders, try 4 (failed): {server.url} answered 503 to GET {COUNT_PATH}: " in log

    server.faults.storm_answers = 0
    assert small_pages.run().state == "success"
    assert small_pages.staged() == []
    assert_equal_to_store(shop.store, small_pages.data_dir)
