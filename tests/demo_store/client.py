"""A plain HTTP client for tests that look at whole answers."""

from __future__ import annotations

from typing import Any

import requests
from demo_store.api.auth import DEMO_TOKEN


class Client:
    """Calls one server; answers are :class:`requests.Response`, whatever their status."""

    def __init__(self, url: str, session: requests.Session) -> None:
        self.url = url
        self._session = session

    def get(self, path: str, *, token: str | None = DEMO_TOKEN, **params: Any) -> requests.Response:
        """GET ``path``: below the Admin API's current version, or an address when it starts with a slash."""
        address = path if path.startswith("/") else f"/admin/api/2026-10/{path}"
        headers = {} if token is None else {"X-Shopify-Access-Token": token}
        return self._session.get(self.url + address, params=params, headers=headers, timeout=5)

    def follow(self, url: str) -> requests.Response:
        """GET a URL out of a ``Link`` header, as it is."""
        return self._session.get(url, headers={"X-Shopify-Access-Token": DEMO_TOKEN}, timeout=5)

    def post(self, path: str, **options: Any) -> requests.Response:
        """POST to ``path`` with the options of requests."""
        return self._session.post(self.url + path, timeout=5, **options)

    def ids(self, resource: str, **params: Any) -> list[int]:
        """Return the records on the page that ``params`` ask for, by their numbers in records.py."""
        records = self.get(f"{resource}.json", **params).json()[resource]
        return [record["id"] % 1_000_000 for record in records]
