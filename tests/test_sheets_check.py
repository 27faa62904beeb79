"""``make sheets-check``: what it says of a spreadsheet that can be written, and of what is in the way."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator

import database_commands
import pytest
from shopify_analytics.config import Folders

from tests.sheets_server import Book, SheetsServer, running_server

ACCOUNT = "sync@loopback.iam.gserviceaccount.com"


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> Iterator[SheetsServer]:
    """Google Sheets, and Airflow set up for it."""
    with running_server() as server:
        extra = {"keyfile_dict": json.dumps(server.service_account(ACCOUNT))}
        connection = {"conn_type": "google_cloud_platform", "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_GOOGLE_CLOUD_DEFAULT", json.dumps(connection))
        monkeypatch.setenv("AIRFLOW_VAR_GOOGLE_SHEETS_API_ENDPOINT", server.url)
        monkeypatch.setenv(
            "AIRFLOW_VAR_GOOGLE_SHEET_ID", "https://docs.google.com/spreadsheets/d/book-1/edit#gid=0"
        )
        yield server


@pytest.fixture
def book(sheets: SheetsServer) -> Book:
    """A new spreadsheet."""
    return sheets.add_book("book-1", title="Shop")


def check(folders: Folders, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines that it prints."""
    database_commands.sheets_check(folders)
    return capsys.readouterr().out.splitlines()


def refusal(folders: Folders) -> str:
    with pytest.raises(database_commands.SyncError) as error:
        database_commands.sheets_check(folders)
    return str(error.value)


def test_a_spreadsheet_that_can_be_written_is_well_and_stays_as_it_is(
    book: Book, folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(folders, capsys) == [
        f"Account      {ACCOUNT}",
        f"Spreadsheet  'Shop' (book-1): {ACCOUNT} may edit it",
        "Tabs         Products, Variants, Customers, Orders, LineItems, Summary: the first push makes them",
        "Cells        26,000 of 10,000,000 are there",
        "Tables       no sync has run yet: what they need is not known",
        "Quota        0 of 2 requests were refused; a sync never makes more than 50 a minute",
        "All is well: the next sync can push",
    ]
    assert book.titles == ["Sheet1"]
    assert book.values("Sheet1") == []


@pytest.mark.usefixtures("book")
def test_after_a_sync_it_says_what_the_tables_need(
    loaded: sqlite3.Connection, folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = loaded.execute("SELECT count(*) FROM orders WHERE deleted_at IS NULL").fetchone()[0]
    needed = next(line for line in check(folders, capsys) if line.startswith("Tables"))
    assert re.fullmatch(rf"Tables       need [\d,]+ cells: the tabs show all {orders} orders", needed)


def test_a_reader_may_not_write(book: Book, folders: Folders) -> None:
    book.share(ACCOUNT, "reader")
    assert refusal(folders) == (
        f"Google does not let {ACCOUNT} write the spreadsheet book-1 (The caller does not have permission): "
        f"share it with {ACCOUNT} as an editor"
    )


def test_somebody_elses_tab_is_in_the_way(book: Book, folders: Folders) -> None:
    book.rename("Sheet1", "Orders")
    book.edit("Orders", "A1", "my own")
    assert refusal(folders) == (
        "The spreadsheet 'Shop' has a tab Orders that this project did not make: rename it, or set the "
        "Variable google_sheet_id to another spreadsheet"
    )


def test_without_a_spreadsheet_there_is_nothing_to_check(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_GOOGLE_SHEET_ID", "")
    assert refusal(folders) == (
        "No spreadsheet is set: put its address into the Variable google_sheet_id, or into .env as "
        "GOOGLE_SHEET_ID"
    )
