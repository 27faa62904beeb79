"""A record whose ``updated_at`` goes backwards: asked for again, and then taken as the store has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.state import Store

from tests.dag.equality import assert_equal_to_store
from tests.demo_store.records import FIRST_ORDER_ID, SHOP, order
from tests.pipeline import Pipeline, connection_to

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORDERS = "/admin/api/2026-10/orders.json"


def at(**before: float) -> str:
    """So long before noon, as the API writes it."""
    return f"{NOON - timedelta(**before):%FT%TZ}"


@dataclass
class Shop:
    """A shop of one order, updated five minutes before noon and synced at noon."""

    store: Store
    server: DemoServer
    pipeline: Pipeline
    before_answer: Callable[[], None] = field(default=lambda: None)

    def become(self, note: str, updated_at: str) -> None:
        """Let the order be another one."""
        self.store.put("orders", [order(1, created_at=at(days=1), tags=note, updated_at=updated_at)])

    def synced(self) -> tuple[str, str]:
        """Tags and ``updated_at`` of the order in ``orders.csv``."""
        header, row = (self.pipeline.data_dir / "orders.csv").read_text(encoding="utf-8").splitlines()
        values = dict(zip(header.split(","), row.split(","), strict=True))
        return values["tags"], values["updated_at"]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    store = Store.create(tmp_path / "store.db", SHOP)
    with DemoServer(
        store, clock=ManualClock(NOON), plan="unlimited", life=lambda _store, _now: made.before_answer()
    ) as server:
        made = Shop(store, server, Pipeline(tmp_path / "sync", connection_to(server)))
        made.become("new", at(minutes=5))
        assert made.pipeline.run("first").succeeded
        yield made
    store.close()


@pytest.mark.parametrize(
    ("full_sync", "ago"), [(True, 3000), (True, 8), (False, 8)], ids=["full, long ago", "full", "increment"]
)
def test_what_a_sync_reads_as_older_is_taken_as_the_store_has_it(
    shop: Shop, full_sync: bool, ago: int
) -> None:
    shop.become("old again", at(minutes=ago))
    before = shop.server.requests.by_path[ORDERS]
    run = shop.pipeline.run("second", full_sync=full_sync)
    assert run.returned["load_sqlite"]["orders"] == {
        "inserted": 0,
        "updated": 1,
        "unchanged": 0,
        "deleted": 0,
    }
    assert shop.synced() == ("old again", at(minutes=ago))
    assert shop.server.requests.by_path[ORDERS] == before + 2
    assert_equal_to_store(shop.store, shop.pipeline.data_dir)


def test_an_old_copy_in_a_list_does_not_replace_the_new_one(shop: Shop) -> None:
    """As a list may come from a replica that lags, the record is asked for by its id."""
    first = shop.server.requests.by_path[ORDERS]

    def lag_behind() -> None:
        if shop.server.requests.by_path[ORDERS] == first:
            shop.become("old", at(minutes=8))
        else:
            shop.become("new", at(minutes=5))

    shop.before_answer = lag_behind
    assert shop.pipeline.run("second").succeeded
    assert shop.synced() == ("new", at(minutes=5))
    assert_equal_to_store(shop.store, shop.pipeline.data_dir)


def test_a_deleted_record_that_returns_as_it_once_was_is_there_again(shop: Shop) -> None:
    shop.store.delete("orders", FIRST_ORDER_ID + 1, NOON)
    assert shop.pipeline.run("second", full_sync=True).succeeded
    shop.become("restored", at(minutes=3000))
    assert shop.pipeline.run("third", full_sync=True).succeeded
    assert shop.synced() == ("restored", at(minutes=3000))
    assert_equal_to_store(shop.store, shop.pipeline.data_dir)


def test_a_record_that_is_not_older_is_not_asked_for_again(shop: Shop) -> None:
    before = shop.server.requests.by_path[ORDERS]
    assert shop.pipeline.run("second", full_sync=True).succeeded
    assert shop.server.requests.by_path[ORDERS] == before + 1
