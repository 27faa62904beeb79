"""The order list: by number, by status, page by page."""

from __future__ import annotations

import pytest

from tests.browser.reader import Reader, Visit
from tests.browser.shop import Synced

A_PAGE = 25
NEWEST_FIRST = "ORDER BY order_date DESC, ordered_at_local DESC, id DESC"
NAMES = f"SELECT name FROM orders WHERE NOT is_test AND deleted_at IS NULL {NEWEST_FIRST}"


def wait_for_orders(reader: Reader, names: list[str]) -> None:
    """Wait until these orders are listed, and no others."""
    reader.page.wait_for_function(
        """(names) => JSON.stringify([...document.querySelectorAll("order-list tbody th")]
            .map((cell) => cell.textContent)) === JSON.stringify(names)""",
        arg=names,
    )


def names(synced: Synced, query: str, *values: str) -> list[str]:
    """The names that a query selects."""
    return [str(name) for (name,) in synced.select(query, *values)]


def test_the_newest_orders_come_first_and_more_on_request(visit: Visit, synced: Synced) -> None:
    expected = names(synced, NAMES)
    reader = visit("orders?range=all")
    more = reader.page.get_by_role("button", name="Show more")
    for pages in (1, 2, 3):
        wait_for_orders(reader, expected[: pages * A_PAGE])
        more.click()


def test_the_list_ends_without_a_button(visit: Visit, synced: Synced) -> None:
    reader = visit("orders?from=2026-11-20&to=2026-11-22")
    query = (
        f"SELECT name FROM orders WHERE order_date >= ? AND NOT is_test AND deleted_at IS NULL {NEWEST_FIRST}"
    )
    wait_for_orders(reader, names(synced, query, "2026-11-20"))
    assert not reader.page.get_by_role("button", name="Show more").is_visible()


def test_an_order_is_found_by_its_number(visit: Visit, synced: Synced) -> None:
    reader = visit("orders")
    search = reader.page.get_by_label("Order number")
    for typed in ("#1234", "1234"):
        search.press_sequentially(typed)
        wait_for_orders(reader, ["#1234"])
        search.clear()
    search.press_sequentially("109")
    query = """
        SELECT name FROM orders
        WHERE order_number BETWEEN 1090 AND 1099 AND NOT is_test AND deleted_at IS NULL
        ORDER BY order_number DESC"""
    wait_for_orders(reader, names(synced, query))


def test_a_number_that_no_order_has_says_what_to_do(visit: Visit) -> None:
    reader = visit("orders")
    reader.page.get_by_label("Order number").fill("987654")
    note = reader.page.locator("order-list .note")
    note.wait_for()
    assert "No order matches" in (note.text_content() or "")


def test_what_is_no_number_is_no_error(visit: Visit) -> None:
    reader = visit("orders")
    reader.page.get_by_label("Order number").press_sequentially("Mira")
    note = reader.page.locator("order-list .note")
    note.wait_for()
    assert "number" in (note.text_content() or "")


@pytest.mark.parametrize(
    ("label", "status", "condition"),
    [
        ("Any payment", "refunded", "financial_status = 'refunded'"),
        ("Any fulfilment", "unfulfilled", "fulfillment_status IS NULL"),
    ],
)
def test_a_status_leaves_only_its_orders(
    visit: Visit, synced: Synced, label: str, status: str, condition: str
) -> None:
    reader = visit("orders?range=all")
    reader.page.get_by_label(label).select_option(status)
    query = f"SELECT name FROM orders WHERE {condition} AND NOT is_test AND deleted_at IS NULL {NEWEST_FIRST}"
    expected = names(synced, query)
    assert len(expected) > 1
    wait_for_orders(reader, expected[:A_PAGE])
