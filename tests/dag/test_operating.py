"""What an operator meets in a real Airflow: retries, old data, and a DAG that waits for new data."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from demo_store.api.server import DemoServer
from shopify_analytics.database import connect, get_metadata

from tests.dag.running import PROJECT, Sync
from tests.operators import MailServer, mail_server, text_of
from tests.past_runs import turn_back
from tests.standalone import Airflow, airflow_standalone

DAG_ID = "shopify_sync"
WATCH_ID = "shopify_watch"
EXAMPLE_ID = "after_sync"


@pytest.fixture
def dags(tmp_path: Path) -> Path:
    """The sync and the watch, and the example of the documentation that waits for the sync."""
    folder = tmp_path / "dags"
    folder.mkdir()
    for source in (PROJECT / "dags").glob("shopify_[sw]*"):
        (folder / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / f"{EXAMPLE_ID}.py").write_text(documented_example(), encoding="utf-8")
    return folder


def documented_example() -> str:
    """The DAG that the documentation shows."""
    text = (PROJECT / "docs" / "alerts-and-metrics.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    return str(example)


@contextmanager
def airflow_with(sync: Sync, mail: MailServer, dags: Path, home: Path) -> Iterator[Airflow]:
    """An Airflow of its own that syncs the shop by schedule, and mails."""
    sync.variables |= mail.variables
    python = Path(sys.executable).parent
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")},
        **sync.environment,
        "AIRFLOW_CONN_SMTP_DEFAULT": mail.connection,
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "SHOPIFY_SYNC_MAX_RETRY_SECONDS": "1",
        "PATH": f"{python}{os.pathsep}{os.environ['PATH']}",
    }
    with airflow_standalone(
        home, dags, environment, [DAG_ID, WATCH_ID, EXAMPLE_ID], on_schedule=True
    ) as airflow:
        yield airflow


def wait_for(what: str, condition: Callable[[], bool], seconds: float = 300) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.2)


def runs(airflow: Airflow, dag_id: str) -> list[dict[str, Any]]:
    """The runs of a DAG, as the REST API shows them."""
    found = airflow.session.get(f"{airflow.url}/api/v2/dags/{dag_id}/dagRuns").json()
    return list(found["dag_runs"])


def states(airflow: Airflow, dag_id: str) -> set[str]:
    """The states that runs of a DAG are in."""
    return {str(run["state"]) for run in runs(airflow, dag_id)}


def log_of_throttled_try(home: Path) -> list[str]:
    """The lines of the log of the try of ``plan_sync`` that the store refused, without times.

    It need not be the first one: Airflow's scheduler may start before its API server.
    """
    for path in (home / "logs").glob(f"dag_id={DAG_ID}/run_id=*/task_id=plan_sync/attempt=*.log"):
        lines = [str(json.loads(line)["event"]) for line in path.read_text(encoding="utf-8").splitlines()]
        if "Task failed with exception" in lines:
            return lines
    raise AssertionError("no try was refused")


def pause(airflow: Airflow, dag_id: str) -> None:
    """Let no further run of a DAG start, and wait for those that are going on."""
    airflow.session.patch(f"{airflow.url}/api/v2/dags/{dag_id}", json={"is_paused": True}).raise_for_status()
    wait_for(f"{dag_id} to rest", lambda: states(airflow, dag_id).isdisjoint({"queued", "running"}))


def returned_by_look(airflow: Airflow) -> list[Any]:
    """What the task of the example returned in each run."""
    path = f"{airflow.url}/api/v2/dags/{EXAMPLE_ID}/dagRuns/{{}}/taskInstances/look/xcomEntries/return_value"
    answers = [airflow.session.get(path.format(run["dag_run_id"])) for run in runs(airflow, EXAMPLE_ID)]
    return [answer.json()["value"] for answer in answers if answer.ok]


def test_an_operator_sees_retries_hears_of_old_data_and_other_dags_follow(
    new_sync: Sync, server: DemoServer, dags: Path, airflow_database: Path, tmp_path: Path
) -> None:
    home = tmp_path / "airflow"
    home.mkdir()
    shutil.copy(airflow_database, home)
    server.faults.storm, server.faults.storm_answers = "429", 5
    with mail_server() as mail, airflow_with(new_sync, mail, dags, home) as airflow:
        wait_for("a sync", lambda: "success" in states(airflow, DAG_ID))
        wait_for("the DAG that waits for it", lambda: "success" in states(airflow, EXAMPLE_ID))
        pause(airflow, DAG_ID)
        pause(airflow, EXAMPLE_ID)
        looked_at = returned_by_look(airflow)
        details = airflow.session.get(f"{airflow.url}/api/v2/dags/{DAG_ID}/details").json()
        with connect(new_sync.data_dir / "shopify_data.db") as db:
            turn_back(db, 60)
            shop = get_metadata(db, "shop.name")
        airflow.trigger(WATCH_ID)
        wait_for("the mail", lambda: len(mail.received) > 0)
    retried = log_of_throttled_try(home)
    assert retried[-3] == "::endgroup::"
    assert re.fullmatch(rf"retry in 1 s: {re.escape(server.url)} answered 429 to GET .*", retried[-2])
    assert retried[-1] == "::endgroup::"
    assert any("orders.csv" in files for (files,) in looked_at)
    assert details["doc_md"].startswith("### What changed in the Shopify store")
    assert mail.subjects == [f"Shopify sync of {shop}: the data is old"]
    assert f"/dags/{DAG_ID}/runs/" in text_of(mail.received[0])
