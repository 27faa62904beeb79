"""What an order consists of, as table rows and as exact amounts: its lines, shipping, discounts, taxes.

https://shopify.dev/docs/api/admin-rest/2026-10/resources/order (and …/refund)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from shopify_analytics.fields import (
    ZERO,
    Record,
    Row,
    boolean,
    children,
    decimal,
    integer,
    money,
    required_integer,
    required_money,
    shop_money,
    text,
    total,
)


def line_item(record: Record, order_id: int, position: int) -> Row:
    """A row of ``line_items``."""
    return {
        "id": required_integer(record, "id"),
        "order_id": order_id,
        "product_id": integer(record, "product_id"),
        "variant_id": integer(record, "variant_id"),
        "position": position,
        "title": text(record, "title"),
        "variant_title": text(record, "variant_title"),
        "sku": text(record, "sku"),
        "vendor": text(record, "vendor"),
        "quantity": required_integer(record, "quantity"),
        "current_quantity": integer(record, "current_quantity"),
        "price": required_money(record, "price"),
        "discount_allocated": float(allocated(record)),
        "total_tax": float(tax_of(record)),
        "gift_card": boolean(record, "gift_card"),
        "is_tip": int(is_tip(record)),
        "fulfillment_status": text(record, "fulfillment_status"),
    }


def shipping_line(record: Record, order_id: int, position: int) -> Row:
    """A row of ``shipping_lines``; one that an order edit removed stays, marked so."""
    return {
        "id": required_integer(record, "id"),
        "order_id": order_id,
        "position": position,
        "title": text(record, "title"),
        "code": text(record, "code"),
        "source": text(record, "source"),
        "price": money(record, "price") or 0.0,
        "discounted_price": float(discounted_price(record)),
        "total_tax": float(tax_of(record)),
        "is_removed": boolean(record, "is_removed"),
    }


def refund_line_item(record: Record, refund_id: int, order_id: int) -> Row:
    """A row of ``refund_line_items``; the subtotal is already net of discount."""
    return {
        "id": required_integer(record, "id"),
        "refund_id": refund_id,
        "order_id": order_id,
        "line_item_id": integer(record, "line_item_id"),
        "quantity": required_integer(record, "quantity"),
        "subtotal": required_money(record, "subtotal"),
        "total_tax": money(record, "total_tax") or 0.0,
        "restock_type": text(record, "restock_type"),
    }


def order_adjustment(record: Record, refund_id: int, order_id: int) -> Row:
    """A row of ``order_adjustments``, of refunded shipping too; below zero more was given back."""
    return {
        "id": required_integer(record, "id"),
        "refund_id": refund_id,
        "order_id": order_id,
        "kind": text(record, "kind"),
        "reason": text(record, "reason"),
        "amount": money(record, "amount") or 0.0,
        "tax_amount": money(record, "tax_amount") or 0.0,
    }


def order_discount_code(record: Record, order_id: int, position: int) -> Row:
    """A row of ``order_discount_codes``; the type is fixed_amount, percentage or shipping."""
    return {
        "order_id": order_id,
        "position": position,
        "code": text(record, "code"),
        "type": text(record, "type"),
        "amount": money(record, "amount") or 0.0,
    }


def discount_allocations(order: Record, order_id: int) -> list[Row]:
    """The rows of ``discount_allocations``: how much of which discount each line got."""
    applications = children(order, "discount_applications")
    return [
        {
            "order_id": order_id,
            "line_kind": line_kind,
            "line_id": line_id,
            "position": position,
            "amount": money(record, "amount") or 0.0,
            **_discount(record, applications),
        }
        for line_kind, line_id, line in _lines(order)
        for position, record in enumerate(children(line, "discount_allocations"), start=1)
    ]


def tax_lines(order: Record, order_id: int) -> list[Row]:
    """The rows of ``tax_lines``: those of each line, then the order's own, which sum them up."""
    return [
        {
            "order_id": order_id,
            "line_kind": line_kind,
            "line_id": line_id,
            "position": position,
            "title": text(record, "title"),
            "rate": money(record, "rate"),
            "price": money(record, "price") or 0.0,
        }
        for line_kind, line_id, line in (*_lines(order), ("order", order_id, order))
        for position, record in enumerate(children(line, "tax_lines"), start=1)
    ]


def allocated(line: Record) -> Decimal:
    """All discount on a line; Shopify's own ``total_discount`` leaves out the order's discounts."""
    return total(children(line, "discount_allocations"), "amount")


def tax_of(line: Record) -> Decimal:
    """The tax on a line, or on an order as a whole."""
    return total(children(line, "tax_lines"), "price")


def is_tip(line: Record) -> bool:
    """Whether a line item is a tip: only those say how they were paid."""
    return bool(line.get("tip_payment_method") or line.get("tip_payment_gateway"))


def shipping_lines_kept(order: Record) -> list[Record]:
    """The shipping lines that no order edit removed."""
    return [line for line in children(order, "shipping_lines") if not boolean(line, "is_removed")]


def discounted_price(shipping_line: Record) -> Decimal:
    """What shipping cost after discounts."""
    discounted = decimal(shipping_line, "discounted_price")
    if discounted is not None:
        return discounted
    return (decimal(shipping_line, "price") or ZERO) - allocated(shipping_line)


def shipping_refunded(refund: Record) -> Decimal:
    """Shipping given back, positive: ``refund_shipping_lines``.

    Only where that key is absent, the adjustments it replaced in 2024-10; where both are, they say the same.
    """
    if "refund_shipping_lines" in refund:
        return _total_of_sets(children(refund, "refund_shipping_lines"), "subtotal_amount_set")
    return -total(adjustments_of(refund, shipping=True), "amount")


def shipping_tax_refunded(refund: Record) -> Decimal:
    """The tax on shipping given back, positive, from where :func:`shipping_refunded` has the amount."""
    if "refund_shipping_lines" in refund:
        return _total_of_sets(children(refund, "refund_shipping_lines"), "tax_amount_set")
    return -total(adjustments_of(refund, shipping=True), "tax_amount")


def duties_refunded(refund: Record) -> Decimal:
    """Import duties given back, positive."""
    return _total_of_sets(children(refund, "duties"), "amount_set")


def adjustments_of(refund: Record, *, shipping: bool) -> list[Record]:
    """The refund's adjustments that give shipping back, or all others."""
    entries = children(refund, "order_adjustments")
    return [entry for entry in entries if (entry.get("kind") == "shipping_refund") == shipping]


def _lines(order: Record) -> Iterator[tuple[str, int, Record]]:
    for kind in ("line_item", "shipping_line"):
        for line in children(order, f"{kind}s"):
            yield kind, required_integer(line, "id"), line


def _discount(allocation: Record, applications: Sequence[Record]) -> dict[str, Any]:
    index = integer(allocation, "discount_application_index")
    known = index is not None and 0 <= index < len(applications)
    application = applications[index] if known and index is not None else {}
    name = "code" if application.get("type") == "discount_code" else "title"
    return {"discount_type": text(application, "type"), "discount": text(application, name)}


def _total_of_sets(records: Sequence[Record], field: str) -> Decimal:
    return sum((shop_money(record, field) or ZERO for record in records), ZERO)
