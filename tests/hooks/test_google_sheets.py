"""Credentials for Google Sheets: from the connection, else from the key in the project's folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from shopify_analytics.errors import SettingsError
from shopify_analytics.hooks import google_sheets
from shopify_analytics.hooks.google_sheets import GoogleSheetsHook
from shopify_analytics.sheets.client import SheetsClient

from tests.sheets_server import SheetsServer, running_server

SCOPE = "https://www.googleapis.com/auth/spreadsheets"
ACCOUNT = "sync@loopback.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def key() -> dict[str, str]:
    """The key of a service account."""
    return SheetsServer().service_account(ACCOUNT)


@pytest.fixture
def key_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the key of the project's folder would be; there is none yet."""
    file = tmp_path / "gspread_credentials.json"
    monkeypatch.setattr(google_sheets, "KEY_FILE", file)
    return file


def connect(monkeypatch: pytest.MonkeyPatch, **extra: Any) -> None:
    connection = {"conn_type": "google_cloud_platform", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_GOOGLE_CLOUD_DEFAULT", json.dumps(connection))


def test_the_scope_for_spreadsheets_is_added_to_those_of_the_connection(
    monkeypatch: pytest.MonkeyPatch, key: dict[str, str]
) -> None:
    connect(monkeypatch, keyfile_dict=json.dumps(key))
    assert GoogleSheetsHook().scopes == [SCOPE]
    drive = "https://www.googleapis.com/auth/drive"
    connect(monkeypatch, keyfile_dict=json.dumps(key), scope=f"{drive},{SCOPE}")
    assert GoogleSheetsHook().scopes == [drive, SCOPE]


def test_the_key_in_the_projects_folder_needs_no_connection(key: dict[str, str], key_file: Path) -> None:
    key_file.write_text(json.dumps(key), encoding="utf-8")
    hook = GoogleSheetsHook()
    assert hook.account == ACCOUNT
    assert isinstance(hook.client, SheetsClient)


def test_a_connection_is_preferred_to_that_key(
    monkeypatch: pytest.MonkeyPatch, key: dict[str, str], key_file: Path
) -> None:
    key_file.write_text(json.dumps(key | {"client_email": "other@example.com"}), encoding="utf-8")
    connect(monkeypatch, keyfile_dict=json.dumps(key))
    assert GoogleSheetsHook().account == ACCOUNT


def test_who_is_impersonated_is_who_the_spreadsheet_is_shared_with(
    monkeypatch: pytest.MonkeyPatch, key: dict[str, str]
) -> None:
    target = "sheets@loopback.iam.gserviceaccount.com"
    connect(monkeypatch, keyfile_dict=json.dumps(key), impersonation_chain=target)
    assert GoogleSheetsHook().account == target


@pytest.mark.usefixtures("key_file")
def test_without_credentials_one_sentence_says_where_to_put_them() -> None:
    with pytest.raises(SettingsError) as error:
        GoogleSheetsHook()
    assert str(error.value) == (
        "There are no Google credentials: put the key of a service account into gspread_credentials.json in "
        "the project's folder, or add the connection google_cloud_default"
    )


@pytest.mark.parametrize("damaged", ["{", '{"type": "service_account"}', '{"private_key": "-----BEGIN"}'])
def test_a_key_that_cannot_be_used_is_refused_without_showing_it(key_file: Path, damaged: str) -> None:
    key_file.write_text(damaged, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        _ = GoogleSheetsHook().account
    said = str(error.value)
    assert said.startswith("The credentials of the connection google_cloud_default cannot be used (")
    assert said.endswith("put it into gspread_credentials.json or into the connection as Keyfile JSON")
    assert "BEGIN" not in said


def test_the_client_asks_where_the_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_server() as server:
        server.add_book("book-1", title="Shop")
        connect(monkeypatch, keyfile_dict=json.dumps(server.service_account()))
        client = GoogleSheetsHook(endpoint=f"{server.url}/").client
        answer = client.fetch_sheet_metadata("book-1", {"fields": "properties.title"})
        assert answer == {"properties": {"title": "Shop"}}
        assert (client.account, client.requests_made) == (ACCOUNT, 1)
