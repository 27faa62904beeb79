"""Who asks is found out as Google does it, and refused in its words."""

from __future__ import annotations

import time
from typing import Any

import google.auth.exceptions
import gspread
import jwt
import pytest
import requests

from tests.sheets_server import Book, SheetsServer
from tests.sheets_server.clients import SPREADSHEETS, Caller, Clock, credentials, gspread_client, message

DRIVE_FILE = "https://www.googleapis.com/auth/drive.file"
READ_ONLY = "https://www.googleapis.com/auth/spreadsheets.readonly"
CLOUD = "https://www.googleapis.com/auth/cloud-platform"
TIMES = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def token(server: SheetsServer, key: dict[str, str], **claims: Any) -> requests.Response:
    """Ask for a token with a claim that is right but for what is given."""
    now = int(time.time())
    claim = {
        "iss": key["client_email"],
        "aud": key["token_uri"],
        "scope": SPREADSHEETS,
        "iat": now,
        "exp": now + 3600,
    }
    assertion = jwt.encode(claim | claims, key["private_key"], algorithm="RS256")
    form = {"grant_type": BEARER, "assertion": assertion}
    return requests.post(server.token_uri, data=form, timeout=10)


def ask(server: SheetsServer, given: str | None, path: str = "book-1") -> requests.Response:
    headers = {"Authorization": f"Bearer {given}"} if given else {}
    return requests.get(f"{server.url}/v4/spreadsheets/{path}", headers=headers, timeout=10)


def test_a_signed_claim_gets_a_token_that_opens_the_book(
    server: SheetsServer, book: Book, key: dict[str, str]
) -> None:
    granted = token(server, key).json()
    assert (granted["expires_in"], granted["token_type"]) == (3599, "Bearer")
    assert ask(server, granted["access_token"]).json()["properties"]["title"] == "Shop"
    assert [(request.kind, request.user) for request in server.requests] == [
        ("token", ""),
        ("read", key["client_email"]),
    ]


@pytest.mark.parametrize(
    ("claims", "error", "description"),
    [
        ({"iss": "nobody@example.com"}, "invalid_grant", "Invalid grant: account not found"),
        ({"iss": "other@example.com"}, "invalid_grant", "Invalid JWT Signature."),
        ({"aud": "https://example.com/token"}, "invalid_grant", "Invalid JWT: Failed audience check."),
        ({"scope": ""}, "invalid_scope", "Empty or missing scope not allowed."),
        ({"scope": "sheets"}, "invalid_scope", "Invalid OAuth scope or ID token audience provided."),
        (
            {"exp": 1},
            "invalid_grant",
            TIMES,
        ),
    ],
)
def test_a_claim_that_does_not_hold_gets_none(
    server: SheetsServer, key: dict[str, str], claims: dict[str, Any], error: str, description: str
) -> None:
    server.service_account("other@example.com")
    response = token(server, key, **claims)
    assert response.status_code == 400
    assert response.json() == {"error": error, "error_description": description}


def test_what_is_no_claim_gets_no_token(server: SheetsServer) -> None:
    form = {"grant_type": BEARER, "assertion": "abc"}
    assert requests.post(server.token_uri, data=form, timeout=10).json()["error"] == "invalid_grant"
    form = {"grant_type": "password"}
    assert requests.post(server.token_uri, data=form, timeout=10).json()["error"] == "unsupported_grant_type"


def test_a_token_expires_with_the_clock(
    server: SheetsServer, book: Book, key: dict[str, str], clock: Clock
) -> None:
    given = token(server, key).json()["access_token"]
    clock.sleep(3599)
    assert ask(server, given).status_code == 200
    clock.sleep(1)
    refused = ask(server, given)
    assert message(refused, 401, "UNAUTHENTICATED").startswith(
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other"
    )
    assert refused.json()["error"]["details"][0]["reason"] == "ACCESS_TOKEN_EXPIRED"


def test_google_auth_gets_a_new_token_when_one_has_expired(
    server: SheetsServer, gspread_book: gspread.Spreadsheet
) -> None:
    server.expire_tokens()
    assert gspread_book.sheet1.title == "Sheet1"
    assert [request.status for request in server.requests] == [200, 200, 401, 200, 200]


def test_without_a_token_nobody_gets_in_unless_let(server: SheetsServer, book: Book) -> None:
    server.anonymous_role = None
    assert message(ask(server, None), 403, "PERMISSION_DENIED") == (
        "Method doesn't allow unregistered callers (callers without established identity). "
        "Please use API Key or other form of API consumer identity to call this API."
    )
    server.anonymous_role = "reader"
    assert ask(server, None).status_code == 200


def test_an_anonymous_reader_cannot_write(server: SheetsServer, caller: Caller) -> None:
    server.anonymous_role = "reader"
    refused = caller.put({"A1": [["x"]]})
    assert message(refused, 403, "PERMISSION_DENIED") == "The caller does not have permission"


def test_a_scope_that_has_nothing_to_do_with_sheets_is_not_enough(
    server: SheetsServer, book: Book, key: dict[str, str]
) -> None:
    refused = ask(server, token(server, key, scope=CLOUD).json()["access_token"])
    text = "Request had insufficient authentication scopes."
    assert message(refused, 403, "PERMISSION_DENIED") == text
    assert refused.json()["error"]["details"] == [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "domain": "googleapis.com",
            "metadata": {
                "service": "sheets.googleapis.com",
                "method": "google.apps.sheets.v4.SpreadsheetsService.GetSpreadsheet",
            },
        }
    ]


def test_a_scope_for_reading_does_not_write(server: SheetsServer, book: Book, key: dict[str, str]) -> None:
    with gspread_client(server, credentials(key, READ_ONLY)) as client:
        sheet = client.open_by_key("book-1").sheet1
        with pytest.raises(gspread.exceptions.APIError, match="insufficient authentication scopes"):
            sheet.update_acell("A1", "x")


def test_a_project_must_enable_the_api(server: SheetsServer, book: Book, key: dict[str, str]) -> None:
    server.api_enabled = False
    refused = ask(server, token(server, key).json()["access_token"])
    assert message(refused, 403, "PERMISSION_DENIED") == (
        "Google Sheets API has not been used in project 123456789012 before or it is disabled. Enable it by "
        "visiting https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project="
        "123456789012 then retry. If you enabled this API recently, wait a few minutes for the action to "
        "propagate to our systems and retry."
    )
    assert refused.json()["error"]["details"][1]["reason"] == "SERVICE_DISABLED"


def test_a_book_must_be_shared(server: SheetsServer, book: Book) -> None:
    given = token(server, server.service_account("new@example.com", role=None)).json()["access_token"]
    text = "The caller does not have permission"
    assert message(ask(server, given), 403, "PERMISSION_DENIED") == text
    book.share("new@example.com", "reader")
    assert ask(server, given).status_code == 200
    book.unshare("new@example.com")
    assert message(ask(server, given), 403, "PERMISSION_DENIED") == text


def test_a_reader_cannot_write(server: SheetsServer, book: Book) -> None:
    with gspread_client(server, credentials(server.service_account("new@example.com", "reader"))) as client:
        sheet = client.open_by_key("book-1").sheet1
        with pytest.raises(gspread.exceptions.APIError, match="The caller does not have permission"):
            sheet.update_acell("A1", "x")
    assert book.values("Sheet1") == []


def test_a_book_that_is_not_there_is_not_found(caller: Caller, server: SheetsServer) -> None:
    text = "Requested entity was not found."
    assert message(ask(server, None, "book-9"), 404, "NOT_FOUND") == text


def test_the_scope_for_own_files_sees_only_own_books(
    server: SheetsServer, book: Book, key: dict[str, str]
) -> None:
    given = token(server, key, scope=DRIVE_FILE).json()["access_token"]
    assert message(ask(server, given), 404, "NOT_FOUND") == "Requested entity was not found."
    book.created_by = key["client_email"]
    assert ask(server, given).status_code == 200


def test_an_uploaded_file_is_no_spreadsheet(caller: Caller, book: Book) -> None:
    book.is_office_file = True
    text = "This operation is not supported for this document"
    assert message(caller.session.get(caller.book), 400, "FAILED_PRECONDITION") == text
    assert message(caller.put({"A1": [["x"]]}), 400, "FAILED_PRECONDITION") == text


def test_a_wrong_key_is_google_auths_error(server: SheetsServer, book: Book, key: dict[str, str]) -> None:
    wrong = key | {"private_key": server.service_account("other@example.com")["private_key"]}
    with (
        gspread_client(server, credentials(wrong)) as client,
        pytest.raises(google.auth.exceptions.RefreshError, match="Invalid JWT Signature"),
    ):
        client.open_by_key("book-1")
