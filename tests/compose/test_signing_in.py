"""Signing in as a browser does and by token, what is refused, and a new password."""

from __future__ import annotations

import re

import requests

from tests.compose.airflow_api import ask_for_token, new_session
from tests.compose.platform import Platform

CSRF_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def sign_in(platform: Platform, password: str) -> tuple[requests.Session, requests.Response]:
    """Fill in the form of the UI; the browser, and what it was answered."""
    browser, page = new_session(), f"{platform.url}/auth/login/"
    token = CSRF_TOKEN.search(browser.get(page, timeout=60).text)
    assert token, "the form has a token against forged requests"
    form = {"csrf_token": token[1], "username": "admin", "password": password}
    return browser, browser.post(page, data=form, timeout=60, allow_redirects=False)


def status_of_ui_call(platform: Platform, browser: requests.Session) -> int:
    """How a call is answered that the UI makes on its first page."""
    return browser.get(f"{platform.url}/ui/auth/me", timeout=60).status_code


def test_a_browser_signs_in_and_the_ui_answers_it(platform: Platform) -> None:
    browser, answer = sign_in(platform, platform.password())
    assert answer.status_code == 302
    assert "/login" not in answer.headers["Location"]
    assert browser.get(f"{platform.url}/ui/auth/me", timeout=60).json()["username"] == "admin"
    dag = browser.get(f"{platform.url}/api/v2/dags/shopify_sync/details", timeout=60).json()
    assert dag["params"]["full_sync"]["schema"]["type"] == "boolean"
    assert dag["doc_md"]


def test_without_signing_in_the_ui_has_no_answers(platform: Platform) -> None:
    assert status_of_ui_call(platform, new_session()) == 401


def test_a_wrong_password_is_refused(platform: Platform) -> None:
    browser, answer = sign_in(platform, "admin")
    assert answer.headers["Location"].startswith(f"{platform.url}/auth/login/")
    assert status_of_ui_call(platform, browser) == 401
    assert ask_for_token(platform.url, "admin").status_code == 401


def test_a_form_without_its_token_is_refused(platform: Platform) -> None:
    browser, form = new_session(), {"username": "admin", "password": platform.password()}
    answer = browser.post(f"{platform.url}/auth/login/", data=form, timeout=60, allow_redirects=False)
    assert answer.status_code == 400
    assert status_of_ui_call(platform, browser) == 401


def test_the_password_can_be_reset_and_the_old_one_is_worth_nothing_then(platform: Platform) -> None:
    old = platform.password()
    printed = platform.compose("run", "--rm", "--no-deps", "init", "reset-password")
    new = platform.password()
    assert new != old
    assert new not in printed
    assert ask_for_token(platform.url, old).status_code == 401
    assert ask_for_token(platform.url, new).status_code == 201
    assert sign_in(platform, new)[1].status_code == 302
