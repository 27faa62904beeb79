"""The server counts what it is asked, and tells when it is wrong."""

from __future__ import annotations

import pytest
import requests

from tests.sheets_server import Book, SheetsServer, metadata, running_server
from tests.sheets_server.clients import Caller, message


def test_every_request_is_counted_with_its_bytes(caller: Caller, server: SheetsServer) -> None:
    written = caller.put({"Sheet1!A1": [["Ünï"]]})
    read = caller.session.get(f"{caller.book}/values/Sheet1!A1")
    lost = caller.session.get(f"{server.url}/v5")
    body = written.request.body
    assert body is not None
    api = "sheets.spreadsheets.values."
    assert [
        (one.method, one.api_method, one.kind, one.status, one.received, one.sent, one.user)
        for one in server.requests
    ] == [
        ("POST", f"{api}batchUpdate", "write", 200, len(body), len(written.content), "anonymous"),
        ("GET", f"{api}get", "read", 200, 0, len(read.content), "anonymous"),
        ("GET", "", "", 404, 0, len(lost.content), ""),
    ]
    assert server.requests[1].path == "/v4/spreadsheets/book-1/values/Sheet1!A1"
    assert (server.count("read"), server.count("write")) == (1, 1)


def test_books_are_apart(caller: Caller, server: SheetsServer, book: Book) -> None:
    other = server.add_book("book-2", title="Other", locale="de_DE", time_zone="Europe/Berlin")
    caller.write(Sheet1=[["x"]])
    assert (book.values("Sheet1"), other.values("Sheet1")) == ([["x"]], [])
    fields = "properties(title,locale,timeZone)"
    answer = requests.get(f"{server.url}/v4/spreadsheets/book-2?fields={fields}", timeout=10)
    assert answer.json()["properties"] == {"title": "Other", "locale": "de_DE", "timeZone": "Europe/Berlin"}


def ask_for_what_is_not_modelled() -> None:
    with running_server(anonymous_role="writer") as server:
        server.add_book("book-1")
        url = f"{server.url}/v4/spreadsheets/book-1:batchUpdate"
        assert requests.post(url, json={"requests": [{"sortRange": {}}]}, timeout=10).status_code == 501


def test_a_test_that_asks_for_what_is_not_modelled_fails() -> None:
    with pytest.raises(AssertionError, match="sortRange"):
        ask_for_what_is_not_modelled()


def test_an_answer_that_google_would_not_give_fails_the_test(
    caller: Caller, server: SheetsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metadata, "properties", lambda sheet: {"name": sheet.title})
    response = caller.session.get(caller.book)
    assert message(response, 500, "INTERNAL").startswith("This server is wrong: WrongAnswer")
    (wrong,) = server.wrong_answers
    assert "Cannot find field." in wrong
    server.wrong_answers.clear()


def test_a_client_that_goes_away_disturbs_nobody(
    caller: Caller, server: SheetsServer, capfd: pytest.CaptureFixture[str]
) -> None:
    caller.write(Sheet1=[["x" * 50_000] * 20])
    with requests.get(f"{caller.book}/values/Sheet1", stream=True, timeout=10) as response:
        response.raw.read(1)
    assert caller.read("Sheet1!B2") == []
    assert capfd.readouterr().err == ""
