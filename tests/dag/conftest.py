"""The real DAG, and a demo shop to run it against: on a clock that stands still until a test moves it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.shop.life import open_shop
from demo_store.state import Store

from tests.dag.running import NOW, Sync, connection
from tests.dag.shop import Shop
from tests.once import made_once


@pytest.fixture(scope="session")
def opened_shop() -> Path:
    """The file of a shop with four months of history up to ``NOW``; only to be copied."""

    def make(folder: Path) -> None:
        open_shop(folder / "store.db", orders=300, months=4, now=NOW).close()

    return made_once("shop of four months", make) / "store.db"


@pytest.fixture(scope="session")
def synced_shop(airflow_database: Path, opened_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Sync:
    """What a first run has made of that shop; only to be copied."""
    store = Store.open(opened_shop)
    with DemoServer(store, clock=ManualClock(NOW), plan="unlimited") as server:
        sync = Sync(tmp_path_factory.mktemp("synced"), connection(server))
        assert sync.run().state == "success"
    store.close()
    return sync


@pytest.fixture
def clock() -> ManualClock:
    """Stands at ``NOW``."""
    return ManualClock(NOW)


@pytest.fixture
def store(opened_shop: Path, tmp_path: Path) -> Iterator[Store]:
    """That shop, one's own copy."""
    store = Store.open(Path(shutil.copy(opened_shop, tmp_path)))
    yield store
    store.close()


@pytest.fixture
def shop(store: Store, clock: ManualClock) -> Shop:
    """The shop as a test moves it."""
    return Shop(store, clock)


@pytest.fixture
def server(shop: Shop) -> Iterator[DemoServer]:
    """The shop over HTTP."""
    with DemoServer(
        shop.store, clock=shop.clock, plan="unlimited", life=lambda _store, _now: shop.before_answer()
    ) as server:
        yield server


@pytest.fixture
def new_sync(airflow_database: Path, server: DemoServer, tmp_path: Path) -> Sync:
    """The DAG before its first run."""
    return Sync(tmp_path / "sync", connection(server))


@pytest.fixture
def sync(new_sync: Sync, synced_shop: Sync) -> Sync:
    """The DAG after its first run."""
    shutil.copytree(synced_shop.folder, new_sync.folder)
    return new_sync
