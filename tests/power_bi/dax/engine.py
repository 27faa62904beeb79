"""The evaluation of expressions, in a filter context and a row context. https://learn.microsoft.com/dax/dax-overview"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from tests.power_bi.dax import values
from tests.power_bi.dax.contexts import Context, Filter, RowFilter, ValueFilter, Visible
from tests.power_bi.dax.model import BLANK_ROW, Column, Model
from tests.power_bi.dax.syntax import (
    Binary,
    Braces,
    Call,
    ColumnOf,
    Let,
    Literal,
    Member,
    Name,
    Node,
    Table,
    Unary,
    parse,
)
from tests.power_bi.dax.values import Refused, Value


class ValueTable(NamedTuple):
    """Rows of values, in columns of the model."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


class RowTable(NamedTuple):
    """Rows of a table of the model, by number."""

    table: str
    rows: tuple[int, ...]


TableValue = ValueTable | RowTable


@dataclass(frozen=True)
class Scope:
    """Where an expression is evaluated: the filter context, the rows that iterators are at, the variables.

    ``selected`` is the filter context of the whole visual, which ALLSELECTED brings back; within iterators,
    where it would bring back that of the iterator's rows, it is not known here.
    """

    context: Context
    selected: Context
    is_within_iterator: bool = False
    rows: tuple[TableValue, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)


Function = Callable[["Engine", Scope, Sequence[Node | None]], Value]
TableFunction = Callable[["Engine", Scope, Sequence[Node | None]], TableValue]
SCALAR_FUNCTIONS: dict[str, Function] = {}
TABLE_FUNCTIONS: dict[str, TableFunction] = {}
OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "+": values.add,
    "-": values.subtract,
    "*": values.multiply,
    "/": values.divide,
    "&": values.join,
    "==": values.strictly_equal,
    "=": lambda one, other: values.compare(one, other) == 0,
    "<>": lambda one, other: values.compare(one, other) != 0,
    "<": lambda one, other: values.compare(one, other) < 0,
    ">": lambda one, other: values.compare(one, other) > 0,
    "<=": lambda one, other: values.compare(one, other) <= 0,
    ">=": lambda one, other: values.compare(one, other) >= 0,
}


def scalar_function(name: str) -> Callable[[Function], Function]:
    """Make a function known that returns a value."""

    def register(function: Function) -> Function:
        SCALAR_FUNCTIONS[name] = function
        return function

    return register


def table_function(name: str) -> Callable[[TableFunction], TableFunction]:
    """Make a function known that returns a table."""

    def register(function: TableFunction) -> TableFunction:
        TABLE_FUNCTIONS[name] = function
        return function

    return register


class Engine:
    """Evaluates expressions over a model; what it has worked out once it remembers."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.visible = Visible(model)
        self.constant_filters: dict[Node, Filter] = {}
        self.combinations: dict[tuple[Column, ...], ValueTable] = {}
        self._measured: dict[tuple[str, Context, Context, bool], Value] = {}

    def evaluate(
        self, expression: str, *, selected: Sequence[Filter] = (), grouped: Sequence[Filter] = ()
    ) -> Value:
        """The value of an expression in a cell of a visual.

        :param selected: what slicers and page filters leave, which ALLSELECTED brings back.
        :param grouped: the cell's own place among the rows and columns of the visual.
        """
        all_selected = Context(frozenset(selected), self.model.active)
        return self.value(parse(expression), Scope(all_selected.filtered(grouped), all_selected))

    def filter(self, table: str, name: str, *allowed: Value) -> ValueFilter:
        """A filter on one column, as a slicer sets it."""
        return ValueFilter.of([self.model.column(table, name)], [(value,) for value in allowed])

    def value(self, node: Node | None, scope: Scope) -> Value:
        """A single value; of a table, that of its only row and column, BLANK without a row."""
        match node:
            case Literal(value):
                return value
            case Let():
                return self.value(node.result, self._with_variables(node, scope))
            case ColumnOf() | Member() | Name() if not self.is_table(node, scope):
                return self._named(node, scope)
            case Unary() | Binary():
                return self._operation(node, scope)
            case Call(function, arguments) if function in SCALAR_FUNCTIONS:
                return SCALAR_FUNCTIONS[function](self, scope, arguments)
        rows = self.value_rows(self.table(node, scope)).rows
        if len(rows) > 1 or any(len(row) > 1 for row in rows):
            raise Refused(f"{node} gives more than one value")
        return rows[0][0] if rows else None

    def table(self, node: Node | None, scope: Scope) -> TableValue:
        """A table; the name of one means its visible rows, without the blank row.

        :raises Refused: the expression is no table, or no function that is known here.
        """
        match node:
            case Table(name) | Name(name) if name in self.model.tables:
                return RowTable(name, tuple(sorted(self.visible.rows(name, scope.context) - {BLANK_ROW})))
            case Name(name) if name in scope.variables:
                return scope.variables[name].table
            case Call(function, arguments) if function in TABLE_FUNCTIONS:
                return TABLE_FUNCTIONS[function](self, scope, arguments)
            case Let():
                return self.table(node.result, self._with_variables(node, scope))
            case Call(function):
                raise Refused(f"{function} is not known here, or gives no table")
        raise Refused(f"{node} is not known here, or is no table")

    def measure(self, name: str, scope: Scope) -> Value:
        """The measure in the filter context; the row context becomes part of it, as by CALCULATE.

        https://learn.microsoft.com/dax/dax-overview#calculate (context transition)
        """
        if name not in self.model.measures:
            raise Refused(f"there is no measure [{name}]")
        within = replace(self.in_context(scope, self.transition(scope)), variables={})
        key = (name, within.context, within.selected, within.is_within_iterator)
        if key not in self._measured:
            self._measured[key] = self.value(parse(self.model.measures[name]), within)
        return self._measured[key]

    def in_context(self, scope: Scope, context: Context) -> Scope:
        """The scope in another filter context, where no row is current any longer."""
        is_within_iterator = scope.is_within_iterator or scope.rows != ()
        return replace(scope, context=context, rows=(), is_within_iterator=is_within_iterator)

    def transition(self, scope: Scope) -> Context:
        """The filter context in which the current rows are all there is."""
        context = scope.context
        for row in scope.rows:
            one = self.as_filter(row, scope)
            context = context.without(one.covers(self.model), self.model).filtered([one])
        return context

    def as_filter(self, table: TableValue, scope: Scope) -> Filter:
        """What lets exactly these rows through."""
        if isinstance(table, ValueTable):
            return ValueFilter.of(table.columns, table.rows)
        return RowFilter(table.table, frozenset(table.rows), scope.context.active)

    def iterate(self, table: TableValue, scope: Scope) -> Iterator[Scope]:
        """The scope of each row of a table, one after another."""
        for row in table.rows:
            at_row = table._replace(rows=(row,))  # type: ignore[arg-type]
            yield replace(scope, rows=(*scope.rows, at_row))

    def value_rows(self, table: TableValue) -> ValueTable:
        """The rows of a table as values of its columns."""
        if isinstance(table, ValueTable):
            return table
        columns = tuple(Column(table.table, name) for name in self.model.tables[table.table].columns)
        rows = (tuple(self.model.value(column, row) for column in columns) for row in table.rows)
        return ValueTable(columns, tuple(rows))

    def is_table(self, node: Node | None, scope: Scope) -> bool:
        """Whether an expression gives a table."""
        match node:
            case Table():
                return True
            case Name(name):
                return (
                    scope.variables[name].is_table if name in scope.variables else name in self.model.tables
                )
            case Call(function):
                return function in TABLE_FUNCTIONS
        return False

    def _named(self, node: ColumnOf | Member | Name, scope: Scope) -> Value:
        """A measure, a variable, or what the current row has in a column."""
        if isinstance(node, Member):
            return self.measure(node.name, scope)
        if isinstance(node, ColumnOf):
            return self._current(self.model.column(node.table, node.name), scope)
        if node.name not in scope.variables:
            raise Refused(f"{node.name} is no variable here")
        return scope.variables[node.name].value

    def _current(self, column: Column, scope: Scope) -> Value:
        """What the current row has in a column; the innermost iterator that has the column decides."""
        for table in reversed(scope.rows):
            if isinstance(table, RowTable) and table.table == column.table:
                return self.model.value(column, table.rows[0])
            if isinstance(table, ValueTable) and column in table.columns:
                return table.rows[0][table.columns.index(column)]
        raise Refused(f"'{column.table}'[{column.name}] has no row context here")

    def _operation(self, node: Unary | Binary, scope: Scope) -> Value:
        if isinstance(node, Unary):
            operand = self.value(node.operand, scope)
            return values.negative(operand) if node.operator == "-" else not values.is_true(operand)
        one = self.value(node.left, scope)
        if node.operator in {"&&", "||"}:
            first = values.is_true(one)
            return (
                first if first == (node.operator == "||") else values.is_true(self.value(node.right, scope))
            )
        if node.operator == "IN":
            return any(values.strictly_equal(one, other) for other in self._members(node.right, scope))
        return OPERATORS[node.operator](one, self.value(node.right, scope))

    def _members(self, node: Node, scope: Scope) -> list[Value]:
        if isinstance(node, Braces):
            return [self.value(each, scope) for each in node.values]
        return [row[0] for row in self.value_rows(self.table(node, scope)).rows]

    def _with_variables(self, let: Let, scope: Scope) -> Scope:
        """The scope in which the variables are known."""
        for name, node in let.variables:
            scope = replace(scope, variables={**scope.variables, name: Variable(self, node, scope)})
        return scope


@dataclass(frozen=True)
class Variable:
    """A value or a table that is worked out at most once, in the scope of its definition.

    https://learn.microsoft.com/dax/var-dax
    """

    engine: Engine
    node: Node
    scope: Scope

    @property
    def is_table(self) -> bool:
        """Whether it holds a table."""
        return self.engine.is_table(self.node, self.scope)

    @cached_property
    def value(self) -> Value:
        """The value that it holds."""
        return self.engine.value(self.node, self.scope)

    @cached_property
    def table(self) -> TableValue:
        """The table that it holds."""
        return self.engine.table(self.node, self.scope)
