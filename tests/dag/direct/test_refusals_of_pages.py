"""Broken pages and malformed records: what a run says of them, and how all is right again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from demo_store.api.server import DemoServer
from demo_store.state import Row, Store

from tests.dag.equality import assert_equal_to_store
from tests.dag.refusals import (
    CONN,
    ORDERS_PATH,
    assert_failed,
    assert_next_run_makes_all_right,
    data_files,
    errors,
    warnings,
)
from tests.dag.running import Sync
from tests.dag.shop import Shop

TRIES = 4
REJECTED = "SELECT entity, record_id, reason FROM rejected_records"


@contextmanager
def orders_sent(store: Store, as_: Callable[[list[Row]], list[Row]]) -> Iterator[None]:
    """The store sends what ``as_`` makes of the orders on each page."""
    select = store.select

    def select_changed(table: str, *args: Any, **kwargs: Any) -> list[Row]:
        rows = select(table, *args, **kwargs)
        return as_(rows) if table == "orders" and kwargs["limit"] > 1 else rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "select", select_changed)
        yield


def changed(row: Row, **changes: Any) -> Row:
    return replace(row, body=json.dumps(json.loads(row.body) | changes).encode())


def without_id(row: Row) -> Row:
    record = json.loads(row.body)
    del record["id"]
    return replace(row, body=json.dumps(record).encode())


def plain_order(shop: Shop) -> dict[str, Any]:
    """The latest order, as the store has it."""
    return shop.records("orders")[-1]


def failed_for_good(sync: Sync) -> str:
    """What every try of ``fetch_orders`` says, the last as the first; nothing is changed."""
    before = sync.watermarks(), data_files(sync)
    run = sync.run()
    assert_failed(run, "fetch_orders")
    assert (sync.watermarks(), data_files(sync)) == before
    reason = sync.reason(run, "fetch_orders")
    states = ["up_for_retry"] * (TRIES - 1) + ["failed"]
    said = [line for line in errors(sync.run_log(run)) if line.startswith("fetch_orders, ")]
    assert said == [
        f"fetch_orders, try {number} ({state}): {reason}" for number, state in enumerate(states, start=1)
    ]
    return reason


def test_pages_that_stay_truncated_fail_the_run(sync: Sync, server: DemoServer, shop: Shop) -> None:
    shop.live(hours=1)

    def truncate() -> None:
        if server.requests.by_path[ORDERS_PATH.replace(".json", "/count.json")]:
            server.faults.change({"storm": "truncated", "storm_answers": 1})

    shop.before_answer = truncate
    assert failed_for_good(sync) == (
        f"{server.url} sent an answer that is incomplete or cannot be read. "
        f"If this stays so, check the host of connection {CONN}."
    )
    shop.before_answer = lambda: None
    server.faults.storm_answers = 0
    assert_next_run_makes_all_right(sync, shop)


def test_pages_that_stay_something_else_than_json_fail_the_run(
    sync: Sync, server: DemoServer, shop: Shop
) -> None:
    shop.live(hours=1)
    with orders_sent(shop.store, lambda rows: [replace(row, body=b"<html>") for row in rows]):
        assert failed_for_good(sync) == (
            f"{server.url} answered 200 to GET {ORDERS_PATH}, but without a usable 'orders': the answer is "
            f"broken. If this stays so, check that the host of connection {CONN} is a Shopify store."
        )
    assert_next_run_makes_all_right(sync, shop)


def test_one_broken_page_is_asked_for_again(sync: Sync, server: DemoServer, shop: Shop) -> None:
    shop.live(hours=1)
    broken = iter([b"<html>"])

    def break_once(rows: list[Row]) -> list[Row]:
        return [replace(row, body=next(broken, row.body)) for row in rows]

    with orders_sent(shop.store, break_once):
        run = sync.run()
    assert (run.state, len(sync.naps)) == ("success", 1)
    assert {try_number for _, try_number, _ in sync.attempts(run)} == {1}
    assert_equal_to_store(shop.store, sync.data_dir)


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_a_record_that_a_page_repeats_the_newer_counts(
    sync: Sync, shop: Shop, *, newest_first: bool
) -> None:
    order = plain_order(shop)
    shop.save("orders", order, tags="new", updated_at=shop.time())

    def repeat(rows: list[Row]) -> list[Row]:
        old = [changed(row, tags="old", updated_at=order["updated_at"]) for row in rows]
        return rows + old if newest_first else old + rows

    with orders_sent(shop.store, repeat):
        run = sync.run()
    assert (run.state, run.changes) == ("success", {"orders": {"updated": 1}})
    assert (warnings(sync.run_log(run)), sync.select(REJECTED)) == ([], [])
    assert_equal_to_store(shop.store, sync.data_dir)


def test_a_record_without_id_holds_the_watermark_until_it_has_one(sync: Sync, shop: Shop) -> None:
    before = sync.watermarks()
    shop.save("orders", plain_order(shop), tags="new")
    with orders_sent(shop.store, lambda rows: [without_id(row) for row in rows]):
        run = sync.run()
    assert (run.state, run.changes) == ("success", {})
    warning = (
        "Could not read 1 of the orders, which wait in rejected_records; the first has id None: id is missing"
    )
    assert warnings(sync.run_log(run)) == [warning]
    assert run.returned["report_run"].startswith("nothing changed, rejected records waiting: 1, ")
    assert sync.select(REJECTED) == [{"entity": "orders", "record_id": None, "reason": "id is missing"}]
    after = sync.watermarks()
    assert after["orders"] == before["orders"]
    assert after["products"] == after["customers"] > before["customers"]

    assert_next_run_makes_all_right(sync, shop)
    assert sync.select(REJECTED) == []
    assert len(set(sync.watermarks().values())) == 1


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("total_price", {"total_price": "abc"}),
        ("price", {"line_items": [{"id": 1, "title": "Mug", "quantity": 1, "price": "abc"}]}),
    ],
)
def test_a_record_with_a_malformed_amount_waits_until_it_is_good(
    sync: Sync, shop: Shop, field: str, changes: dict[str, Any]
) -> None:
    good = plain_order(shop) | {"id": shop.store.next_id("order"), "tags": "new", "refunds": []}
    line = good["line_items"][0] | {"id": shop.store.next_id("line_item")}
    good = shop.save("orders", good, line_items=[line])
    shop.store.put("orders", [good | changes])
    reason = f"{field} is 'abc', not an amount"
    warning = (
        f"Could not read 1 of the orders, which wait in rejected_records; the first has id {good['id']}: "
        f"{reason}"
    )
    for _ in ("when it comes", "whenever it is asked for again"):
        run = sync.run()
        assert run.state == "success"
        assert warnings(sync.run_log(run)) == [warning]
        assert "rejected records waiting: 1, " in run.returned["report_run"]
        assert sync.select(REJECTED) == [{"entity": "orders", "record_id": good["id"], "reason": reason}]
        assert sync.select("SELECT id FROM orders WHERE id = ?", good["id"]) == []
        assert len(set(sync.watermarks().values())) == 1
        shop.live(hours=1)
    shop.store.put("orders", [good])
    assert_next_run_makes_all_right(sync, shop)
    assert sync.select(REJECTED) == []
