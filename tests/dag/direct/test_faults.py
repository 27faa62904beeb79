"""Failures that pass cost a sync a wait each, and not even a try."""

from __future__ import annotations

import pytest
from demo_store.api.server import DemoServer
from demo_store.state import Store

from tests.dag.equality import assert_equal_to_store
from tests.dag.running import Sync


@pytest.fixture
def small_pages(new_sync: Sync) -> Sync:
    """The DAG before its first run, which takes many answers."""
    new_sync.variables["shopify_page_size"] = "30"
    return new_sync


@pytest.mark.parametrize("failure", ["429", "500", "502", "503", "reset", "truncated"])
def test_every_sixth_answer_may_fail(
    small_pages: Sync, server: DemoServer, store: Store, failure: str
) -> None:
    server.faults.every = {failure: 6}
    run = small_pages.run()
    assert run.state == "success"
    assert len(small_pages.naps) >= 5
    assert {try_number for _, try_number, _ in small_pages.attempts(run)} == {1}
    assert_equal_to_store(store, small_pages.data_dir)
    refused = server.requests.refused
    assert run.returned["report_run"].endswith(f", {server.requests.total:,} API calls, {refused} refused")
    assert refused == (len(small_pages.naps) if failure == "429" else 0)


def test_a_mix_of_all_failures_may_go_on(small_pages: Sync, server: DemoServer, store: Store) -> None:
    server.faults.change({"every": {"mix": 3}, "slow_seconds": 0.01})
    assert small_pages.run().state == "success"
    assert_equal_to_store(store, small_pages.data_dir)
