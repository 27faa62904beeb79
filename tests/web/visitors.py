"""Prints how Airflow's API server answers strangers and users: ``python -m tests.web.visitors DATA_DIR``.

A process of its own, because an auth manager, its users and Airflow's database are one for a whole process;
the environment says which. Printed last, as JSON: by visitor, method and path, the status and some headers.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.models import Variable
from airflow.utils.db import upgradedb
from fastapi.testclient import TestClient

from tests.web.asked import PREFIX, requests_to


def routes_of(app: Any) -> list[str]:
    """The dashboards' paths as Airflow has them, but for the last route, which takes all others."""
    (mounted,) = (route for route in app.routes if route.path == PREFIX)
    values = {"{report}": "headline", "{name}": "overview", "assets/{name:path}": "assets/theme.js"}
    paths = []
    for route in mounted.routes:
        path = route.path.removeprefix("/")
        for parameter, value in values.items():
            path = path.replace(parameter, value)
        paths.append(path)
    assert paths.pop() == "{rest:path}"
    return paths


def tokens_of_users() -> dict[str, str]:
    """A user of the role Viewer, and one without any."""
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser  # noqa: PLC0415

    users = {"viewer": "VIEWER", "nobody": None}
    return {
        visitor: get_auth_manager().generate_jwt(SimpleAuthManagerUser(username=visitor, role=role))
        for visitor, role in users.items()
    }


def main() -> None:
    """Ask for everything as everybody."""
    upgradedb()
    Variable.set("analytics_data_dir", sys.argv[1])  # noqa: AIR311 stored as Airflow's UI stores it
    from airflow.api_fastapi.main import app  # noqa: PLC0415 what the command api-server serves

    tokens = {"stranger": None} | tokens_of_users()
    answers: dict[str, dict[str, Any]] = {}
    for visitor, token in tokens.items():
        client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        if token:
            client.headers["Authorization"] = f"Bearer {token}"
        for method, path in requests_to(routes_of(app)):
            answer = client.request(method, f"{PREFIX}/{path}")
            answers.setdefault(visitor, {})[f"{method} {path}"] = {
                "status": answer.status_code,
                "policy": answer.headers.get("Content-Security-Policy"),
                "type": answer.headers.get("Content-Type"),
            }
    print("ANSWERS " + json.dumps(answers))


if __name__ == "__main__":
    main()
