"""``airflow dags test shopify_sync`` in a process of its own, which may also be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo_store.api.auth import DEMO_TOKEN
from demo_store.api.server import DemoServer
from demo_store.state import Store

from tests.dag.equality import assert_equal_to_store
from tests.dag.running import Sync, connection
from tests.dag.shop import Shop

ORDERS_PATH = "/admin/api/2026-10/orders.json"


@contextmanager
def command(sync: Sync, conf: str) -> Iterator[subprocess.Popen[str]]:
    """The command, running; its output is a pipe."""
    arguments = [sys.executable, "-m", "airflow", "dags", "test", "shopify_sync", "-c", conf]
    with subprocess.Popen(
        arguments,
        env=os.environ | sync.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process


def test_a_good_run_ends_with_status_0(new_sync: Sync, store: Store) -> None:
    with command(new_sync, '{"full_sync": true}') as process:
        output, _ = process.communicate()
    assert process.returncode == 0
    assert "orders: 291 records on 2 pages staged" in output
    assert DEMO_TOKEN not in output
    assert_equal_to_store(store, new_sync.data_dir)


def test_a_failed_run_ends_with_status_1(new_sync: Sync, server: DemoServer) -> None:
    new_sync.connection = connection(server, password="not-the-token")
    with command(new_sync, "{}") as process:
        output, _ = process.communicate()
    assert process.returncode == 1
    assert "Failed: plan_sync. nothing loaded, 1 API calls, 0 refused. Run log: " in output
    assert "not-the-token" not in output


def test_a_killed_run_is_closed_by_the_next_which_makes_all_right(
    new_sync: Sync, server: DemoServer, shop: Shop
) -> None:
    new_sync.variables["shopify_page_size"] = "30"

    def kill_amid_the_orders() -> None:
        if server.requests.by_path[ORDERS_PATH] == 2:
            process.send_signal(signal.SIGKILL)

    shop.before_answer = kill_amid_the_orders
    with command(new_sync, "{}") as process:
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert new_sync.watermarks() == {}
    (staged,) = new_sync.staged()
    shop.before_answer = lambda: None

    assert new_sync.run().state == "success"
    assert_equal_to_store(shop.store, new_sync.data_dir)
    (killed,) = new_sync.select("SELECT * FROM sync_runs WHERE status = 'interrupted'")
    tries = "SELECT state FROM task_attempts WHERE run_id = ? AND task_id = 'fetch_orders'"
    assert new_sync.select(tries, killed["run_id"]) == [{"state": "killed"}]
    log = Path(killed["log_file"]).read_text(encoding="utf-8")
    assert log.startswith("Shopify sync: interrupted\n")
    assert "  fetch_orders, try 1 (killed): ended without a word" in log.splitlines()
    assert (
        f"  staged pages              {staged}, kept until a run succeeds, a week at most" in log.splitlines()
    )
    assert new_sync.staged() == []
