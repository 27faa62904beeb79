"""A push may be killed at any moment: the next one makes everything equal, and repeats nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sheets import shops
from tests.sheets.killing import moments, push_killed
from tests.sheets.pushing import Desk
from tests.sheets.reading import shown
from tests.sheets.shops import ids
from tests.sheets_server.book import State

REWRITE = "shopify_analytics.sheets.rewrite"
DELTA = "shopify_analytics.sheets.delta"


def change_the_shop(desk: Desk) -> None:
    shops.change(desk.db, "orders", ids(3, 12), total_price=0.5)
    shops.delete(desk.db, "orders", ids(4, 5))
    shops.add_products(desk.db, [7])
    shops.change(desk.db, "customers", ids(2), city="Bonn")


def kill_everywhere(
    desk: Desk, *, step: int = 1, then: Callable[[Desk, State], None] = lambda desk, left: None
) -> int:
    """Kill at every moment, push again each time, and find everything equal; return how often."""
    database, state = desk.db.serialize(), desk.book().state
    number = len(moments(desk))
    for after in range(0, number, step):
        desk.restore(database, state)
        assert push_killed(desk, after)
        left = desk.book().state
        desk.push_and_check()
        then(desk, left)
    return number


def written_once(desk: Desk, left: State) -> None:
    """Find that nothing was written again if all of it had been when the push was killed."""
    if shown(left) == shown(desk.book().state):
        assert desk.book().state is left


def test_a_difference_is_written_once(pushed: Desk) -> None:
    change_the_shop(pushed)
    assert kill_everywhere(pushed, then=written_once) > 20


def test_the_first_push_of_all_tabs(desk: Desk) -> None:
    assert kill_everywhere(desk, step=7, then=written_once) > 100


def test_a_tab_written_anew_by_a_copy(pushed: Desk) -> None:
    pushed.book().edit("Orders", "B1", "Name")
    assert kill_everywhere(pushed, then=written_once) > 20


def test_a_renamed_tab_written_anew_by_a_copy(pushed: Desk) -> None:
    pushed.book().rename("Orders", "All orders")
    titles = {*pushed.book().titles, "Orders"} - {"All orders"}
    assert kill_everywhere(pushed, then=lambda desk, left: check_titles(desk, titles)) > 20


def check_titles(desk: Desk, titles: set[str]) -> None:
    assert set(desk.book().titles) == titles


def test_a_tab_written_anew_by_an_exchange(pushed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{REWRITE}.MOST_CELLS_TO_COPY", 0)
    pushed.book().edit("Orders", "B1", "Name")
    places = {sheet.title: sheet.index for sheet in pushed.book().state.sheets}
    assert kill_everywhere(pushed, then=written_once) > 20
    assert {sheet.title: sheet.index for sheet in pushed.book().state.sheets} == places


def test_a_tab_written_in_place(pushed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{REWRITE}.CELLS_ALLOWED", pushed.book().cells)
    pushed.book().edit("Orders", "B1", "Name")
    assert kill_everywhere(pushed) > 10


def test_a_tab_written_in_several_chunks(pushed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{REWRITE}.CHUNK_BYTES", 2_000)
    pushed.book().edit("Orders", "B1", "Name")
    assert kill_everywhere(pushed, step=2) > 25


@pytest.mark.parametrize("orders", [(), (13, 14, 15, 16)], ids=["fewer rows", "more rows"])
def test_a_difference_written_in_steps(
    pushed: Desk, monkeypatch: pytest.MonkeyPatch, orders: tuple[int, ...]
) -> None:
    monkeypatch.setattr(f"{DELTA}.SOFT_BYTES", 100)
    monkeypatch.setattr(f"{DELTA}.HARD_BYTES", 6_000)
    shops.delete(pushed.db, "orders", ids(4, 5))
    shops.put(pushed.db, "orders", *map(shops.order, orders))
    assert kill_everywhere(pushed) > 20


def test_a_push_to_another_spreadsheet(pushed: Desk) -> None:
    pushed.push()
    pushed.server.add_book("book-2")
    before = pushed.book().state
    pushed.spreadsheets = pushed.spreadsheets | {"Customers": "book-2"}
    pushed.server.books["book-2"].add_sheet("Mine", [["mine"]])
    state = pushed.server.books["book-2"].state
    database = pushed.db.serialize()
    for after in range(0, len(moments(pushed)), 2):
        pushed.restore(database, before)
        pushed.server.books["book-2"].state = state
        assert push_killed(pushed, after)
        pushed.push_and_check()
        assert set(pushed.server.books["book-2"].titles) == {"Sheet1", "Mine", "_sync", "Customers"}
        assert pushed.server.books["book-1"].sheet("Customers").rows == pushed_rows(before, "Customers")


def pushed_rows(state: State, title: str) -> object:
    return next(sheet.rows for sheet in state.sheets if sheet.title == title)
