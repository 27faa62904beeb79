"""Whoever reads the tabs while they are written sees a complete version of each, the old or the new one."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from google.auth.transport.requests import AuthorizedSession
from shopify_analytics.sheets.sources import USUAL

from tests.sheets import shops
from tests.sheets.pushing import Desk
from tests.sheets.reading import being_written, check_never_torn, check_together, shown, watched
from tests.sheets.shops import ids
from tests.sheets_server.clients import credentials

REWRITE = "shopify_analytics.sheets.rewrite"
DELTA = "shopify_analytics.sheets.delta"


def change_the_shop(desk: Desk) -> None:
    shops.change(desk.db, "orders", ids(3, 12), total_price=0.5)
    shops.delete(desk.db, "orders", ids(4, 5))
    shops.add_orders(desk.db, [30])


def test_orders_and_their_lines_change_together(pushed: Desk) -> None:
    change_the_shop(pushed)
    with watched(pushed.book()) as states:
        pushed.push_and_check()
    check_never_torn(states)
    check_together(states, "Orders", "LineItems", "Customers", "Summary")
    assert len(states) == 2


def test_tabs_appear_complete(desk: Desk) -> None:
    with watched(desk.book()) as states:
        desk.push_and_check()
    check_never_torn(states)
    assert len(states) > len(USUAL)


@pytest.mark.parametrize("most_cells_to_copy", [0, 1_000_000], ids=["exchanged", "copied"])
@pytest.mark.parametrize("chunk_bytes", [1_000, 2_000_000])
def test_a_tab_that_is_written_anew_changes_at_once(
    pushed: Desk, monkeypatch: pytest.MonkeyPatch, most_cells_to_copy: int, chunk_bytes: int
) -> None:
    monkeypatch.setattr(f"{REWRITE}.MOST_CELLS_TO_COPY", most_cells_to_copy)
    monkeypatch.setattr(f"{REWRITE}.CHUNK_BYTES", chunk_bytes)
    change_the_shop(pushed)
    for tab in USUAL:
        pushed.book().edit(tab, "A1", "id")
    with watched(pushed.book()) as states:
        pushed.push_and_check()
    check_never_torn(states)
    assert not any(being_written(state) for state in states)


@pytest.mark.parametrize("more", [range(0), range(40, 48)], ids=["fewer rows", "more rows"])
@pytest.mark.parametrize("hard_bytes", [100_000, 12_000], ids=["tab by tab", "in steps"])
def test_what_one_call_cannot_carry_is_not_torn_either(
    pushed: Desk, monkeypatch: pytest.MonkeyPatch, more: range, hard_bytes: int
) -> None:
    monkeypatch.setattr(f"{DELTA}.SOFT_BYTES", 100)
    monkeypatch.setattr(f"{DELTA}.HARD_BYTES", hard_bytes)
    shops.change(pushed.db, "orders", ids(3, 12), total_price=0.5)
    shops.delete(pushed.db, "orders", ids(4, 5, 6))
    shops.add_orders(pushed.db, more)
    with watched(pushed.book()) as states:
        done = pushed.push_and_check()
    assert done["Orders"]["state"] == "updated"
    check_never_torn(states)
    assert len(states) > 3


def test_a_tab_that_is_written_in_place_says_so_all_the_time(
    pushed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{REWRITE}.CELLS_ALLOWED", pushed.book().cells)
    monkeypatch.setattr(f"{REWRITE}.CHUNK_BYTES", 2_000)
    shops.change(pushed.db, "orders", ids(2, 4, 6), total_price=0.5)
    pushed.book().edit("Orders", "B1", "Name")
    with watched(pushed.book()) as states:
        pushed.push_and_check()
    check_never_torn(states)
    assert [being_written(state) for state in states[1:-1]] == [{"Orders"}] * (len(states) - 2)
    assert len(states) > 5


def test_a_second_client_polls_all_the_time(pushed: Desk) -> None:
    polled: list[list[Any]] = []
    versions = [shown(pushed.book().state)]
    done = threading.Event()
    key = pushed.server.service_account("bi@loopback.iam.gserviceaccount.com", role="reader")
    url = f"{pushed.server.url}/v4/spreadsheets/book-1/values:batchGet"
    query = {"ranges": USUAL, "valueRenderOption": "UNFORMATTED_VALUE"}

    def poll() -> None:
        with AuthorizedSession(credentials(key)) as session:
            while not done.is_set():
                polled.append(session.get(url, params=query).json().get("valueRanges"))

    reader = threading.Thread(target=poll)
    reader.start()
    try:
        for number in range(1, 7):
            shops.change(pushed.db, "orders", ids(*range(1, 13)), total_price=number)
            shops.delete(pushed.db, "orders", ids(number))
            shops.add_orders(pushed.db, [20 + number])
            if number % 2:
                pushed.book().add_rows("Orders", 1)
            pushed.push()
            versions.append(shown(pushed.book().state))
    finally:
        done.set()
        reader.join()
    pushed.check()
    for answer in polled:
        for tab, found in zip(USUAL, answer, strict=True):
            assert found["values"] in [version[tab] for version in versions], tab
    assert len(polled) > 6
