"""The REST rate limit: a leaky bucket per shop and app, shared by all connections.

https://shopify.dev/docs/api/admin-rest/usage/rate-limits
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """How many calls a plan's bucket holds and how many leak out of it per second."""

    size: int
    leak: int


PLANS: dict[str, Plan | None] = {
    "standard": Plan(size=40, leak=2),
    "advanced": Plan(size=80, leak=4),
    "plus": Plan(size=400, leak=20),
    "unlimited": None,
}


class LeakyBucket:
    """Counts calls; ``clock`` gives seconds that only ascend, such as ``time.monotonic``."""

    def __init__(self, plan: Plan, clock: Callable[[], float]) -> None:
        self.plan = plan
        self._clock = clock
        self._lock = threading.Lock()
        self._level = 0.0
        self._measured_at = clock()

    def take(self) -> bool:
        """Put one call in; False, and nothing put in, when it would overflow."""
        with self._lock:
            self._leak()
            if self._level + 1 > self.plan.size:
                return False
            self._level += 1
            return True

    def usage(self) -> str:
        """Return what ``X-Shopify-Shop-Api-Call-Limit`` says, such as ``32/40``."""
        with self._lock:
            self._leak()
            return f"{math.ceil(self._level)}/{self.plan.size}"

    def _leak(self) -> None:
        now = self._clock()
        self._level = max(0.0, self._level - (now - self._measured_at) * self.plan.leak)
        self._measured_at = now
