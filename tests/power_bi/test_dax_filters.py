"""Filter context, row context and what CALCULATE makes of them. https://learn.microsoft.com/dax/dax-overview"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.power_bi.dax import Column, DataTable, Engine, Model, Relationship
from tests.power_bi.dax.values import Refused, Value

# Two mugs and a cup; one sale is of a product that is not known, one of none at all.
PRODUCTS: dict[str, list[Value]] = {
    "Key": [1, 2, 3],
    "Kind": ["Mug", "mug", "Cup"],
    "Colour": ["red", "blue", "red"],
}
SHOPS: dict[str, list[Value]] = {"Shop": ["north", "south"], "Name": ["North", "South"]}
SALES: dict[str, list[Value]] = {
    "Number": [1, 2, 3, 4, 5, 6],
    "Product": [1, 1, 2, 3, 9, None],
    "Sold in": ["north", "south", "north", "north", "south", "south"],
    "Sent from": ["south", "south", "south", "north", None, "north"],
    "Pieces": [1, 2, 4, 8, 16, 32],
    "Note": ["gift", "", None, "gift", None, None],
}
MEASURES = {
    "Pieces": "SUM(Sales[Pieces])",
    "Sales": "COUNTROWS(Sales)",
    "Red": 'CALCULATE([Pieces], Product[Colour] = "red")',
    "Red of them": 'CALCULATE([Pieces], KEEPFILTERS(Product[Colour] = "red"))',
}
ENGINE = Engine(
    Model(
        {
            "Product": DataTable("Product", PRODUCTS),
            "Shop": DataTable("Shop", SHOPS),
            "Sales": DataTable("Sales", SALES),
        },
        (
            Relationship(Column("Sales", "Product"), Column("Product", "Key")),
            Relationship(Column("Sales", "Sold in"), Column("Shop", "Shop")),
            Relationship(Column("Sales", "Sent from"), Column("Shop", "Shop"), is_active=False),
        ),
        MEASURES,
    )
)
BLUE = ENGINE.filter("Product", "Colour", "blue")
MUGS = ENGINE.filter("Product", "Kind", "MUG")
CUPS = ENGINE.filter("Product", "Kind", "Cup")
NORTH = ENGINE.filter("Shop", "Name", "North")
NO_PRODUCT = ENGINE.filter("Product", "Kind", None)
GIFTS = ENGINE.filter("Sales", "Note", "gift")


@pytest.mark.parametrize(
    ("filters", "pieces"),
    [
        ((), 63),
        ((BLUE,), 4),
        ((MUGS,), 7),
        ((MUGS, NORTH), 5),
        ((BLUE, CUPS), None),
        ((NO_PRODUCT,), 48),
        ((GIFTS, MUGS), 1),
    ],
)
def test_filters_go_from_the_one_to_the_many(filters: Any, pieces: int | None) -> None:
    assert ENGINE.evaluate("[Pieces]", grouped=filters) == pieces


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("COUNTROWS(Product)", 3),
        ("COUNTROWS(VALUES(Product))", 4),
        ("COUNTROWS(VALUES(Product[Kind]))", 3),
        ("COUNTROWS(ALL(Product[Kind]))", 3),
        ("COUNTROWS(VALUES(Shop))", 3),
        ("DISTINCTCOUNT(Product[Kind])", 2),
        ("DISTINCTCOUNT(Sales[Product])", 5),
        ("DISTINCTCOUNTNOBLANK(Sales[Product])", 4),
        ("COUNT(Sales[Product])", 5),
        ("MAX(Sales[Product])", 9),
        ("MIN(Product[Colour])", "blue"),
        ("CALCULATE(COUNTROWS(Sales), Sales[Pieces] > 99)", None),
        ("CALCULATE(SUM(Sales[Pieces]), Sales[Pieces] > 99)", None),
        ("CALCULATE(DISTINCTCOUNT(Sales[Product]), Sales[Pieces] > 99)", None),
    ],
)
def test_what_belongs_nowhere_belongs_to_the_blank_row(expression: str, value: object) -> None:
    """https://learn.microsoft.com/dax/values-function-dax, https://learn.microsoft.com/dax/distinctcount-function-dax"""
    assert ENGINE.evaluate(expression) == value


@pytest.mark.parametrize(
    ("expression", "pieces"),
    [
        ("[Red]", 11),
        ("[Red of them]", None),
        ("CALCULATE([Pieces], REMOVEFILTERS(Product[Colour]))", 63),
        ("CALCULATE([Pieces], REMOVEFILTERS(Product))", 63),
        ("CALCULATE([Pieces], REMOVEFILTERS())", 63),
        ("CALCULATE([Pieces], ALL(Product[Kind]))", 4),
        ('CALCULATE([Pieces], Product[Kind] <> "cup")', 4),
        ('CALCULATE([Pieces], Product[Colour] <> "blue")', 59),
        ('CALCULATE([Pieces], Product[Kind] = "mug" || Product[Colour] = "red")', 15),
        ("CALCULATE([Pieces], FILTER(ALL(Product), Product[Key] > 1))", 12),
        ("CALCULATE([Pieces], FILTER(Product, Product[Key] > 1))", 4),
        ("CALCULATE([Red], REMOVEFILTERS(Product))", 11),
        ('CALCULATE([Pieces], REMOVEFILTERS(Product), Product[Kind] = "cup")', 8),
        ("CALCULATE(COUNTROWS(Product), Sales)", 1),
        ("COUNTROWS(CALCULATETABLE(Product, REMOVEFILTERS(Product[Colour])))", 3),
    ],
)
def test_calculate_changes_the_filter_on_blue(expression: str, pieces: int | None) -> None:
    """https://learn.microsoft.com/dax/calculate-function-dax, https://learn.microsoft.com/dax/keepfilters-function-dax"""
    assert ENGINE.evaluate(expression, grouped=[BLUE]) == pieces


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("SUMX(Product, [Pieces])", 15),
        ("SUMX(VALUES(Product[Kind]), [Pieces])", 63),
        ("SUMX(Product, SUM(Sales[Pieces]))", 189),
        ("SUMX(Product, CALCULATE(SUM(Sales[Pieces])))", 15),
        ("SUMX(Product, Product[Key] * [Pieces])", 35),
        ("COUNTROWS(FILTER(VALUES(Product[Kind]), [Pieces] > 8))", 1),
        ("SUMX(Sales, [Pieces])", 63),
        ('SUMX(FILTER(Sales, Sales[Note] = "gift"), [Red])', 9),
        ("SUMX(Shop, SUMX(VALUES(Product[Colour]), [Sales]))", 6),
        ("SUMX(Product, CALCULATE([Pieces], REMOVEFILTERS(Product)))", 189),
        ("SUMX(Product, CALCULATE([Pieces], REMOVEFILTERS(Product[Key], Product[Kind])))", 26),
    ],
)
def test_a_row_becomes_a_filter_where_a_measure_or_calculate_is_evaluated(
    expression: str, value: int
) -> None:
    """The blank row is among the values of a column, and not among the rows of a table."""
    assert ENGINE.evaluate(expression) == value


@pytest.mark.parametrize(("note", "sales"), [("gift", 2), ("", 1), (None, 3)])
def test_an_empty_text_is_not_blank_as_a_value_of_a_column(note: str | None, sales: int) -> None:
    assert ENGINE.evaluate("[Sales]", grouped=[ENGINE.filter("Sales", "Note", note)]) == sales


def test_another_relationship_takes_the_place_of_the_active_one() -> None:
    """https://learn.microsoft.com/dax/userelationship-function-dax"""
    sent = "CALCULATE([Pieces], USERELATIONSHIP(Sales[Sent from], Shop[Shop]))"
    assert ENGINE.evaluate("[Pieces]", grouped=[NORTH]) == 13
    assert ENGINE.evaluate(sent, grouped=[NORTH]) == 40
    assert ENGINE.evaluate(sent, grouped=[ENGINE.filter("Shop", "Name", None)]) == 16
    assert ENGINE.evaluate(f"{sent} + [Pieces]", grouped=[NORTH]) == 53


def test_what_a_visual_is_grouped_by_is_no_selection() -> None:
    """https://learn.microsoft.com/dax/allselected-function-dax"""
    share = "DIVIDE([Pieces], CALCULATE([Pieces], ALLSELECTED(Product)))"
    assert ENGINE.evaluate(share, selected=[NORTH], grouped=[CUPS]) == 8 / 13
    assert ENGINE.evaluate(share, selected=[MUGS], grouped=[BLUE]) == 4 / 7
    assert ENGINE.evaluate("COUNTROWS(ALLSELECTED(Product[Colour]))", selected=[MUGS], grouped=[BLUE]) == 2


@pytest.mark.parametrize(
    ("expression", "rank"),
    [
        ("RANKX(ALL(Product), [Pieces])", 2),
        ("RANKX(ALL(Product), [Pieces], , ASC)", 3),
        ("RANKX(ALL(Product[Kind]), [Pieces])", 2),
        ("RANKX(ALL(Product), [Pieces] - [Pieces])", 1),
        ("RANKX(ALL(Product), [Pieces], 4)", 3),
        ("RANKX(ALL(Product), -[Pieces])", 3),
        ("RANKX(FILTER(ALL(Product), Product[Key] > 0), -[Pieces])", 3),
    ],
)
def test_the_cups_have_a_place(expression: str, rank: int) -> None:
    """https://learn.microsoft.com/dax/rankx-function-dax"""
    assert ENGINE.evaluate(expression, grouped=[CUPS]) == rank


def test_a_variable_keeps_the_value_of_where_it_is_defined() -> None:
    """https://learn.microsoft.com/dax/var-dax"""
    assert ENGINE.evaluate('VAR All = [Pieces] RETURN CALCULATE(All, Product[Colour] = "red")') == 63
    mugs = "VAR Kinds = VALUES(Product[Kind]) RETURN CALCULATE([Pieces], REMOVEFILTERS(Product), Kinds)"
    assert ENGINE.evaluate(mugs, grouped=[BLUE]) == 7


def test_one_value_is_told_and_several_are_not() -> None:
    """https://learn.microsoft.com/dax/selectedvalue-function-dax"""
    assert ENGINE.evaluate("SELECTEDVALUE(Product[Kind])", grouped=[BLUE]) == "Mug"
    assert ENGINE.evaluate('SELECTEDVALUE(Product[Kind], "several")') == "several"
    assert ENGINE.evaluate("HASONEVALUE(Product[Kind])", grouped=[MUGS]) is True
    assert ENGINE.evaluate("HASONEVALUE(Product[Kind])") is False


@pytest.mark.parametrize(
    "expression",
    [
        "MEDIAN(Sales[Pieces])",
        "[Profit]",
        "SUM(Sales[Profit])",
        "Product[Kind]",
        "CALCULATE([Pieces], 1)",
        "VALUES(Product[Kind]) = 1",
        "RANKX(Product, [Pieces], , DESC, DENSE)",
        "SUMX(Product, CALCULATE([Pieces], ALLSELECTED(Product)))",
        "SUMX(Product, CALCULATE(COUNTROWS(ALLSELECTED(Product))))",
        "COUNTROWS(ALL(Product[Kind], Shop[Name]))",
        "CALCULATE([Pieces], USERELATIONSHIP(Sales[Number], Shop[Shop]))",
    ],
)
def test_what_is_not_known_is_refused(expression: str) -> None:
    with pytest.raises(Refused):
        ENGINE.evaluate(expression)


def test_two_ways_to_a_table_and_a_key_that_is_not_unique_are_refused() -> None:
    tables = {name: ENGINE.model.tables[name] for name in ("Sales", "Shop", "Product")}
    to_shop = [
        Relationship(Column("Sales", name), Column("Shop", "Shop")) for name in ("Sold in", "Sent from")
    ]
    with pytest.raises(Refused, match="two ways from Sales to Shop"):
        Engine(Model(tables, tuple(to_shop), MEASURES)).evaluate("[Pieces]", grouped=[NORTH])
    with pytest.raises(Refused, match="not unique"):
        Model(tables, (Relationship(Column("Sales", "Note"), Column("Product", "Kind")),))


def test_money_is_added_up_exactly() -> None:
    amounts = [Decimal("0.1000")] * 10 + [Decimal("-1.0000")]
    engine = Engine(Model({"T": DataTable("T", {"a": amounts})}))
    assert engine.evaluate("SUM(T[a]) = 0") is True
