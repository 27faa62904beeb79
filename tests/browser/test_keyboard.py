"""Everything can be reached and done without a mouse, and the focus is always seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.reader import Reader, Visit

FOCUSED = """() => {
    const { activeElement: now } = document;
    const style = getComputedStyle(now);
    const label = [...(now.labels?.[0]?.childNodes ?? [])].filter((part) => part !== now);
    const labelled = label.map((part) => part.textContent).join("");
    return {
        tag: now.localName,
        name: now.getAttribute("aria-label") ?? (labelled || now.textContent),
        isSeen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1,
        card: now.closest("[aria-labelledby]")?.querySelector("h2").textContent ?? null,
    };
}"""
# The choices of a menu right after it was clicked, before any other event.
OPENED = """(summary) => {
    summary.click();
    return [...summary.parentElement.querySelectorAll("button")].map((choice) => choice.textContent);
}"""
MOST_STOPS = 200


def stops(reader: Reader) -> list[dict[str, Any]]:
    """What Tab leads to, one after another, until it leaves the page."""
    found: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        reader.page.keyboard.press("Tab")
        focused = reader.page.evaluate(FOCUSED)
        if focused["tag"] == "body" or focused in found:
            return found
        found.append(focused)
    pytest.fail(f"Tab does not end: {found[-3:]}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_tab_reaches_navigation_filters_and_menus_in_reading_order(visit: Visit, theme: str) -> None:
    reader = visit("overview", theme=theme)
    found = stops(reader)
    names = [stop["name"] for stop in found]
    controls = [
        "Skip to content",
        *("Overview", "Geographic Overview", "Orders & Customers", "Coherent Analysis", "Pipeline Health"),
        *("Dates", "Country", "Channel", "Compare", "Copy link"),
    ]
    assert names[: len(controls)] == controls
    charts = reader.page.locator("chart-card h2").all_text_contents()
    assert [stop["card"] for stop in found if stop["tag"] == "summary"] == charts
    assert [stop["name"] for stop in found if not stop["isSeen"]] == []


def test_a_menu_opens_by_enter_and_closes_by_escape(visit: Visit) -> None:
    reader = visit("overview")
    card = reader.card("Top products")
    summary = card.locator("summary")
    summary.focus()
    reader.page.keyboard.press("Enter")
    card.get_by_role("button", name="Show as table").wait_for()
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate(FOCUSED)["name"] == "Show as table"
    reader.page.keyboard.press("Escape")
    assert not card.get_by_role("button", name="Show as table").is_visible()
    assert reader.page.evaluate(FOCUSED)["tag"] == "summary"
    reader.page.keyboard.press("Enter")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Enter")
    card.locator("table").wait_for()
    assert summary.evaluate(OPENED) == ["Show as chart", "Save as CSV", "Save as PNG"]


def test_a_menu_closes_when_the_focus_leaves_it(visit: Visit) -> None:
    reader = visit("overview")
    card = reader.card("Top products")
    card.locator("summary").click()
    card.get_by_role("button", name="Show as table").wait_for()
    reader.page.locator("nav a").first.focus()
    assert not card.get_by_role("button", name="Show as table").is_visible()


def test_a_definition_is_read_by_focus(visit: Visit) -> None:
    reader = visit("overview")
    figure = reader.page.locator("key-figure[name=net_sales]")
    figure.get_by_role("button", name="Definition").focus()
    reader.page.keyboard.press("Shift+Tab")
    reader.page.keyboard.press("Tab")
    definition = figure.get_by_role("tooltip")
    assert (definition.is_visible(), definition.text_content()) == (
        True,
        "Gross sales - discounts - returns",
    )


def test_the_first_link_skips_the_navigation(visit: Visit) -> None:
    reader = visit("overview")
    reader.page.keyboard.press("Tab")
    assert reader.page.locator(".skip").is_visible()
    reader.page.keyboard.press("Enter")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate(FOCUSED)["name"] == "Dates"
