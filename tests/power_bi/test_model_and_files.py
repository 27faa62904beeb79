"""Columns of the model, of the CSV files and of the database are the same, and hold what they say."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from power_bi.model import SPECIFICATION, Column, Table, read_model
from power_bi.power_query import GOOGLE_SHEETS, M_TYPES, table_query
from shopify_analytics.csv_export import export_reports, export_tables
from shopify_analytics.sheets.sources import ON_REQUEST, table_source
from shopify_analytics.sheets.sources import TABLES as TABS
from shopify_analytics.sql import statement

from tests.power_bi.project import MODEL
from tests.whole_shops import PLAIN, TWISTED

TABLES = [table for table in read_model().tables if not table.calendar]
# The types of a database's columns that a type of the model can hold without loss.
DECLARED = {
    "text": {"TEXT"},
    "whole": {"INTEGER"},
    "money": {"REAL"},
    "date": {"TEXT"},
    "time": {"TEXT"},
}
SHOPS = {"plain": PLAIN["seed 7"], "three decimals": TWISTED["twisted, in KWD"]}


@pytest.fixture(scope="module", params=SHOPS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The CSV files of a shop."""
    made = tmp_path_factory.mktemp("files")
    with SHOPS[request.param](made) as shop:
        export_tables(shop.db, made, made)
        export_reports(shop.db, made, made)
        yield made


def rows(folder: Path, table: Table) -> list[dict[str, str]]:
    with (folder / f"{table.file}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fits(column: Column, cell: str) -> bool:
    """Whether a cell becomes a value of the column's type without loss."""
    if column.type == "whole":
        return -(2**63) <= int(cell) < 2**63
    if column.type == "money":
        return Decimal(cell) == round(Decimal(cell), 4) and abs(Decimal(cell)) < 10**14
    if column.type == "date":
        return date.fromisoformat(cell).isoformat() == cell
    if column.type == "time":
        return datetime.fromisoformat(cell).tzinfo is None
    return True


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_that_is_read_is_in_the_file(table: Table, folder: Path) -> None:
    header = rows(folder, table)[0].keys()
    assert set(table.sources) - set(header) == set()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_cell_fits_the_type_of_its_column(table: Table, folder: Path) -> None:
    read = rows(folder, table)
    assert read
    plain = [column for column in table.columns if column.source]
    assert [
        (column.name, row[column.source])
        for row in read
        for column in plain
        if column.source and row[column.source] and not fits(column, row[column.source])
    ] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_key_of_a_table_is_unique_and_never_empty(table: Table, folder: Path) -> None:
    if table.key:
        source = table.column(table.key).source
        keys = [row[source] for row in rows(folder, table) if source]
        assert len(set(keys)) == len(keys)
        assert "" not in keys


def test_every_row_of_a_fact_finds_its_row_in_the_dimension(folder: Path) -> None:
    model = read_model()
    for relationship in model.relationships:
        one, many = model.table(relationship.to_table), model.table(relationship.from_table)
        if one.calendar:
            continue
        key, reference = (
            one.column(relationship.to_column).source,
            many.column(relationship.from_column).source,
        )
        assert key
        assert reference
        found = {row[key] for row in kept(one, folder)}
        assert {row[reference] for row in kept(many, folder)} - found <= {""}


def kept(table: Table, folder: Path) -> list[dict[str, str]]:
    """The rows that the model loads."""
    return [
        row for row in rows(folder, table) if all(row[name] == value for name, value in table.only.items())
    ]


def test_every_column_that_is_read_is_in_the_tab_of_the_spreadsheet(tmp_path: Path) -> None:
    text = (SPECIFICATION / GOOGLE_SHEETS.file).read_text(encoding="utf-8")
    tabs = dict(re.findall(r'(\w+) = "(\w+)"', re.findall(r"Tabs = \[(.+)\]", text)[0]))
    assert tabs == {
        file: tab for tab, file in (TABS | ON_REQUEST).items() if file in {table.file for table in TABLES}
    }
    with SHOPS["plain"](tmp_path) as shop:
        for table in TABLES:
            shown = table_source(shop.db, tabs[table.file or ""], personal_data=True).header
            assert set(table.sources) - set(shown) == set()


def test_the_types_are_those_of_the_database(tmp_path: Path) -> None:
    with SHOPS["plain"](tmp_path) as shop:
        for table in TABLES:
            described = shop.db.execute("SELECT name, type FROM pragma_table_info(?)", (table.file,))
            declared = dict(described.fetchall())
            compared = {
                column.name: declared[column.source] in DECLARED[column.type]
                for column in table.columns
                if column.source in declared
            }
            assert compared == dict.fromkeys(compared, True)


@pytest.mark.parametrize("table", read_model().tables, ids=lambda table: table.name)
def test_tmdl_names_the_columns_that_the_query_returns(table: Table) -> None:
    text = (MODEL / "definition" / "tables" / f"{table.name}.tmdl").read_text(encoding="utf-8")
    names = re.findall(r"^\t\tsourceColumn: (.+)$", text, flags=re.MULTILINE)
    assert names == [column.name for column in table.columns]
    query = table_query(table)
    if table.calendar:
        made = ["Date", *re.findall(r'Table\.AddColumn\(\w+, "([^"]+)"', query)]
        dropped = re.search(r"Table\.RemoveColumns\(\w+, \{(.+)\}\)", query)
        assert dropped
        assert {f'"{name}"' for name in made} == {
            *(f'"{name}"' for name in names),
            *dropped[1].split(", "),
        }
    else:
        chosen = ", ".join(f'"{name}"' for name in names)
        assert query.endswith(f"Table.SelectColumns(Renamed, {{{chosen}}})")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_query_gives_every_column_its_type(table: Table) -> None:
    query = table_query(table)
    for column in table.columns:
        if column.source:
            assert f'{{"{column.source}", {M_TYPES[column.type]}}}' in query
            assert f'{{"{column.source}", "{column.name}"}}' in query or column.source == column.name
        else:
            assert re.search(rf'"{column.name}", each .+, {M_TYPES[column.type]}\)', query)


def test_an_empty_cell_is_nothing_and_the_first_case_that_fits_decides() -> None:
    query = table_query(read_model().table("Order"))
    assert '"Cancelled", each if [cancelled_at] = null then "No" else "Yes", type text' in query
    assert (
        '"Customer type", each if [buyer_id] = null then "unknown" else if [order_seq] = 1 then "new" '
        'else "returning", type text' in query
    )
    assert 'else if [cancel_reason] = null then "other" else [cancel_reason], type text' in query
    assert 'each [is_test] = "false"' in query


def test_the_segments_are_those_of_the_report_in_its_order() -> None:
    told = re.findall(r"\((\d+), '([^']+)', \d", statement("reports/customer_value"))
    column = read_model().table("Buyer").column("Segment order")
    assert [(str(case.then), case.when["segment"]) for case in column.cases] == told[:-1]
    assert told[-1] == (str(column.otherwise), "Dormant")


def test_no_column_that_may_name_a_person_is_read() -> None:
    guarded = {
        name
        for table in TABLES
        if table.file and table.file != "customer_value"
        for name in re.findall(
            r"iif\(:personal_data[^,]*, [^)]*\)\s+AS (\w+)", statement(f"export/{table.file}")
        )
    }
    assert {"email", "first_name", "landing_site"} <= guarded
    assert {name for table in TABLES for name in table.sources} & guarded == set()
