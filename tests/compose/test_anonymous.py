"""What the API server tells a stranger: every route of it is tried, so that nothing new answers unseen."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest
import requests

from tests.compose.airflow_api import DAG_ID, new_session
from tests.compose.conftest import FirstStart
from tests.compose.platform import Platform

# All of it Airflow's own: that it lives, its version, the form to sign in, and the descriptions of its APIs.
OPEN = {
    "/api/v2/monitor/health",
    "/api/v2/version",
    "/auth/docs",
    "/auth/docs/oauth2-redirect",
    "/auth/login/",
    "/auth/openapi.json",
    "/auth/redoc",
    "/docs",
    "/docs/oauth2-redirect",
    "/execution/changelog",
    "/execution/docs",
    "/execution/docs/oauth2-redirect",
    "/execution/health",
    "/execution/health/ping",
    "/execution/redoc",
    "/openapi.json",
    "/redoc",
    "/{rest_of_path:path}",
}
# Where there is nothing, for whomever: former versions, and files by a name that none has.
ABSENT = {
    "/api/v1/{_:path}",
    "/api/{_:path}",
    "/auth/static/<path:filename>",
    "/auth/static/appbuilder/<path:filename>",
    "/execution/openapi.json",
    "/health",
    "/static/<path:filename>",
}
VALUES = {
    "dag_id": DAG_ID,
    "task_id": "plan_sync",
    "connection_id": "shopify_default",
    "variable_key": "shopify_page_size",
    "pool_name": "default_pool",
    "try_number": "1",
    "map_index": "-1",
    "username": "admin",
    "name": "Admin",
}
REFUSED = (401, 403)
SIGN_IN = re.compile(r"(http://localhost:\d+)?(/auth/(login/|logout)?)?")


@pytest.fixture(scope="module")
def routes(first_start: FirstStart) -> list[tuple[str, str]]:
    """Method and path of every route."""
    script = Path(__file__).with_name("routes.py").read_bytes()
    printed = first_start.platform.execute("scheduler", "python", "-", given=script)
    listed = json.loads(printed.rpartition("ROUTES ")[2])
    return [(method, path) for method, path in listed if method != "OPTIONS"]


def filled_in(path: str, values: dict[str, str]) -> str:
    """A route's path with values of things that are there."""
    parameter = re.compile(r"\{(\w+)(?::\w+)?\}|<(?:\w+:)?(\w+)>")
    return parameter.sub(lambda found: values.get(found[1] or found[2], "1"), path)


def is_refusal(answer: requests.Response, path: str) -> bool:
    """Whether nothing was told and nothing done."""
    if answer.is_redirect:
        return SIGN_IN.fullmatch(answer.headers["Location"].partition("?")[0]) is not None
    if answer.status_code in REFUSED:
        return True
    if answer.status_code == 404:
        return path in ABSENT
    # FAB's own pages check a form's token first, and stumble over HEAD.
    return path.startswith("/auth/") and answer.status_code in (400, 500)


def test_nothing_but_airflows_own_front_door_is_open(
    platform: Platform, routes: list[tuple[str, str]]
) -> None:
    (run, *_) = platform.api.runs(DAG_ID)
    stranger = new_session()
    values = VALUES | {"dag_run_id": run["dag_run_id"], "run_id": run["dag_run_id"]}
    opened, odd = set(), {}
    for method, path in routes:
        body: dict[str, str] | None = None if method in ("GET", "HEAD") else {}
        url = f"{platform.url}{filled_in(path, values)}"
        answer = stranger.request(method, url, json=body, timeout=60, allow_redirects=False)
        stranger.cookies.clear()
        if answer.ok and not answer.is_redirect:
            opened.add((method, path))
        elif not is_refusal(answer, path):
            odd[method, path] = (answer.status_code, answer.headers.get("Location"))
    assert odd == {}
    assert {path for _, path in opened} == OPEN
    assert {method for method, _ in opened} == {"GET", "HEAD"}
    assert len(routes) > 300


def test_the_api_that_tasks_use_is_among_the_routes(routes: list[tuple[str, str]]) -> None:
    assert ("GET", "/execution/connections/{connection_id}") in routes
    assert ("GET", "/execution/variables/{variable_key:path}") in routes


@pytest.mark.parametrize(
    "path",
    [
        "/data/shopify_data.db",
        "/data/orders.csv",
        "/static/../data/orders.csv",
        "/static/..%2f..%2f..%2f..%2fopt/airflow/data/orders.csv",
        "/static/%2e%2e/%2e%2e/secrets/admin.password",
        "/auth/static/../../../../../../opt/airflow/data/orders.csv",
        "/auth/static/..%2f..%2f..%2f..%2f..%2f..%2fsecrets/fernet.key",
        "/opt/airflow/data/analytics_summary.json",
        "//secrets/fernet.key",
        "/logs/shopify_sync",
    ],
)
def test_no_file_of_the_shop_is_served(platform: Platform, path: str) -> None:
    with socket.create_connection(("127.0.0.1", platform.port), timeout=30) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    is_front_page = b" 200 " in head.splitlines()[0] and b"<title>Airflow</title>" in body
    assert is_front_page or head.split()[1] in (b"307", b"400", b"401", b"404"), head
    secret = platform.password().encode()
    assert not any(told in body for told in (secret, b"SQLite format", b"order_id", b"total_orders"))
