"""The orders and refunds that invoices and credit notes become, as REST records.

Amounts add up as Shopify's do. There is no tax, no discount and no shipping line: postage is a line item, as
it is in the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from demo_store.retail.credit_notes import refunds_of
from demo_store.retail.file import Invoice, Kind, Line, invoices
from demo_store.retail.records import CURRENCY, address_record, customer_in_order, money, timestamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from demo_store.retail.credit_notes import RefundLine
    from demo_store.retail.records import Buyer, Purchases
    from demo_store.state import Store

GATEWAY = "manual"
ZERO = money(0)


def order_records(
    staged: sqlite3.Connection,
    store: Store,
    products: Mapping[str, dict[str, Any]],
    buyers: Mapping[int, Buyer],
    purchases: Mapping[int, Purchases],
) -> Iterator[dict[str, Any]]:
    """Yield the orders in ``staged`` by time, and add each to its customer's ``purchases``.

    ``products`` are product records by stock code; ``buyers`` and ``purchases`` go by the file's CustomerID.
    """
    for invoice in invoices(staged, Kind.ORDER):
        lines = [line for line in invoice.lines if invoice.usable(line)]
        line_items = {
            line.row: _line_item(line_id, line, products[line.stock_code])
            for line_id, line in zip(store.next_ids("line_item", len(lines)), lines, strict=True)
        }
        refund_lines = list(refunds_of(staged, invoice.number))
        order = _order(store, invoice, lines)
        if refund_lines:
            order["updated_at"] = timestamp(refund_lines[-1][0].refunded_at)
        if invoice.customer is not None:
            order["customer"] = customer_in_order(buyers[invoice.customer])
            purchases[invoice.customer].add(order, spent=_kept(lines))
        order["line_items"] = list(line_items.values())
        order["refunds"] = [
            _refund(store, of_one_credit_note, line_items) for of_one_credit_note in refund_lines
        ]
        yield order


def _sold(lines: list[Line]) -> int:
    return sum(line.quantity * line.pence for line in lines)


def _kept(lines: list[Line]) -> int:
    return sum((line.quantity - line.refunded) * line.pence for line in lines)


def _financial_status(sold: int, kept: int) -> str:
    if kept == sold:
        return "paid"
    return "partially_refunded" if kept else "refunded"


def _money_set(amount: str) -> dict[str, dict[str, str]]:
    one = {"amount": amount, "currency_code": CURRENCY}
    return {"shop_money": one, "presentment_money": one}


def _order(store: Store, invoice: Invoice, lines: list[Line]) -> dict[str, Any]:
    order_id = store.next_id("order")
    ordered_at = timestamp(invoice.invoiced_at)
    address = address_record(invoice.country)
    sold, kept = _sold(lines), _kept(lines)
    total, current_total = money(sold), money(kept)
    return {
        "id": order_id,
        "admin_graphql_api_id": f"gid://shopify/Order/{order_id}",
        "name": f"#{invoice.number}",
        "number": int(invoice.number),
        "order_number": int(invoice.number),
        "confirmed": True,
        "test": False,
        "app_id": None,
        "source_name": "web",
        "location_id": None,
        "user_id": None,
        "email": None,
        "contact_email": None,
        "phone": None,
        "buyer_accepts_marketing": False,
        "client_details": None,
        "landing_site": None,
        "referring_site": None,
        "created_at": ordered_at,
        "processed_at": ordered_at,
        "updated_at": ordered_at,
        "closed_at": ordered_at,
        "cancelled_at": None,
        "cancel_reason": None,
        "financial_status": _financial_status(sold, kept),
        "fulfillment_status": "fulfilled",
        "currency": CURRENCY,
        "presentment_currency": CURRENCY,
        "taxes_included": False,
        "tax_exempt": False,
        "duties_included": False,
        "total_line_items_price": total,
        "total_discounts": ZERO,
        "subtotal_price": total,
        "total_tax": ZERO,
        "total_price": total,
        "total_outstanding": ZERO,
        "total_tip_received": ZERO,
        "current_subtotal_price": current_total,
        "current_total_discounts": ZERO,
        "current_total_tax": ZERO,
        "current_total_price": current_total,
        "total_price_set": _money_set(total),
        "total_shipping_price_set": _money_set(ZERO),
        "discount_codes": [],
        "discount_applications": [],
        "tax_lines": [],
        "shipping_lines": [],
        "customer": None,
        "billing_address": address,
        "shipping_address": address,
        "fulfillments": [
            {
                "id": store.next_id("fulfillment"),
                "order_id": order_id,
                "status": "success",
                "created_at": ordered_at,
                "updated_at": ordered_at,
                "tracking_number": None,
            }
        ],
        "payment_gateway_names": [GATEWAY],
        "note": None,
        "tags": "",
    }


def _line_item(line_id: int, line: Line, product: dict[str, Any]) -> dict[str, Any]:
    title = line.description or product["title"]
    return {
        "id": line_id,
        "product_id": product["id"],
        "variant_id": product["variants"][0]["id"],
        "product_exists": True,
        "title": title,
        "variant_title": None,
        "name": title,
        "sku": line.stock_code,
        "vendor": product["vendor"],
        "quantity": line.quantity,
        "current_quantity": line.quantity - line.refunded,
        "fulfillable_quantity": 0,
        "fulfillment_status": "fulfilled",
        "price": money(line.pence),
        "total_discount": ZERO,
        "discount_allocations": [],
        "tax_lines": [],
        "gift_card": False,
        "taxable": False,
        "requires_shipping": True,
        "grams": 0,
        "properties": [{"name": "UnitPrice", "value": line.price}],
    }


def _refund(
    store: Store, lines: list[RefundLine], line_items: Mapping[int, dict[str, Any]]
) -> dict[str, Any]:
    credit_note, refunded_at = lines[0].credit_note, timestamp(lines[0].refunded_at)
    return {
        "id": store.next_id("refund"),
        "created_at": refunded_at,
        "processed_at": refunded_at,
        "note": f"Credit note {credit_note}",
        "restock": True,
        "refund_line_items": [
            {
                "id": store.next_id("refund_line_item"),
                "line_item_id": line_items[line.row]["id"],
                "quantity": line.quantity,
                "restock_type": "return",
                "subtotal": line.quantity * line.pence / 100,
                "subtotal_set": _money_set(money(line.quantity * line.pence)),
                "total_tax": 0.0,
                "total_tax_set": _money_set(ZERO),
            }
            for line in lines
        ],
        "transactions": [
            {
                "id": store.next_id("transaction"),
                "kind": "refund",
                "status": "success",
                "amount": money(sum(line.quantity * line.pence for line in lines)),
                "currency": CURRENCY,
                "gateway": GATEWAY,
                "created_at": refunded_at,
                "processed_at": refunded_at,
            }
        ],
        "order_adjustments": [],
    }
