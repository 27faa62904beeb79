"""Charts as pictures, without a browser: the dashboards' Vega-Lite specifications, in their light theme."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import vl_convert
from markupsafe import Markup

from shopify_analytics.report_file.reading import Row
from shopify_analytics.web.files import DASHBOARDS

Spec = dict[str, Any]
SVG = "http://www.w3.org/2000/svg"
# What only a script would use, or the page's stylesheet says.
UNUSED = re.compile(r"aria-.*|role|class|cursor|pointer-events|font-family|width|height")
REFERENCE = re.compile(r"url\(#(.+)\)")
LONG_NUMBER = re.compile(r"(?<=\.\d\d)\d+")
TWO_UNITS = re.compile("[\U00010000-\U0010ffff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
PRIVATE_USE = range(0xE000, 0xF900)
NETWORK: list[str] = []
PICTURE_WIDTH = 800

ET.register_namespace("", SVG)


@dataclass(frozen=True)
class Look:
    """How charts write the shop's money."""

    symbol: str
    digits: int

    @property
    def locale(self) -> dict[str, Any]:
        """d3's: https://d3js.org/d3-format#formatLocale."""
        return {"decimal": ".", "thousands": ",", "grouping": [3], "currency": [self.symbol, ""]}


def spec_of(chart: str) -> Spec:
    """The specification of a chart, as its file has it."""
    return _loaded(f"charts/{chart}.json")


def draw(spec: Spec, rows: list[Row], width: int, look: Look, name: str) -> Markup:
    """The chart without its title as an SVG element that scales to its place in a page.

    Texts of the rows are texts of it, never markup.

    :param name: tells its ids from those of other charts in the page.
    """
    untitled = {key: value for key, value in spec.items() if key not in ("title", "description")}
    sizes: Spec = {"width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
    if "projection" in spec:
        sizes["height"] = width // 2  # the shape of a map of the world
    svg = _svg(_with_data(untitled | sizes, rows, look), look)
    return _inlined(ET.fromstring(svg), name)  # noqa: S314 it was made here


def picture(spec: Spec, rows: list[Row], look: Look, title: str, subtitle: str) -> bytes:
    """The chart with a title as a PNG on white, for mail and chat."""
    quiet = _config()["axis"]["titleColor"]
    titled = spec | {
        "title": {"text": title, "subtitle": subtitle, "subtitlePadding": 6, "subtitleColor": quiet},
        "width": PICTURE_WIDTH,
        "padding": 20,
        "autosize": {"type": "pad"},
    }
    return vl_convert.svg_to_png(_svg(_with_data(titled, rows, look), look, background="white"), scale=2)


def _svg(spec: Spec, look: Look, **config: str) -> str:
    """The chart, titles and all.

    Vega shortens a label between any two units of UTF-16, and half a character ends in an error. So each
    character of two units is drawn as one of one unit that nothing else uses, and put back.
    """
    text = json.dumps(spec, ensure_ascii=False)
    unused = (chr(code) for code in PRIVATE_USE if chr(code) not in text)
    stand_ins = {found: next(unused, REPLACEMENT) for found in sorted(set(TWO_UNITS.findall(text)))}
    for found, stand_in in stand_ins.items():
        text = text.replace(found, stand_in)
    drawn = vl_convert.vegalite_to_svg(
        text, config=_config() | config, allowed_base_urls=NETWORK, format_locale=look.locale
    )
    for found, stand_in in stand_ins.items():
        if stand_in != REPLACEMENT:
            drawn = drawn.replace(stand_in, found)
    return drawn


def _with_data(spec: Spec, rows: list[Row], look: Look) -> Spec:
    still = _still(spec, look.digits)
    if "projection" in spec:
        # The lines of the map of the world are too short for a projection to bend them.
        still["projection"]["precision"] = 0
    shapes = {name: _shapes(feature, rows) for name, feature in _shapes_of(spec)}
    return still | {"datasets": shapes | {spec["data"]["name"]: rows}}


def _shapes_of(value: Any) -> Iterator[tuple[str, str]]:
    """The names of the data that a map has besides its rows, and of what that is in the map of the world."""
    if isinstance(value, dict):
        if "format" in (data := value.get("data", {})):
            yield data["name"], data["format"]["feature"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _shapes_of(each)


def _shapes(feature: str, rows: list[Row]) -> Spec:
    """All countries of the map of the world, or those of its points that the rows name."""
    world = _loaded("world.json")
    shapes = world["objects"][feature]
    if feature == "countries":
        return world | {"objects": {feature: shapes}}
    named = {value for row in rows for value in row.values()}
    points = [point for point in shapes["geometries"] if point["id"] in named]
    return world | {"arcs": [], "objects": {feature: shapes | {"geometries": points}}}


def _still(value: Any, digits: int) -> Any:
    """A specification without what finds the mark nearest to a pointer; money has the currency's digits."""
    if isinstance(value, dict):
        return {key: _still(each, digits) for key, each in value.items() if key != "nearest"}
    if isinstance(value, list):
        return [_still(each, digits) for each in value]
    return f"$,.{digits}f" if value == "$,.2f" else value


def _inlined(svg: ET.Element, name: str) -> Markup:
    """The picture as a part of a page, without what only a script would use."""
    for parent in list(svg.iter()):
        for child in list(parent):
            if child.get("opacity") == "0":  # what a pointer would find
                parent.remove(child)
    # Vega counts its ids on from picture to picture.
    known = [found for element in svg.iter() if (found := element.get("id"))]
    ids = {old: f"{name}-{place}" for place, old in enumerate(known)}
    for element in svg.iter():
        is_shape = element.tag == f"{{{SVG}}}rect"
        for key, value in list(element.attrib.items()):
            if UNUSED.fullmatch(key) and not (is_shape and key in ("width", "height")):
                del element.attrib[key]
            elif key == "id":
                element.set(key, ids[value])
            elif key in ("d", "transform"):
                element.set(key, LONG_NUMBER.sub("", value))
            elif reference := REFERENCE.fullmatch(value):
                element.set(key, f"url(#{ids[reference[1]]})")
    return Markup(ET.tostring(svg, encoding="unicode"))  # noqa: S704 the serializer has escaped its texts


@cache
def _config() -> Spec:
    theme = _loaded("theme.json")
    return _merged(theme["common"], theme["light"])


def _merged(first: Spec, second: Spec) -> Spec:
    both = {
        key: _merged(first[key], value) if isinstance(value, dict) and key in first else value
        for key, value in second.items()
    }
    return first | both


@cache
def _loaded(name: str) -> Spec:
    loaded: Spec = json.loads((DASHBOARDS / name).read_text(encoding="utf-8"))
    return loaded
