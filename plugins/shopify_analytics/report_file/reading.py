"""The rows that the report shows: what the pages ask the dashboards' API for when they are opened first.

That is the last 30 days beside the 30 before; ``include/dashboards/data.js`` shapes the same rows for the
pages.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from math import inf
from typing import Any

import msgspec
from starlette.datastructures import QueryParams

from shopify_analytics.report_file.wording import day
from shopify_analytics.reports import today
from shopify_analytics.web.order_list import order_list
from shopify_analytics.web.pipeline_answer import pipeline
from shopify_analytics.web.report_answers import parameters_of, report_answer
from shopify_analytics.web.site import Site

Row = dict[str, Any]
DAYS = 30
ALL_TIME = "All time"
COMPARED = ("period", "total_sales", "orders", "customers", "average_order_value")
# XML has no place for them, and a chart with one ends the process: https://www.w3.org/TR/xml/#charsets
UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Days:
    """A range of dates, both included."""

    start: date
    end: date

    @property
    def parameters(self) -> dict[str, str]:
        return {"start": self.start.isoformat(), "end": self.end.isoformat()}

    def __str__(self) -> str:
        return f"{day(self.start)} to {day(self.end)}"

    def before(self) -> Days:
        """As many days, right before."""
        length = self.end - self.start + timedelta(days=1)
        return Days(self.start - length, self.end - length)


@dataclass(frozen=True)
class Found:
    """Rows, and what of the report's period they do not follow."""

    rows: list[Row]
    scope: tuple[str, ...] = ()


@dataclass
class Reader:
    """Reads one moment of a database; its connection is in a transaction."""

    db: sqlite3.Connection
    site: Site
    period: Days = field(init=False)

    def __post_init__(self) -> None:
        self.period = self.last(DAYS)

    def last(self, days: int) -> Days:
        """So many days up to the shop's day of the last sync."""
        latest = today(self.db)
        return Days(latest - timedelta(days=days - 1), latest)

    def rows(self, report: str, **parameters: Any) -> list[Row]:
        """The rows of a report of the API with exactly these parameters."""
        given = QueryParams({name: str(value) for name, value in parameters.items()})
        answer = report_answer(self.db, report, given, self.site.targets)
        return _dicts(msgspec.json.decode(answer.body))

    def shown(self, report: str, parameters: Mapping[str, Any], least_days: float = 0) -> Found:
        """The rows of a report of the API, or of ``over_time``, for the period.

        :param least_days: how long the period is at least, of reports that a few days say nothing about;
            infinity for all time.
        """
        if report == "over_time":
            return self.over_time
        if "start" not in parameters_of(report) or least_days == inf:
            return Found(self.rows(report, **parameters), (ALL_TIME,))
        days = self.last(max(DAYS, int(least_days)))
        scope = () if days == self.period else (f"Since {day(days.start)}",)
        return Found(self.rows(report, **parameters, **days.parameters), scope)

    def headlines(self) -> dict[str, Row]:
        """The key figures of the period (``now``), of the days before (``then``) and of ``all`` time."""
        now, then = self.period.parameters, self.period.before().parameters
        return {
            name: self.rows("headline", **days)[0]
            for name, days in {"now": now, "then": then, "all": {}}.items()
        }

    def orders(self, most: int) -> list[Row]:
        """The newest orders of the period; no personal data."""
        given = QueryParams({"limit": str(most), **self.period.parameters})
        return _dicts(msgspec.json.decode(order_list(self.db, given).body))

    def pipeline(self) -> dict[str, Any]:
        """How the syncs are doing."""
        return legible(pipeline(self.db, self.site))

    @cached_property
    def over_time(self) -> Found:
        """The days of the period, each with what was ``previous_``, as many days before."""
        now, before = (
            [row | {"period": row["date"]} for row in self.rows("daily", **days.parameters)]
            for days in (self.period, self.period.before())
        )
        by_day = {row["period"]: row for row in before}
        for row in now:
            earlier = (date.fromisoformat(row["period"]) - timedelta(days=DAYS)).isoformat()
            row["is_open"] = row["period"] >= self.period.end.isoformat()
            row |= {f"previous_{name}": by_day[earlier][name] for name in COMPARED if earlier in by_day}
        return Found(now, ("By day",))


def _dicts(answer: Mapping[str, Any]) -> list[Row]:
    columns = answer["columns"]
    return [dict(zip(columns, legible(row), strict=True)) for row in answer["rows"]]


def legible(value: Any) -> Any:
    """The value with a replacement character for each character that cannot be shown."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [legible(each) for each in value]
    if isinstance(value, dict):
        return {name: legible(each) for name, each in value.items()}
    return value
