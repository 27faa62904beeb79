"""From a store over HTTP to staging: windows, tries that go on, and what the store has lost."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from demo_store.api.auth import DEFAULT_SCOPES
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.state import Store
from shopify_analytics import fetch as fetch_module
from shopify_analytics.entities import ENTITIES
from shopify_analytics.errors import ShopifyRefused
from shopify_analytics.fields import ShopUnits
from shopify_analytics.shop import remember_shop
from shopify_analytics.staging import EntityStaging, Window

from tests.demo_store.records import (
    FIRST_ORDER_ID,
    FIRST_PRODUCT_ID,
    SHOP,
    order,
    product,
    timestamp,
    variant,
)
from tests.fetching import Fetches
from tests.syncing import EVERYTHING, Syncs

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
# Minutes 100 to 103 of the records' day.
MINUTES = Window("2026-11-20T00:40:00Z", "2026-11-20T00:43:00Z")
UNITS = ShopUnits(ZoneInfo("Europe/Amsterdam"), 2)
TODAY = Window("2026-11-22T00:00:00Z", "2026-11-22T12:00:00Z")


@pytest.fixture
def scopes() -> tuple[str, ...]:
    """What the token may read."""
    return DEFAULT_SCOPES


@pytest.fixture
def fetches(
    store: Store,
    db: sqlite3.Connection,
    tmp_path: Path,
    scopes: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Fetches]:
    """The demo shop at noon, without a rate limit."""
    with DemoServer(store, clock=ManualClock(NOON), plan="unlimited", scopes=scopes) as server:
        connection = {"conn_type": "shopify", "host": server.url, "password": "demo-token"}
        monkeypatch.setenv("AIRFLOW_CONN_SHOPIFY_DEFAULT", json.dumps(connection))
        yield Fetches(db, server, tmp_path / "data" / "staging" / "run")


def test_a_full_read_stages_every_record_in_the_order_of_ids(fetches: Fetches, store: Store) -> None:
    store.put("orders", [order(number, updated_at=timestamp(900 - number)) for number in range(1, 6)])
    store.put("orders", [order(6, closed_at=timestamp(700)), order(7, cancelled_at=timestamp(700))])
    assert fetches.fetch("orders") == {
        "path": str(fetches.folder / "orders"),
        "records": 7,
        "pages": 4,
        "updated_at_min": None,
        "updated_at_max": "2026-11-22T12:00:00Z",
        "store": "",
        "counted": 7,
        "read": 7,
        "drift": {"checked": 7, "missing": 0, "stale": 0, "deleted": 0, "later": 0},
    }
    assert fetches.pages("orders") == [[1, 2], [3, 4], [5, 6], [7]]
    assert fetches.deleted("orders") == []
    staged = [record for page in EntityStaging.finished(fetches.folder / "orders").pages() for record in page]
    assert staged == [
        ENTITIES["orders"].staged(store.get("orders", record["id"]), UNITS) for record in staged
    ]
    assert (fetches.requests("orders"), fetches.requests("orders/count")) == (4, 1)


def test_an_increment_stages_its_window_and_both_bounds(fetches: Fetches, store: Store) -> None:
    minutes = [103, 99, 101, 104, 100, 102]
    store.put(
        "orders", [order(number, updated_at=timestamp(minute)) for number, minute in enumerate(minutes)]
    )
    assert fetches.fetch("orders", MINUTES) == {
        "path": str(fetches.folder / "orders"),
        "records": 4,
        "pages": 2,
        "updated_at_min": MINUTES.updated_at_min,
        "updated_at_max": MINUTES.updated_at_max,
        "store": "",
        "counted": 4,
        "read": 4,
    }
    assert fetches.pages("orders") == [[0, 2], [4, 5]]


def test_a_failed_fetch_goes_on_without_reading_staged_pages_again(fetches: Fetches, store: Store) -> None:
    store.put("orders", [order(number) for number in range(1, 8)])

    def lock_the_shop(answers: int) -> None:
        if answers == 3:  # the count and two pages
            fetches.server.faults.shop = "locked"

    with pytest.raises(ShopifyRefused, match="This shop is unavailable"):
        fetches.fetch("orders", after_answer=lock_the_shop)
    assert fetches.requests("orders") == 3

    fetches.server.faults.shop = "open"
    fetched = fetches.fetch("orders")
    assert (fetched["records"], fetched["pages"]) == (7, 4)
    assert fetches.pages("orders") == [[1, 2], [3, 4], [5, 6], [7]]
    assert fetches.requests("orders") == 3 + 2


def test_what_an_earlier_try_has_read_is_not_taken_for_deleted(
    fetches: Fetches, store: Store, syncs: Syncs
) -> None:
    orders = [order(number) for number in range(1, 6)]
    store.put("orders", orders)
    syncs.load(orders=orders)

    def lock_the_shop(answers: int) -> None:
        if answers == 2:  # the count and a page
            fetches.server.faults.shop = "locked"

    with pytest.raises(ShopifyRefused):
        fetches.fetch("orders", after_answer=lock_the_shop)
    fetches.server.faults.shop = "open"
    fetches.fetch("orders")
    assert (fetches.deleted("orders"), fetches.requests("orders")) == ([], 2 + 2)


def test_a_complete_fetch_asks_the_store_for_nothing(fetches: Fetches, store: Store) -> None:
    store.put("orders", [order(1)])
    first = fetches.fetch("orders")
    before = fetches.server.requests.total
    assert fetches.fetch("orders") == first
    assert fetches.server.requests.total == before


def test_rows_that_move_while_pages_are_read_are_neither_lost_nor_deleted(
    fetches: Fetches, store: Store, syncs: Syncs
) -> None:
    orders = [order(number) for number in range(1, 7)]
    store.put("orders", orders)
    syncs.load(orders=orders)

    def change_orders(answers: int) -> None:
        store.put("orders", [order(number, updated_at=timestamp(1000 + answers)) for number in (1, 4, 6)])

    fetches.fetch("orders", after_answer=change_orders)
    assert fetches.pages("orders") == [[1, 2], [3, 4], [5, 6]]
    assert fetches.deleted("orders") == []


def test_what_a_full_read_lacks_is_asked_for_before_it_counts_as_deleted(
    fetches: Fetches, store: Store, syncs: Syncs
) -> None:
    orders = [order(number) for number in range(1, 10)]
    syncs.load(orders=orders)
    store.put("orders", orders[:3])

    def bring_two_back(answers: int) -> None:
        if answers == 3:  # the count and both pages of the read
            store.put("orders", orders[4:6])

    fetched = fetches.fetch("orders", after_answer=bring_two_back)
    assert [page for page in fetches.pages("orders") if page] == [[1, 2], [3], [5], [6]]
    assert [number for number, _ in fetches.deleted("orders")] == [4, 7, 8, 9]
    assert {moment for _, moment in fetches.deleted("orders")} == {EVERYTHING.updated_at_max}
    assert (fetched["records"], fetches.requests("orders")) == (5, 2 + 3)


def test_what_is_deleted_already_is_not_asked_for(fetches: Fetches, syncs: Syncs) -> None:
    syncs.load(orders=[order(1)])
    syncs.load(deleted={"orders": [FIRST_ORDER_ID + 1]})
    fetches.fetch("orders")
    assert (fetches.deleted("orders"), fetches.requests("orders")) == ([], 1)


def test_an_increment_takes_absence_for_nothing(fetches: Fetches, syncs: Syncs) -> None:
    syncs.load(orders=[order(1)])
    fetches.fetch("orders", MINUTES)
    assert (fetches.deleted("orders"), fetches.requests("orders")) == ([], 1)


@pytest.mark.parametrize(
    ("scopes", "deleted"),
    [(DEFAULT_SCOPES, [1, 2, 3, 4]), (("read_customers", "read_orders", "read_products"), [3, 4])],
    ids=["with read_all_orders", "without"],
)
def test_orders_that_a_token_may_not_see_are_not_taken_for_deleted(
    fetches: Fetches, syncs: Syncs, scopes: tuple[str, ...], deleted: list[int]
) -> None:
    remember_shop(fetches.db, SHOP, scopes)
    ages = {1: timedelta(days=400), 2: timedelta(days=59, seconds=1), 3: timedelta(days=59), 4: timedelta(0)}
    syncs.load(orders=[order(number, created_at=f"{NOON - age:%FT%TZ}") for number, age in ages.items()])
    fetches.fetch("orders")
    assert [number for number, _ in fetches.deleted("orders")] == deleted


def test_an_increment_applies_deletions_of_products_since_an_hour_before(
    fetches: Fetches, store: Store
) -> None:
    store.put("products", [product(number) for number in range(1, 5)])
    ago = {1: timedelta(hours=13, seconds=1), 2: timedelta(hours=13), 3: timedelta(hours=1), 4: timedelta(0)}
    for number, age in ago.items():
        store.delete("products", FIRST_PRODUCT_ID + number, NOON - age)
    fetches.fetch("products", TODAY)
    assert fetches.deleted("products") == [
        (2, "2026-11-21T23:00:00Z"),
        (3, "2026-11-22T11:00:00Z"),
        (4, "2026-11-22T12:00:00Z"),
    ]
    assert fetches.requests("events") == 2


def test_an_event_that_cannot_be_read_is_warned_of_and_stops_nothing(fetches: Fetches, store: Store) -> None:
    store.put("products", [product(1), product(2)])
    for number in (1, 2):
        store.delete("products", FIRST_PRODUCT_ID + number, NOON)
    with store.transaction():
        first = "(SELECT min(id) FROM events)"
        store.db.execute(f"UPDATE events SET json = json_remove(json, '$.subject_id') WHERE id = {first}")
    fetches.fetch("products", TODAY)
    assert fetches.deleted("products") == [(2, "2026-11-22T12:00:00Z")]
    assert fetches.warnings == [
        "Cannot read an event of a deleted product (subject_id is missing): a full sync will find it"
    ]


def test_a_product_that_is_there_is_not_deleted_whatever_an_event_says(
    fetches: Fetches, store: Store
) -> None:
    store.put("products", [product(1), product(2)])
    for number in (1, 2):
        store.delete("products", FIRST_PRODUCT_ID + number, NOON)
    store.put("products", [product(2)])
    fetches.fetch("products", TODAY)
    assert fetches.deleted("products") == [(1, "2026-11-22T12:00:00Z")]
    assert [page for page in fetches.pages("products") if page] == [[2]]


@pytest.mark.parametrize(
    ("entity", "window"), [("products", EVERYTHING), ("orders", TODAY), ("customers", TODAY)]
)
def test_only_increments_of_products_ask_for_events(fetches: Fetches, entity: str, window: Window) -> None:
    fetches.fetch(entity, window)
    assert fetches.requests("events") == 0


@pytest.mark.parametrize("window", [EVERYTHING, TODAY], ids=["full", "increment"])
def test_rejected_records_are_asked_for_again(
    fetches: Fetches, store: Store, syncs: Syncs, window: Window
) -> None:
    bad = [order(number, total_price="a lot") for number in (1, 2)]
    syncs.load(orders=[*bad, None])
    store.put("orders", [order(1)])
    fetches.fetch("orders", window)
    assert [page for page in fetches.pages("orders") if page] == [[1]]
    assert fetches.deleted("orders") == [(2, "2026-11-22T12:00:00Z")]


def test_a_product_with_as_many_variants_as_rest_lists_is_reported(fetches: Fetches, store: Store) -> None:
    for number, variants in ((1, 99), (2, 100), (3, 101)):
        several = [variant(1000 * number + place, FIRST_PRODUCT_ID + number) for place in range(variants)]
        store.put("products", [product(number, variants=several)])
    fetches.fetch("products")
    (warning,) = fetches.warnings
    assert warning == (
        f"Product {FIRST_PRODUCT_ID + 2} came with 100 variants, the most that REST lists: "
        "it may have more, which are missing here"
    )


@pytest.mark.parametrize("already", [0, 3], ids=["empty store", "three orders"])
def test_progress_is_told_of_any_store(
    fetches: Fetches,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    already: int,
) -> None:
    monkeypatch.setattr(fetch_module, "SECONDS_BETWEEN_PROGRESS", 0.0)
    store.put("orders", [order(number) for number in range(already)])
    with caplog.at_level(logging.INFO, fetch_module.__name__):
        fetches.fetch("orders")
    messages = [record.message for record in caplog.records if " records" in record.message]
    told = [message.partition(" records")[0] for message in messages]
    on_the_way = ["orders: 2 of 3", "orders: 3 of 3"] if already else []
    assert told == [f"orders: {already}", *on_the_way, f"orders: {already}"]
