"""When the next request may leave, so that a shared bucket is used fully and almost nothing is refused."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable

SECONDS_TO_DRAIN_A_FULL_BUCKET = 20.0
OWN_RESERVE = 1
RESERVE_FOR_OTHERS = 3
RESERVE_PER_REFUSAL = 3
REFUSAL_IS_REMEMBERED_SECONDS = 300.0
SMOOTHING = 0.2
OTHERS_ARE_ACTIVE = 0.25
_CALL_LIMIT = re.compile(r"(\d+)/([1-9]\d*)")


class Pacer:
    """Paces one consumer of Shopify's leaky bucket, which all processes of an app and store share.

    ``X-Shopify-Shop-Api-Call-Limit: 32/40`` shows how full the bucket is after an answer, and its size;
    on every plan it drains in 20 seconds (40 at 2/s, 80 at 4/s, 400 at 20/s). Every consumer waits until
    its own next request fits below a small reserve at the top. What the others send raises the level that
    each of them sees, so together they settle at the leak rate without talking to each other.

    Source: https://shopify.dev/docs/api/admin-rest/usage/rate-limits
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._size = 0
        self._used = 0.0
        self._seen_at = 0.0
        self._others_per_request = 0.0
        self._refused_at: deque[float] = deque()

    def delay(self) -> float:
        """Seconds until the next request should leave; 0 as long as no answer has shown a bucket."""
        if not self._size:
            return 0.0
        excess = self._used_now() + 1 - (self._size - self._reserve())
        return max(0.0, excess / self._leak)

    def answered(self, call_limit: str | None, *, refused: bool = False) -> None:
        """Learn from an answer: its call limit header, if it had one, and whether it was a 429."""
        now = self._clock()
        if refused:
            self._refused_at.append(now)
        match = _CALL_LIMIT.fullmatch(call_limit or "")
        if match is None:
            return
        used, size = int(match[1]), int(match[2])
        level = float(used)
        if size == self._size:
            expected = self._used_now() + (0 if refused else 1)
            # The header is rounded up: what it hides of a call is as expected, and no sign of others.
            if used - 1 < expected <= used:
                level = expected
            self._others_per_request += SMOOTHING * (level - expected - self._others_per_request)
        self._size, self._used, self._seen_at = size, level, now

    @property
    def _leak(self) -> float:
        return self._size / SECONDS_TO_DRAIN_A_FULL_BUCKET

    def _used_now(self) -> float:
        return max(0.0, self._used - self._leak * (self._clock() - self._seen_at))

    def _reserve(self) -> float:
        """Room at the top of the bucket for what others send before this consumer can see it."""
        while self._refused_at and self._refused_at[0] < self._clock() - REFUSAL_IS_REMEMBERED_SECONDS:
            self._refused_at.popleft()
        for_others = RESERVE_FOR_OTHERS if self._others_per_request > OTHERS_ARE_ACTIVE else 0
        after_refusals = min(RESERVE_PER_REFUSAL * len(self._refused_at), self._size / 2)
        return OWN_RESERVE + for_others + after_refusals
