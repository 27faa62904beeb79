"""Each service's main process is killed on the host: it comes back by itself, and nothing is lost."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.compose.airflow_api import DAG_ID
from tests.compose.platform import Platform, wait_for
from tests.compose.test_data import assert_shows_the_store

pytestmark = pytest.mark.usefixtures("without_reports")


def kill_and_wait(platform: Platform, service: str) -> None:
    """Kill a service, and wait for its next process to be healthy."""
    before = platform.containers()[service]
    platform.kill(service)

    def is_back() -> bool:
        now = platform.containers()[service]
        is_new = now["State"]["Pid"] not in (0, before["State"]["Pid"])
        return is_new and now["RestartCount"] > before["RestartCount"]

    wait_for(f"{service} to come back", is_back)
    platform.wait_until_healthy()


def set_pace(platform: Platform, seconds: float) -> None:
    """Let the demo store take its time before each answer; a store that is started anew takes none."""
    faults = {"every": {"slow": 1} if seconds else {}, "slow_seconds": seconds}
    address = "http://127.0.0.1:8000/_demo/faults"
    platform.execute("demo-store", "curl", "--silent", "--fail", "--data", json.dumps(faults), address)


@contextmanager
def sync_that_reads(platform: Platform) -> Iterator[str]:
    """The id of a full sync that is amid its reading of orders; the store is slow until the block ends."""
    set_pace(platform, 2)
    run_id = platform.api.trigger(DAG_ID, full_sync=True)
    wait_for("the sync to read orders", lambda: ("fetch_orders", "running") in tries(platform, run_id))
    yield run_id
    set_pace(platform, 0)


def tries(platform: Platform, run_id: str) -> list[tuple[str, str]]:
    """Task and state of each try of a run, as the run ledger has them."""
    query = "SELECT task_id, state FROM task_attempts WHERE run_id = ? ORDER BY started_at"
    with closing(sqlite3.connect(platform.data / "shopify_data.db")) as db:
        return db.execute(query, (run_id,)).fetchall()


def test_the_dag_processor_and_postgres_come_back_when_killed_and_syncs_go_on(platform: Platform) -> None:
    # Without postgres, Airflow's own services may end and be started anew: none can be killed right after it.
    for service in ("dag-processor", "postgres"):
        kill_and_wait(platform, service)
    platform.sync()


@pytest.mark.parametrize("service", ["api-server", "demo-store"])
def test_a_service_that_is_killed_amid_a_sync_is_waited_for(platform: Platform, service: str) -> None:
    with sync_that_reads(platform) as run_id:
        kill_and_wait(platform, service)
    assert platform.api.wait(DAG_ID, run_id) == "success", platform.api.story(DAG_ID, run_id)


def test_a_scheduler_that_is_killed_amid_a_sync_goes_on_with_it(platform: Platform, tmp_path: Path) -> None:
    with sync_that_reads(platform) as run_id:
        kill_and_wait(platform, "scheduler")
    assert platform.api.wait(DAG_ID, run_id) == "success", platform.api.story(DAG_ID, run_id)
    told = tries(platform, run_id)
    assert ("fetch_orders", "killed") in told
    assert [task_id for task_id, state in told if state == "running"] == []
    assert_shows_the_store(platform, tmp_path)
