"""How credit notes find the purchases that they take back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from demo_store.retail.tally import Share

from tests.demo_store.invoice_lines import all_of, line, load, orders

if TYPE_CHECKING:
    from pathlib import Path


def taken_back(order: dict[str, Any]) -> list[tuple[str, list[tuple[int, int, float]]]]:
    """Per refund its note and (position of the line item, quantity, subtotal)."""
    positions = {item["id"]: place for place, item in enumerate(order["line_items"])}
    return [
        (
            refund["note"],
            [
                (positions[r["line_item_id"]], r["quantity"], r["subtotal"])
                for r in refund["refund_line_items"]
            ],
        )
        for refund in order["refunds"]
    ]


def test_a_credit_note_takes_back_the_latest_purchase_first_and_never_more_than_was_bought(
    tmp_path: Path,
) -> None:
    store, tally = load(
        tmp_path,
        line("1001", quantity=5, at="2011-01-10T10:00:00"),
        line("1002", quantity=2, at="2011-02-10T10:00:00"),
        line("C1003", quantity=-4, at="2011-06-10T10:00:00"),
        line("C1004", quantity=-9, at="2011-07-10T10:00:00"),
    )
    first, second = all_of(store, "orders")
    assert taken_back(second) == [("Credit note C1003", [(0, 2, 5.0)])]
    assert taken_back(first) == [("Credit note C1003", [(0, 2, 5.0)]), ("Credit note C1004", [(0, 3, 7.5)])]
    assert (second["financial_status"], second["updated_at"]) == ("refunded", "2011-06-10T10:00:00+01:00")
    assert (first["current_total_price"], first["updated_at"]) == ("0.00", "2011-07-10T10:00:00+01:00")
    assert [refund["created_at"] for refund in first["refunds"]] == [
        "2011-06-10T10:00:00+01:00",
        "2011-07-10T10:00:00+01:00",
    ]
    assert tally.refunded == Share(2, 2, -7, Decimal("-17.50"))
    assert tally.unmatched == Share(1, 1, -6, Decimal("-15.00"))


@pytest.mark.parametrize(
    "credit_note",
    [
        line("C1002", quantity=-1, customer="18"),
        line("C1002", quantity=-1, customer=""),
        line("C1002", quantity=-1, code="BOWL"),
        line("C1002", quantity=-1, price="2.49"),
        line("C1002", quantity=-1, at="2011-01-09T10:00:00"),
    ],
    ids=["other customer", "no customer", "other code", "other price", "before the purchase"],
)
def test_a_credit_note_without_such_a_purchase_is_only_counted(tmp_path: Path, credit_note: str) -> None:
    store, tally = load(tmp_path, line(), credit_note)
    (order,) = all_of(store, "orders")
    assert (order["refunds"], order["financial_status"]) == ([], "paid")
    assert tally.unmatched == tally.credit_notes
    assert tally.refunded == Share()


def test_a_credit_note_is_one_refund_per_order(tmp_path: Path) -> None:
    (order,) = orders(
        tmp_path,
        line(quantity=3),
        line(code="BOWL", price="4.10", quantity=2),
        line("C1002", quantity=-1),
        line("C1002", quantity=-1),
        line("C1002", code="BOWL", price="4.1", quantity=-1),
    )
    assert taken_back(order) == [("Credit note C1002", [(0, 2, 5.0), (1, 1, 4.1)])]
    (refund,) = order["refunds"]
    assert [payment["amount"] for payment in refund["transactions"]] == ["9.10"]
    assert [item["current_quantity"] for item in order["line_items"]] == [1, 1]
    assert (order["total_price"], order["current_total_price"]) == ("15.70", "6.60")
    assert order["financial_status"] == "partially_refunded"
