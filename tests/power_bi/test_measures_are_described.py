"""What the specification says of each measure, and the rules that only Power BI's engine would check."""

from __future__ import annotations

import re

import pytest
from power_bi.model import MEASURES, REFERENCE, Measure, read_model
from power_bi.tabular import MEASURE_FORMATS
from shopify_analytics.reports import run_report
from shopify_analytics.sql import statement

from tests.whole_shops import PLAIN

MODEL = read_model()
DATES = {
    "selected",
    "previous",
    "year_before",
    "year_to_date",
    "until",
    "last_30_days",
    "previous_30_days",
    "all",
}
# The place of a row in its report is no column of it.
PLACE = "place"
TEXT = re.compile(r'"[^"]*"')
COLUMN = re.compile(r"(?P<table>'[^']+')?\[(?P<name>[^\]]+)\]")


@pytest.mark.parametrize("measure", MODEL.measures, ids=lambda measure: measure.name)
def test_a_measure_says_what_it_is_and_what_it_equals(measure: Measure) -> None:
    assert measure.description.endswith(".")
    assert measure.format in MEASURE_FORMATS
    assert measure.folder
    assert measure.dates in DATES
    assert bool(measure.report) != bool(measure.no_report)


def test_every_report_that_is_named_has_the_column(tmp_path_factory: pytest.TempPathFactory) -> None:
    named = {tuple(measure.report.split(".")) for measure in MODEL.measures if measure.report}
    with PLAIN["seed 1"](tmp_path_factory.mktemp("shop")) as shop:
        for report, column in sorted(named):
            if report == "scorecard":
                assert f"AS {column}" in statement(f"reports/{report}")
            else:
                (first, *_) = run_report(shop.db, report, dimension="country")
                assert column in {*first, PLACE}, f"{report}.sql has no column {column}"


def test_names_are_used_once_whatever_their_case() -> None:
    names = [measure.name.lower() for measure in MODEL.measures]
    names += [table.name.lower() for table in MODEL.tables] + [MEASURES.lower()]
    assert len(set(names)) == len(names)
    columns = {column.name.lower() for table in MODEL.tables for column in table.columns}
    assert {measure.name.lower() for measure in MODEL.measures} & columns == set()


@pytest.mark.parametrize("measure", MODEL.measures, ids=lambda measure: measure.name)
def test_columns_are_named_with_their_table_and_measures_without(measure: Measure) -> None:
    names = {one.name for one in MODEL.measures}
    for found in COLUMN.finditer(TEXT.sub('""', measure.dax)):
        if found["table"]:
            reference = REFERENCE.fullmatch(found[0])
            assert reference
            MODEL.table(reference["table"]).column(reference["column"])
        else:
            assert found["name"] in names
            assert found["name"] != measure.name
    assert re.findall(r"\bVAR\s+\w*_", measure.dax) == []


def test_no_path_of_active_relationships_is_ambiguous() -> None:
    """Every table filters another one in one way at most: https://learn.microsoft.com/power-bi/transform-model/desktop-relationships-understand"""
    active = [one for one in MODEL.relationships if one.active]
    pairs = [(one.from_table, one.to_table) for one in active]
    assert len(set(pairs)) == len(pairs)
    assert {many for many, _one in pairs} & {one for _many, one in pairs} == set()


def test_both_ends_of_a_relationship_have_one_type() -> None:
    for one in MODEL.relationships:
        ends = (
            MODEL.table(one.from_table).column(one.from_column),
            MODEL.table(one.to_table).column(one.to_column),
        )
        assert ends[0].type == ends[1].type
        assert MODEL.table(one.to_table).key == one.to_column


def test_a_column_is_sorted_by_one_that_its_table_has() -> None:
    for table in MODEL.tables:
        for column in table.columns:
            if column.sort_by:
                assert table.column(column.sort_by).type == "whole"
        for hierarchy in table.hierarchies:
            assert [table.column(level).name for level in hierarchy.levels] == list(hierarchy.levels)
