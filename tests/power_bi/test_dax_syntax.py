"""Expressions are read as the language's syntax has it. https://learn.microsoft.com/dax/dax-syntax-reference"""

from __future__ import annotations

import pytest

from tests.power_bi.dax.syntax import (
    Binary,
    Call,
    ColumnOf,
    Let,
    Literal,
    Member,
    Name,
    SyntaxTrouble,
    Table,
    Unary,
    parse,
)

ONE, TWO, THREE = Literal(1), Literal(2), Literal(3)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1 + 2 * 3", Binary("+", ONE, Binary("*", TWO, THREE))),
        ("1 - 2 - 3", Binary("-", Binary("-", ONE, TWO), THREE)),
        ("(1 + 2) * 3", Binary("*", Binary("+", ONE, TWO), THREE)),
        (
            "1 < 2 && 2 < 3 || 3 = 3",
            Binary(
                "||", Binary("&&", Binary("<", ONE, TWO), Binary("<", TWO, THREE)), Binary("=", THREE, THREE)
            ),
        ),
        ("-1 + 2", Binary("+", Unary("-", ONE), TWO)),
        (
            "NOT ISBLANK([A]) && [B] > 1",
            Binary("&&", Unary("NOT", Call("ISBLANK", (Member("A"),))), Binary(">", Member("B"), ONE)),
        ),
        ('1 & "a""b"', Binary("&", ONE, Literal('a"b'))),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_operators_bind_in_the_documented_order(text: str, tree: object) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("'Sales Ledger'[Order id]", ColumnOf("Sales Ledger", "Order id")),
        ("Buyer[Segment]", ColumnOf("Buyer", "Segment")),
        ("'It''s'[a]]b]", ColumnOf("It's", "a]b")),
        ("'Sales Ledger'", Table("Sales Ledger")),
        ("Days", Name("Days")),
        ("[Net Sales]", Member("Net Sales")),
        ("Sum(T[a])", Call("SUM", (ColumnOf("T", "a"),))),
        ("RANKX(T, 1, , ASC)", Call("RANKX", (Name("T"), ONE, None, Name("ASC")))),
        ("BLANK()", Call("BLANK", ())),
        ("1.5 // one and a half", Literal(1.5)),
        ("/* two */ 2 -- and no more", TWO),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_names_are_told_apart(text: str, tree: object) -> None:
    assert parse(text) == tree


def test_variables_stand_before_their_result() -> None:
    assert parse("var A = 1 VAR B = A return A + B") == Let(
        (("A", ONE), ("B", Name("A"))), Binary("+", Name("A"), Name("B"))
    )


@pytest.mark.parametrize(
    "text", ["", "1 +", "SUM(T[a]", "1 2", "VAR A = 1", "T[a", "1 ? 2", "{1, 2", "NOT 1 = 2"]
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(SyntaxTrouble):
        parse(text)
