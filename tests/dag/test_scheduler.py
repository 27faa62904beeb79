"""Real schedulers: triggers at once, a command beside them, and everything killed in the middle of a run."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from demo_store.api.server import DemoServer
from local_airflow import patience_with_sqlite

from tests.dag.equality import assert_equal_to_store
from tests.dag.running import PROJECT, Sync
from tests.dag.shop import Shop
from tests.standalone import airflow_standalone, end_session

DAG_ID = "shopify_sync"
ORDERS = "/admin/api/2026-10/orders.json"
# What an operator waits for minutes: that a task without a heartbeat is dead, that a scheduler is.
IMPATIENCE = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "15",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "3",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "10",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "5",
    "SHOPIFY_SYNC_MAX_RETRY_SECONDS": "1",
}


@pytest.fixture
def environment(new_sync: Sync, airflow_database: Path, tmp_path: Path) -> dict[str, str]:
    """That of an Airflow of its own, which syncs the shop in small pages."""
    (tmp_path / "airflow").mkdir()
    shutil.copy(airflow_database, tmp_path / "airflow")
    new_sync.variables["shopify_page_size"] = "25"
    python = Path(sys.executable).parent
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")},
        **new_sync.environment,
        **IMPATIENCE,
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(impatient_dags(tmp_path / "dags")),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        **patience_with_sqlite(os.environ),
        "PATH": f"{python}{os.pathsep}{os.environ['PATH']}",
    }


def impatient_dags(folder: Path) -> Path:
    """The DAG in a folder of its own, with pauses of a second before each retry."""
    folder.mkdir()
    dag = (PROJECT / "dags" / f"{DAG_ID}.py").read_text(encoding="utf-8")
    impatient = re.sub(r'("(?:max_)?retry_delay": )timedelta\(\w+=\d+\)', r"\1timedelta(seconds=1)", dag)
    assert impatient.count("timedelta(seconds=1)") == 2
    (folder / f"{DAG_ID}.py").write_text(impatient, encoding="utf-8")
    return folder


@contextmanager
def command_beside(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """What ``make sync`` runs, in the same Airflow."""
    arguments = [sys.executable, "-m", "airflow", "dags", "test", DAG_ID, "-c", '{"full_sync": true}']
    with subprocess.Popen(
        arguments,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            end_session(process)


@contextmanager
def watching_watermarks(database: Path) -> Iterator[list[str]]:
    """Every watermark of the orders that a reader sees, in their order."""
    seen: list[str] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            if not database.exists():
                continue
            with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as db:
                if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'metadata'").fetchone():
                    found = db.execute("SELECT value FROM metadata WHERE key = 'watermark.orders'").fetchone()
                    if found and seen[-1:] != [found[0]]:
                        seen.append(found[0])

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def wait_for(what: str, condition: Callable[[], bool], seconds: float = 400) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.1)


def test_schedulers_killed_amid_runs_and_triggers_at_once_lose_and_double_nothing(
    new_sync: Sync, server: DemoServer, shop: Shop, environment: dict[str, str]
) -> None:
    home, dags = (Path(environment[name]) for name in ("AIRFLOW_HOME", "AIRFLOW__CORE__DAGS_FOLDER"))
    server.faults.change({"every": {"slow": 1}, "slow_seconds": 0.4})
    with watching_watermarks(new_sync.data_dir / "shopify_data.db") as watermarks:
        with airflow_standalone(home, dags, environment, [DAG_ID], on_schedule=True) as airflow:
            wait_for("the scheduled run to read orders", lambda: server.requests.by_path[ORDERS] >= 2)
            triggered = [airflow.trigger(DAG_ID), airflow.trigger(DAG_ID, full_sync=True)]
            with command_beside(environment) as beside:
                before = server.requests.by_path[ORDERS]
                wait_for("the command to read orders", lambda: server.requests.by_path[ORDERS] >= before + 4)
                airflow.kill()
                shop.live(hours=3)
                server.faults.change({"every": {}})
                assert beside.wait(400) == 0
        with airflow_standalone(home, dags, environment, [DAG_ID]) as airflow:
            wait_for(
                "the triggered runs to end",
                lambda: {airflow.state(DAG_ID, run_id) for run_id in triggered} <= {"success", "failed"},
            )
            shop.live(hours=1)
            airflow.run(DAG_ID)
    assert_equal_to_store(shop.store, new_sync.data_dir)
    assert watermarks == sorted(set(watermarks))
    assert new_sync.staged() == []
    runs = new_sync.select("SELECT run_id, status FROM sync_runs ORDER BY run_id")
    assert len(runs) >= 5
    assert {run["status"] for run in runs} <= {"success", "interrupted", "failed"}
    assert [run["status"] for run in runs if run["run_id"] in triggered] == ["success", "success"]
