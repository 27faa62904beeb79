"""What every expected report is made with: sums of days, and figures as reports show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from operator import itemgetter

from tests.books import Books, is_between
from tests.expected_aggregates import Sums, daily_sales, member_buyers
from tests.expected_members import members_of
from tests.raw_records import Json

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Query:
    """The parameters of a report; dates are ISO, None is open. ``today`` is the shop's date."""

    today: str
    top_n: int = 10
    start: str | None = None
    end: str | None = None
    dimension: str = "store"
    member: str = ""

    def last_days(self, days: int, *, before: int = 0) -> Query:
        """The same for the ``days`` days up to today, or to ``before`` days before it."""
        end = date.fromisoformat(self.today) - timedelta(days=before)
        return replace(self, start=(end - timedelta(days=days - 1)).isoformat(), end=end.isoformat())


@dataclass(frozen=True)
class Accounts:
    """The books, and their sums by day."""

    books: Books

    @cached_property
    def daily(self) -> Sums:
        """Figures by dimension, member and date."""
        return daily_sales(self.books)

    @cached_property
    def member_buyers(self) -> Sums:
        """Distinct buyers of all time by dimension and member."""
        return member_buyers(self.books)

    @cached_property
    def memberships(self) -> dict[int, dict[str, list[str]]]:
        """What each counted order belongs to."""
        return {order_id: members_of(self.books, order_id) for order_id in self.books.orders}

    @cached_property
    def by_member(self) -> dict[str, dict[str, dict[str, Counter[str]]]]:
        """The same by dimension, then member, then date."""
        nested: dict[str, dict[str, dict[str, Counter[str]]]] = {}
        for (dimension, member, day), figures in self.daily.items():
            nested.setdefault(str(dimension), {}).setdefault(str(member), {})[str(day)] = figures
        return nested

    def days(self, dimension: str = "store", member: str = "") -> dict[str, Counter[str]]:
        """Figures by date."""
        return self.by_member.get(dimension, {}).get(member, {})

    def sales(self, query: Query) -> Counter[str]:
        """Figures of the query's member and days."""
        days = self.days(query.dimension, query.member).items()
        return added(figures for day, figures in days if is_between(day, query.start, query.end))

    def order_ids(self, query: Query) -> Iterator[int]:
        """The orders of the query's member and days."""
        for order_id in self.books.ordered_between(query.start, query.end):
            if query.member in self.memberships[order_id][query.dimension]:
                yield order_id

    def buyers(self, query: Query) -> Counter[int]:
        """The buyers of these orders, and how many of the orders each has."""
        those = (self.books.buyers[order_id] for order_id in self.order_ids(query))
        return Counter(buyer for buyer in those if buyer is not None)

    def money(self, minor: int) -> float:
        """Major units of the shop's currency."""
        return float(Decimal(minor).scaleb(-self.books.exponent))

    def average(self, minor: int, count: int) -> float | None:
        """Money per piece, to the smallest unit; None of nothing."""
        if not count:
            return None
        return self.money(int((Decimal(minor) / count).to_integral_value(ROUND_HALF_UP)))


def added(parts: Iterable[Counter[str]]) -> Counter[str]:
    """The sum of figures, those below zero too."""
    whole: Counter[str] = Counter()
    for part in parts:
        whole.update(part)
    return whole


def net_sales(figures: Counter[str]) -> int:
    """In minor units."""
    return figures["gross_sales"] - figures["discounts"] - figures["returns"]


def total_sales(figures: Counter[str]) -> int:
    """In minor units."""
    return net_sales(figures) + sum(figures[part] for part in ("shipping", "taxes", "duties", "fees"))


def ratio(part: int | Decimal, whole: int | Decimal) -> float | None:
    """To the hundredth, half up; None where the denominator is 0."""
    if not whole:
        return None
    return float((Decimal(part) / Decimal(whole)).quantize(HUNDREDTH, ROUND_HALF_UP))


def percent(part: int | Decimal, whole: int | Decimal) -> float | None:
    """Per cent to the hundredth; None where the denominator is 0."""
    return ratio(100 * Decimal(part), whole)


def change_percent(now: int | Decimal, before: int | Decimal) -> float | None:
    """By how many per cent of what was before it has grown; None where that was nothing or less."""
    return percent(Decimal(now) - Decimal(before), before) if before > 0 else None


def ranked(rows: Iterable[Json], *by: str, limit: int | None = None) -> list[Json]:
    """The rows by columns, of which one with a leading ``-`` descends; at most ``limit``."""
    found = list(rows)
    for column in reversed(by):
        found.sort(key=itemgetter(column.removeprefix("-")), reverse=column.startswith("-"))
    return found[:limit]
