"""Failures on demand, so that a client can be seen to survive them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from demo_store.api.answers import Answer, Refusal, json_answer, page_answer, too_many_calls

FAILURES = ("429", "500", "502", "503", "reset", "truncated", "slow")
SHOP_STATES = ("open", "locked", "frozen")
OAUTH_ERRORS = ("app_not_installed", "shop_not_permitted")

_ERROR_ANSWERS: dict[str, Callable[[], Answer]] = {
    "429": lambda: too_many_calls(2),
    "500": lambda: json_answer(500, {"errors": "Internal Server Error"}),
    "502": lambda: page_answer(502, "502 Bad Gateway", "502 Bad Gateway"),
    "503": lambda: json_answer(503, {"errors": "Service Unavailable"}),
}


class FaultError(ValueError):
    """A fault was asked for that does not exist; the message lists those that do."""


@dataclass
class Faults:
    """What goes wrong at present; change it while the server runs. Raises FaultError for what does not exist.

    - ``every``: by failure (429, 500, 502, 503, reset, truncated, slow, or ``mix``: all of these in turn), at
      every how many API answers it happens.
    - ``storm`` and ``storm_answers``: the failure that the next so many answers all meet.
    - ``slow_seconds``: how long a slow answer takes.
    - ``index_lag_seconds``: for how long of the shop's time a new record is missing from lists and counts
      with a filter on ``created_at``, and a changed one from those with a filter on ``updated_at``; by id and
      without such a filter it is there at once.
    - ``token_revoked``: no token is valid, old or new.
    - ``withdrawn_scopes``: granted no longer.
    - ``shop``: open, locked (423) or frozen (402).
    - ``oauth_error``: app_not_installed or shop_not_permitted, answered instead of any token.
    """

    every: dict[str, int] = field(default_factory=dict)
    storm: str = "503"
    storm_answers: int = 0
    slow_seconds: float = 5.0
    index_lag_seconds: float = 0.0
    token_revoked: bool = False
    withdrawn_scopes: list[str] = field(default_factory=list)
    shop: str = "open"
    oauth_error: str | None = None

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._answers = 0
        self._mixed = 0
        self._check()

    def _check(self) -> None:
        for failure, every in self.every.items():
            _check_known("fault", failure, (*FAILURES, "mix"))
            if every < 1:
                raise FaultError(f"Fault {failure}: every {every}th answer makes no sense, use 1 or more.")
        if self.index_lag_seconds < 0:
            raise FaultError(f"An index lag of {self.index_lag_seconds} s makes no sense, use 0 or more.")
        _check_known("storm", self.storm, FAILURES)
        _check_known("shop", self.shop, SHOP_STATES)
        if self.oauth_error is not None:
            _check_known("oauth_error", self.oauth_error, OAUTH_ERRORS)

    def describe(self) -> dict[str, Any]:
        """Return the present faults as JSON values, by field."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def change(self, changes: dict[str, Any]) -> None:
        """Set the given fields; raises FaultError, and sets none, when one is unknown or makes no sense."""
        for name in changes:
            _check_known("field", name, tuple(self.describe()))
        Faults(**{**self.describe(), **changes})
        for name, value in changes.items():
            setattr(self, name, value)

    def next_failure(self) -> str | None:
        """Return how the answer that is due fails, one of FAILURES, or None; counts the answer."""
        with self._lock:
            self._answers += 1
            if self.storm_answers > 0:
                self.storm_answers -= 1
                return self.storm
            for failure, every in self.every.items():
                if self._answers % every == 0:
                    return self._next_of_mix() if failure == "mix" else failure
            return None

    def check_shop(self) -> None:
        """Raise the 423 of a locked shop or the 402 of one that owes Shopify money."""
        if self.shop == "locked":
            raise Refusal(423, "This shop is unavailable")
        if self.shop == "frozen":
            raise Refusal(402, "This shop's plan does not have access to this feature")

    def _next_of_mix(self) -> str:
        failure = FAILURES[self._mixed % len(FAILURES)]
        self._mixed += 1
        return failure


def fail(answer: Answer, failure: str) -> Answer:
    """Return what ``failure`` makes of ``answer``: an error instead, or the same, spoiled on its way."""
    if failure in _ERROR_ANSWERS:
        return _ERROR_ANSWERS[failure]()
    return replace(answer, spoiled=failure)


def _check_known(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise FaultError(f"Unknown {what} {value!r}: use one of {', '.join(known)}.")
