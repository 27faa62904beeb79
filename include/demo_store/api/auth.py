"""Who may call the API: a static token, or tokens asked for with an app's client id and secret.

https://shopify.dev/docs/apps/build/dev-dashboard/get-api-access-tokens
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from demo_store.api.answers import Answer, Refusal, json_answer, page_answer
from demo_store.api.faults import Faults

DEMO_TOKEN = "demo-token"  # noqa: S105  public, opens nothing but the demo
DEMO_CLIENT_ID = "demo-client"
DEMO_CLIENT_SECRET = "demo-secret"  # noqa: S105  likewise
DEFAULT_SCOPES = ("read_all_orders", "read_customers", "read_orders", "read_products")
TOKEN_LIFETIME = timedelta(seconds=86399)

_OAUTH_ERRORS = {
    "app_not_installed": "The application is not installed on this shop.",
    "application_cannot_be_found": "Could not find Shopify API application.",
    "invalid_request": "The request is missing a parameter or its client secret is wrong.",
    "shop_not_permitted": "Client credentials cannot be performed on this shop.",
}


class Access:
    """The tokens that open the shop and what they allow, as far as ``faults`` leave them valid."""

    def __init__(
        self, *, token: str, client_id: str, client_secret: str, scopes: tuple[str, ...], faults: Faults
    ) -> None:
        self._token = token
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = scopes
        self._faults = faults
        self._issued: dict[str, datetime] = {}

    @property
    def scopes(self) -> list[str]:
        """The scopes that the merchant has granted and not withdrawn."""
        return [scope for scope in self._scopes if scope not in self._faults.withdrawn_scopes]

    def allows(self, scope: str) -> bool:
        """Tell whether ``scope`` is granted; ``write_products`` includes ``read_products``."""
        return scope in self.scopes or scope.replace("read_", "write_", 1) in self.scopes

    def check_scope(self, scope: str) -> None:
        """Raise the 403 unless ``scope`` is granted."""
        if not self.allows(scope):
            raise Refusal(403, f"[API] This action requires merchant approval for {scope} scope.")

    def check_token(self, token: str | None, now: datetime) -> None:
        """Raise the 401 unless ``token`` is the static one or an issued one that is valid at ``now``."""
        if token is None or self._faults.token_revoked or not self._is_valid(token, now):
            message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            raise Refusal(401, message)

    def revoke_issued_tokens(self) -> None:
        """Make every token issued so far invalid; new ones can be asked for."""
        self._issued.clear()

    def grant(self, request: dict[str, str], now: datetime) -> Answer:
        """Answer a client credentials request with a new token, valid for 86399 s from ``now``.

        Failures are HTML pages with status 400. Tokens issued before stay valid for their own life.
        """
        if self._faults.oauth_error:
            return _oauth_error(self._faults.oauth_error)
        if request.get("client_id") != self._client_id:
            return _oauth_error("application_cannot_be_found")
        secret_matches = request.get("client_secret") == self._client_secret
        if request.get("grant_type") != "client_credentials" or not secret_matches:
            return _oauth_error("invalid_request")
        token = secrets.token_hex(16)
        self._issued[token] = now + TOKEN_LIFETIME
        lifetime = int(TOKEN_LIFETIME.total_seconds())
        scope = ",".join(self.scopes)
        return json_answer(200, {"access_token": token, "scope": scope, "expires_in": lifetime})

    def _is_valid(self, token: str, now: datetime) -> bool:
        if token in self._issued:
            return now < self._issued[token]
        return token == self._token


def _oauth_error(code: str) -> Answer:
    return page_answer(400, f"400 - Oauth error {code}", f"Oauth error {code}: {_OAUTH_ERRORS[code]}")
