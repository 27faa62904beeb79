"""Texts of the store stay text, whatever they hold, and nobody is named."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from shopify_analytics.config import Folders
from shopify_analytics.database import set_metadata
from shopify_analytics.report_file.drawing import Look, draw, picture, spec_of

from tests import planted
from tests.demo_store.records import line_item, order, product
from tests.report_file.conftest import Report
from tests.report_file.html_page import HtmlPage
from tests.syncing import Syncs

MARKUP = [
    "<img src=x onerror=alert(1)>",
    "</svg><script>alert(2)</script>",
    "</style></title><b onclick=alert(3)>",
    "\" autofocus onfocus='alert(4)'",
    "&lt;i&gt; & ]]> <![CDATA[",
]
AWKWARD = ["茶碗 🫖 éàß", "قميص", "bell\x07 null\x00 end", "\ufffe\uffff", "x" * 255, "\u202eabc\u200d", " "]
LOOK = Look("€", 2)


def sell(syncs: Syncs, titles: list[str], **of_order: object) -> None:
    """One order of each product."""
    numbers = range(1, len(titles) + 1)
    syncs.load(
        products=[product(number, title=title) for number, title in zip(numbers, titles, strict=True)],
        orders=[
            order(number, line_items=[line_item(number, title=title)], **of_order)
            for number, title in zip(numbers, titles, strict=True)
        ],
    )


def test_markup_in_names_stays_text(report: Report, syncs: Syncs, page: HtmlPage) -> None:
    set_metadata(report.db, "shop.name", MARKUP[2])
    city = {"city": MARKUP[0], "country": MARKUP[1], "country_code": "NL", "province": MARKUP[3]}
    sell(syncs, MARKUP, shipping_address=city, cancel_reason=MARKUP[1], discount_codes=[{"code": MARKUP[0]}])
    report.render()
    hostile = report.page()
    assert {element.tag for element in hostile} <= {element.tag for element in page}
    names = {name for element in page for name in element.attributes}
    assert {name for element in hostile for name in element.attributes} <= names
    told = hostile.text()
    assert [text for text in MARKUP if " ".join(text.split()) not in told] == []
    (title,) = hostile.find("title")
    assert title.text().startswith(MARKUP[2])


def test_awkward_texts_are_shown_as_far_as_they_can_be(short_report: Report, syncs: Syncs) -> None:
    sell(syncs, AWKWARD)
    assert short_report.render() == {"written"}
    told = short_report.page().text()
    assert [text for text in AWKWARD[:2] if text not in told] == []
    assert "bell\ufffd null\ufffd end" in told


@pytest.mark.parametrize("before", range(15, 25))
def test_a_long_title_may_be_cut_anywhere(before: int) -> None:
    title = "x" * before + "🫖" * 20
    rows = [{"product_id": 1, "title": title, "net_sales": 9.5, "units": 1}]
    assert "xxx" in draw(spec_of("top_products"), rows, 360, LOOK, "a")
    assert picture(spec_of("top_products"), rows, LOOK, title, title).startswith(b"\x89PNG")


def test_no_word_that_names_a_person_is_in_the_files(
    loaded: sqlite3.Connection, report: Report, tmp_path: Path, folders: Folders
) -> None:
    report.render()
    assert planted.found_in(*planted.contents(report.folder)) == set()
    assert planted.found_in(json.dumps(report.outcome).encode()) == set()


@pytest.mark.parametrize(("currency", "told"), [("JPY", "¥20"), ("CHF", "CHF 20.25"), ("KWD", "KWD 20.250")])
def test_money_is_written_in_the_shops_currency(
    short_report: Report, syncs: Syncs, currency: str, told: str
) -> None:
    set_metadata(short_report.db, "shop.currency", currency)
    sell(syncs, ["Mug"])
    short_report.render()
    (gross,) = short_report.page().find(data_figure="Gross sales")
    assert gross.find("td")[0].text() == told
