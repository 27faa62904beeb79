"""gspread's HTTP client with what a pipeline needs: time limits, patience, a pace, compact bodies."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, RefreshError
from gspread.http_client import HTTPClient

from shopify_analytics.config import GOOGLE_SHEETS
from shopify_analytics.errors import SheetsRefused, SheetsUnavailable, SyncError
from shopify_analytics.sheets.answers import message_of, quota_window, refusal

# Google gives up after 180 s: https://developers.google.com/workspace/sheets/api/limits
TIMEOUT_SECONDS = (10, 190)
# Of the 60 that an account has: another program may use the same one.
REQUESTS_PER_MINUTE = 50
TRIES = 6
LONGEST_PAUSE_SECONDS = 64.0
OUTCOME_UNKNOWN = (408, 500, 502, 503, 504)
# Done twice, these are refused; everything else that is written here comes to the same.
NOT_TO_BE_REPEATED = {"addSheet", "deleteSheet", "addProtectedRange"}
Json = Mapping[str, Any]


@dataclass
class Pace:
    """At most so many requests in any minute."""

    sent: deque[float] = field(default_factory=deque)

    def wait(self) -> None:
        """Wait until one more may be sent, and count it."""
        now = time.monotonic()
        while self.sent and self.sent[0] <= now - 60:
            self.sent.popleft()
        if len(self.sent) >= REQUESTS_PER_MINUTE:
            time.sleep(self.sent[0] + 60 - now)
            self.sent.popleft()
            now = time.monotonic()
        self.sent.append(now)


@dataclass(frozen=True)
class Trouble:
    """Why a try came to nothing, whether it may have had its effect, and what it asks to wait."""

    reason: str
    outcome_unknown: bool
    pause: float | None = None


class SheetsClient(HTTPClient):
    """What gspread asks, sent to ``endpoint`` on behalf of ``account``.

    :raises SheetsRefused: when waiting cannot cure it.
    :raises SheetsUnavailable: when no usable answer came, or nobody knows what became of a request that
        must not be sent twice.
    """

    def __init__(
        self,
        auth: Credentials,
        session: requests.Session | None = None,
        *,
        endpoint: str = GOOGLE_SHEETS,
        account: str = "the account",
    ) -> None:
        super().__init__(auth, session)
        self.set_timeout(TIMEOUT_SECONDS)
        self.endpoint = endpoint.rstrip("/")
        self.account = account
        self.requests_made = 0
        self.requests_refused = 0
        self._reads, self._writes = Pace(), Pace()

    def request(  # noqa: PLR0917  as gspread has it
        self,
        method: str,
        endpoint: str,
        params: Any = None,
        data: bytes | None = None,
        json: Json | None = None,
        files: Any = None,  # noqa: ARG002
        headers: Any = None,
    ) -> requests.Response:
        """The answer to a request, sent again as long as that can help and does no harm."""
        url = self.endpoint + endpoint.removeprefix(GOOGLE_SHEETS)
        if json is not None:
            data, headers = msgspec.json.encode(json), {"Content-Type": "application/json"}
        is_read = method.lower() == "get"
        may_be_repeated = is_read or _is_idempotent(json)
        for number in range(1, TRIES + 1):
            (self._reads if is_read else self._writes).wait()
            answer = self._send(method, url, params=params, data=data, headers=headers)
            if isinstance(answer, requests.Response):
                return answer
            if number == TRIES or (answer.outcome_unknown and not may_be_repeated):
                break
            time.sleep(answer.pause or min(2.0**number, LONGEST_PAUSE_SECONDS) * random.uniform(0.75, 1.25))
        raise SheetsUnavailable(f"Google Sheets at {self.endpoint} gives no usable answer: {answer.reason}")

    def _send(self, method: str, url: str, **what: Any) -> requests.Response | Trouble:
        self.requests_made += 1
        try:
            response = self.session.request(method, url, timeout=self.timeout, **what)
        except GoogleAuthError as error:
            if isinstance(error, RefreshError) and not error.retryable:
                raise self._bad_key(error) from error
            return Trouble(f"no token ({type(error).__name__})", outcome_unknown=False)
        except requests.RequestException as error:
            return Trouble(type(error).__name__, outcome_unknown=True)
        if response.ok and "json" in response.headers.get("Content-Type", ""):
            return response
        return self._trouble(response)

    def _trouble(self, response: requests.Response) -> Trouble:
        said = f"{response.status_code}, {message_of(response)}"
        if response.status_code == 429:
            self.requests_refused += 1
            return Trouble(said, outcome_unknown=False, pause=_until_next(response))
        if response.ok or response.status_code in OUTCOME_UNKNOWN:
            return Trouble(said, outcome_unknown=True)
        raise refusal(response, self.account)

    def _bad_key(self, error: RefreshError) -> SyncError:
        said = str(error.args[0]) if error.args else type(error).__name__
        return SheetsRefused(
            f"Google gives {self.account} no token ({said[:200]}): make a new key for the service account, "
            "and put it into gspread_credentials.json or into the connection google_cloud_default"
        )


def _is_idempotent(body: Json | None) -> bool:
    return not any(NOT_TO_BE_REPEATED & request.keys() for request in (body or {}).get("requests", ()))


def _until_next(response: requests.Response) -> float:
    """Seconds until the quota's next minute begins, and a little more for each client another."""
    began = quota_window(response)
    left = began + 60 - time.time() if began else 60.0
    return min(max(left, 1.0), 60.0) + random.uniform(0.5, 5.0)
