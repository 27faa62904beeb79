"""CALCULATE and what changes the filter context. https://learn.microsoft.com/dax/calculate-function-dax"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.power_bi.dax import values
from tests.power_bi.dax.contexts import Context, Filter
from tests.power_bi.dax.engine import (
    Engine,
    Scope,
    TableValue,
    ValueTable,
    scalar_function,
    table_function,
)
from tests.power_bi.dax.model import Column, Relationship
from tests.power_bi.dax.syntax import (
    Binary,
    Braces,
    Call,
    ColumnOf,
    Literal,
    Name,
    Node,
    Table,
    Unary,
    walk,
)
from tests.power_bi.dax.tables import all_selected, all_values
from tests.power_bi.dax.values import Refused, Value

REMOVERS = ("ALL", "REMOVEFILTERS")
CONSTANT = (Binary, Braces, ColumnOf, Literal, Unary)


@scalar_function("CALCULATE")
def calculate(engine: Engine, scope: Scope, arguments: Sequence[Node | None]) -> Value:
    """The expression in another filter context."""
    expression, *changes = arguments
    return engine.value(expression, changed(engine, scope, changes))


@table_function("CALCULATETABLE")
def calculate_table(engine: Engine, scope: Scope, arguments: Sequence[Node | None]) -> TableValue:
    """The table in another filter context. https://learn.microsoft.com/dax/calculatetable-function-dax"""
    expression, *changes = arguments
    return engine.table(expression, changed(engine, scope, changes))


def changed(engine: Engine, scope: Scope, changes: Sequence[Node | None]) -> Scope:
    """The scope within CALCULATE.

    Filters are evaluated outside; then the row context becomes a filter, modifiers are applied, and each
    filter takes the place of those on its columns, unless KEEPFILTERS adds it to them.
    """
    replacing: list[Filter] = []
    adding: list[Filter] = []
    modifiers: list[Call] = []
    for change in changes:
        match change:
            case Call(function) if function in {*REMOVERS, "ALLSELECTED", "USERELATIONSHIP"}:
                modifiers.append(change)
            case Call("KEEPFILTERS", (kept,)):
                adding.append(filter_of(engine, scope, kept))
            case _:
                replacing.append(filter_of(engine, scope, change))
    context = engine.transition(scope)
    for modifier in modifiers:
        context = _modified(engine, scope, context, modifier)
    for one in replacing:
        context = context.without(_replaced(engine, one), engine.model)
    return engine.in_context(scope, context.filtered([*replacing, *adding]))


def filter_of(engine: Engine, scope: Scope, node: Node | None) -> Filter:
    """A filter argument: a table, or a condition on columns, which means all of their values that meet it."""
    if node in engine.constant_filters:
        return engine.constant_filters[node]
    if engine.is_table(node, scope):
        return engine.as_filter(engine.table(node, scope), scope)
    named = {engine.model.column(one.table, one.name) for one in walk(node) if isinstance(one, ColumnOf)}
    if not named:
        raise Refused(f"{node} is no filter")
    candidates = all_values(engine, sorted(named), scope)
    rows = [
        row
        for row, at_row in zip(candidates.rows, engine.iterate(candidates, scope), strict=True)
        if values.is_true(engine.value(node, at_row))
    ]
    found = engine.as_filter(ValueTable(candidates.columns, tuple(rows)), scope)
    if node is not None and all(isinstance(one, CONSTANT) for one in walk(node)):
        engine.constant_filters[node] = found
    return found


def columns_of(engine: Engine, context: Context, arguments: Sequence[Node | None]) -> frozenset[Column]:
    """The columns that REMOVEFILTERS means; of a table, also those of all that it is many of."""
    model = engine.model
    found: set[Column] = set() if arguments else set(model.columns(model.tables))
    for argument in arguments:
        match argument:
            case ColumnOf(table, name):
                found.add(model.column(table, name))
            case Table(name) | Name(name) if name in model.tables:
                found |= model.columns(model.reach(name, context.active))
            case _:
                raise Refused(f"{argument} is no column and no table")
    return frozenset(found)


def _modified(engine: Engine, scope: Scope, context: Context, modifier: Call) -> Context:
    """https://learn.microsoft.com/dax/calculate-function-dax#filter-modifier-functions"""
    if modifier.function == "USERELATIONSHIP":
        return replace(context, active=_using(engine, context, modifier.arguments))
    columns = columns_of(engine, context, modifier.arguments)
    freed = context.without(columns, engine.model)
    if modifier.function != "ALLSELECTED":
        return freed
    others = engine.model.columns(engine.model.tables) - columns
    return freed.filtered(all_selected(scope).without(others, engine.model).filters)


def _using(engine: Engine, context: Context, arguments: Sequence[Node | None]) -> frozenset[Relationship]:
    """The relationships when this one takes the place of the active one between the two tables.

    https://learn.microsoft.com/dax/userelationship-function-dax
    """
    ends = {engine.model.column(one.table, one.name) for one in arguments if isinstance(one, ColumnOf)}
    for wanted in engine.model.relationships:
        if {wanted.many, wanted.one} == ends:
            tables = (wanted.many.table, wanted.one.table)
            others = (one for one in context.active if (one.many.table, one.one.table) != tables)
            return frozenset((*others, wanted))
    raise Refused(f"there is no relationship between {sorted(ends)}")


def _replaced(engine: Engine, one: Filter) -> frozenset[Column]:
    """The columns whose filters a filter replaces; the date column of the date table stands for all of them.

    https://learn.microsoft.com/power-bi/transform-model/desktop-date-tables
    """
    columns = one.covers(engine.model)
    dates = engine.model.dates
    return columns | engine.model.columns([dates.table]) if dates in columns and dates else columns
