"""The bodies of the DAG's tasks: each enters its try in the ledger and calls what does the work."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from shopify_analytics.alerts import check_between_runs
from shopify_analytics.analytics import compute_summary, key_figures, write_summary
from shopify_analytics.assets import CSV_FILES, DATABASE, SUMMARY
from shopify_analytics.attempt import task_attempt
from shopify_analytics.config import (
    dashboards_dir,
    load_folders,
    newest_orders,
    overlap,
    personal_data,
    sheets_endpoint,
    spreadsheets,
    targets,
    top_n,
)
from shopify_analytics.csv_export import export_reports, export_tables
from shopify_analytics.entities import ENTITIES
from shopify_analytics.fetch import fetch
from shopify_analytics.load import load_staged
from shopify_analytics.places import place
from shopify_analytics.plan import plan_windows
from shopify_analytics.reconcile import compare_with_store, refuse_missing
from shopify_analytics.run_log import report
from shopify_analytics.sheets.sources import ON_REQUEST, TABS, Where
from shopify_analytics.shop import refuse_other_store
from shopify_analytics.staging import EntityStaging, Window

log = logging.getLogger(__name__)


def plan_sync() -> dict[str, Any]:
    """The window of each entity: ``{"orders": {"updated_at_min", "updated_at_max", "sweep"}, …}``."""
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
    """Where the entity is staged, how many records and pages, the window's bounds, and what a sweep found."""
    with task_attempt() as attempt, attempt.known() as db:
        window = Window(**windows[entity])
        refuse_other_store(attempt.hook, window.store)
        staging = EntityStaging.begin(attempt.staging / entity, window)
        reach = overlap() if window.sweep else timedelta(0)
        return attempt.returns(fetch(entity, attempt.hook, db, staging, attempt.warn, overlap=reach))


def load_sqlite(fetched: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows inserted, updated, unchanged and deleted by table."""
    with task_attempt() as attempt, attempt.database() as db:
        staged = [EntityStaging.finished(place(entity["path"])) for entity in fetched]
        loaded = attempt.returns(load_staged(db, staged, attempt.workspace, attempt.run_id, attempt.warn))
    changed = {table: sum(counts.values()) - counts["unchanged"] for table, counts in loaded.items()}
    _announce(DATABASE, rows_changed={table: rows for table, rows in changed.items() if rows})
    return loaded


def reconcile(fetched: list[dict[str, Any]]) -> dict[str, Any]:
    """How the database compares with the store, by entity."""
    with task_attempt() as attempt, attempt.database() as db:
        windows = dict(zip(ENTITIES, fetched, strict=True))
        refuse_other_store(attempt.hook, fetched[0]["store"])
        found = attempt.returns(compare_with_store(db, attempt.hook, windows, overlap(), attempt.warn))
        refuse_missing(db, found)
        return found


def export_csv() -> dict[str, Any]:
    """Path, rows and state of each CSV file."""
    with task_attempt() as attempt, attempt.database() as db:
        where = attempt.folders.data_dir, attempt.workspace
        tables = export_tables(db, *where, personal_data=personal_data())
        exported = attempt.returns(tables | export_reports(db, *where))
    written = [name for name, file in exported.items() if file["state"] == "written"]
    _announce(CSV_FILES, files_written=written)
    return exported


def compute_analytics() -> dict[str, Any]:
    """The headline figures."""
    with task_attempt() as attempt, attempt.database() as db:
        summary = compute_summary(db, top_n(), targets())
        write_summary(summary, attempt.folders.summary, attempt.workspace)
        figures = attempt.returns(key_figures(summary))
    _announce(SUMMARY, generated_at=summary["generated_at"])
    return figures


def push_to_sheets() -> dict[str, Any]:
    """By tab of Google Sheets: rows, cells written, requests, and how they were written."""
    params = get_current_context()["params"]
    with task_attempt() as attempt, attempt.database() as db:
        if not params["push_to_sheets"]:
            raise AirflowSkipException("Nothing is pushed: the run's param push_to_sheets is off")
        where = Where(spreadsheets(TABS, ON_REQUEST), newest_orders())
        if not where.spreadsheets:
            raise AirflowSkipException("Nothing is pushed: the Variable google_sheet_id is empty")
        # Google's libraries take longer to import than a sync without them takes.
        from shopify_analytics.hooks.google_sheets import GoogleSheetsHook  # noqa: PLC0415
        from shopify_analytics.sheets.push import push  # noqa: PLC0415

        hook = GoogleSheetsHook(endpoint=sheets_endpoint())
        log.info("On behalf of %s", hook.account)
        run_id, shown = attempt.run_id, personal_data()
        return attempt.returns(
            push(db, attempt.folders.database, hook.client, where, run_id, personal_data=shown)
        )


def render_report() -> dict[str, Any]:
    """Path, bytes and state of each file that the dashboards are written as."""
    with task_attempt() as attempt, attempt.database() as db:
        folder = dashboards_dir()
        if folder is None:
            raise AirflowSkipException("No report is written: the Variable analytics_dashboards_dir is none")
        # The library that draws takes a while to import.
        from shopify_analytics.report_file.render import render_report  # noqa: PLC0415
        from shopify_analytics.web.site import airflow_site  # noqa: PLC0415

        return attempt.returns(render_report(db, airflow_site(), folder))


def report_run() -> str:
    """One line about the run."""
    ti: Any = get_current_context()["ti"]
    with task_attempt() as attempt:
        return report(attempt, ti.get_task_breadcrumbs(dag_id=ti.dag_id, run_id=ti.run_id))


def check_data() -> str:
    """One line about what is wrong, outside of any sync; alerts are sent."""
    said = check_between_runs(load_folders())
    log.info("%s", said)
    return said


def _announce(asset: Asset, **extra: Any) -> None:
    """Say in the event of an asset what the task that has it as an outlet did to it."""
    get_current_context()["outlet_events"][asset].extra.update(extra)
