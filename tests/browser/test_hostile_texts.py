"""Whatever the store's texts say, they stay text."""

from __future__ import annotations

import csv

import pytest

from tests.browser.reader import Reader, Visit
from tests.browser.shop import CITY, CODE, FORMULA, KIND, PRODUCT, WARNING
from tests.browser.test_pages import PAGES

PLANTED = """() => [window.hacked ?? null,
    document.querySelectorAll("main :is(img, script, iframe), main b, svg[onload]").length]"""
# By page, card and text: where each planted text is to be read, in the chart's or table's own words.
TABLES = {
    "overview": {"Top products": [PRODUCT, FORMULA]},
    "geography": {"Sales by city": [CITY]},
    "orders": {"Top-selling products": [PRODUCT]},
    "analysis": {
        "Product performance": [PRODUCT, FORMULA],
        "Sales by product type": [KIND],
        "Order value with a code": [CODE],
    },
    "pipeline": {"Latest runs": [WARNING]},
}


def cells(reader: Reader, heading: str) -> set[str]:
    """What stands in the table of a card, which may have to be asked for."""
    if reader.card(heading).locator("table").count() == 0:
        reader.choose(heading, "Show as table")
    return {cell for line in reader.table(heading) for cell in line}


@pytest.mark.parametrize("page", PAGES)
def test_markup_and_scripts_are_read_and_not_run(visit: Visit, page: str) -> None:
    reader = visit(f"{page}?range=all")
    for plot in reader.page.locator(".plot").all():
        plot.hover()
    for heading, texts in TABLES[page].items():
        assert set(texts) - cells(reader, heading) == set(), heading
    assert reader.page.evaluate(PLANTED) == [None, 0]


def test_a_tooltip_shows_markup_as_text(visit: Visit) -> None:
    reader = visit("overview?range=all")
    bars = reader.card("Top products").locator(".mark-rect path")
    for bar in bars.all():
        bar.hover()
        if PRODUCT in (reader.page.locator(".tooltip").text_content() or ""):
            break
    else:
        pytest.fail("no bar's tooltip names the product")
    assert reader.page.evaluate(PLANTED) == [None, 0]


def test_no_spreadsheet_runs_a_text_that_looks_like_a_formula(
    visit: Visit, tmp_path_factory: pytest.TempPathFactory
) -> None:
    reader = visit("overview")
    saved = reader.saved("Top products", "Save as CSV", tmp_path_factory.mktemp("saved"))
    with saved.open(encoding="utf-8-sig", newline="") as opened:
        titles = [row["title"] for row in csv.DictReader(opened)]
    assert (f"'{FORMULA}" in titles, FORMULA in titles) == (True, False)
