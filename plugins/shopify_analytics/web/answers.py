"""What the dashboards' API answers: JSON and files with an ETag, and errors as a sentence in JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

# Vega's interpreter needs no unsafe-eval; its charts carry style attributes.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; "
    "object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ASK_AGAIN = "private, no-cache"


class BadRequest(Exception):
    """A parameter cannot be used; the message says which, its value, and what it may be."""


class NotThere(Exception):
    """There is no such page, file or report; the message says what there is."""


class Unavailable(Exception):
    """The database gives no answer now.

    :param state: ``no_database``, ``empty``, ``outdated_schema``, ``busy``, ``unreadable`` or ``settings``.
    :param advice: what to do.
    """

    def __init__(self, state: str, message: str, advice: str) -> None:
        super().__init__(message)
        self.state = state
        self.advice = advice


@dataclass(frozen=True)
class Answer:
    """A body, and how it is sent."""

    body: bytes
    media_type: str
    etag: str
    cache: str = ASK_AGAIN
    headers: Mapping[str, str] = field(default_factory=dict)


def fingerprint(*parts: object) -> str:
    """A short text that differs whenever one of the parts does."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:20]


def json_answer(content: Any) -> Answer:
    """The content as JSON; its ETag is made of all of it."""
    body = msgspec.json.encode(content)
    return Answer(body, "application/json", hashlib.sha256(body).hexdigest()[:20])


def respond(request: Request, answer: Answer) -> Response:
    """The answer, or that the asker has it already (304)."""
    headers = {"ETag": quoted(answer.etag), "Cache-Control": answer.cache, **answer.headers}
    if is_known(request, answer.etag):
        return Response(status_code=304, headers=headers)
    return Response(answer.body, headers=headers, media_type=answer.media_type)


def is_known(request: Request, etag: str) -> bool:
    """Whether the asker says that it has the answer with this ETag."""
    known = request.headers.get("If-None-Match", "")
    return quoted(etag) in (each.strip() for each in known.split(","))


def quoted(etag: str) -> str:
    """The ETag as a header has it: weak, because the answer may be compressed on its way."""
    return f'W/"{etag}"'


def refusal(status: int, **content: Any) -> Response:
    """An error as JSON, never kept."""
    return Response(
        msgspec.json.encode(content),
        status,
        {**HEADERS, "Cache-Control": "no-store"},
        "application/json",
    )
