"""The clients of the tests: gspread, Google's own, and one that hides nothing; and their clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import google.auth.credentials
import gspread
import requests
from google.oauth2.service_account import Credentials
from googleapiclient.discovery import build

from tests.sheets_server.server import SheetsServer

GOOGLE = "https://sheets.googleapis.com"
SPREADSHEETS = "https://www.googleapis.com/auth/spreadsheets"


def credentials(key: dict[str, str], *scopes: str) -> Credentials:
    """Return what google-auth makes of a key."""
    made: Credentials = Credentials.from_service_account_info(key, scopes=scopes or (SPREADSHEETS,))
    return made


@contextmanager
def gspread_client(
    server: SheetsServer, auth: google.auth.credentials.Credentials
) -> Iterator[gspread.Client]:
    """The gspread client, with the address of the API replaced."""

    class LoopbackClient(gspread.HTTPClient):
        def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> requests.Response:
            return super().request(method, endpoint.replace(GOOGLE, server.url), *args, **kwargs)

    client = gspread.Client(auth=auth, http_client=LoopbackClient)
    try:
        yield client
    finally:
        client.http_client.session.close()


@contextmanager
def google_client(server: SheetsServer, auth: Credentials) -> Iterator[Any]:
    """The ``spreadsheets`` of Google's own client."""
    options = {"api_endpoint": server.url}
    with build("sheets", "v4", credentials=auth, client_options=options, static_discovery=True) as service:
        yield service.spreadsheets()


@dataclass
class Clock:
    """Seconds that pass only when somebody waits."""

    now: float = 1_795_000_040.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


class Caller:
    """Calls the API by path, without a token, and returns status and body as they come."""

    def __init__(self, server: SheetsServer, book_id: str, session: requests.Session) -> None:
        self.books = f"{server.url}/v4/spreadsheets"
        self.book = f"{self.books}/{book_id}"
        self.session = session

    def get(self, path: str = "", **query: Any) -> Any:
        """Return the body of an answer that must be good."""
        response = self.session.get(self.book + path, params=query)
        assert response.status_code == 200, response.text
        return response.json()

    def post(self, path: str, body: Any) -> requests.Response:
        """Return the answer, whatever it is."""
        return self.session.post(self.book + path, json=body)

    def batch(self, *changes: dict[str, Any]) -> list[dict[str, Any]]:
        """Apply requests, and return their replies."""
        response = self.post(":batchUpdate", {"requests": changes})
        assert response.status_code == 200, response.text
        replies: list[dict[str, Any]] = response.json()["replies"]
        return replies

    def refusal(self, *changes: dict[str, Any]) -> str:
        """Return why a batch was not applied."""
        return message(self.post(":batchUpdate", {"requests": changes}))

    def put(self, written: dict[str, list[list[Any]]], **options: Any) -> requests.Response:
        """Write ranges as they are given."""
        data = [{"range": name, "values": values} for name, values in written.items()]
        return self.post("/values:batchUpdate", {"valueInputOption": "RAW", "data": data} | options)

    def write(self, **written: list[list[Any]]) -> None:
        """Write sheets from A1 on."""
        response = self.put({f"{title}!A1": values for title, values in written.items()})
        assert response.status_code == 200, response.text

    def read(self, name: str, render: str = "UNFORMATTED_VALUE", **query: Any) -> list[list[Any]]:
        """Return the values of a range."""
        values: list[list[Any]] = self.get(f"/values/{name}", valueRenderOption=render, **query).get(
            "values", []
        )
        return values


def message(response: requests.Response, code: int = 400, status: str = "INVALID_ARGUMENT") -> str:
    """Return the text of an error, which must be of this kind."""
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["status"]) == (code, code, status), error
    text: str = error["message"]
    return text
