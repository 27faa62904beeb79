"""Rows and columns that go or come, and what lies over them moves along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.sheets_server.a1 import Box
from tests.sheets_server.grid import Layer, Sheet

# Where an edge comes to lie: an edge, and whether it is an end.
Move = Callable[[int, bool], int]


def cut(sheet: Sheet, by_rows: bool, start: int, end: int) -> None:
    """Take rows or columns out of the grid."""
    gone = end - start
    if by_rows:
        del sheet.own_rows(0)[start:end]
        sheet.row_count -= gone
        sheet.frozen_row_count -= max(min(end, sheet.frozen_row_count) - start, 0)
    else:
        sheet.rows = [row[:start] + row[end:] for row in sheet.rows]
        sheet.shares_rows = False
        sheet.column_count -= gone
        sheet.frozen_column_count -= max(min(end, sheet.frozen_column_count) - start, 0)
    _shift(sheet, by_rows, lambda edge, _is_end: edge if edge <= start else max(start, edge - gone))


def insert(sheet: Sheet, by_rows: bool, start: int, count: int = 1) -> None:
    """Put blank rows or columns into the grid."""
    if by_rows:
        if start < len(sheet.rows):
            sheet.own_rows(0)[start:start] = [()] * count
        sheet.row_count += count
    else:
        sheet.rows = [
            row[:start] + ("",) * count + row[start:] if start < len(row) else row for row in sheet.rows
        ]
        sheet.shares_rows = False
        sheet.column_count += count
    _shift(sheet, by_rows, lambda edge, is_end: edge + count if edge >= start + is_end else edge)


def _shift(sheet: Sheet, by_rows: bool, move: Move) -> None:
    layers = []
    for layer in sheet.layers:
        box = layer.box
        if by_rows:
            box = Box(move(box.row, False), box.column, move(box.end_row, True), box.end_column)
        else:
            box = Box(box.row, move(box.column, False), box.end_row, move(box.end_column, True))
        if box.height and box.width:
            layers.append(Layer(box, layer.path, layer.value))
    sheet.layers = layers
    dimension = "ROWS" if by_rows else "COLUMNS"
    sheet.spans = [
        replace(span, start=move(span.start, False), end=move(span.end, True))
        if span.dimension == dimension
        else span
        for span in sheet.spans
    ]
    sheet.protections = [
        given | {"range": _moved(given["range"], by_rows, move)} for given in sheet.protections
    ]
    if sheet.basic_filter is not None:
        sheet.basic_filter = sheet.basic_filter | {
            "range": _moved(sheet.basic_filter["range"], by_rows, move)
        }


def _moved(given: dict[str, Any], by_rows: bool, move: Move) -> dict[str, Any]:
    names = ("startRowIndex", "endRowIndex") if by_rows else ("startColumnIndex", "endColumnIndex")
    return given | {name: move(given[name], name.startswith("end")) for name in names if name in given}
