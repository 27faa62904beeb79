"""A DAG of the shape of ``shopify_sync`` whose tasks do nothing: what Airflow itself costs."""

from __future__ import annotations

import pendulum
from airflow.sdk import TriggerRule, dag, task


@task
def nothing(*_before: object) -> dict[str, str]:
    """Return something small, as the tasks of the sync do."""
    return {"state": "done"}


@dag(
    schedule=None,
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
)
def same_shape() -> None:
    planned = nothing.override(task_id="plan_sync")()
    fetched = [
        nothing.override(task_id=f"fetch_{entity}")(planned) for entity in ("products", "customers", "orders")
    ]
    loaded = nothing.override(task_id="load_sqlite")(fetched)
    reconciled = nothing.override(task_id="reconcile")(fetched)
    exported = nothing.override(task_id="export_csv")()
    computed = nothing.override(task_id="compute_analytics")()
    pushed = nothing.override(task_id="push_to_sheets")()
    rendered = nothing.override(task_id="render_report")()
    loaded >> [reconciled, exported, rendered]
    exported >> computed >> pushed
    report = nothing.override(task_id="report_run", trigger_rule=TriggerRule.ALL_DONE)()
    [planned, *fetched, loaded, reconciled, exported, computed, pushed, rendered] >> report


same_shape()
