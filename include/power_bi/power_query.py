"""Power Query (M): what reads the CSV files into the model's tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from power_bi.model import SPECIFICATION, Case, Column, Table, Value

CULTURE = "en-US"
M_TYPES = {
    "text": "type text",
    "whole": "Int64.Type",
    "money": "Currency.Type",
    "date": "type date",
    "time": "type datetime",
}


@dataclass(frozen=True)
class Parameter:
    """What a user sets before the first refresh."""

    name: str
    value: str
    type: str
    description: str

    @property
    def expression(self) -> str:
        """The parameter as Power Query writes it."""
        told = f'IsParameterQuery = true, Type = "{self.type}", IsParameterQueryRequired = true'
        return f"{self.value} meta [{told}]"


@dataclass(frozen=True)
class Source:
    """Where the tables are read from: a file with the function ``LoadTable(name, columns)``; parameters."""

    file: str
    parameters: tuple[Parameter, ...]

    @property
    def load_table(self) -> str:
        """The function: the named columns of a table, unconverted, with null for empty."""
        return _file(self.file)


FISCAL_YEAR = Parameter(
    "FiscalYearStart", "1", "Number", "The month, 1 to 12, with which the fiscal year begins."
)
CSV_FILES = Source(
    "load_csv.pq",
    (
        Parameter(
            "DataFolder",
            '"C:\\shopify-analytics\\data"',
            "Text",
            "The folder of the CSV files, as Windows names it: C:\\folder or \\\\server\\share\\folder.",
        ),
        FISCAL_YEAR,
    ),
)
GOOGLE_SHEETS = Source(
    "load_google_sheets.pq",
    (
        Parameter(
            "SpreadsheetUrl",
            '"https://docs.google.com/spreadsheets/d/..."',
            "Text",
            "The address of the spreadsheet, as the browser shows it.",
        ),
        FISCAL_YEAR,
    ),
)


def table_query(table: Table) -> str:
    """The query of a table of the model: its columns with their names and types, and no others."""
    return _file("calendar.pq") if table.calendar else _csv_query(table)


def _file(name: str) -> str:
    return (SPECIFICATION / name).read_text(encoding="utf-8").strip()


def _csv_query(table: Table) -> str:
    types = _source_types(table)
    steps = [
        ("Read", f'LoadTable("{table.file}", {_list(types)})'),
        ("Typed", f'Table.TransformColumnTypes(Read, {{{_pairs(types)}}}, "{CULTURE}")'),
    ]
    if table.only:
        kept = " and ".join(f"[{name}] = {_literal(value)}" for name, value in table.only.items())
        steps.append(("Kept", f"Table.SelectRows({steps[-1][0]}, each {kept})"))
    for column in table.columns:
        if column.source is None:
            added = f'"{column.name}", each {_made(column)}, {M_TYPES[column.type]}'
            step = "".join(word.capitalize() for word in column.name.split())
            steps.append((step, f"Table.AddColumn({steps[-1][0]}, {added})"))
    renamed = ", ".join(
        f'{{"{column.source}", "{column.name}"}}' for column in table.columns if column.source
    )
    steps.append(("Renamed", f"Table.RenameColumns({steps[-1][0]}, {{{renamed}}})"))
    chosen = _list(column.name for column in table.columns)
    body = ",\n".join(f"    {step} = {expression}" for step, expression in steps)
    return f"let\n{body}\nin\n    Table.SelectColumns(Renamed, {chosen})"


def _source_types(table: Table) -> dict[str, str]:
    """The M type of each column that is read: its column's, or what its cases compare it with."""
    numbers = {
        name
        for column in table.columns
        for case in column.cases
        for name, value in case.when.items()
        if isinstance(value, int)
    }
    types = {name: "type number" if name in numbers else "type text" for name in table.sources}
    types |= {column.source: M_TYPES[column.type] for column in table.columns if column.source}
    types |= {column.month_of: M_TYPES["date"] for column in table.columns if column.month_of}
    return types


def _made(column: Column) -> str:
    if column.month_of:
        return f'Date.ToText([{column.month_of}], "yyyy-MM", "{CULTURE}")'
    last = f"[{column.otherwise_column}]" if column.otherwise_column else _literal(column.otherwise)
    return "".join(f"if {_condition(case)} then {_literal(case.then)} else " for case in column.cases) + last


def _condition(case: Case) -> str:
    return " and ".join(f"[{name}] = {_literal(value)}" for name, value in case.when.items())


def _literal(value: Value | None) -> str:
    if value in {"", None}:
        return "null"
    return str(value) if isinstance(value, int) else f'"{value}"'


def _list(names: Iterable[str]) -> str:
    return "{" + ", ".join(f'"{name}"' for name in names) + "}"


def _pairs(types: dict[str, str]) -> str:
    return ", ".join(f'{{"{name}", {kind}}}' for name, kind in types.items())
