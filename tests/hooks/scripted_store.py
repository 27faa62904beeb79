"""An HTTP server that answers what a test tells it to, for answers that no well-behaved store gives."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Script = list["Reply"]
KILN = {
    "name": "Kiln",
    "myshopify_domain": "kiln.myshopify.com",
    "currency": "EUR",
    "iana_timezone": "Europe/Amsterdam",
}


@dataclass(frozen=True)
class Reply:
    """One answer. A body that is not text is sent as JSON; ``missing`` bytes of it never arrive."""

    status: int
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    path: str
    query: dict[str, str]
    token: str | None
    form: dict[str, str]


class ScriptedStore:
    """Gives the replies of ``script`` in turn, the last one again and again, and remembers the requests."""

    def __init__(self) -> None:
        self.script: Script = []
        self.received: list[Received] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> ScriptedStore:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def next_reply(self) -> Reply:
        """Return the reply that is due."""
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


def _handler(store: ScriptedStore) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            form = dict(parse_qsl(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()))
            token = self.headers.get("X-Shopify-Access-Token")
            store.received.append(Received(url.path, dict(parse_qsl(url.query)), token, form))
            reply = store.next_reply()
            body = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
            self.send_response_only(reply.status)
            for name, value in ({"Content-Length": str(len(body))} | reply.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) - reply.missing])

        do_POST = do_GET  # noqa: N815 the name http.server uses

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the name http.server uses
            pass

    return Handler
