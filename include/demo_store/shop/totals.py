"""The totals of an order, derived from its own lines, shipping lines and refunds.

As placed: ``total_line_items_price`` = sum of price x quantity; ``total_discounts`` = all discount
allocations, those of shipping included; ``subtotal_price`` = lines less their discounts; ``total_price`` =
line items - discounts + shipping + duties + tips, + tax where prices do not include it. Lines and shipping
that an order edit adds later are in the ``current_*`` fields only.

Now (``current_*``): the same over what the order still holds, less refunded lines, shipping and duties.
A refund's discrepancy is money given beside the goods and changes none of these fields; whether it does at
Shopify is not documented. Tips are in ``total_tip_received``, are no line items and are not refunded here.

https://shopify.dev/docs/api/admin-rest/latest/resources/order
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from demo_store.shop.money import ZERO, money_set, put_money
from demo_store.shop.pricing import summed_tax_lines

if TYPE_CHECKING:
    from collections.abc import Iterable


def shop_amount(bag: dict[str, Any] | None) -> Decimal:
    """Return a MoneyBag's amount in the shop's currency; nothing is 0."""
    return Decimal(bag["shop_money"]["amount"]) if bag else ZERO


def line_gross(line: dict[str, Any]) -> Decimal:
    """Return price x quantity."""
    return Decimal(line["price"]) * int(line["quantity"])


def discount_of(part: dict[str, Any]) -> Decimal:
    """Return the sum of the discount allocations of a line or shipping line."""
    return sum((Decimal(allocation["amount"]) for allocation in part["discount_allocations"]), ZERO)


def tax_of(part: dict[str, Any]) -> Decimal:
    """Return the sum of the tax lines of a line or shipping line."""
    return sum((Decimal(tax["price"]) for tax in part["tax_lines"]), ZERO)


def line_net(line: dict[str, Any]) -> Decimal:
    """Return price x quantity less discounts."""
    return line_gross(line) - discount_of(line)


def refund_line_items(order: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Return the refunded lines of all refunds."""
    return (line for refund in order["refunds"] for line in refund["refund_line_items"])


def discrepancies(order: dict[str, Any]) -> Decimal:
    """Return the sum of the refund discrepancies: negative where more was refunded than goods were worth."""
    return sum(
        (
            Decimal(adjustment["amount"])
            for refund in order["refunds"]
            for adjustment in refund["order_adjustments"]
            if adjustment["kind"] == "refund_discrepancy"
        ),
        ZERO,
    )


def put_placed_totals(order: dict[str, Any]) -> None:
    """Fill the totals of an order just placed, current ones too; ``total_tip_received`` is there already."""
    lines, shipping_lines, presentment = (
        order["line_items"],
        order["shipping_lines"],
        order["presentment_currency"],
    )
    parts = [*lines, *shipping_lines]
    gross = sum((line_gross(line) for line in lines), ZERO)
    shipping = sum((Decimal(line["price"]) for line in shipping_lines), ZERO)
    discounts = sum((discount_of(part) for part in parts), ZERO)
    tax = sum((tax_of(part) for part in parts), ZERO)
    duties = shop_amount(order["original_total_duties_set"])
    order["tax_lines"] = summed_tax_lines(parts, presentment)
    order["total_shipping_price_set"] = money_set(shipping, presentment)
    put_money(order, "total_line_items_price", gross, presentment)
    put_money(order, "total_discounts", discounts, presentment)
    put_money(order, "subtotal_price", sum((line_net(line) for line in lines), ZERO), presentment)
    put_money(order, "total_tax", tax, presentment)
    added_tax = ZERO if order["taxes_included"] else tax
    total = gross - discounts + shipping + added_tax + duties + Decimal(order["total_tip_received"])
    put_money(order, "total_price", total, presentment)
    put_current_totals(order)


def put_current_totals(order: dict[str, Any]) -> None:
    """Fill the ``current_*`` fields from what the order holds now."""
    lines, presentment = order["line_items"], order["presentment_currency"]
    shipping_lines = [line for line in order["shipping_lines"] if not line["is_removed"]]
    refunded_shipping = [line for refund in order["refunds"] for line in refund["refund_shipping_lines"]]
    price_of = {line["id"]: Decimal(line["price"]) for line in lines}
    returned = returned_gross = returned_tax = ZERO
    for line in refund_line_items(order):
        returned += shop_amount(line["subtotal_set"])
        returned_tax += shop_amount(line["total_tax_set"])
        returned_gross += price_of[line["line_item_id"]] * int(line["quantity"])
    for shipping in refunded_shipping:
        returned_tax += shop_amount(shipping["tax_amount_set"])

    subtotal = sum((line_net(line) for line in lines), ZERO) - returned
    discounts = sum((discount_of(part) for part in [*lines, *shipping_lines]), ZERO) - (
        returned_gross - returned
    )
    tax = sum((tax_of(part) for part in [*lines, *shipping_lines]), ZERO) - returned_tax
    shipping_left = sum((Decimal(line["discounted_price"]) for line in shipping_lines), ZERO)
    shipping_left -= sum((shop_amount(line["subtotal_amount_set"]) for line in refunded_shipping), ZERO)
    duties = _put_current_duties(order)
    added_tax = ZERO if order["taxes_included"] else tax
    total = subtotal + shipping_left + added_tax + duties + Decimal(order["total_tip_received"])
    put_money(order, "current_subtotal_price", subtotal, presentment)
    put_money(order, "current_total_discounts", discounts, presentment)
    put_money(order, "current_total_tax", tax, presentment)
    put_money(order, "current_total_price", total, presentment)


def _put_current_duties(order: dict[str, Any]) -> Decimal:
    if order["original_total_duties_set"] is None:
        return ZERO
    refunded = (duty for refund in order["refunds"] for duty in refund["duties"])
    duties = shop_amount(order["original_total_duties_set"])
    duties -= sum((shop_amount(duty["amount_set"]) for duty in refunded), ZERO)
    order["current_total_duties_set"] = money_set(duties, order["presentment_currency"])
    return duties
