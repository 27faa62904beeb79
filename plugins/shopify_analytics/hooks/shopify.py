"""The hook through which everything that the project knows about a store comes in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NotRequired, TypedDict, TypeVar

import requests
from airflow.sdk import BaseHook

from shopify_analytics.airflow_settings import connection
from shopify_analytics.errors import SettingsError, ShopifyUnavailable, SyncError
from shopify_analytics.hooks.answers import (
    answered_at,
    next_page,
    read_answer,
    refusal,
    unreachable,
    warnings_in,
)
from shopify_analytics.hooks.connection import StoreConnection, read_connection
from shopify_analytics.hooks.pacing import Pacer
from shopify_analytics.hooks.patience import patient
from shopify_analytics.hooks.scopes import missing_scopes
from shopify_analytics.hooks.tokens import TIMEOUT_SECONDS, TokenAuth

Content = TypeVar("Content")


class Shop(TypedDict):
    """What shop.json says of a store, as far as this project uses it."""

    iana_timezone: str
    myshopify_domain: NotRequired[str | None]
    domain: NotRequired[str | None]
    name: NotRequired[str | None]
    currency: NotRequired[str | None]


class Scope(TypedDict):
    """One entry of access_scopes.json."""

    handle: str


class ShopifyHook(BaseHook):
    """Reads a Shopify store through the REST Admin API.

    The connection's ``host`` names the store; ``password`` alone is an Admin API access token, ``login`` and
    ``password`` are client id and client secret of a Dev Dashboard app. Requests are paced to the store's
    call limit, and repeated when the store is busy or does not answer properly.

    Every method that asks the store raises ``SettingsError`` for an unusable connection,
    ``AirflowUnavailable`` when Airflow does not tell it, ``ShopifyAuthError`` and ``ShopifyRefused`` when
    trying again is useless, ``ShopifyThrottled`` and ``ShopifyUnavailable`` when the hook's own tries are
    used up. Source: https://shopify.dev/docs/api/admin-rest

    :param shopify_conn_id: Airflow connection of the store.
    :param api_version: Admin API version, e.g. ``2026-10``.
    :param page_size: records per page, 1 to 250.
    :param sleep: waits the given number of seconds.
    """

    conn_name_attr = "shopify_conn_id"
    default_conn_name = "shopify_default"
    conn_type = "shopify"
    hook_name = "Shopify"

    def __init__(
        self,
        shopify_conn_id: str = default_conn_name,
        api_version: str = "2026-10",
        page_size: int = 250,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()
        self.shopify_conn_id = shopify_conn_id
        self.api_version = api_version
        self.page_size = page_size
        self.store_time: datetime | None = None
        self.requests_made = 0
        self.requests_refused = 0
        self.warnings: list[str] = []
        self._sleep = sleep
        self._pacer = Pacer()

    def get_conn(self) -> requests.Session:
        """Return this hook's one session; it signs requests to the store, and no others."""
        return self._session

    @property
    def base_url(self) -> str:
        """Scheme, host and port of the store, e.g. ``https://your-store.myshopify.com``."""
        return self._store.base_url

    def get_pages(self, resource: str, **params: Any) -> Iterator[list[dict[str, Any]]]:
        """Yield the records of a resource page by page, as Shopify sends them.

        ``params`` are the filters of the endpoint; times are ``datetime`` with a time zone or text. Orders
        come in every status unless ``status`` is given.
        """
        url: str | None = self._api_url(resource)
        query = {"limit": self.page_size} | self._query(resource, params)
        seen: set[str] = set()
        while url:
            page, response = self._get(url, resource.rpartition("/")[2], list, query)
            yield page
            url, query = next_page(response, self._store), {}  # the next page's address carries the query
            if url in seen:
                raise ShopifyUnavailable(
                    f"{self.base_url} sends a page of {resource} a second time instead of the next one. "
                    f"Sync again; if this stays so, check the host of connection {self.shopify_conn_id!r}."
                )
            seen.add(url or "")

    def count(self, resource: str, **params: Any) -> int:
        """Return how many records ``get_pages`` would yield with the same filters."""
        return self._get(self._api_url(f"{resource}/count"), "count", int, self._query(resource, params))[0]

    def shop(self) -> Shop:
        """Return the store's own record: its name, domain, currency and time zone."""
        return self._get(self._api_url("shop"), "shop", Shop, {})[0]

    def access_scopes(self) -> frozenset[str]:
        """Return the scopes the store has granted, e.g. ``read_orders``."""
        url = f"{self.base_url}/admin/oauth/access_scopes.json"
        scopes, _ = self._get(url, "access_scopes", list[Scope], {})
        return frozenset(scope["handle"] for scope in scopes)

    def test_connection(self) -> tuple[bool, str]:
        """Return whether a sync could run, and a sentence for the person who asked."""
        try:
            shop, scopes = self.shop(), self.access_scopes()
        except SyncError as error:
            return False, str(error)
        found = f"Connected to {shop.get('name')} ({shop.get('myshopify_domain')}), scopes {_listed(scopes)}"
        if missing := missing_scopes(scopes):
            return False, f"{found}. Add {_listed(missing)} to the app and approve it in the store."
        if "read_all_orders" not in scopes:
            return True, f"{found}; read_all_orders missing: orders older than 60 days are not sent."
        return True, f"{found}."

    @cached_property
    def _store(self) -> StoreConnection:
        if found := connection(self.shopify_conn_id):
            return read_connection(found)
        raise SettingsError(
            f"There is no usable connection {self.shopify_conn_id!r}. Add it under Admin > Connections "
            f"or set AIRFLOW_CONN_{self.shopify_conn_id.upper()} to a connection in JSON."
        )

    @cached_property
    def _session(self) -> requests.Session:
        session = requests.Session()
        session.headers["Accept"] = "application/json"
        session.trust_env = not self._store.is_on_this_machine
        session.auth = self._auth = TokenAuth(session, self._store)
        return session

    def _api_url(self, resource: str) -> str:
        return f"{self.base_url}/admin/api/{self.api_version}/{resource}.json"

    def _query(self, resource: str, params: dict[str, Any]) -> dict[str, Any]:
        every_status = {"status": "any"} if resource == "orders" else {}
        return every_status | {name: _as_text(value) for name, value in params.items()}

    def _get(
        self, url: str, key: str, kind: type[Content], query: dict[str, Any]
    ) -> tuple[Content, requests.Response]:
        """Return the content under an answer's root key, and the answer, after as many tries as it takes."""

        def once() -> tuple[Content, requests.Response]:
            response = self._send(url, query)
            if response.status_code == 401 and self._auth.forget(response):
                response = self._send(url, query)
            if error := refusal(response, self._store):
                raise error
            self._note(warnings_in(response, self.api_version))
            return read_answer(response, self._store, key, kind), response

        return patient(self._sleep, self.log.warning)(once)

    def _send(self, url: str, query: dict[str, Any]) -> requests.Response:
        if delay := self._pacer.delay():
            self._sleep(delay)
        self.requests_made += 1
        try:
            response = self._session.get(url, params=query, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        except (requests.RequestException, ValueError) as error:  # ValueError: a Location that is no URL
            raise unreachable(error, self._store) from None
        refused = response.status_code == 429
        self.requests_refused += refused
        self._pacer.answered(response.headers.get("X-Shopify-Shop-Api-Call-Limit"), refused=refused)
        self.store_time = answered_at(response)
        return response

    def _note(self, warnings: list[str]) -> None:
        for warning in warnings:
            if warning not in self.warnings:
                self.warnings.append(warning)
                self.log.warning("%s", warning)


def _listed(scopes: frozenset[str] | list[str]) -> str:
    return ", ".join(sorted(scopes)) or "none"


def _as_text(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError(f"The time {value.isoformat()} has no time zone: pass one in UTC.")
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
