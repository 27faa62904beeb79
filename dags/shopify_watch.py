"""Wiring of the look at the data's age between syncs; ``shopify_watch.md`` is what the UI shows about it.

Airflow's deadline alerts would do, but with them 3.3.2 cannot end a run under ``airflow dags test``:
``DagRun.update_state`` looks them up by ids that only a scheduler's copy of the DAG has.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pendulum
from airflow.sdk import dag, task
from shopify_analytics import tasks


@task(execution_timeout=timedelta(minutes=10))
def check_data() -> str:
    """Open and close incidents by the run ledger, and send their alerts."""
    return tasks.check_data()


@dag(
    # Between the syncs, which start every ten minutes.
    schedule="7,22,37,52 * * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    dagrun_timeout=timedelta(minutes=12),
    doc_md=str(Path(__file__).with_suffix(".md")),
    tags=["shopify"],
    default_args={"queue": "sqlite", "retries": 2, "retry_delay": timedelta(minutes=1)},
)
def shopify_watch() -> None:
    check_data()


shopify_watch()
