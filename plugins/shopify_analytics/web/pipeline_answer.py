"""Pipeline health: how the latest runs went, try by try, and what is wrong now; counts, no records."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from shopify_analytics import ledger
from shopify_analytics.alert_text import WORDS
from shopify_analytics.backup import backups, folder_name, made_at
from shopify_analytics.config import Folders
from shopify_analytics.database import get_metadata, now
from shopify_analytics.fields import utc_text
from shopify_analytics.incidents import troubles
from shopify_analytics.reconcile import reconciliation
from shopify_analytics.run_text import SPOKEN_OF
from shopify_analytics.shop import DOMAIN
from shopify_analytics.sql import statement
from shopify_analytics.web.site import Site

MOST_RUNS = 30
MOST_OF_OTHERS = 20
DAG = "dags/shopify_sync"


def pipeline(db: sqlite3.Connection, site: Site) -> dict[str, Any]:
    """The latest runs with every try, and what is known of incidents, rejected records, backups and Sheets.

    ``links`` and those of runs and tries lead to pages of Airflow, relative to its own address.
    """
    return {
        "data_as_of": ledger.data_as_of(db),
        "longest_age_minutes": int(site.longest_age.total_seconds()) // 60,
        "troubles": [
            {"kind": kind, "detail": detail, "advice": WORDS[kind].next_step}
            for kind, detail in troubles(db, site.longest_age).items()
        ],
        "runs": list(_runs(db)),
        "reconciliation": reconciliation(db),
        "rejected": _dicts(db, "status/rejected", most=MOST_OF_OTHERS),
        "incidents": _dicts(db, "web/incidents", most=MOST_OF_OTHERS),
        "backups": _backups(db, site.folders),
        "sheets": _sheets(db),
        "links": {"dag": DAG, "runs": f"{DAG}/runs", "maintenance": "dags/shopify_maintenance"},
    }


def _runs(db: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    tries: dict[str, list[dict[str, Any]]] = {}
    for each in _dicts(db, "web/tries", most=MOST_RUNS, now=now()):
        run_id = each.pop("run_id")
        each["link"] = _link(run_id, each["task_id"], each["try_number"])
        tries.setdefault(run_id, []).append(each)
    for run in _dicts(db, "web/runs", most=MOST_RUNS):
        run_id, its_tries = run["run_id"], tries.get(run["run_id"], [])
        yield {
            "run_id": run_id,
            "state": run["status"],
            "kind": "full" if run["full_sync"] else "changes",
            "started_at": run["started_at"],
            "finished_at": run["finished_at"],
            "seconds": _seconds(run["started_at"], run["finished_at"]),
            "rows": _changes(run["rows"]),
            "api_calls": sum(each["api_calls"] for each in its_tries),
            "api_refused": sum(each["api_refused"] for each in its_tries),
            "warnings": json.loads(run["warnings"] or "[]"),
            "failed_tasks": json.loads(run["failed_tasks"] or "[]"),
            "tries": its_tries,
            "link": _link(run_id),
        }


def _changes(rows: str | None) -> dict[str, int]:
    """Rows inserted, updated and deleted in the tables that people speak of."""
    tables = [counts for table, counts in json.loads(rows or "{}").items() if table in SPOKEN_OF]
    return {
        change: sum(counts.get(change, 0) for counts in tables)
        for change in ("inserted", "updated", "deleted")
    }


def _backups(db: sqlite3.Connection, folders: Folders) -> dict[str, Any]:
    found = backups(folders.backups / folder_name(get_metadata(db, DOMAIN)))
    return {"number": len(found), "newest": utc_text(made_at(found[-1])) if found else None}


def _sheets(db: sqlite3.Connection) -> dict[str, Any]:
    """What the last push that found something did, and what is known of each tab."""
    latest = ledger.latest_result(db, "push_to_sheets")
    pushed_at, result = latest or (None, {})
    tabs = _dicts(db, "web/sheets")
    for tab in tabs:
        book, sheet = quote(tab.pop("spreadsheet_id"), safe=""), tab.pop("sheet_id")
        tab["link"] = f"https://docs.google.com/spreadsheets/d/{book}/edit#gid={sheet}"
        tab["last_push"] = result.get(tab["tab"])
    return {"pushed_at": pushed_at, "requests": result.get("requests"), "tabs": tabs}


def _link(run_id: str, task_id: str | None = None, try_number: int = 1) -> str:
    run = f"{DAG}/runs/{quote(run_id, safe='')}"
    return f"{run}/tasks/{quote(task_id, safe='')}?try_number={try_number}" if task_id else run


def _seconds(started_at: str, finished_at: str | None) -> float | None:
    if finished_at is None:
        return None
    return (datetime.fromisoformat(finished_at) - datetime.fromisoformat(started_at)).total_seconds()


def _dicts(db: sqlite3.Connection, name: str, **parameters: Any) -> list[dict[str, Any]]:
    selected = db.execute(statement(name), parameters)
    columns = [column[0] for column in selected.description]
    return [dict(zip(columns, row, strict=True)) for row in selected]
