"""Every ten minutes, what changed in the Shopify store; ``shopify_sync.md`` tells operators about it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pendulum
from airflow.sdk import Param, TriggerRule, dag, task
from shopify_analytics import tasks
from shopify_analytics.assets import CSV_FILES, DATABASE, SUMMARY
from shopify_analytics.retry import ShopifyRetryPolicy, say_when


@task(multiple_outputs=False, execution_timeout=timedelta(minutes=10))
def plan_sync() -> dict[str, Any]:
    """Check settings, token and scopes, open the run, and decide what to read."""
    return tasks.plan_sync()


@task(multiple_outputs=False, execution_timeout=timedelta(hours=8), queue="default")
def fetch(entity: str, windows: Any) -> dict[str, Any]:
    """Read one entity's changes page by page into staging."""
    return tasks.fetch_entity(entity, windows)


@task(multiple_outputs=False, execution_timeout=timedelta(hours=2), outlets=[DATABASE])
def load_sqlite(fetched: Any) -> dict[str, Any]:
    """Load everything staged in one transaction, watermarks included."""
    return tasks.load_sqlite(fetched)


@task(multiple_outputs=False, execution_timeout=timedelta(minutes=30))
def reconcile(fetched: Any) -> dict[str, Any]:
    """Compare the database with the store's own counts, and fail when rows are missing."""
    return tasks.reconcile(fetched)


@task(multiple_outputs=False, execution_timeout=timedelta(minutes=30), outlets=[CSV_FILES])
def export_csv() -> dict[str, Any]:
    """Write the CSV files of the tables that changed."""
    return tasks.export_csv()


@task(multiple_outputs=False, execution_timeout=timedelta(minutes=30), outlets=[SUMMARY])
def compute_analytics() -> dict[str, Any]:
    """Compute the store's metrics and write the summary."""
    return tasks.compute_analytics()


@task(multiple_outputs=False, execution_timeout=timedelta(minutes=30))
def push_to_sheets() -> dict[str, Any]:
    """Bring the tabs of Google Sheets up to date, if a sheet is set."""
    return tasks.push_to_sheets()


@task(multiple_outputs=False, execution_timeout=timedelta(minutes=15))
def render_report() -> dict[str, Any]:
    """Write the dashboards as files when what they show has changed."""
    return tasks.render_report()


@task(retries=0, trigger_rule=TriggerRule.ALL_DONE, execution_timeout=timedelta(minutes=10))
def report_run() -> str:
    """Close the run in the ledger, write the run log, send alerts, and fail if a task failed."""
    return tasks.report_run()


@dag(
    schedule="*/10 * * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    dagrun_timeout=timedelta(hours=12),
    doc_md=str(Path(__file__).with_suffix(".md")),
    tags=["shopify"],
    params={
        "full_sync": Param(
            False,
            type="boolean",
            title="Full sync",
            description="Read everything again, not only what changed, and mark what the store has deleted.",
        ),
        "push_to_sheets": Param(
            True,
            type="boolean",
            title="Push to Google Sheets",
            description="Bring the tabs of the spreadsheet in the Variable google_sheet_id up to date.",
        ),
    },
    default_args={
        # One queue for what needs the database: docs/scaling.md. Only Celery heeds it.
        "queue": "sqlite",
        "retries": 3,
        "retry_delay": timedelta(seconds=30),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(minutes=5),
        "retry_policy": ShopifyRetryPolicy(),
        "on_retry_callback": say_when,
    },
)
def shopify_sync() -> None:
    windows = plan_sync()
    fetched = [
        fetch.override(task_id=f"fetch_{entity}")(entity, windows)
        for entity in ("products", "customers", "orders")
    ]
    loaded, reconciled = load_sqlite(fetched), reconcile(fetched)
    exported, computed = export_csv(), compute_analytics()
    pushed, rendered = push_to_sheets(), render_report()
    loaded >> [reconciled, exported, rendered]
    exported >> computed >> pushed
    [windows, *fetched, loaded, reconciled, exported, computed, pushed, rendered] >> report_run()


shopify_sync()
