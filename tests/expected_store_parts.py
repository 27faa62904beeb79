"""What the store, each country, each channel and each pair of them have by day, counted with plain loops."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from tests.books import Books
from tests.expected_members import members_of
from tests.raw_records import minor_units

Key = tuple[str | int, ...]
Sums = dict[Key, Counter[str]]
PARTS = ("store", "country", "channel", "country_channel")


def periods_of(day: str) -> dict[str, str]:
    """The first day of the day, week and month that hold a date."""
    moment = date.fromisoformat(day)
    monday = moment - timedelta(days=moment.weekday())
    return {"day": day, "week": monday.isoformat(), "month": f"{day[:7]}-01"}


def parts_of(books: Books, order_id: int) -> Iterator[Key]:
    """The store, the country, the channel and the pair of them that an order belongs to."""
    members = members_of(books, order_id)
    return ((part, member) for part in PARTS for member in members[part])


def period_buyers(books: Books) -> Sums:
    """By part, period and its first day: distinct buyers, and those whose first order it was."""
    buyers: defaultdict[Key, set[int]] = defaultdict(set)
    newcomers: Counter[Key] = Counter()
    for buyer, order_ids in books.orders_of.items():
        for order_id in order_ids:
            for part in parts_of(books, order_id):
                for period in periods_of(books.dates[order_id]).items():
                    buyers[*part, *period].add(buyer)
                    newcomers[*part, *period] += books.numbers[order_id] == 1
    return {key: Counter(buyers=len(those), new_buyers=newcomers[key]) for key, those in buyers.items()}


def range_buyers(books: Books) -> Sums:
    """By part, period of a range's first day, that day and the last day: what comes to the range by both."""
    sums: Sums = defaultdict(Counter)
    for order_ids in books.orders_of.values():
        dates: defaultdict[Key, list[str]] = defaultdict(list)
        is_returning = len(order_ids) > 1
        for order_id in order_ids:
            day, is_new = books.dates[order_id], books.numbers[order_id] == 1
            for part in parts_of(books, order_id):
                before = dates[part]
                gained = [(day, Counter(buyers=1, new_buyers=is_new, returning_buyers=is_returning))]
                if before:
                    again = Counter(buyers=-1, repeat_buyers=1, returning_buyers=-is_returning)
                    gained.append((before[-1], again))
                if len(before) > 1:
                    gained.append((before[-2], Counter(repeat_buyers=-1)))
                for since, figures in gained:
                    sums[*part, "day", since, day].update(figures)
                    sums[*part, "month", since[:7], day].update(figures)
                before.append(day)
    return sums


def unsettled_orders(books: Books) -> Sums:
    """By part and day: orders that are open, those of which something is to be paid, and how much."""
    sums: Sums = defaultdict(Counter)
    for order_id, order in books.orders.items():
        owed = max(minor_units(Decimal(order["total_outstanding"]), books.exponent), 0)
        for part in parts_of(books, order_id):
            sums[*part, books.dates[order_id]].update(
                open_orders=not order["closed_at"] and not order["cancelled_at"],
                outstanding_orders=owed > 0,
                outstanding=owed,
            )
    return sums
