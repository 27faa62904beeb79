"""Every hour the first column of each tab is read back, and all cells of a part that moves on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from shopify_analytics.sheets.read_back import EVERY, column_letters

from tests.sheets.pushing import Desk


def checked_rows(desk: Desk) -> dict[str, int]:
    return dict(desk.db.execute("SELECT tab, checked_row FROM sheet_tabs"))


def let_an_hour_pass_from_where_it_was(desk: Desk) -> None:
    earlier = datetime.now(UTC) - EVERY - timedelta(seconds=1)
    desk.db.execute("UPDATE sheet_tabs SET checked_at = ?", (earlier.isoformat(),))


def test_an_edit_anywhere_is_found_when_its_part_is_read(
    pushed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four rows of Orders at a time."""
    monkeypatch.setattr("shopify_analytics.sheets.read_back.CELLS_AT_ONCE", 79 * 3)
    pushed.book().edit("Orders", "E11", "somebody@example.com")
    state = pushed.book().state
    for row in (5, 9):
        let_an_hour_pass_from_where_it_was(pushed)
        pushed.push()
        assert (checked_rows(pushed)["Orders"], pushed.book().state) == (row, state)
    let_an_hour_pass_from_where_it_was(pushed)
    pushed.push_and_check()
    assert pushed.book().state is not state


def test_after_the_last_row_it_begins_again(pushed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopify_analytics.sheets.read_back.CELLS_AT_ONCE", 79 * 5)
    found = []
    for _ in range(4):
        let_an_hour_pass_from_where_it_was(pushed)
        pushed.push()
        found.append(checked_rows(pushed)["Orders"])
    assert found == [7, 13, 7, 13]


def test_within_the_hour_nothing_is_read_back(pushed: Desk) -> None:
    pushed.book().edit("Orders", "E11", "somebody@example.com")
    state = pushed.book().state
    recently = datetime.now(UTC) - EVERY + timedelta(minutes=1)
    pushed.db.execute("UPDATE sheet_tabs SET checked_at = ?", (recently.isoformat(),))
    pushed.push()
    assert pushed.book().state is state


def test_a_number_that_google_rounds_is_no_edit(pushed: Desk) -> None:
    header, *rows = pushed.book().values("Orders")
    column = header.index("total_price")
    price = rows[7][column]
    assert isinstance(price, float)
    rounded = float(f"{price:.15g}")
    assert rounded != price
    pushed.book().edit("Orders", f"{column_letters(column + 1)}9", rounded)
    state = pushed.book().state
    pushed.let_an_hour_pass()
    pushed.push()
    assert pushed.book().state is state


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (79, "CA"), (703, "AAA")])
def test_columns_are_named_as_people_see_them(number: int, letters: str) -> None:
    assert column_letters(number) == letters
