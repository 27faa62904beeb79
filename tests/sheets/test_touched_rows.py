"""A push looks only at rows that were written since the last one, and misses none of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from shopify_analytics.database import connect
from shopify_analytics.sheets.sources import TABLES, table_source

from tests.sheets import shops
from tests.sheets.pushing import Desk
from tests.sheets.shops import FIRST_ID, ids


def written(desk: Desk) -> dict[str, int]:
    """How many rows of each table a push writes."""
    done = desk.push()
    widths = {tab: len(desk.book().values(tab)[0]) for tab in TABLES}
    return {tab: done[tab]["cells_written"] // widths[tab] for tab in TABLES if done[tab]["cells_written"]}


def forget_what_row_shows(desk: Desk, number: int) -> None:
    """As if an order's row had been compared with another version."""
    desk.db.execute(
        "UPDATE sheet_rows SET digest = x'00' WHERE tab = 'Orders' AND key = ?", (FIRST_ID + number,)
    )


def touched(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.db.execute("SELECT tab, key FROM sheet_touched ORDER BY seq").fetchall()


def test_rows_that_nobody_wrote_are_not_looked_at_until_the_tab_is_read_back(pushed: Desk) -> None:
    forget_what_row_shows(pushed, 3)
    shops.change(pushed.db, "orders", ids(7), total_price=0.5)
    assert written(pushed) == {"Orders": 1}
    pushed.let_an_hour_pass()
    assert written(pushed) == {"Orders": 1}
    pushed.let_an_hour_pass()
    assert written(pushed) == {}


def test_another_setting_has_every_row_looked_at(pushed: Desk) -> None:
    forget_what_row_shows(pushed, 3)
    pushed.newest_orders = 12
    assert written(pushed) == {}
    pushed.newest_orders = 11
    assert written(pushed) == {"Orders": 2, "LineItems": 2}
    pushed.check(oldest_order=FIRST_ID + 2)


def test_a_row_is_noted_once_however_often_it_is_written(pushed: Desk) -> None:
    assert touched(pushed) == []
    shops.change(pushed.db, "orders", ids(7, 8, 7), total_price=0.5)
    assert touched(pushed) == [("Orders", FIRST_ID + 8), ("Orders", FIRST_ID + 7)]
    pushed.push_and_check()
    assert touched(pushed) == []


def test_rows_are_noted_from_the_first_push_on(desk: Desk) -> None:
    assert touched(desk) == []
    desk.push()
    shops.put(desk.db, "products", shops.product(9))
    shops.remove_lines(desk.db, ids(2))
    assert touched(desk) == [("Products", FIRST_ID + 9), ("LineItems", FIRST_ID + 2)]


def test_lines_of_an_order_that_is_deleted_and_comes_back_are_noted(pushed: Desk) -> None:
    for deleted_at in (shops.DELETED_AT, None):
        shops.change(pushed.db, "orders", ids(3), deleted_at=deleted_at)
        assert sorted(touched(pushed)) == [
            ("LineItems", FIRST_ID + 6),
            ("LineItems", FIRST_ID + 7),
            ("Orders", FIRST_ID + 3),
        ]
        pushed.push_and_check()


def change_during_the_push(desk: Desk) -> None:
    """As soon as the spreadsheet changes, so do orders, by another process."""

    def change(_: object) -> None:
        desk.book().watchers.clear()
        with connect(desk.database) as db:
            shops.change(db, "orders", ids(2, 7), total_price=77.7)

    desk.book().watchers.append(change)


@pytest.mark.parametrize("how", ["first push", "update"])
def test_what_is_written_during_a_push_is_shown_by_the_next(desk: Desk, how: str) -> None:
    if how == "update":
        desk.push()
        shops.change(desk.db, "orders", ids(7, 9), total_price=0.5)
    change_during_the_push(desk)
    desk.push()
    assert not desk.book().watchers
    assert touched(desk) == [("Orders", FIRST_ID + 2), ("Orders", FIRST_ID + 7)]
    assert written(desk) == {"Orders": 2}
    desk.check()


def test_an_older_database_has_every_row_looked_at_once(pushed: Desk) -> None:
    pushed.db.execute("UPDATE sheet_tabs SET version = ''")
    forget_what_row_shows(pushed, 3)
    assert written(pushed) == {"Orders": 1}


@pytest.mark.parametrize("tab", TABLES)
def test_a_tab_shows_nothing_but_what_is_noted(desk: Desk, tab: str) -> None:
    """Else the schema needs another trigger: one that notes the rows which the other table changes."""
    source, read = table_source(desk.db, tab, personal_data=True), set()

    def note(action: int, table: str | None, column: str | None, *_: object) -> int:
        if action == sqlite3.SQLITE_READ and column:
            read.add((table, column))
        return sqlite3.SQLITE_OK

    with closing(sqlite3.connect(desk.database)) as db:
        db.set_authorizer(note)
        db.execute(source.select, source.parameters)
    others = {(table, column) for table, column in read if table != TABLES[tab]}
    assert others == ({("orders", "id"), ("orders", "deleted_at")} if tab == "LineItems" else set())
