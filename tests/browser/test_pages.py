"""Every page in both themes and at three widths: silent, drawn, within the window, and open to everybody."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.reader import Reader, Visit

PAGES = ("overview", "geography", "orders", "analysis", "pipeline")
# The first is the one that the page is loaded at; the others come as people turn and drag windows.
WIDTHS = {"light": (1600, 900, 390), "dark": (390, 900, 1600)}
KEPT_OUT = ("serious", "critical")
# By heading: how many shapes and words each chart shows, or what it says instead.
CHARTS = """() => [...document.querySelectorAll("chart-card, .card:has(.plot)")].map((card) => {
    const note = card.querySelector(".note");
    const marks = [...card.querySelectorAll(".plot svg .role-mark :is(path, text, line)")];
    const sizes = marks.map((mark) => mark.getBoundingClientRect());
    const seen = sizes.filter(({ width, height }) => width + height > 0);
    return [card.querySelector("h2").textContent, note ? note.textContent : seen.length];
})"""
TOO_WIDE = """() => [
    ...(document.documentElement.scrollWidth > innerWidth ? ["the page"] : []),
    ...[...document.querySelectorAll(".plot")].filter((plot) => {
        const svg = plot.querySelector("svg").getBoundingClientRect();
        return svg.right > plot.getBoundingClientRect().right + 1;
    }).map((plot) => plot.closest("[aria-labelledby]").querySelector("h2").textContent),
]"""


def wide_parts(reader: Reader) -> Any:
    """What is wider than its place, once the page has settled."""
    reader.page.wait_for_timeout(100)
    return reader.page.evaluate(TOO_WIDE)


def hindrances(reader: Reader) -> list[str]:
    """What axe-core finds that keeps people from using the page, and where."""
    found = Axe().run(reader.page, options={"resultTypes": ["violations"]})
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found.response["violations"]
        if each["impact"] in KEPT_OUT
        for node in each["nodes"]
    ]


def touch_everything(reader: Reader) -> None:
    """Move the pointer to every chart and definition."""
    for plot in reader.page.locator(".plot").all():
        plot.hover()
    for info in reader.page.locator(".info").all():
        info.hover()
        assert info.locator("+ .definition").is_visible()


@pytest.mark.parametrize("theme", WIDTHS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_drawn_fits_keeps_nobody_out_and_is_silent_wherever_the_pointer_goes(
    visit: Visit, page: str, theme: str
) -> None:
    first, *others = WIDTHS[theme]
    reader = visit(page, theme=theme, width=first)
    drawn = dict(reader.page.evaluate(CHARTS))
    assert {heading: shown for heading, shown in drawn.items() if not shown or isinstance(shown, str)} == {}
    assert len(drawn) >= 3
    for width in (first, *others):
        reader.page.set_viewport_size({"width": width, "height": 1000})
        assert (width, wide_parts(reader)) == (width, [])
        assert (width, hindrances(reader)) == (width, [])
    touch_everything(reader)


def test_every_page_leads_to_every_other_and_keeps_the_view(visit: Visit) -> None:
    reader = visit("overview?range=90d&compare=0")
    names = reader.page.locator("nav a").all_text_contents()
    for name, page in (*zip(names[1:], PAGES[1:], strict=True), (names[0], PAGES[0])):
        reader.page.get_by_role("link", name=name, exact=True).click()
        reader.page.wait_for_url(f"**/{page}?range=90d&compare=0")
        reader.settle()
        assert reader.page.locator("nav [aria-current=page]").all_text_contents() == [name]
        assert reader.page.locator("h1").all_text_contents() == [name]
