"""The sales ledger of a store, worked out from its raw JSON and nothing of the product.

An order is taken apart into what it charges (line items, and shipping lines that stay) before anything is
signed and dated. Kinds and signs: https://help.shopify.com/en/manual/reports-and-analytics.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from demo_store.state import Store

from tests.raw_records import (
    ZERO,
    Json,
    date_of,
    exponent_of,
    is_tip,
    minor_units,
    read_records,
    shipping_given_back,
    shipping_tax_given_back,
    shop_money,
    total,
)

KIND_OF_RETURN = {"sale": "return", "gift_card": "gift_card_return", "tip": "tip"}


class Entry(NamedTuple):
    """A row of the ledger; ``minor`` is its amount in the currency's smallest unit."""

    order_id: int
    ledger_date: str
    line_item_id: int | None
    refund_id: int | None
    kind: str
    quantity: int
    minor: int


@dataclass
class Charge:
    """A line item or shipping line: what it is listed at, what is taken off, and the tax on it.

    ``kind`` is sale, gift_card, tip or shipping; ``included`` the tax that its price holds. A line that does
    not tell its tax has no ``tax_lines`` at all, not even an empty list.
    """

    kind: str
    listed: Decimal
    allocated: Decimal
    tax: Decimal
    quantity: int = 0
    line_item_id: int | None = None
    tells_tax: bool = True
    included: Decimal = ZERO

    @property
    def cost(self) -> Decimal:
        """What the buyer pays for it, with the tax that the price holds."""
        return self.listed - self.allocated


def expected_ledger(store: Store) -> list[Entry]:
    """The ledger of every order that ``store`` has, but for test orders."""
    exponent = exponent_of(store.shop["currency"])
    return [
        entry
        for order in read_records(store, "orders")
        for entry in expected_entries(order, store.timezone, exponent)
    ]


def expected_entries(order: Json, zone: ZoneInfo, exponent: int) -> list[Entry]:
    """The ledger rows of one order; none of a test order."""
    if order["test"]:
        return []
    made_of = [
        Entry(order["id"], date, line_id, refund_id, kind, quantity, minor_units(amount, exponent))
        for date, line_id, refund_id, kind, quantity, amount in (
            *_placed(order, date_of(order, zone), exponent),
            *_surcharges(order, zone),
            *_reversed(order, zone),
        )
    ]
    return [entry for entry in made_of if entry.kind == "order" or entry.quantity or entry.minor]


Event = tuple[str, int | None, int | None, str, int, Decimal]


def _placed(order: Json, date: str, exponent: int) -> Iterator[Event]:
    charges = _charges(order)
    loose_tax = _loose_tax(order)
    if order["taxes_included"]:
        for charge in charges:
            charge.included = charge.tax
        bearers = [charge for charge in charges if charge.kind != "tip"]
        silent = [charge for charge in bearers if not charge.tells_tax]
        if loose_tax:
            _share_out(loose_tax, silent or bearers, exponent)
    yield date, None, None, "order", 1, ZERO
    for charge in charges:
        line_id, quantity = charge.line_item_id, charge.quantity
        net = charge.cost - charge.included
        if charge.kind == "sale":
            discount = charge.allocated
            if order["taxes_included"]:
                discount = charge.allocated * net / charge.cost if charge.cost else ZERO
            yield date, line_id, None, "sale", quantity, net + discount
            yield date, line_id, None, "discount", 0, -discount
        elif charge.kind == "tip":
            yield date, line_id, None, "tip", 0, charge.cost
        else:
            yield date, line_id, None, charge.kind, quantity, net
        yield date, line_id, None, "tax", 0, charge.tax
    yield date, None, None, "tax", 0, loose_tax
    if not any(charge.kind == "tip" for charge in charges):
        yield date, None, None, "tip", 0, Decimal(order.get("total_tip_received") or 0)


def _charges(order: Json) -> list[Charge]:
    charges = []
    for line in order["line_items"]:
        kind = "gift_card" if line["gift_card"] else "tip" if is_tip(line) else "sale"
        listed, allocated = Decimal(line["price"]) * line["quantity"], _allocated(line)
        charges.append(
            Charge(kind, listed, allocated, _taxes(line), line["quantity"], line["id"], _tells_tax(line))
        )
    for line in order["shipping_lines"]:
        if not line.get("is_removed"):
            listed = Decimal(line["price"])
            discounted = line.get("discounted_price")
            allocated = _allocated(line) if discounted is None else listed - Decimal(discounted)
            charges.append(Charge("shipping", listed, allocated, _taxes(line), tells_tax=_tells_tax(line)))
    return charges


def _allocated(line: Json) -> Decimal:
    return total(line.get("discount_allocations") or (), "amount")


def _taxes(record: Json) -> Decimal:
    return total(record.get("tax_lines") or (), "price")


def _tells_tax(line: Json) -> bool:
    return line.get("tax_lines") is not None


def _loose_tax(order: Json) -> Decimal:
    """Tax of the order that its lines do not tell of."""
    lines = (*order["line_items"], *order["shipping_lines"])
    whole = _taxes(order) if order.get("tax_lines") else Decimal(order.get("total_tax") or 0)
    told = sum((_taxes(line) for line in lines), ZERO)
    if not any(line.get("tax_lines") for line in lines):
        return whole
    return ZERO if all(_tells_tax(line) for line in lines) else max(whole - told, ZERO)


def _share_out(tax: Decimal, charges: list[Charge], exponent: int) -> None:
    """Give every charge its part of the tax: whole smallest units, the largest remainders rounded up."""
    whole = sum((charge.cost for charge in charges), ZERO)
    if not whole:
        return
    units = minor_units(tax, exponent)
    exact = [units * charge.cost / whole for charge in charges]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(charges)), key=lambda place: (shares[place] - exact[place], place))
    for place in by_remainder[: units - sum(shares)]:
        shares[place] += 1
    for charge, share in zip(charges, shares, strict=True):
        charge.included = Decimal(share).scaleb(-exponent)


def _surcharges(order: Json, zone: ZoneInfo) -> Iterator[Event]:
    """Duties and fees of the order, and what of them it no longer has to bear."""
    ordered = date_of(order, zone)
    latest = max(reversed(order["refunds"]), key=lambda refund: date_of(refund, zone), default=None)
    for kind, field in (("duty", "duties"), ("fee", "additional_fees")):
        original, current = (order.get(f"{when}_total_{field}_set") for when in ("original", "current"))
        yield ordered, None, None, kind, 0, shop_money(original)
        lifted = shop_money(original) - shop_money(current) if current else ZERO
        if lifted <= 0:
            continue
        for refund in order["refunds"] if kind == "duty" else ():
            named = sum((shop_money(duty["amount_set"]) for duty in refund.get("duties") or ()), ZERO)
            part = min(named, lifted)
            lifted -= part
            yield date_of(refund, zone), None, refund["id"], kind, 0, -part
        if latest:
            yield date_of(latest, zone), None, latest["id"], kind, 0, -lifted
        else:
            yield ordered, None, None, kind, 0, -lifted


def _reversed(order: Json, zone: ZoneInfo) -> Iterator[Event]:
    kinds = {charge.line_item_id: charge.kind for charge in _charges(order) if charge.kind != "shipping"}
    for refund in order["refunds"]:
        date, refund_id = date_of(refund, zone), refund["id"]
        for line in refund["refund_line_items"]:
            line_id, tax = line["line_item_id"], Decimal(str(line["total_tax"]))
            kind = kinds.get(line_id, "sale")
            amount = Decimal(str(line["subtotal"])) - (tax if order["taxes_included"] else ZERO)
            quantity = 0 if kind == "tip" else -line["quantity"]
            yield date, line_id, refund_id, KIND_OF_RETURN[kind], quantity, -amount
            yield date, line_id, refund_id, "tax_return", 0, -tax
        tax = shipping_tax_given_back(refund)
        shipping = shipping_given_back(refund) - (tax if order["taxes_included"] else ZERO)
        yield date, None, refund_id, "shipping_return", 0, -shipping
        yield date, None, refund_id, "tax_return", 0, -tax
        for entry in _other_adjustments(refund):
            beside = ZERO if order["taxes_included"] else Decimal(str(entry.get("tax_amount") or 0))
            yield date, None, refund_id, "adjustment", 0, total([entry], "amount") + beside


def _other_adjustments(refund: Json) -> Iterable[Json]:
    return (
        entry for entry in refund.get("order_adjustments") or () if entry.get("kind") != "shipping_refund"
    )
