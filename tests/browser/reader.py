"""Somebody who reads the dashboards in a browser, and notes whatever the browser complains of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response
from screenshots import wait_until_drawn

from tests.browser.language import ENGLISH, Language

# What a policy forbids is a complaint; the page itself is not told of this listener.
HEAR_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`refused by ${event.violatedDirective}: ${event.blockedURI}`))"""


@dataclass
class Reader:
    """A page, and what went wrong on it: console, errors, requests that failed or went elsewhere."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(60_000)
        self.page.add_init_script(HEAR_VIOLATIONS)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", self._watch)
        self.page.on("requestfailed", self._miss)
        self.page.on("response", self._read)

    def go(self, address: str) -> None:
        """Go to a page such as ``overview?range=7d``."""
        self.page.goto(f"{self.url}/{address}")

    def settle(self) -> None:
        """Wait until the page shows all that it has to show."""
        wait_until_drawn(self.page)

    def figures(self) -> dict[str, str]:
        """The key figures' texts by name."""
        cards = self.page.locator("key-figure").all()
        return {str(card.get_attribute("name")): text_of(card.locator(".value")) for card in cards}

    def changes(self) -> dict[str, list[str]]:
        """By key figure: how it differs from the time before, and what it was then."""
        cards = self.page.locator("key-figure").all()
        return {
            str(card.get_attribute("name")): card.locator(".against > *").all_text_contents()
            for card in cards
        }

    def wait_for_figures(self, expected: dict[str, str]) -> None:
        """Wait until these key figures have these texts."""
        self.page.wait_for_function(
            """(expected) => Object.entries(expected).every(([name, text]) =>
                document.querySelector(`key-figure[name=${name}] .value`).textContent === text)""",
            arg=expected,
        )

    def card(self, heading: str) -> Locator:
        """The card with this heading."""
        return self.page.get_by_role("region", name=heading, exact=True)

    def choose(self, heading: str, choice: str) -> None:
        """Choose from a card's menu."""
        card = self.card(heading)
        card.locator("summary").click()
        card.get_by_role("button", name=choice).click()

    def saved(self, heading: str, choice: str, folder: Path) -> Path:
        """The file that a choice of a card's menu saves."""
        with self.page.expect_download() as download:
            self.choose(heading, choice)
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return path

    def table(self, heading: str) -> list[list[str]]:
        """The cells of the table in a card, line by line, without the column heads."""
        lines = self.card(heading).locator("tbody tr")
        lines.first.wait_for()
        found = lines.evaluate_all("(all) => all.map((tr) => [...tr.cells].map((cell) => cell.textContent))")
        return [list(map(str, line)) for line in found]

    def heads(self, heading: str) -> list[str]:
        """The column heads of the table in a card."""
        return self.card(heading).locator("thead th").all_text_contents()

    def address(self) -> str:
        """Where the page is, such as ``overview?range=7d``."""
        return self.page.url.removeprefix(f"{self.url}/")

    def let_pass(self, milliseconds: int) -> None:
        """Let the page's clock, which must be installed, move on."""
        self.page.clock.fast_forward(milliseconds)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "blob:")):
            self.complaints.append(f"request elsewhere: {request.url}")

    def _miss(self, request: Request) -> None:
        # Whoever leaves a page does not wait for it.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.failure}: {request.url}")

    def _read(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")


@contextmanager
def reading(
    browser: Browser,
    url: str,
    *,
    language: Language = ENGLISH,
    theme: Any = "light",
    width: int = 1600,
) -> Iterator[Reader]:
    """A reader of the dashboards at ``url``, with a memory of its own."""
    # Cards that wait for their content breathe, sixty times a second: a fifth of what a page's drawing takes.
    context = browser.new_context(
        viewport={"width": width, "height": 1000},
        color_scheme=theme,
        locale=language.code,
        reduced_motion="reduce",
    )
    yield Reader(context.new_page(), url)
    context.close()


def text_of(locator: Locator) -> str:
    """What an element says."""
    return locator.text_content() or ""


Visit = Callable[..., Reader]
