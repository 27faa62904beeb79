"""The bodies of the DAG's tasks: each enters its try in the ledger and calls what does the work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.sdk import get_current_context

from shopify_analytics.analytics import compute_summary, write_summary
from shopify_analytics.attempt import task_attempt
from shopify_analytics.config import top_n
from shopify_analytics.csv_export import export_tables
from shopify_analytics.fetch import fetch
from shopify_analytics.load import load_staged
from shopify_analytics.plan import plan_windows
from shopify_analytics.run_log import report
from shopify_analytics.staging import EntityStaging, Window


def plan_sync() -> dict[str, Any]:
    """The window of each entity: ``{"orders": {"updated_at_min": …, "updated_at_max": …}, …}``."""
    context = get_current_context()
    with task_attempt() as attempt:
        return attempt.returns(
            plan_windows(
                attempt,
                conf=context["dag_run"].conf or {},
                params=list(context["dag"].params),
                full_sync=bool(context["params"]["full_sync"]),
            )
        )


def fetch_entity(entity: str, windows: dict[str, Any]) -> dict[str, Any]:
    """Where the entity is staged, how many records and pages, and the window's bounds."""
    with task_attempt() as attempt, attempt.database() as db:
        staging = EntityStaging.begin(attempt.workspace / entity, Window(**windows[entity]))
        return attempt.returns(fetch(entity, attempt.hook, db, staging, attempt.warn))


def load_sqlite(fetched: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows inserted, updated, unchanged and deleted by table."""
    with task_attempt() as attempt, attempt.database() as db:
        staged = [EntityStaging.finished(Path(entity["path"])) for entity in fetched]
        return attempt.returns(load_staged(db, staged, attempt.run_id, attempt.warn))


def export_csv() -> dict[str, Any]:
    """Path, rows and state of each CSV file."""
    with task_attempt() as attempt, attempt.database() as db:
        return attempt.returns(export_tables(db, attempt.folders.data_dir, attempt.workspace))


def compute_analytics() -> dict[str, Any]:
    """The headline figures."""
    with task_attempt() as attempt, attempt.database() as db:
        summary = compute_summary(db, top_n())
        write_summary(summary, attempt.folders.summary, attempt.workspace)
        return attempt.returns({key: value for key, value in summary.items() if not isinstance(value, list)})


def report_run() -> str:
    """One line about the run."""
    ti: Any = get_current_context()["ti"]
    with task_attempt() as attempt:
        return report(attempt, ti.get_task_breadcrumbs(dag_id=ti.dag_id, run_id=ti.run_id))
