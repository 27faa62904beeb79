"""How many requests a minute are answered.

https://developers.google.com/workspace/sheets/api/limits
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from tests.sheets_server.errors import ERROR_INFO, HELP, ApiError

WINDOW = 60


@dataclass
class Quota:
    """Limits by the minute, None for none; reads and writes are counted apart.

    A window begins with each full minute of the clock. Requests that were refused count too.
    """

    reads_per_user: int | None = None
    writes_per_user: int | None = None
    reads_per_project: int | None = None
    writes_per_project: int | None = None
    _counts: dict[tuple[str, str, int], int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of_google(cls) -> Quota:
        """Return what a new project has."""
        return cls(reads_per_user=60, writes_per_user=60, reads_per_project=300, writes_per_project=300)

    def count(self, kind: str, user: str, project: str, now: float) -> None:
        """Count one request; raises ApiError (429) if it is one too many."""
        window = int(now // WINDOW * WINDOW)
        limits = {
            ("User", user): self.reads_per_user if kind == "read" else self.writes_per_user,
            ("Project", project): self.reads_per_project if kind == "read" else self.writes_per_project,
        }
        refusal = None
        with self._lock:
            for (whose, who), limit in limits.items():
                key = (kind, who, window)
                self._counts[key] = self._counts.get(key, 0) + 1
                if limit is not None and self._counts[key] > limit and refusal is None:
                    refusal = exceeded(kind, whose, project, limit, window)
        if refusal:
            raise refusal


def exceeded(kind: str, whose: str, project: str, limit: int, window: int) -> ApiError:
    """Return the answer to one request too many; ``whose`` is ``User`` or ``Project``."""
    name = kind.capitalize()
    unit = "1/min/{project}/{user}" if whose == "User" else "1/min/{project}"
    message = (
        f"Quota exceeded for quota metric '{name} requests' and limit '{name} requests per minute per "
        f"{whose.lower()}' of service 'sheets.googleapis.com' for consumer 'project_number:{project}'."
    )
    if whose == "Project":
        message = message.replace("per minute per project", "per minute")
    limit_name = f"{name}RequestsPerMinutePer{whose}"
    metadata = {
        "window_start_time": str(window),
        "quota_metric": f"sheets.googleapis.com/{kind}_requests",
        "quota_location": "global",
        "service": "sheets.googleapis.com",
        "quota_unit": unit,
        "quota_limit": limit_name,
        "consumer": f"projects/{project}",
        "quota_limit_value": str(limit),
    }
    more = {
        "description": "Request a higher quota limit.",
        "url": "https://cloud.google.com/docs/quotas/help/request_increase",
    }
    info = {"@type": ERROR_INFO, "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com"}
    return ApiError(429, message, details=[info | {"metadata": metadata}, {"@type": HELP, "links": [more]}])
