"""HTTP: a request as it came, and an answer as it goes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from tests.sheets_server.errors import ApiError, NotModelled


@dataclass(frozen=True)
class Call:
    """A request as it came."""

    http: str
    target: str
    authorization: str | None
    encoding: str
    body: bytes

    @property
    def path(self) -> str:
        """The path, still quoted."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        """What stands behind the question mark."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def form(self) -> dict[str, str]:
        """The body as a form; of fields that come twice, the last one."""
        return {name: values[-1] for name, values in parse_qs(self.body.decode()).items()}

    def json(self) -> Any:
        """The body as JSON; raises ApiError if it is none."""
        if self.encoding not in ("", "identity"):
            raise NotModelled(f"a body in {self.encoding}")
        try:
            return msgspec.json.decode(self.body or b"{}")
        except msgspec.DecodeError as error:
            raise ApiError(400, f"Invalid JSON payload received. {error}") from None


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes
    content_type: str = "application/json; charset=UTF-8"

    @classmethod
    def of_json(cls, status: int, content: Any) -> Answer:
        """Return an answer in JSON."""
        return cls(status, msgspec.json.encode(content))


class Handler(BaseHTTPRequestHandler):
    """Reads requests, and writes what ``answer`` returns for them; None closes the connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, answer: Callable[[Call], Answer | None], *args: Any) -> None:
        self.answer = answer
        super().__init__(*args)

    @classmethod
    def of(cls, answer: Callable[[Call], Answer | None]) -> Callable[..., Handler]:
        """Return what an HTTP server makes for each connection."""
        return partial(cls, answer)

    def handle(self) -> None:
        """Serve the connection until one side closes it."""
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        authorization, encoding = self.headers.get("Authorization"), self.headers.get("Content-Encoding", "")
        answer = self.answer(Call(self.command, self.path, authorization, encoding, body))
        if answer is None:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _handle  # noqa: N815 the names that http.server looks for
