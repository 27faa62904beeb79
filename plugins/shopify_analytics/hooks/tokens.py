"""How requests are signed: with the connection's own token, or with one asked for by client credentials."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import requests
from airflow.sdk.log import mask_secret
from requests.auth import AuthBase

from shopify_analytics.hooks.answers import TOKEN_HEADER, read_answer, token_refusal, unreachable
from shopify_analytics.hooks.connection import StoreConnection

TIMEOUT_SECONDS = (5, 30)
DOCUMENTED_LIFETIME_SECONDS = 86399.0
RENEWED_BEFORE_EXPIRY_SECONDS = 300.0


@dataclass(frozen=True)
class GrantedToken:
    """An access token and for how many seconds Shopify accepts it."""

    token: str = field(repr=False)
    expires_in: float


class TokenCache:
    """Tokens by store, client id and hash of the client secret, each asked for once and renewed early."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str | None, str], tuple[str, float]] = {}

    def get(self, store: StoreConnection, ask: Callable[[], GrantedToken]) -> str:
        """Return the store's token, asking for one when there is none or it expires within minutes."""
        with self._lock:
            token, renew_at = self._kept.get(_key(store), ("", 0.0))
            if not token or self._clock() >= renew_at:
                granted = ask()
                margin = min(RENEWED_BEFORE_EXPIRY_SECONDS, granted.expires_in / 2)
                token, renew_at = granted.token, self._clock() + granted.expires_in - margin
                self._kept[_key(store)] = token, renew_at
            return token

    def forget(self, store: StoreConnection, token: str) -> None:
        """Drop a token that Shopify no longer accepts, unless it has been renewed meanwhile."""
        with self._lock:
            if self._kept.get(_key(store), ("", 0.0))[0] == token:
                del self._kept[_key(store)]


class TokenAuth(AuthBase):
    """Signs the requests of a session to one store, and no others, with its access token."""

    def __init__(self, session: requests.Session, store: StoreConnection) -> None:
        self._session = session
        self._store = store

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if (request.url or "").startswith(f"{self._store.base_url}/"):
            request.headers[TOKEN_HEADER] = self._token()
        return request

    def forget(self, refused: requests.Response) -> bool:
        """Drop the token that an answer refuses; False when the connection has no way to get another."""
        if self._store.client_id is None:
            return False
        _TOKENS.forget(self._store, refused.request.headers[TOKEN_HEADER])
        return True

    def _token(self) -> str:
        if self._store.client_id is None:
            return self._store.secret
        return _TOKENS.get(self._store, self._ask)

    def _ask(self) -> GrantedToken:
        granted = request_token(self._session, self._store)
        mask_secret(granted.token)
        return granted


def request_token(session: requests.Session, store: StoreConnection) -> GrantedToken:
    """Ask the store for an access token.

    Source: https://shopify.dev/docs/apps/build/dev-dashboard/get-api-access-tokens

    Raises:
        ShopifyAuthError: the app, its secret or its installation is refused.
        ShopifyThrottled, ShopifyUnavailable: worth another try.
    """
    form = {"grant_type": "client_credentials", "client_id": store.client_id, "client_secret": store.secret}
    try:
        response = session.post(
            f"{store.base_url}/admin/oauth/access_token",
            data=form,
            auth=lambda request: request,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except (requests.RequestException, ValueError) as error:
        raise unreachable(error, store) from None
    if refusal := token_refusal(response, store):
        raise refusal
    token = read_answer(response, store, "access_token", str)
    expires_in = response.json().get("expires_in")
    known = isinstance(expires_in, int | float)
    return GrantedToken(token, expires_in if known else DOCUMENTED_LIFETIME_SECONDS)


def _key(store: StoreConnection) -> tuple[str, str | None, str]:
    return store.base_url, store.client_id, hashlib.sha256(store.secret.encode()).hexdigest()


_TOKENS = TokenCache()
