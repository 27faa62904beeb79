"""Google Cloud Storage on loopback: its token endpoint and what its JSON API answers about objects.

Google's own client (gcsfs, through Airflow's Google provider) talks to it as to the real one, but for the
call by gRPC that finds out whether a bucket is of a new kind.
https://cloud.google.com/storage/docs/json_api/v1/objects
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.google_auth import without_lookups

WITHOUT_GRPC = {"GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false"}
# Read when gcsfs is imported.
os.environ |= WITHOUT_GRPC
TOKEN = "ya29.loopback"
ENTRIES_PER_PAGE = 3
SAID = {
    401: "Invalid Credentials",
    403: "loader@loopback.iam.gserviceaccount.com does not have storage.objects.create access.",
    404: "Not Found",
    503: "We encountered an internal error. Please try again.",
}


@dataclass
class Stored:
    """One object, and when it was written."""

    content: bytes
    updated: datetime


@dataclass
class Gcs:
    """The buckets, by name and by the names of their objects, and how to come to them.

    ``fault`` is asked about every request, by method and name of the object or prefix; what it returns is the
    status of the answer, unless that is 0.
    """

    port: int = 0
    buckets: dict[str, dict[str, Stored]] = field(default_factory=lambda: {"bucket": {}})
    fault: Callable[[str, str], int] = lambda _method, _name: 0
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def conn_id(self) -> str:
        """A connection of its own, since a process keeps its client."""
        return f"gcs_{self.port}"

    @property
    def url(self) -> str:
        """What the Variable ``analytics_staging_url`` is set to."""
        return f"gs://{self.conn_id}@bucket/shopify/staging"

    @property
    def environment(self) -> dict[str, str]:
        """The connection: a service account's key, and Google's addresses."""
        address = f"http://127.0.0.1:{self.port}"
        key = {
            "type": "service_account",
            "project_id": "loopback",
            "private_key_id": "1",
            "private_key": _private_key(),
            "client_email": "loader@loopback.iam.gserviceaccount.com",
            "token_uri": f"{address}/token",
        }
        extra = {"keyfile_dict": json.dumps(key), "gcs.endpoint": address}
        connection = {"conn_type": "google_cloud_platform", "extra": extra}
        return WITHOUT_GRPC | {f"AIRFLOW_CONN_{self.conn_id.upper()}": json.dumps(connection)}

    def names(self) -> list[str]:
        """The names of all objects."""
        return sorted(self.buckets["bucket"])

    def contents(self) -> dict[str, bytes]:
        """All objects by name."""
        return {name: stored.content for name, stored in self.buckets["bucket"].items()}


@contextmanager
def serving_gcs() -> Iterator[Gcs]:
    """An empty bucket that is called ``bucket``."""
    gcs = Gcs()
    with (
        without_lookups(),
        ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, gcs)) as server,
    ):
        gcs.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield gcs
        finally:
            server.shutdown()
            thread.join()


@cache
def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, gcs: Gcs, *args: Any) -> None:
        self.gcs = gcs
        super().__init__(*args)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def do_POST(self) -> None:
        """A token, or an upload of one request."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/token":
            self._answer(200, {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})
            return
        boundary = self.headers["Content-Type"].partition('boundary="')[2].rstrip('"').encode()
        _, described, sent, _ = body.split(b"--" + boundary)
        name = json.loads(described.partition(b"\n\n")[2])["name"]
        bucket = self._bucket(name)
        if bucket is not None:
            bucket[name] = Stored(sent.partition(b"\n\n")[2].removesuffix(b"\n"), datetime.now(UTC))
            self._answer(200, _resource(name, bucket[name]))

    def do_GET(self) -> None:
        """A list, an object's content, or what is known of it."""
        query = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        name = self._name()
        bucket = self._bucket(name or query.get("prefix", ""))
        if bucket is None:
            return
        if not name:
            self._answer(200, _listed(bucket, **query))
        elif name not in bucket:
            self._answer(404, None)
        elif query.get("alt") == "media":
            self._answer(200, bucket[name].content)
        else:
            self._answer(200, _resource(name, bucket[name]))

    def do_DELETE(self) -> None:
        """Remove an object."""
        name = self._name()
        bucket = self._bucket(name)
        if bucket is not None:
            self._answer(404 if bucket.pop(name, None) is None else 204, None)

    def _name(self) -> str:
        return unquote(urlsplit(self.path).path.partition("/o/")[2])

    def _bucket(self, name: str) -> dict[str, Stored] | None:
        """The bucket of the request; None when it has been answered already."""
        self.gcs.asked.append((self.command, name))
        bucket = self.gcs.buckets.get(urlsplit(self.path).path.partition("/b/")[2].partition("/")[0])
        status = 401 if self.headers["Authorization"] != f"Bearer {TOKEN}" else 0
        status = status or self.gcs.fault(self.command, name) or (404 if bucket is None else 0)
        if status:
            self._answer(status, None)
        return None if status else bucket

    def _answer(self, status: int, content: Any) -> None:
        if status >= 400:
            content = {"error": {"code": status, "message": SAID[status]}}
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)


def _resource(name: str, stored: Stored) -> dict[str, Any]:
    updated = stored.updated.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    size = str(len(stored.content))
    return {"kind": "storage#object", "bucket": "bucket", "name": name, "size": size, "updated": updated}


def _listed(
    bucket: dict[str, Stored],
    prefix: str = "",
    delimiter: str = "",
    pageToken: str = "",  # noqa: N803 Google's name
    **_: str,
) -> dict[str, Any]:
    """One page of a list, which goes on behind ``pageToken``; folders are names up to the next delimiter."""
    entries = set()
    for name in bucket:
        if name.startswith(prefix):
            head, found, _rest = name[len(prefix) :].partition(delimiter or "\0")
            entries.add(prefix + head + found)
    later = sorted(entry for entry in entries if entry > pageToken)
    page = later[:ENTRIES_PER_PAGE]
    listed: dict[str, Any] = {
        "kind": "storage#objects",
        "items": [_resource(entry, bucket[entry]) for entry in page if entry in bucket],
        "prefixes": [entry for entry in page if entry not in bucket],
    }
    if len(later) > len(page):
        listed["nextPageToken"] = page[-1]
    return listed
