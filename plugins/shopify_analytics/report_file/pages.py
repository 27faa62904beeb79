"""What the dashboards' pages hold, read from the pages themselves: their cards are the report's, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from shopify_analytics.web.files import DASHBOARDS, PAGES

CARDS = ("key-figure", "chart-card", "data-table", "order-list")


@dataclass(frozen=True)
class Element:
    """A card as its page writes it."""

    tag: str
    attributes: Mapping[str, str]

    @property
    def is_wide(self) -> bool:
        """Whether it takes the whole width of its section."""
        return "wide" in self.attributes.get("class", "").split()


@dataclass
class Section:
    """Cards side by side; the layout is a class of the stylesheet."""

    layout: str
    label: str
    elements: list[Element] = field(default_factory=list)


@dataclass
class Page:
    """One of the five pages; that of the pipeline has no sections, because a script makes them."""

    name: str
    title: str = ""
    sections: list[Section] = field(default_factory=list)


def pages() -> list[Page]:
    """The pages in the order of their navigation."""
    return [_read(name) for name in PAGES]


def _read(name: str) -> Page:
    reader = _Reader(Page(name))
    reader.feed((DASHBOARDS / "pages" / f"{name}.html").read_text(encoding="utf-8"))
    return reader.page


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.is_in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "h1":
            self.is_in_title = True
        elif tag == "section":
            self.page.sections.append(Section(attributes.get("class", ""), attributes.get("aria-label", "")))
        elif tag in CARDS:
            self.page.sections[-1].elements.append(Element(tag, attributes))

    def handle_data(self, data: str) -> None:
        if self.is_in_title:
            self.page.title += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "h1":
            self.is_in_title = False
