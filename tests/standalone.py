"""Airflow with a home, ports and DAGs of its own, and its REST API."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from local_airflow import HEARTBEATS, patience_with_sqlite

from tests.bench.processes import BenchError

SECONDS_TO_START = 180
SECONDS_FOR_A_RUN = 300
SECONDS_TO_END = 30
SECRET = "known to every process of a test's Airflow, and to nobody else"
# What `airflow standalone` starts, but for a triggerer, which nothing here needs, and its own process.
START = 'for part in api-server scheduler dag-processor; do "$0" -m airflow "$part" & done; wait'


class AirflowFailed(BenchError):
    """Airflow did not start, or a run failed; the message says where its log is or what it shows."""


@dataclass(frozen=True)
class Airflow:
    """A running Airflow, as its REST API shows it."""

    url: str
    session: requests.Session
    process: subprocess.Popen[bytes]

    def trigger(self, dag_id: str, **conf: object) -> str:
        """Trigger a DAG with ``conf``; return the id of the run."""
        runs = f"{self.url}/api/v2/dags/{dag_id}/dagRuns"
        answer = self.session.post(runs, json={"logical_date": None, "conf": conf})
        answer.raise_for_status()
        return str(answer.json()["dag_run_id"])

    def state(self, dag_id: str, run_id: str) -> str:
        """The state of a run."""
        run = self.session.get(f"{self.url}/api/v2/dags/{dag_id}/dagRuns/{run_id}").json()
        return str(run["state"])

    def kill(self) -> None:
        """End every process of it with SIGKILL."""
        for pid in pids_in_session(self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def run(self, dag_id: str) -> float:
        """Run a DAG once; return the seconds from its start to its end.

        :raises AirflowFailed: when the run fails or does not end.
        """
        runs, run_id = f"{self.url}/api/v2/dags/{dag_id}/dagRuns", self.trigger(dag_id)
        deadline = time.monotonic() + SECONDS_FOR_A_RUN
        while time.monotonic() < deadline:
            run = self.session.get(f"{runs}/{run_id}").json()
            if run["state"] == "success":
                start, end = (datetime.fromisoformat(run[key]) for key in ("start_date", "end_date"))
                return (end - start).total_seconds()
            if run["state"] == "failed":
                raise AirflowFailed(f"The run of {dag_id} failed: {self._failed_tasks(runs, run_id)}")
            time.sleep(0.5)
        raise AirflowFailed(f"The run of {dag_id} did not end within {SECONDS_FOR_A_RUN} seconds.")

    def knows(self, dag_id: str) -> bool:
        """Whether the DAG has been parsed."""
        return self.session.get(f"{self.url}/api/v2/dags/{dag_id}").ok

    def _failed_tasks(self, runs: str, run_id: str) -> str:
        found = self.session.get(f"{runs}/{run_id}/taskInstances").json()["task_instances"]
        return ", ".join(task["task_id"] for task in found if task["state"] == "failed")


@contextmanager
def airflow_standalone(
    home: Path,
    dags: Path,
    environment: Mapping[str, str],
    dag_ids: list[str],
    *,
    on_schedule: bool = False,
) -> Iterator[Airflow]:
    """Airflow with scheduler, LocalExecutor and API server until the block ends, however it ends.

    It uses the database ``airflow.db`` of its home, or makes one. It runs DAGs by their schedule only when
    ``on_schedule``; every process that it has started ends with it.

    :raises AirflowFailed: when it has not parsed the DAGs after three minutes.
    """
    home.mkdir(parents=True, exist_ok=True)
    log = home / "standalone.log"
    api, worker_logs, trigger_logs = free_ports(3)
    url = f"http://127.0.0.1:{api}"
    settings = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(api),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(worker_logs),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(trigger_logs),
        "AIRFLOW__API__SECRET_KEY": SECRET,
        "AIRFLOW__API_AUTH__JWT_SECRET": SECRET,
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": str(on_schedule),
        **HEARTBEATS,
        **patience_with_sqlite(environment),
    }
    # Each of them would write one, with secrets of its own.
    (home / "airflow.cfg").touch()
    if not (home / "airflow.db").exists():
        migrate = [sys.executable, "-m", "airflow", "db", "migrate"]
        subprocess.run(migrate, env={**environment, **settings}, check=True, capture_output=True)
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            ["/bin/sh", "-c", START, sys.executable],
            env={**environment, **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        with requests.Session() as session:
            session.trust_env = False
            airflow = Airflow(url, session, process)
            wait_until_ready(airflow, dag_ids, log)
            yield airflow
    finally:
        end_session(process)


def wait_until_ready(airflow: Airflow, dag_ids: list[str], log: Path) -> None:
    """Wait for the API and the DAGs; sign in as the admin that everybody is.

    :raises AirflowFailed: with the end of Airflow's log.
    """
    deadline = time.monotonic() + SECONDS_TO_START
    while airflow.process.poll() is None and time.monotonic() < deadline:
        with suppress(requests.ConnectionError):
            if "Authorization" not in airflow.session.headers:
                token = airflow.session.get(f"{airflow.url}/auth/token").json()["access_token"]
                airflow.session.headers["Authorization"] = f"Bearer {token}"
            if all(airflow.knows(dag_id) for dag_id in dag_ids):
                return
        time.sleep(0.5)
    raise AirflowFailed(f"Airflow did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


def end_session(leader: subprocess.Popen[Any]) -> None:
    """End a process and everything that runs in its session: first ask, then insist.

    Airflow's tasks have process groups of their own, but never a session.
    """
    for number, seconds in ((signal.SIGTERM, SECONDS_TO_END), (signal.SIGKILL, SECONDS_TO_END)):
        with suppress(ProcessLookupError):
            os.killpg(leader.pid, number)
        if number == signal.SIGKILL:
            for pid in pids_in_session(leader.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if leader.poll() is not None and not pids_in_session(leader.pid):
                return
            time.sleep(0.1)


def pids_in_session(session: int) -> list[int]:
    """Ids of the processes that belong to a session, where the system has ``/proc``."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(ProcessLookupError, PermissionError):
            if os.getsid(int(entry.name)) == session:
                found.append(int(entry.name))
    return found


def free_ports(number: int) -> list[int]:
    """Ports on which nothing listens just now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
