"""What does not fit into a spreadsheet's cells is left out, the oldest orders first, and the tabs say so.

The spreadsheets here have a few thousand cells. An order takes 79 of them, its two lines 40 more; the other
tabs together with ``_sync`` and ``Sheet1`` take about 500.
"""

from __future__ import annotations

import pytest
from shopify_analytics.errors import SheetsRefused

from tests.sheets import shops
from tests.sheets.pushing import Desk
from tests.sheets.reading import watched
from tests.sheets.shops import ids
from tests.sheets_server.book import State

ALL = "all {} orders"
NEWEST = "the newest {} of {} orders, and their lines"


class Limit:
    """How many cells a spreadsheet may have, for the project and for the server."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def set(self, cells: int) -> None:
        """Allow so many."""
        for module in ("budget", "rewrite"):
            self.monkeypatch.setattr(f"shopify_analytics.sheets.{module}.CELLS_ALLOWED", cells)
        self.monkeypatch.setattr("tests.sheets_server.book.CELL_LIMIT", cells)


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Limit:
    return Limit(monkeypatch)


@pytest.fixture
def small(desk: Desk) -> Desk:
    """A desk whose ``Sheet1`` takes two cells."""
    desk.book().change(lambda state: state.sheets[0].resize(2, 1))
    return desk


def told(desk: Desk) -> str:
    """What ``Summary`` says of the orders in the tabs."""
    (line,) = (row for row in desk.book("Summary").values("Summary") if row[0] == "Orders in the tabs")
    return str(line[1])


def test_as_many_of_the_newest_orders_as_fit_are_shown(
    small: Desk, limit: Limit, caplog: pytest.LogCaptureFixture
) -> None:
    limit.set(1_600)
    small.push_and_check(oldest_order=ids(6)[0])
    assert told(small) == NEWEST.format(7, 12)
    assert (
        "Not everything fits: Orders and LineItems show the newest 7 of 12 orders, and their lines"
        in caplog.text
    )


def test_the_window_stays_as_long_as_it_fits_then_moves_on(small: Desk, limit: Limit) -> None:
    limit.set(1_600)
    small.push()
    shops.add_orders(small.db, [13])
    done = small.push_and_check(oldest_order=ids(6)[0])
    assert (told(small), done["Orders"]["state"]) == (NEWEST.format(8, 13), "updated")
    shops.add_orders(small.db, [14])
    small.push_and_check(oldest_order=ids(9)[0])
    assert told(small) == NEWEST.format(6, 14)
    shops.change(small.db, "orders", ids(10), total_price=0.5)
    small.push_and_check(oldest_order=ids(9)[0])


def test_all_orders_are_shown_again_when_they_fit_with_room_to_spare(small: Desk, limit: Limit) -> None:
    limit.set(1_600)
    small.push()
    shops.delete(small.db, "orders", ids(1, 2))
    small.push_and_check(oldest_order=ids(6)[0])
    assert told(small) == NEWEST.format(7, 10)
    shops.delete(small.db, "orders", ids(11, 12, 10))
    small.push_and_check()
    assert told(small) == ALL.format(7)


def test_what_people_add_to_the_spreadsheet_takes_room(small: Desk, limit: Limit) -> None:
    limit.set(2_400)
    small.push_and_check()
    assert told(small) == ALL.format(12)
    small.book().add_sheet("Mine", row_count=300, column_count=1)
    shops.add_orders(small.db, [13])
    small.push_and_check(oldest_order=ids(5)[0])
    assert told(small) == NEWEST.format(9, 13)


def test_a_tab_that_moved_to_another_spreadsheet_still_takes_room_where_it_was(
    small: Desk, limit: Limit
) -> None:
    limit.set(2_100)
    small.push_and_check()
    small.server.add_book("book-2").change(lambda state: state.sheets[0].resize(2, 1))
    small.spreadsheets = small.spreadsheets | {"Orders": "book-2"}
    shops.add_orders(small.db, range(13, 16))
    small.push()
    assert told(small) != ALL.format(15)
    assert small.server.books["book-1"].cells <= 2_100


def test_the_newest_orders_alone_can_be_asked_for(small: Desk) -> None:
    small.newest_orders = 3
    small.push_and_check(oldest_order=ids(10)[0])
    assert told(small) == NEWEST.format(3, 12)
    shops.add_orders(small.db, [13])
    small.push_and_check(oldest_order=ids(11)[0])
    small.newest_orders = 50
    small.push_and_check()
    assert told(small) == ALL.format(13)


def test_when_no_number_is_asked_for_any_more_all_orders_come_back(small: Desk) -> None:
    small.newest_orders = 3
    small.push()
    small.newest_orders = 0
    small.push_and_check()
    assert told(small) == ALL.format(12)


def test_when_no_number_is_asked_for_any_more_as_many_as_fit_come_back(small: Desk, limit: Limit) -> None:
    limit.set(1_600)
    small.newest_orders = 2
    small.push_and_check(oldest_order=ids(11)[0])
    small.newest_orders = 0
    small.push_and_check(oldest_order=ids(7)[0])


def test_more_orders_than_fit_can_be_asked_for(small: Desk, limit: Limit) -> None:
    limit.set(1_600)
    small.newest_orders = 11
    small.push_and_check(oldest_order=ids(6)[0])
    assert told(small) == NEWEST.format(7, 12)


def test_when_not_even_the_other_tables_fit_nothing_is_written(small: Desk, limit: Limit) -> None:
    limit.set(400)
    before = small.book().state
    with pytest.raises(SheetsRefused) as refused:
        small.push()
    assert str(refused.value) == (
        "The tables do not fit into the ten million cells of the spreadsheet book-1: delete tabs of your own "
        "there, or give tables spreadsheets of their own by the Variable google_sheet_ids"
    )
    assert small.book().state is before


def test_the_window_is_that_of_the_fullest_spreadsheet(small: Desk, limit: Limit) -> None:
    small.server.add_book("book-2").change(lambda state: state.sheets[0].resize(2, 1))
    small.spreadsheets = small.spreadsheets | {"Orders": "book-2"}
    limit.set(1_000)
    small.push_and_check(oldest_order=ids(4)[0])
    assert told(small) == NEWEST.format(9, 12)


def has_staging(states: list[State]) -> bool:
    return any(sheet.title.startswith("_new_") for state in states for sheet in state.sheets)


def test_a_tab_is_written_in_place_when_only_the_hidden_copy_does_not_fit(small: Desk, limit: Limit) -> None:
    small.push()
    limit.set(small.book().cells + 500)
    small.book().edit("Orders", "B1", "Name")
    small.book().edit("Products", "B1", "Name")
    with watched(small.book()) as states:
        small.push_and_check()
    assert has_staging(states)
    assert "_new_Orders" not in {sheet.title for state in states for sheet in state.sheets}


def test_a_tab_written_in_place_may_have_other_columns_and_rows(small: Desk, limit: Limit) -> None:
    small.push()
    small.book().add_column("Orders", before="C", header="Note")
    small.book().rename("Orders", "Everything")
    shops.delete(small.db, "orders", ids(1, 2, 3))
    limit.set(small.book().cells + 500)
    with watched(small.book()) as states:
        small.push_and_check()
    assert not has_staging(states)


def test_a_tab_that_grows_is_exchanged_when_a_copy_would_need_too_many_cells(
    small: Desk, limit: Limit
) -> None:
    small.push()
    before = small.book().sheet("Orders").sheet_id
    small.book().edit("Orders", "B1", "Name")
    shops.add_orders(small.db, range(13, 25))
    limit.set(small.book().cells + 25 * 79 + 50)
    small.push_and_check()
    assert small.book().sheet("Orders").sheet_id != before
