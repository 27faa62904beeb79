"""Functions that give one value: aggregations, conditions, ranks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key

from tests.power_bi.dax import values
from tests.power_bi.dax.engine import Engine, Scope, scalar_function
from tests.power_bi.dax.model import BLANK_ROW, Column
from tests.power_bi.dax.syntax import ColumnOf, Name, Node
from tests.power_bi.dax.tables import visible_values
from tests.power_bi.dax.values import Refused, Value, key

Arguments = Sequence[Node | None]
IN_ORDER = cmp_to_key(values.compare)


@scalar_function("SUM")
def sum_of(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """BLANK when nothing is visible. https://learn.microsoft.com/dax/sum-function-dax"""
    return values.total(_column(engine, scope, arguments))


@scalar_function("SUMX")
def sum_over(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """https://learn.microsoft.com/dax/sumx-function-dax"""
    source, expression = arguments
    table = engine.table(source, scope)
    return values.total(engine.value(expression, at_row) for at_row in engine.iterate(table, scope))


@scalar_function("MIN")
def smallest(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """Without the blanks. https://learn.microsoft.com/dax/min-function-dax"""
    return min(_not_blank(engine, scope, arguments), key=IN_ORDER, default=None)


@scalar_function("MAX")
def largest(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """Without the blanks. https://learn.microsoft.com/dax/max-function-dax"""
    return max(_not_blank(engine, scope, arguments), key=IN_ORDER, default=None)


@scalar_function("COUNT")
def count(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """The rows that are not blank; BLANK for none. https://learn.microsoft.com/dax/count-function-dax"""
    return len(_not_blank(engine, scope, arguments)) or None


@scalar_function("COUNTROWS")
def count_rows(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """BLANK for none. https://learn.microsoft.com/dax/countrows-function-dax"""
    (source,) = arguments
    return len(engine.table(source, scope).rows) or None


@scalar_function("DISTINCTCOUNT")
def count_distinct(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """The blank value counts as one. https://learn.microsoft.com/dax/distinctcount-function-dax"""
    return len({key(value) for value in _column(engine, scope, arguments)}) or None


@scalar_function("DISTINCTCOUNTNOBLANK")
def count_distinct_known(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """https://learn.microsoft.com/dax/distinctcountnoblank-function-dax"""
    return len({key(value) for value in _not_blank(engine, scope, arguments)}) or None


@scalar_function("DIVIDE")
def divide(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """The quotient, BLANK when the denominator is 0 or BLANK. https://learn.microsoft.com/dax/divide-function-dax"""
    numerator, denominator = (engine.value(argument, scope) for argument in arguments)
    return values.divide(numerator, denominator) if values.number(denominator) else None


@scalar_function("IF")
def choose(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """BLANK where there is no alternative. https://learn.microsoft.com/dax/if-function-dax"""
    condition, then, *otherwise = arguments
    if values.is_true(engine.value(condition, scope)):
        return engine.value(then, scope)
    return engine.value(otherwise[0], scope) if otherwise else None


@scalar_function("BLANK")
def blank(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """https://learn.microsoft.com/dax/blank-function-dax"""
    return None


@scalar_function("ISBLANK")
def is_blank(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """https://learn.microsoft.com/dax/isblank-function-dax"""
    (argument,) = arguments
    return engine.value(argument, scope) is None


@scalar_function("HASONEVALUE")
def has_one_value(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """https://learn.microsoft.com/dax/hasonevalue-function-dax"""
    return len(visible_values(engine, scope, arguments).rows) == 1


@scalar_function("SELECTEDVALUE")
def selected_value(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """The only visible value, else BLANK or the alternative.

    https://learn.microsoft.com/dax/selectedvalue-function-dax
    """
    column, *otherwise = arguments
    rows = engine.value_rows(visible_values(engine, scope, [column])).rows
    if len(rows) == 1:
        return rows[0][0]
    return engine.value(otherwise[0], scope) if otherwise else None


@scalar_function("RANKX")
def rank(engine: Engine, scope: Scope, arguments: Arguments) -> Value:
    """The place among the rows of a table, the highest first unless ASC; ties share one and skip the next.

    The own value is that of the expression here, unless one is given. Blanks count as 0.
    https://learn.microsoft.com/dax/rankx-function-dax
    """
    source, expression, *options = arguments
    own, order, ties = (*options, None, None, None)[:3]
    if ties is not None:
        raise Refused("RANKX with other ties is not known here")
    mine = engine.value(expression if own is None else own, scope)
    sign = -1 if order == Name("ASC") else 1
    table = engine.table(source, scope)
    others = (engine.value(expression, at_row) for at_row in engine.iterate(table, scope))
    return 1 + sum(sign * values.compare(_or_zero(other), _or_zero(mine)) > 0 for other in others)


def _or_zero(value: Value) -> Value:
    return 0 if value is None else value


def _column(engine: Engine, scope: Scope, arguments: Arguments) -> list[Value]:
    """What the visible rows have in a column; the blank row is no row of the table."""
    match arguments:
        case [ColumnOf(table, name)]:
            column: Column = engine.model.column(table, name)
            cells = engine.model.tables[table].columns[column.name]
            return [cells[row] for row in engine.visible.rows(table, scope.context) if row != BLANK_ROW]
    raise Refused(f"{arguments} is no column")


def _not_blank(engine: Engine, scope: Scope, arguments: Arguments) -> list[Value]:
    return [value for value in _column(engine, scope, arguments) if value is not None]
