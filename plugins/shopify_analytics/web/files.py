"""The files of the dashboards, by known names: pages, scripts, styles, charts and the map."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from shopify_analytics.config import PROJECT
from shopify_analytics.web.answers import Answer, NotThere

DASHBOARDS = PROJECT / "include" / "dashboards"
PAGES = ("overview", "geography", "orders", "analysis", "pipeline")
MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
}
ASSET = re.compile(r"(charts/)?[a-z0-9][a-z0-9_-]*\.(css|js|json|svg)")


def page(name: str) -> Answer:
    """One of the five pages."""
    if name not in PAGES:
        raise NotThere(f"There is no such page; there are {', '.join(PAGES)}")
    return _file(DASHBOARDS / "pages" / f"{name}.html")


def asset(name: str) -> Answer:
    """A file that pages are made of; a chart's is ``charts/<chart>.json``."""
    found = {path.relative_to(DASHBOARDS).as_posix(): path for path in _assets()}
    if name not in found:
        raise NotThere("There is no such file")
    return _file(found[name])


def _assets() -> list[Path]:
    """What may be had, never a link to elsewhere."""
    return [
        path
        for path in (*DASHBOARDS.glob("*.*"), *DASHBOARDS.glob("charts/*.json"))
        if ASSET.fullmatch(path.relative_to(DASHBOARDS).as_posix())
        and path.is_file()
        and not path.is_symlink()
    ]


def _file(path: Path) -> Answer:
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        raise NotThere("There is no such file") from None
    return Answer(body, MEDIA_TYPES[path.suffix[1:]], hashlib.sha256(body).hexdigest()[:20])
