"""The filter context: which values of which columns count, and which rows of a table that leaves.

https://learn.microsoft.com/dax/dax-overview#filter-context
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from tests.power_bi.dax.model import BLANK_ROW, Active, Column, Model, Rows
from tests.power_bi.dax.values import Value, key


@dataclass(frozen=True)
class ValueFilter:
    """The combinations of values that columns may have; text without case."""

    columns: tuple[Column, ...]
    values: frozenset[tuple[Value, ...]]

    @classmethod
    def of(cls, columns: Iterable[Column], values: Iterable[Iterable[Value]]) -> ValueFilter:
        """A filter on columns, in an order that does not matter."""
        named = tuple(columns)
        order = sorted(range(len(named)), key=lambda place: named[place])
        keys = ([key(value) for value in row] for row in values)
        return cls(
            tuple(named[place] for place in order),
            frozenset(tuple(row[place] for place in order) for row in keys),
        )

    def covers(self, _model: Model) -> frozenset[Column]:
        """The columns that it filters."""
        return frozenset(self.columns)

    def without(self, columns: frozenset[Column], _model: Model) -> ValueFilter | None:
        """What is left when these columns are not filtered any longer."""
        return _projected(self, tuple(column for column in self.columns if column not in columns))


@dataclass(frozen=True)
class RowFilter:
    """The rows that a table may have: a filter on its columns and on those of all that it is many of."""

    table: str
    rows: Rows
    active: Active
    removed: frozenset[Column] = frozenset()

    def covers(self, model: Model) -> frozenset[Column]:
        """The columns that it filters."""
        covered = model.columns(model.reach(self.table, self.active))
        return covered - self.removed if self.removed else covered

    def without(self, columns: frozenset[Column], model: Model) -> RowFilter | None:
        """What is left when these columns are not filtered any longer."""
        if not columns & self.covers(model):
            return self
        left = RowFilter(self.table, self.rows, self.active, self.removed | columns)
        return left if left.covers(model) else None


Filter = ValueFilter | RowFilter


@dataclass(frozen=True)
class Context:
    """All filters, each of which a row must pass, and the relationships that carry them."""

    filters: frozenset[Filter]
    active: Active

    def without(self, columns: frozenset[Column], model: Model) -> Context:
        """The context in which these columns are not filtered."""
        left = (one.without(columns, model) for one in self.filters)
        return Context(frozenset(one for one in left if one is not None), self.active)

    def filtered(self, filters: Iterable[Filter]) -> Context:
        """The context with more filters."""
        return Context(self.filters | frozenset(filters), self.active)

    def on(self, column: Column, model: Model) -> list[Filter]:
        """The filters on a column."""
        return [one for one in self.filters if column in one.covers(model)]


class Visible:
    """The rows of tables that contexts leave, each worked out once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._passing: dict[tuple[str, Filter, Active], Rows | None] = {}
        self._visible: dict[tuple[str, Context], Rows] = {}

    def rows(self, table: str, context: Context) -> Rows:
        """The rows of a table that pass every filter, the blank row among them where there is one."""
        if (table, context) not in self._visible:
            passing = (self._passes(table, one, context.active) for one in context.filters)
            few = sorted((rows for rows in passing if rows is not None), key=len)
            self._visible[table, context] = reduce(Rows.intersection, few, self.model.all_rows(table))
        return self._visible[table, context]

    def _passes(self, table: str, one: Filter, active: Active) -> Rows | None:
        """The rows that pass a filter; none where it filters nothing that the table is many of."""
        if (table, one, active) not in self._passing:
            search = self._with_values if isinstance(one, ValueFilter) else self._like_rows
            self._passing[table, one, active] = search(table, one, active)  # type: ignore[arg-type]
        return self._passing[table, one, active]

    def _with_values(self, table: str, one: ValueFilter, active: Active) -> Rows | None:
        reached = self.model.reach(table, active)
        here = _projected(one, tuple(column for column in one.columns if column.table in reached))
        if here is None:
            return None
        if len(here.columns) == 1:
            (column,) = here.columns
            return self._belonging_to(
                self._holding(column, {row[0] for row in here.values}), column.table, table, active
            )
        found = [self._keys(column, table, active) for column in here.columns]
        rows = [row for row, keys in enumerate(zip(*found, strict=True)) if keys in here.values]
        is_blank_row_in = tuple(None for _ in here.columns) in here.values
        return Rows(rows + [BLANK_ROW] * is_blank_row_in) & self.model.all_rows(table)

    def _holding(self, column: Column, values: set[Value]) -> Rows:
        """The rows of the column's own table that hold one of these."""
        index = self.model.tables[column.table].index(column.name)
        rows = [row for value in values for row in index.get(value, ())]
        return Rows(rows + [BLANK_ROW] * (None in values)) & self.model.all_rows(column.table)

    def _belonging_to(self, rows: Rows, owner: str, table: str, active: Active) -> Rows:
        """The rows of ``table`` that belong to these rows of ``owner``."""
        if owner == table:
            return rows
        owners = self.model.reach(table, active)[owner]
        found = [row for row, owned in enumerate(owners) if owned in rows]
        return Rows(found + [BLANK_ROW] * (BLANK_ROW in rows)) & self.model.all_rows(table)

    def _keys(self, column: Column, table: str, active: Active) -> list[Value]:
        """What the rows of ``table`` have in a column of theirs, or of a table that they are many of."""
        values = [key(value) for value in self.model.tables[column.table].columns[column.name]]
        return [
            None if row == BLANK_ROW else values[row] for row in self.model.reach(table, active)[column.table]
        ]

    def _like_rows(self, table: str, one: RowFilter, active: Active) -> Rows | None:
        """The rows that are like one of the filter's in all that both have and the filter covers."""
        here, there = self.model.reach(table, active), self.model.reach(one.table, one.active)
        covered = one.covers(self.model)
        common = sorted(
            name for name in here if name in there and any(column.table == name for column in covered)
        )
        if not common:
            return None
        whole = [name for name in common if self.model.columns([name]) <= covered]
        if one.table in whole:
            return self._belonging_to(one.rows, one.table, table, active)
        parts = sorted(column for column in covered if column.table in common and column.table not in whole)

        def likenesses(name: str, related: Active) -> list[tuple[object, ...]]:
            reached = self.model.reach(name, related)
            keys = [self._keys(column, name, related) for column in parts]
            return list(zip(*(reached[each] for each in whole), *keys, strict=True))

        likeness = likenesses(one.table, one.active)
        wanted = {likeness[row] for row in one.rows if row != BLANK_ROW}
        return Rows(row for row, found in enumerate(likenesses(table, active)) if found in wanted)


def _projected(one: ValueFilter, columns: tuple[Column, ...]) -> ValueFilter | None:
    """The filter on some of its columns alone."""
    if len(columns) in (0, len(one.columns)):
        return one if columns else None
    places = [one.columns.index(column) for column in columns]
    return ValueFilter(columns, frozenset(tuple(row[place] for place in places) for row in one.values))
