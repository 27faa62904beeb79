"""What visitors of the dashboards ask for: what there is, what there is not, and what nobody may do."""

from __future__ import annotations

from collections.abc import Sequence

PREFIX = "/shopify"
API = ("api/shop", "api/definitions", "api/reports/headline", "api/orders", "api/pipeline")
THERE = (*API, "assets/theme.js", "vega.js", "overview")
NOWHERE = (
    "",
    "nothing",
    "overview/",
    "docs",
    "redoc",
    "openapi.json",
    "api",
    "api/nothing",
    "api/reports/nothing",
    "assets/nothing.js",
    "assets/..%2f..%2fvariables.json",
    "static/index.html",
    "%2e%2e/api/v2/dags",
)
METHODS = ("HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def requests_to(paths: Sequence[str]) -> list[tuple[str, str]]:
    """What every visitor asks for."""
    return [
        *(("GET", path) for path in (*paths, *NOWHERE)),
        *((method, path) for method in METHODS for path in ("overview", "api/shop", "nothing")),
    ]
