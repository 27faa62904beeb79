"""What these tests see of a sync needs no Airflow: the DAG's tasks run in their order without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.state import Store

from tests.dag.direct.running import DirectSync
from tests.dag.running import NOW, connection


@pytest.fixture(scope="session")
def synced_shop(opened_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> DirectSync:
    """What a first run has made of the shop; only to be copied."""
    store = Store.open(opened_shop)
    with DemoServer(store, clock=ManualClock(NOW), plan="unlimited") as server:
        sync = DirectSync(tmp_path_factory.mktemp("synced_directly"), connection(server))
        assert sync.run().state == "success"
    store.close()
    return sync


@pytest.fixture
def new_sync(server: DemoServer, tmp_path: Path) -> DirectSync:
    """The tasks before their first run."""
    return DirectSync(tmp_path / "sync", connection(server))
