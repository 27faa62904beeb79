"""What takes a sale back: returns, refunded shipping, duties and adjustments, each on its own day."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo_store import records
from tests.demo_store.records import money
from tests.ledger_entries import LINE, back, entries, ledger_of, line, off, refund, tax

SOLD = ("sale", 1, 2450)
TIP = {"tip_payment_gateway": "shopify_payments", "tip_payment_method": "Visa"}
SHIPPING = {"id": 1, "price": "6.05", "discounted_price": "6.05", "tax_lines": tax("1.05")}
SHIPPING_BACK = {"subtotal_amount_set": money("6.05"), "tax_amount_set": money("1.05")}
SHIPPING_ADJUSTMENT = {"id": 1, "kind": "shipping_refund", "amount": "-6.05", "tax_amount": "-1.05"}


def taken_back(**changes: Any) -> list[tuple[Any, ...]]:
    """Kind, quantity, amount in cents, refund and day of the rows that are not dated by the order."""
    untaxed = {
        "taxes_included": False,
        "tax_lines": [],
        "total_tax": "0.00",
        "line_items": [line(1, "24.50")],
    }
    rows = ledger_of(records.order(1, **(untaxed | changes)))
    names = ("kind", "quantity", "amount_minor", "refund_id", "ledger_date")
    return [tuple(row[name] for name in names) for row in rows if row["ledger_date"] != "2026-11-20"]


def test_a_return_is_net_of_discount_and_dated_by_its_refund() -> None:
    mug = line(1, "24.50", quantity=2, discount_allocations=off("4.90"), tax_lines=tax("8.82"))
    refunds = [refund(7, 1, back(1, 1, 22.05, 4.41)), refund(8, 5, back(1, 1, 22.05, 4.41))]
    assert taken_back(line_items=[mug], refunds=refunds) == [
        ("return", -1, -2205, 7, "2026-12-01"),
        ("tax_return", 0, -441, 7, "2026-12-01"),
        ("return", -1, -2205, 8, "2026-12-05"),
        ("tax_return", 0, -441, 8, "2026-12-05"),
    ]


def test_a_refund_without_its_own_time_of_processing_is_dated_by_its_creation() -> None:
    assert taken_back(refunds=[refund(7, 9, back(1, 1, 24.5), processed_at=None)]) == [
        ("return", -1, -2450, 7, "2026-12-09")
    ]
    never = refund(7, 9, back(1, 1, 24.5), processed_at=None, created_at=None)
    assert taken_back(refunds=[never]) == [("return", -1, -2450, 7, None)]


def test_a_return_of_a_price_with_tax_inside_is_without_it() -> None:
    mug = line(1, "24.20", tax_lines=tax("4.20"))
    found = entries(taxes_included=True, line_items=[mug], refunds=[refund(7, 1, back(1, 1, 24.2, 4.2))])
    assert found == [("sale", 1, 2000), ("tax", 0, 420), ("return", -1, -2000), ("tax_return", 0, -420)]


def test_what_comes_back_is_of_the_kind_that_was_sold() -> None:
    lines = [line(1, "50.00", gift_card=True), line(2, "3.00", **TIP)]
    refunds = [refund(7, 1, back(1, 1, 50.0), back(2, 1, 3.0), back(3, 2, 10.0))]
    assert taken_back(line_items=lines, refunds=refunds) == [
        ("gift_card_return", -1, -5000, 7, "2026-12-01"),
        ("tip", 0, -300, 7, "2026-12-01"),
        ("return", -2, -1000, 7, "2026-12-01"),
    ]


def test_a_refund_line_names_its_line_item() -> None:
    order = records.order(1, refunds=[refund(7, 1, back(1, 1, 24.5, 4.25), back(3, 1, 1.0))])
    names = [row["line_item_id"] for row in ledger_of(order) if row["refund_id"]]
    assert names == [LINE + 1, LINE + 1, LINE + 3]
    order["refunds"][0]["refund_line_items"] = [{"id": 1, "quantity": 1, "subtotal": 1.0}]
    assert [row["line_item_id"] for row in ledger_of(order) if row["refund_id"]] == [None]


def test_a_line_that_an_edit_removed_was_sold_and_came_back() -> None:
    lines = [line(1, "24.50"), line(2, "10.00", quantity=3, current_quantity=0)]
    removed = refund(7, 1, back(2, 3, 30.0) | {"restock_type": "cancel"})
    assert entries(line_items=lines, refunds=[removed]) == [SOLD, ("sale", 3, 3000), ("return", -3, -3000)]


def test_goods_that_were_free_come_back_as_pieces() -> None:
    free = line(1, "24.50", discount_allocations=off("24.50"))
    assert taken_back(line_items=[free], refunds=[refund(7, 1, back(1, 1, 0.0))]) == [
        ("return", -1, 0, 7, "2026-12-01")
    ]


@pytest.mark.parametrize(
    "forms",
    [
        {"refund_shipping_lines": [SHIPPING_BACK], "order_adjustments": [SHIPPING_ADJUSTMENT]},
        {"refund_shipping_lines": [SHIPPING_BACK]},
        {"order_adjustments": [SHIPPING_ADJUSTMENT]},
    ],
    ids=["both forms", "lines", "adjustment"],
)
def test_refunded_shipping_counts_once(forms: dict[str, Any]) -> None:
    parts: dict[str, Any] = {"shipping_lines": [SHIPPING], "refunds": [refund(7, 1, **forms)]}
    assert entries(**parts) == [
        SOLD,
        ("shipping", 0, 605),
        ("tax", 0, 105),
        ("shipping_return", 0, -605),
        ("tax_return", 0, -105),
    ]
    assert entries(**parts, taxes_included=True) == [
        SOLD,
        ("shipping", 0, 500),
        ("tax", 0, 105),
        ("shipping_return", 0, -500),
        ("tax_return", 0, -105),
    ]


@pytest.mark.parametrize("lines", [[], None])
def test_a_shipping_adjustment_beside_an_empty_list_says_nothing(lines: Any) -> None:
    both = refund(7, 1, refund_shipping_lines=lines, order_adjustments=[SHIPPING_ADJUSTMENT])
    assert taken_back(refunds=[both]) == []


def test_every_other_adjustment_keeps_shopifys_sign() -> None:
    adjustments = [
        SHIPPING_ADJUSTMENT,
        {"id": 2, "kind": "refund_discrepancy", "amount": "-33.84", "tax_amount": "0.00"},
        {"id": 3, "kind": "of a kind not known yet", "amount": "10.00", "tax_amount": "2.00"},
        {"id": 4, "kind": "pending_refund_discrepancy"},
    ]
    refunds = [refund(7, 1, refund_shipping_lines=[], order_adjustments=adjustments)]
    expected = [("adjustment", 0, -3384, 7, "2026-12-01"), ("adjustment", 0, 1200, 7, "2026-12-01")]
    assert taken_back(refunds=refunds) == expected
    expected[1] = ("adjustment", 0, 1000, 7, "2026-12-01")
    assert taken_back(refunds=refunds, taxes_included=True) == expected


DUTIES = {"original_total_duties_set": money("12.00"), "original_total_additional_fees_set": money("5.00")}


def with_duties(duties: str, fees: str, **changes: Any) -> dict[str, Any]:
    """An order of 12.00 duties and 5.00 fees, of which ``duties`` and ``fees`` are left."""
    left = {
        "current_total_duties_set": money(duties),
        "current_total_additional_fees_set": money(fees),
    }
    return DUTIES | left | changes


def test_duties_are_taken_back_by_the_refunds_that_name_them() -> None:
    refunds = [
        refund(7, 1, duties=[{"duty_id": 1, "amount_set": money("4.00")}]),
        refund(8, 2, back(1, 1, 24.5), duties=[{"duty_id": 2, "amount_set": money("3.00")}]),
    ]
    assert taken_back(**with_duties("5.00", "5.00", refunds=refunds)) == [
        ("duty", 0, -400, 7, "2026-12-01"),
        ("return", -1, -2450, 8, "2026-12-02"),
        ("duty", 0, -300, 8, "2026-12-02"),
    ]


def test_what_no_refund_names_is_taken_back_with_the_last_one() -> None:
    refunds = [
        refund(7, 8, duties=[{"duty_id": 1, "amount_set": money("4.00")}]),
        refund(8, 9),
        refund(9, 2),
    ]
    assert taken_back(**with_duties("2.00", "1.50", refunds=refunds)) == [
        ("duty", 0, -400, 7, "2026-12-08"),
        ("duty", 0, -600, 8, "2026-12-09"),
        ("fee", 0, -350, 8, "2026-12-09"),
    ]


def test_duties_lowered_without_a_refund_are_dated_by_the_order() -> None:
    assert entries(**with_duties("0.00", "0.00")) == [
        SOLD,
        ("duty", 0, 1200),
        ("fee", 0, 500),
        ("duty", 0, -1200),
        ("fee", 0, -500),
    ]


def test_no_more_duties_are_taken_back_than_shopify_says() -> None:
    named = refund(7, 1, duties=[{"duty_id": 1, "amount_set": money("12.00")}])
    assert taken_back(**with_duties("9.00", "5.00", refunds=[named])) == [("duty", 0, -300, 7, "2026-12-01")]
    assert taken_back(**with_duties("13.00", "9.00", refunds=[named])) == []
    assert taken_back(**DUTIES, refunds=[named]) == []
