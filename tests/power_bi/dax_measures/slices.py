"""The cells of visuals in which measures are compared: all, some days, a country, a product, a customer."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from tests.power_bi.dax import Engine
from tests.power_bi.dax.contexts import ValueFilter

DAY = timedelta(days=1)
AGES = ((0, 7), (8, 30), (31, 60), (61, 90), (91, 9999))
# Of these, at most about so many members: evenly among all.
MEMBERS = 8
OTHER_MEMBERS = (
    ("product", "Product", "Product number"),
    ("customer", "Buyer", "Customer number"),
    ("segment", "Buyer", "Segment"),
    ("order", "Order", "Order id"),
)


@dataclass(frozen=True)
class Slice:
    """A cell: what it is of (all, days, country, …), the member, the dates it shows, and its filters."""

    kind: str
    member: Any
    first: date
    last: date
    filters: tuple[ValueFilter, ...]
    whole: bool = False
    part: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.member}"

    def dates(self, meant: str, days: tuple[date, date]) -> dict[str, str | None]:
        """:start and :end of the report that shows what is meant: these dates, or dates counted from them."""
        if (self.whole and meant == "selected") or meant == "all":
            return {"start": None, "end": None}
        first, last = self.first, self.last
        as_many = last - first + DAY
        start, end = {
            "selected": (first, last),
            "previous": (first - as_many, first - DAY),
            "year_before": (_year_before(first), _year_before(last)),
            "year_to_date": (last.replace(month=1, day=1), last),
            "until": (days[0], last),
            "last_30_days": (days[1] - 29 * DAY, days[1]),
            "previous_30_days": (days[1] - 59 * DAY, days[1] - 30 * DAY),
        }[meant]
        return {"start": start.isoformat(), "end": end.isoformat()}


def _year_before(day: date) -> date:
    """The same day, the last of a month for the last of a month."""
    length = monthrange(day.year - 1, day.month)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return day.replace(year=day.year - 1, day=length if is_last else min(day.day, length))


@dataclass(frozen=True)
class Cells:
    """The cells of a shop whose ledger has these first and last days."""

    engine: Engine
    first: date
    last: date

    def __iter__(self) -> Iterator[Slice]:
        yield self._of("all", "")
        yield from self._days()
        yield from self._parts()
        yield from self._cohorts()
        for kind, table, column in OTHER_MEMBERS:
            members = self._members(table, column)
            for member in members[:: -(-len(members) // MEMBERS)]:
                yield self._of(kind, member, self.engine.filter(table, column, member))

    def _days(self) -> Iterator[Slice]:
        """Each month, a day, a season, and the ages of orders."""
        for shown in self._months():
            yield replace(self._of_days("month", _name(shown), shown), filters=(self._in(shown),))
        days = [self.first + number * DAY for number in range((self.last - self.first).days + 1)]
        yield self._of_days("days", "a day", days[-9:-8])
        yield self._of_days("days", "a season", days[-240:-150])
        for youngest, oldest in AGES:
            aged = [day for day in days if youngest <= (self.last - day).days <= oldest]
            yield self._of_days("age", (youngest, oldest), aged)

    def _parts(self) -> Iterator[Slice]:
        """Each country, of all time and in the latest months, and each channel."""
        for code in self._members("Order", "Country code"):
            part, there = {"country": code or ""}, self.engine.filter("Order", "Country code", code)
            yield self._of("country", code, there, part=part)
            for shown in self._months()[-3:]:
                in_month = self._of_days("country and month", (code, _name(shown)), shown)
                yield replace(in_month, filters=(there, self._in(shown)), part=part)
        for channel in self._members("Order", "Channel"):
            through = self.engine.filter("Order", "Channel", channel)
            yield self._of("channel", channel, through, part={"channel": channel or ""})

    def _cohorts(self) -> Iterator[Slice]:
        """Every fifth month's new buyers, in that month and all after it."""
        for cohort in self._members("Buyer", "Cohort")[::5]:
            of_cohort = self.engine.filter("Buyer", "Cohort", cohort)
            since = (shown for shown in self._months() if _name(shown) >= cohort)
            for number, shown in enumerate(since):
                yield self._of("cohort in month", (cohort, number), of_cohort, self._in(shown))

    def _of(
        self, kind: str, member: Any, *filters: ValueFilter, part: Mapping[str, str] | None = None
    ) -> Slice:
        return Slice(kind, member, self.first, self.last, filters, whole=True, part=part or {})

    def _of_days(self, kind: str, member: Any, shown: list[date]) -> Slice:
        return Slice(kind, member, shown[0], shown[-1], (self.engine.filter("Date", "Date", *shown),))

    def _in(self, month: list[date]) -> ValueFilter:
        return self.engine.filter("Date", "Month", _name(month))

    def _months(self) -> list[list[date]]:
        days = (self.first + number * DAY for number in range((self.last - self.first).days + 1))
        return [list(of_month) for _, of_month in groupby(days, key=lambda day: (day.year, day.month))]

    def _members(self, table: str, column: str) -> list[Any]:
        return sorted(set(self.engine.model.tables[table].columns[column]), key=str)


def _name(month: list[date]) -> str:
    return f"{month[0]:%Y-%m}"
