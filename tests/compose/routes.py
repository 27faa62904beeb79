"""Prints every route of Airflow's API server as JSON: method and path. Runs in one of its containers.

Airflow, what is mounted into it (also by plugins), every version of the API for tasks, FAB's own pages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from airflow.api_fastapi.app import create_app


def routes_in(routes: list[Any], prefix: str) -> Iterator[tuple[str, str]]:
    """Method and path of each route, whatever is mounted under it."""
    for route in routes:
        path = prefix + route.path
        if not hasattr(route, "app") or getattr(route, "methods", None):
            for method in route.methods:
                yield method, path
        elif hasattr(route.app, "app"):  # a WSGI application in its wrapper
            yield from pages_of(route.app.app, path)
        elif hasattr(route.app, "routes"):
            yield from routes_in(route.app.routes, path)
            yield from versioned_routes(route.app, path)
        else:
            yield "GET", f"{path}/<path:filename>"


def versioned_routes(app: Any, prefix: str) -> Iterator[tuple[str, str]]:
    """Those of an API in versions; none of any other."""
    if hasattr(app, "_cadwyn_initialize"):
        app._cadwyn_initialize()
        for router in app.router.versioned_routers.values():
            yield from routes_in(router.routes, prefix)


def pages_of(app: Any, prefix: str) -> Iterator[tuple[str, str]]:
    """Those of a Flask application, however many layers there are around it."""
    while not hasattr(app, "url_map"):
        app = getattr(app, "wsgi_app", None) or app.app
    for rule in app.url_map.iter_rules():
        for method in rule.methods:
            yield method, prefix + rule.rule


if __name__ == "__main__":
    print("ROUTES " + json.dumps(sorted(set(routes_in(create_app().routes, "")))))
