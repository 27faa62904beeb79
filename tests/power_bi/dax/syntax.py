"""The syntax tree of a DAX expression. https://learn.microsoft.com/dax/dax-syntax-reference"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

TOKEN = re.compile(
    r"""
    (?P<space> \s+ | //[^\n]* | --[^\n]* | /\*.*?\*/ )
    | "(?P<text> (?: [^"] | "" )* )"
    | '(?P<table> (?: [^'] | '' )+ )'
    | \[(?P<member> (?: [^\]] | \]\] )+ )\]
    | (?P<number> \d+ (?: \.\d+ )? )
    | (?P<name> [A-Za-z_][A-Za-z0-9_.]* )
    | (?P<sign> <= | >= | <> | == | && | \|\| | [-+*/&=<>(){},] )
    """,
    re.VERBOSE | re.DOTALL,
)
# From weak to strong; https://learn.microsoft.com/dax/dax-operator-reference#operators-and-precedence-order
COMPARING = ("=", "==", "<>", "<", ">", "<=", ">=", "IN")
LEVELS = (("||",), ("&&",), COMPARING, ("&",), ("+", "-"), ("*", "/"))


class SyntaxTrouble(Exception):
    """The text is no expression of the subset."""


@dataclass(frozen=True)
class Literal:
    """A number or a text."""

    value: int | float | str


@dataclass(frozen=True)
class Name:
    """A word: a variable, a table, or a keyword of a function such as MONTH."""

    name: str


@dataclass(frozen=True)
class Table:
    """A table by its name in quotation marks."""

    name: str


@dataclass(frozen=True)
class ColumnOf:
    """A column of a table."""

    table: str
    name: str


@dataclass(frozen=True)
class Member:
    """A name in brackets alone: a measure, or a column that an expression has added."""

    name: str


@dataclass(frozen=True)
class Unary:
    """``-`` or ``NOT`` before a value."""

    operator: str
    operand: Node


@dataclass(frozen=True)
class Binary:
    """Two values around an operator."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Call:
    """A function, its name in capitals; an argument that is left out is none."""

    function: str
    arguments: tuple[Node | None, ...]


@dataclass(frozen=True)
class Braces:
    """A table of one column, written out: ``{ "sale", "return" }``."""

    values: tuple[Node, ...]


@dataclass(frozen=True)
class Let:
    """Variables, and the result behind RETURN."""

    variables: tuple[tuple[str, Node], ...]
    result: Node


Node = Literal | Name | Table | ColumnOf | Member | Unary | Binary | Call | Braces | Let


def walk(node: Node | None) -> Iterator[Node]:
    """The node and all below it."""
    below: tuple[Node | None, ...] = ()
    match node:
        case None:
            return
        case Unary(_, operand):
            below = (operand,)
        case Binary(_, left, right):
            below = (left, right)
        case Call(_, arguments):
            below = arguments
        case Braces(values):
            below = values
        case Let(variables, result):
            below = (*(value for _, value in variables), result)
    yield node
    for part in below:
        yield from walk(part)


@cache
def parse(text: str) -> Node:
    """The tree of a whole expression.

    :raises SyntaxTrouble: the text is none; says where.
    """
    parser = _Parser(text)
    node = parser.expression()
    parser.expect("end", "")
    return node


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    position = 0
    while position < len(text):
        found = TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise SyntaxTrouble(f"unknown sign at {text[position : position + 20]!r} of {text!r}")
        if found.lastgroup != "space":
            yield found.lastgroup, found[found.lastgroup], position
        position = found.end()
    yield "end", "", position


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.place = 0

    def expression(self) -> Node:
        return self.variables() if self.next_is("VAR") else self.binary(0)

    def variables(self) -> Node:
        found = []
        while self.take("VAR"):
            name = self.expect("name")
            self.expect("sign", "=")
            found.append((name, self.binary(0)))
        self.expect("name", "RETURN")
        return Let(tuple(found), self.binary(0))

    def binary(self, level: int) -> Node:
        if level == len(LEVELS):
            return self.unary()
        node = self.binary(level + 1)
        while operator := next((sign for sign in LEVELS[level] if self.take(sign)), None):
            if LEVELS[level] == COMPARING and isinstance(node, Unary) and node.operator == "NOT":
                raise SyntaxTrouble(f"parentheses are to say what NOT is of in {self.text!r}")
            node = Binary(operator, node, self.binary(level + 1))
        return node

    def unary(self) -> Node:
        for operator in ("-", "NOT"):
            if self.take(operator):
                return Unary(operator, self.unary())
        return self.primary()

    def primary(self) -> Node:
        kind, word, position = self.tokens[self.place]
        self.place += 1
        readers: dict[str, Callable[[str], Node | None]] = {
            "number": lambda number: Literal(float(number) if "." in number else int(number)),
            "text": lambda text: Literal(text.replace('""', '"')),
            "member": lambda name: Member(name.replace("]]", "]")),
            "table": lambda name: self.column_of(name.replace("''", "'")) or Table(name.replace("''", "'")),
            "name": self.word,
            "sign": self.enclosed,
        }
        node = readers[kind](word) if kind in readers else None
        if node is None:
            raise SyntaxTrouble(f"{word or 'the end'!r} is not expected at {position} of {self.text!r}")
        return node

    def word(self, word: str) -> Node:
        """A function with its arguments, a column of a table, or a mere word."""
        if self.take("("):
            return Call(word.upper(), tuple(self.arguments(")")))
        return self.column_of(word) or Name(word)

    def enclosed(self, sign: str) -> Node | None:
        """What stands in parentheses or braces; nothing where the sign is another."""
        if sign == "{":
            return Braces(tuple(node for node in self.arguments("}") if node is not None))
        if sign != "(":
            return None
        node = self.expression()
        self.expect("sign", ")")
        return node

    def column_of(self, table: str) -> Node | None:
        """The column whose name follows that of its table at once."""
        kind, word, position = self.tokens[self.place]
        if kind != "member" or self.text[position - 1].isspace():
            return None
        self.place += 1
        return ColumnOf(table, word.replace("]]", "]"))

    def arguments(self, end: str) -> list[Node | None]:
        """What stands between commas up to the closing sign."""
        if self.take(end):
            return []
        found: list[Node | None] = []
        while True:
            found.append(None if self.next_is(",") or self.next_is(end) else self.expression())
            if self.take(end):
                return found
            self.expect("sign", ",")

    def next_is(self, word: str) -> bool:
        kind, found, _ = self.tokens[self.place]
        return kind in {"name", "sign"} and found.upper() == word

    def take(self, word: str) -> bool:
        """Whether the word comes next; it is passed over then."""
        is_next = self.next_is(word)
        self.place += is_next
        return is_next

    def expect(self, kind: str, word: str | None = None) -> str:
        found_kind, found, position = self.tokens[self.place]
        if found_kind != kind or (word is not None and found.upper() != word):
            raise SyntaxTrouble(
                f"{word or kind} is expected at {position} of {self.text!r}, not {found or 'the end'!r}"
            )
        self.place += 1
        return found
