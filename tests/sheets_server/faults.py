"""What goes wrong on the way, before or after the request has had its effect."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.sheets_server.errors import BAD_CREDENTIALS, NO_PERMISSION

Kind = Literal[
    "status_before",
    "status_after",
    "html_before",
    "html_after",
    "drop_before",
    "drop_after",
    "latency_before",
    "latency_after",
    "quota",
    "meanwhile_before",
    "meanwhile_after",
]
MESSAGES = {
    400: "Request contains an invalid argument.",
    401: BAD_CREDENTIALS,
    403: NO_PERMISSION,
    404: "Requested entity was not found.",
    408: "The request timed out.",
    429: "Resource has been exhausted (e.g. check quota).",
    500: "Internal error encountered.",
    502: "The service is currently unavailable.",
    503: "The service is currently unavailable.",
    504: "Deadline expired before operation could complete.",
}


@dataclass
class Fault:
    """Meets the requests whose method's id has ``method`` in it, a regular expression.

    ``status_…`` answers ``status`` as JSON, ``html_…`` as a page; ``drop_…`` closes the connection without
    an answer; ``latency_…`` waits ``seconds``, and the request goes on; ``quota`` answers 429 as Google does;
    ``meanwhile_…`` only calls ``do``, which every other kind calls too. ``…_after``: the request has had its
    effect. The first ``after`` requests are let through, then ``times`` of them are met, None for all.
    """

    method: str
    kind: Kind
    times: int | None = 1
    after: int = 0
    status: int = 503
    seconds: float = 0.0
    do: Callable[[], object] | None = None

    @property
    def late(self) -> bool:
        """Whether the request has its effect first."""
        return self.kind.endswith("_after")

    def meets(self, api_method: str) -> bool:
        """Whether this request is met; it counts as one that came by."""
        if not re.search(self.method, api_method) or self.times == 0:
            return False
        if self.after:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True
