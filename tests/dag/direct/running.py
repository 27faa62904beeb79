"""Runs of the DAG's tasks in their order without Airflow, as ``tests.pipeline`` performs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.dag.running import OPTIONAL, TASKS, Run, Sync
from tests.pipeline import Pipeline


@dataclass(frozen=True)
class DirectRun(Run):
    """A finished run, and what Airflow would have shown: why tasks failed, how often each was tried."""

    reasons: dict[str, str]
    tries: dict[str, int]


@dataclass
class DirectSync(Sync):
    """Like the DAG, but its tasks are called by nobody but the test."""

    def run(self, conf: dict[str, Any] | None = None, **_: Any) -> DirectRun:
        """Perform all tasks once with ``conf``."""
        pipeline = Pipeline(
            self.folder,
            self.connection,
            {"analytics_dashboards_dir": "none"} | self.variables,
            OPTIONAL,
            self.sleep or self.naps.append,
        )
        done = pipeline.begin(f"direct__{uuid4()}", conf=conf or {}).go_on()
        run = DirectRun(
            done.run_id,
            done.states["report_run"],
            {task_id: done.states.get(task_id, "upstream_failed") for task_id in TASKS},
            done.returned,
            len(done.returned),
            done.reasons,
            dict(done.tries),
        )
        self.runs.append(run)
        return run
