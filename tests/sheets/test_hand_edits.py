"""Whatever people do to the tabs, they are as the CSV files again; what is not the project's stays."""

from __future__ import annotations

import pytest
from shopify_analytics.errors import SheetsRefused, SheetsUnavailable

from tests.sheets import shops
from tests.sheets.hand_edits import EDITS_OF_SYNC, SEEN_AT_ONCE, SEEN_WITHIN_THE_HOUR, Edit
from tests.sheets.pushing import Desk
from tests.sheets.shops import ids
from tests.sheets_server import Fault, Sheet


@pytest.mark.parametrize("edit", SEEN_AT_ONCE.values(), ids=SEEN_AT_ONCE)
def test_what_is_seen_at_once_is_mended_by_the_next_push(pushed: Desk, edit: Edit) -> None:
    edit(pushed.book())
    pushed.push_and_check()
    state = pushed.book().state
    pushed.push()
    assert pushed.book().state is state


@pytest.mark.parametrize("edit", EDITS_OF_SYNC.values(), ids=EDITS_OF_SYNC)
def test_whatever_happens_to_sync_does_not_keep_changes_of_the_shop_away(pushed: Desk, edit: Edit) -> None:
    edit(pushed.book())
    shops.change(pushed.db, "orders", ids(3, 4), total_price=0.5)
    shops.delete(pushed.db, "orders", ids(7))
    pushed.push_and_check()


@pytest.mark.parametrize("edit", SEEN_WITHIN_THE_HOUR.values(), ids=SEEN_WITHIN_THE_HOUR)
def test_what_is_not_seen_at_once_is_mended_within_the_hour(pushed: Desk, edit: Edit) -> None:
    edit(pushed.book())
    pushed.let_an_hour_pass()
    pushed.push_and_check()


def test_an_edit_and_changes_of_the_shop_meet(pushed: Desk) -> None:
    pushed.book().edit("Orders", "E7", "somebody@example.com")
    pushed.book().sort("LineItems", "J")
    shops.change(pushed.db, "orders", ids(3, 4), total_price=0.5)
    shops.delete(pushed.db, "orders", ids(7))
    pushed.let_an_hour_pass()
    pushed.push_and_check()


def as_people_see_it(sheet: Sheet) -> tuple[object, ...]:
    return (sheet.sheet_id, sheet.rows, sheet.cells, sheet.layers, sheet.spans, sheet.protections)


def test_what_is_typed_into_an_empty_tab_goes_within_the_hour(empty_desk: Desk) -> None:
    empty_desk.push()
    empty_desk.book().edit("Orders", "C2", "hello")
    empty_desk.let_an_hour_pass()
    empty_desk.push_and_check()


def test_a_tab_keeps_its_identity_when_it_is_written_anew(pushed: Desk) -> None:
    before = pushed.book().sheet("Orders")
    pushed.book().edit("Orders", "A1", "id")
    pushed.push_and_check()
    after = pushed.book().sheet("Orders")
    assert (after.sheet_id, after.index) == (before.sheet_id, before.index)
    assert after.protections == before.protections
    assert after.column_widths == before.column_widths


def test_a_hidden_tab_stays_hidden(pushed: Desk) -> None:
    pushed.book().hide("Customers")
    pushed.book().edit("Customers", "A1", "id")
    pushed.push_and_check()
    assert pushed.book().sheet("Customers").hidden


def test_other_tabs_are_never_touched(desk: Desk) -> None:
    book = desk.book()
    book.add_sheet("Mine", [["=Orders!B2", 1], ["", True]])
    book.add_sheet("_new", [["not ours"]])
    book.add_sheet("orders 2", [["not ours"]])
    titles = ("Sheet1", "Mine", "_new", "orders 2")
    mine = [as_people_see_it(book.sheet(title)) for title in titles]
    named = {"namedRangeId": "n1", "name": "totals", "range": {"sheetId": book.sheet("Mine").sheet_id}}
    book.change(lambda state: state.named_ranges.append(named))

    def untouched() -> bool:
        seen = [as_people_see_it(book.sheet(title)) for title in titles]
        return seen == mine and book.state.named_ranges == [named]

    desk.push()
    assert untouched()
    book.delete_sheet("Orders")
    book.edit("Customers", "A1", "id")
    shops.delete(desk.db, "products", ids(2))
    desk.push()
    assert untouched()


@pytest.mark.parametrize("title", ["Orders", "Summary", "orders"])
def test_a_tab_of_somebody_else_with_the_name_of_ours_is_refused_and_stays(desk: Desk, title: str) -> None:
    desk.book().add_sheet(title, [["Date", "Who"], ["1.1.", "me"]])
    theirs = as_people_see_it(desk.book().sheet(title))
    with pytest.raises(SheetsRefused) as refused:
        desk.push()
    assert str(refused.value) == (
        f"The spreadsheet 'Shop' has a tab {title} that this project did not make: rename it, or set the "
        "Variable google_sheet_id to another spreadsheet"
    )
    assert as_people_see_it(desk.book().sheet(title)) == theirs
    desk.book().rename(title, "Theirs")
    desk.push_and_check()


def test_a_tab_made_by_somebody_after_ours_was_renamed_is_refused_and_stays(pushed: Desk) -> None:
    pushed.book().rename("Orders", "Orders of the sync")
    pushed.book().add_sheet("Orders", [["Date", "Who"], ["1.1.", "me"]])
    theirs = as_people_see_it(pushed.book().sheet("Orders"))
    with pytest.raises(SheetsRefused, match="has a tab Orders that this project did not make"):
        pushed.push()
    assert as_people_see_it(pushed.book().sheet("Orders")) == theirs


def test_an_empty_tab_with_the_name_of_ours_is_used(desk: Desk) -> None:
    desk.book().add_sheet("Orders")
    sheet_id = desk.book().sheet("Orders").sheet_id
    desk.push_and_check()
    assert desk.book().sheet("Orders").sheet_id == sheet_id


def test_a_sheet_of_another_spreadsheet_is_not_taken_for_ours_by_its_number(empty_desk: Desk) -> None:
    """Sheet1 has the number 0 in every spreadsheet."""
    shops.add_orders(empty_desk.db, [1, 2])
    empty_desk.book().rename("Sheet1", "Orders")
    empty_desk.push_and_check()
    other = empty_desk.server.add_book("book-2")
    other.edit("Sheet1", "A1", "not ours")
    theirs = as_people_see_it(other.sheet("Sheet1"))
    empty_desk.spreadsheets = dict.fromkeys(empty_desk.spreadsheets, "book-2")
    empty_desk.push_and_check()
    assert as_people_see_it(other.sheet("Sheet1")) == theirs


def test_a_database_that_forgot_everything_takes_its_tabs_up_again(pushed: Desk) -> None:
    sheets = {sheet.title: sheet.sheet_id for sheet in pushed.book().state.sheets}
    for table in ("sheet_tabs", "sheet_rows"):
        pushed.db.execute(f"DELETE FROM {table}")
    shops.change(pushed.db, "orders", ids(2), total_price=9.0)
    pushed.push_and_check()
    assert {sheet.title: sheet.sheet_id for sheet in pushed.book().state.sheets} == sheets


def test_a_database_of_yesterday_brings_the_tabs_back_to_yesterday(pushed: Desk) -> None:
    yesterday = pushed.db.serialize()
    shops.add_orders(pushed.db, [13])
    shops.delete(pushed.db, "orders", ids(2))
    pushed.push()
    pushed.restore(yesterday, pushed.book().state)
    pushed.push_and_check()


def test_a_copy_that_fails_is_tried_again_before_the_tab_loses_its_identity(pushed: Desk) -> None:
    identity = pushed.book().sheet("Orders").sheet_id
    for still_a_copy in (True, True, False):
        pushed.book().edit("Orders", "B1", "Name")
        pushed.server.faults = [Fault(r"spreadsheets\.batchUpdate", "status_before", after=1)]
        with pytest.raises(SheetsUnavailable):
            pushed.push()
        mode = pushed.db.execute("SELECT mode FROM sheet_pushes").fetchone()[0]
        assert mode.startswith("copy") is still_a_copy
        assert pushed.book().sheet("Orders").sheet_id == identity
    pushed.push_and_check()
