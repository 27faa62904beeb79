"""The report as one HTML page that needs nothing else: no network, no script."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_symbol
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from shopify_analytics import ledger
from shopify_analytics.currency import minor_digits
from shopify_analytics.database import get_metadata
from shopify_analytics.figures import FIGURES
from shopify_analytics.report_file.cards import Card, Dealer, KeyFigure
from shopify_analytics.report_file.drawing import Look
from shopify_analytics.report_file.health import Health, health
from shopify_analytics.report_file.pages import pages
from shopify_analytics.report_file.reading import Reader, legible
from shopify_analytics.report_file.wording import Wording
from shopify_analytics.shop import CURRENCY, TIMEZONE
from shopify_analytics.web.files import DASHBOARDS
from shopify_analytics.web.reading import has_orders
from shopify_analytics.web.shop_answer import short_reconciliation
from shopify_analytics.web.site import Site

# Of charts, in pixels; the stylesheet makes them a little larger on a screen, and a little smaller on paper.
IN_TWO_COLUMNS, IN_THREE_COLUMNS, WIDE = 360, 225, 760
MAP_AND_BESIDE = 490, 230
GLOSSARY = "glossary", "What the figures mean"
RECONCILED = {
    "equal": "equals the store",
    "explained": "differences from the store are explained",
    "surplus": "nothing of the store is missing",
    "missing": "records of the store are missing",
}


@dataclass(frozen=True)
class Shown:
    """Cards side by side."""

    layout: str
    label: str
    cards: list[KeyFigure | Card]

    def width(self, place: int) -> int:
        """How wide a card's chart is drawn."""
        card, kinds = self.cards[place], self.layout.split()
        if isinstance(card, Card) and card.takes_row:
            return WIDE
        if "map" in kinds:
            return MAP_AND_BESIDE[place]
        return IN_THREE_COLUMNS if "three" in kinds else IN_TWO_COLUMNS


@dataclass(frozen=True)
class Chapter:
    """A page of the dashboards."""

    name: str
    title: str
    sections: list[Shown]
    health: Health | None = None


@dataclass
class Document:
    """Everything that the report says, of one moment; nothing is drawn yet."""

    shop: str
    state: str
    look: Look
    dates: str = ""
    compared: str = ""
    chapters: list[Chapter] = field(default_factory=list)
    glossary: list[dict[str, str]] = field(default_factory=list)

    def charts(self) -> Iterator[Card]:
        """The cards with a chart, in their order."""
        for chapter in self.chapters:
            for section in chapter.sections:
                yield from (card for card in section.cards if isinstance(card, Card) and card.chart)

    def contents(self) -> list[tuple[str, str]]:
        """Name and title of each part."""
        return [*((chapter.name, chapter.title) for chapter in self.chapters), GLOSSARY]

    def html(self) -> str:
        """The page."""
        templates = Environment(
            loader=FileSystemLoader(DASHBOARDS / "report"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        templates.filters["css_string"] = _css_string
        return templates.get_template("report.html.jinja").render(document=self)


def read_document(db: sqlite3.Connection, site: Site) -> Document:
    """What the dashboards show of the last 30 days when they are opened; of a shop without orders, nothing.

    :param db: in a transaction.
    """
    currency, zone = get_metadata(db, CURRENCY), str(get_metadata(db, TIMEZONE))
    symbol = get_currency_symbol(currency or "USD", "en")
    look = Look(symbol if not symbol.isalpha() else f"{symbol} ", minor_digits(currency))
    wording = Wording(look.symbol, look.digits, ZoneInfo(zone))
    shop = legible(get_metadata(db, "shop.name") or "Shopify")
    document = Document(shop, " · ".join(_state(db, wording, currency, zone)), look)
    if not has_orders(db):
        return document
    reader = Reader(db, site)
    dealer = Dealer(reader, wording, reader.headlines())
    document.dates, document.compared = str(reader.period), str(reader.period.before())
    document.chapters = list(_chapters(dealer))
    document.glossary = list(_glossary(dealer))
    return document


def _state(db: sqlite3.Connection, wording: Wording, currency: str | None, zone: str) -> Iterator[str]:
    as_of = ledger.data_as_of(db)
    if as_of:
        yield f"Data as of {wording.moment(as_of)}"
    if reconciled := short_reconciliation(db):
        yield RECONCILED[reconciled["state"]]
    yield f"{currency or ''}, days and hours of {zone}".lstrip(", ")


def _chapters(dealer: Dealer) -> Iterator[Chapter]:
    for page in pages():
        sections = [
            Shown(section.layout, section.label, [dealer.card(element) for element in section.elements])
            for section in page.sections
        ]
        found = None
        if not sections:
            found = health(dealer.reader.pipeline(), dealer.wording)
            sections = [Shown("charts", page.title, list(found.cards))]
        yield Chapter(page.name, page.title, sections, found)


def _glossary(dealer: Dealer) -> Iterator[dict[str, str]]:
    for figure in FIGURES:
        told: dict[str, Any] = {
            name: dealer.value(row[figure.key], figure.key) for name, row in dealer.headlines.items()
        }
        yield {"name": figure.name, "meaning": figure.meaning, **told}


def _css_string(text: str) -> Markup:
    """The text as a string of a stylesheet, every character as its number: no text ends it."""
    return Markup('"{}"').format(Markup("").join(Markup(f"\\{ord(character):06x}") for character in text))  # noqa: S704
