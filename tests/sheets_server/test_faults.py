"""What goes wrong comes before or after the request has had its effect."""

from __future__ import annotations

import pytest
import requests

from tests.sheets_server import Book, Fault, SheetsServer
from tests.sheets_server.clients import Caller, Clock, message
from tests.sheets_server.faults import Kind

WRITES = r"values\.batchUpdate$"


@pytest.mark.parametrize(("kind", "expected"), [("status_before", []), ("status_after", [["x"]])])
def test_an_error_may_hide_that_the_write_happened(
    caller: Caller, server: SheetsServer, book: Book, kind: Kind, expected: list[list[str]]
) -> None:
    server.faults.append(Fault(WRITES, kind))
    assert message(caller.put({"A1": [["x"]]}), 503, "UNAVAILABLE") == "The service is currently unavailable."
    assert book.values("Sheet1") == expected
    assert caller.put({"A1": [["y"]]}).status_code == 200


@pytest.mark.parametrize(
    ("status", "name", "text"),
    [
        (500, "INTERNAL", "Internal error encountered."),
        (503, "UNAVAILABLE", "The service is currently unavailable."),
        (504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
    ],
)
def test_each_status_has_its_text(
    caller: Caller, server: SheetsServer, status: int, name: str, text: str
) -> None:
    server.faults.append(Fault(WRITES, "status_before", status=status))
    assert message(caller.put({"A1": [["x"]]}), status, name) == text


@pytest.mark.parametrize(("kind", "expected"), [("drop_before", []), ("drop_after", [["x"]])])
def test_a_connection_may_break(
    caller: Caller, server: SheetsServer, book: Book, kind: Kind, expected: list[list[str]]
) -> None:
    server.faults.append(Fault(WRITES, kind))
    with pytest.raises(requests.ConnectionError):
        caller.put({"A1": [["x"]]})
    assert book.values("Sheet1") == expected
    assert [(request.status, request.sent) for request in server.requests] == [(0, 0)]


@pytest.mark.parametrize(("kind", "expected"), [("html_before", []), ("html_after", [["x"]])])
def test_an_answer_may_be_a_page_for_people(
    caller: Caller, server: SheetsServer, book: Book, kind: Kind, expected: list[list[str]]
) -> None:
    server.faults.append(Fault(WRITES, kind, status=502))
    response = caller.put({"A1": [["x"]]})
    assert (response.status_code, response.headers["Content-Type"]) == (502, "text/html; charset=UTF-8")
    assert response.text.startswith("<!DOCTYPE html>")
    assert book.values("Sheet1") == expected


def test_a_fault_lets_some_requests_through_and_then_meets_some(caller: Caller, server: SheetsServer) -> None:
    server.faults.append(Fault(WRITES, "status_before", after=2, times=2))
    assert [caller.put({"A1": [["x"]]}).status_code for _ in range(5)] == [200, 200, 503, 503, 200]


def test_a_fault_may_last(caller: Caller, server: SheetsServer) -> None:
    server.faults.append(Fault("", "status_before", times=None, status=500))
    assert [caller.session.get(caller.book).status_code for _ in range(3)] == [500] * 3
    server.faults.clear()
    assert caller.session.get(caller.book).status_code == 200


def test_a_fault_meets_only_its_methods(caller: Caller, server: SheetsServer) -> None:
    server.faults.append(Fault(r"spreadsheets\.batchUpdate$", "status_before"))
    assert caller.put({"A1": [["x"]]}).status_code == 200
    assert caller.session.get(caller.book).status_code == 200


def test_a_slow_answer_takes_its_time_on_the_clock(
    caller: Caller, server: SheetsServer, clock: Clock, book: Book
) -> None:
    began = clock.now
    server.faults.append(Fault(WRITES, "latency_before", seconds=180))
    assert caller.put({"A1": [["x"]]}).status_code == 200
    assert (clock.now - began, book.values("Sheet1")) == (180, [["x"]])


def test_a_quota_may_be_used_up_by_others(caller: Caller, server: SheetsServer, book: Book) -> None:
    server.faults.append(Fault(WRITES, "quota"))
    text = message(caller.put({"A1": [["x"]]}), 429, "RESOURCE_EXHAUSTED")
    assert text.startswith("Quota exceeded for quota metric 'Write requests'")
    assert book.values("Sheet1") == []


def test_somebody_may_do_something_meanwhile(caller: Caller, server: SheetsServer, book: Book) -> None:
    server.faults.append(Fault(WRITES, "meanwhile_before", do=lambda: book.rename("Sheet1", "Mine")))
    assert message(caller.put({"Sheet1!A1": [["x"]]})) == "Invalid data[0]: Unable to parse range: Sheet1!A1"
    server.faults.append(Fault(WRITES, "meanwhile_after", do=lambda: book.edit("Mine", "B1", "mine")))
    caller.put({"Mine!A1": [["x"]]})
    assert book.values("Mine") == [["x", "mine"]]


def test_the_token_endpoint_may_fail(server: SheetsServer) -> None:
    server.faults.append(Fault("oauth2.token", "status_before"))
    response = requests.post(server.token_uri, data={}, timeout=10)
    assert message(response, 503, "UNAVAILABLE") == "The service is currently unavailable."


def test_an_error_of_the_server_itself_is_not_hidden(caller: Caller, server: SheetsServer) -> None:
    server.faults.append(Fault(WRITES, "status_before", status=418))
    assert caller.put({"A1": [["x"]]}).status_code == 500
    assert server.wrong_answers == ["KeyError(418)"]
    server.wrong_answers.clear()
