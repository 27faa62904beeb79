"""A push keeps below Google's quota, and waits for the next minute when others used it up."""

from __future__ import annotations

from collections import Counter

import pytest
from shopify_analytics.sheets.client import SheetsClient

from tests.sheets import shops
from tests.sheets.pushing import Desk
from tests.sheets.shops import ids
from tests.sheets_server import Fault, Quota
from tests.sheets_server.clients import Clock


def read(client: SheetsClient) -> None:
    client.fetch_sheet_metadata("book-1", {"fields": "properties(title)"})


def most_in_a_minute(times: list[float]) -> int:
    """The largest number within any 60 seconds."""
    return max(sum(start <= time < start + 60 for time in times) for start in times)


@pytest.fixture
def times(desk: Desk, clock: Clock) -> list[float]:
    """When each request came, to be filled; each takes half a second."""
    found: list[float] = []

    def note() -> None:
        found.append(clock.now)
        clock.sleep(0.5)

    desk.server.faults.append(Fault("spreadsheets", "meanwhile_before", times=None, do=note))
    return found


def test_there_are_never_more_than_fifty_reads_in_any_minute(desk: Desk, times: list[float]) -> None:
    with desk.client() as client:
        for _ in range(170):
            read(client)
    assert (len(times), most_in_a_minute(times)) == (170, 50)


def test_reads_and_writes_are_counted_apart(desk: Desk, times: list[float], clock: Clock) -> None:
    before = clock.now
    body = {"valueInputOption": "RAW", "data": [{"range": "Sheet1!A1", "values": [["x"]]}]}
    with desk.client() as client:
        for _ in range(50):
            read(client)
            client.values_batch_update("book-1", body)
    assert clock.now - before == 50


def test_a_first_push_with_the_quota_of_google_meets_no_refusal(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopify_analytics.sheets.rewrite.CHUNK_BYTES", 200)
    desk.server.quota = Quota.of_google()
    before = clock.now
    assert {request.status for request in desk.asked()} == {200}
    desk.check()
    assert desk.server.count("write") > 60
    assert clock.now - before >= 60


def test_a_noisy_neighbour_costs_time_and_nothing_else(desk: Desk, clock: Clock) -> None:
    """Another program uses the same account up to its last request, in the first minutes."""
    desk.server.quota = quota = Quota.of_google()
    account = desk.server.service_account()["client_email"]
    window = int(clock.now // 60 * 60)
    for minute in range(3):
        for kind in ("read", "write"):
            quota._counts[kind, account, window + 60 * minute] = 60
    before = clock.now
    statuses = Counter(request.status for request in desk.asked())
    desk.check()
    assert set(statuses) == {200, 429}
    assert 120 < clock.now - before < 480


def test_the_client_counts_what_was_refused(desk: Desk) -> None:
    desk.server.faults = [Fault("spreadsheets.get", "quota", times=2)]
    with desk.client() as client:
        read(client)
        assert (client.requests_made, client.requests_refused) == (3, 2)


def test_after_a_refusal_the_client_waits_for_the_next_window(desk: Desk, clock: Clock) -> None:
    clock.now = 1_795_000_080.0 + 45
    desk.server.faults = [Fault("spreadsheets.get", "quota")]
    with desk.client() as client:
        read(client)
    assert 15.5 <= clock.now - (1_795_000_080.0 + 45) <= 20


@pytest.mark.parametrize("quota", [4, 7])
def test_however_small_the_quota_the_push_goes_through(desk: Desk, quota: int) -> None:
    desk.server.quota = Quota(reads_per_user=quota, writes_per_user=quota)
    desk.push_and_check()
    shops.change(desk.db, "orders", ids(2), total_price=0.5)
    desk.push_and_check()


def test_what_is_sent_is_compact(desk: Desk) -> None:
    body = {"valueInputOption": "RAW", "data": [{"range": "Sheet1!A1", "values": [["é", 1]]}]}
    with desk.client() as client:
        client.values_batch_update("book-1", body)
    expected = '{"valueInputOption":"RAW","data":[{"range":"Sheet1!A1","values":[["é",1]]}]}'
    assert desk.server.requests[-1].received == len(expected.encode())
