"""Clean Airflow's own database from a task, which may not reach it itself: Airflow's command does.

A task's process has its settings of that database overwritten (``block_orm_access`` in
``airflow/sdk/execution_time/supervisor.py``); a new process reads them from where they came: from
``AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD``, from ``airflow.cfg``, or the default. Only what was given by the
variable ``AIRFLOW__DATABASE__SQL_ALCHEMY_CONN`` itself is gone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from shopify_analytics.errors import SettingsError

BLOCKED = "airflow-db-not-allowed:"
SETTING = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
SETTINGS = (SETTING, "AIRFLOW__CORE__SQL_ALCHEMY_CONN")
FOUND = re.compile(r"Checking table (\w+)\s+Found (\d+) rows")
SECRET = re.compile(r"://[^@\s/]+@")


class AirflowCommandFailed(Exception):
    """A command of Airflow ended with an error, which may be another one the next time."""


def clean_airflow_database(dag_id: str, run_id: str, keep: timedelta) -> dict[str, int]:
    """Remove from Airflow's database what ended longer ago; return how many rows by table.

    The last run of every DAG stays: https://airflow.apache.org/docs/apache-airflow/stable/howto/usage-cli.html

    :param run_id: the run that asks, by which the right database is known.
    :raises SettingsError: when it cannot be reached from here.
    :raises AirflowCommandFailed: when a table could not be cleaned.
    """
    env = environment(os.environ)
    known = _airflow(env, "dags", "list-runs", dag_id, "--output", "plain")
    if known.returncode or run_id not in known.stdout:
        raise SettingsError(
            "A task cannot reach Airflow's own database from here. Give its address by "
            f"{SETTING}_CMD or airflow.cfg instead of {SETTING}, which Airflow hides from tasks; or run "
            f"`airflow db clean` yourself.{_last_line(known)}"
        )
    before = datetime.now(UTC) - keep
    cleaned = _airflow(
        env,
        *("db", "clean", "--clean-before-timestamp", before.isoformat(timespec="seconds")),
        *("--skip-archive", "--yes", "--error-on-cleanup-failure"),
    )
    if cleaned.returncode:
        raise AirflowCommandFailed(
            f"`airflow db clean` failed. If the next try fails, too, run it yourself.{_last_line(cleaned)}"
        )
    return {table: int(rows) for table, rows in FOUND.findall(cleaned.stdout) if int(rows)}


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment without what stands there only to keep a task away."""
    return {
        name: value
        for name, value in given.items()
        if not (name in SETTINGS and value.startswith(BLOCKED)) and name != "_AIRFLOW_PROCESS_CONTEXT"
    }


def _airflow(env: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    # It takes some seconds of work, during which a sync goes first.
    command = ["nice", "-n", "19", sys.executable, "-m", "airflow", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    """What the command said last, without passwords."""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return f" It said: {SECRET.sub('://***@', lines[-1].strip())[:300]}" if lines else ""
