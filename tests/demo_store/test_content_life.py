"""The life of a shop: the same whatever the steps, never quiet, never in the past."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from demo_store.shop import life
from demo_store.state import Condition, Store

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 22, 0, 5, tzinfo=UTC)
TABLES = (
    "products",
    "customers",
    "orders",
    "events",
    "agenda",
    "returning_buyers",
    "product_orders",
    "sequences",
)


@pytest.fixture(scope="module")
def young_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("young") / "store.db"
    life.open_shop(path, orders=400, months=3, now=NOW).close()
    return path


def copy_of(path: Path, place: Path) -> Store:
    shutil.copy(path, place)
    return Store.open(place)


@pytest.fixture
def shop(young_shop: Path, tmp_path: Path) -> Store:
    return copy_of(young_shop, tmp_path / "store.db")


def content(store: Store) -> dict[str, list[Any]]:
    tables = {table: store.db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES}
    return {**tables, "settings": store.db.execute("SELECT * FROM settings ORDER BY key").fetchall()}


def changed(store: Store, after: datetime, until: datetime) -> int:
    window = [
        Condition("updated_at", ">", int(after.timestamp())),
        Condition("updated_at", "<=", int(until.timestamp())),
    ]
    return sum(store.count(resource, window) for resource in ("products", "customers", "orders"))


def texts(store: Store) -> dict[tuple[str, int], tuple[str, int]]:
    return {
        (resource, row[0]): (row[1], row[2])
        for resource in ("products", "customers", "orders")
        for row in store.db.execute(f"SELECT id, json, updated_at FROM {resource}")
    }


def lost_a_product(text: str, before: tuple[str, int] | None) -> bool:
    gone = '"product_exists":false'
    return before is not None and text.count(gone) > before[0].count(gone)


def test_the_same_seed_makes_the_same_shop(young_shop: Path, tmp_path: Path) -> None:
    again = life.open_shop(tmp_path / "again.db", orders=400, months=3, now=NOW)
    other = life.open_shop(tmp_path / "other.db", orders=400, months=3, now=NOW, seed=8)
    assert content(again) == content(Store.open(young_shop))
    assert content(other)["orders"] != content(again)["orders"]


def test_one_long_step_and_many_short_ones_lead_to_the_same_shop(young_shop: Path, tmp_path: Path) -> None:
    at_once = copy_of(young_shop, tmp_path / "at_once.db")
    in_steps = copy_of(young_shop, tmp_path / "in_steps.db")
    end = NOW + timedelta(days=12)
    life.advance(at_once, end)
    moment = NOW
    while moment < end:
        moment = min(moment + timedelta(minutes=47, seconds=13.5), end)
        life.advance(in_steps, moment)
    assert content(in_steps) == content(at_once)


def test_something_changes_every_ten_minutes(shop: Store) -> None:
    moment = NOW
    for _ in range(6 * 24):
        before, moment = moment, moment + timedelta(minutes=10)
        life.advance(shop, moment)
        assert changed(shop, before, moment) > 0
        assert changed(shop, moment, moment + timedelta(days=999)) == 0


def test_what_changes_is_dated_after_the_moment_lived_up_to(shop: Store) -> None:
    moment = NOW
    for _ in range(24):
        before, last = texts(shop), moment
        moment += timedelta(hours=1)
        life.advance(shop, moment)
        for key, (text, updated_at) in texts(shop).items():
            if before.get(key) != (text, updated_at) and not lost_a_product(text, before.get(key)):
                assert last.timestamp() < updated_at <= moment.timestamp()


def test_orders_arrive_and_are_paid_shipped_edited_refunded_and_cancelled(shop: Store) -> None:
    orders_before, month_later = shop.count("orders", []), NOW + timedelta(days=30)
    life.advance(shop, month_later)
    new = [shop.get("orders", order_id) or {} for order_id in shop.ids("orders")[orders_before:]]
    assert len(new) > 100
    assert {"paid", "refunded", "partially_refunded", "pending"} <= {
        order["financial_status"] for order in new
    }
    assert any(order["cancelled_at"] for order in new)
    assert any("edited" in order["tags"] for order in new)
    assert any(order["closed_at"] for order in new)


def test_deleting_a_product_changes_its_orders_but_not_their_updated_at(shop: Store) -> None:
    moment = NOW
    while not shop.count("events", [Condition("created_at", ">", int(NOW.timestamp()))]):
        before = dict(shop.db.execute("SELECT id, json FROM orders").fetchall())
        moments = dict(shop.db.execute("SELECT id, updated_at FROM orders").fetchall())
        start, moment = moment, moment + timedelta(minutes=10)
        life.advance(shop, moment)
    changed_silently = 0
    for order_id, text, updated_at in shop.db.execute("SELECT id, json, updated_at FROM orders"):
        if order_id in before and before[order_id] != text and updated_at <= start.timestamp():
            assert updated_at == moments[order_id]
            assert '"product_exists":false' in text
            changed_silently += 1
    assert changed_silently > 0


def test_nothing_happens_twice_nor_backwards(shop: Store) -> None:
    life.advance(shop, NOW + timedelta(hours=5))
    before = content(shop)
    life.advance(shop, NOW + timedelta(hours=5))
    life.advance(shop, NOW - timedelta(days=3))
    assert content(shop) == before


def test_a_store_without_a_life_stays_as_it_is(store: Store) -> None:
    store.set_setting("life", False)
    life.advance(store, NOW)
    assert store.setting("life_until") is None


def test_a_closed_shop_catches_up_when_it_is_opened_again(shop: Store) -> None:
    path = shop.path
    shop.close()
    again = Store.open(path)
    life.advance(again, NOW + timedelta(days=2))
    assert changed(again, NOW, NOW + timedelta(days=2)) > 50
    assert again.setting("life_until") == "2026-11-24T22:00:05+00:00"


def test_the_shop_goes_on_at_the_rate_of_its_last_weeks(shop: Store) -> None:
    def orders_between(start: datetime, end: datetime) -> int:
        window = [
            Condition("created_at", ">", int(start.timestamp())),
            Condition("created_at", "<=", int(end.timestamp())),
        ]
        return shop.count("orders", window)

    fortnight = timedelta(days=14)
    life.advance(shop, NOW + fortnight)
    assert 0.8 < orders_between(NOW, NOW + fortnight) / orders_between(NOW - fortnight, NOW) < 2.2


def test_a_shop_without_orders_still_has_an_assortment(tmp_path: Path) -> None:
    store = life.open_shop(tmp_path / "empty.db", orders=0, months=1, now=NOW)
    assert store.count("orders", []) == 0
    assert store.count("customers", []) == 0
    assert store.count("products", []) > 40
