"""What Google answers when it does not do what it is asked, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from airflow.sdk.definitions.retry_policy import RetryAction
from shopify_analytics.errors import SheetsRefused, SheetsUnavailable
from shopify_analytics.reasons import reason_class
from shopify_analytics.retry import decide
from shopify_analytics.sheets.answers import refusal

from tests.sheets import shops
from tests.sheets.pushing import Desk
from tests.sheets.shops import ids
from tests.sheets_server import Fault
from tests.sheets_server.clients import Clock, credentials

SYNC = "sync@loopback.iam.gserviceaccount.com"


def unshare(desk: Desk) -> None:
    desk.book().unshare(SYNC)


def share_for_reading(desk: Desk) -> None:
    desk.book().share(SYNC, "reader")


def disable_the_api(desk: Desk) -> None:
    desk.server.api_enabled = False


def ask_for_another_scope(desk: Desk) -> None:
    key = desk.server.service_account()
    desk.auth = credentials(key, "https://www.googleapis.com/auth/cloud-platform")


def mistype_the_id(desk: Desk) -> None:
    desk.spreadsheets = dict.fromkeys(desk.spreadsheets, "book-7")


def upload_an_excel_file(desk: Desk) -> None:
    desk.book().is_office_file = True


def protect_cells(desk: Desk) -> None:
    desk.book().protect("Orders", "A1:B7")


def delete_the_account(desk: Desk) -> None:
    desk.server.identities.roles.clear()


def mistype_the_endpoint(desk: Desk) -> None:
    desk.endpoint = f"{desk.server.url}/sheets"


REFUSALS: dict[Callable[[Desk], None], str] = {
    unshare: (
        "Google does not let {account} write the spreadsheet book-1 (The caller does not have permission): "
        "share it with {account} as an editor"
    ),
    share_for_reading: (
        "Google does not let {account} write the spreadsheet book-1 (The caller does not have permission): "
        "share it with {account} as an editor"
    ),
    disable_the_api: (
        "The Google Sheets API is switched off in the Google Cloud project of {account}: enable it at "
        "https://console.cloud.google.com/apis/library/sheets.googleapis.com, and wait a few minutes"
    ),
    ask_for_another_scope: (
        "The credentials of {account} are not meant for spreadsheets: add the scope "
        "https://www.googleapis.com/auth/spreadsheets to what gives them out, or use a key of a service "
        "account"
    ),
    mistype_the_id: (
        "There is no spreadsheet book-7, or nobody shared it with {account}: set the Variable "
        "google_sheet_id to the part of its address between /d/ and /edit"
    ),
    upload_an_excel_file: (
        "An Excel file was uploaded as the spreadsheet book-1: open it, choose File > Save as Google Sheets, "
        "and set the Variable google_sheet_id to the new one"
    ),
    protect_cells: (
        "Somebody protected cells of the spreadsheet book-1: in Data > Protect sheets and ranges, let "
        "{account} edit what this project writes, or remove the protection"
    ),
    delete_the_account: (
        "Google gives {account} no token (invalid_grant: Invalid grant: account not found): make a new key "
        "for the service account, and put it into gspread_credentials.json or into the connection "
        "google_cloud_default"
    ),
    mistype_the_endpoint: (
        "There is no Google Sheets API at {url}/sheets (404): correct the Variable "
        "google_sheets_api_endpoint, or empty it"
    ),
}


@pytest.mark.parametrize("trouble", REFUSALS, ids=lambda trouble: trouble.__name__)
def test_what_waiting_cannot_cure_is_refused_at_once_in_one_sentence(
    pushed: Desk, trouble: Callable[[Desk], None]
) -> None:
    shops.change(pushed.db, "orders", ids(2), total_price=0.5)
    trouble(pushed)
    before = pushed.server.count("write") + pushed.server.count("read")
    with pytest.raises(SheetsRefused) as refused:
        pushed.push()
    assert str(refused.value) == REFUSALS[trouble].format(account=SYNC, url=pushed.server.url)
    assert pushed.server.count("write") + pushed.server.count("read") <= before + 3
    decision = decide(refused.value, 1)
    assert (decision.action, reason_class(refused.value)) == (RetryAction.FAIL, "sheets")


def test_ten_million_cells_are_refused(pushed: Desk) -> None:
    pushed.server.add_book("book-2").add_sheet("Mine", row_count=9_973_990, column_count=1)
    pushed.spreadsheets = pushed.spreadsheets | {"Products": "book-2"}
    with pytest.raises(SheetsRefused) as refused:
        pushed.push()
    assert str(refused.value) == (
        "More than ten million cells do not fit into the spreadsheet book-2: delete tabs of your own there, "
        "set the Variable google_sheets_newest_orders, or give tables spreadsheets of their own by "
        "google_sheet_ids"
    )


def test_no_error_tells_what_a_cell_holds() -> None:
    response = requests.Response()
    response.status_code, response.url = 400, "https://sheets.googleapis.com/v4/spreadsheets/book-1/values"
    message = 'Invalid data[0]: "Zoë Smith, 1 Lane" is wrong \n there'
    response._content = json.dumps({"error": {"code": 400, "message": message}}).encode()
    assert str(refusal(response, SYNC)) == (
        "Google Sheets refused a request for the spreadsheet book-1 "
        '(400, Invalid data[0]: "…" is wrong there)'
    )


def test_the_next_try_comes_when_google_has_given_up_the_last_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SHOPIFY_SYNC_MAX_RETRY_SECONDS")
    decision = decide(SheetsUnavailable("500"), 1)
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(seconds=200))
    assert reason_class(SheetsUnavailable("500")) == "sheets"


TROUBLES = {
    "500": Fault("spreadsheets", "status_before", status=500),
    "503": Fault("spreadsheets", "status_before", status=503),
    "408 as a page": Fault("spreadsheets", "html_before", status=408),
    "502 as a page": Fault("spreadsheets", "html_before", status=502),
    "no answer": Fault("spreadsheets", "drop_before"),
    "429": Fault("spreadsheets", "quota"),
    "500 though it was done": Fault("spreadsheets", "status_after", status=500),
    "503 though it was done": Fault("spreadsheets", "status_after", status=503),
    "504 as a page though it was done": Fault("spreadsheets", "html_after", status=504),
    "no answer though it was done": Fault("spreadsheets", "drop_after"),
}


@pytest.mark.parametrize("fault", TROUBLES.values(), ids=TROUBLES)
@pytest.mark.parametrize("request_number", [0, 1, 2], ids=["properties", "values", "write"])
def test_a_difference_is_written_though_google_stumbles(
    pushed: Desk, fault: Fault, request_number: int
) -> None:
    shops.change(pushed.db, "orders", ids(2), total_price=0.5)
    pushed.server.faults = [replace(fault, after=request_number)]
    assert [request.status for request in pushed.asked()].count(200) >= 3
    pushed.check()


@pytest.mark.parametrize("fault", TROUBLES.values(), ids=TROUBLES)
def test_google_may_stumble_five_times_over_rows_that_are_added(pushed: Desk, fault: Fault) -> None:
    shops.add_orders(pushed.db, [20])
    pushed.server.faults = [replace(fault, after=2, times=5)]
    assert len(pushed.asked()) == 8
    pushed.check()


def test_google_is_asked_six_times_with_growing_pauses(pushed: Desk, clock: Clock) -> None:
    pushed.server.faults = [Fault("spreadsheets.get", "status_before", times=None)]
    before = clock.now
    with pytest.raises(SheetsUnavailable) as unavailable:
        pushed.push()
    assert str(unavailable.value) == (
        f"Google Sheets at {pushed.server.url} gives no usable answer: "
        "503, The service is currently unavailable."
    )
    assert [request.status for request in pushed.server.requests[-6:]] == [503] * 6
    assert 62 * 0.75 <= clock.now - before <= 62 * 1.25


def test_a_server_that_nobody_reaches_is_named(pushed: Desk) -> None:
    pushed.endpoint = "http://127.0.0.1:9"
    with pytest.raises(SheetsUnavailable) as unavailable:
        pushed.push()
    told = "Google Sheets at http://127.0.0.1:9 gives no usable answer: ConnectionError"
    assert str(unavailable.value) == told


@pytest.mark.parametrize("kind", ["status_after", "drop_after", "html_after", "status_before", "drop_before"])
def test_what_must_not_be_done_twice_is_asked_once_and_the_next_try_finds_out(
    pushed: Desk, kind: str
) -> None:
    """The publication of a tab that was written anew: a copy, and the deletion of what was copied."""
    pushed.book().edit("Orders", "B1", "Name")
    pushed.server.faults = [Fault(r"spreadsheets\.batchUpdate", kind, times=None, after=1)]  # type: ignore[arg-type]
    with pytest.raises(SheetsUnavailable):
        pushed.push()
    requests = [request for request in pushed.server.requests if request.status in (0, 503)]
    assert [request.api_method for request in requests] == ["sheets.spreadsheets.batchUpdate"]
    pushed.server.faults.clear()
    state = pushed.book().state
    pushed.push_and_check()
    if kind.endswith("after"):
        assert pushed.book().state is state


@pytest.mark.parametrize("kind", ["status_after", "drop_after", "status_before", "drop_before"])
def test_a_first_push_survives_any_lost_answer(desk: Desk, kind: str) -> None:
    for after in range(0, 13, 3):
        fault = Fault(r"spreadsheets\.batchUpdate", kind, times=1, after=after)  # type: ignore[arg-type]
        desk.server.faults = [fault]
        with pytest.raises(SheetsUnavailable):
            desk.push()
        desk.server.faults.clear()
        desk.push_and_check()
        for table in ("sheet_tabs", "sheet_rows"):
            desk.db.execute(f"DELETE FROM {table}")
        for title in (title for title in desk.book().titles if title != "Sheet1"):
            desk.book().delete_sheet(title)


def test_expired_tokens_are_renewed(pushed: Desk) -> None:
    shops.change(pushed.db, "orders", ids(2), total_price=0.5)
    for after in range(3):
        pushed.server.faults = [
            Fault("spreadsheets", "meanwhile_after", after=after, do=pushed.server.expire_tokens)
        ]
        shops.change(pushed.db, "orders", ids(3), total_price=after)
        pushed.push_and_check()


def test_a_token_server_that_stumbles_is_asked_again(pushed: Desk) -> None:
    pushed.server.expire_tokens()
    pushed.server.faults = [Fault("token", "drop_before", times=2)]
    pushed.push_and_check()


@pytest.mark.parametrize("kind", ["latency_before", "latency_after"])
def test_a_stall_of_three_minutes_is_waited_for(pushed: Desk, clock: Clock, kind: str) -> None:
    shops.change(pushed.db, "orders", ids(2), total_price=0.5)
    pushed.server.faults = [Fault("spreadsheets", kind, times=None, seconds=180.0)]  # type: ignore[arg-type]
    before = clock.now
    assert [request.status for request in pushed.asked()] == [200] * 3
    assert clock.now - before == 3 * 180
    pushed.check()
