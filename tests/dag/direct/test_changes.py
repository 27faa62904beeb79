"""What happens to single records in the store, and what an increment makes of it."""

from __future__ import annotations

from typing import Any

from tests.dag.equality import assert_equal_to_store, csv_rows, summary
from tests.dag.running import Sync
from tests.dag.shop import Record, Shop

AWKWARD = 'Tasse "Ünïcode", =SUM(1)\nzweite Zeile 茶碗 🫖'


def plain_order(shop: Shop) -> Record:
    """An order of three different goods, without refund."""
    return next(
        order
        for order in shop.records("orders")
        if len(order["line_items"]) == 3 and not order["refunds"] and not order["test"]
    )


def synced(sync: Sync, shop: Shop) -> dict[str, Any]:
    """What one more run changed; afterwards everything is as in the store."""
    run = sync.run()
    assert run.state == "success"
    assert_equal_to_store(shop.store, sync.data_dir)
    return run.changes


def test_an_edited_order_loses_and_gains_lines(sync: Sync, shop: Shop) -> None:
    order = plain_order(shop)
    first, second, _ = order["line_items"]
    gained = second | {"id": shop.store.next_id("line_item"), "title": AWKWARD}
    shop.save("orders", order, line_items=[first | {"current_quantity": 0}, second, gained])
    assert synced(sync, shop) == {
        "orders": {"updated": 1},
        "line_items": {"inserted": 1, "updated": 1, "deleted": 1},
    }


def test_a_refund_comes_with_its_order(sync: Sync, shop: Shop) -> None:
    order, before = plain_order(shop), summary(sync.data_dir)["total_returns"]
    shop.save("orders", order, refunds=[shop.refund(order["line_items"][0], 6.5)])
    assert synced(sync, shop) == {
        "orders": {"updated": 1},
        "refunds": {"inserted": 1},
        "refund_line_items": {"inserted": 1},
    }
    assert summary(sync.data_dir)["total_returns"] == round(before + 6.5, 2)


def test_a_cancelled_order_stays(sync: Sync, shop: Shop) -> None:
    before = summary(sync.data_dir)
    order = plain_order(shop)
    shop.save("orders", order, cancelled_at=shop.time(), cancel_reason="customer", financial_status="voided")
    assert synced(sync, shop) == {"orders": {"updated": 1}}
    after = summary(sync.data_dir)
    for figure in ("total_orders", "gross_sales"):
        assert after[figure] == before[figure]


def test_a_product_may_change_name_price_and_variants(sync: Sync, shop: Shop) -> None:
    product = next(product for product in shop.records("products") if len(product["variants"]) == 3)
    first, second, _ = product["variants"]
    added = second | {"id": shop.store.next_id("variant"), "sku": None, "position": 3}
    variants = [first | {"price": "1234.56", "compare_at_price": None}, second, added]
    shop.save("products", product, title=AWKWARD, variants=variants)
    assert synced(sync, shop) == {
        "products": {"updated": 1},
        "product_variants": {"inserted": 1, "updated": 1, "deleted": 1},
    }


def test_a_customer_may_come_without_anything_personal(sync: Sync, shop: Shop) -> None:
    customer = shop.records("customers")[0]
    nothing = dict.fromkeys(("email", "first_name", "last_name", "phone", "default_address"))
    shop.save("customers", customer, **nothing, addresses=[])
    assert synced(sync, shop) == {"customers": {"updated": 1}}


def test_an_order_may_name_a_customer_and_products_that_are_not_there(sync: Sync, shop: Shop) -> None:
    order = plain_order(shop)
    line = order["line_items"][0] | {"id": shop.store.next_id("line_item"), "product_id": 1, "variant_id": 2}
    new = {"id": shop.store.next_id("order"), "name": "#0001", "order_number": 1, "email": None}
    shop.save("orders", order, **new, customer=order["customer"] | {"id": 3}, line_items=[line])
    assert synced(sync, shop) == {"orders": {"inserted": 1}, "line_items": {"inserted": 1}}
    assert "3" in {row["customer_id"] for row in csv_rows(sync.data_dir, "orders")}


def test_the_copy_of_a_customer_inside_an_order_is_not_taken(sync: Sync, shop: Shop) -> None:
    order = next(order for order in shop.records("orders") if order["customer"])
    shop.save("orders", order, customer=order["customer"] | {"first_name": "Another", "tags": "other"})
    assert set(synced(sync, shop)) == {"orders"}


def test_unknown_fields_are_ignored(sync: Sync, shop: Shop) -> None:
    shop.save("products", shop.records("products")[0], invented={"by": ["Shopify", 2027]})
    assert synced(sync, shop) == {"products": {"updated": 1}}


def test_a_malformed_record_is_set_aside_until_it_is_good(sync: Sync, shop: Shop) -> None:
    order = plain_order(shop)
    shop.save("orders", order, total_price="twelve")
    before = sync.select("SELECT * FROM orders WHERE id = ?", order["id"])
    run = sync.run()
    assert (run.state, run.changes) == ("success", {})
    assert sync.select("SELECT * FROM orders WHERE id = ?", order["id"]) == before
    rejected = "SELECT entity, record_id, reason, run_id FROM rejected_records"
    reason = "total_price is 'twelve', not an amount"
    assert sync.select(rejected) == [
        {"entity": "orders", "record_id": order["id"], "reason": reason, "run_id": run.run_id}
    ]
    warning = (
        "Could not read 1 of the orders, which wait in rejected_records; "
        f"the first has id {order['id']}: {reason}"
    )
    assert warning in sync.run_log(run)

    shop.store.put("orders", [order | {"tags": "good again"}])
    assert synced(sync, shop) == {"orders": {"updated": 1}}
    assert sync.select(rejected) == []
