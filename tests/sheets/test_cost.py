"""A push costs what has changed: requests, cells and bytes."""

from __future__ import annotations

from shopify_analytics.sheets.book import PROTECTION

from tests.sheets import oracle, shops
from tests.sheets.pushing import Desk
from tests.sheets.shops import ids


def asked(desk: Desk) -> list[str]:
    """The methods that a push calls."""
    return [request.api_method.removeprefix("sheets.") for request in desk.asked()]


def test_when_nothing_changed_two_requests_read_and_none_writes(pushed: Desk) -> None:
    assert asked(pushed) == ["spreadsheets.get", "spreadsheets.values.batchGet"]


def test_once_an_hour_a_third_one_reads_back_what_the_tabs_hold(pushed: Desk) -> None:
    pushed.let_an_hour_pass()
    assert asked(pushed) == ["spreadsheets.get", *["spreadsheets.values.batchGet"] * 2]
    assert asked(pushed) == ["spreadsheets.get", "spreadsheets.values.batchGet"]


def test_a_version_that_changes_no_row_is_not_written(pushed: Desk) -> None:
    shops.change(pushed.db, "orders", [], total_price=1.0)
    assert asked(pushed) == ["spreadsheets.get", "spreadsheets.values.batchGet"]


def test_one_call_writes_what_changed_in_all_tabs(pushed: Desk) -> None:
    for table in ("products", "product_variants", "customers", "orders"):
        shops.change(pushed.db, table, ids(2), updated_at="2026-05-01T00:00:00Z")
    assert asked(pushed)[2:] == ["spreadsheets.values.batchUpdate"]


def test_one_call_writes_all_tabs_that_grow_and_shrink(pushed: Desk) -> None:
    shops.add_orders(pushed.db, [13, 14])
    shops.delete(pushed.db, "products", ids(1))
    assert asked(pushed)[2:] == ["spreadsheets.batchUpdate"]


def test_only_what_changed_is_sent(desk: Desk) -> None:
    shops.add_orders(desk.db, range(13, 1_001))
    desk.push()
    shops.change(desk.db, "orders", ids(*range(7, 1_000, 100)), total_price=0.5)
    (write,) = (request for request in desk.asked() if request.kind == "write")
    row = desk.book().values("Orders")[7]
    assert write.received < 10 * (len(str(row)) + 100) + 500
    done = desk.push()
    assert {tab: done[tab]["cells_written"] for tab in oracle.FILES} == dict.fromkeys(oracle.FILES, 0)


def test_what_was_done_is_told(pushed: Desk) -> None:
    shops.change(pushed.db, "orders", ids(2, 3), total_price=0.5)
    shops.delete(pushed.db, "products", ids(4))
    assert pushed.push() == {
        "Products": {"rows": 3, "cells_written": 0, "requests": 1, "state": "updated"},
        "Variants": {"rows": 4, "cells_written": 0, "requests": 0, "state": "unchanged"},
        "Customers": {"rows": 12, "cells_written": 0, "requests": 0, "state": "unchanged"},
        "Orders": {"rows": 12, "cells_written": 158, "requests": 1, "state": "updated"},
        "LineItems": {"rows": 24, "cells_written": 0, "requests": 0, "state": "unchanged"},
        "Summary": {"rows": 36, "cells_written": 3, "requests": 1, "state": "updated"},
        "requests": 3,
    }


def test_a_first_push_costs_five_requests_a_tab(desk: Desk) -> None:
    requests = desk.asked()
    assert [request.kind for request in requests].count("write") == 1 + 6 * 3
    assert [request.kind for request in requests].count("read") == 1 + 6 * 2


def test_a_large_table_is_written_in_chunks_of_two_megabytes(desk: Desk) -> None:
    shops.put(desk.db, "products", *(shops.product(number, tags="x" * 40_000) for number in range(150)))
    writes = [request.received for request in desk.asked() if request.kind == "write"]
    desk.check()
    assert max(writes) < 2_100_000
    assert sum(writes) > 6_000_000


def test_tabs_are_protected_by_a_warning_and_only_once(pushed: Desk) -> None:
    for tab in (*oracle.FILES, "Summary"):
        pushed.book().edit(tab, "A1", "id")
    pushed.push_and_check()
    for tab in (*oracle.FILES, "Summary"):
        sheet = pushed.book().sheet(tab)
        told = [(one["description"], one["warningOnly"], one["range"]) for one in sheet.protections]
        assert told == [(PROTECTION, True, {"sheetId": sheet.sheet_id})]
    assert pushed.book().sheet("_sync").protections == []


def test_columns_are_as_wide_as_their_kind_needs(pushed: Desk) -> None:
    widths = pushed.book().sheet("Products").column_widths
    header = pushed.book().values("Products")[0]
    assert {header[column]: width for column, width in widths.items()} == {
        "product_id": 150,
        "title": 260,
        "handle": 150,
        "vendor": 150,
        "product_type": 150,
        "status": 150,
        "tags": 150,
        "created_at": 150,
        "updated_at": 150,
        "published_at": 150,
        "deleted_at": 150,
    }
