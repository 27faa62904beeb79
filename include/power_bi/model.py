"""The semantic model as ``specification/tables.toml`` and ``measures.toml`` describe it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

SPECIFICATION = Path(__file__).parent / "specification"
MEASURES = "Key Figures"
REFERENCE = re.compile(r"'(?P<table>[^']+)'\[(?P<column>[^\]]+)\]")

Value = str | int


@dataclass(frozen=True)
class Case:
    """What a column holds where the columns of ``when`` hold what is given; "" stands for nothing."""

    when: Mapping[str, Value]
    then: Value


@dataclass(frozen=True)
class Column:
    """A column: ``source`` of the CSV file as it is, or made by ``cases``, or the month of a date (YYYY-MM).

    ``type`` is text, whole, money, date or time. ``otherwise`` and ``otherwise_column`` say what holds where
    no case does.
    """

    name: str
    type: str
    description: str
    source: str | None = None
    cases: tuple[Case, ...] = ()
    otherwise: Value | None = None
    otherwise_column: str | None = None
    month_of: str | None = None
    hidden: bool = False
    folder: str | None = None
    category: str | None = None
    sort_by: str | None = None
    synonyms: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the CSV file that it is made of."""
        named = [name for case in self.cases for name in case.when]
        named += [name for name in (self.source, self.otherwise_column, self.month_of) if name]
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class Hierarchy:
    """Columns of one table to drill down through, the coarsest first."""

    name: str
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table: the rows of ``<file>.csv`` that hold what ``only`` says, or the calendar."""

    name: str
    description: str
    columns: tuple[Column, ...]
    file: str | None = None
    key: str | None = None
    only: Mapping[str, str] = field(default_factory=dict)
    hierarchies: tuple[Hierarchy, ...] = ()
    hidden: bool = False
    calendar: bool = False

    def column(self, name: str) -> Column:
        """The column of that name.

        :raises KeyError: when there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"The table {self.name!r} has no column {name!r}")

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the CSV file that are read, in the order in which they are first needed."""
        named = [name for column in self.columns for name in column.sources]
        return tuple(dict.fromkeys([*named, *self.only]))


@dataclass(frozen=True)
class Relationship:
    """Many rows of one table to one row of another, which filters them; inactive ones wait for a measure."""

    from_table: str
    from_column: str
    to_table: str
    to_column: str
    active: bool = True


@dataclass(frozen=True)
class Measure:
    """A measure. ``report``: ``<report>.<column>`` of the SQL report that equals it; ``dates``: its dates."""

    name: str
    folder: str
    format: str
    description: str
    dax: str
    report: str | None = None
    no_report: str | None = None
    dates: str = "selected"
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """Tables, relationships and measures."""

    tables: tuple[Table, ...]
    relationships: tuple[Relationship, ...]
    measures: tuple[Measure, ...]

    def table(self, name: str) -> Table:
        """The table of that name.

        :raises KeyError: when there is none.
        """
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(f"The model has no table {name!r}")

    def measure(self, name: str) -> Measure:
        """The measure of that name.

        :raises KeyError: when there is none.
        """
        for measure in self.measures:
            if measure.name == name:
                return measure
        raise KeyError(f"The model has no measure {name!r}")


@cache
def read_model() -> Model:
    """The model as specified.

    :raises KeyError: naming what an entry lacks or refers to in vain.
    """
    tables = tuple(_table(entry) for entry in _entries("tables.toml", "table"))
    relationships = tuple(_relationship(entry) for entry in _entries("tables.toml", "relationship"))
    measures = tuple(_measure(entry) for entry in _entries("measures.toml", "measure"))
    model = Model(tables, relationships, measures)
    for relationship in relationships:
        model.table(relationship.from_table).column(relationship.from_column)
        model.table(relationship.to_table).column(relationship.to_column)
    return model


def _entries(file: str, kind: str) -> Iterator[dict[str, Any]]:
    yield from tomllib.loads((SPECIFICATION / file).read_text(encoding="utf-8"))[kind]


def _table(entry: dict[str, Any]) -> Table:
    told = dict(entry)
    columns = tuple(_column(column) for column in told.pop("columns"))
    hierarchies = tuple(
        Hierarchy(levels["name"], tuple(levels["levels"])) for levels in told.pop("hierarchies", ())
    )
    return Table(columns=columns, hierarchies=hierarchies, **told)


def _column(entry: dict[str, Any]) -> Column:
    told = dict(entry)
    return Column(
        source=told.pop("from", None),
        cases=tuple(Case(case["when"], case["then"]) for case in told.pop("cases", ())),
        synonyms=tuple(told.pop("synonyms", ())),
        **told,
    )


def _relationship(entry: dict[str, Any]) -> Relationship:
    ends = [REFERENCE.fullmatch(entry[end]) for end in ("from", "to")]
    (from_table, from_column), (to_table, to_column) = (end.groups() for end in ends if end)
    return Relationship(from_table, from_column, to_table, to_column, entry.get("active", True))


def _measure(entry: dict[str, Any]) -> Measure:
    told = dict(entry)
    return Measure(dax=told.pop("dax").strip(), synonyms=tuple(told.pop("synonyms", ())), **told)
