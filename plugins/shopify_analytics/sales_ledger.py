"""One order as the rows of ``sales_ledger``: a signed row per event, in the currency's smallest unit.

What each kind means: Shopify's sales reports (https://help.shopify.com/en/manual/reports-and-analytics) and
https://shopify.dev/docs/api/shopifyql/latest/schemas/sales_revenue/sales. A sale is dated by the order, what
takes it back by the refund. Where prices include tax, all kinds but tax are shown without it:
net = listed - allocated - tax; discount = allocated x net / (listed - allocated), 0 where nothing is paid;
sale = net + discount.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from shopify_analytics.currency import minor_units, share_out
from shopify_analytics.fields import (
    LARGEST_AMOUNT,
    SQLITE_INTEGERS,
    ZERO,
    MalformedRecord,
    Record,
    Row,
    ShopUnits,
    boolean,
    children,
    decimal,
    integer,
    local_date,
    moment,
    required_decimal,
    required_integer,
    shop_money,
)
from shopify_analytics.order_parts import (
    adjustments_of,
    allocated,
    discounted_price,
    duties_refunded,
    is_tip,
    shipping_lines_kept,
    shipping_refunded,
    shipping_tax_refunded,
    tax_of,
)

ROWS_PER_ORDER = 10_000
TAKEN_BACK = {"sale": "return", "gift_card": "gift_card_return", "tip": "tip"}


def sales_ledger(order: Record, units: ShopUnits) -> list[Row]:
    """The order's rows as they are to be stored, but for what SQL fills; none of a test order.

    Without the adjustments they add up to ``current_total_price``.

    :raises MalformedRecord: when a field, an amount or the number of rows is more than can be stored.
    """
    if boolean(order, "test"):
        return []
    book = _Book(required_integer(order, "id"), units.minor_digits)
    taxes_included = bool(boolean(order, "taxes_included"))
    lines = [_line_charge(line, taxes_included) for line in children(order, "line_items")]
    shipping = [_shipping_charge(line, taxes_included) for line in shipping_lines_kept(order)]
    order_tax = _tax_of_no_line(order)
    if order_tax and taxes_included:
        charges = _with_tax_inside([*lines, *shipping], order_tax, units.minor_digits)
        lines, shipping = charges[: len(lines)], charges[len(lines) :]

    placed = _event(order, units)
    book.enter(placed, "order", ZERO, quantity=1)
    for charge in (*lines, *shipping):
        _enter_charge(book, placed, charge, taxes_included)
    book.enter(placed, "tax", order_tax)
    book.enter(placed, "duty", _original(order, "duties"))
    book.enter(placed, "fee", _original(order, "additional_fees"))
    if not any(line.kind == "tip" for line in lines):
        book.enter(placed, "tip", decimal(order, "total_tip_received") or ZERO)
    _enter_refunds(book, placed, order, {line.line_item_id: line.kind for line in lines}, units)
    return book.rows


@dataclass(frozen=True, slots=True)
class _Event:
    """The order itself, or a refund of it; ``date`` is the shop's."""

    date: str | None
    refund_id: int | None = None


@dataclass
class _Book:
    """The rows of one order as they are entered."""

    order_id: int
    minor_digits: int
    rows: list[Row] = field(default_factory=list)

    def enter(
        self, event: _Event, kind: str, amount: Decimal, *, quantity: int = 0, line_item_id: int | None = None
    ) -> None:
        """Add a row, unless it says nothing."""
        amount_minor = minor_units(amount, self.minor_digits) if amount else 0
        if not (amount_minor or quantity):
            return
        if abs(amount) >= LARGEST_AMOUNT:
            raise MalformedRecord(f"{kind} comes to {amount:.6g}, more than can be stored exactly")
        position = len(self.rows) + 1
        if position == ROWS_PER_ORDER:
            raise MalformedRecord(f"it comes to more than {ROWS_PER_ORDER - 1:,} rows of sales_ledger")
        row_id = self.order_id * ROWS_PER_ORDER + position
        if row_id not in SQLITE_INTEGERS or quantity not in SQLITE_INTEGERS:
            raise MalformedRecord(f"id {self.order_id} or quantity {quantity} is too large for sales_ledger")
        self.rows.append(
            {
                "id": row_id,
                "order_id": self.order_id,
                "ledger_date": event.date,
                "line_item_id": line_item_id,
                "refund_id": event.refund_id,
                "kind": kind,
                "quantity": quantity,
                "amount_minor": amount_minor,
                "amount": amount_minor / 10**self.minor_digits,
            }
        )


@dataclass(frozen=True, slots=True)
class _Charge:
    """A line item or shipping line as ordered; ``tax_inside`` is the tax that ``listed`` holds.

    One that tells no tax has no list of taxes at all, not even an empty one.
    """

    kind: str
    line_item_id: int | None
    quantity: int
    listed: Decimal
    allocated: Decimal
    tax: Decimal
    tax_inside: Decimal
    tells_tax: bool


def _event(record: Record, units: ShopUnits, refund_id: int | None = None) -> _Event:
    return _Event(
        local_date(moment(record, "processed_at") or moment(record, "created_at"), units.zone), refund_id
    )


def _line_charge(line: Record, taxes_included: bool) -> _Charge:
    kind = "tip" if is_tip(line) else "gift_card" if boolean(line, "gift_card") else "sale"
    quantity, tax = required_integer(line, "quantity"), tax_of(line)
    return _Charge(
        kind,
        required_integer(line, "id"),
        quantity,
        required_decimal(line, "price") * quantity,
        allocated(line),
        tax,
        tax if taxes_included else ZERO,
        _tells_tax(line),
    )


def _shipping_charge(line: Record, taxes_included: bool) -> _Charge:
    price, tax = discounted_price(line), tax_of(line)
    tax_inside = tax if taxes_included else ZERO
    return _Charge("shipping", None, 0, price, ZERO, tax, tax_inside, _tells_tax(line))


def _tells_tax(line: Record) -> bool:
    return line.get("tax_lines") is not None


def _tax_of_no_line(order: Record) -> Decimal:
    """What the order's tax is more than its lines', unless each tells its own and not all lists are empty."""
    lines = (*children(order, "line_items"), *children(order, "shipping_lines"))
    taxed = [line for line in lines if line.get("tax_lines")]
    if taxed and all(_tells_tax(line) for line in lines):
        return ZERO
    tax = tax_of(order) if order.get("tax_lines") else decimal(order, "total_tax") or ZERO
    return max(tax - sum((tax_of(line) for line in taxed), ZERO), ZERO)


def _with_tax_inside(charges: list[_Charge], tax: Decimal, digits: int) -> list[_Charge]:
    """The charges, the tax shared out by cost among those that tell none, or among all; tips bear none."""
    all_tell = all(charge.tells_tax for charge in charges if charge.kind != "tip")
    bearing = [charge.kind != "tip" and (all_tell or not charge.tells_tax) for charge in charges]
    costs = [minor_units(charge.listed - charge.allocated, digits) for charge in charges]
    weights = [max(cost, 0) if bears else 0 for cost, bears in zip(costs, bearing, strict=True)]
    shares = share_out(minor_units(tax, digits), weights)
    return [
        replace(charge, tax_inside=charge.tax_inside + Decimal(share).scaleb(-digits))
        for charge, share in zip(charges, shares, strict=True)
    ]


def _enter_charge(book: _Book, placed: _Event, charge: _Charge, taxes_included: bool) -> None:
    cost = charge.listed - charge.allocated
    net = cost - charge.tax_inside
    if charge.kind != "sale":
        discount = ZERO
    elif taxes_included:
        discount = charge.allocated * net / cost if cost else ZERO
    else:
        discount = charge.allocated
    quantity = 0 if charge.kind == "tip" else charge.quantity
    book.enter(placed, charge.kind, net + discount, quantity=quantity, line_item_id=charge.line_item_id)
    book.enter(placed, "discount", -discount, line_item_id=charge.line_item_id)
    book.enter(placed, "tax", charge.tax, line_item_id=charge.line_item_id)


def _original(order: Record, charge: str) -> Decimal:
    return shop_money(order, f"original_total_{charge}_set") or ZERO


def _taken_off(order: Record, charge: str) -> Decimal:
    """How much less of the order's duties or fees is charged now, if Shopify says so."""
    current = shop_money(order, f"current_total_{charge}_set")
    return ZERO if current is None else max(_original(order, charge) - current, ZERO)


def _enter_refunds(
    book: _Book, placed: _Event, order: Record, kinds: dict[int | None, str], units: ShopUnits
) -> None:
    taxes_included = bool(boolean(order, "taxes_included"))
    duties, fees = _taken_off(order, "duties"), _taken_off(order, "additional_fees")
    last = placed
    for refund in children(order, "refunds"):
        event = _event(refund, units, required_integer(refund, "id"))
        for line in children(refund, "refund_line_items"):
            _enter_refund_line(book, event, line, kinds, taxes_included)
        shipping, tax = shipping_refunded(refund), shipping_tax_refunded(refund)
        book.enter(event, "shipping_return", tax - shipping if taxes_included else -shipping)
        book.enter(event, "tax_return", -tax)
        named = min(duties_refunded(refund), duties)
        book.enter(event, "duty", -named)
        duties -= named
        for adjustment in adjustments_of(refund, shipping=False):
            book.enter(event, "adjustment", _adjusted(adjustment, taxes_included))
        if last is placed or (event.date or "") >= (last.date or ""):
            last = event
    book.enter(last, "duty", -duties)
    book.enter(last, "fee", -fees)


def _enter_refund_line(
    book: _Book, event: _Event, line: Record, kinds: dict[int | None, str], taxes_included: bool
) -> None:
    line_item_id = integer(line, "line_item_id")
    kind = kinds.get(line_item_id, "sale")
    quantity = 0 if kind == "tip" else required_integer(line, "quantity")
    subtotal, tax = required_decimal(line, "subtotal"), decimal(line, "total_tax") or ZERO
    back = subtotal - tax if taxes_included else subtotal
    book.enter(event, TAKEN_BACK[kind], -back, quantity=-quantity, line_item_id=line_item_id)
    book.enter(event, "tax_return", -tax, line_item_id=line_item_id)


def _adjusted(adjustment: Record, taxes_included: bool) -> Decimal:
    """What an adjustment changes; its tax comes on top of its amount unless prices include tax."""
    tax = ZERO if taxes_included else decimal(adjustment, "tax_amount") or ZERO
    return (decimal(adjustment, "amount") or ZERO) + tax
