"""Functions that give tables. https://learn.microsoft.com/dax/filter-functions-dax"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.power_bi.dax import values
from tests.power_bi.dax.contexts import Context
from tests.power_bi.dax.engine import Engine, RowTable, Scope, TableValue, ValueTable, table_function
from tests.power_bi.dax.model import Column
from tests.power_bi.dax.syntax import ColumnOf, Name, Node, Table
from tests.power_bi.dax.values import Refused, Value, key


@table_function("FILTER")
def filter_rows(engine: Engine, scope: Scope, arguments: Sequence[Node | None]) -> TableValue:
    """The rows that meet a condition. https://learn.microsoft.com/dax/filter-function-dax"""
    source, condition = arguments
    table = engine.table(source, scope)
    rows = [
        row
        for row, at_row in zip(table.rows, engine.iterate(table, scope), strict=True)
        if values.is_true(engine.value(condition, at_row))
    ]
    return table._replace(rows=tuple(rows))  # type: ignore[arg-type]


@table_function("VALUES")
def visible_values(engine: Engine, scope: Scope, arguments: Sequence[Node | None]) -> TableValue:
    """What is visible of a column, each value once, or of a table; with the blank row where it is visible.

    https://learn.microsoft.com/dax/values-function-dax
    """
    return _visible(engine, scope.context, arguments)


@table_function("ALL")
def everything(engine: Engine, scope: Scope, arguments: Sequence[Node | None]) -> TableValue:
    """The same, whatever is filtered. https://learn.microsoft.com/dax/all-function-dax"""
    return _visible(engine, Context(frozenset(), scope.context.active), arguments)


@table_function("ALLSELECTED")
def everything_selected(engine: Engine, scope: Scope, arguments: Sequence[Node | None]) -> TableValue:
    """The same, as the slicers and filters of the visual leave it.

    https://learn.microsoft.com/dax/allselected-function-dax
    """
    return _visible(engine, all_selected(scope), arguments)


def all_selected(scope: Scope) -> Context:
    """What ALLSELECTED brings back.

    :raises Refused: within an iterator, where that is another context.
    """
    if scope.is_within_iterator or scope.rows:
        raise Refused("ALLSELECTED within an iterator is not known here")
    return scope.selected


def all_values(engine: Engine, columns: Sequence[Column], scope: Scope) -> ValueTable:
    """Every combination of values that rows of a table have, whatever is filtered."""
    named = tuple(columns)
    if named not in engine.combinations:
        unfiltered = Context(frozenset(), scope.context.active)
        engine.combinations[named] = _combinations(engine, unfiltered, named)
    return engine.combinations[named]


def _visible(engine: Engine, context: Context, arguments: Sequence[Node | None]) -> TableValue:
    columns = [engine.model.column(one.table, one.name) for one in arguments if isinstance(one, ColumnOf)]
    if columns and len(columns) == len(arguments):
        return _combinations(engine, context, columns)
    match arguments:
        case [Table(name) | Name(name)] if name in engine.model.tables:
            return RowTable(name, tuple(sorted(engine.visible.rows(name, context))))
    raise Refused(f"{arguments} are no columns of a table, and no table")


def _combinations(engine: Engine, context: Context, columns: Iterable[Column]) -> ValueTable:
    named = tuple(columns)
    if len({column.table for column in named}) > 1:
        raise Refused(f"{named} are columns of several tables")
    rows = sorted(engine.visible.rows(named[0].table, context))
    cells = ([engine.model.value(column, row) for row in rows] for column in named)
    found: dict[tuple[Value, ...], tuple[Value, ...]] = {}
    for combination in zip(*cells, strict=True):
        found.setdefault(tuple(map(key, combination)), combination)
    return ValueTable(named, tuple(found.values()))
