"""Runs in a row: they keep up with the shop, re-read what they must, and change nothing for nothing."""

from __future__ import annotations

from demo_store.state import Store

from tests.dag.equality import assert_equal_to_store, summary
from tests.dag.running import Sync
from tests.dag.shop import Shop

BOOKKEEPING = ("metadata", "sync_runs", "task_attempts", "incidents", "alerts")


def content(sync: Sync) -> list[str]:
    """The database as SQL, without what runs note about themselves."""
    noted = tuple(f'INSERT INTO "{table}"' for table in BOOKKEEPING)
    with sync.database() as db:
        return [line for line in db.iterdump() if not line.startswith(noted)]


def written(sync: Sync) -> dict[str, int]:
    """When each CSV file was written, in nanoseconds."""
    return {path.name: path.stat().st_mtime_ns for path in sync.data_dir.glob("*.csv")}


def test_the_first_run_brings_the_whole_store(new_sync: Sync, store: Store) -> None:
    run = new_sync.run()
    assert (run.state, run.failed) == ("success", [])
    assert_equal_to_store(store, new_sync.data_dir)


def test_a_second_run_changes_nothing(sync: Sync) -> None:
    before, files, figures = content(sync), written(sync), summary(sync.data_dir)
    run = sync.run()
    assert (run.state, run.changes) == ("success", {})
    assert content(sync) == before
    assert written(sync) == files
    assert {file["state"] for file in run.returned["export_csv"].values()} == {"unchanged"}
    assert summary(sync.data_dir) == figures


def test_a_second_full_sync_changes_nothing(sync: Sync) -> None:
    before, files = content(sync), written(sync)
    run = sync.run({"full_sync": True})
    assert (run.state, run.changes) == ("success", {})
    assert {window["updated_at_min"] for window in run.returned["plan_sync"].values()} == {None}
    assert (content(sync), written(sync)) == (before, files)


def test_a_run_without_logical_date_is_like_any_other(sync: Sync, shop: Shop) -> None:
    shop.live(hours=3)
    assert sync.run(logical_date=None).state == "success"
    assert_equal_to_store(shop.store, sync.data_dir)


def test_increments_keep_up_with_a_shop_that_lives(sync: Sync, shop: Shop) -> None:
    for time in ({"minutes": 9}, {"hours": 23}, {"days": 4}):
        shop.live(**time)
        assert sync.run().state == "success"
        assert_equal_to_store(shop.store, sync.data_dir)
    assert sync.select("SELECT sum(full_sync) AS full_syncs FROM sync_runs") == [{"full_syncs": 0}]
