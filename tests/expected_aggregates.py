"""The rows of the tables that reports read, summed from the books with plain loops; money in minor units.

Rows of which every figure is 0 are left out: whether a table keeps them says nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise

from tests.books import Books
from tests.expected_ledger import Entry
from tests.expected_members import (
    LINE_DIMENSIONS,
    member_of_line,
    members_of,
    seconds_to_process,
)
from tests.expected_store_parts import Key, Sums, period_buyers, range_buyers, unsettled_orders
from tests.raw_records import minor_units

KEYS = {
    "daily_sales": ("dimension", "member", "date"),
    "member_buyers": ("dimension", "member"),
    "member_sales": ("dimension", "member"),
    "period_buyers": ("dimension", "member", "period", "start"),
    "range_buyers": ("dimension", "member", "period", "since", "date"),
    "unsettled_orders": ("dimension", "member", "date"),
    "cohort_activity": ("cohort_month", "month"),
    "buyer_groups": ("last_order_date", "orders", "spend_band"),
    "order_gaps": ("days",),
    "product_sales": ("product_key", "variant_key", "month"),
    "product_orders": ("product_key", "other_key"),
}
QUANTITIES = {"orders": ("order", 1), "units": ("sale", 1), "returned_units": ("return", -1)}
AMOUNTS = {
    "gross_sales": (("sale",), 1),
    "discounts": (("discount",), -1),
    "returns": (("return", "adjustment"), -1),
    "shipping": (("shipping", "shipping_return"), 1),
    "taxes": (("tax", "tax_return"), 1),
    "duties": (("duty",), 1),
    "fees": (("fee",), 1),
    "gift_cards": (("gift_card", "gift_card_return"), 1),
    "tips": (("tip",), 1),
}
RETURNING_KINDS = ("return", "shipping_return", "gift_card_return", "adjustment")
NET_KINDS = ("sale", "discount", "return", "adjustment")
NO_SALES = ("order", "gift_card", "gift_card_return", "tip")
LARGEST_PAIRED_ORDER = 25


def expected_aggregates(books: Books) -> dict[str, Sums]:
    """The figures by table and key."""
    tables = {
        "daily_sales": daily_sales(books),
        "member_buyers": member_buyers(books),
        "member_sales": member_sales(books),
        "period_buyers": period_buyers(books),
        "range_buyers": range_buyers(books),
        "unsettled_orders": unsettled_orders(books),
        "cohort_activity": cohort_activity(books),
        "buyer_groups": buyer_groups(books),
        "order_gaps": order_gaps(books),
        "product_sales": product_sales(books),
        "product_orders": product_orders(books),
    }
    return {
        name: {key: figures for key, figures in rows.items() if any(figures.values())}
        for name, rows in tables.items()
    }


def figures_of(entry: Entry) -> Iterator[tuple[str, int]]:
    """What a ledger row adds to the figures of its day."""
    for figure, (kinds, sign) in AMOUNTS.items():
        if entry.kind in kinds:
            yield figure, sign * entry.minor
    for figure, (kind, sign) in QUANTITIES.items():
        if entry.kind == kind:
            yield figure, sign * entry.quantity


def order_figures(books: Books, order_id: int) -> dict[str, int]:
    """What an order adds to the figures of its day, beside its ledger."""
    order, processed = books.orders[order_id], seconds_to_process(books, order_id)
    returned = any(entry.kind in RETURNING_KINDS for entry in books.entries_of[order_id])
    return {
        "cancelled_orders": int(order["cancelled_at"] is not None),
        "returned_orders": int(returned),
        "outstanding": minor_units(Decimal(order["total_outstanding"]), books.exponent),
        "processed_orders": int(processed is not None),
        "processing_seconds": processed or 0,
    }


def figures_by_day(books: Books, order_id: int) -> dict[str, Counter[str]]:
    """What an order adds to the figures of each day that its ledger has."""
    days: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in books.entries_of[order_id]:
        for figure, value in figures_of(entry):
            days[entry.ledger_date][figure] += value
    days[books.dates[order_id]].update(order_figures(books, order_id))
    return days


def daily_sales(books: Books) -> Sums:
    """By dimension, member and date."""
    sums: Sums = defaultdict(Counter)
    for order_id in books.orders:
        days = figures_by_day(books, order_id)
        for dimension, members in members_of(books, order_id).items():
            for member in members:
                for day, figures in days.items():
                    sums[dimension, member, day].update(figures)
        for dimension in LINE_DIMENSIONS:
            _add_lines(books, order_id, dimension, sums)
    return sums


def _add_lines(books: Books, order_id: int, dimension: str, sums: Sums) -> None:
    sold: set[tuple[str, str]] = set()
    for entry in books.entries_of[order_id]:
        if entry.line_item_id is None or entry.kind not in ("sale", "discount", "return"):
            continue
        line = books.lines.get(entry.line_item_id)
        member = member_of_line(line, dimension) if line else ""
        for figure, value in figures_of(entry):
            sums[dimension, member, entry.ledger_date][figure] += value
        if entry.kind == "sale":
            sold.add((member, entry.ledger_date))
    for member, day in sold:
        sums[dimension, member, day]["orders"] += 1


def member_buyers(books: Books) -> Sums:
    """By dimension and member: distinct buyers of all time."""
    buyers: defaultdict[Key, set[int]] = defaultdict(set)
    for buyer, order_ids in books.orders_of.items():
        for order_id in order_ids:
            for dimension, members in members_of(books, order_id).items():
                if dimension not in ("hour", "country_channel"):
                    for member in members:
                        buyers[dimension, member].add(buyer)
            for line in books.lines_of.get(order_id, ()):
                if line.is_goods:
                    buyers["product", str(line.product_key)].add(buyer)
                    for dimension in LINE_DIMENSIONS:
                        buyers[dimension, member_of_line(line, dimension)].add(buyer)
    return {key: Counter(buyers=len(those)) for key, those in buyers.items()}


def member_sales(books: Books) -> Sums:
    """By dimension and member: the sales of all days, and those of products."""
    sums: Sums = defaultdict(Counter)
    for (dimension, member, _), figures in daily_sales(books).items():
        _add_sales(sums[dimension, member], figures)
        sums[dimension, member]["orders"] += figures["orders"]
    for (product, _, _), figures in product_sales(books).items():
        _add_sales(sums["product", str(product)], figures)
    for order_id in books.orders:
        sold = (entry.line_item_id or 0 for entry in books.entries_of[order_id] if entry.kind == "sale")
        for product in {str(books.lines[line_id].product_key) for line_id in sold}:
            sums["product", product]["orders"] += 1
    return sums


def _add_sales(sums: Counter[str], figures: Counter[str]) -> None:
    for name in ("units", "returned_units", "gross_sales", "discounts", "returns"):
        sums[name] += figures[name]
    sums["charges"] += sum(figures[name] for name in ("shipping", "taxes", "duties", "fees"))


def net_of(entries: Iterable[Entry]) -> int:
    """Net sales."""
    return sum(entry.minor for entry in entries if entry.kind in NET_KINDS)


def total_of(entries: Iterable[Entry]) -> int:
    """Total sales."""
    return sum(entry.minor for entry in entries if entry.kind not in NO_SALES)


def cohort_of(books: Books, buyer: int) -> str:
    """The month of the buyer's first order, YYYY-MM."""
    return min(books.dates[order_id] for order_id in books.orders_of[buyer])[:7]


def cohort_activity(books: Books) -> Sums:
    """By month of first order and month."""
    sums: Sums = defaultdict(Counter)
    for buyer, order_ids in books.orders_of.items():
        cohort = cohort_of(books, buyer)
        for month in {books.dates[order_id][:7] for order_id in order_ids}:
            sums[cohort, month]["buyers"] += 1
        for order_id in order_ids:
            sums[cohort, books.dates[order_id][:7]]["orders"] += 1
            for entry in books.entries_of[order_id]:
                sums[cohort, entry.ledger_date[:7]]["net_sales"] += net_of([entry])
    return sums


def spend_band(net_minor: int) -> int:
    """The largest of 1, 2, 5, 10, 20, 50 and so on that is not above, 0 below 1."""
    if net_minor < 1:
        return 0
    power = 10 ** (len(str(net_minor)) - 1)
    return max(step * power for step in (1, 2, 5) if step * power <= net_minor)


def buyer_groups(books: Books) -> Sums:
    """By date of the last order, number of orders and band of spending."""
    sums: Sums = defaultdict(Counter)
    for order_ids in books.orders_of.values():
        net = sum(net_of(books.entries_of[order_id]) for order_id in order_ids)
        last = max(books.dates[order_id] for order_id in order_ids)
        sums[last, len(order_ids), spend_band(net)].update(buyers=1, net_sales=net)
    return sums


def order_gaps(books: Books) -> Sums:
    """By number of days between an order and the buyer's next."""
    sums: Sums = defaultdict(Counter)
    for order_ids in books.orders_of.values():
        days = (date.fromisoformat(books.dates[order_id]) for order_id in order_ids)
        for one, following in pairwise(days):
            sums[((following - one).days,)]["gaps"] += 1
    return sums


def product_sales(books: Books) -> Sums:
    """By product, variant and month."""
    sums: Sums = defaultdict(Counter)
    for entry in books.entries:
        if entry.kind in ("sale", "discount", "return"):
            line = books.lines.get(entry.line_item_id or 0)
            keys = (line.product_key, line.variant_key) if line else (0, 0)
            for figure, value in figures_of(entry):
                sums[*keys, entry.ledger_date[:7]][figure] += value
    return sums


def product_orders(books: Books) -> Sums:
    """Orders by product and 0, goods without product being product 0; by two products, the lower id first."""
    sums: Sums = defaultdict(Counter)
    for lines in books.lines_of.values():
        held = sorted({line.product_key for line in lines if line.is_goods})
        for key in held:
            sums[key, 0]["orders"] += 1
        held = [key for key in held if key]
        if len(held) <= LARGEST_PAIRED_ORDER:
            for pair in combinations(held, 2):
                sums[pair]["orders"] += 1
    return sums
