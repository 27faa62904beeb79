"""Numbers, money, dates and columns in plain English, as ``include/dashboards/format.js`` writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shopify_analytics.figures import FIGURES

NAMES = {figure.key: figure.name for figure in FIGURES}
LABELS = NAMES | {
    "title": "Product",
    "other_title": "with",
    "name": "Order",
    "ordered_at_local": "Placed",
    "financial_status": "Payment",
    "fulfillment_status": "Fulfilment",
    "cancel_reason": "Cancelled",
    "total_price": "Total",
    "task_id": "Task",
    "try_number": "Try",
    "api_calls": "Requests",
    "api_refused": "Refused",
    "seconds": "Took",
    "is_met": "Target met",
    "growth_percent": "Growth",
    "change_percent": "Change",
}
INSTANT = re.compile(
    r"(?<![^\s(])\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)(?=[.,;:)]*(?:\s|$))", re.ASCII
)
# What a column holds, by its name; the first that matches.
KINDS = {
    "percent": r"_percent$",
    "decimal": r"_index$|coefficient|^lift$|_days$|(?<!sales_)per_order$|p_value",
    "moment": r"_at$",
    "local": r"_local$",
    "day": r"date$|^week$",
    "month": r"month$",
    "span": r"seconds$",
    "truth": r"^is_",
    "money": r"sales|discounts|returns|tax|duties|fees|value|price|outstanding$|^paid$|shipping|^average_\d"
    r"|_cards$|_tips$",
}


@dataclass(frozen=True)
class Wording:
    """How the shop's values are written.

    :param symbol: of the currency, and ``digits`` its decimals.
    """

    symbol: str
    digits: int
    timezone: ZoneInfo

    def told(self, value: Any, column: str) -> str:
        """A value as text, by the column that it stands in; empty for None."""
        if value is None:
            return ""
        kind = kind_of(column)
        if isinstance(value, bool) or kind == "truth":
            return "yes" if value else "no"
        if isinstance(value, int | float):
            return self._number(value, column, kind)
        return self._date(value, kind) if kind in ("day", "month", "moment", "local") else str(value)

    def money(self, value: float) -> str:
        """``-€1,234.50``."""
        written = f"{abs(value):,.{self.digits}f}"
        return f"{'-' if value < 0 else ''}{self.symbol}{written}"

    def moment(self, utc: str) -> str:
        """A moment of UTC on the shop's clock."""
        there = datetime.fromisoformat(utc).astimezone(self.timezone)
        return f"{day(there)}, {there:%H:%M}"

    def sentence(self, text: str) -> str:
        """A text for people: its moments of UTC are on the shop's clock, but for values in quotes."""
        return INSTANT.sub(lambda found: self._moment_in(found[0]), text)

    def on_shop_clock(self, utc: str) -> str:
        """A moment of UTC as the shop's clock showed it, for a chart, whose axes are of UTC."""
        there = datetime.fromisoformat(utc).astimezone(self.timezone)
        return f"{there:%Y-%m-%dT%H:%M:%S}Z"

    def _moment_in(self, found: str) -> str:
        try:
            return self.moment(found)
        except (ValueError, OverflowError):  # such as of a 30th of February
            return found

    def _date(self, value: str, kind: str) -> str:
        if kind == "day":
            return day(date.fromisoformat(value))
        if kind == "month":
            return f"{date.fromisoformat(f'{value}-01'):%b %Y}"
        if kind == "moment":
            return self.moment(value)
        placed = datetime.fromisoformat(value)
        return f"{day(placed)}, {placed:%H:%M}"

    def _number(self, value: float, column: str, kind: str) -> str:
        if kind == "money":
            return self.money(value)
        if kind == "percent":
            return percent(value)
        if kind == "span":
            return span(value)
        is_name = re.search(r"(^|_)(id|key|year)$", column)
        return str(value) if is_name else number(value, 2)


def kind_of(column: str) -> str:
    """What a column of a report holds, ``plain`` when its name says nothing."""
    return next((kind for kind, names in KINDS.items() if re.search(names, column)), "plain")


def label(column: str) -> str:
    """A column's name for people."""
    words = re.sub(r"_local$|_at$", "", re.sub(r"_percent$", ", %", column)).replace("_", " ")
    return LABELS.get(column, words[:1].upper() + words[1:])


def number(value: float, most_digits: int) -> str:
    """``1,234.5``: without zeros at the end."""
    if isinstance(value, int):
        return f"{value:,}"
    written = f"{value:,.{most_digits}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def percent(value: float) -> str:
    """``12.3%``."""
    return f"{number(float(value), 1)}%"


def day(value: date) -> str:
    """``26 Nov 2026``."""
    return f"{value.day} {value:%b %Y}"


def span(seconds: float) -> str:
    """How long: ``45 s``, ``12 min``, ``3 h 5 min``."""
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
