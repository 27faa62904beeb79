"""The model of the specification with the rows of CSV files in it, as Power Query would load them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from power_bi import model as specification

from tests.power_bi.dax import Column, DataTable, Model, Relationship
from tests.power_bi.dax.values import Value, fixed

Cells = Mapping[str, str]
TYPES: dict[str, Callable[[str], Value]] = {
    "text": str,
    "whole": int,
    "money": lambda cell: fixed(Decimal(cell)),
    "date": date.fromisoformat,
    "time": datetime.fromisoformat,
}


def read_csv_model(folder: Path) -> Model:
    """The specified tables, relationships and measures, with the rows of the files in ``folder``."""
    told = specification.read_model()
    tables = {table.name: _table(table, folder) for table in told.tables if not table.calendar}
    (calendar,) = (table for table in told.tables if table.calendar)
    tables[calendar.name] = _calendar(calendar.name, tables)
    return Model(
        tables,
        tuple(
            Relationship(
                Column(one.from_table, one.from_column), Column(one.to_table, one.to_column), one.active
            )
            for one in told.relationships
        ),
        {measure.name: measure.dax for measure in told.measures},
        Column(calendar.name, "Date"),
    )


def _table(table: specification.Table, folder: Path) -> DataTable:
    with (folder / f"{table.file}.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            row for row in csv.DictReader(file) if all(row[name] == kept for name, kept in table.only.items())
        ]
    columns = {column.name: [_cell(column, row) for row in rows] for column in table.columns}
    return DataTable(table.name, columns)


def _cell(column: specification.Column, row: Cells) -> Value:
    """The typed value; an empty cell, or an empty text that a case gives, is none."""
    cell: str | int | None
    if column.month_of:
        cell = row[column.month_of][:7]
    elif column.source:
        cell = row[column.source]
    else:
        cell = _case(column, row)
    return None if cell in ("", None) else TYPES[column.type](str(cell))


def _case(column: specification.Column, row: Cells) -> str | int | None:
    for case in column.cases:
        if all(_is(row[name], wanted) for name, wanted in case.when.items()):
            return case.then
    return row[column.otherwise_column] if column.otherwise_column else column.otherwise


def _is(cell: str, wanted: str | int) -> bool:
    return cell == wanted if isinstance(wanted, str) else cell != "" and Decimal(cell) == wanted


def _calendar(name: str, tables: Mapping[str, DataTable]) -> DataTable:
    """Whole years, from the first day of the ledger or of a fulfilment to the last."""
    ledger = [day for day in tables["Sales Ledger"].columns["Ledger date"] if isinstance(day, date)]
    sent = [day for day in tables["Order Snapshot"].columns["Fulfilled date"] if isinstance(day, date)]
    first, last = min(ledger + sent), max(ledger + sent)
    days = [date(first.year, 1, 1)]
    while days[-1] < date(last.year, 12, 31):
        days.append(days[-1] + timedelta(days=1))
    within = ["Yes" if min(ledger) <= day <= max(ledger) else "No" for day in days]
    months = [f"{day:%Y-%m}" for day in days]
    return DataTable(name, {"Date": days, "Within data": within, "Month": months})
