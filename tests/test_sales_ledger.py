"""An order as signed events: what was sold, and how prices with and without tax are told apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from shopify_analytics.fields import MalformedRecord

from tests.demo_store import records
from tests.demo_store.records import money
from tests.ledger_entries import LINE, back, entries, ledger_of, line, off, refund, tax
from tests.samples import sample

MUG, WRAP, REFUND = 9300000000001, 9300000000002, 9400000000001
TIP = {"tip_payment_gateway": "shopify_payments", "tip_payment_method": "Visa"}
THE_SAMPLE_ORDER = [
    ("2026-11-20", "order", None, None, 1, 0),
    ("2026-11-20", "sale", MUG, None, 2, 4900),
    ("2026-11-20", "discount", MUG, None, 0, -490),
    ("2026-11-20", "tax", MUG, None, 0, 882),
    ("2026-11-20", "sale", WRAP, None, 1, 500),
    ("2026-11-20", "discount", WRAP, None, 0, -50),
    ("2026-11-20", "shipping", None, None, 0, 700),
    ("2026-11-20", "tax", None, None, 0, 140),
    ("2026-11-20", "tax", None, None, 0, 90),
    ("2026-11-21", "return", MUG, REFUND, -1, -2205),
    ("2026-11-21", "tax_return", MUG, REFUND, 0, -441),
]


def test_the_sample_order_is_told_line_by_line() -> None:
    assert ledger_of(sample("order")) == [
        {
            "id": 71000000000010000 + position,
            "order_id": 7100000000001,
            "ledger_date": date,
            "line_item_id": line_item_id,
            "refund_id": refund_id,
            "kind": kind,
            "quantity": quantity,
            "amount_minor": amount,
            "amount": amount / 100,
        }
        for position, (date, kind, line_item_id, refund_id, quantity, amount) in enumerate(
            THE_SAMPLE_ORDER, 1
        )
    ]


def test_the_sample_orders_days_come_to_shopifys_figures() -> None:
    rows = ledger_of(sample("order"))

    def sums(date: str) -> dict[str, Decimal]:
        kinds: dict[str, Decimal] = {}
        for row in rows:
            if row["ledger_date"] == date:
                kinds[row["kind"]] = kinds.get(row["kind"], Decimal(0)) + Decimal(row["amount_minor"]) / 100
        return kinds

    first, second = sums("2026-11-20"), sums("2026-11-21")
    assert (first["sale"], -first["discount"]) == (Decimal("54.00"), Decimal("5.40"))
    assert first["sale"] + first["discount"] == Decimal("48.60")
    assert (first["shipping"], first["tax"]) == (Decimal("7.00"), Decimal("11.12"))
    assert sum(first.values()) == Decimal("66.72") == Decimal(sample("order")["total_price"])
    assert second == {"return": Decimal("-22.05"), "tax_return": Decimal("-4.41")}
    assert sum(second.values()) == Decimal("-26.46")
    assert sum([*first.values(), *second.values()]) == Decimal("40.26")
    assert sample("order")["current_total_price"] == "40.26"


def test_a_test_order_is_not_in_the_ledger() -> None:
    assert ledger_of(sample("order", test=True)) == []


def test_sales_are_dated_by_the_shops_day_of_processing() -> None:
    late = records.order(1, created_at="2026-11-20T12:00:00Z", processed_at="2026-11-22T23:30:00Z")
    assert {row["ledger_date"] for row in ledger_of(late)} == {"2026-11-23"}
    assert {row["ledger_date"] for row in ledger_of(late | {"processed_at": None})} == {"2026-11-20"}
    assert {
        row["ledger_date"] for row in ledger_of(late | dict.fromkeys(("created_at", "processed_at")))
    } == {None}


def test_a_price_with_tax_inside_is_sold_without_it() -> None:
    mug = line(1, "24.50", quantity=2, discount_allocations=off("9.80"), tax_lines=tax("6.80"))
    shipping = {"id": 1, "price": "6.05", "discounted_price": "6.05", "tax_lines": tax("1.00", "0.05")}
    assert entries(taxes_included=True, line_items=[mug], shipping_lines=[shipping]) == [
        ("sale", 2, 4050),
        ("discount", 0, -810),
        ("tax", 0, 680),
        ("shipping", 0, 500),
        ("tax", 0, 105),
    ]


def test_what_cannot_be_halved_is_rounded_away_from_zero() -> None:
    mug = line(1, "10.00", discount_allocations=off("1.00"), tax_lines=tax("1.53"))
    assert entries(taxes_included=True, line_items=[mug])[:2] == [("sale", 1, 830), ("discount", 0, -83)]
    assert entries(line_items=[line(1, "0.005"), line(2, "0.004"), line(3, "-0.005")]) == [
        ("sale", 1, 1),
        ("sale", 1, 0),
        ("sale", 1, -1),
    ]


@pytest.mark.parametrize("tax_lines", [[], tax("0.00")])
def test_a_gift_of_goods_with_tax_inside_is_sold_for_nothing(tax_lines: list[Any]) -> None:
    free = line(1, "24.50", discount_allocations=off("24.50"), tax_lines=tax_lines)
    assert entries(taxes_included=True, line_items=[free]) == [("sale", 1, 0)]
    assert entries(taxes_included=False, line_items=[free]) == [("sale", 1, 2450), ("discount", 0, -2450)]


def test_an_exempt_order_in_a_shop_with_tax_inside_keeps_its_prices() -> None:
    mug = line(1, "24.50", discount_allocations=off("4.90"))
    assert entries(taxes_included=True, line_items=[mug]) == [("sale", 1, 2450), ("discount", 0, -490)]


def test_a_line_of_nothing_is_no_row_and_a_line_may_lack_its_lists() -> None:
    gone = {"id": LINE + 1, "quantity": 0, "price": "24.50"}
    bare = {"id": LINE + 2, "quantity": 1, "price": "24.50"}
    assert entries(line_items=[gone, bare]) == [("sale", 1, 2450)]


def test_a_gift_card_is_no_sale_and_shows_what_was_paid_for_it() -> None:
    card = line(1, "50.00", gift_card=True, discount_allocations=off("5.00"), tax_lines=tax("7.50"))
    assert entries(line_items=[card]) == [("gift_card", 1, 4500), ("tax", 0, 750)]
    assert entries(line_items=[card], taxes_included=True) == [("gift_card", 1, 3750), ("tax", 0, 750)]


def test_a_tip_counts_once_whether_it_is_a_line_or_a_total() -> None:
    mug, tip = line(1, "24.50"), line(2, "3.00", **TIP)
    assert entries(total_tip_received="3.00") == [("sale", 1, 2450), ("tip", 0, 300)]
    for total in ("3.00", "0.00", None):
        found = entries(line_items=[mug, tip], total_tip_received=total)
        assert found == [("sale", 1, 2450), ("tip", 0, 300)]


def test_a_tip_names_its_line_if_it_has_one() -> None:
    order = records.order(1, line_items=[line(2, "3.00", **TIP)])
    assert [row["line_item_id"] for row in ledger_of(order) if row["kind"] == "tip"] == [LINE + 2]
    order = records.order(1, total_tip_received="3.00")
    assert [row["line_item_id"] for row in ledger_of(order) if row["kind"] == "tip"] == [None]


def test_shipping_that_an_edit_removed_was_not_sold() -> None:
    lines = [
        {"id": 1, "price": "7.00", "discounted_price": "7.00", "is_removed": True, "tax_lines": tax("1.40")},
        {"id": 2, "price": "9.00", "discount_allocations": off("2.00"), "tax_lines": tax("1.40")},
    ]
    found = entries(line_items=[line(1, "24.50")], shipping_lines=lines)
    assert found == [("sale", 1, 2450), ("shipping", 0, 700), ("tax", 0, 140)]


def test_duties_and_fees_are_kinds_of_their_own() -> None:
    found = entries(
        original_total_duties_set=money("12.34"), original_total_additional_fees_set=money("5.00")
    )
    assert found == [("sale", 1, 2450), ("duty", 0, 1234), ("fee", 0, 500)]


LINES = [line(1, "10.00"), line(2, "20.00", gift_card=True), line(3, "3.00", **TIP)]
SHIPPING = [{"id": 1, "price": "3.00", "discounted_price": "3.00", "tax_lines": []}]


@pytest.mark.parametrize(
    "order_tax",
    [
        {"tax_lines": tax("3.00", "2.00"), "total_tax": "9.99"},
        {"tax_lines": [], "total_tax": "5.00"},
        {"tax_lines": None, "total_tax": "5.00"},
    ],
    ids=["tax lines", "total", "no list"],
)
def test_tax_that_only_the_order_knows_is_one_row(order_tax: dict[str, Any]) -> None:
    parts = {"line_items": LINES, "shipping_lines": SHIPPING, **order_tax}
    assert entries(**parts) == [
        ("sale", 1, 1000),
        ("gift_card", 1, 2000),
        ("tip", 0, 300),
        ("shipping", 0, 300),
        ("tax", 0, 500),
    ]
    # 5.00 over 10.00, 20.00 and 3.00: 1.515, 3.030 and 0.454, of which the first loses most by rounding down.
    assert entries(**parts, taxes_included=True) == [
        ("sale", 1, 1000 - 152),
        ("gift_card", 1, 2000 - 303),
        ("tip", 0, 300),
        ("shipping", 0, 300 - 45),
        ("tax", 0, 500),
    ]


def test_a_line_that_lists_no_tax_bears_none_where_another_does() -> None:
    lines = [line(1, "10.00", tax_lines=tax("2.00")), line(2, "10.00")]
    assert entries(line_items=lines, tax_lines=tax("4.00"), total_tax="4.00") == [
        ("sale", 1, 1000),
        ("tax", 0, 200),
        ("sale", 1, 1000),
    ]


@pytest.mark.parametrize(("total_tax", "more"), [("6.00", 400), ("2.00", 0), ("1.00", 0)])
def test_a_line_without_a_list_bears_what_the_order_has_more(total_tax: str, more: int) -> None:
    card = line(3, "50.00", gift_card=True)
    lines = [line(1, "12.00", tax_lines=tax("2.00")), line(2, "30.00", tax_lines=None), card]
    last = [("tax", 0, more)] if more else []
    assert entries(line_items=lines, total_tax=total_tax) == [
        ("sale", 1, 1200),
        ("tax", 0, 200),
        ("sale", 1, 3000),
        ("gift_card", 1, 5000),
        *last,
    ]
    assert entries(line_items=lines, total_tax=total_tax, taxes_included=True) == [
        ("sale", 1, 1000),
        ("tax", 0, 200),
        ("sale", 1, 3000 - more),
        ("gift_card", 1, 5000),
        *last,
    ]


@pytest.mark.parametrize(
    ("digits", "price", "tax_price", "expected"),
    [
        (0, "1200", "120", [("sale", 1, 1200), ("tax", 0, 120)]),
        (0, "1200.00", "119.50", [("sale", 1, 1200), ("tax", 0, 120)]),
        (3, "12.345", "1.2345", [("sale", 1, 12345), ("tax", 0, 1235)]),
    ],
    ids=["yen", "yen with decimals", "dinars"],
)
def test_amounts_are_in_the_currencys_own_smallest_unit(
    digits: int, price: str, tax_price: str, expected: list[Any]
) -> None:
    assert entries(digits, line_items=[line(1, price, tax_lines=tax(tax_price))]) == expected


def test_an_amount_is_the_same_in_major_units() -> None:
    order = records.order(1, line_items=[line(1, "12.345")], taxes_included=False)
    assert [(row["amount_minor"], row["amount"]) for row in ledger_of(order, 3)[:2]] == [
        (0, 0.0),
        (12345, 12.345),
    ]
    assert [(row["amount_minor"], row["amount"]) for row in ledger_of(order, 0)[:2]] == [(0, 0.0), (12, 12.0)]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (
            {"line_items": [line(1, "9999999999999", quantity=2)]},
            r"sale comes to 2\.00000e\+13, more than can",
        ),
        ({"line_items": [line(1, "1.00")] * 10_000}, "it comes to more than 9,999 rows of sales_ledger"),
        ({"id": 2**62}, "id 4611686018427387904 or quantity 1 is too large"),
        ({"refunds": [refund(1, 1, back(1, -(2**63), 1.0))]}, "quantity 9223372036854775808 is too large"),
    ],
    ids=["amount", "rows", "id", "quantity"],
)
def test_what_the_ledger_cannot_hold_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(MalformedRecord, match=complaint):
        ledger_of(records.order(1, **changes))
