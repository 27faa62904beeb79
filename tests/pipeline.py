"""The DAG's task bodies in the DAG's order without Airflow around them: a whole sync in 0.2 seconds.

What Airflow adds is done here in few lines: a context, connection and Variables in the environment, and tries
as :class:`ShopifyRetryPolicy` decides. The real DAG runs in ``tests/dag``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.definitions.retry_policy import RetryAction
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from airflow.sdk.execution_time import supervisor
from airflow.sdk.execution_time.context import OutletEventAccessors
from airflow.secrets.environment_variables import EnvironmentVariablesBackend
from demo_store.api.auth import DEMO_TOKEN
from demo_store.api.server import DemoServer
from shopify_analytics import attempt, tasks
from shopify_analytics.attempt import describe
from shopify_analytics.hooks import shopify as hook_module
from shopify_analytics.hooks.shopify import ShopifyHook
from shopify_analytics.retry import ShopifyRetryPolicy

FETCHES = ("fetch_products", "fetch_customers", "fetch_orders")
BEFORE_REPORT = ("plan_sync", *FETCHES, "load_sqlite", "reconcile", "export_csv", "compute_analytics")
TASKS = (*BEFORE_REPORT, "report_run")
# Performed between these, where a pipeline is asked to.
OPTIONAL = ("push_to_sheets", "render_report")
PARAMS = {"full_sync": False, "push_to_sheets": True}
RETRIES = 3
# Airflow makes this list anew from its configuration for each Variable.
FROM_ENVIRONMENT = [EnvironmentVariablesBackend()]


def no_pause(_seconds: float) -> None:
    """What a hook waits between requests."""


@dataclass(frozen=True)
class Pipeline:
    """The DAG set up for one store and one pair of folders; its hooks call ``sleep`` instead of waiting."""

    folder: Path
    connection: dict[str, str]
    variables: dict[str, str] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    sleep: Callable[[float], None] = no_pause

    @property
    def data_dir(self) -> Path:
        """Where database, CSV files, summary and staging are."""
        return self.folder / "data"

    @property
    def database(self) -> Path:
        """The project's database."""
        return self.data_dir / "shopify_data.db"

    @property
    def log_dir(self) -> Path:
        """Where the run logs are."""
        return self.folder / "logs"

    def begin(self, run_id: str, *, full_sync: bool = False, conf: dict[str, Any] | None = None) -> Run:
        """A run none of whose tasks has been performed yet."""
        return Run(self, run_id, {"full_sync": full_sync} if conf is None else conf)

    def run(self, run_id: str, *, full_sync: bool = False) -> Run:
        """A whole run."""
        return self.begin(run_id, full_sync=full_sync).go_on()

    @contextmanager
    def environment(self) -> Iterator[None]:
        """Connection and Variables as Airflow reads them, and hooks that do not wait."""
        variables = {"analytics_data_dir": str(self.data_dir), "analytics_log_dir": str(self.log_dir)}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AIRFLOW_CONN_SHOPIFY_DEFAULT", json.dumps(self.connection))
            for name, value in (variables | self.variables).items():
                patch.setenv(f"AIRFLOW_VAR_{name.upper()}", value)
            patch.setattr(supervisor, "ensure_secrets_backend_loaded", lambda: FROM_ENVIRONMENT)
            patch.setattr(hook_module, "ShopifyHook", partial(ShopifyHook, sleep=self.sleep))
            yield


@dataclass
class Run:
    """One run: how its tasks stand, what they returned, why they failed, and how many tries each has had."""

    pipeline: Pipeline
    run_id: str
    conf: dict[str, Any]
    states: dict[str, str] = field(default_factory=dict)
    returned: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)

    @property
    def full_sync(self) -> bool:
        """Whether everything is to be read."""
        return bool(self.conf.get("full_sync"))

    @property
    def succeeded(self) -> bool:
        """Whether every task did."""
        return self.failed == [] and self.states.keys() == set(TASKS)

    @property
    def failed(self) -> list[str]:
        """The failed tasks in the DAG's order."""
        return [task_id for task_id in TASKS if self.states.get(task_id) == "failed"]

    def go_on(self) -> Run:
        """Perform what is still to be done, with retries, up to the report; return this run."""
        for task_id in (*BEFORE_REPORT, *self.pipeline.optional, "report_run"):
            self.perform(task_id)
        return self

    def go_on_to(self, task_id: str) -> Run:
        """Perform what comes before a task; return this run."""
        for earlier in TASKS[: TASKS.index(task_id)]:
            self.perform(earlier)
        return self

    def perform(self, task_id: str) -> None:
        """Perform a task with its retries, unless it is done already or one before it failed."""
        is_done = self.states.get(task_id) in {"success", "skipped"}
        if is_done or (task_id != "report_run" and self._is_blocked(task_id)):
            return
        while not self._try(task_id):
            pass

    def _is_blocked(self, task_id: str) -> bool:
        before = BEFORE_REPORT if task_id in OPTIONAL else BEFORE_REPORT[: BEFORE_REPORT.index(task_id)]
        needed = before[:1] if task_id in FETCHES else before
        return any(self.states.get(earlier) != "success" for earlier in needed if earlier != "reconcile")

    def _try(self, task_id: str) -> bool:
        """One try; whether it was the last."""
        self.tries[task_id] += 1
        context = self._context(task_id)
        with self.pipeline.environment(), _in_context(context):
            try:
                self.returned[task_id] = self._body(task_id)()
            except AirflowSkipException:
                self.states[task_id] = "skipped"
                return True
            except Exception as error:
                self.reasons[task_id] = describe(error)
                self.states[task_id] = "failed"
                return not self._may_try_again(error, context)
        self.states[task_id] = "success"
        self.reasons.pop(task_id, None)
        return True

    def _may_try_again(self, error: Exception, context: dict[str, Any]) -> bool:
        task_id = context["ti"].task_id
        if isinstance(error, AirflowFailException) or task_id == "report_run":
            return False
        decision = ShopifyRetryPolicy().evaluate(error, self.tries[task_id], RETRIES, context)  # type: ignore[arg-type]
        return decision.action is RetryAction.RETRY and self.tries[task_id] <= RETRIES

    def _body(self, task_id: str) -> Callable[[], Any]:
        if task_id in FETCHES:
            entity = task_id.removeprefix("fetch_")
            return partial(tasks.fetch_entity, entity, self.returned["plan_sync"])
        body: Callable[..., Any] = getattr(tasks, task_id)
        if task_id in {"load_sqlite", "reconcile"}:
            return partial(body, [self.returned[fetch] for fetch in FETCHES])
        return body

    def _context(self, task_id: str) -> dict[str, Any]:
        def breadcrumbs(**_: str) -> list[dict[str, Any]]:
            return [
                {"task_id": done, "state": state, "duration": 0.1}
                for done, state in self.states.items()
                if done != "report_run"
            ]

        ti = SimpleNamespace(
            dag_id="shopify_sync",
            run_id=self.run_id,
            task_id=task_id,
            try_number=self.tries[task_id],
            get_task_breadcrumbs=breadcrumbs,
        )
        return {
            "ti": ti,
            "outlet_events": OutletEventAccessors(),
            "dag_run": SimpleNamespace(conf=self.conf),
            "dag": SimpleNamespace(params=PARAMS),
            "params": PARAMS | self.conf,
        }


def connection_to(server: DemoServer, **fields: str) -> dict[str, str]:
    """A connection to ``server``: with the static token, unless ``fields`` say otherwise."""
    return {"conn_type": "shopify", "host": server.url, "password": DEMO_TOKEN} | fields


@contextmanager
def _in_context(context: dict[str, Any]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (tasks, attempt):
            patch.setattr(module, "get_current_context", lambda: context)
        yield
