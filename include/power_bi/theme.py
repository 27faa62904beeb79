"""The report's theme: the light colours of the web dashboards.

Properties: https://github.com/microsoft/powerbi-desktop-samples, folder *Report Theme JSON Schema*.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BASE_THEME = "CY26SU10"
BASE_THEME_FILE = Path(__file__).parent / "base_theme" / f"{BASE_THEME}.json"
WEB_THEME = Path(__file__).parents[1] / "dashboards" / "theme.json"
FONT = "Segoe UI"
PAGE, CARD, LINE = "#f6f7f9", "#ffffff", "#e3e6eb"

Node = dict[str, Any]


@dataclass(frozen=True)
class Theme:
    """A theme and the name of its file, another one whenever the theme is: Desktop caches it."""

    file: str
    content: Node


def read_theme() -> Theme:
    """The theme made of ``include/dashboards/theme.json``."""
    light = json.loads(WEB_THEME.read_text(encoding="utf-8"))["light"]
    content = _content(light)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    file = f"ShopifyAnalytics{digest[:8]}.json"
    return Theme(file, {"name": file, **content})


def _content(light: Node) -> Node:
    colors = light["range"]["category"]
    outcome = light["range"]["outcome"]
    ramp = light["range"]["ramp"]
    ink, quiet = light["title"]["color"], light["axis"]["labelColor"]
    return {
        "dataColors": colors,
        "background": CARD,
        "foreground": ink,
        "tableAccent": colors[0],
        "good": outcome[0],
        "neutral": outcome[2],
        "bad": outcome[1],
        "maximum": ramp[-1],
        "center": ramp[2],
        "minimum": ramp[0],
        "textClasses": {
            "title": {"fontFace": f"{FONT} Semibold", "fontSize": 11, "color": ink},
            "label": {"fontFace": FONT, "fontSize": 9, "color": quiet},
            "callout": {"fontFace": f"{FONT} Semibold", "fontSize": 18, "color": ink},
            "header": {"fontFace": f"{FONT} Semibold", "fontSize": 10, "color": ink},
        },
        "visualStyles": {
            "*": {"*": _containers(ink)},
            "page": {"*": {"background": [{"color": _solid(PAGE), "transparency": 0}]}},
            "textbox": {"*": _bare()},
            "actionButton": {"*": _bare()},
        },
    }


def _containers(ink: str) -> Node:
    return {
        "title": [{"show": True, "fontSize": 11, "fontColor": _solid(ink), "alignment": "left"}],
        "background": [{"show": True, "color": _solid(CARD), "transparency": 0}],
        "border": [{"show": True, "color": _solid(LINE), "radius": 6}],
    }


def _bare() -> Node:
    return {"background": [{"show": False}], "border": [{"show": False}]}


def _solid(color: str) -> Node:
    return {"solid": {"color": color}}
