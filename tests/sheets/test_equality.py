"""The tabs are equal to the CSV files, whatever happens to the shop."""

from __future__ import annotations

import pytest

from tests.sheets import oracle, shops
from tests.sheets.pushing import Desk
from tests.sheets.shops import ids


def test_the_first_push_shows_every_row_in_the_order_of_the_files(desk: Desk) -> None:
    desk.push_and_check()
    for tab in oracle.FILES:
        _, rows = oracle.of_csv(desk.database.parent, tab)
        shown = oracle.of_book(desk.book(), tab, len(desk.book().values(tab)[0]))
        assert [str(row[0][1]) for row in shown] == list(rows)
    assert desk.book().titles == ["Sheet1", "_sync", *oracle.FILES, "Summary"]
    assert desk.book().sheet("_sync").hidden


def test_an_empty_database_makes_tabs_of_headers(empty_desk: Desk) -> None:
    empty_desk.push_and_check()
    assert empty_desk.book().values("Orders")[1:] == []


def test_nothing_is_written_when_nothing_changed(pushed: Desk) -> None:
    state = pushed.book().state
    pushed.push_and_check()
    assert pushed.book().state is state


@pytest.mark.parametrize("table", ["products", "product_variants", "customers", "orders"])
def test_changed_rows_are_written(pushed: Desk, table: str) -> None:
    shops.change(pushed.db, table, ids(2, 3), updated_at="2026-04-01T00:00:00Z")
    pushed.push_and_check()


def test_new_rows_come_at_the_end(pushed: Desk) -> None:
    shops.add_orders(pushed.db, [13, 14])
    pushed.push_and_check()
    assert [row[1] for row in pushed.book().values("Orders")[-2:]] == ["#1013", "#1014"]


def test_a_row_with_a_smaller_key_than_all_others_comes_at_the_end(pushed: Desk) -> None:
    shops.put(pushed.db, "orders", shops.order(0))
    pushed.push_and_check()
    assert pushed.book().values("Orders")[-1][1] == "#1000"


@pytest.mark.parametrize(
    "gone",
    [
        [12],
        [1],
        [5, 6],
        [11, 12],
        [10, 12],
        [1, 12],
        [1, 2, 3, 4, 5, 6, 7],
        [6, 7, 8, 9, 10, 11, 12],
        [1, 3, 5, 7, 9, 11],
        list(range(1, 12)),
        list(range(1, 13)),
    ],
    ids=str,
)
def test_deleted_rows_leave_no_gap(pushed: Desk, gone: list[int]) -> None:
    shops.delete(pushed.db, "orders", ids(*gone))
    pushed.push_and_check()


def test_a_table_that_lost_all_its_rows_can_fill_again(pushed: Desk) -> None:
    shops.delete(pushed.db, "orders", ids(*range(1, 13)))
    pushed.push_and_check()
    shops.change(pushed.db, "orders", ids(4, 5), deleted_at=None)
    pushed.push_and_check()


@pytest.mark.parametrize("cells", [0, 10_000_000], ids=["in place", "unseen"])
def test_a_table_that_lost_all_its_rows_is_written_as_a_whole(
    pushed: Desk, monkeypatch: pytest.MonkeyPatch, cells: int
) -> None:
    """A grid has one row below its header at least: it is empty."""
    monkeypatch.setattr("shopify_analytics.sheets.rewrite.CELLS_ALLOWED", cells)
    shops.delete(pushed.db, "orders", ids(*range(30)))
    pushed.book().edit("Orders", "B1", "Name")
    pushed.book().edit("LineItems", "B1", "Name")
    pushed.push_and_check()


def test_the_only_row_goes(empty_desk: Desk) -> None:
    shops.add_orders(empty_desk.db, [1])
    empty_desk.push()
    shops.delete(empty_desk.db, "orders", ids(1))
    empty_desk.push_and_check()


def test_new_rows_take_the_places_of_those_that_are_gone(pushed: Desk) -> None:
    shops.delete(pushed.db, "orders", ids(3, 12))
    shops.add_orders(pushed.db, [20])
    pushed.push_and_check()
    assert pushed.book().values("Orders")[3][1] == "#1020"


def test_rows_that_moved_can_change_and_go(pushed: Desk) -> None:
    shops.delete(pushed.db, "orders", ids(2))
    pushed.push_and_check()
    assert pushed.book().values("Orders")[2][1] == "#1012"
    shops.change(pushed.db, "orders", ids(12), total_price=1.5)
    pushed.push_and_check()
    shops.delete(pushed.db, "orders", ids(12, 3))
    pushed.push_and_check()


def test_a_row_that_moves_may_change_at_the_same_time(pushed: Desk) -> None:
    shops.delete(pushed.db, "orders", ids(2))
    shops.change(pushed.db, "orders", ids(12, 11), total_price=1.5)
    pushed.push_and_check()


def test_more_may_be_new_gone_and_changed_at_once_in_all_tables(pushed: Desk) -> None:
    shops.add_products(pushed.db, [5, 6])
    shops.delete(pushed.db, "products", ids(1))
    shops.add_orders(pushed.db, [13, 14, 15])
    shops.delete(pushed.db, "orders", ids(1, 7))
    shops.delete(pushed.db, "customers", ids(7))
    shops.remove_lines(pushed.db, [shops.line(4, 0)["id"]])
    shops.change(pushed.db, "orders", ids(3, 9), financial_status="refunded")
    pushed.push_and_check()


def test_most_rows_of_a_large_table_may_change(desk: Desk) -> None:
    shops.add_orders(desk.db, range(13, 400))
    desk.push_and_check()
    shops.change(desk.db, "orders", ids(*range(20, 390)), total_price=7.77)
    done = desk.push_and_check()
    assert done["Orders"]["state"] == "written anew"


def test_without_personal_data_its_cells_are_empty(pushed: Desk) -> None:
    pushed.personal_data = False
    pushed.push_and_check()
    customers = [
        dict(zip(pushed.book().values("Customers")[0], row, strict=False))
        for row in pushed.book().values("Customers")[1:]
    ]
    assert {
        (row["email"], row["first_name"], row["phone"], row["zip"], row["city"]) for row in customers
    } == {("", "", "", "", "Köln")}
    pushed.personal_data = True
    pushed.push_and_check()


def test_texts_stay_texts(empty_desk: Desk) -> None:
    titles = [
        '=IMPORTXML("http://example.com", "//a")',
        "+49 30 1234",
        "-1",
        "@cmd",
        "00123",
        "TRUE",
        "1e5",
        "2026-01-01",
        "'quoted",
        " spaces ",
        'two\nlines, "quotes"\tand a tab',
        "日本語 Ünïcödé 🛋️",
    ]
    rows = [shops.product(number, title=title, vendor=title) for number, title in enumerate(titles, 1)]
    shops.put(empty_desk.db, "products", *rows)
    empty_desk.push_and_check()
    assert [row[1] for row in empty_desk.book().values("Products")[1:]] == titles
    shops.change(empty_desk.db, "products", ids(3), title="=1+1")
    shops.put(empty_desk.db, "products", shops.product(99, title="=2+2"))
    empty_desk.push_and_check()
    assert [empty_desk.book().values("Products")[row][1] for row in (3, 13)] == ["=1+1", "=2+2"]


def test_ids_of_17_digits_and_texts_of_too_many_characters(empty_desk: Desk) -> None:
    largest = 2**63 - 1
    shops.put(empty_desk.db, "products", shops.product(1, id=largest, tags="x" * 50_001))
    shops.put(empty_desk.db, "product_variants", shops.variant(1, inventory_quantity=2**53 + 1))
    empty_desk.push_and_check()
    row = empty_desk.book().values("Products")[1]
    assert (row[0], row[6]) == (str(largest), "x" * 49_999 + "…")


def test_several_spreadsheets_hold_the_tabs_between_them(desk: Desk) -> None:
    desk.server.add_book("book-2")
    desk.server.add_book("book-3")
    desk.spreadsheets |= {"LineItems": "book-2", "Orders": "book-2", "Summary": "book-3"}
    desk.push_and_check()
    assert desk.server.books["book-2"].titles == ["Sheet1", "_sync", "Orders", "LineItems"]
    shops.add_orders(desk.db, [13])
    shops.delete(desk.db, "products", ids(2))
    desk.push_and_check()


def test_another_spreadsheet_gets_everything(pushed: Desk) -> None:
    before = pushed.book().state
    first = pushed.book()
    pushed.server.add_book("book-2")
    pushed.spreadsheets = dict.fromkeys(pushed.spreadsheets, "book-2")
    pushed.push_and_check()
    assert first.state is before
    pushed.spreadsheets = dict.fromkeys(pushed.spreadsheets, "book-1")
    shops.change(pushed.db, "orders", ids(3), total_price=0.5)
    pushed.push_and_check()


def test_frozen_rows_do_not_keep_a_table_from_shrinking(pushed: Desk) -> None:
    pushed.book().freeze("Orders", 12)
    shops.delete(pushed.db, "orders", ids(*range(2, 12)))
    pushed.push_and_check()
