"""What every request passes before the API answers it: life, shop, token, rate limit and faults."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from demo_store.api.answers import Answer, Refusal, too_many_calls
from demo_store.api.auth import Access
from demo_store.api.bucket import LeakyBucket
from demo_store.api.faults import Faults, fail
from demo_store.api.routes import Call, answer_call
from demo_store.clock import Clock
from demo_store.state import Store

Life = Callable[[Store, datetime], None]


@dataclass
class RequestLog:
    """How many API requests have come: in all, answered with 429, and by path without the query."""

    total: int = 0
    refused: int = 0
    by_path: Counter[str] = field(default_factory=Counter)


@dataclass
class Gateway:
    """One shop's API. Requests are answered one after another, each at one moment of the shop's life.

    ``life(store, now)`` lets the shop live up to ``now``, in whole seconds of ``clock``, before each answer.
    ``bucket`` None means no rate limit.
    """

    store: Store
    clock: Clock
    access: Access
    faults: Faults
    bucket: LeakyBucket | None = None
    life: Life | None = None
    requests: RequestLog = field(default_factory=RequestLog)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the shop's time in whole seconds, as HTTP dates and timestamps have it."""
        return self.clock.now().replace(microsecond=0)

    def get(
        self, path: str, params: dict[str, str], *, token: str | None, base_url: str
    ) -> tuple[Answer, datetime]:
        """Return the answer to a GET request sent to ``base_url``, and the moment of which it is true."""
        with self._lock:
            now = self.now()
            if self.life:
                self.life(self.store, now)
            try:
                call = Call(path, params, base_url, now, self.faults.index_lag_seconds)
                answer = self._admit(call, token)
            except Refusal as refusal:
                answer = refusal.answer()
            self.requests.total += 1
            self.requests.refused += answer.status == 429
            self.requests.by_path[path] += 1
            return answer, now

    def grant(self, request: dict[str, str]) -> tuple[Answer, datetime]:
        """Return the answer to a request for an access token and the moment of which it is true."""
        with self._lock:
            now = self.now()
            return self.access.grant(request, now), now

    def _admit(self, call: Call, token: str | None) -> Answer:
        self.faults.check_shop()
        self.access.check_token(token, call.now)
        if self.bucket and not self.bucket.take():
            answer = too_many_calls(self.bucket.plan.leak)
        else:
            answer = self._answer(call)
        if self.bucket:
            answer.headers["X-Shopify-Shop-Api-Call-Limit"] = self.bucket.usage()
        return answer

    def _answer(self, call: Call) -> Answer:
        answer = answer_call(self.store, self.access, call)
        failure = self.faults.next_failure()
        return fail(answer, failure) if failure else answer
