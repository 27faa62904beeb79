"""The Google Sheets API v4 on loopback: spreadsheets in memory, and all that a client can meet.

https://developers.google.com/workspace/sheets/api/reference/rest
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any

from tests.google_auth import without_lookups
from tests.sheets_server import dispatch, masks
from tests.sheets_server.book import Book
from tests.sheets_server.discovery import Method, check_query, check_request, faults_of_answer, find_method
from tests.sheets_server.dispatch import Asked
from tests.sheets_server.errors import ApiError, HtmlPage, NotModelled
from tests.sheets_server.faults import MESSAGES, Fault
from tests.sheets_server.identity import PROJECT, Identities, OAuthError, Token, disabled
from tests.sheets_server.impersonation import IAM_METHOD, Impersonation
from tests.sheets_server.quota import Quota, exceeded
from tests.sheets_server.wire import Answer, Call, Handler

PAYLOAD_LIMIT = 10_485_760
TOKEN_METHOD = "oauth2.token"


@dataclass(frozen=True)
class Request:
    """One request as it was answered; ``status`` is 0 if the connection was closed without an answer.

    ``kind`` is ``read`` or ``write``, and ``token`` where tokens are given out; ``received`` and ``sent`` are
    the bytes of the bodies.
    """

    method: str
    path: str
    api_method: str
    kind: str
    status: int
    received: int
    sent: int
    user: str


@dataclass
class Who:
    """What is known of a request until it is answered."""

    api_method: str = ""
    kind: str = ""
    user: str = ""


class Dropped(Exception):
    """The connection is closed without an answer."""


class WrongAnswer(Exception):
    """An answer of this server does not fit the API's description."""


@dataclass
class SheetsServer:
    """The books and the accounts, what has been asked, and what is to go wrong.

    Whatever the server cannot answer truthfully is answered with 501 and noted in ``not_modelled``; an
    answer of its own that does not fit the API's schema is noted in ``wrong_answers``. Both fail the test
    at the server's end, unless it has cleared them.
    """

    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    host: str = "127.0.0.1"
    port: int = 0
    quota: Quota = field(default_factory=Quota)
    api_enabled: bool = True
    anonymous_role: str | None = None
    books: dict[str, Book] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    not_modelled: list[str] = field(default_factory=list)
    wrong_answers: list[str] = field(default_factory=list)
    identities: Identities = field(init=False)
    impersonation: Impersonation = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.identities = Identities(self._now)
        self.impersonation = Impersonation(self.identities)

    def _now(self) -> float:
        return self.clock()

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"http://{self.host}:{self.port}"

    @property
    def token_uri(self) -> str:
        """Where service accounts get their tokens."""
        return f"{self.url}/token"

    def add_book(
        self,
        book_id: str,
        *,
        title: str = "Untitled spreadsheet",
        locale: str = "en_US",
        time_zone: str = "Etc/UTC",
    ) -> Book:
        """Return a new spreadsheet with an empty ``Sheet1`` of 1000 by 26 cells."""
        self.books[book_id] = Book(book_id, title=title, locale=locale, time_zone=time_zone)
        return self.books[book_id]

    def service_account(
        self, email: str = "sync@loopback.iam.gserviceaccount.com", role: str | None = "writer"
    ) -> dict[str, str]:
        """Return the key of an account. It has ``role`` in every book that does not say otherwise itself."""
        self.identities.roles[email] = role
        return self.identities.key(email, self.token_uri)

    def let_impersonate(self, email: str, target: str) -> None:
        """Make one account a Token Creator of another."""
        self.impersonation.allowed.add((email, target))

    def expire_tokens(self) -> None:
        """Make every token that was given out worth nothing."""
        self.identities.tokens.clear()

    def count(self, kind: str) -> int:
        """Return how many requests of a kind there were."""
        return sum(request.kind == kind for request in list(self.requests))

    def answer(self, call: Call) -> Answer | None:
        """Return the answer to a request; None closes the connection."""
        who = Who()
        try:
            answer: Answer | None = self._routed(call, who)
        except Dropped:
            answer = None
        except Exception as error:
            answer = self._refusal(error)
        status, sent = (answer.status, len(answer.body)) if answer else (0, 0)
        self.requests.append(
            Request(call.http, call.target, who.api_method, who.kind, status, len(call.body), sent, who.user)
        )
        return answer

    def _routed(self, call: Call, who: Who) -> Answer:
        target = self.impersonation.target(call.path)
        if (call.http, call.path) == ("POST", "/token"):
            who.api_method, who.kind = TOKEN_METHOD, "token"
            return self._with_faults(who, lambda: self._token(call))
        if target:
            who.api_method, who.kind = IAM_METHOD, "token"
            return self._with_faults(who, lambda: self._impersonated(call, target))
        found = find_method(call.http, call.path)
        if found is None:
            raise HtmlPage(404, "Not Found")
        return self._api(call, who, *found)

    def _token(self, call: Call) -> Answer:
        return Answer.of_json(200, self.identities.grant(call.form, self.token_uri))

    def _impersonated(self, call: Call, target: str) -> Answer:
        return Answer.of_json(200, self.impersonation.grant(target, call.authorization, call.json()))

    def _api(self, call: Call, who: Who, method: Method, path: dict[str, str]) -> Answer:
        """Let the request in, apply it, and hold the answer against the API's description."""
        who.api_method, who.kind = method.api_id, method.kind
        if len(call.body) > PAYLOAD_LIMIT:
            raise ApiError(400, f"Request payload size exceeds the limit: {PAYLOAD_LIMIT} bytes.")
        token = self.identities.of(call.authorization, self.anonymous_role is not None, method)
        who.user = token.user
        if not self.api_enabled:
            raise disabled()
        self.quota.count(method.kind, token.user, PROJECT, self.clock())
        return self._with_faults(who, lambda: self._applied(call, method, path, token))

    def _applied(self, call: Call, method: Method, path: dict[str, str], token: Token) -> Answer:
        asked = Asked(
            method, path, check_query(method, call.query), call.json() if method.request else {}, token
        )
        if method.request:
            check_request(method.request, asked.body)
        content = dispatch.answer(self, asked)
        faults = faults_of_answer(method.response, content)
        if faults:
            raise WrongAnswer(faults)
        return Answer.of_json(200, masks.applied(asked.mask, content))

    def _with_faults(self, who: Who, apply: Callable[[], Answer]) -> Answer:
        with self._lock:
            met = [fault for fault in self.faults if fault.meets(who.api_method)]
        for fault in met:
            if not fault.late:
                self._strike(fault, who.kind)
        answer = apply()
        for fault in met:
            if fault.late:
                self._strike(fault, who.kind)
        return answer

    def _strike(self, fault: Fault, kind: str) -> None:
        if fault.do:
            fault.do()
        what = fault.kind.rpartition("_")[0] or fault.kind
        if what == "latency":
            self.sleep(fault.seconds)
        elif what == "drop":
            raise Dropped
        elif what == "html":
            raise HtmlPage(fault.status, MESSAGES[fault.status])
        elif what == "status":
            raise ApiError(fault.status, MESSAGES[fault.status])
        elif what == "quota":
            raise exceeded(kind, "User", PROJECT, 60, int(self.clock() // 60 * 60))

    def _refusal(self, error: Exception) -> Answer:
        if isinstance(error, NotModelled):
            self.not_modelled.append(str(error))
            error = ApiError(501, f"This server does not model {error}.")
        elif not isinstance(error, ApiError | HtmlPage | OAuthError):
            self.wrong_answers.append(repr(error))
            error = ApiError(500, f"This server is wrong: {error!r}")
        if isinstance(error, HtmlPage):
            return Answer(error.code, error.body, "text/html; charset=UTF-8")
        if isinstance(error, OAuthError):
            return Answer.of_json(400, error.body)
        return Answer.of_json(error.code, error.body)


@contextmanager
def running_server(port: int = 0, **options: Any) -> Iterator[SheetsServer]:
    """A server without books on a free port, or on this one; ``options`` are fields of SheetsServer.

    Raises AssertionError at the end if something was asked that the server does not model, or if it was
    wrong itself.
    """
    server = SheetsServer(**options)
    address = ("127.0.0.1" if server.host == "127.0.0.1" else "", port)
    with without_lookups(), ThreadingHTTPServer(address, Handler.of(server.answer)) as http:
        server.port = http.server_port
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
    if server.not_modelled or server.wrong_answers:
        raise AssertionError([*server.not_modelled, *server.wrong_answers])
