"""What an answer of Shopify means: its content, or the one error that says what happened and what to do."""

from __future__ import annotations

import html
import math
import re
import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec
import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

from shopify_analytics.errors import (
    ShopifyAuthError,
    ShopifyHostUnknown,
    ShopifyRefused,
    ShopifyThrottled,
    ShopifyUnavailable,
    SyncError,
)
from shopify_analytics.hooks.connection import StoreConnection, origin
from shopify_analytics.json_text import decode

TOKEN_HEADER = "X-Shopify-Access-Token"  # noqa: S105 a header's name
LONGEST_EXPLANATION = 200
DEFAULT_RETRY_AFTER_SECONDS = 2.0
UNKNOWN_NAME = (socket.EAI_NONAME, socket.EAI_NODATA)
_SCOPE = re.compile(r"\b(?:read|write)_[a-z_]+")
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_ORIGIN = re.compile(r"(https?://)(?:[^/?#]*@)?([\w.:-]+)", re.IGNORECASE)
_OAUTH_ERROR = re.compile(r"Oauth error (\w+)|^error: (\w+)", re.IGNORECASE)

_TOKEN_ADVICE = {
    "shop_not_permitted": "App and store must belong to the same Shopify organization",
    "app_not_installed": "Install the app in the store",
    "application_cannot_be_found": "Check the client id (login)",
    "invalid_request": "Check the client secret (password)",
    "invalid_client": "Check the client id (login) and the client secret (password)",
}
_ADVICE = {
    400: "Check the Variables shopify_api_version and shopify_page_size; the connection is {conn}.",
    402: "The store is frozen for an unpaid bill: its owner has to pay; the connection is {conn}.",
    404: "Check the store name in the host of connection {conn} and the Variable shopify_api_version.",
    423: "The store is locked: its owner has to contact Shopify; the connection is {conn}.",
    430: "Shopify's security check rejected it: ask Shopify support; the connection is {conn}.",
}
_OTHER_ADVICE = "Check the host of connection {conn} and the Variable shopify_api_version."

Content = TypeVar("Content")


def read_answer(
    response: requests.Response, store: StoreConnection, key: str, kind: type[Content]
) -> Content:
    """Return the value under the root key of a JSON answer.

    Raises:
        ShopifyUnavailable: the body is no JSON object, or its key is missing or of another kind.
    """
    body = _json(response)
    value = body.get(key) if isinstance(body, dict) else None
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        problem = "the answer is broken" if value is None else str(error)
    raise ShopifyUnavailable(
        f"{_what_happened(response, store)}, but without a usable {key!r}: {problem}. "
        f"If this stays so, check that the host of connection {store.conn_id!r} is a Shopify store."
    )


def refusal(response: requests.Response, store: StoreConnection) -> SyncError | None:
    """Return the error that an answer stands for, or None when its status is a success.

    Source of the statuses: https://shopify.dev/docs/api/usage/response-codes
    """
    status = response.status_code
    if 200 <= status < 300:
        return None
    explanation = _explanation(response, store)
    what = f"{_what_happened(response, store)}: {explanation}"
    if status == 429:
        advice = f"Run fewer syncs at once with connection {store.conn_id!r}, or wait."
        return ShopifyThrottled(f"{what} {advice}", _retry_after(response))
    if status >= 500 and status != 501:
        advice = f"Wait, or see https://www.shopifystatus.com; the connection is {store.conn_id!r}."
        return ShopifyUnavailable(f"{what} {advice}")
    kind = ShopifyAuthError if status == 401 else ShopifyRefused
    return kind(f"{what} {_advice(response, store, explanation)}")


def token_refusal(response: requests.Response, store: StoreConnection) -> SyncError | None:
    """Return the error that an answer to a token request stands for, or None when it is a success.

    These errors are often HTML pages titled ``Oauth error app_not_installed: …``.
    """
    if response.status_code not in {400, 401, 403}:
        return refusal(response, store)
    explanation = _explanation(response, store)
    code = _OAUTH_ERROR.search(explanation)
    advice = _TOKEN_ADVICE.get((code[1] or code[2]).lower() if code else "", _TOKEN_ADVICE["invalid_client"])
    what = f"{_what_happened(response, store)}: {explanation}"
    return ShopifyAuthError(f"{what} {advice}: connection {store.conn_id!r}.")


def unreachable(error: Exception, store: StoreConnection) -> SyncError:
    """Return the error for a request that got no complete answer, without its URL.

    A name that does not exist and a certificate that is not trusted are refused; everything else may pass.
    """
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, NameResolutionError):
        if getattr(reason.__cause__, "errno", None) in UNKNOWN_NAME:
            return ShopifyHostUnknown(
                f"{store.base_url} has no address: there is no such name. "
                f"Check the host of connection {store.conn_id!r}."
            )
        what = "cannot be looked up: this machine has no network, or its name server does not answer"
    elif isinstance(reason, NewConnectionError):
        what = "does not accept connections"
    elif isinstance(error, requests.Timeout):
        what = "did not answer in time"
    elif isinstance(error, requests.exceptions.ProxyError):
        what = "cannot be reached through the proxy that the environment names (HTTPS_PROXY)"
    elif isinstance(error, requests.exceptions.SSLError):
        distrust = reason.args[0] if reason else None
        if isinstance(distrust, ssl.SSLCertVerificationError):
            return ShopifyRefused(
                f"{store.base_url} has no TLS certificate that is trusted here ({distrust.verify_message}). "
                f"Check the host of connection {store.conn_id!r}, or set REQUESTS_CA_BUNDLE to the "
                "certificates of a proxy that signs anew."
            )
        what = "does not answer over TLS"
    else:
        what = "sent an answer that is incomplete or cannot be read"
    return ShopifyUnavailable(
        f"{store.base_url} {what}. If this stays so, check the host of connection {store.conn_id!r}."
    )


def next_page(response: requests.Response, store: StoreConnection) -> str | None:
    """Return the address of the page after this one, always on the store's own host.

    Source: https://shopify.dev/docs/api/admin-rest/usage/pagination

    Raises:
        ShopifyRefused: the answer names another scheme, host or port.
    """
    link = response.links.get("next", {}).get("url")
    if link is None:
        return None
    try:
        target = urlsplit(urljoin(response.url, link))
        leaves = origin(target) != origin(urlsplit(store.base_url))
    except ValueError:
        leaves = True
    if leaves:
        raise ShopifyRefused(
            f"{_what_happened(response, store)} with a next page on another host, which is not followed. "
            f"Set the host of connection {store.conn_id!r} to the one the store itself uses."
        )
    return f"{store.base_url}{target.path}?{target.query}"


def answered_at(response: requests.Response) -> datetime | None:
    """Return the UTC time of the answer by the store's clock, or None without a usable ``Date`` header."""
    try:
        return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def warnings_in(response: requests.Response, api_version: str) -> list[str]:
    """Return what Shopify announces: another API version than the one asked for, a deprecated call.

    Source: https://shopify.dev/docs/api/usage/versioning
    """
    found = []
    version = response.headers.get("X-Shopify-API-Version", api_version)
    if version != api_version:
        found.append(
            f"Shopify answered with API version {version} instead of {api_version}: "
            "set the Variable shopify_api_version to a supported version."
        )
    if reason := response.headers.get("X-Shopify-API-Deprecated-Reason"):
        path = urlsplit(response.url).path.replace("/count.json", ".json")
        found.append(f"Shopify calls {path} deprecated: {reason[:LONGEST_EXPLANATION]}")
    return found


def _what_happened(response: requests.Response, store: StoreConnection) -> str:
    path = urlsplit(response.url).path
    return f"{store.base_url} answered {response.status_code} to {response.request.method} {path}"


def _explanation(response: requests.Response, store: StoreConnection) -> str:
    """Return Shopify's own words as one sentence: never a whole body, a token or a secret."""
    body = _json(response)
    title = _TITLE.search(response.text) if body is None else None
    if title:
        words = html.unescape(title[1])
    elif isinstance(body, dict) and "errors" in body:
        words = _flat(body["errors"])
    elif isinstance(body, dict):
        words = _flat({key: body[key] for key in ("error", "error_description") if key in body})
    else:
        words = ""
    for secret in (store.secret, response.request.headers.get(TOKEN_HEADER)):
        words = words.replace(secret, "***") if secret else words
    words = " ".join(words.split()).rstrip(".") or response.reason or "no explanation"
    return f"{words[:LONGEST_EXPLANATION]}…" if len(words) > LONGEST_EXPLANATION else f"{words}."


def _advice(response: requests.Response, store: StoreConnection, explanation: str) -> str:
    conn = repr(store.conn_id)
    status = response.status_code
    if status < 400:
        target = _ORIGIN.match(response.headers.get("Location", ""))
        address = target[1] + target[2] if target else "the store's own address"
        return f"Set the host of connection {conn} to {address}."
    if status == 401:
        fields = "client id and secret (login and password)" if store.client_id else "access token (password)"
        return f"Renew the {fields} of connection {conn}, or in .env if that names the store."
    if status == 403:
        scopes = " and ".join(dict.fromkeys(_SCOPE.findall(explanation)))
        missing = f"the scope {scopes}" if scopes else "the permission it names"
        return f"Give {missing} to the app of connection {conn}, and approve it in the store."
    return _ADVICE.get(status, _OTHER_ADVICE).format(conn=conn)


def _flat(errors: Any) -> str:
    if isinstance(errors, dict):
        return "; ".join(f"{key}: {_flat(value)}" for key, value in errors.items())
    if isinstance(errors, list):
        return ", ".join(_flat(value) for value in errors)
    return str(errors)


def _json(response: requests.Response) -> Any:
    try:
        return decode(response.content)
    except (ValueError, RecursionError):
        return None


def _retry_after(response: requests.Response) -> float:
    try:
        seconds = float(response.headers["Retry-After"])
    except (KeyError, ValueError):
        return DEFAULT_RETRY_AFTER_SECONDS
    return max(0.0, seconds) if math.isfinite(seconds) else DEFAULT_RETRY_AFTER_SECONDS
