"""What an order costs, and what payment, shipping, edits, refunds and cancellation do to its totals."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from demo_store.shop.aftermath import add_item, cancel, fulfil, pay, remove_units, swap_shipping, unfulfil
from demo_store.shop.catalog import product_record
from demo_store.shop.checkout import Basket, place_order
from demo_store.shop.designs import GIFT_CARD, Design
from demo_store.shop.money import split
from demo_store.shop.order_lines import Delivery, Item, Market, item_of
from demo_store.shop.people import Buyer, new_guest
from demo_store.shop.places import COUNTRY
from demo_store.shop.pricing import Discount
from demo_store.shop.refunds import Return, refund

from tests.demo_store.order_arithmetic import check_order

if TYPE_CHECKING:
    from demo_store.state import Store

ORDERED_AT, LATER = "2026-11-20T23:41:07+01:00", "2026-11-21T10:02:40+01:00"
BRITAIN = Market(COUNTRY["GB"], COUNTRY["GB"].cities[1], "GBP")
HOLLAND = Market(COUNTRY["NL"], COUNTRY["NL"].cities[0], "EUR")
CANADA = Market(COUNTRY["CA"], COUNTRY["CA"].cities[1], "EUR")
WELCOME = Discount("discount_code", "WELCOME10", Decimal(10))


def mug(store: Store, price: str, quantity: int) -> Item:
    product = product_record(
        store, Design("Stone Mug", "Mugs", "Kiln Co", "20", 400), ORDERED_AT, "active", Random(1)
    )
    product["variants"][0]["price"] = price
    return item_of(product, product["variants"][0], quantity)


def gift_card(store: Store) -> Item:
    product = product_record(store, GIFT_CARD, ORDERED_AT, "active", Random(1))
    return item_of(product, product["variants"][1], 1)


def place(store: Store, market: Market, *items: Item, **terms: Any) -> dict[str, Any]:
    defaults = {
        "source_name": "web",
        "discounts": (),
        "delivery": Delivery("Standard", "standard", Decimal("7.00")),
        "gateways": ("shopify_payments",),
        "financial_status": "paid",
        "paid_share": Decimal(1),
    }
    buyer: Buyer = new_guest(market.country, 1, Random(1))
    basket = Basket(items=items, **{**defaults, **terms})
    return place_order(store, basket, market, buyer, None, created_at=ORDERED_AT, processed_at=ORDERED_AT)


def unpaid(status: str = "pending") -> dict[str, Any]:
    return {"financial_status": status, "paid_share": Decimal(0)}


def ship_all(store: Store, order: dict[str, Any]) -> None:
    fulfil(store, order, {line["id"]: line["fulfillable_quantity"] for line in order["line_items"]}, LATER)


def amounts(order: dict[str, Any], *fields: str) -> list[str]:
    return [order[field] for field in fields]


CURRENT = ("current_subtotal_price", "current_total_discounts", "current_total_tax", "current_total_price")


def test_the_documented_example_comes_out_to_the_cent(store: Store) -> None:
    custom = Item("Gift wrap", Decimal("5.00"), 1)
    order = place(store, BRITAIN, mug(store, "24.50", 2), custom, discounts=(WELCOME,))

    placed = ("total_line_items_price", "total_discounts", "subtotal_price", "total_tax", "total_price")
    assert amounts(order, *placed) == ["54.00", "5.40", "48.60", "11.12", "66.72"]
    assert order["total_price_set"]["presentment_money"] == {"amount": "56.71", "currency_code": "GBP"}
    assert order["discount_codes"] == [{"code": "WELCOME10", "amount": "5.40", "type": "percentage"}]
    assert [line["tax_lines"][0]["price"] for line in order["line_items"]] == ["8.82", "0.90"]
    assert [line["discount_allocations"][0]["amount"] for line in order["line_items"]] == ["4.90", "0.50"]
    assert (custom.product, order["line_items"][1]["product_id"]) == (None, None)

    ship_all(store, order)
    money = refund(store, order, Return({order["line_items"][0]["id"]: 1}, note="chipped"), LATER)

    assert money == Decimal("26.46")
    assert amounts(order, *CURRENT) == ["26.55", "2.95", "6.71", "40.26"]
    (refunded,) = order["refunds"][0]["refund_line_items"]
    assert (refunded["subtotal"], refunded["total_tax"], refunded["quantity"]) == (22.05, 4.41, 1)
    assert (order["financial_status"], order["fulfillment_status"]) == ("partially_refunded", "fulfilled")
    assert check_order(order) == []


def test_a_discount_is_shared_out_in_whole_cents_that_sum_exactly() -> None:
    shares = split(Decimal("10.00"), [Decimal(1), Decimal(1), Decimal(1)])
    assert shares == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert split(Decimal("5.00"), [Decimal(0), Decimal(0)]) == [Decimal("0.00"), Decimal("0.00")]


def test_a_fixed_discount_never_exceeds_the_goods(store: Store) -> None:
    code = Discount("discount_code", "FIVE", Decimal(5), value_type="fixed_amount")
    order = place(store, HOLLAND, mug(store, "3.00", 1), discounts=(code,), delivery=None)
    assert amounts(order, "total_discounts", "total_price") == ["3.00", "0.00"]
    assert check_order(order) == []


def test_units_refunded_one_by_one_add_up_to_the_whole_line(store: Store) -> None:
    order = place(store, HOLLAND, mug(store, "9.99", 3), discounts=(WELCOME,))
    line_id = order["line_items"][0]["id"]
    for _ in range(3):
        refund(store, order, Return({line_id: 1}), LATER)
        assert check_order(order) == []
    subtotals = [refunded["refund_line_items"][0]["subtotal"] for refunded in order["refunds"]]
    assert subtotals == [8.99, 8.99, 8.99]
    assert amounts(order, *CURRENT) == ["0.00", "0.00", "1.21", "7.00"]


def test_refunded_shipping_is_sent_as_line_and_as_adjustment(store: Store) -> None:
    order = place(store, BRITAIN, mug(store, "10.00", 1))
    assert refund(store, order, Return(shipping=True), LATER) == Decimal("8.40")
    (record,) = order["refunds"]
    (line,), (adjustment,) = record["refund_shipping_lines"], record["order_adjustments"]
    assert line["subtotal_amount_set"]["shop_money"]["amount"] == "7.00"
    assert (adjustment["kind"], adjustment["amount"], adjustment["tax_amount"]) == (
        "shipping_refund",
        "-7.00",
        "-1.40",
    )
    assert order["current_total_price"] == "12.00"
    assert check_order(order) == []


def test_money_without_goods_is_a_discrepancy_that_leaves_the_totals(store: Store) -> None:
    order = place(store, HOLLAND, mug(store, "20.00", 1))
    assert refund(store, order, Return(discrepancy=Decimal("-2.70")), LATER) == Decimal("2.70")
    assert order["refunds"][0]["order_adjustments"][0]["amount"] == "-2.70"
    assert amounts(order, "current_total_price", "total_outstanding") == ["27.00", "0.00"]
    assert order["financial_status"] == "partially_refunded"
    assert check_order(order) == []


def test_never_more_is_refunded_than_was_received(store: Store) -> None:
    order = place(store, HOLLAND, mug(store, "20.00", 1))
    refund(store, order, Return(discrepancy=Decimal("-2.70")), LATER)
    everything = Return({order["line_items"][0]["id"]: 1}, shipping=True)
    assert refund(store, order, everything, LATER) == Decimal("24.30")
    discrepancy = order["refunds"][1]["order_adjustments"][-1]
    assert (discrepancy["kind"], discrepancy["amount"]) == ("refund_discrepancy", "2.70")
    assert (order["financial_status"], order["current_total_price"]) == ("refunded", "0.00")
    assert check_order(order) == []


@pytest.mark.parametrize(
    ("terms", "paid_back", "status"),
    [
        ({}, "27.00", "refunded"),
        (unpaid(), "0.00", "voided"),
        (unpaid("authorized"), "0.00", "voided"),
        ({"financial_status": "partially_paid", "paid_share": Decimal("0.3")}, "8.10", "refunded"),
    ],
)
def test_a_cancelled_order_holds_nothing(
    store: Store, terms: dict[str, Any], paid_back: str, status: str
) -> None:
    order = place(store, HOLLAND, mug(store, "20.00", 1), **terms)
    assert f"{cancel(store, order, 'customer', LATER):.2f}" == paid_back
    assert (order["financial_status"], order["fulfillment_status"]) == (status, "restocked")
    assert (order["cancelled_at"], order["cancel_reason"], order["updated_at"]) == (LATER, "customer", LATER)
    assert amounts(order, *CURRENT, "total_outstanding") == ["0.00"] * 5
    assert amounts(order, "total_price", "subtotal_price") == ["27.00", "20.00"]
    assert check_order(order) == []


def test_an_added_line_is_to_be_paid_and_leaves_the_order_as_placed(store: Store) -> None:
    order = place(store, BRITAIN, mug(store, "10.00", 1))
    add_item(store, order, mug(store, "5.00", 1), BRITAIN, LATER)
    assert amounts(order, "total_line_items_price", "total_price") == ["10.00", "20.40"]
    assert amounts(order, "current_total_price", "total_outstanding") == ["26.40", "6.00"]
    assert (order["financial_status"], order["tags"]) == ("partially_paid", "edited")
    assert pay(order, LATER) == Decimal("6.00")
    assert (order["financial_status"], order["total_outstanding"]) == ("paid", "0.00")
    assert check_order(order) == []


def test_a_removed_line_stays_with_no_current_quantity_and_a_refund(store: Store) -> None:
    order = place(store, HOLLAND, mug(store, "10.00", 1), mug(store, "5.00", 2))
    first = order["line_items"][0]
    assert remove_units(store, order, first["id"], 1, LATER) == Decimal("10.00")
    assert (first["quantity"], first["current_quantity"], first["fulfillable_quantity"]) == (1, 0, 0)
    assert order["refunds"][0]["refund_line_items"][0]["restock_type"] == "cancel"
    assert amounts(order, "total_price", "current_total_price") == ["27.00", "17.00"]
    assert check_order(order) == []


def test_a_line_removed_before_payment_lowers_what_is_outstanding(store: Store) -> None:
    order = place(store, HOLLAND, mug(store, "10.00", 1), mug(store, "5.00", 2), **unpaid())
    assert remove_units(store, order, order["line_items"][0]["id"], 1, LATER) == 0
    assert amounts(order, "total_outstanding", "financial_status") == ["17.00", "pending"]
    assert order["refunds"][0]["transactions"] == []
    assert check_order(order) == []


def test_replaced_shipping_stays_as_removed(store: Store) -> None:
    order = place(store, HOLLAND, mug(store, "10.00", 1))
    swap_shipping(store, order, Delivery("Express", "express", Decimal("12.00")), HOLLAND, LATER)
    assert [line["is_removed"] for line in order["shipping_lines"]] == [True, False]
    assert amounts(order, "total_price", "current_total_price", "total_outstanding") == [
        "17.00",
        "22.00",
        "5.00",
    ]
    assert check_order(order) == []


def test_a_shipping_discount_counts_as_discount_and_leaves_the_shipping_price(store: Store) -> None:
    code = Discount("discount_code", "FREESHIP", Decimal(100), target_type="shipping_line")
    order = place(store, HOLLAND, mug(store, "10.00", 1), discounts=(code,))
    (shipping,) = order["shipping_lines"]
    assert amounts(order, "total_discounts", "subtotal_price", "total_price") == ["7.00", "10.00", "10.00"]
    assert (shipping["price"], shipping["discounted_price"]) == ("7.00", "0.00")
    assert order["total_shipping_price_set"]["shop_money"]["amount"] == "7.00"
    assert order["discount_codes"] == [{"code": "FREESHIP", "amount": "7.00", "type": "shipping"}]
    assert check_order(order) == []


def test_only_a_discount_of_one_line_is_in_its_total_discount(store: Store) -> None:
    damaged = Discount("manual", "Box damaged", Decimal(50), line=1)
    order = place(store, HOLLAND, mug(store, "10.00", 1), mug(store, "4.00", 1), discounts=(WELCOME, damaged))
    assert [line["total_discount"] for line in order["line_items"]] == ["0.00", "1.80"]
    assert [line["discount_allocations"][0]["amount"] for line in order["line_items"]] == ["1.00", "0.40"]
    assert order["discount_applications"][1]["target_selection"] == "explicit"
    assert check_order(order) == []


def test_a_gift_card_is_neither_taxed_nor_discounted_nor_shipped(store: Store) -> None:
    order = place(store, HOLLAND, gift_card(store), discounts=(WELCOME,), delivery=None)
    assert amounts(order, "total_price", "total_tax", "total_discounts") == ["50.00", "0.00", "0.00"]
    assert order["line_items"][0]["gift_card"] is True
    assert "shipping_address" not in order
    assert "billing_address" in order
    assert check_order(order) == []


def test_duties_are_part_of_the_total_and_refunded_with_a_cancellation(store: Store) -> None:
    order = place(store, CANADA, mug(store, "100.00", 1), tip=Decimal(0))
    assert order["original_total_duties_set"]["shop_money"]["amount"] == "6.00"
    assert [tax["title"] for tax in order["tax_lines"]] == ["GST", "QST"]
    assert amounts(order, "total_tax", "total_price") == ["16.03", "129.03"]
    assert cancel(store, order, "customer", LATER) == Decimal("129.03")
    assert order["current_total_duties_set"]["shop_money"]["amount"] == "0.00"
    assert check_order(order) == []


def test_a_tip_is_part_of_the_total_and_no_line_item(store: Store) -> None:
    order = place(store, HOLLAND, mug(store, "10.00", 1), tip=Decimal(2))
    assert amounts(order, "total_tip_received", "total_line_items_price", "total_price") == [
        "2.00",
        "10.00",
        "19.00",
    ]
    assert check_order(order) == []


def test_an_order_is_closed_when_shipped_and_paid_and_open_again_when_called_back(store: Store) -> None:
    order = place(store, HOLLAND, mug(store, "10.00", 2), **unpaid())
    line_id = order["line_items"][0]["id"]
    fulfil(store, order, {line_id: 1}, LATER)
    assert (order["fulfillment_status"], order["closed_at"]) == ("partial", None)
    fulfil(store, order, {line_id: 1}, LATER)
    assert (order["fulfillment_status"], order["closed_at"]) == ("fulfilled", None)
    pay(order, LATER)
    assert order["closed_at"] == LATER
    unfulfil(order, LATER)
    assert (order["fulfillment_status"], order["closed_at"]) == ("partial", None)
    assert [fulfillment["status"] for fulfillment in order["fulfillments"]] == ["success", "cancelled"]
