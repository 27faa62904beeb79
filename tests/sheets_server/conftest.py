"""A server on a clock that stands still, a book on it, and clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gspread
import pytest
import requests

from tests.sheets_server import Book, SheetsServer, running_server
from tests.sheets_server.clients import Caller, Clock, credentials, google_client, gspread_client


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[SheetsServer]:
    """Lets anybody read and write."""
    with running_server(clock=clock, sleep=clock.sleep, anonymous_role="writer") as server:
        yield server


@pytest.fixture
def book(server: SheetsServer) -> Book:
    """Called ``Shop``, with one empty sheet."""
    return server.add_book("book-1", title="Shop")


@pytest.fixture
def caller(server: SheetsServer, book: Book) -> Iterator[Caller]:
    """Calls ``book`` without a token."""
    with requests.Session() as session:
        yield Caller(server, book.book_id, session)


@pytest.fixture
def key(server: SheetsServer) -> dict[str, str]:
    """A service account that may write."""
    return server.service_account("sync@loopback.iam.gserviceaccount.com", role="writer")


@pytest.fixture
def gspread_book(server: SheetsServer, book: Book, key: dict[str, str]) -> Iterator[gspread.Spreadsheet]:
    """The book as gspread opens it with the key."""
    with gspread_client(server, credentials(key)) as client:
        yield client.open_by_key(book.book_id)


@pytest.fixture
def google(server: SheetsServer, book: Book, key: dict[str, str]) -> Iterator[Any]:
    """Google's own client, with the key."""
    with google_client(server, credentials(key)) as spreadsheets:
        yield spreadsheets
