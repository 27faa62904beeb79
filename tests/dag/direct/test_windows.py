"""What a sync reads: from the watermark on, in pages, on the store's clock, with whatever credentials."""

from __future__ import annotations

from datetime import timedelta

from demo_store.api.auth import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.state import Store

from tests.dag.equality import assert_equal_to_store
from tests.dag.running import Sync, connection
from tests.dag.shop import Shop


def test_a_full_sync_catches_up_with_half_a_year(sync: Sync, shop: Shop) -> None:
    before = {resource: set(shop.store.ids(resource)) for resource in ("products", "customers")}
    shop.live(days=180)
    assert all(ids - set(shop.store.ids(resource)) for resource, ids in before.items()), "some are deleted"
    assert sync.run({"full_sync": True}).state == "success"
    assert_equal_to_store(shop.store, sync.data_dir)


def test_small_pages_bring_the_same(new_sync: Sync, store: Store) -> None:
    new_sync.variables["shopify_page_size"] = "40"
    run = new_sync.run()
    assert run.returned["fetch_orders"]["pages"] == -(-len(store.ids("orders")) // 40)
    assert_equal_to_store(store, new_sync.data_dir)


def test_windows_follow_the_store_s_clock(sync: Sync, clock: ManualClock) -> None:
    assert set(sync.watermarks().values()) == {"2026-11-22T11:59:30Z"}
    clock.advance(timedelta(days=3))
    window = {
        "updated_at_min": "2026-11-22T11:49:30Z",
        "updated_at_max": "2026-11-25T11:59:30Z",
        "sweep": True,
        "store": sync.connection["host"],
    }
    run = sync.run()
    assert run.returned["plan_sync"] == {"products": window, "customers": window, "orders": window}
    assert set(sync.watermarks().values()) == {"2026-11-25T11:59:30Z"}


def test_overlap_and_settling_time_can_be_set(sync: Sync, clock: ManualClock) -> None:
    sync.variables = {"shopify_overlap_minutes": "45", "shopify_settle_seconds": "120"}
    clock.advance(timedelta(hours=1))
    window = {
        "updated_at_min": "2026-11-22T11:14:30Z",
        "updated_at_max": "2026-11-22T12:58:00Z",
        "sweep": False,
        "store": sync.connection["host"],
    }
    assert sync.run().returned["plan_sync"]["orders"] == window


def test_a_store_clock_that_goes_back_moves_no_watermark_back(sync: Sync, clock: ManualClock) -> None:
    clock.advance(timedelta(hours=-2))
    assert sync.run().state == "success"
    assert set(sync.watermarks().values()) == {"2026-11-22T11:59:30Z"}


def test_a_change_within_the_settling_time_waits_for_the_next_run(sync: Sync, shop: Shop) -> None:
    shop.live(minutes=20)
    assert sync.run().state == "success"
    late = {"tags": "late", "updated_at": shop.time(seconds=-10)}
    shop.store.put("customers", [shop.records("customers")[0] | late])
    assert sync.run().changes == {}
    shop.clock.advance(timedelta(minutes=10))
    assert sync.run().changes == {"customers": {"updated": 1}}
    assert_equal_to_store(shop.store, sync.data_dir)


def test_a_change_that_shows_up_late_is_found_in_the_overlap(sync: Sync, shop: Shop) -> None:
    late = {"tags": "late", "updated_at": shop.time(minutes=-9)}
    shop.store.put("customers", [shop.records("customers")[0] | late])
    assert sync.run().changes == {"customers": {"updated": 1}}
    assert_equal_to_store(shop.store, sync.data_dir)


def test_client_credentials_are_as_good_as_a_token(new_sync: Sync, server: DemoServer, shop: Shop) -> None:
    new_sync.connection = connection(server, login=DEMO_CLIENT_ID, password=DEMO_CLIENT_SECRET)
    assert new_sync.run().state == "success"
    assert_equal_to_store(shop.store, new_sync.data_dir)
    shop.live(hours=30)
    server.revoke_issued_tokens()
    assert new_sync.run().state == "success"
    assert_equal_to_store(shop.store, new_sync.data_dir)
