"""The dashboards as people meet them: in a browser, signed in to Airflow, inside its frame."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Frame, Page, Response, StorageState
from screenshots import IS_READY, NO_CHROMIUM, find_chromium, opened

from tests.browser.language import ENGLISH
from tests.browser.test_figures import OVERVIEW, told
from tests.compose.conftest import FirstStart
from tests.compose.platform import Platform, wait_for

OURS = "/shopify/"
# Chromium says so of every frame that Airflow makes for a plugin.
AIRFLOWS_OWN = "can escape its sandboxing"
PAGES = {
    "Overview": "overview",
    "Geographic Overview": "geography",
    "Orders & Customers": "orders",
    "Coherent Analysis": "analysis",
    "Pipeline Health": "pipeline",
}
PLACES = {"navigation": "/plugin/shopify", "DAG page": "/dags/shopify_sync/plugin/shopify-dag"}


@dataclass
class Visitor:
    """Airflow in a browser, and what the browser has to complain of."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(60_000)
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._note_error)
        self.page.on("request", lambda request: self._watch(request.url))
        self.page.on("response", self._read)

    def open(self, place: str) -> Frame:
        """Click to the dashboards, in the main navigation or on the DAG's page; the frame they are in."""
        start, link = ("/dags/shopify_sync", "Dashboards") if place == "DAG page" else ("", "Shopify")
        self.page.goto(f"{self.url}{start}")
        self.page.get_by_role("link", name=link, exact=True).click()
        # Airflow adds the address of what is in the frame, so that it can be shared.
        self.page.wait_for_url(f"**{PLACES[place]}**")
        return self.frame("overview")

    def frame(self, page: str) -> Frame:
        """The frame, once it shows all of a page."""
        wait_for(page, lambda: self._shows(page), 60)
        return self._frames(page)[0]

    def choose_theme(self, name: str) -> None:
        """Turn Airflow's own switch."""
        self.page.get_by_role("button", name="User").click()
        self.page.get_by_role("menuitem", name="Appearance").click()
        self.page.get_by_text(name, exact=True).click()
        self.page.keyboard.press("Escape")

    def _shows(self, page: str) -> bool:
        # While this waits, the browser can tell what has happened.
        self.page.wait_for_timeout(100)
        try:
            return any(frame.evaluate(f"({IS_READY})()") for frame in self._frames(page))
        except Error:
            # The frame was between two pages.
            return False

    def _frames(self, page: str) -> list[Frame]:
        inner = (frame for frame in self.page.frames if frame.parent_frame)
        return [frame for frame in inner if frame.url.partition("?")[0].endswith(OURS + page)]

    def _hear(self, message: ConsoleMessage) -> None:
        is_of_airflow = AIRFLOWS_OWN in message.text or OURS not in message.location["url"]
        if message.type in ("error", "warning") and not is_of_airflow:
            self.complaints.append(f"{message.type}: {message.text}")

    def _note_error(self, error: Error) -> None:
        # Airflow's own pages have errors of their own.
        if OURS in (error.stack or ""):
            self.complaints.append(f"error: {error}")

    def _watch(self, address: str) -> None:
        if not address.startswith((f"{self.url}/", "data:", "blob:")):
            self.complaints.append(f"request elsewhere: {address}")

    def _read(self, response: Response) -> None:
        if OURS in response.url and response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip(NO_CHROMIUM)
    with opened(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def signed_in(browser: Browser, first_start: FirstStart) -> StorageState:
    """What the browser keeps of the admin's having signed in."""
    with browser.new_context(locale=ENGLISH.code) as context:
        page = context.new_page()
        page.goto(first_start.platform.url)
        page.locator("#username").fill("admin")
        page.locator("#password").fill(first_start.platform.password())
        page.locator("input[type=submit], button[type=submit]").first.click()
        page.get_by_role("link", name="Shopify", exact=True).wait_for(timeout=60_000)
        return context.storage_state()


@pytest.fixture
def visitor(browser: Browser, signed_in: StorageState, platform: Platform) -> Iterator[Visitor]:
    """The admin, signed in, to whom nothing may go wrong."""
    options: dict[str, Any] = {"storage_state": signed_in, "locale": ENGLISH.code, "color_scheme": "light"}
    with browser.new_context(viewport={"width": 1600, "height": 1000}, **options) as context:
        visitor = Visitor(context.new_page(), platform.url)
        yield visitor
        assert visitor.complaints == []


def figures(frame: Frame) -> dict[str, str]:
    """The key figures' texts by name."""
    texts: dict[str, str] = frame.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("key-figure")].map((card) =>
            [card.getAttribute("name"), card.querySelector(".value").textContent]))"""
    )
    return texts


def summary(platform: Platform) -> dict[str, Any]:
    """The latest summary."""
    return dict(json.loads((platform.data / "analytics_summary.json").read_bytes()))


@pytest.mark.parametrize("place", PLACES)
def test_every_page_opens_inside_airflow_and_the_figures_are_the_summarys(
    visitor: Visitor, platform: Platform, place: str
) -> None:
    frame = visitor.open(place)
    for name, page in reversed(PAGES.items()):
        frame.get_by_role("link", name=name, exact=True).click()
        frame = visitor.frame(page)
        assert frame.locator("h1").text_content() == name
        assert frame.locator("#notice").is_hidden()
    assert PLACES[place] in visitor.page.url

    def are_equal() -> bool:
        visitor.page.wait_for_timeout(100)
        return figures(frame) == told(ENGLISH, summary(platform)["last_30_days"], OVERVIEW)

    # Should a sync end meanwhile, the page follows within half a minute.
    wait_for("the summary's figures", are_equal, 120)


def test_airflows_switch_is_followed_by_page_and_charts(visitor: Visitor) -> None:
    frame = visitor.open("navigation")
    grounds = {}
    for name, theme in {"Dark Mode": "dark", "Light Mode": "light"}.items():
        visitor.choose_theme(name)
        frame.wait_for_function("(theme) => document.documentElement.dataset.theme === theme", arg=theme)
        grounds[theme] = frame.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert grounds["dark"] != grounds["light"]


def test_a_run_opens_in_airflow_itself(visitor: Visitor) -> None:
    visitor.open("navigation").get_by_role("link", name="Pipeline Health", exact=True).click()
    frame = visitor.frame("pipeline")
    frame.get_by_role("region", name="Latest runs", exact=True).locator("tbody a").first.click()
    visitor.page.wait_for_url("**/dags/shopify_sync/runs/**")
    assert visitor.page.locator("iframe").count() == 0


def test_who_signs_out_sees_nothing_more(visitor: Visitor) -> None:
    frame = visitor.open("navigation")
    visitor.page.context.clear_cookies()
    frame.get_by_label("Dates").select_option(label="All time")
    frame.get_by_text("You are not logged in").first.wait_for()
    visitor.complaints[:] = [complaint for complaint in visitor.complaints if "401" not in complaint]
