"""A shop of three runs and one order: charts with little to show stay in shape, those with nothing say so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser
from screenshots import served

from tests.browser.reader import Reader, reading
from tests.browser.shop import Synced, make_young_shop
from tests.browser.test_pages import CHARTS, PAGES

Look = Callable[..., Reader]
SAYING = {
    "Growth by country": "No country had sales both in the last 30 days and in the 30 before.",
    "Processing time by region": "No order of these dates has been sent yet.",
    "Processing time over time": "No order of these dates has been sent yet.",
    "Cancelled orders by reason": "No order of these dates was cancelled.",
    "Outstanding by age": "Nothing is outstanding.",
    "Do customers come back?": "Cohorts begin with the month after the first order.",
    "Time between orders": "Nobody has ordered twice yet.",
    "Trends side by side": "Trends begin with the first whole week, Monday to Sunday.",
    "What moves together": "Correlations come with a sync, once there are enough days with orders.",
    "Order value with a code": "No order of these dates has a discount code.",
}
# By heading: the widest bar of each chart whose bars stand, in pixels.
WIDEST_BARS = """() => Object.fromEntries([...document.querySelectorAll("chart-card, .card:has(.plot)")]
    .map((card) => [card.querySelector("h2").textContent, Math.max(0, ...[...card.querySelectorAll(
        ".plot .mark-rect.role-mark path")].map((bar) => bar.getBoundingClientRect().width))]))"""
# Of the charts that draw lines: how large the largest shape is that is no line.
LARGEST_SHAPES = """(headings) => headings.map((heading) => {
    const card = [...document.querySelectorAll("chart-card")]
        .find((each) => each.querySelector("h2").textContent === heading);
    return Math.max(...[...card.querySelectorAll(".plot .mark-symbol.role-mark path")]
        .map((shape) => shape.getBoundingClientRect().width));
})"""
TICKS = """(heading) => [...[...document.querySelectorAll("chart-card")]
    .find((each) => each.querySelector("h2").textContent === heading)
    .querySelectorAll(".plot .role-axis-label text")].map((label) => label.textContent)"""


@pytest.fixture(scope="module")
def young(tmp_path_factory: pytest.TempPathFactory) -> Synced:
    """The shop; not to be changed."""
    return make_young_shop(tmp_path_factory.mktemp("young"))


@pytest.fixture(scope="module")
def look(browser: Browser, young: Synced) -> Iterator[Look]:
    """A page of its dashboards, drawn once for all these tests, which do nothing but look."""
    readers: dict[tuple[str, int], Reader] = {}
    with served(young.folders) as url, ExitStack() as stack:

        def come(page: str, width: int = 1600) -> Reader:
            if (page, width) not in readers:
                readers[page, width] = stack.enter_context(reading(browser, url, width=width))
                readers[page, width].go(page)
                readers[page, width].settle()
            return readers[page, width]

        yield come
        assert {seen: reader.complaints for seen, reader in readers.items() if reader.complaints} == {}


def drawn(reader: Reader) -> dict[str, Any]:
    """By heading: how many shapes and words a chart shows, or what it says instead."""
    return dict(reader.page.evaluate(CHARTS))


def test_what_has_nothing_to_show_says_so_and_all_else_is_drawn(look: Look) -> None:
    said: dict[str, str] = {}
    for page in PAGES:
        reader = look(page)
        shown = drawn(reader)
        assert {heading for heading, marks in shown.items() if marks == 0} == set()
        said |= {heading: marks for heading, marks in shown.items() if isinstance(marks, str)}
        words = reader.page.locator("main").text_content() or ""
        assert re.findall("null|undefined|NaN", words) == []
    assert said == SAYING


def test_a_card_without_rows_has_no_menu(look: Look) -> None:
    reader = look("orders")
    assert not reader.card("Time between orders").locator("summary").is_visible()
    assert reader.card("Lifetime value").locator("summary").is_visible()


@pytest.mark.parametrize("width", [1600, 900, 390])
def test_few_bars_are_no_wall(look: Look, width: int) -> None:
    reader = look("orders", width)
    bars = reader.page.evaluate(WIDEST_BARS)
    assert 10 < bars["New and returning customers"] <= 41
    assert 10 < bars["Lifetime value"] <= 41


def test_a_lone_point_of_a_line_is_seen(look: Look) -> None:
    for page, heading in (
        ("overview", "Average order value over time"),
        ("geography", "Countries compared over time"),
        ("orders", "Customers won so far"),
    ):
        (size,) = look(page).page.evaluate(LARGEST_SHAPES, [heading])
        assert (heading, size > 5) == (heading, True)


@pytest.mark.parametrize(
    "heading", ["Order timeline", "New and returning customers", "Customers won so far", "Lifetime value"]
)
def test_what_is_counted_is_counted_in_whole_numbers(look: Look, heading: str) -> None:
    ticks = look("orders").page.evaluate(TICKS, heading)
    assert [tick for tick in ticks if re.fullmatch(r"[\d.]+", tick)] == ["0", "1", "2", "3", "4"]
