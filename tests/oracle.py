"""What a sync must come to, worked out a second time: from a store's raw JSON and nothing of the product.

Key figures in exact decimals, rounded once at the end. Their definitions: Shopify's sales reports,
https://help.shopify.com/en/manual/reports-and-analytics.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from demo_store.state import Store

from tests.expected_rows import expected_rows
from tests.raw_records import (
    ZERO,
    Json,
    discrepancy,
    processing_hours,
    records,
    shipping_given_back,
    shipping_lines,
    shop_money,
    total,
)

__all__ = ["expected_rows", "expected_summary"]


def expected_summary(store: Store, top_n: int = 10) -> Json:
    """Every key figure of ``store`` but ``generated_at``."""
    customers, products = records(store, "customers"), records(store, "products")
    orders = [order for order in records(store, "orders") if not order["test"]]
    return {
        "currency": store.shop["currency"],
        "timezone": store.shop["iana_timezone"],
        "total_orders": len(orders),
        "total_customers": len(customers),
        **_sales(orders),
        **_loyalty(orders, customers),
        **_times(orders, store),
        "total_outstanding": _cents(total(orders, "total_outstanding")),
        "top_products": _top_products(orders, products, top_n),
    }


def _sales(orders: list[Json]) -> Json:
    sales = [_sale(line, order) for order in orders for line in _goods(order)]
    gross, discounts = sum((sale[0] for sale in sales), ZERO), sum((sale[1] for sale in sales), ZERO)
    returns = sum((_given_back(order) for order in orders), ZERO)
    shipping = sum((_shipping_kept(order) for order in orders), ZERO)
    tax = total(orders, "current_total_tax")
    duties = sum((_latest(order, "duties") for order in orders), ZERO)
    fees = sum((_latest(order, "additional_fees") for order in orders), ZERO)
    net = gross - discounts - returns
    return {
        "gross_sales": _cents(gross),
        "total_discounts": _cents(discounts),
        "total_returns": _cents(returns),
        "net_sales": _cents(net),
        "total_shipping": _cents(shipping),
        "total_tax": _cents(tax),
        "total_duties": _cents(duties),
        "total_additional_fees": _cents(fees),
        "total_sales": _cents(net + shipping + tax + duties + fees),
        "average_order_value": _cents((gross - discounts) / len(orders)) if orders else None,
    }


def _loyalty(orders: list[Json], customers: list[Json]) -> Json:
    oldest: dict[str, int] = {}
    for customer in customers:
        oldest.setdefault(_address(customer), customer["id"])
    buyers: Counter[int | str] = Counter()
    for order in orders:
        if order["customer"]:
            buyers[order["customer"]["id"]] += 1
        elif address := _address(order):
            buyers[oldest.get(address, address)] += 1
    repeat = sum(count > 1 for count in buyers.values())
    rate = _cents(Decimal(100 * repeat) / len(buyers)) if buyers else None
    return {"ordering_customers": len(buyers), "repeat_rate_percent": rate}


def _times(orders: list[Json], store: Store) -> Json:
    moments = [datetime.fromisoformat(order["processed_at"]) for order in orders]
    dates = [f"{moment.astimezone(store.timezone):%Y-%m-%d}" for moment in moments]
    hours = [processing_hours(order) for order in orders if not order["cancelled_at"]]
    known = [Decimal(value) for value in hours if value is not None]
    return {
        "average_processing_days": _cents(sum(known, ZERO) / len(known) / 24) if known else None,
        "first_order_date": min(dates, default=None),
        "last_order_date": max(dates, default=None),
    }


def _address(person: Json) -> str:
    return (person["email"] or "").strip().lower()


def _cents(amount: Decimal) -> float:
    """Half up; what a division has left in the 28th digit decides nothing."""
    return float(amount.quantize(Decimal("1e-15")).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _goods(order: Json) -> Iterator[Json]:
    return (line for line in order["line_items"] if not line["gift_card"])


def _sale(line: Json, order: Json) -> tuple[Decimal, Decimal]:
    """Gross sale and discount of a line, both without the tax that its price includes."""
    listed, allocated = (
        Decimal(line["price"]) * line["quantity"],
        total(line["discount_allocations"], "amount"),
    )
    tax = total(line["tax_lines"], "price") if order["taxes_included"] else ZERO
    net = listed - allocated - tax
    discount = allocated * net / (listed - allocated) if listed != allocated else allocated
    return net + discount, discount


def _returned(order: Json) -> Iterator[tuple[int, Decimal]]:
    """The line item of each returned piece of goods and what it sold for, without included tax."""
    goods = {line["id"] for line in _goods(order)}
    for refund in order["refunds"]:
        for entry in refund["refund_line_items"]:
            tax = Decimal(str(entry["total_tax"])) if order["taxes_included"] else ZERO
            if entry["line_item_id"] in goods:
                yield entry["line_item_id"], Decimal(str(entry["subtotal"])) - tax


def _given_back(order: Json) -> Decimal:
    goods = sum((amount for _, amount in _returned(order)), ZERO)
    return goods - sum((discrepancy(refund) for refund in order["refunds"]), ZERO)


def _shipping_kept(order: Json) -> Decimal:
    lines = shipping_lines(order)
    charged = total(lines, "discounted_price")
    kept = charged - sum((shipping_given_back(refund) for refund in order["refunds"]), ZERO)
    if not order["taxes_included"] or not charged:
        return kept
    tax = sum((total(line["tax_lines"], "price") for line in lines), ZERO)
    return kept * (charged - tax) / charged


def _latest(order: Json, kind: str) -> Decimal:
    current, placed = (order.get(f"{when}_total_{kind}_set") for when in ("current", "original"))
    return shop_money(current or placed)


def _top_products(orders: Iterable[Json], products: Iterable[Json], top_n: int) -> list[Json]:
    titles = {product["id"]: product["title"] for product in products}
    units: Counter[tuple[int | None, str]] = Counter()
    sales: defaultdict[tuple[int | None, str], Decimal] = defaultdict(Decimal)
    for order in orders:
        key_of = {}
        for line in _goods(order):
            key = line["product_id"], str(titles.get(line["product_id"], line["title"]))
            key_of[line["id"]] = key
            gross, discount = _sale(line, order)
            units[key] += line["quantity"]
            sales[key] += gross - discount
        for line_id, amount in _returned(order):
            sales[key_of[line_id]] -= amount
    ranked = sorted(sales, key=lambda key: (-_cents(sales[key]), key[0] or 0, key[1]))
    return [
        {"product_id": key[0], "title": key[1], "units": units[key], "net_sales": _cents(sales[key])}
        for key in ranked[:top_n]
    ]
