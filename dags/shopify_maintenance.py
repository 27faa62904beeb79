"""Wiring of the daily maintenance; ``shopify_maintenance.md`` is what the UI shows about it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pendulum
from airflow.sdk import dag, task
from shopify_analytics import maintenance_tasks


@task(multiple_outputs=False, execution_timeout=timedelta(hours=2))
def back_up() -> dict[str, Any]:
    """Copy the database to a verified backup, and remove old ones."""
    return maintenance_tasks.back_up()


@task(execution_timeout=timedelta(hours=2))
def check_integrity() -> str:
    """Let SQLite check every page of the database."""
    return maintenance_tasks.check_integrity()


@task(execution_timeout=timedelta(hours=2))
def optimize() -> str:
    """Compact the database when it is worth it."""
    return maintenance_tasks.optimize()


@task(multiple_outputs=False, execution_timeout=timedelta(hours=1))
def clean_airflow_db() -> dict[str, int]:
    """Remove old rows from Airflow's own database."""
    return maintenance_tasks.clean_airflow_db()


@task(multiple_outputs=False, execution_timeout=timedelta(hours=1))
def clean_files() -> dict[str, dict[str, int]]:
    """Remove old logs, expired staging and leftovers."""
    return maintenance_tasks.clean_files()


@dag(
    # Off the syncs' ten minutes, at night in most places that sell.
    schedule="37 3 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    # One after the other: a small machine syncs meanwhile.
    max_active_tasks=1,
    is_paused_upon_creation=False,
    dagrun_timeout=timedelta(hours=12),
    doc_md=str(Path(__file__).with_suffix(".md")),
    tags=["shopify"],
    default_args={
        "queue": "sqlite",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "on_failure_callback": maintenance_tasks.note_failure,
        "on_success_callback": maintenance_tasks.note_success,
    },
)
def shopify_maintenance() -> None:
    back_up()
    check_integrity()
    optimize()
    clean_airflow_db()
    clean_files()


shopify_maintenance()
