"""One sheet: its grid of values, and what lies over it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.sheets_server import a1
from tests.sheets_server.a1 import Area, Box
from tests.sheets_server.errors import ApiError

# A blank cell is "".
Value = str | int | float | bool
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """One property of a format, given to all cells of a box at once; None takes the property away.

    Where layers overlap, the later one shows.
    """

    box: Box
    path: tuple[str, ...]
    value: Any


@dataclass(frozen=True, slots=True)
class Span:
    """One property of some rows or columns, such as their width."""

    dimension: str
    start: int
    end: int
    name: str
    value: Any


@dataclass
class Sheet:
    """One tab. ``rows`` ends with the last row that was ever written; a row may be shorter than the grid."""

    sheet_id: int
    title: str
    index: int = 0
    row_count: int = 1000
    column_count: int = 26
    hidden: bool = False
    frozen_row_count: int = 0
    frozen_column_count: int = 0
    rows: list[Row] = field(default_factory=list, repr=False)
    layers: list[Layer] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    protections: list[dict[str, Any]] = field(default_factory=list)
    basic_filter: dict[str, Any] | None = None
    # Properties that only people see, such as the colour of the tab, as given.
    looks: dict[str, Any] = field(default_factory=dict)
    shares_rows: bool = False

    def draft(self) -> Sheet:
        """Return a copy to change; the rows are copied when the first of them changes."""
        draft = copy.copy(self)
        draft.shares_rows = True
        draft.layers = list(self.layers)
        draft.spans = list(self.spans)
        draft.protections = list(self.protections)
        draft.looks = dict(self.looks)
        return draft

    @property
    def cells(self) -> int:
        """How many cells the grid has, the empty ones too."""
        return self.row_count * self.column_count

    @property
    def whole(self) -> Box:
        """The grid."""
        return Box(0, 0, self.row_count, self.column_count)

    @property
    def limits(self) -> str:
        """How Google tells the grid's size."""
        return f"Max rows: {self.row_count}, max columns: {self.column_count}"

    def box(self, area: Area | None) -> Box:
        """Return the area with the grid's ends for open ones.

        Raises ApiError if it starts outside the grid; it may end outside.
        """
        area = area or Area()
        if area.row >= self.row_count or area.column >= self.column_count:
            raise ApiError(400, f"Range ({a1.write(self.title, area)}) exceeds grid limits. {self.limits}")
        return self.spread(area)

    def spread(self, area: Area) -> Box:
        """Return the area with the grid's ends for open ones, wherever it starts."""
        end_row = self.row_count if area.end_row is None else area.end_row
        end_column = self.column_count if area.end_column is None else area.end_column
        return Box(area.row, area.column, end_row, end_column)

    def values(self, box: Box) -> list[Row]:
        """Return the values of a box; rows may be shorter, and those behind the last value are missing."""
        rows = self.rows[box.row : box.end_row]
        if box.column == 0 and box.end_column >= self.column_count:
            return rows
        return [row[box.column : box.end_column] for row in rows]

    def own_rows(self, height: int) -> list[Row]:
        """Return the rows to change, at least as many as ``height``."""
        if self.shares_rows:
            self.rows = list(self.rows)
            self.shares_rows = False
        if len(self.rows) < height:
            self.rows.extend([()] * (height - len(self.rows)))
        return self.rows

    def put(self, row: int, column: int, values: Row) -> None:
        """Write some cells of one row."""
        rows = self.own_rows(row + 1)
        old = rows[row]
        end = column + len(values)
        if column == 0 and end >= len(old):
            rows[row] = values
        else:
            rows[row] = old[:column] + ("",) * (column - len(old)) + values + old[end:]

    def clear(self, box: Box) -> None:
        """Take away the values of a box."""
        for number in range(box.row, min(box.end_row, len(self.rows))):
            if any(value != "" for value in self.rows[number][box.column : box.end_column]):
                width = min(box.end_column, len(self.rows[number])) - box.column
                self.put(number, box.column, ("",) * width)

    def paint(self, layer: Layer) -> None:
        """Lay a property over what lies there."""
        depth = len(layer.path)
        self.layers = [
            old for old in self.layers if not (layer.box.holds(old.box) and old.path[:depth] == layer.path)
        ]
        if layer.box.height and layer.box.width:
            self.layers.append(layer)

    def format(self, row: int, column: int) -> dict[str, Any]:
        """Return the format that was given to a cell, ``{}`` if none was."""
        cell = Box(row, column, row + 1, column + 1)
        return _folded([layer for layer in self.layers if layer.box.meets(cell)])

    def formats(self, column: int) -> Iterator[tuple[int, int, dict[str, Any]]]:
        """Yield the formats of a column from top to bottom: first row, end, format."""
        whole = Box(0, column, self.row_count, column + 1)
        layers = [layer for layer in self.layers if layer.box.meets(whole)]
        edges = {0, self.row_count}
        for layer in layers:
            edges |= {layer.box.row, min(layer.box.end_row, self.row_count)}
        ordered = sorted(edges)
        for start, end in pairwise(ordered):
            part = Box(start, column, end, column + 1)
            yield start, end, _folded([layer for layer in layers if layer.box.meets(part)])

    def mark(self, span: Span) -> None:
        """Set a property of rows or columns."""
        self.spans = [
            old
            for old in self.spans
            if (old.dimension, old.name) != (span.dimension, span.name)
            or not (span.start <= old.start and old.end <= span.end)
        ]
        self.spans.append(span)

    def marks(self, dimension: str, number: int) -> dict[str, Any]:
        """Return the properties of one row or column, as given."""
        return {
            span.name: span.value
            for span in self.spans
            if span.dimension == dimension and span.start <= number < span.end
        }

    @property
    def column_widths(self) -> dict[int, int]:
        """Pixels by column, for the columns whose width somebody set."""
        marks = {column: self.marks("COLUMNS", column) for column in range(self.column_count)}
        return {column: mark["pixelSize"] for column, mark in marks.items() if "pixelSize" in mark}

    def resize(self, rows: int, columns: int) -> None:
        """Change the grid's size; what lies outside is gone."""
        if rows < len(self.rows):
            self.own_rows(0)
            del self.rows[rows:]
        if columns < self.column_count and any(len(row) > columns for row in self.rows):
            self.own_rows(0)
            self.rows = [row[:columns] for row in self.rows]
        self.row_count, self.column_count = rows, columns
        clipped = [Layer(old.box.clipped(rows, columns), old.path, old.value) for old in self.layers]
        self.layers = [layer for layer in clipped if layer.box.height and layer.box.width]


def _folded(layers: list[Layer]) -> dict[str, Any]:
    """Return the format that layers make together."""
    folded: dict[str, Any] = {"format": {}}
    for layer in layers:
        *parents, last = ("format", *layer.path)
        inner = folded
        for name in parents:
            inner[name] = dict(inner.get(name, {}))
            inner = inner[name]
        if layer.value is None:
            inner.pop(last, None)
        else:
            inner[last] = layer.value
    result: dict[str, Any] = folded.get("format", {})
    return result
