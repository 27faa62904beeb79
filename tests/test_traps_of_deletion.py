"""What a store no longer has, of which an incremental read tells little or nothing, end to end.

Products leave an event (https://shopify.dev/docs/api/admin-rest/2026-10/resources/event), orders and
customers nothing that a poll could see. Webhooks would tell of them; they do not apply, as the project has no
receiver.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from demo_store.state import Store

from tests.demo_store.records import customer, line_item, order, product
from tests.faults.shops import SyncedShop, serving

FIRST, SECOND = product(1), product(2)
BUYER, OTHER = customer(1), customer(2)
ORDER, ANOTHER = order(1), order(2)


@pytest.fixture
def trial(store: Store, tmp_path: Path) -> Iterator[SyncedShop]:
    """Two products, two customers, an order of each by each, after the first sync."""
    store.put("products", [FIRST, SECOND])
    store.put("customers", [BUYER, OTHER])
    store.put("orders", [ORDER, ANOTHER])
    with serving(store, tmp_path) as trial:
        trial.sync()
        trial.shop.clock.advance(timedelta(minutes=10))
        yield trial


def ids(trial: SyncedShop, table: str, column: str) -> list[int]:
    """A column of a CSV file."""
    return [int(row[column]) for row in trial.csv(table)]


def test_a_deleted_product_is_marked_by_the_next_sync_with_the_time_of_its_event(trial: SyncedShop) -> None:
    trial.shop.delete("products", FIRST)
    trial.sync()
    at = "2026-11-22T12:10:00Z"
    assert trial.deleted("products") == {FIRST["id"]: at}
    assert trial.deleted("product_variants") == {FIRST["variants"][0]["id"]: at}
    assert ids(trial, "products", "product_id") == [SECOND["id"]]
    assert ids(trial, "product_variants", "product_id") == [SECOND["id"]]
    trial.assert_equal()


def test_a_deleted_product_in_an_old_order_leaves_the_line_as_it_was_sold(trial: SyncedShop) -> None:
    sold = trial.rows("line_items")
    before = trial.summary()
    trial.shop.delete("products", FIRST)
    trial.sync()
    line = ORDER["line_items"][0]["id"]
    assert trial.rows("line_items") == sold | {line: sold[line] | {"product_id": None, "variant_id": None}}
    after = trial.summary()
    best = {product_["title"]: product_["net_sales"] for product_ in after.pop("top_products")}
    assert best == {product_["title"]: product_["net_sales"] for product_ in before.pop("top_products")}
    assert after == before
    trial.assert_equal()


def test_an_order_of_a_product_that_was_deleted_before_the_first_sync_is_kept(trial: SyncedShop) -> None:
    gone = line_item(9, product_id=None, variant_id=None, product_exists=False)
    trial.shop.save("orders", order(9, updated_at=trial.shop.time(), line_items=[gone]))
    assert trial.changes() == {"orders": {"inserted": 1}, "line_items": {"inserted": 1}}
    row = trial.rows("line_items")[gone["id"]]
    assert (row["product_id"], row["variant_id"]) == (None, None)
    assert (row["title"], row["sku"], row["price"]) == ("Mug 009", "MUG-9", 24.5)
    trial.assert_equal()


@pytest.mark.parametrize("minutes", [1, 30, 69])
def test_an_event_that_is_delayed_for_up_to_an_hour_is_found_all_the_same(
    trial: SyncedShop, minutes: int
) -> None:
    trial.sync()
    trial.shop.clock.advance(timedelta(minutes=10))
    trial.store.delete("products", FIRST["id"], trial.shop.clock.now() - timedelta(minutes=10 + minutes))
    assert trial.changes() == {
        "products": {"deleted": 1},
        "product_variants": {"deleted": 1},
        "line_items": {"updated": 1},
    }


def test_an_event_that_is_delayed_for_longer_is_made_up_for_by_a_full_sync(trial: SyncedShop) -> None:
    trial.sync()
    trial.shop.clock.advance(timedelta(minutes=10))
    trial.store.delete("products", FIRST["id"], trial.shop.clock.now() - timedelta(hours=2))
    assert trial.changes() == {}
    trial.sync(full_sync=True)
    assert trial.deleted("products") == {FIRST["id"]: "2026-11-22T12:19:30Z"}
    assert ids(trial, "products", "product_id") == [SECOND["id"]]


def test_a_deleted_order_vanishes_without_a_word_and_a_full_sync_marks_it(trial: SyncedShop) -> None:
    trial.shop.delete("orders", ORDER)
    assert trial.changes() == {}
    assert ids(trial, "orders", "order_id") == [ORDER["id"], ANOTHER["id"]]
    assert trial.changes(full_sync=True) == {"orders": {"deleted": 1}}
    assert trial.deleted("orders") == {ORDER["id"]: "2026-11-22T12:10:30Z"}
    for table in ("orders", "line_items"):
        assert ids(trial, table, "order_id") == [ANOTHER["id"]]
    assert trial.figures("total_orders", "gross_sales") == {"total_orders": 1, "gross_sales": 20.25}
    trial.assert_equal()


def test_a_deleted_customer_vanishes_without_a_word_and_a_full_sync_marks_him(trial: SyncedShop) -> None:
    guest = ORDER | {"customer": None}
    trial.store.put("orders", [guest])
    trial.shop.delete("customers", BUYER)
    assert trial.changes() == {}
    assert trial.changes(full_sync=True) == {"customers": {"deleted": 1}, "orders": {"updated": 1}}
    assert trial.deleted("customers") == {BUYER["id"]: "2026-11-22T12:10:30Z"}
    assert ids(trial, "customers", "customer_id") == [OTHER["id"]]
    trial.assert_equal()


def test_a_merged_customer_hands_his_orders_over_at_once_and_goes_with_a_full_sync(trial: SyncedShop) -> None:
    trial.shop.save("orders", ORDER, customer=ANOTHER["customer"])
    trial.shop.save("customers", OTHER, tags="merged")
    trial.store.delete("customers", BUYER["id"], trial.shop.clock.now())
    assert trial.changes() == {"customers": {"updated": 1}, "orders": {"updated": 1}}
    figures = ("total_customers", "ordering_customers", "repeat_rate_percent")
    assert trial.figures(*figures) == dict(zip(figures, (2, 1, 100.0), strict=True))
    assert trial.changes(full_sync=True) == {"customers": {"deleted": 1}}
    assert trial.figures(*figures) == dict(zip(figures, (1, 1, 100.0), strict=True))
    trial.assert_equal()


def test_a_redacted_customer_keeps_nothing_personal(trial: SyncedShop) -> None:
    nobody = dict.fromkeys(("email", "first_name", "last_name", "phone", "default_address"))
    trial.shop.save("customers", BUYER, **nobody, addresses=[])
    assert trial.changes() == {"customers": {"updated": 1}}
    row = trial.csv("customers")[0]
    assert {name: value for name, value in row.items() if value} == {
        "customer_id": str(BUYER["id"]),
        "account_state": "disabled",
        "currency": "EUR",
        "created_at": "2026-11-19T23:01:00Z",
        "updated_at": "2026-11-22T12:10:00Z",
    }
    trial.assert_equal()
