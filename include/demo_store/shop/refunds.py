"""Refunds: goods, shipping and duties given back, and money that goes with or without them.

What a REST refund holds: https://shopify.dev/docs/api/admin-rest/latest/resources/refund
Choices where the documentation leaves room: with tax-included prices a refunded line's ``subtotal`` and a
refunded shipping line's ``subtotal_amount_set`` hold the tax, as ``subtotal_price`` does. Refunded shipping
is sent twice, as ``refund_shipping_lines`` and as the deprecated adjustment ``shipping_refund``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from demo_store.shop.money import EXCHANGE_RATES, ZERO, cents, money_set
from demo_store.shop.profile import LOCATION_ID
from demo_store.shop.totals import (
    discrepancies,
    line_net,
    put_current_totals,
    refund_line_items,
    shop_amount,
    tax_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demo_store.state import Store


@dataclass(frozen=True)
class Return:
    """What is to be given back: ``units`` as line id -> quantity, money in EUR.

    ``restock_type`` is return, cancel or no_restock. ``discrepancy`` is negative to refund more than the
    goods are worth, positive to refund less.
    """

    units: Mapping[int, int] = field(default_factory=dict)
    restock_type: str = "return"
    shipping: bool = False
    duties: bool = False
    discrepancy: Decimal = ZERO
    note: str | None = None


def refund(store: Store, order: dict[str, Any], wanted: Return, at: str) -> Decimal:
    """Add a refund to ``order`` at ``at`` (ISO-8601, shop's offset) and return the money paid back, in EUR.

    What was not paid yet is first taken off ``total_outstanding``; never is more paid back than was received:
    what would exceed it becomes a discrepancy.
    """
    before, outstanding = Decimal(order["current_total_price"]), Decimal(order["total_outstanding"])
    received = before + discrepancies(order) - outstanding
    refund_id = store.next_id("refund")
    record: dict[str, Any] = {
        "id": refund_id,
        "admin_graphql_api_id": f"gid://shopify/Refund/{refund_id}",
        "order_id": order["id"],
        "created_at": at,
        "processed_at": at,
        "note": wanted.note,
        "user_id": None,
        "restock": bool(wanted.units) and wanted.restock_type != "no_restock",
        "return": None,
        "refund_line_items": [_refunded_line(store, order, line, wanted) for line in _lines(order, wanted)],
        "refund_shipping_lines": [],
        "order_adjustments": [],
        "transactions": [],
        "duties": _refunded_duties(order) if wanted.duties else [],
        "additional_fees": [],
    }
    if wanted.shipping:
        _refund_shipping(store, order, record)
    _take_back(order, wanted)
    order["refunds"].append(record)
    put_current_totals(order)

    reduction = before - Decimal(order["current_total_price"])
    not_paid_yet = min(reduction, outstanding)
    money = reduction - not_paid_yet - wanted.discrepancy
    discrepancy = wanted.discrepancy + max(money - received, ZERO)
    money = min(money, received)
    if discrepancy:
        record["order_adjustments"].append(
            _adjustment(store, order, record, "refund_discrepancy", discrepancy)
        )
    if money:
        record["transactions"].append(_transaction(store, order, money, at))
        left = Decimal(order["current_total_price"]) + discrepancies(order)
        order["financial_status"] = "partially_refunded" if left else "refunded"
    order["total_outstanding"] = f"{outstanding - not_paid_yet:.2f}"
    order["updated_at"] = at
    return money


def _lines(order: dict[str, Any], wanted: Return) -> list[dict[str, Any]]:
    return [line for line in order["line_items"] if wanted.units.get(line["id"])]


def _refunded_line(
    store: Store, order: dict[str, Any], line: dict[str, Any], wanted: Return
) -> dict[str, Any]:
    quantity = wanted.units[line["id"]]
    earlier = [other for other in refund_line_items(order) if other["line_item_id"] == line["id"]]
    units_back = Decimal(sum(other["quantity"] for other in earlier) + quantity)
    subtotal = cents(line_net(line) * units_back / line["quantity"])
    subtotal -= sum((shop_amount(other["subtotal_set"]) for other in earlier), ZERO)
    tax = cents(tax_of(line) * units_back / line["quantity"])
    tax -= sum((shop_amount(other["total_tax_set"]) for other in earlier), ZERO)
    presentment = order["presentment_currency"]
    return {
        "id": store.next_id("refund_line_item"),
        "line_item_id": line["id"],
        "location_id": None if wanted.restock_type == "no_restock" else LOCATION_ID,
        "quantity": quantity,
        "restock_type": wanted.restock_type,
        "subtotal": float(subtotal),
        "subtotal_set": money_set(subtotal, presentment),
        "total_tax": float(tax),
        "total_tax_set": money_set(tax, presentment),
    }


def _take_back(order: dict[str, Any], wanted: Return) -> None:
    for line in _lines(order, wanted):
        line["current_quantity"] -= wanted.units[line["id"]]
        line["fulfillable_quantity"] = min(line["fulfillable_quantity"], line["current_quantity"])


def _refund_shipping(store: Store, order: dict[str, Any], record: dict[str, Any]) -> None:
    presentment = order["presentment_currency"]
    done = {
        line["shipping_line"]["id"] for refund in order["refunds"] for line in refund["refund_shipping_lines"]
    }
    for line in order["shipping_lines"]:
        amount, tax = Decimal(line["discounted_price"]), tax_of(line)
        if line["is_removed"] or line["id"] in done or not amount:
            continue
        record["refund_shipping_lines"].append(
            {
                "id": store.next_id("refund_shipping_line"),
                "shipping_line": {
                    key: line[key] for key in ("id", "title", "code", "price", "discounted_price")
                },
                "subtotal_amount_set": money_set(amount, presentment),
                "tax_amount_set": money_set(tax, presentment),
            }
        )
        record["order_adjustments"].append(
            _adjustment(store, order, record, "shipping_refund", -amount, tax=-tax)
        )


def _refunded_duties(order: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "duty_id": duty["id"],
            "amount_set": {"shop_money": duty["shop_money"], "presentment_money": duty["presentment_money"]},
        }
        for line in order["line_items"]
        for duty in line["duties"]
    ]


def _adjustment(
    store: Store,
    order: dict[str, Any],
    record: dict[str, Any],
    kind: str,
    amount: Decimal,
    *,
    tax: Decimal = ZERO,
) -> dict[str, Any]:
    reasons = {"refund_discrepancy": "Refund discrepancy", "shipping_refund": "Shipping refund"}
    return {
        "id": store.next_id("order_adjustment"),
        "order_id": record["order_id"],
        "refund_id": record["id"],
        "kind": kind,
        "reason": reasons[kind],
        "amount": f"{amount:.2f}",
        "amount_set": money_set(amount, order["presentment_currency"]),
        "tax_amount": f"{tax:.2f}",
        "tax_amount_set": money_set(tax, order["presentment_currency"]),
    }


def _transaction(store: Store, order: dict[str, Any], money: Decimal, at: str) -> dict[str, Any]:
    presentment = order["presentment_currency"]
    transaction_id = store.next_id("transaction")
    return {
        "id": transaction_id,
        "admin_graphql_api_id": f"gid://shopify/OrderTransaction/{transaction_id}",
        "order_id": order["id"],
        "kind": "refund",
        "status": "success",
        "gateway": order["payment_gateway_names"][0],
        "amount": f"{cents(money * EXCHANGE_RATES[presentment]):.2f}",
        "currency": presentment,
        "created_at": at,
        "processed_at": at,
        "test": order["test"],
        "parent_id": None,
    }
