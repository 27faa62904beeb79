"""Rows as a table for people, as the pages make it in ``include/dashboards/table.js``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shopify_analytics.report_file.reading import Row
from shopify_analytics.report_file.wording import Wording, kind_of, label, number

NUMBERS = {"money", "percent", "decimal", "span"}
# Columns whose numbers are of the figure that the row names.
OF_METRIC = {"this_period", "previous_period", "target"}
SENTENCES = {"reason", "warnings", "detail"}
MOST_ROWS = 25
NO_VALUE = "\N{EN DASH}"


@dataclass(frozen=True)
class Change:
    """Up or down, and whether that is good: the sign is a shape, not only a colour."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Cell:
    """A value as text; ``kind`` is a class of the stylesheet, ``bar`` a length in percent."""

    text: str
    kind: str = ""
    state: str = ""
    tone: str = ""
    bar: float | None = None


@dataclass(frozen=True)
class Table:
    """Heads with their classes, lines whose first cell is their head, and how many lines were left out."""

    heads: list[tuple[str, str]]
    lines: list[list[Cell]]
    left_out: int

    @classmethod
    def of(
        cls, rows: Sequence[Row], columns: Sequence[str], wording: Wording, *, bar: str | None = None
    ) -> Table:
        """The columns that have a value anywhere, of the first rows."""
        known = [name for name in columns if any(row.get(name) not in (None, "") for row in rows)]
        largest = max((abs(row[bar] or 0) for row in rows), default=0) if bar else 0
        kinds = {name: "number" if _is_number(rows, name) else _kind(name) for name in known}
        lines = [
            [_cell(row, name, kinds[name], wording, largest if name == bar else 0) for name in known]
            for row in rows[:MOST_ROWS]
        ]
        for line in lines:
            if line[0].text == NO_VALUE:
                line[0] = Cell("None or unknown")
        heads = [(label(name), kinds[name]) for name in known]
        return cls(heads, lines, max(0, len(rows) - MOST_ROWS))


def changed(value: float, is_good: bool | None, unit: str = "%") -> Change:
    """``▲ 12%`` or ``▼ 3%``."""
    size = number(abs(float(value)), 1)
    if size == "0":
        return Change(f"● 0{unit}")
    tone = "" if is_good is None else "good" if is_good else "bad"
    return Change(f"{'▲' if value > 0 else '▼'} {size}{unit}", tone)


def _cell(row: Row, name: str, kind: str, wording: Wording, largest: float) -> Cell:
    value = row.get(name)
    if value is None:
        return Cell(NO_VALUE, kind)
    if re.search("growth_percent|change_percent", name):
        change = changed(value, (value < 0) == (row.get("better") == "lower"))
        return Cell(change.text, kind, tone=change.tone)
    if name == "metric":
        return Cell(label(value), kind)
    if name in SENTENCES:
        return Cell(wording.sentence(str(value)), kind)
    text = wording.told(value, row["metric"] if name in OF_METRIC else name)
    if re.search("(^|_)(status|state)$", name):
        return Cell(text.replace("_", " "), kind, state=str(value))
    return Cell(text, kind, bar=100 * max(0, value) / largest if largest else None)


def _is_number(rows: Sequence[Row], name: str) -> bool:
    kind = kind_of(name)
    return kind in NUMBERS or (kind != "truth" and any(_is_plain_number(row.get(name)) for row in rows))


def _is_plain_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(name: str) -> str:
    if name in SENTENCES:
        return "sentence"
    return "moment" if kind_of(name) in ("moment", "local") else ""
