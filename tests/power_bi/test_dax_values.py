"""BLANK, number types and comparisons. https://learn.microsoft.com/power-bi/connect-data/desktop-data-types"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.power_bi.dax import DataTable, Engine, Model
from tests.power_bi.dax.values import Refused

ENGINE = Engine(
    Model(
        {
            "Price": DataTable(
                "Price",
                {
                    "Amount": [Decimal("10.0000")],
                    "Pieces": [3],
                    "Day": [date(2026, 2, 28)],
                    "Nothing": [None],
                },
            )
        }
    )
)


def evaluate(expression: str) -> Any:
    """The value; A is the fixed decimal number 10, P the whole number 3, D 28 February 2026, N BLANK."""
    return ENGINE.evaluate(
        f"""
        VAR A = SELECTEDVALUE(Price[Amount]) VAR P = SELECTEDVALUE(Price[Pieces])
        VAR D = SELECTEDVALUE(Price[Day]) VAR N = SELECTEDVALUE(Price[Nothing])
        RETURN {expression}
        """
    )


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("BLANK() + BLANK()", None),
        ("BLANK() + 1", 1),
        ("1 - BLANK()", 1),
        ("BLANK() - 1", -1),
        ("-BLANK()", None),
        ("BLANK() * 5", None),
        ("5 * BLANK()", None),
        ("BLANK() / 5", None),
        ('BLANK() & "a"', "a"),
        ("DIVIDE(1, 0)", None),
        ("DIVIDE(1, BLANK())", None),
        ("DIVIDE(BLANK(), 1)", None),
    ],
)
def test_blank_is_nothing_in_sums_and_blank_in_products(expression: str, value: object) -> None:
    assert evaluate(expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        "BLANK() = 0",
        'BLANK() = ""',
        "BLANK() = (1 = 2)",
        "NOT (BLANK() == 0)",
        "BLANK() == BLANK()",
        "NOT (BLANK() IN {0})",
        "BLANK() < 1",
        "BLANK() > -1",
        "NOT BLANK()",
        "ISBLANK(N)",
        "NOT ISBLANK(0)",
        "D > BLANK()",
        '"Mug" = "MUG"',
        '"mug" IN {"cup", "MUG"}',
        '"a" < "B"',
        "D + 1 > D",
    ],
)
def test_a_comparison_is_true(expression: str) -> None:
    assert evaluate(expression) is True


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("7 / 2", 3.5),
        ("P + P", 6),
        ("A + P", Decimal(13)),
        ("A * P", Decimal(30)),
        ("A / P", Decimal("3.3333")),
        ("A / A", 1.0),
        ("A + 0.5", 10.5),
        ("A * 0.33335", Decimal("3.3335")),
        ("DIVIDE(A, P) * P", Decimal("9.9999")),
        ("D + 1", date(2026, 3, 1)),
        ("D - 28", date(2026, 1, 31)),
        ("D - (D - 7)", 7),
    ],
)
def test_a_result_has_the_documented_type(expression: str, value: object) -> None:
    found = evaluate(expression)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("expression", ["1 / 0", '"a" + 1', '"1" = 1', "D = 1", 'IF("a", 1)', "A & A"])
def test_what_dax_refuses_or_converts_by_surprise_is_refused(expression: str) -> None:
    with pytest.raises(Refused):
        evaluate(expression)
