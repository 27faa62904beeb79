"""Wireframes of the report's pages, for the guide: drawn from the report's files, and labelled as such."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from power_bi import report
from power_bi.model import read_model
from power_bi.pages import HEIGHT, WIDTH, read_pages
from power_bi.theme import CARD, LINE, PAGE, read_theme
from power_bi.wireframe_figures import Figures, Series

Node = dict[str, Any]

LABEL_HEIGHT, PAD, HEAD = 36, 10, 30
INK, QUIET = "#1c2330", "#5d6675"
FONT = "Segoe UI, system-ui, sans-serif"
BARS, BAR_LABEL, ROW = 7, 0.42, 18
LINES = {"lineChart", "lineClusteredColumnComboChart", "columnChart", "clusteredColumnChart"}


def wireframes(figures: Figures) -> dict[str, bytes]:
    """File name and SVG of each page that readers see, with the figures of a store."""
    files = report.definition(read_pages(), read_theme())
    shown = {page.name for page in read_pages() if page.is_shown}
    pages = {
        path.removesuffix("page.json"): node for path, node in files.items() if path.endswith("/page.json")
    }
    drawn = {}
    for folder, page in pages.items():
        name = page["displayName"]
        if name in shown:
            inside = [path for path in files if path.startswith(folder) and path.endswith("/visual.json")]
            drawn[f"{_file_name(name)}.svg"] = _page(name, [files[path] for path in inside], figures).encode()
    return drawn


def _file_name(page: str) -> str:
    return re.sub(r"\W+", "-", page.lower())


def _page(name: str, visuals: list[Node], figures: Figures) -> str:
    height = HEIGHT + LABEL_HEIGHT
    label = (
        f"WIREFRAME of the page {name}: drawn from the report's files, with figures of the demo store "
        "from SQL. This is no picture of Power BI."
    )
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="{FONT}">',
        f"<title>{escape(label)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="{PAGE}"/>',
        f'<rect width="{WIDTH}" height="{LABEL_HEIGHT}" fill="#fdf3e7"/>',
        _text(16, 23, label, 13, "#8a4b08", bold=True),
        f'<g transform="translate(0 {LABEL_HEIGHT})">',
        *(line for visual in visuals for line in _visual(visual, figures)),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _visual(node: Node, figures: Figures) -> Iterator[str]:
    place, visual = node["position"], node["visual"]
    width, height, kind = place["width"], place["height"], visual["visualType"]
    title = _literal(visual["visualContainerObjects"]["title"][0]["properties"]["text"])
    yield f'<g transform="translate({place["x"]} {place["y"]})">'
    if kind == "textbox":
        yield _text(0, 36, title, 24, INK, bold=True)
    else:
        yield f'<rect width="{width}" height="{height}" rx="6" fill="{CARD}" stroke="{LINE}"/>'
        fields = _fields(visual)
        if kind == "cardVisual":
            yield from _cards(visual, fields["Data"], width, height, figures)
        else:
            yield _text(PAD, 20, title, 12, INK, bold=True)
            if fields and kind != "slicer":
                yield from _content(kind, fields, width, height, figures)
    yield "</g>"


def _fields(visual: Node) -> dict[str, list[str]]:
    state = visual.get("query", {}).get("queryState", {})
    return {
        role: [projection["nativeQueryRef"] for projection in shown["projections"]]
        for role, shown in state.items()
    }


def _cards(visual: Node, measures: list[str], width: float, height: float, figures: Figures) -> Iterator[str]:
    layout = visual["objects"]["layout"][0]["properties"]
    columns = int(_literal(layout["columnCount"]).rstrip("L"))
    rows = -(-len(measures) // columns)
    for number, measure in enumerate(measures):
        left = PAD + number % columns * (width / columns)
        top = number // columns * (height / rows)
        yield _text(left, top + 24, measure, 11, QUIET)
        yield _text(left, top + 52, _shown(measure, figures.card(measure)), 20, INK, bold=True)


def _content(
    kind: str, fields: Mapping[str, list[str]], width: float, height: float, figures: Figures
) -> Iterator[str]:
    category = fields.get("Category", [""])[0]
    if kind == "tableEx":
        yield from _table(fields["Values"], width, height, figures)
    elif kind == "scatterChart":
        yield from _dots(fields["X"][0], fields["Y"][0], width, height, figures)
    elif kind in LINES:
        left = {name: figures.series(category, name) for name in fields["Y"]}
        right = {name: figures.series(category, name) for name in fields.get("Y2", [])}
        if category == "Month name":
            left = figures.years()
        yield from _lines(left, right, width, height)
    elif category:
        measure = [*fields.get("Y", []), *fields.get("Size", [])][0]
        yield from _bars(measure, figures.series(category, measure), width, height)
    else:
        for number, (role, names) in enumerate(fields.items()):
            yield _text(PAD, 42 + 16 * number, f"{role}: {', '.join(names)}", 11, QUIET)


def _table(fields: list[str], width: float, height: float, figures: Figures) -> Iterator[str]:
    names, rows = figures.table(fields)
    across = (width - 2 * PAD) / len(names)
    letters = across / 6.2
    for number, name in enumerate(names):
        yield _text(PAD + number * across, HEAD + 12, _cut(name, letters), 10, QUIET, bold=True)
    for place, row in enumerate(rows[: int((height - HEAD - 24) // ROW)]):
        for number, (name, value) in enumerate(zip(names, row, strict=True)):
            left, top = PAD + number * across, HEAD + 32 + place * ROW
            yield _text(left, top, _cut(_cell(name, value), letters), 10, INK)


def _cell(name: str, value: Any) -> str:
    is_figure = any(measure.name == name for measure in read_model().measures)
    return _shown(name, value) if is_figure else str(value or "")


def _dots(across: str, up: str, width: float, height: float, figures: Figures) -> Iterator[str]:
    points = figures.points()
    most = [max(values) for values in zip(*points, strict=True)]
    for orders, worth in points:
        left = PAD + orders / most[0] * (width - 4 * PAD)
        top = height - 24 - worth / most[1] * (height - HEAD - 48)
        yield f'<circle cx="{left:.1f}" cy="{top:.1f}" r="5" fill="{_color(0)}" fill-opacity="0.6"/>'
    yield _text(PAD, HEAD + 10, up, 10, QUIET)
    yield _text(width - PAD - 6 * len(across), height - 8, across, 10, QUIET)


def _bars(measure: str, values: Series, width: float, height: float) -> Iterator[str]:
    shown = values[: min(BARS, int((height - HEAD) // 20))]
    most = max(abs(value) for _name, value in shown) or 1
    left = PAD + width * BAR_LABEL
    room = width - left - 64
    for number, (name, value) in enumerate(shown):
        top = HEAD + number * (height - HEAD - 6) / len(shown)
        length = abs(value) / most * room
        color = _color(0) if value >= 0 else _color(1)
        yield _text(PAD, top + 13, _cut(name, width * BAR_LABEL / 6), 11, INK)
        place = f'x="{left:.1f}" y="{top + 3:.1f}" width="{length:.1f}" height="12"'
        yield f'<rect {place} rx="2" fill="{color}"/>'
        yield _text(left + length + 6, top + 13, _shown(measure, value), 10, QUIET)


def _lines(
    left_axis: Mapping[str, Series], right_axis: Mapping[str, Series], width: float, height: float
) -> Iterator[str]:
    """A line for each series, whatever the chart; both axes begin at 0."""
    bottom, room = height - 12, height - HEAD - 32
    count = len(left_axis) + len(right_axis)
    left: float = PAD
    for number, (name, values) in enumerate([*left_axis.items(), *right_axis.items()]):
        axis = right_axis if name in right_axis else left_axis
        most = max(value for series in axis.values() for _name, value in series) or 1
        across = (width - 2 * PAD) / (max(map(len, axis.values())) - 1)
        points = " ".join(
            f"{PAD + place * across:.1f},{bottom - max(value, 0) / most * room:.1f}"
            for place, (_name, value) in enumerate(values)
        )
        yield f'<polyline points="{points}" fill="none" stroke="{_color(number)}" stroke-width="1.5"/>'
        yield f'<circle cx="{left + 4:.1f}" cy="{HEAD + 6}" r="4" fill="{_color(number)}"/>'
        yield _text(left + 12, HEAD + 10, _cut(name, (width - 2 * PAD) / count / 6 - 3), 10, QUIET)
        left += (width - 2 * PAD) / count if count > 2 else 30 + 6 * len(name)


def _color(number: int) -> str:
    colors: list[str] = read_theme().content["dataColors"]
    return colors[number]


def _shown(measure: str, value: float | None) -> str:
    if value is None:
        return ""
    kind = read_model().measure(measure).format
    form = {"whole": ",.0f", "percent": ".1%", "change": "+.1%"}.get(kind, ",.2f")
    return f"{value:{form}}"


def _cut(text: str, letters: float) -> str:
    return text if len(text) <= letters else f"{text[: int(letters) - 1]}…"


def _text(left: float, top: float, text: str, size: int, color: str, *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{left:.1f}" y="{top:.1f}" font-size="{size}" fill="{color}"{weight}>{escape(text)}</text>'
    )


def _literal(node: Node) -> str:
    return str(node["expr"]["Literal"]["Value"]).strip("'").replace("''", "'")
