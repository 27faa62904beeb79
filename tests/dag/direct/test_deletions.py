"""What the store no longer has is marked, what it still has never is, and what returns is there again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from demo_store.api.server import DemoServer
from demo_store.state import RESOURCES

from tests.dag.equality import assert_equal_to_store, csv_rows
from tests.dag.running import NOW, Sync
from tests.dag.shop import Record, Shop

FULL = {"full_sync": True}
ORDERS_PATH = "/admin/api/2026-10/orders.json"


def deleted(sync: Sync, table: str) -> dict[int, str]:
    """When the rows marked as deleted were so, by id."""
    rows = sync.select(f"SELECT id, deleted_at FROM {table} WHERE deleted_at IS NOT NULL")
    return {row["id"]: row["deleted_at"] for row in rows}


def age(order: Record) -> timedelta:
    return NOW - datetime.fromisoformat(order["created_at"])


def lines_of(shop: Shop, product: Record) -> int:
    """How many lines have sold the product."""
    lines = (line for order in shop.records("orders") for line in order["line_items"])
    return sum(line["product_id"] == product["id"] for line in lines)


def test_an_increment_finds_a_deleted_product_in_the_events(sync: Sync, shop: Shop) -> None:
    product = shop.records("products")[3]
    sold = lines_of(shop, product)
    shop.delete("products", product)
    run = sync.run()
    variants = {variant["id"]: "2026-11-22T12:00:00Z" for variant in product["variants"]}
    assert run.changes == {
        "products": {"deleted": 1},
        "product_variants": {"deleted": len(variants)},
        "line_items": {"updated": sold},
    }
    assert deleted(sync, "products") == {product["id"]: "2026-11-22T12:00:00Z"}
    assert deleted(sync, "product_variants") == variants
    assert_equal_to_store(shop.store, sync.data_dir)
    shop.clock.advance(timedelta(minutes=10))
    assert sync.run().changes == {}


def test_lines_of_a_deleted_product_are_kept_and_lose_its_id_as_in_the_store(sync: Sync, shop: Shop) -> None:
    order = next(order for order in shop.records("orders") if order["line_items"][0]["product_id"])
    line = order["line_items"][0]
    shop.delete("products", {"id": line["product_id"]})
    of_line = "SELECT order_id, product_id, title FROM line_items WHERE id = ?"
    sync.run()
    assert sync.select(of_line, line["id"]) == [
        {"order_id": order["id"], "product_id": None, "title": line["title"]}
    ]
    assert_equal_to_store(shop.store, sync.data_dir)


def test_only_a_full_sync_marks_what_is_gone_without_an_event(sync: Sync, shop: Shop) -> None:
    gone = {resource: shop.records(resource)[5]["id"] for resource in RESOURCES}
    for resource, record_id in gone.items():
        shop.store.db.execute(f"DELETE FROM {resource} WHERE id = ?", (record_id,))
    shop.clock.advance(timedelta(minutes=10))
    run = sync.run()
    assert run.changes == {}
    assert [deleted(sync, resource) for resource in RESOURCES] == [{}, {}, {}]
    run = sync.run(FULL)
    for resource, record_id in gone.items():
        assert run.changes[resource] == {"deleted": 1}
        assert deleted(sync, resource) == {record_id: "2026-11-22T12:09:30Z"}
    assert_equal_to_store(shop.store, sync.data_dir)


def test_the_lines_and_refunds_of_a_deleted_order_leave_the_files(sync: Sync, shop: Shop) -> None:
    order = next(order for order in shop.records("orders") if order["refunds"])
    shop.delete("orders", order)
    sync.run(FULL)
    assert sync.select("SELECT count(*) AS lines FROM line_items WHERE order_id = ?", order["id"]) == [
        {"lines": len(order["line_items"])}
    ]
    for table in ("orders", "line_items", "refunds", "refund_line_items"):
        assert str(order["id"]) not in {row["order_id"] for row in csv_rows(sync.data_dir, table)}
    assert_equal_to_store(shop.store, sync.data_dir)


@pytest.mark.parametrize("full_sync", [True, False], ids=["in a full sync", "in an increment"])
def test_what_returns_is_there_again(sync: Sync, shop: Shop, full_sync: bool) -> None:
    gone = {resource: shop.records(resource)[5] for resource in RESOURCES}
    for resource, record in gone.items():
        shop.delete(resource, record)
    sync.run(FULL)
    assert [list(deleted(sync, resource)) for resource in RESOURCES] == [[r["id"]] for r in gone.values()]
    for resource, record in gone.items():
        if full_sync:
            shop.store.put(resource, [record])
        else:
            shop.save(resource, record)
    sync.run({"full_sync": full_sync})
    assert [deleted(sync, resource) for resource in RESOURCES] == [{}, {}, {}]
    assert_equal_to_store(shop.store, sync.data_dir)


def test_a_row_that_is_missing_from_the_list_for_a_moment_is_not_deleted(
    sync: Sync, server: DemoServer, shop: Shop
) -> None:
    order = shop.records("orders")[7]
    pages = -(-len(shop.store.ids("orders")) // 250)

    def hide_while_listed() -> None:
        if server.requests.by_path[ORDERS_PATH] < pages:
            shop.store.delete("orders", order["id"], NOW)
        else:
            shop.store.put("orders", [order])

    shop.before_answer = hide_while_listed
    run = sync.run(FULL)
    assert (run.state, run.changes) == ("success", {})
    assert run.returned["fetch_orders"]["records"] == len(shop.store.ids("orders"))
    assert server.requests.by_path[ORDERS_PATH] == pages + 1
    assert_equal_to_store(shop.store, sync.data_dir)


def test_without_read_all_orders_an_old_order_is_never_taken_for_deleted(
    sync: Sync, server: DemoServer, shop: Shop
) -> None:
    orders = shop.records("orders")
    old = next(order for order in orders if age(order) > timedelta(days=70))
    young = next(order for order in orders if age(order) < timedelta(days=40))
    shop.delete("orders", old)
    shop.delete("orders", young)
    server.faults.withdrawn_scopes = ["read_all_orders"]
    run = sync.run(FULL)
    assert list(deleted(sync, "orders")) == [young["id"]]
    assert (
        run.returned["fetch_orders"]["records"]
        == sum(age(order) < timedelta(days=60) for order in orders) - 1
    )
    warning = "The token lacks the scope read_all_orders: orders older than 60 days are silently absent."
    assert warning in sync.run_log(run)

    server.faults.withdrawn_scopes = []
    sync.run(FULL)
    assert sorted(deleted(sync, "orders")) == sorted([old["id"], young["id"]])
    assert_equal_to_store(shop.store, sync.data_dir)
