"""Who may see the dashboards: users of Airflow by their roles, and strangers."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
import requests

from tests.compose.airflow_api import ask_for_token, new_session
from tests.compose.platform import Platform
from tests.web.asked import PREFIX, THERE, requests_to

# Users of FAB's own roles; Public may do nothing.
ROLES = {"viewer": "Viewer", "nobody": "Public"}


@pytest.fixture(scope="module")
def password() -> str:
    return secrets.token_urlsafe(12)


@pytest.fixture
def users(platform: Platform, password: str) -> Iterator[None]:
    """A user of each role, until the test ends."""
    admin, address = platform.api.session, f"{platform.url}/auth/fab/v1/users"
    for name, role in ROLES.items():
        who = {"username": name, "first_name": name, "last_name": name, "email": f"{name}@localhost"}
        body = who | {"roles": [{"name": role}], "password": password}
        admin.post(address, json=body, timeout=60).raise_for_status()
    yield
    for name in ROLES:
        admin.delete(f"{address}/{name}", timeout=60).raise_for_status()


def statuses(platform: Platform, session: requests.Session) -> dict[str, int]:
    """What is answered to everything that a visitor may ask for, by method and path."""
    return {
        f"{method} {path}": session.request(
            method, f"{platform.url}{PREFIX}/{path}", timeout=60, allow_redirects=False
        ).status_code
        for method, path in requests_to(THERE)
    }


def signed_in(platform: Platform, name: str, password: str) -> requests.Session:
    """A session with a token of a user's."""
    answer = ask_for_token(platform.url, password, name)
    assert answer.status_code == 201, answer.text
    session = new_session()
    session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return session


@pytest.mark.usefixtures("users")
def test_a_viewer_sees_what_there_is_and_others_nothing(platform: Platform, password: str) -> None:
    seen = statuses(platform, signed_in(platform, "viewer", password))
    assert {asked for asked, status in seen.items() if status == 200} == {f"GET {path}" for path in THERE}
    assert set(seen.values()) == {200, 404}
    assert set(statuses(platform, signed_in(platform, "nobody", password)).values()) == {403}
    assert set(statuses(platform, new_session()).values()) == {401}
