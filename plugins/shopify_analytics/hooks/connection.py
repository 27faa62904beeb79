"""Which store to talk to, and with which secret: read from an Airflow connection."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from shopify_analytics.errors import SettingsError

if TYPE_CHECKING:
    from airflow.sdk import Connection

_STORE_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_HOST_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_HIDDEN_IN_MESSAGES = re.compile(r"[^/@]*@|shp\w*_\w*")


@dataclass(frozen=True)
class StoreConnection:
    """A store's address and credentials. Without ``client_id`` the secret is the access token itself."""

    conn_id: str
    base_url: str
    client_id: str | None
    secret: str = field(repr=False)

    @property
    def is_on_this_machine(self) -> bool:
        """Whether the host is a loopback address, to which no proxy may stand in the way."""
        name = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return name == "localhost"


def read_connection(connection: Connection) -> StoreConnection:
    """Return what the fields of an Airflow connection say about the store.

    ``host`` is ``your-store``, ``your-store.myshopify.com`` or a base URL (``schema`` and ``port`` count when
    the host does not name them); ``password`` alone is an access token, ``login`` and ``password`` are client
    id and client secret of a Dev Dashboard app.

    Raises:
        SettingsError: ``host`` or ``password`` is missing or cannot be used.
    """
    conn_id = connection.conn_id
    secret = (connection.password or "").strip()
    client_id = (connection.login or "").strip() or None
    if not re.fullmatch(r"[!-~]+", secret):
        problem = "has characters that no token has" if secret else "is empty"
        kind = "client secret" if client_id else "Admin API access token"
        raise SettingsError(f"The password of connection {conn_id!r} {problem}. Set it to the app's {kind}.")
    return StoreConnection(conn_id, _base_url(connection), client_id, secret)


def origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    """Return scheme, host name and port of a URL, with the scheme's own port filled in.

    Raises:
        ValueError: the port is no number between 0 and 65535.
    """
    return url.scheme, url.hostname, url.port or {"http": 80, "https": 443}.get(url.scheme)


def _base_url(connection: Connection) -> str:
    host = (connection.host or "").strip()
    full = host if "://" in host else f"{connection.schema or 'https'}://{host}"
    try:
        url = urlsplit(full)
        name, port = url.hostname or "", url.port or connection.port
    except ValueError:
        raise _unusable_host(connection.conn_id, host) from None
    if "://" not in host and url.scheme == "https" and "." not in name and not port and name != "localhost":
        name = f"{name}.myshopify.com" if _STORE_NAME.fullmatch(name) else ""
    has_more = url.username is not None or url.path not in {"", "/"} or url.query or url.fragment
    if url.scheme not in {"http", "https"} or has_more or not _HOST_NAME.fullmatch(name):
        raise _unusable_host(connection.conn_id, host)
    return f"{url.scheme}://{name}:{port}" if port else f"{url.scheme}://{name}"


def _unusable_host(conn_id: str, host: str) -> SettingsError:
    shown = repr(_HIDDEN_IN_MESSAGES.sub("***", host)) if host else "empty"
    return SettingsError(
        f"The host of connection {conn_id!r} is {shown}. Set it to your-store, to your-store.myshopify.com "
        "or to a base URL such as http://127.0.0.1:8000."
    )
