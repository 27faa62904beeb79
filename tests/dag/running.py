"""Runs of the real DAG in this process, and what Airflow and the run ledger say about them."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from demo_store.api.auth import DEMO_TOKEN
from demo_store.api.server import DemoServer
from shopify_analytics.hooks import shopify as hook_module
from shopify_analytics.hooks.shopify import ShopifyHook

PROJECT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FOLLOWING = ("sales_ledger", "tax_lines", "shipping_lines", "fulfillments", "order_adjustments")
TASKS = (
    "plan_sync",
    "fetch_products",
    "fetch_customers",
    "fetch_orders",
    "load_sqlite",
    "reconcile",
    "export_csv",
    "compute_analytics",
    "push_to_sheets",
    "render_report",
    "report_run",
)
# Skipped unless their Variables say otherwise.
OPTIONAL = ("push_to_sheets", "render_report")
Row = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """A finished run: its state, that of each task, what tasks returned through XCom, and how many values."""

    run_id: str
    state: str
    tasks: dict[str, str]
    returned: dict[str, Any]
    pushed: int

    @property
    def failed(self) -> list[str]:
        """The failed tasks in the order of the DAG."""
        return [task_id for task_id in TASKS if self.tasks[task_id] == "failed"]

    @property
    def changes(self) -> dict[str, dict[str, int]]:
        """Rows inserted, updated and deleted by table, as far as there were any, of what people speak of."""
        loaded: dict[str, dict[str, int]] = self.returned["load_sqlite"]
        counts = {
            table: {change: rows for change, rows in counts.items() if rows and change != "unchanged"}
            for table, counts in loaded.items()
            if table not in FOLLOWING
        }
        return {table: changed for table, changed in counts.items() if changed}


@dataclass
class Sync:
    """The DAG, set up for one store and one pair of folders, and its ``runs``.

    Its hooks note their waits in ``naps`` instead of waiting, unless ``sleep`` says what they do.
    """

    folder: Path
    connection: dict[str, Any]
    variables: dict[str, str] = field(default_factory=dict)
    naps: list[float] = field(default_factory=list)
    sleep: Callable[[float], None] | None = None
    runs: list[Run] = field(default_factory=list)

    @property
    def data_dir(self) -> Path:
        """Where database, CSV files, summary and staging are."""
        return self.folder / "data"

    @property
    def log_dir(self) -> Path:
        """Where the run logs are."""
        return self.folder / "logs"

    @property
    def environment(self) -> dict[str, str]:
        """Connection and Variables as Airflow reads them from the environment."""
        defaults = json.loads((PROJECT / "include" / "variables.json").read_text(encoding="utf-8"))
        folders = {
            "analytics_data_dir": str(self.data_dir),
            "analytics_log_dir": str(self.log_dir),
            "analytics_dashboards_dir": "none",
        }
        variables = {name: default["value"] for name, default in defaults.items()} | folders | self.variables
        return {"AIRFLOW_CONN_SHOPIFY_DEFAULT": json.dumps(self.connection)} | {
            f"AIRFLOW_VAR_{name.upper()}": value for name, value in variables.items()
        }

    def run(self, conf: dict[str, Any] | None = None, **options: Any) -> Run:
        """Run the whole DAG once with ``conf``; ``options`` are those of ``dag.test``."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.setattr(
                hook_module, "ShopifyHook", partial(ShopifyHook, sleep=self.sleep or self.naps.append)
            )
            # dag.test pauses for a second wherever it finds no task to run.
            patch.setattr(time, "sleep", lambda _: None)
            run = read_run(load_dag().test(run_conf=conf or {}, **options).run_id)
        self.runs.append(run)
        return run

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """The project's database."""
        with closing(sqlite3.connect(self.data_dir / "shopify_data.db")) as db:
            yield db

    def select(self, query: str, *values: Any) -> list[Row]:
        """The rows of a query as dicts."""
        with self.database() as db:
            return select(db, query, *values)

    def watermarks(self) -> dict[str, str]:
        """The committed watermark of each entity."""
        found = self.select("SELECT key, value FROM metadata WHERE key LIKE 'watermark.%'")
        return {row["key"].removeprefix("watermark."): row["value"] for row in found}

    def attempts(self, run: Run) -> list[tuple[str, int, str]]:
        """Task, try number and state of every try of a run, by task and number."""
        query = """
            SELECT task_id, try_number, state FROM task_attempts WHERE run_id = ? ORDER BY task_id, try_number
            """
        return [tuple(row.values()) for row in self.select(query, run.run_id)]

    def reason(self, run: Run, task_id: str) -> str:
        """Why the task's last try failed, as the ledger has it."""
        query = """
            SELECT reason FROM task_attempts WHERE run_id = ? AND task_id = ? ORDER BY try_number DESC LIMIT 1
            """
        return str(self.select(query, run.run_id, task_id)[0]["reason"])

    def ledger(self, run: Run) -> Row:
        """The run's row in ``sync_runs``."""
        return self.select("SELECT * FROM sync_runs WHERE run_id = ?", run.run_id)[0]

    def run_log(self, run: Run) -> str:
        """The run's log."""
        return Path(self.ledger(run)["log_file"]).read_text(encoding="utf-8")

    def staged(self) -> list[Path]:
        """The folders of runs whose staging is still there."""
        return sorted((self.data_dir / "staging").glob("*"))


def load_dag() -> DAG:
    """The DAG, loaded anew as for every task: a run's conf stays in the params of the object that it met."""
    return DagBag(PROJECT / "dags").dags["shopify_sync"]


def connection(server: DemoServer, **fields: str) -> dict[str, str]:
    """A connection to ``server``: with the static token, unless ``fields`` say otherwise."""
    return {"conn_type": "shopify", "host": server.url, "password": DEMO_TOKEN} | fields


def read_run(run_id: str) -> Run:
    """What Airflow's own database has of a run."""
    with closing(sqlite3.connect(Path(os.environ["AIRFLOW_HOME"]) / "airflow.db")) as db:
        (run,) = select(db, "SELECT state FROM dag_run WHERE run_id = ?", run_id)
        tasks = select(db, "SELECT task_id, state FROM task_instance WHERE run_id = ?", run_id)
        values = select(db, "SELECT task_id, key, value FROM xcom WHERE run_id = ?", run_id)
    return Run(
        run_id,
        run["state"],
        {task["task_id"]: task["state"] for task in tasks},
        {row["task_id"]: json.loads(row["value"]) for row in values if row["key"] == "return_value"},
        len(values),
    )


def select(db: sqlite3.Connection, query: str, *values: Any) -> list[Row]:
    """The rows of a query as dicts."""
    found = db.execute(query, values)
    columns = [column[0] for column in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found]
