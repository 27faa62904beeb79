"""The demo store over HTTP."""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from demo_store.api.answers import Answer, json_answer, not_found
from demo_store.api.auth import DEFAULT_SCOPES, DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, DEMO_TOKEN, Access
from demo_store.api.bucket import PLANS, LeakyBucket
from demo_store.api.faults import FaultError, Faults
from demo_store.api.gateway import Gateway, Life
from demo_store.clock import Clock, SystemClock
from demo_store.state import Store

TOKEN_PATH = "/admin/oauth/access_token"  # noqa: S105  an address
FAULTS_PATH = "/_demo/faults"
NO_LINGERING = struct.pack("ii", 1, 0)


class DemoServer:
    """Serves ``store`` as the Shopify Admin API does, in threads of its own, between enter and exit.

    ``life(store, now)`` lets the shop live up to ``now`` before each answer, whose ``Date`` is ``now``;
    a client never meets a change that is older than an answer it has had. ``faults`` may be changed at any
    time, here or by a POST of some of its fields as JSON to ``/_demo/faults``. ``port`` 0 takes a free one.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        plan: str = "standard",
        token: str = DEMO_TOKEN,
        client_id: str = DEMO_CLIENT_ID,
        client_secret: str = DEMO_CLIENT_SECRET,
        scopes: tuple[str, ...] = DEFAULT_SCOPES,
        bucket_clock: Callable[[], float] = time.monotonic,
        life: Life | None = None,
        verbose: bool = False,
    ) -> None:
        self.store = store
        self.faults = Faults()
        self._access = Access(
            token=token, client_id=client_id, client_secret=client_secret, scopes=scopes, faults=self.faults
        )
        limits = PLANS[plan]
        bucket = LeakyBucket(limits, bucket_clock) if limits else None
        gateway = Gateway(store, clock or SystemClock(), self._access, self.faults, bucket, life)
        self.requests = gateway.requests
        self._http = _HttpServer((host, port), gateway, verbose=verbose)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), name="demo-store")
        self.url = f"http://{host}:{self._http.server_address[1]}"

    def __enter__(self) -> DemoServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.close_connections()
        self._http.server_close()

    def revoke_issued_tokens(self) -> None:
        """Make every token invalid that was issued to the client id so far."""
        self._access.revoke_issued_tokens()


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], gateway: Gateway, *, verbose: bool) -> None:
        super().__init__(address, _Handler)
        self.gateway = gateway
        self.verbose = verbose
        self.stopping = threading.Event()
        self._connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """End the connections that clients keep open, so that the threads that serve them end too."""
        self.stopping.set()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024

    @property
    def _server(self) -> _HttpServer:
        return cast("_HttpServer", self.server)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        gateway = self._server.gateway
        if url.path == FAULTS_PATH:
            self._send(json_answer(200, gateway.faults.describe()), gateway.now())
            return
        answer, now = gateway.get(
            url.path,
            dict(parse_qsl(url.query, keep_blank_values=True)),
            token=self.headers.get("X-Shopify-Access-Token"),
            base_url=f"http://{self.headers.get('Host', '')}",
        )
        self._send(answer, now)

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        gateway = self._server.gateway
        sent = self._sent()
        if path == TOKEN_PATH:
            self._send(*gateway.grant(sent))
        elif path == FAULTS_PATH:
            self._send(_change_faults(gateway, sent), gateway.now())
        else:
            self._send(not_found().answer(), gateway.now())

    def finish(self) -> None:
        super().finish()
        self._server.gateway.store.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name that http.server calls it by
        if self._server.verbose:
            super().log_message(format, *args)

    def _sent(self) -> dict[str, Any]:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if body.startswith(b"{"):  # JSON, whatever type the client calls it: curl -d says it is a form
            with suppress(ValueError):
                sent = json.loads(body)
                return sent if isinstance(sent, dict) else {}
            return {}
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))

    def _send(self, answer: Answer, now: datetime) -> None:
        if answer.spoiled == "slow":
            self._server.stopping.wait(self._server.gateway.faults.slow_seconds)
        self.log_message("%s %s %d", self.command, urlsplit(self.path).path, answer.status)
        if answer.spoiled == "reset":
            self._reset_connection()
            return
        self.send_response_only(answer.status)
        headers = {
            "Date": format_datetime(now, usegmt=True),
            "Content-Type": answer.content_type,
            "Content-Length": str(len(answer.body)),
            "X-Request-Id": str(uuid.uuid4()),
            **answer.headers,
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if answer.spoiled == "truncated":
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.close_connection = True
        else:
            self.wfile.write(answer.body)

    def _reset_connection(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGERING)
        socket.close(self.connection.detach())
        self.close_connection = True


def _change_faults(gateway: Gateway, changes: dict[str, Any]) -> Answer:
    if changes.pop("revoke_issued_tokens", False):
        gateway.access.revoke_issued_tokens()
    try:
        gateway.faults.change(changes)
    except (FaultError, TypeError) as error:
        return json_answer(400, {"errors": str(error)})
    return json_answer(200, gateway.faults.describe())
