"""Through which channel an order came and what brought its buyer, by the rules in ``include/sources.csv``.

That file is for a shop to edit, a rule a line. The first rule that fits gives its ``column`` (``channel`` or
``traffic_source``) its ``value``; an empty value means none. A rule fits when its ``field`` is what its
``pattern`` says, whatever the case: one of several texts with ``|`` between them, ``*`` for any characters.
Two fields and two patterns with ``&`` between them must both fit. A field that is absent fits nothing.

================  =====================================================================================
source_name       of the order: Shopify's name of a channel, or the number of the app that made it
utm_source        of the landing page's address
utm_medium        likewise
landing_param     the name of anything else in that address, such as ``gclid``
referring_host    of the page the buyer came from, or the name of an Android app; a domain fits its
                  subdomains too
================  =====================================================================================

A channel without a rule is called by its source_name, or ``App <id>``. The shop's own domain is no referrer,
but is known only where the landing page's address is a full one: a rule for it can say ``Direct``.

What source_name can be: https://shopify.dev/docs/api/admin-rest/2026-10/resources/order. The rules look at
tagged links first, then at what advertisers add to links, then at the referrer, and name what they find much
as Google Analytics does: https://support.google.com/analytics/answer/9756891.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlsplit

from shopify_analytics.config import PROJECT
from shopify_analytics.errors import SettingsError

RULES = PROJECT / "include" / "sources.csv"
HEADER = ["column", "field", "pattern", "value"]
COLUMNS = ("channel", "traffic_source")
NO_ADDRESS = SplitResult("", "", "", "", "")


class Visit(NamedTuple):
    """What the rules look at: all values of each field, in lower case."""

    source_name: tuple[str, ...]
    utm_source: tuple[str, ...]
    utm_medium: tuple[str, ...]
    landing_param: tuple[str, ...]
    referring_host: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A line of the file; ``conditions`` are a field and what it must be, each."""

    column: str
    conditions: tuple[tuple[str, re.Pattern[str]], ...]
    value: str | None

    def fits(self, visit: Visit) -> bool:
        return all(
            any(pattern.fullmatch(value) for value in getattr(visit, field))
            for field, pattern in self.conditions
        )


def order_source(
    source_name: str | None, referring_site: str | None, landing_site: str | None
) -> tuple[str | None, str | None]:
    """The channel and the traffic source of an order with these columns.

    The traffic source is None for an order that did not come through the web.

    :raises SettingsError: when the file of rules cannot be used.
    """
    channel, traffic_source = _by_rules(_visit(source_name, referring_site, landing_site))
    if channel is None and source_name:
        channel = f"App {source_name}" if source_name.isdecimal() else source_name
    return channel, traffic_source


def sources_fingerprint() -> str:
    """Tells one content of the file of rules from another; the columns made by other rules are out of date.

    :raises SettingsError: when the file cannot be read.
    """
    return hashlib.sha256(_content(RULES)).hexdigest()


def read_rules(path: Path) -> list[Rule]:
    """The rules of a file.

    :raises SettingsError: naming the file, the line and what to change.
    """
    try:
        lines = csv.reader(io.StringIO(_content(path).decode("utf-8-sig"), newline=""), strict=True)
        if next(lines, []) != HEADER:
            raise SettingsError(f"{path}, line 1: write {','.join(HEADER)}")
        return [_rule(cells, f"{path}, line {lines.line_num}") for cells in lines if any(cells)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{path} is no CSV file in UTF-8 ({error}): save it as one") from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"Cannot read {path} ({error.strerror}): restore it from the project") from error


def _rule(cells: list[str], place: str) -> Rule:
    if len(cells) != len(HEADER):
        raise SettingsError(f"{place}: write {len(HEADER)} cells ({', '.join(HEADER)}), not {len(cells)}")
    column, field, pattern, value = (cell.strip() for cell in cells)
    if column not in COLUMNS:
        raise SettingsError(f"{place}: the column is {column!r}, write {' or '.join(COLUMNS)}")
    fields, patterns = _split(field, "&"), _split(pattern, "&")
    for name in fields:
        if name not in Visit._fields:
            raise SettingsError(f"{place}: the field is {name!r}, write one of {', '.join(Visit._fields)}")
    if len(fields) != len(patterns) or not all(_split(part, "|") for part in patterns):
        raise SettingsError(f"{place}: the pattern is {pattern!r}, write one for each field of {field!r}")
    conditions = tuple((name, _regex(name, part)) for name, part in zip(fields, patterns, strict=True))
    return Rule(column, conditions, value or None)


def _split(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]


def _regex(field: str, pattern: str) -> re.Pattern[str]:
    choices = "|".join(re.escape(choice).replace(r"\*", ".*") for choice in _split(pattern.lower(), "|"))
    return re.compile(rf"(?:.*\.)?(?:{choices})" if field == "referring_host" else choices, re.DOTALL)


@cache
def _rules(column: str) -> list[Rule]:
    return [rule for rule in read_rules(RULES) if rule.column == column]


@lru_cache(maxsize=4096)
def _by_rules(visit: Visit) -> tuple[str | None, str | None]:
    channel, traffic_source = (
        next((rule.value for rule in _rules(column) if rule.fits(visit)), None) for column in COLUMNS
    )
    return channel, traffic_source


def _visit(source_name: str | None, referring_site: str | None, landing_site: str | None) -> Visit:
    landing = _address(landing_site)
    tags: dict[str, str] = {}
    if landing.query:
        for name, value in parse_qsl(landing.query, keep_blank_values=True):
            tags.setdefault(name.lower(), value.strip().lower())
    return Visit(
        source_name=_given(source_name),
        utm_source=_given(tags.pop("utm_source", None)),
        utm_medium=_given(tags.pop("utm_medium", None)),
        landing_param=tuple(sorted(tags)),
        referring_host=tuple(_referring_host(referring_site, landing)),
    )


def _given(text: str | None) -> tuple[str, ...]:
    return (text.strip().lower(),) if text and text.strip() else ()


def _address(site: str | None) -> SplitResult:
    try:
        return urlsplit(site.strip()) if site else NO_ADDRESS
    except ValueError:  # brackets that hold no IPv6 address
        return NO_ADDRESS


def _referring_host(site: str | None, landing: SplitResult) -> Iterator[str]:
    """The host of the referring page, unless it is the shop's own."""
    address = _address(site if not site or "://" in site else f"//{site}")
    host, own = _host(address), _host(landing)
    if host and not (own and f".{host}".endswith(f".{own}")):
        yield host


def _host(address: SplitResult) -> str:
    return (address.hostname or "").rstrip(".").removeprefix("www.")
