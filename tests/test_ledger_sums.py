"""What the events of an order come to, whatever was sold, taxed and given back: Shopify's own total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from demo_store.shop.life import open_shop
from hypothesis import given
from hypothesis import strategies as st

from tests.demo_store.records import money, order
from tests.ledger_entries import back, ledger_of, line, off, refund, tax, worth
from tests.raw_records import records

NOW = datetime(2026, 11, 22, 22, tzinfo=UTC)
KINDS: list[dict[str, Any]] = [{}, {}, {"gift_card": True}, {"tip_payment_gateway": "shopify_payments"}]


@pytest.mark.parametrize("seed", [1, 7])
def test_every_order_of_a_shop_comes_to_its_current_total(seed: int, tmp_path: Path) -> None:
    store = open_shop(tmp_path / "store.db", seed=seed, orders=400, now=NOW)
    sold = [order for order in records(store, "orders") if not order["test"]]
    store.close()
    found = {order["name"]: worth(ledger_of(order)) for order in sold}
    assert found == {order["name"]: 100 * Decimal(order["current_total_price"]) for order in sold}


@dataclass(frozen=True)
class Piece:
    """A line item or shipping line, in cents; what was given back is without tax that comes on top."""

    price: int
    quantity: int
    allocated: int
    tax: int
    back: int
    tax_back: int
    kind: dict[str, Any]

    def worth(self, taxes_included: bool) -> int:
        """What is left of it."""
        kept = self.price * self.quantity - self.allocated - self.back
        return kept if taxes_included else kept + self.tax - self.tax_back


@st.composite
def pieces(draw: st.DrawFn) -> Piece:
    """Anything that can be sold: in part discounted, taxed and given back."""
    price, quantity = draw(st.integers(0, 100_000)), draw(st.integers(0, 3))
    listed = price * quantity
    allocated = draw(st.integers(0, listed) | st.sampled_from([0, listed]))
    kind = draw(st.sampled_from(KINDS))
    tax = 0 if "tip_payment_gateway" in kind else draw(st.integers(0, listed - allocated))
    given_back, tax_back = draw(st.integers(0, listed - allocated)), draw(st.integers(0, tax))
    return Piece(price, quantity, allocated, tax, given_back, min(tax_back, given_back), kind)


def text(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"


def sold(
    goods: Sequence[Piece], shipping: Sequence[Piece], *, tax_by_line: bool, **changes: Any
) -> dict[str, Any]:
    """The order of these lines with one refund of what was given back."""

    def taxes(piece: Piece) -> list[dict[str, Any]]:
        return tax(text(piece.tax)) if tax_by_line else []

    lines = [
        line(
            number,
            text(piece.price),
            quantity=piece.quantity,
            discount_allocations=off(text(piece.allocated)),
            tax_lines=taxes(piece),
            **piece.kind,
        )
        for number, piece in enumerate(goods)
    ]
    shipping_lines = [
        {
            "id": number,
            "price": text(piece.price * piece.quantity),
            "discount_allocations": off(text(piece.allocated)),
            "tax_lines": taxes(piece),
        }
        for number, piece in enumerate(shipping)
    ]
    given_back = refund(
        1,
        1,
        *(back(number, 1, piece.back / 100, piece.tax_back / 100) for number, piece in enumerate(goods)),
        refund_shipping_lines=[
            {"subtotal_amount_set": money(text(piece.back)), "tax_amount_set": money(text(piece.tax_back))}
            for piece in shipping
        ],
        order_adjustments=[{"id": 1, "kind": "refund_discrepancy", "amount": "-3.00"}],
    )
    whole_tax = sum(piece.tax for piece in (*goods, *shipping))
    return order(
        1,
        line_items=lines,
        shipping_lines=shipping_lines,
        refunds=[given_back],
        tax_lines=tax(text(whole_tax)),
        **changes,
    )


@given(
    goods=st.lists(pieces(), max_size=4),
    shipping=st.lists(pieces(), max_size=2),
    duties=st.tuples(st.integers(0, 5000), st.integers(0, 5000)),
    tax_by_line=st.booleans(),
    taxes_included=st.booleans(),
)
def test_every_order_comes_to_what_is_left_of_its_parts(
    goods: list[Piece],
    shipping: list[Piece],
    duties: tuple[int, int],
    tax_by_line: bool,
    taxes_included: bool,
) -> None:
    changed = sold(
        goods,
        shipping,
        tax_by_line=tax_by_line,
        taxes_included=taxes_included,
        original_total_duties_set=money(text(max(duties))),
        current_total_duties_set=money(text(min(duties))),
    )
    rows = ledger_of(changed)
    assert worth(rows) == sum(piece.worth(taxes_included) for piece in (*goods, *shipping)) + min(duties)
    assert [row["id"] % 10_000 for row in rows] == list(range(1, len(rows) + 1))
    assert all(row["quantity"] or row["amount_minor"] for row in rows)
