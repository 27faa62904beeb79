"""Pipeline health: what operators see of runs, tries, reconciliation, backups and Sheets."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from shopify_analytics import ledger
from shopify_analytics.config import Folders
from shopify_analytics.database import connect, now
from shopify_analytics.errors import ShopifyUnavailable
from shopify_analytics.incidents import troubles, update
from shopify_analytics.ledger import Try
from shopify_analytics.sheets import state
from shopify_analytics.sheets.state import Push
from shopify_analytics.web.site import Site

from tests.past_runs import add_try, end_run, turn_back
from tests.web.conftest import visit

RUN = "manual__2026-11-22T12:51:38.026960+00:00"
LINK = "dags/shopify_sync/runs/manual__2026-11-22T12%3A51%3A38.026960%2B00%3A00"


def pipeline(client: TestClient) -> dict[str, Any]:
    """What is told now."""
    answer = client.get("api/pipeline")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_before_the_first_run_there_is_nothing_to_tell(client: TestClient, db: sqlite3.Connection) -> None:
    assert pipeline(client) == {
        "data_as_of": None,
        "longest_age_minutes": 45,
        "troubles": [],
        "runs": [],
        "reconciliation": None,
        "rejected": [],
        "incidents": [],
        "backups": {"number": 0, "newest": None},
        "sheets": {"pushed_at": None, "requests": None, "tabs": []},
        "links": {
            "dag": "dags/shopify_sync",
            "runs": "dags/shopify_sync/runs",
            "maintenance": "dags/shopify_maintenance",
        },
    }


def test_a_run_is_told_with_every_try(client: TestClient, db: sqlite3.Connection) -> None:
    ledger.open_run(db, RUN, full_sync=True)
    add_try(db, RUN, "plan_sync", error=ShopifyUnavailable("answered 503"), api_calls=5, api_refused=2)
    ledger.note_decision(db, Try(RUN, "plan_sync", 1), "up_for_retry", "Shopify answered 503, again in 30 s")
    add_try(db, RUN, "plan_sync", 2, api_calls=2)
    rows = {
        "orders": {"inserted": 3, "updated": 2, "unchanged": 9, "deleted": 1},
        "refunds": {"inserted": 1, "updated": 0, "unchanged": 0, "deleted": 0},
        "sales_ledger": {"inserted": 50, "updated": 0, "unchanged": 0, "deleted": 0},
    }
    add_try(db, RUN, "load_sqlite", result=rows, warnings=["An order has a currency of its own"])
    ledger.close_run(db, RUN, "success")
    db.execute(
        "UPDATE sync_runs SET started_at = '2026-11-22T12:51:40Z', finished_at = '2026-11-22T12:53:11Z'"
    )
    db.execute(
        "UPDATE task_attempts SET started_at = '2026-11-22T12:52:00Z', finished_at = '2026-11-22T12:52:07Z'"
    )
    (run,) = pipeline(client)["runs"]
    tries = run.pop("tries")
    assert run == {
        "run_id": RUN,
        "state": "success",
        "kind": "full",
        "started_at": "2026-11-22T12:51:40Z",
        "finished_at": "2026-11-22T12:53:11Z",
        "seconds": 91.0,
        "rows": {"inserted": 4, "updated": 2, "deleted": 1},
        "api_calls": 7,
        "api_refused": 2,
        "warnings": ["An order has a currency of its own"],
        "failed_tasks": [],
        "link": LINK,
    }
    assert tries[0] == {
        "task_id": "plan_sync",
        "try_number": 1,
        "state": "up_for_retry",
        "started_at": "2026-11-22T12:52:00Z",
        "seconds": 7.0,
        "reason": "Shopify answered 503, again in 30 s",
        "api_calls": 5,
        "api_refused": 2,
        "link": f"{LINK}/tasks/plan_sync?try_number=1",
    }
    assert [(each["task_id"], each["try_number"], each["state"]) for each in tries] == [
        ("plan_sync", 1, "up_for_retry"),
        ("plan_sync", 2, "success"),
        ("load_sqlite", 1, "success"),
    ]


def test_a_run_that_lasts_has_no_end(client: TestClient, db: sqlite3.Connection) -> None:
    ledger.open_run(db, RUN, full_sync=False)
    ledger.begin_try(db, Try(RUN, "fetch_orders", 1))
    turn_back(db, 3)
    (run,) = pipeline(client)["runs"]
    assert (run["state"], run["kind"], run["finished_at"], run["seconds"]) == (
        "running",
        "changes",
        None,
        None,
    )
    assert run["rows"] == {"inserted": 0, "updated": 0, "deleted": 0}
    (running,) = run["tries"]
    assert (running["state"], running["reason"]) == ("running", None)
    assert 180 <= running["seconds"] < 300


def test_the_newest_runs_come_first_and_not_all_of_them(client: TestClient, db: sqlite3.Connection) -> None:
    for number in range(35):
        end_run(db, f"run-{number:02}")
    told = pipeline(client)["runs"]
    assert [run["run_id"] for run in told] == [f"run-{number:02}" for number in range(34, 4, -1)]
    assert {len(run["tries"]) for run in told} == {2}


def test_what_is_wrong_is_told_with_what_to_do(
    client: TestClient, db: sqlite3.Connection, folders: Folders
) -> None:
    end_run(db, "run-1", "failed", errors={"fetch_orders": ShopifyUnavailable("Shopify answered 502")})
    found = troubles(db, Site(folders).longest_age)
    update(db, found, "run-1")
    told = pipeline(client)
    (trouble,) = told["troubles"]
    assert (trouble["kind"], trouble["detail"]) == ("run_failed", found["run_failed"])
    assert trouble["advice"].startswith("Open the run in Airflow")
    (incident,) = told["incidents"]
    assert (incident["kind"], incident["detail"], incident["ended_at"]) == (
        "run_failed",
        found["run_failed"],
        None,
    )
    end_run(db, "run-2")
    update(db, {}, "run-2")
    told = pipeline(client)
    assert (told["troubles"], told["incidents"][0]["ended_at"] is None) == ([], False)


def test_rejected_records_are_counted_and_not_shown(client: TestClient, db: sqlite3.Connection) -> None:
    wrong = ("total_price is no amount", "anna@example.com", "run-1", "")
    for number in (1, 2):
        db.execute("INSERT INTO rejected_records VALUES ('orders', ?, ?, ?, ?, ?)", (number, *wrong))
    assert pipeline(client)["rejected"] == [
        {"entity": "orders", "reason": "total_price is no amount", "records": 2}
    ]
    assert "anna" not in client.get("api/pipeline").text


def test_how_the_data_compares_with_the_store(client: TestClient, db: sqlite3.Connection) -> None:
    result = {"state": "missing", "store": 9, "database": 7, "difference": -2, "missing": 2}
    result |= {"rejected": 0, "in_flight": 0, "unlisted": 0}
    found = {"orders": result, "products": result | {"state": "equal"}}
    ledger.open_run(db, "run-1", full_sync=False)
    add_try(db, "run-1", "reconcile", result=found)
    told = pipeline(client)["reconciliation"]
    assert told.pop("checked_at") <= now()
    assert told == found
    short = client.get("api/shop").json()["reconciliation"]
    assert (short["state"], short["entities"]["orders"]["words"]) == (
        "missing",
        "9 in the store, 7 here: 2 missing",
    )


def test_backups_are_counted(client: TestClient, db: sqlite3.Connection, folders: Folders) -> None:
    (domain,) = db.execute("SELECT value FROM metadata WHERE key = 'shop.domain'").fetchone()
    folder = folders.backups / domain
    folder.mkdir(parents=True)
    for name in ("shopify_data-20261120_020000.db", "shopify_data-20261121_020000.db", "notes.txt"):
        (folder / name).touch()
    assert pipeline(client)["backups"] == {"number": 2, "newest": "2026-11-21T02:00:00Z"}


def test_what_google_sheets_has(client: TestClient, db: sqlite3.Connection) -> None:
    push = Push("Orders", "swap", "1AbC-dEf", 42, "a1", json.dumps([]), "7", 5)
    state.begin(db, push)
    state.finish(db, push)
    state.begin(db, push)
    done = {"rows": 5, "cells_written": 60, "requests": 3, "state": "rewritten"}
    ledger.open_run(db, "run-1", full_sync=False)
    add_try(db, "run-1", "push_to_sheets", result={"Orders": done, "requests": 9})
    told = pipeline(client)["sheets"]
    assert told["pushed_at"] is not None
    (tab,) = told["tabs"]
    assert tab.pop("checked_at") <= now()
    assert (told["requests"], tab) == (
        9,
        {
            "tab": "Orders",
            "rows": 5,
            "is_pending": 1,
            "link": "https://docs.google.com/spreadsheets/d/1AbC-dEf/edit#gid=42",
            "last_push": done,
        },
    )


def test_the_first_run_is_seen_even_if_it_never_reached_the_store(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "data", tmp_path / "logs")
    with connect(folders.database) as db:
        ledger.open_run(db, "run-1", full_sync=False)
        add_try(db, "run-1", "plan_sync", error=ShopifyUnavailable("Shopify cannot be reached"))
    (run,) = pipeline(visit(folders))["runs"]
    assert run["tries"][0]["reason"] == "Shopify cannot be reached"


def test_what_is_known_is_not_sent_again(client: TestClient, db: sqlite3.Connection) -> None:
    first = client.get("api/pipeline")
    known = {"If-None-Match": first.headers["etag"]}
    assert client.get("api/pipeline", headers=known).status_code == 304
    end_run(db, "run-1")
    assert client.get("api/pipeline", headers=known).status_code == 200
