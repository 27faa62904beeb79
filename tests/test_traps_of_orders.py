"""What orders hold that is easily counted twice, not at all, or in the wrong currency, end to end.

What the fields mean: https://shopify.dev/docs/api/admin-rest/2026-10/resources/order and …/refund. Orders of
more lines than a page of GraphQL holds do not apply: REST sends every line with its order.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from demo_store.state import Store

from tests.demo_store.records import customer, line_item, money, order
from tests.expected_rows import PLACE
from tests.faults.shops import SyncedShop, serving

# An order of one mug for 24.50, of which 4.25 is tax.
MUG_NET = 20.25
AT = "2026-11-22T13:00:00+01:00"


@pytest.fixture
def trial(store: Store, tmp_path: Path) -> Iterator[SyncedShop]:
    """A shop with one order of a mug, before the first sync."""
    store.put("orders", [order(1)])
    with serving(store, tmp_path) as trial:
        yield trial


def synced(trial: SyncedShop, *orders: dict[str, Any]) -> None:
    """Orders that come to be now, and a sync that makes everything equal to the store."""
    for record in orders:
        trial.shop.save("orders", record)
    trial.sync()
    trial.assert_equal()


def columns(trial: SyncedShop, table: str, *names: str) -> list[tuple[Any, ...]]:
    """Some columns of a table's rows by id."""
    return [tuple(row[name] for name in names) for row in trial.rows(table).values()]


def test_custom_line_tip_and_gift_card_have_no_product_and_only_the_first_is_a_sale(
    trial: SyncedShop,
) -> None:
    nothing: dict[str, Any] = {
        "product_id": None,
        "variant_id": None,
        "product_exists": False,
        "sku": None,
        "tax_lines": [],
    }
    custom = line_item(2, **nothing, title="Engraving", price="5.00")
    tip = line_item(3, **nothing, title="Tip", price="3.00", tip_payment_method="card")
    card = line_item(4, title="Gift card", price="50.00", gift_card=True, tax_lines=[])
    trial.shop.save("orders", order(1, line_items=[line_item(1), custom, tip, card]))
    trial.sync()
    names = ("title", "product_id", "gift_card", "is_tip")
    assert columns(trial, "line_items", *names) == [
        ("Mug 001", 9_100_000_000_001, 0, 0),
        ("Engraving", None, 0, 0),
        ("Tip", None, 0, 1),
        ("Gift card", 9_100_000_000_004, 1, 0),
    ]
    assert trial.figures("total_orders", "gross_sales", "net_sales") == {
        "total_orders": 1,
        "gross_sales": MUG_NET + 5,
        "net_sales": MUG_NET + 5,
    }
    assert [product["title"] for product in trial.summary()["top_products"]] == [
        "Mug 001",
        "Custom lines and unknown products",
    ]


def test_an_order_edit_replaces_all_lines_and_what_is_removed_comes_as_a_refund(trial: SyncedShop) -> None:
    two = order(1, line_items=[line_item(1), line_item(2)])
    synced(trial, two)
    refund = trial.shop.refund(two["line_items"][1], 24.5)
    refund["refund_line_items"][0] |= {"total_tax": 4.25, "restock_type": "cancel"}
    lines = [line_item(1, quantity=3, current_quantity=3), line_item(2, current_quantity=0), line_item(3)]
    current = {"current_subtotal_price": "98.00", "current_total_price": "98.00"}
    synced(trial, order(1, line_items=lines, refunds=[refund], **current))
    assert columns(trial, "line_items", "position", "title", "quantity", "current_quantity") == [
        (1, "Mug 001", 3, 3),
        (2, "Mug 002", 1, 0),
        (3, "Mug 003", 1, 1),
    ]
    names = ("line_item_id", "quantity", "subtotal", "total_tax", "restock_type")
    assert columns(trial, "refund_line_items", *names) == [(lines[1]["id"], 1, 24.5, 4.25, "cancel")]
    assert columns(trial, "orders", "total_price", "current_total_price") == [(24.5, 98.0)]
    assert trial.figures("gross_sales", "total_returns") == {
        "gross_sales": round(3 * 24.5 - 4.25 + 2 * MUG_NET, 2),
        "total_returns": MUG_NET,
    }


def adjustment(kind: str, amount: str) -> dict[str, Any]:
    return {"id": 1, "kind": kind, "amount": amount, "tax_amount": "0.00"}


SHIPPING_LINE = {"id": 1, "subtotal_amount_set": money("6.00")}
SHIPPING_ADJUSTMENT = adjustment("shipping_refund", "-6.00")


@pytest.mark.parametrize(
    ("parts", "shipping_refunded", "discrepancy"),
    [
        ({"refund_shipping_lines": [SHIPPING_LINE], "order_adjustments": [SHIPPING_ADJUSTMENT]}, 6.0, 0.0),
        ({"refund_shipping_lines": [SHIPPING_LINE], "order_adjustments": []}, 6.0, 0.0),
        ({"order_adjustments": [SHIPPING_ADJUSTMENT]}, 6.0, 0.0),
        ({"order_adjustments": [adjustment("refund_discrepancy", "-33.84")]}, 0.0, -33.84),
        ({"order_adjustments": [adjustment("refund_discrepancy", "10.00")]}, 0.0, 10.0),
    ],
    ids=["shipping both ways", "shipping line", "shipping adjustment", "more refunded", "less refunded"],
)
def test_a_refund_counts_shipping_once_and_the_discrepancy_with_its_sign(
    trial: SyncedShop, parts: dict[str, Any], shipping_refunded: float, discrepancy: float
) -> None:
    shipping = {"id": 1, "title": "Post", "price": "6.00", "discounted_price": "6.00", "is_removed": False}
    shipped = order(1, shipping_lines=[shipping | {"tax_lines": [], "discount_allocations": []}])
    synced(trial, shipped)
    assert trial.figures("total_shipping", "total_returns") == {"total_shipping": 6.0, "total_returns": 0.0}
    refund = {"id": 1, "created_at": AT, "processed_at": None, "note": None, "refund_line_items": []}
    paid_back = {"kind": "refund", "amount": "99.99", "currency": "GBP", "status": "pending"}
    synced(trial, shipped | {"refunds": [refund | {"transactions": [paid_back]} | parts]})
    assert columns(trial, "refunds", "refund_date", "shipping_refunded", "discrepancy") == [
        ("2026-11-22", shipping_refunded, discrepancy)
    ]
    assert trial.figures("gross_sales", "total_shipping", "total_returns") == {
        "gross_sales": MUG_NET,
        "total_shipping": 6.0 - shipping_refunded,
        "total_returns": -discrepancy,
    }


def test_a_refund_arrives_with_an_old_order_and_counts_on_its_own_day(trial: SyncedShop) -> None:
    trial.sync()
    refund = trial.shop.refund(line_item(1), 24.5)
    refund["refund_line_items"][0]["total_tax"] = 4.25
    synced(trial, order(1, refunds=[refund]))
    assert columns(trial, "orders", "order_date") == [("2026-11-20",)]
    assert columns(trial, "refunds", "refund_date") == [("2026-11-22",)]
    assert trial.figures("total_orders", "gross_sales", "total_returns", "net_sales") == {
        "total_orders": 1,
        "gross_sales": MUG_NET,
        "total_returns": MUG_NET,
        "net_sales": 0.0,
    }


def test_a_cancelled_order_stays_and_counts(trial: SyncedShop) -> None:
    trial.sync()
    kept = ("total_orders", "gross_sales", "net_sales", "total_sales", "average_order_value")
    before = trial.figures(*kept)
    voided = {"cancelled_at": AT, "cancel_reason": "customer", "financial_status": "voided"}
    synced(trial, order(1, **voided))
    assert trial.figures(*kept) == before
    assert trial.figures("cancellation_rate_percent") == {"cancellation_rate_percent": 100.0}
    (row,) = trial.csv("orders")
    assert (row["cancelled_at"], row["cancelled_date"]) == ("2026-11-22T12:00:00Z", "2026-11-22")
    assert (row["cancel_reason"], row["financial_status"]) == ("customer", "voided")


def test_a_test_order_is_stored_and_counts_nowhere_and_a_completed_draft_counts(trial: SyncedShop) -> None:
    trial.sync()
    alone = trial.summary()
    synced(trial, order(2, test=True))
    assert [row["is_test"] for row in trial.csv("orders")] == ["false", "true"]
    assert trial.summary() == alone
    synced(trial, order(3, source_name="shopify_draft_order"))
    assert trial.csv("orders")[2]["source_name"] == "shopify_draft_order"
    assert trial.figures("total_orders", "gross_sales") == {"total_orders": 2, "gross_sales": 2 * MUG_NET}


def test_multi_currency_amounts_are_the_shops_and_both_codes_are_kept(trial: SyncedShop) -> None:
    def in_pounds(euros: str, pounds: str) -> dict[str, Any]:
        shop, buyer = (
            {"amount": amount, "currency_code": code} for amount, code in ((euros, "EUR"), (pounds, "GBP"))
        )
        return {"shop_money": shop, "presentment_money": buyer}

    foreign = order(
        1,
        presentment_currency="GBP",
        total_price_set=in_pounds("24.50", "20.80"),
        original_total_duties_set=in_pounds("2.00", "1.70"),
        current_total_duties_set=in_pounds("2.00", "1.70"),
        line_items=[line_item(1, price_set=in_pounds("24.50", "20.80"))],
    )
    synced(trial, foreign)
    names = ("currency", "presentment_currency", "total_price", "total_duties")
    assert columns(trial, "orders", *names) == [("EUR", "GBP", 24.5, 2.0)]
    assert trial.figures("currency", "gross_sales", "total_duties") == {
        "currency": "EUR",
        "gross_sales": MUG_NET,
        "total_duties": 2.0,
    }


def test_no_email_and_no_customer_are_kept_and_are_no_buyer(trial: SyncedShop) -> None:
    synced(trial, *(order(number, customer=None, email=email) for number, email in ((2, None), (3, ""))))
    assert [(row["customer_id"], row["email"]) for row in trial.csv("orders")] == [
        ("8200000000001", "customer1@example.org"),
        ("", ""),
        ("", ""),
    ]
    assert trial.figures("total_orders", "ordering_customers") == {"total_orders": 3, "ordering_customers": 1}


def test_guests_with_one_email_are_one_buyer(trial: SyncedShop) -> None:
    guest = {"customer": None, "email": "guest@example.org"}
    synced(trial, order(2, **guest), order(3, **guest))
    figures = trial.figures("ordering_customers", "repeat_rate_percent")
    assert figures == {"ordering_customers": 2, "repeat_rate_percent": 50.0}


def test_a_missing_address_leaves_empty_columns(trial: SyncedShop) -> None:
    digital = order(1)
    for key in ("shipping_address", "billing_address"):
        del digital[key]
    synced(trial, digital)
    (row,) = trial.csv("orders")
    places = [f"{kind}_{part}" for kind in ("shipping", "billing") for part in PLACE]
    assert [row[place] for place in places] == [""] * 12


def test_first_or_repeat_is_decided_over_all_orders_and_not_over_the_window(trial: SyncedShop) -> None:
    trial.sync()
    assert trial.figures("repeat_rate_percent") == {"repeat_rate_percent": 0.0}
    returning, new = order(2, customer=order(1)["customer"]), order(3)
    synced(trial, returning, new)
    figures = trial.figures("total_orders", "ordering_customers", "repeat_rate_percent")
    assert figures == {"total_orders": 3, "ordering_customers": 2, "repeat_rate_percent": 50.0}


def test_customer_totals_that_drift_change_no_row_and_no_figure(trial: SyncedShop) -> None:
    trial.store.put("customers", [customer(1)])
    trial.sync()
    before = trial.summary()
    trial.store.put("customers", [customer(1, orders_count=99, total_spent="9999.00")])
    assert trial.changes(full_sync=True) == {}
    assert trial.summary() == before
    trial.assert_equal()
