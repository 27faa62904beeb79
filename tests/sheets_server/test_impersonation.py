"""One account may get the token of another, if it is let."""

from __future__ import annotations

import google.auth.exceptions
import google.auth.iam
import google.auth.impersonated_credentials
import pytest

from tests.sheets_server import Book, SheetsServer
from tests.sheets_server.clients import SPREADSHEETS, credentials, gspread_client

SYNC, LOADER, MIDDLE = "sync@loopback.iam.gserviceaccount.com", "loader@example.com", "middle@example.com"
CLOUD = "https://www.googleapis.com/auth/cloud-platform"


@pytest.fixture
def loader(
    server: SheetsServer, monkeypatch: pytest.MonkeyPatch
) -> google.auth.impersonated_credentials.Credentials:
    """``SYNC`` acting as ``LOADER``, through ``MIDDLE``."""
    endpoint = f"{server.url}/v1/projects/-/serviceAccounts/{{}}:generateAccessToken"
    monkeypatch.setattr(google.auth.iam, "_IAM_ENDPOINT", endpoint)
    source = credentials(server.service_account(SYNC, role=None), CLOUD)
    return google.auth.impersonated_credentials.Credentials(
        source, LOADER, [SPREADSHEETS], delegates=[MIDDLE]
    )


def test_the_book_is_shared_with_the_account_that_is_impersonated(
    server: SheetsServer, book: Book, loader: google.auth.impersonated_credentials.Credentials
) -> None:
    server.let_impersonate(SYNC, MIDDLE)
    server.let_impersonate(MIDDLE, LOADER)
    book.share(LOADER, "writer")
    with gspread_client(server, loader) as client:
        client.open_by_key("book-1").sheet1.update_acell("A1", "x")
    assert book.values("Sheet1") == [["x"]]
    assert [request.user for request in server.requests if request.kind == "write"] == [LOADER]


def test_every_account_of_the_chain_must_be_let(
    server: SheetsServer, book: Book, loader: google.auth.impersonated_credentials.Credentials
) -> None:
    server.let_impersonate(SYNC, MIDDLE)
    denied = pytest.raises(google.auth.exceptions.RefreshError, match=r"getAccessToken.+ denied")
    with gspread_client(server, loader) as client, denied:
        client.open_by_key("book-1")
