"""The task that writes Google Sheets, in the real DAG: when it does, what it says, how it fails alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.dag.equality import csv_rows
from tests.dag.running import Sync
from tests.dag.shop import Shop
from tests.sheets_server import SheetsServer, running_server

TABLES = {
    "Products": "products",
    "Variants": "product_variants",
    "Customers": "customers",
    "Orders": "orders",
    "LineItems": "line_items",
}
BOOK = "book-of-the-shop"


@pytest.fixture
def sheets() -> Iterator[SheetsServer]:
    """Google Sheets with an empty spreadsheet."""
    with running_server() as server:
        server.add_book(BOOK, title="Shop")
        yield server


@pytest.fixture
def pushing(sync: Sync, sheets: SheetsServer, monkeypatch: pytest.MonkeyPatch) -> Sync:
    """The DAG after its first run, with a spreadsheet set since."""
    sync.variables |= {"google_sheet_id": BOOK, "google_sheets_api_endpoint": sheets.url}
    monkeypatch.setenv("AIRFLOW_CONN_GOOGLE_CLOUD_DEFAULT", connection(sheets.service_account()))
    return sync


def connection(key: dict[str, str]) -> str:
    extra = {"keyfile_dict": json.dumps(key)}
    return json.dumps({"conn_type": "google_cloud_platform", "extra": extra})


def shown(sheets: SheetsServer, tab: str) -> list[list[Any]]:
    """What a tab shows below its header."""
    return sheets.books[BOOK].values(tab)[1:]


def test_a_run_writes_every_tab_and_the_next_one_what_changed(
    pushing: Sync, sheets: SheetsServer, shop: Shop
) -> None:
    run = pushing.run()
    assert (run.state, run.tasks["push_to_sheets"]) == ("success", "success")
    for tab, table in TABLES.items():
        rows = csv_rows(pushing.data_dir, table)
        assert len(shown(sheets, tab)) == len(rows)
        assert run.returned["push_to_sheets"][tab]["rows"] == len(rows)
        assert run.returned["push_to_sheets"][tab]["state"] == "written anew"
    log = pushing.run_log(run)
    assert "\nGoogle Sheets\n  Products" in log
    assert f"{len(shown(sheets, 'Orders')):,} rows, written anew" in log
    shop.live(hours=8)
    written = sheets.count("write")
    run = pushing.run()
    assert (run.state, sheets.count("write")) == ("success", written + 1)
    assert {row[0] for row in shown(sheets, "Orders")} == {
        str(row["order_id"]) for row in csv_rows(pushing.data_dir, "orders")
    }
    run = pushing.run()
    assert (run.state, sheets.count("write")) == ("success", written + 1)
    assert {tab["state"] for name, tab in run.returned["push_to_sheets"].items() if name != "requests"} == {
        "unchanged"
    }


def test_without_a_sheet_the_task_is_skipped_and_the_run_is_green(sync: Sync) -> None:
    run = sync.run()
    assert (run.state, run.tasks["push_to_sheets"], run.tasks["report_run"]) == (
        "success",
        "skipped",
        "success",
    )
    assert sync.reason(run, "push_to_sheets") == "Nothing is pushed: the Variable google_sheet_id is empty"


def test_with_the_param_off_nothing_is_pushed(pushing: Sync, sheets: SheetsServer) -> None:
    run = pushing.run({"push_to_sheets": False})
    assert (run.state, run.tasks["push_to_sheets"]) == ("success", "skipped")
    assert pushing.reason(run, "push_to_sheets") == (
        "Nothing is pushed: the run's param push_to_sheets is off"
    )
    assert sheets.requests == []


def test_a_spreadsheet_that_is_not_shared_is_red_and_everything_else_is_done(
    pushing: Sync, sheets: SheetsServer, shop: Shop
) -> None:
    account = sheets.service_account()["client_email"]
    sheets.books[BOOK].unshare(account)
    shop.live(hours=8)
    run = pushing.run()
    assert (run.state, run.failed) == ("failed", ["push_to_sheets", "report_run"])
    assert pushing.reason(run, "push_to_sheets") == (
        f"Google does not let {account} write the spreadsheet {BOOK} (The caller does not have permission): "
        f"share it with {account} as an editor"
    )
    assert run.tasks["compute_analytics"] == "success"
    assert [attempt for attempt in pushing.attempts(run) if attempt[0] == "push_to_sheets"] == [
        ("push_to_sheets", 1, "failed")
    ]
    sheets.books[BOOK].share(account, "writer")
    run = pushing.run()
    assert run.state == "success"
    assert len(shown(sheets, "Orders")) == len(csv_rows(pushing.data_dir, "orders"))
