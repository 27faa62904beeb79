"""The cards of the pages with their figures, charts and tables, ready to be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from markupsafe import Markup

from shopify_analytics.figures import FIGURES
from shopify_analytics.report_file.drawing import Look, Spec, draw, picture, spec_of
from shopify_analytics.report_file.pages import Element
from shopify_analytics.report_file.reading import ALL_TIME, Reader, Row
from shopify_analytics.report_file.tables import NO_VALUE, Change, Table, changed
from shopify_analytics.report_file.wording import Wording, kind_of, number

# Of these, less is better; of those, neither.
LESS_IS_BETTER = {
    "total_discounts",
    "total_returns",
    "total_outstanding",
    "average_processing_days",
    "refund_rate_percent",
    "cancellation_rate_percent",
}
NEITHER = {"total_tax", "total_shipping", "total_duties"}
ORDER_COLUMNS = (
    "name",
    "ordered_at_local",
    "financial_status",
    "fulfillment_status",
    "cancel_reason",
    "total_price",
    "total_tax",
    "total_discounts",
    "paid",
    "outstanding",
)
MOST_ORDERS = 15
COLUMNS_OF_A_HALF = 4
NOTHING = "Nothing in these dates."
COURSE_WIDTH, COURSE_HEIGHT = 100, 30
FIGURE_OF = {figure.key: figure for figure in FIGURES}


@dataclass(frozen=True)
class KeyFigure:
    """A figure of the period, how it changed against the time before, and its course as paths of an SVG."""

    key: str
    name: str
    meaning: str
    value: str
    change: Change | None
    before: str
    line: str
    area: str


@dataclass
class Card:
    """A chart or a table, or a note in its place."""

    heading: str
    definition: str
    scope: str = ""
    is_wide: bool = False
    note: str = ""
    table: Table | None = None
    chart: str = ""
    spec: Spec = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    @property
    def takes_row(self) -> bool:
        """Whether it stands alone in its row: on wish, or because of its many columns."""
        return self.is_wide or (self.table is not None and len(self.table.heads) > COLUMNS_OF_A_HALF)

    def svg(self, width: int, look: Look, name: str) -> Markup:
        """The chart as a part of the page; ``name`` is its own in there."""
        return draw(self.spec, self.rows, width, look, name)

    def png(self, look: Look, shop: str, dates: str) -> bytes:
        """The chart as a picture that says whose it is, and of which dates."""
        shown = ALL_TIME if ALL_TIME in self.scope else dates
        return picture(self.spec, self.rows, look, self.heading, f"{shop} · {shown}")


@dataclass
class Dealer:
    """Makes the cards of one moment's data."""

    reader: Reader
    wording: Wording
    headlines: dict[str, Row]

    def card(self, element: Element) -> KeyFigure | Card:
        """What a page's element shows."""
        makers: Mapping[str, Callable[[Mapping[str, str]], KeyFigure | Card]] = {
            "key-figure": self._figure,
            "chart-card": self._chart,
            "data-table": self._table,
            "order-list": self._orders,
        }
        card = makers[element.tag](element.attributes)
        if isinstance(card, Card):
            card.is_wide = element.is_wide
        return card

    def value(self, value: Any, key: str) -> str:
        """A key figure as its card has it."""
        if value is None:
            return NO_VALUE
        return f"{number(value, 1)} d" if key.endswith("_days") else self.wording.told(value, key)

    def _figure(self, attributes: Mapping[str, str]) -> KeyFigure:
        key, trend = attributes["name"], attributes.get("trend", "")
        figure = FIGURE_OF[key]
        now, then = (self.headlines[name][key] for name in ("now", "then"))
        rows = self.reader.shown("over_time", {}).rows if trend else []
        line, area = _course([row[trend] for row in rows if not row["is_open"]])
        is_known = now is not None and then is not None
        return KeyFigure(
            key,
            figure.name.removesuffix(", %").removesuffix(", days"),
            figure.meaning,
            self.value(now, key),
            self._change(key, now, then) if is_known else None,
            f"before {self.value(then, key)}" if is_known else "",
            line,
            area,
        )

    def _change(self, key: str, now: float, then: float) -> Change | None:
        is_good = None if key in NEITHER else (now < then) == (key in LESS_IS_BETTER)
        if kind_of(key) == "percent":  # two percentages differ by points
            return changed(now - then, is_good, " pt")
        return changed(100 * (now - then) / then, is_good) if then > 0 else None

    def _chart(self, attributes: Mapping[str, str]) -> Card:
        chart = attributes["chart"]
        spec = spec_of(chart)
        told = spec.get("usermeta", {})
        found = self.reader.shown(
            attributes.get("report", spec["data"]["name"]),
            told.get("parameters", {}) | _parameters(attributes),
            inf if told.get("is_all_time") else told.get("least_days", 0),
        )
        rows = _drawable(found.rows, told.get("needs"))
        return Card(
            attributes.get("heading", spec["title"]),
            attributes.get("definition", spec["description"]),
            _scope(found.scope, attributes.get("scope", told.get("scope"))),
            note="" if rows else attributes.get("empty", told.get("empty", NOTHING)),
            chart=chart,
            spec=spec,
            rows=rows,
        )

    def _table(self, attributes: Mapping[str, str]) -> Card:
        found = self.reader.shown(attributes["report"], _parameters(attributes))
        columns = attributes["columns"].split()
        return Card(
            attributes["heading"],
            attributes["definition"],
            _scope(found.scope, attributes.get("scope")),
            note="" if found.rows else attributes.get("empty", NOTHING),
            table=Table.of(found.rows, columns, self.wording, bar=attributes.get("bar")),
        )

    def _orders(self, _: Mapping[str, str]) -> Card:
        rows = self.reader.orders(MOST_ORDERS)
        return Card(
            "Newest orders",
            f"At most {MOST_ORDERS}; the page in Airflow lists and searches all of them.",
            note="" if rows else NOTHING,
            table=Table.of(rows, ORDER_COLUMNS, self.wording),
        )


def _drawable(rows: list[Row], needs: list[str] | None) -> list[Row]:
    """The rows, unless none has a value but 0 in any of the columns that the picture cannot do without."""
    return rows if not needs or any(row.get(name) for row in rows for name in needs) else []


def _parameters(attributes: Mapping[str, str]) -> dict[str, str]:
    names = {"dimension": "dimension", "top": "top_n"}
    return {name: attributes[given] for given, name in names.items() if given in attributes}


def _scope(scope: tuple[str, ...], own: str | None) -> str:
    return " · ".join(own if told == ALL_TIME and own else told for told in scope)


def _course(values: list[float | None]) -> tuple[str, str]:
    """The paths of a line and of the area below it; empty when there are not two values to draw."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return "", ""
    highest, lowest = (pick([value for _, value in known]) for pick in (max, min))
    lowest = min(0, lowest)
    step, room = COURSE_WIDTH / (len(values) - 1), COURSE_HEIGHT - 4
    points = [
        f"{step * place:.1f} {COURSE_HEIGHT - 2 - room * (value - lowest) / ((highest - lowest) or 1):.1f}"
        for place, value in known
    ]
    line = "M" + "L".join(points)
    return line, f"{line}L{step * known[-1][0]:.1f} {COURSE_HEIGHT}L{step * known[0][0]:.1f} {COURSE_HEIGHT}Z"
