"""Light or dark as Airflow is, at once, and as the system is when Airflow follows it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from shopify_analytics.config import PROJECT

from tests.browser.reader import Reader, Visit

LOOKS = json.loads((PROJECT / "include" / "dashboards" / "theme.json").read_text(encoding="utf-8"))
SHOWN = """() => [document.documentElement.dataset.theme,
    document.querySelector("chart-card[chart=top_products] .mark-rect path").getAttribute("fill")]"""


def looks(theme: str) -> list[str]:
    """The page's theme, and the colour of a bar in it."""
    return [theme, LOOKS[theme]["mark"]["color"]]


def switch(reader: Reader, theme: str | None) -> None:
    """Choose a theme in another document of the same origin, as Airflow's own page is."""
    other = reader.page.context.new_page()
    other.goto(f"{reader.url}/api/definitions")
    other.evaluate(
        "(theme) => theme ? localStorage.setItem('theme', theme) : localStorage.removeItem('theme')", theme
    )
    other.close()


def wait_for(reader: Reader, theme: str) -> None:
    """Wait until the page and its charts are in the theme."""
    reader.page.wait_for_function(
        f"(looks) => JSON.stringify(({SHOWN})()) === JSON.stringify(looks)", arg=looks(theme)
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_is_as_the_system_is(visit: Visit, theme: Any) -> None:
    reader = visit("overview", theme=theme)
    assert reader.page.evaluate(SHOWN) == looks(theme)


def test_the_switch_of_airflow_changes_page_and_charts(visit: Visit) -> None:
    reader = visit("overview", theme="light")
    switch(reader, "dark")
    wait_for(reader, "dark")
    switch(reader, "light")
    wait_for(reader, "light")
    switch(reader, "dark")
    wait_for(reader, "dark")
    reader.page.reload()
    reader.settle()
    assert reader.page.evaluate(SHOWN) == looks("dark")


def test_following_the_system_again_is_possible(visit: Visit) -> None:
    reader = visit("overview", theme="light")
    switch(reader, "dark")
    wait_for(reader, "dark")
    switch(reader, "system")
    wait_for(reader, "light")
    reader.page.emulate_media(color_scheme="dark")
    wait_for(reader, "dark")
