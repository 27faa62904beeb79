"""
### What changed in the Shopify store, every ten minutes

`plan_sync` decides what to read, the `fetch_*` tasks read it page by page, `load_sqlite` loads it in one
transaction, `reconcile` compares the database with the store's own counts, `export_csv` and
`compute_analytics` make files of it, `report_run` writes the run log. Once a day the `fetch_*` tasks read all
ids, too, to find what is missing, stale or deleted.

Trigger it with **full_sync** to read everything again.

#### When a task is red

Nothing is lost: the watermark stays, and the next run reads the same changes again. `report_run` names the
failed tasks and the run log; the end of a red task's log says what is wrong and which setting to change.

- **plan_sync**: the token, a scope, the store's name or a Variable is wrong, or the data folder belongs to
  another store. Change what the error names, then clear the run.
- **fetch_products, fetch_customers, fetch_orders**: the store could not be reached for longer than the
  retries last. Clear the task: it goes on after the last page that it staged.
- **load_sqlite**: another run was faster, or the staged pages are gone. Clear the run from `plan_sync`.
- **reconcile**: the store has records that are missing here. What was read is loaded; the next run reads all
  ids and fetches them. Red again after that: run a full sync, and look at the run log.
- **export_csv, compute_analytics**: the disk is full or the folder may not be written. Clear the task then.

Records that could not be read wait in the table `rejected_records`; every run asks the store for them again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Param, TriggerRule, dag, task
from shopify_analytics import tasks
from shopify_analytics.retry import ShopifyRetryPolicy


@task(multiple_outputs=False, execution_timeout=timedelta(minutes=10))
def plan_sync() -> dict[str, Any]:
    """Check settings, token and scopes, open the run, and decide what to read."""
    return tasks.plan_sync()


@task(multiple_outputs=False, execution_timeout=timedelta(hours=8))
def fetch(entity: str, windows: Any) -> dict[str, Any]:
    """Read one entity's changes page by page into staging."""
    return tasks.fetch_entity(entity, windows)


@task(multiple_outputs=False, execution_timeout=timedelta(hours=2))
def load_sqlite(fetched: Any) -> dict[str, Any]:
    """Load everything staged in one transaction, watermarks included."""
    return tasks.load_sqlite(fetched)


@task(multiple_outputs=False, execution_timeout=timedelta(minutes=30))
def reconcile(fetched: Any) -> dict[str, Any]:
    """Compare the database with the store's own counts, and fail when rows are missing."""
    return tasks.reconcile(fetched)


@task(multiple_outputs=False, execution_timeout=timedelta(minutes=30))
def export_csv() -> dict[str, Any]:
    """Write the CSV files of the tables that changed."""
    return tasks.export_csv()


@task(multiple_outputs=False, execution_timeout=timedelta(minutes=30))
def compute_analytics() -> dict[str, Any]:
    """Compute the store's metrics and write the summary."""
    return tasks.compute_analytics()


@task(retries=0, trigger_rule=TriggerRule.ALL_DONE, execution_timeout=timedelta(minutes=10))
def report_run() -> str:
    """Close the run in the ledger, write the run log, and fail if a task failed."""
    return tasks.report_run()


@dag(
    schedule="*/10 * * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    dagrun_timeout=timedelta(hours=12),
    doc_md=__doc__,
    tags=["shopify"],
    params={
        "full_sync": Param(
            False,
            type="boolean",
            title="Full sync",
            description="Read everything again, not only what changed, and mark what the store has deleted.",
        ),
    },
    default_args={
        "retries": 3,
        "retry_delay": timedelta(seconds=30),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(minutes=5),
        "retry_policy": ShopifyRetryPolicy(),
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
    loaded >> [reconciled, exported]
    exported >> computed
    [windows, *fetched, loaded, reconciled, exported, computed] >> report_run()


shopify_sync()
