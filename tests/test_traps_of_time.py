"""Clocks that differ, hours that come twice, and lists that are late, end to end.

Shopify writes times with the shop's offset, which changes twice a year, and dates its answers by its own
clock: https://shopify.dev/docs/api/admin-rest/2026-10/resources/order (processed_at, updated_at).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from demo_store.clock import ManualClock
from demo_store.state import Store

from tests.demo_store.records import customer, order, product
from tests.faults.shops import SyncedShop, changes, serving

# Amsterdam: 03:00 becomes 02:00 on 25 October 2026, and 02:00 becomes 03:00 on 28 March 2027.
CLOCKS_GO_BACK = datetime(2026, 10, 25, 1, tzinfo=UTC)
CLOCKS_GO_FORWARD = datetime(2027, 3, 28, 1, tzinfo=UTC)
LOCAL = ("ordered_at_local", "order_date", "order_hour", "order_weekday")


def serving_at(store: Store, folder: Path, moment: datetime) -> AbstractContextManager[SyncedShop]:
    return serving(store, folder, clock=ManualClock(moment))


def arrive(trial: SyncedShop, number: int) -> None:
    """Let an order come in now."""
    now = trial.shop.time()
    trial.store.put("orders", [order(number, created_at=now, processed_at=now, updated_at=now)])


def local_times(trial: SyncedShop) -> list[tuple[Any, ...]]:
    """The shop-local columns of each order."""
    return [tuple(row[name] for name in LOCAL) for row in trial.rows("orders").values()]


def window_of(trial: SyncedShop, since: datetime) -> dict[str, Any]:
    """The window that a sync reads now, when the one before came at ``since``."""
    lower = since - timedelta(minutes=10, seconds=30)
    upper = trial.shop.clock.now() - timedelta(seconds=30)
    return {
        "updated_at_min": f"{lower:%Y-%m-%dT%H:%M:%SZ}",
        "updated_at_max": f"{upper:%Y-%m-%dT%H:%M:%SZ}",
        "sweep": False,
        "store": trial.server.url,
    }


@pytest.mark.parametrize(
    "skew",
    [timedelta(minutes=-15), timedelta(minutes=15), timedelta(days=-3), timedelta(days=3)],
    ids=["15 minutes behind", "15 minutes ahead", "3 days behind", "3 days ahead"],
)
def test_clock_skew_between_store_and_airflow_moves_no_window(
    store: Store, tmp_path: Path, skew: timedelta
) -> None:
    with serving_at(store, tmp_path, datetime.now(UTC).replace(microsecond=0) + skew) as trial:
        arrive(trial, 1)
        trial.sync()
        before = trial.shop.clock.now()
        for number in range(2, 5):
            trial.shop.clock.advance(timedelta(minutes=4))
            arrive(trial, number)
            trial.shop.clock.advance(timedelta(minutes=6))
            run = trial.sync()
            assert run.returned["plan_sync"] == dict.fromkeys(
                ("products", "customers", "orders"), window_of(trial, before)
            )
            assert changes(run) == {"orders": {"inserted": 1}, "line_items": {"inserted": 1}}
            before = trial.shop.clock.now()
        trial.assert_equal()


def test_a_store_clock_that_is_set_back_by_less_than_the_overlap_loses_nothing(
    store: Store, tmp_path: Path
) -> None:
    with serving_at(store, tmp_path, datetime(2026, 11, 22, 12, tzinfo=UTC)) as trial:
        trial.sync()
        trial.shop.clock.advance(timedelta(minutes=-9))
        arrive(trial, 1)
        trial.sync()
        assert trial.watermarks()["orders"] == "2026-11-22T11:59:30Z"
        trial.shop.clock.advance(timedelta(minutes=10))
        trial.sync()
        trial.assert_equal()


def test_the_day_of_an_order_is_that_of_the_shops_time_zone(store: Store, tmp_path: Path) -> None:
    with serving_at(store, tmp_path, datetime(2026, 11, 22, 22, 59, 59, tzinfo=UTC)) as trial:
        arrive(trial, 1)
        trial.shop.clock.advance(timedelta(seconds=1))
        arrive(trial, 2)
        trial.shop.clock.advance(timedelta(minutes=1))
        trial.sync()
        assert local_times(trial) == [
            ("2026-11-22T23:59:59", "2026-11-22", 23, 7),
            ("2026-11-23T00:00:00", "2026-11-23", 0, 1),
        ]
        assert trial.figures("first_order_date", "last_order_date") == {
            "first_order_date": "2026-11-22",
            "last_order_date": "2026-11-23",
        }
        trial.assert_equal()


@pytest.mark.parametrize(
    ("change", "hours"),
    [(CLOCKS_GO_BACK, [1, 2, 2, 3]), (CLOCKS_GO_FORWARD, [0, 1, 3, 4])],
    ids=["an hour comes twice", "an hour is missing"],
)
def test_syncs_across_a_change_to_or_from_daylight_saving_time_lose_nothing(
    store: Store, tmp_path: Path, change: datetime, hours: list[int]
) -> None:
    with serving_at(store, tmp_path, change - timedelta(hours=2)) as trial:
        trial.sync()
        trial.shop.clock.advance(timedelta(minutes=30))
        for number, hour in enumerate(hours, start=1):
            arrive(trial, number)
            trial.shop.clock.advance(timedelta(minutes=1))
            assert trial.changes() == {"orders": {"inserted": 1}, "line_items": {"inserted": 1}}
            day = f"{change:%Y-%m-%d}"
            assert local_times(trial)[-1] == (f"{day}T{hour:02}:30:00", day, hour, 7)
            trial.shop.clock.advance(timedelta(minutes=59))
        trial.assert_equal()


def test_a_change_in_the_hour_that_comes_twice_is_newer_the_second_time(store: Store, tmp_path: Path) -> None:
    with serving_at(store, tmp_path, CLOCKS_GO_BACK - timedelta(minutes=10)) as trial:
        before = trial.shop.save("orders", order(1), name="at ten to three")
        trial.sync()
        trial.shop.clock.advance(timedelta(minutes=19))
        after = trial.shop.save("orders", order(1), name="at ten past two")
        assert (before["updated_at"][11:], after["updated_at"][11:]) == ("02:50:00+02:00", "02:10:00+01:00")
        assert trial.changes() == {"orders": {"updated": 1}}
        assert [row["name"] for row in trial.rows("orders").values()] == ["at ten past two"]
        trial.assert_equal()


@pytest.fixture
def lagging(store: Store, tmp_path: Path) -> Iterator[SyncedShop]:
    """A shop whose index lags by a minute, after the first sync, with a sync's settings at their defaults."""
    store.put("products", [product(number) for number in range(1, 10)])
    store.put("customers", [customer(number) for number in range(1, 10)])
    with serving_at(store, tmp_path, datetime(2026, 11, 22, 12, tzinfo=UTC)) as trial:
        trial.server.faults.index_lag_seconds = 60
        trial.sync()
        yield trial


def live(trial: SyncedShop, minutes: int) -> None:
    """Let every 20 seconds an order come, and the order before it, a customer and a product change."""
    for _ in range(3 * minutes):
        number, now = len(trial.store.ids("orders")) + 1, trial.shop.time()
        arrive(trial, number)
        before = trial.store.get("orders", order(number - 1)["id"])
        trial.store.put("orders", [before | {"updated_at": now, "tags": "changed"}] if before else [])
        trial.store.put("customers", [customer(number % 9 + 1, updated_at=now, tags=f"tag {number}")])
        trial.store.put("products", [product(number % 9 + 1, updated_at=now, title=f"Mug {number}")])
        trial.shop.clock.advance(timedelta(seconds=20))


def misses_a_settled_order(trial: SyncedShop) -> bool:
    """Whether an order from before the watermark has not been loaded."""
    settled = datetime.fromisoformat(trial.watermarks()["orders"])
    known = trial.rows("orders")
    missing = [record for record in trial.shop.records("orders") if record["id"] not in known]
    return any(datetime.fromisoformat(record["created_at"]) <= settled for record in missing)


@pytest.mark.parametrize(("minutes", "runs"), [(1, 12), (10, 6)], ids=["each minute", "each ten minutes"])
def test_index_lag_of_a_minute_loses_nothing_over_many_syncs(
    lagging: SyncedShop, minutes: int, runs: int
) -> None:
    for _ in range(runs):
        live(lagging, minutes)
        lagging.sync()
        assert misses_a_settled_order(lagging)
    lagging.shop.clock.advance(timedelta(minutes=1, seconds=30))
    lagging.sync()
    lagging.assert_equal()


def test_index_lag_of_a_minute_would_lose_records_without_the_overlap_until_they_are_counted_or_swept(
    lagging: SyncedShop,
) -> None:
    lagging.pipeline.variables["shopify_overlap_minutes"] = "0"
    live(lagging, 1)
    assert lagging.run().failed == ["reconcile", "report_run"]
    assert misses_a_settled_order(lagging)
    lagging.shop.clock.advance(timedelta(minutes=10))
    lagging.sync()
    assert not misses_a_settled_order(lagging)
    lagging.shop.clock.advance(timedelta(hours=24))
    lagging.sync()
    lagging.assert_equal()
