"""Tables, their columns and relationships, as an import model holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from tests.power_bi.dax.values import Refused, Value, key

BLANK_ROW = -1
Rows = frozenset[int]


class Column(NamedTuple):
    """A column by the name of its table and its own."""

    table: str
    name: str


class Relationship(NamedTuple):
    """Many rows of one column belong to one of the other; filters go from the one to the many."""

    many: Column
    one: Column
    is_active: bool = True


Active = frozenset[Relationship]


class DataTable:
    """A table, column by column; texts that differ in case only become one, as a column's dictionary has it.

    https://learn.microsoft.com/power-bi/connect-data/desktop-data-types#case-sensitivity
    """

    def __init__(self, name: str, columns: Mapping[str, Sequence[Value]]) -> None:
        self.name = name
        self.columns = {column: _as_in_dictionary(values) for column, values in columns.items()}
        self.size = len(next(iter(self.columns.values())))
        self._indexes: dict[str, dict[Value, list[int]]] = {}

    def index(self, column: str) -> dict[Value, list[int]]:
        """The rows that hold a value, by value."""
        if column not in self._indexes:
            found: dict[Value, list[int]] = {}
            for row, value in enumerate(self.columns[column]):
                found.setdefault(key(value), []).append(row)
            self._indexes[column] = found
        return self._indexes[column]


def _as_in_dictionary(values: Sequence[Value]) -> list[Value]:
    spelled: dict[Value, Value] = {}
    return [spelled.setdefault(key(value), value) for value in values]


@dataclass
class Model:
    """The tables by name, how they are related, the measures, and the date column of the table of dates."""

    tables: dict[str, DataTable]
    relationships: tuple[Relationship, ...] = ()
    measures: Mapping[str, str] = field(default_factory=dict)
    dates: Column | None = None

    def __post_init__(self) -> None:
        self.active: Active = frozenset(one for one in self.relationships if one.is_active)
        self._columns: dict[tuple[str, ...], frozenset[Column]] = {}
        self._reach: dict[tuple[str, Active], dict[str, list[int]]] = {}
        self._has_blank_row = {name: self._is_missed(name) for name in self.tables}

    def __hash__(self) -> int:
        return id(self)

    def column(self, table: str, name: str) -> Column:
        """A column that exists.

        :raises Refused: it does not.
        """
        if table not in self.tables or name not in self.tables[table].columns:
            raise Refused(f"there is no column '{table}'[{name}]")
        return Column(table, name)

    def columns(self, tables: Iterable[str]) -> frozenset[Column]:
        """All columns of these tables."""
        named = tuple(tables)
        if named not in self._columns:
            found = (Column(table, name) for table in named for name in self.tables[table].columns)
            self._columns[named] = frozenset(found)
        return self._columns[named]

    def value(self, column: Column, row: int) -> Value:
        """What a row has in a column; the blank row is BLANK in all of them."""
        return None if row == BLANK_ROW else self.tables[column.table].columns[column.name][row]

    def all_rows(self, table: str) -> Rows:
        """Every row, and the blank row where the table has one.

        It has one when a related table has values without a match, so that these belong somewhere:
        https://learn.microsoft.com/power-bi/transform-model/desktop-relationships-understand#regular-relationships
        """
        return _row_numbers(-1 if self._has_blank_row[table] else 0, self.tables[table].size)

    def reach(self, table: str, active: Active) -> dict[str, list[int]]:
        """The table and all that it is many of (its expanded table): by name, what each row belongs to.

        :raises Refused: there are two ways to a table.
        """
        if (table, active) not in self._reach:
            found = {table: list(range(self.tables[table].size))}
            pending = [table]
            while pending:
                near = pending.pop()
                for relation in active:
                    if relation.many.table == near:
                        if relation.one.table in found:
                            raise Refused(f"there are two ways from {table} to {relation.one.table}")
                        step = self._step(relation)
                        found[relation.one.table] = [step[row] if row >= 0 else row for row in found[near]]
                        pending.append(relation.one.table)
            self._reach[table, active] = found
        return self._reach[table, active]

    def _step(self, relation: Relationship) -> list[int]:
        """For each row of the many, the row of the one; the blank row where there is none."""
        known = self.tables[relation.one.table].index(relation.one.name)
        if doubled := [value for value, rows in known.items() if len(rows) > 1]:
            raise Refused(f"{relation.one} is not unique: {doubled[:3]}")
        values = self.tables[relation.many.table].columns[relation.many.name]
        return [BLANK_ROW if value is None else known.get(key(value), [BLANK_ROW])[0] for value in values]

    def _is_missed(self, table: str) -> bool:
        related = (relation for relation in self.relationships if relation.one.table == table)
        return any(BLANK_ROW in self._step(relation) for relation in related)


@cache
def _row_numbers(first: int, end: int) -> Rows:
    return frozenset(range(first, end))
