"""Tabs that a model of Power BI needs: there when asked for, equal to their files."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from shopify_analytics.errors import SheetsUnavailable
from shopify_analytics.sheets.sources import ON_REQUEST, TABS, USUAL

from tests import planted
from tests.sheets.pushing import BOOK, Desk
from tests.sheets_server import Fault
from tests.syncing import Syncs


@pytest.fixture
def asking(loaded: sqlite3.Connection, empty_desk: Desk) -> Desk:
    """The planted shop, with every tab asked for."""
    empty_desk.spreadsheets = dict.fromkeys(TABS, BOOK)
    return empty_desk


def without_its_first_line(order: dict[str, Any]) -> dict[str, Any]:
    return order | {"line_items": order["line_items"][1:], "updated_at": "2027-01-01T00:00:00Z"}


def test_they_show_the_ledger_the_products_and_the_buyers(asking: Desk) -> None:
    asking.push_and_check()
    assert asking.book().titles == ["Sheet1", "_sync", *TABS]
    assert len(asking.book().values("SalesLedger")) > len(asking.book().values("Orders"))


def test_nothing_is_written_when_nothing_changed(asking: Desk) -> None:
    asking.push()
    state = asking.book().state
    asking.push_and_check()
    assert asking.book().state is state


def test_they_follow_the_orders(asking: Desk, syncs: Syncs) -> None:
    asking.push()
    syncs.load(orders=[without_its_first_line(order) for order in planted.orders()[:2]])
    done = asking.push_and_check()
    assert done["SalesLedger"]["state"] in ("updated", "written anew")


def test_a_tab_that_is_asked_for_no_more_stays_as_it_is(asking: Desk, syncs: Syncs) -> None:
    asking.push()
    before = asking.book().values("SalesLedger")
    asking.spreadsheets = dict.fromkeys(USUAL, BOOK)
    syncs.load(orders=[without_its_first_line(order) for order in planted.orders()[:2]])
    asking.push()
    assert asking.book().values("SalesLedger") == before
    asking.spreadsheets = dict.fromkeys(TABS, BOOK)
    asking.push_and_check()


@pytest.mark.parametrize("tab", ON_REQUEST)
def test_a_push_that_was_cut_off_and_is_asked_for_no_more_is_forgotten(asking: Desk, tab: str) -> None:
    asking.spreadsheets = {**dict.fromkeys(USUAL, BOOK), tab: BOOK}
    pending = "SELECT count(*) FROM sheet_pushes WHERE tab = ?"
    after = 0
    while asking.db.execute(pending, (tab,)).fetchone() == (0,):
        asking.server.faults = [Fault(r"spreadsheets\.batchUpdate", "drop_before", times=None, after=after)]
        with pytest.raises(SheetsUnavailable):
            asking.push()
        after += 1
    asking.server.faults = []
    asking.spreadsheets = dict.fromkeys(USUAL, BOOK)
    asking.push()
    assert asking.db.execute(pending, (tab,)).fetchone() == (0,)
