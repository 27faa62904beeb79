"""What the API answers: bodies, statuses and error texts as Shopify sends them.

Statuses: https://shopify.dev/docs/api/usage/response-codes
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass
class Answer:
    """One HTTP answer.

    ``headers`` are those beside Date, Content-Type, Content-Length and X-Request-Id. ``spoiled`` is what
    happens to it on its way: reset, truncated, slow or nothing.
    """

    status: int
    body: bytes
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    spoiled: str | None = None


class Refusal(Exception):
    """Ends the handling of a request with an error answer, whose body has ``errors`` under that key."""

    def __init__(self, status: int, errors: Any) -> None:
        super().__init__(f"{status}: {errors}")
        self.status = status
        self.errors = errors

    def answer(self) -> Answer:
        """Return the answer to send."""
        return json_answer(self.status, {"errors": self.errors})


def json_bytes(value: Any) -> bytes:
    """Return ``value`` as compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def json_answer(status: int, value: Any) -> Answer:
    """Return an answer with ``value`` as its JSON body."""
    return Answer(status, json_bytes(value))


def page_answer(status: int, title: str, text: str) -> Answer:
    """Return an HTML page, which is what a proxy or the OAuth endpoint answers on failure."""
    html = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{text}</h1></body></html>"
    return Answer(status, html.encode(), HTML)


def bad_parameter(name: str, message: str = "Invalid value.") -> Refusal:
    """Return the 400 for a parameter that cannot be used as it was sent."""
    return Refusal(400, {name: message})


def not_found() -> Refusal:
    """Return the 404 for a path, version or record that is not there."""
    return Refusal(404, "Not Found")


def too_many_calls(calls_per_second: int) -> Answer:
    """Return the 429; https://shopify.dev/docs/api/admin-rest/usage/rate-limits."""
    message = (
        f"Exceeded {calls_per_second} calls per second for api client. "
        "Reduce request rates to resume uninterrupted service."
    )
    answer = json_answer(429, {"errors": message})
    answer.headers["Retry-After"] = "2.0"
    return answer
