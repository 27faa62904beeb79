"""Airflow as its REST API shows it, to the admin."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

DAG_ID = "shopify_sync"
SECONDS_FOR_A_RUN = 600


@dataclass(frozen=True)
class AirflowApi:
    """A session with a token."""

    url: str
    session: requests.Session

    @classmethod
    def signed_in(cls, url: str, password: str) -> AirflowApi:
        """A session with a token that the password has bought."""
        answer = ask_for_token(url, password)
        assert answer.status_code == 201, answer.text
        session = new_session()
        session.mount(
            "http://", HTTPAdapter(max_retries=Retry(5, backoff_factor=0.5, allowed_methods=["GET"]))
        )
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return cls(url, session)

    def get(self, path: str, **params: object) -> Any:
        """The JSON that a GET answers."""
        return self._call("GET", path, params=params)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        """The JSON that a PATCH answers."""
        return self._call("PATCH", path, json=body)

    def trigger(self, dag_id: str, **conf: object) -> str:
        """Trigger a DAG with ``conf``; return the id of the run."""
        body = {"logical_date": None, "conf": conf}
        return str(self._call("POST", f"/dags/{dag_id}/dagRuns", json=body)["dag_run_id"])

    def state(self, dag_id: str, run_id: str) -> str:
        """The state of a run."""
        return str(self.get(f"/dags/{dag_id}/dagRuns/{run_id}")["state"])

    def wait(self, dag_id: str, run_id: str, seconds: float = SECONDS_FOR_A_RUN) -> str:
        """The state in which a run has ended."""
        deadline = time.monotonic() + seconds
        while (state := self.state(dag_id, run_id)) not in ("success", "failed"):
            assert time.monotonic() < deadline, f"{run_id} did not end: {self.story(dag_id, run_id)}"
            time.sleep(0.5)
        return state

    def tasks(self, dag_id: str, run_id: str) -> dict[str, str | None]:
        """The state of each task of a run."""
        found = self.get(f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return {task["task_id"]: task["state"] for task in found}

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """All runs of a DAG, the first one first."""
        found = self.get(f"/dags/{dag_id}/dagRuns", limit=100, order_by="id")
        return list(found["dag_runs"])

    def log(self, dag_id: str, run_id: str, task_id: str, try_number: int = 1) -> str:
        """The log of a try, as the UI shows it: what was said, and with what error it ended."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/logs/{try_number}"
        told = []
        for line in self.get(path)["content"]:
            told.append(str(line["event"]))
            told += [str(error["exc_value"]) for error in line.get("error_detail") or []]
        return "\n".join(told)

    def story(self, dag_id: str, run_id: str) -> str:
        """What became of a run, and the ends of the logs of its failed tasks."""
        tasks = self.tasks(dag_id, run_id)
        failed = [task_id for task_id, state in tasks.items() if state in ("failed", "up_for_retry")]
        logs = [f"{task_id}: {self.log(dag_id, run_id, task_id)[-2000:]}" for task_id in failed]
        return "\n".join([str(tasks), *logs])

    def _call(self, method: str, path: str, **options: Any) -> Any:
        answer = self.session.request(method, f"{self.url}/api/v2{path}", timeout=60, **options)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:1000]}"
        return answer.json()


def new_session() -> requests.Session:
    """A session that no setting of the machine leads elsewhere."""
    session = requests.Session()
    session.trust_env = False
    return session


def ask_for_token(url: str, password: str, user: str = "admin") -> requests.Response:
    """What Airflow answers to a user's password."""
    body = {"username": user, "password": password}
    return new_session().post(f"{url}/auth/token", json=body, timeout=60)
