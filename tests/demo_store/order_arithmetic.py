"""An order's arithmetic done again, from the definitions and with nothing of the demo store's own code."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

MONEY_FIELDS = (
    "total_line_items_price",
    "total_discounts",
    "subtotal_price",
    "total_tax",
    "total_price",
    "current_subtotal_price",
    "current_total_discounts",
    "current_total_tax",
    "current_total_price",
)
REFUND_STATUSES = ("partially_refunded", "refunded")


def _money(bag: dict[str, Any] | None) -> Decimal:
    return Decimal(bag["shop_money"]["amount"]) if bag else Decimal(0)


def _sum(parts: list[dict[str, Any]], children: str, field: str) -> Decimal:
    return sum((Decimal(child[field]) for part in parts for child in part[children]), Decimal(0))


def _gross(lines: list[dict[str, Any]]) -> Decimal:
    return sum((Decimal(line["price"]) * line["quantity"] for line in lines), Decimal(0))


def lines_as_placed(order: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of checkout: all, unless an edit appended one."""
    lines: list[dict[str, Any]] = order["line_items"]
    was_edited = "edited" in order["tags"].split(", ")
    if was_edited and _gross(lines) != Decimal(order["total_line_items_price"]):
        return lines[:-1]
    return lines


def check_order(order: dict[str, Any]) -> list[str]:
    """Return what does not add up in a REST order; an empty list is a sound order."""
    checks = _check_placed(order) | _check_current(order) | _check_state(order) | _check_texts(order)
    return [f"{order['name']}: {what}" for what, is_right in checks.items() if not is_right]


def _check_placed(order: dict[str, Any]) -> dict[str, bool]:
    lines, shipping_lines = lines_as_placed(order), order["shipping_lines"][:1]
    parts = lines + shipping_lines
    gross, tax = _gross(lines), _sum(parts, "tax_lines", "price")
    discounts = _sum(parts, "discount_allocations", "amount")
    shipping = sum((Decimal(line["price"]) for line in shipping_lines), Decimal(0))
    added_tax = Decimal(0) if order["taxes_included"] else tax
    extras = Decimal(order["total_tip_received"]) + _money(order["original_total_duties_set"])
    codes = {
        index: application["code"]
        for index, application in enumerate(order["discount_applications"])
        if application["type"] == "discount_code"
    }
    by_code = {code["code"]: Decimal(code["amount"]) for code in order["discount_codes"]}
    taken = dict.fromkeys(codes.values(), Decimal(0))
    for part in parts:
        for allocation in part["discount_allocations"]:
            if (code := codes.get(allocation["discount_application_index"])) is not None:
                taken[code] += Decimal(allocation["amount"])
    return {
        "total_line_items_price": Decimal(order["total_line_items_price"]) == gross,
        "total_discounts": Decimal(order["total_discounts"]) == discounts,
        "subtotal_price": Decimal(order["subtotal_price"])
        == gross - _sum(lines, "discount_allocations", "amount"),
        "total_tax": Decimal(order["total_tax"]) == tax == _sum([order], "tax_lines", "price"),
        "total_price": Decimal(order["total_price"]) == gross - discounts + shipping + added_tax + extras,
        "total_shipping_price_set": _money(order["total_shipping_price_set"]) == shipping,
        "discount_codes": by_code == taken,
        "gift cards are taxed": not any(line["tax_lines"] for line in lines if line["gift_card"]),
        "discount exceeds a line": all(
            _gross([line])
            >= _sum([line], "discount_allocations", "amount")
            >= Decimal(line["total_discount"])
            for line in lines
        ),
        "discounted_price": all(
            Decimal(line["discounted_price"])
            == Decimal(line["price"]) - _sum([line], "discount_allocations", "amount")
            for line in order["shipping_lines"]
        ),
        "duties": _money(order["original_total_duties_set"])
        == sum((_money(duty) for line in lines for duty in line["duties"]), Decimal(0)),
    }


def _check_current(order: dict[str, Any]) -> dict[str, bool]:
    lines, refunds = order["line_items"], order["refunds"]
    shipping_lines = [line for line in order["shipping_lines"] if not line["is_removed"]]
    returned = [line for refund in refunds for line in refund["refund_line_items"]]
    shipping_back = [line for refund in refunds for line in refund["refund_shipping_lines"]]
    goods_back = sum((Decimal(str(line["subtotal"])) for line in returned), Decimal(0))
    goods_tax_back = sum((Decimal(str(line["total_tax"])) for line in returned), Decimal(0))
    shipping_money_back = sum((_money(line["subtotal_amount_set"]) for line in shipping_back), Decimal(0))
    shipping_tax_back = sum((_money(line["tax_amount_set"]) for line in shipping_back), Decimal(0))
    duties_back = sum(
        (_money(duty["amount_set"]) for refund in refunds for duty in refund["duties"]), Decimal(0)
    )
    prices = {line["id"]: Decimal(line["price"]) for line in lines}
    gross_back = sum((prices[line["line_item_id"]] * line["quantity"] for line in returned), Decimal(0))

    subtotal = _gross(lines) - _sum(lines, "discount_allocations", "amount") - goods_back
    tax = _sum(lines + shipping_lines, "tax_lines", "price") - goods_tax_back - shipping_tax_back
    shipping = (
        sum((Decimal(line["discounted_price"]) for line in shipping_lines), Decimal(0)) - shipping_money_back
    )
    duties = _money(order["original_total_duties_set"]) - duties_back
    total = subtotal + shipping + duties + Decimal(order["total_tip_received"])
    discounts = _sum(lines + shipping_lines, "discount_allocations", "amount") - (gross_back - goods_back)
    adjustments = [adjustment for refund in refunds for adjustment in refund["order_adjustments"]]
    doubled = [adjustment for adjustment in adjustments if adjustment["kind"] == "shipping_refund"]
    quantities_back = {line["id"]: 0 for line in lines}
    for line in returned:
        quantities_back[line["line_item_id"]] += line["quantity"]
    return {
        "current_subtotal_price": Decimal(order["current_subtotal_price"]) == subtotal,
        "current_total_discounts": Decimal(order["current_total_discounts"]) == discounts,
        "current_total_tax": Decimal(order["current_total_tax"]) == tax,
        "current_total_price": Decimal(order["current_total_price"])
        == total + (Decimal(0) if order["taxes_included"] else tax),
        "current total below zero": Decimal(order["current_total_price"]) >= 0,
        "current_total_duties_set": _money(order["current_total_duties_set"]) == duties,
        "current_quantity": all(
            line["current_quantity"] == line["quantity"] - quantities_back[line["id"]] >= 0 for line in lines
        ),
        "fulfillable_quantity": all(
            0 <= line["fulfillable_quantity"] <= line["current_quantity"] for line in lines
        ),
        "shipping refund sent twice": shipping_money_back
        == -sum((Decimal(adjustment["amount"]) for adjustment in doubled), Decimal(0)),
        "refunded lines as numbers": all(
            isinstance(line["subtotal"], float)
            and Decimal(str(line["subtotal"])) == _money(line["subtotal_set"])
            for line in returned
        ),
    }


def _check_state(order: dict[str, Any]) -> dict[str, bool]:
    outstanding, status = Decimal(order["total_outstanding"]), order["financial_status"]
    current = Decimal(order["current_total_price"])
    transactions = [transaction for refund in order["refunds"] for transaction in refund["transactions"]]
    times = [order["created_at"], order["updated_at"], order["closed_at"], order["cancelled_at"]]
    times += [refund["created_at"] for refund in order["refunds"]]
    times += [fulfillment["updated_at"] for fulfillment in order["fulfillments"]]
    expected_outstanding = {
        "pending": outstanding == current,
        "authorized": outstanding == current,
        "partially_paid": 0 < outstanding < current,
    }
    return {
        f"total_outstanding while {status}": expected_outstanding.get(status, outstanding == 0),
        "refunds and status": bool(transactions) == (status in REFUND_STATUSES) or status == "partially_paid",
        "money of a refund": all(Decimal(transaction["amount"]) > 0 for transaction in transactions),
        "cancelled order holds something": not order["cancelled_at"] or current == 0,
        "empty refund": all(
            refund["refund_line_items"] or refund["order_adjustments"] for refund in order["refunds"]
        ),
        "updated_at is the latest moment": order["updated_at"] == max(filter(None, times), key=_moment),
    }


def _moment(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()


def _check_texts(order: dict[str, Any]) -> dict[str, bool]:
    texts = [order[field] for field in MONEY_FIELDS] + [
        order["total_outstanding"],
        order["total_tip_received"],
    ]
    customer = order["customer"] or {}
    return {
        "two decimals": all(f"{Decimal(text):.2f}" == text for text in texts),
        "sets": all(_money(order[f"{field}_set"]) == Decimal(order[field]) for field in MONEY_FIELDS),
        "presentment currency": order["total_price_set"]["presentment_money"]["currency_code"]
        == order["presentment_currency"],
        "embedded customer": not {"orders_count", "total_spent", "last_order_id", "addresses"}
        & set(customer),
    }
