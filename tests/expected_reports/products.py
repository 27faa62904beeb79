"""What each product and variant has brought, and which are bought together or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.expected_aggregates import figures_of, product_orders
from tests.expected_products import expected_product_dim
from tests.expected_reports.accounts import Accounts, Query, change_percent, net_sales, percent, ratio
from tests.raw_records import Json, utc

Key = tuple[int, ...]
LEAST_UNITS = 10


@dataclass
class Sold:
    """What a product or variant has brought: all in all and by month."""

    whole: Counter[str]
    months: dict[str, Counter[str]]

    @property
    def months_sold(self) -> list[str]:
        """Those in which pieces were sold, whatever came back."""
        return sorted(month for month, figures in self.months.items() if figures["units"])

    def net(self, month: str) -> int:
        """Net sales of a month."""
        return net_sales(self.months.get(month, Counter()))


def sold_by(accounts: Accounts, *, variants: bool) -> dict[Key, Sold]:
    """By product, or by product and variant."""
    books = accounts.books
    found: dict[Key, Sold] = {}
    for entry in books.entries:
        if entry.kind in ("sale", "discount", "return"):
            product, variant = books.sold_by(entry)
            key = (product or 0, variant or 0) if variants else (product or 0,)
            sold = found.setdefault(key, Sold(Counter(), {}))
            for figure, value in figures_of(entry):
                sold.whole[figure] += value
                sold.months.setdefault(entry.ledger_date[:7], Counter())[figure] += value
    return found


def _month_before(month: str) -> str:
    return (date.fromisoformat(f"{month}-01") - timedelta(days=1)).isoformat()[:7]


def _rates(sold: Sold, query: Query) -> Json:
    last_month = _month_before(query.today[:7])
    return {
        "refund_rate_percent": percent(sold.whole["returned_units"], sold.whole["units"]),
        "growth_percent": change_percent(sold.net(last_month), sold.net(_month_before(last_month))),
    }


def _figures(accounts: Accounts, sold: Sold) -> Json:
    return {
        "units": sold.whole["units"],
        "returned_units": sold.whole["returned_units"],
        "gross_sales": accounts.money(sold.whole["gross_sales"]),
        "discounts": accounts.money(sold.whole["discounts"]),
        "returns": accounts.money(sold.whole["returns"]),
        "net_sales": accounts.money(net_sales(sold.whole)),
    }


def _first_and_last(sold: Sold) -> Json:
    return {
        "first_month_sold": min(sold.months_sold, default=None),
        "last_month_sold": max(sold.months_sold, default=None),
    }


def top_products(accounts: Accounts, query: Query) -> list[Json]:
    """A row a product, those with the highest net sales first."""
    sold = sold_by(accounts, variants=False)
    titles = _titles(accounts)
    best = sorted(sold, key=lambda key: (-net_sales(sold[key].whole), key))
    return [
        {
            "product_id": product or None,
            "title": titles.get(product),
            "units": sold[product,].whole["units"],
            "net_sales": accounts.money(net_sales(sold[product,].whole)),
            **_rates(sold[product,], query),
        }
        for (product,) in best[: query.top_n]
    ]


def product_rankings(accounts: Accounts, query: Query) -> list[Json]:
    """A row a place in each of three rankings."""
    sold = {key: of for (key,), of in sold_by(accounts, variants=False).items() if key}
    last_month = _month_before(query.today[:7])
    month_before = _month_before(last_month)
    scores: dict[str, dict[int, Fraction]] = {"units": {}, "refund_rate": {}, "growth": {}}
    for key, of in sold.items():
        units, returned = of.whole["units"], of.whole["returned_units"]
        if units:
            scores["units"][key] = Fraction(units)
        if units >= LEAST_UNITS and returned > 0:
            scores["refund_rate"][key] = Fraction(returned, units)
        if of.net(last_month) > 0 and of.net(month_before) > 0:
            scores["growth"][key] = Fraction(of.net(last_month), of.net(month_before))
    titles = _titles(accounts)
    return [
        {
            "ranking": ranking,
            "place": place,
            "product_id": key,
            "title": titles.get(key),
            "units": sold[key].whole["units"],
            "net_sales": accounts.money(net_sales(sold[key].whole)),
            **_rates(sold[key], query),
        }
        for ranking, of_ranking in scores.items()
        for place, key in enumerate(_highest(of_ranking)[: query.top_n], start=1)
    ]


def _highest(scores: Mapping[int, Fraction]) -> list[int]:
    return sorted(scores, key=lambda key: (-scores[key], key))


def product_performance(accounts: Accounts, query: Query) -> list[Json]:
    """A row a product."""
    sold, books = sold_by(accounts, variants=False), accounts.books
    rows = []
    for (product,), known in sorted(expected_product_dim(books).items()):
        orders = {
            line.order_id for line in books.lines.values() if line.is_goods and line.product_key == product
        }
        buyers = {books.buyers[order_id] for order_id in orders} - {None}
        of_product = sold.get((product,), Sold(Counter(), {}))
        rows.append(
            {
                **{column: known[column] for column in ("product_key", "title", "vendor", "product_type")},
                "status": known["status"],
                "is_deleted": str(bool(known["is_deleted"])).lower(),
                "orders": len(orders),
                "customers": len(buyers),
                **_figures(accounts, of_product),
                **_rates(of_product, query),
                **_first_and_last(of_product),
            }
        )
    return rows


def variant_performance(accounts: Accounts, query: Query) -> list[Json]:
    """A row a variant that was sold."""
    titles, books = _titles(accounts), accounts.books
    there = {variant["id"] for product in books.products.values() for variant in product["variants"]}
    rows = []
    for (product, variant), sold in sorted(sold_by(accounts, variants=True).items()):
        known = books.memory.variants.get(variant, {})
        rows.append(
            {
                "product_key": product,
                "variant_key": variant,
                "title": titles.get(product),
                "variant_title": known.get("title"),
                "sku": known.get("sku"),
                "is_deleted": "true" if variant and variant not in there else "false",
                **_figures(accounts, sold),
                **_rates(sold, query),
                **_first_and_last(sold),
            }
        )
    return rows


def bought_together(accounts: Accounts, query: Query) -> list[Json]:
    """A row a pair, those in the most orders first."""
    orders = {key: figures["orders"] for key, figures in product_orders(accounts.books).items()}
    pairs = [key for key in orders if key[0] and key[1]]
    pairs.sort(key=lambda pair: (-orders[pair], pair))
    titles, all_orders = _titles(accounts), len(accounts.books.orders)
    rows = []
    for pair in pairs[: query.top_n]:
        one, other = map(int, pair)
        together, alone, other_alone = orders[pair], orders[one, 0], orders[other, 0]
        rows.append(
            {
                "product_key": one,
                "title": titles.get(one),
                "other_key": other,
                "other_title": titles.get(other),
                "orders": together,
                "support_percent": percent(together, all_orders),
                "confidence_percent": percent(together, alone),
                "other_confidence_percent": percent(together, other_alone),
                "lift": ratio(together * all_orders, Decimal(alone) * other_alone),
            }
        )
    return rows


def slow_movers(accounts: Accounts, query: Query) -> list[Json]:
    """A row an active product without sales for 90 days, those with the most stock first."""
    sold = sold_by(accounts, variants=False)
    since = (date.fromisoformat(query.today) - timedelta(days=90)).isoformat()
    rows = []
    for key, product in sorted(accounts.books.products.items()):
        months = sold[key,].months_sold if (key,) in sold else []
        is_new = (utc(product["created_at"]) or "")[:10] >= since
        if product["status"] != "active" or is_new or (months and months[-1] >= since[:7]):
            continue
        stock = [variant["inventory_quantity"] for variant in product["variants"]]
        rows.append(
            {
                "product_id": key,
                "title": product["title"],
                "last_month_sold": max(months, default=None),
                "inventory_on_hand": sum(stock) if stock else None,
            }
        )
    rows.sort(key=lambda row: -row["inventory_on_hand"])
    return rows[: query.top_n]


def _titles(accounts: Accounts) -> dict[int, str]:
    return {key: row["title"] for (key,), row in expected_product_dim(accounts.books).items()}
