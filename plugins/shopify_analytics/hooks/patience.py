"""How often and after which wait a request that failed is tried again."""

from __future__ import annotations

import random
from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from shopify_analytics.errors import ShopifyThrottled, SyncError

TRIES = 5
LONGEST_WAIT_SECONDS = 60.0
_BACKOFF = wait_exponential_jitter(initial=1, max=30, jitter=1)


def patient(sleep: Callable[[float], None], warn: Callable[..., object]) -> Retrying:
    """Return a caller that repeats a function while its error may pass, and raises the last error after that.

    It waits as long as Shopify asks, and 1, 2, 4, 8 seconds plus up to one at random otherwise. A wait of
    more than a minute is left to the task's own retry. Each further try is announced to ``warn``.
    """

    def announce(state: RetryCallState) -> None:
        attempt = state.attempt_number + 1
        warn("%s Try %d of %d in %.1f s.", _error(state), attempt, TRIES, state.upcoming_sleep)

    return Retrying(
        retry=retry_if_exception(_may_pass),
        wait=_wait,
        stop=stop_after_attempt(TRIES),
        sleep=sleep,
        before_sleep=announce,
        reraise=True,
    )


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, ShopifyThrottled):
        return error.retry_after <= LONGEST_WAIT_SECONDS
    return isinstance(error, SyncError) and error.retryable


def _wait(state: RetryCallState) -> float:
    error = _error(state)
    if isinstance(error, ShopifyThrottled):
        return error.retry_after + random.uniform(0, 0.5)
    return _BACKOFF(state)


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
