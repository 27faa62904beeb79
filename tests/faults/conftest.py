"""A shop that was synced once and has changed for thirty hours since, as all tests of this folder meet it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from demo_store.clock import ManualClock

from tests.dag.running import NOW
from tests.faults.theatre import LATER, Theatre, serving, sync_a_shop


@pytest.fixture(scope="session")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """Every task of its next sync, about to start."""
    folder = tmp_path_factory.mktemp("theatre")
    synced = sync_a_shop(folder)
    with serving(synced.later, clock=ManualClock(NOW + LATER)) as server:
        yield Theatre(folder, synced, server)
