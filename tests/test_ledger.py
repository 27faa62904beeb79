"""The run ledger: what each run and each try of a task did."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from shopify_analytics import ledger
from shopify_analytics.ledger import Outcome, Try

from tests.syncing import select

RUN, EARLIER_RUN = "scheduled__2026-11-22T12:00:00+00:00", "scheduled__2026-11-22T11:50:00+00:00"
LOG = Path("logs") / "shopify_sync_20261122_120000.log"
LOADED = {"orders": {"inserted": 12, "updated": 3, "unchanged": 0, "deleted": 0}}


def attempt(task_id: str, try_number: int = 1, run_id: str = RUN) -> Try:
    return Try(run_id, task_id, try_number)


def ended(db: sqlite3.Connection, this: Try, state: str = "success", **outcome: Any) -> None:
    ledger.begin_try(db, this)
    ledger.end_try(db, this, Outcome(state, **outcome))


def runs(db: sqlite3.Connection) -> list[dict[str, Any]]:
    found = db.execute("SELECT * FROM sync_runs ORDER BY run_id")
    columns = [column[0] for column in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found]


def tries(db: sqlite3.Connection) -> list[tuple[Any, ...]]:
    return select(
        db, "SELECT task_id, try_number, state, reason FROM task_attempts ORDER BY task_id, try_number"
    )


def age(db: sqlite3.Connection, run_id: str) -> None:
    """Date a run's beginning back."""
    db.execute("UPDATE sync_runs SET started_at = '2020-01-01T00:00:00Z' WHERE run_id = ?", (run_id,))


def is_now(moment: str) -> bool:
    return abs((datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()) < 60


def test_a_run_is_open_until_it_is_closed(db: sqlite3.Connection) -> None:
    ledger.open_run(db, RUN, full_sync=True)
    (run,) = runs(db)
    assert is_now(run.pop("started_at"))
    assert run == {
        "run_id": RUN,
        "full_sync": 1,
        "finished_at": None,
        "status": "running",
        "rows": None,
        "windows": None,
        "warnings": None,
        "log_file": None,
        "failed_tasks": None,
    }


def test_a_closed_run_sums_up_its_tries(db: sqlite3.Connection) -> None:
    windows = {"orders": {"updated_at_min": None, "updated_at_max": "2026-11-22T12:00:00Z"}}
    ledger.open_run(db, RUN, full_sync=False)
    ended(db, attempt("plan_sync"), result=windows, warnings=["No read_all_orders"])
    ended(db, attempt("load_sqlite"), "failed", result={"never": {}}, warnings=["1 order rejected"])
    ended(db, attempt("load_sqlite", 2), result=LOADED, warnings=["1 order rejected"])
    ended(db, attempt("load_sqlite", run_id=EARLIER_RUN), result={"other": {}}, warnings=["Another run's"])
    ledger.name_log(db, RUN, LOG)
    ledger.close_run(db, RUN, "success")
    (run,) = runs(db)
    assert is_now(run["finished_at"])
    assert (run["status"], run["log_file"]) == ("success", str(LOG))
    assert json.loads(run["rows"]) == LOADED
    assert json.loads(run["windows"]) == windows
    assert json.loads(run["warnings"]) == ["No read_all_orders", "1 order rejected"]


def test_a_run_that_did_nothing_has_nothing_to_sum_up(db: sqlite3.Connection) -> None:
    ledger.open_run(db, RUN, full_sync=False)
    ledger.close_run(db, RUN, "failed")
    (run,) = runs(db)
    assert (run["rows"], run["windows"], run["warnings"]) == (None, None, None)


def test_a_cleared_run_starts_anew(db: sqlite3.Connection) -> None:
    ledger.open_run(db, RUN, full_sync=False)
    ended(db, attempt("load_sqlite"), result=LOADED, warnings=["Look"])
    ledger.name_log(db, RUN, LOG)
    ledger.close_run(db, RUN, "failed", ["load_sqlite"])
    assert [run["failed_tasks"] for run in runs(db)] == ['["load_sqlite"]']
    age(db, RUN)
    ledger.open_run(db, RUN, full_sync=True)
    (run,) = runs(db)
    assert is_now(run["started_at"])
    assert (run["status"], run["full_sync"], run["log_file"]) == ("running", 1, str(LOG))
    forgotten = ("finished_at", "rows", "windows", "warnings", "failed_tasks")
    assert [run[column] for column in forgotten] == [None] * 5


def test_a_second_try_of_the_plan_does_not_restart_the_run(db: sqlite3.Connection) -> None:
    ledger.open_run(db, RUN, full_sync=False)
    age(db, RUN)
    ledger.open_run(db, RUN, full_sync=False)
    assert [run["started_at"] for run in runs(db)] == ["2020-01-01T00:00:00Z"]


def test_runs_still_open_when_another_begins_were_interrupted(db: sqlite3.Connection) -> None:
    for run_id in ("a", "b", RUN):
        ledger.open_run(db, run_id, full_sync=False)
    ledger.close_run(db, "a", "success")
    assert ledger.running_runs(db, besides=RUN) == ["b"]


def test_a_try_is_entered_as_running_and_then_as_it_ended(db: sqlite3.Connection) -> None:
    this = attempt("fetch_orders")
    ledger.begin_try(db, this)
    assert tries(db) == [("fetch_orders", 1, "running", None)]
    outcome = Outcome(
        "failed",
        "It rains",
        {"records": 3},
        ["Look"],
        api_calls=7,
        api_refused=2,
        reason_class="unavailable",
    )
    ledger.end_try(db, this, outcome)
    (row,) = select(db, "SELECT * FROM task_attempts")
    started_at, finished_at = row[4:6]
    assert is_now(started_at)
    assert is_now(finished_at)
    assert row[:4] == (RUN, "fetch_orders", 1, "failed")
    assert row[6:] == ("It rains", '{"records": 3}', '["Look"]', 7, 2, "unavailable")


def test_a_try_that_never_ended_was_killed_by_the_time_of_the_next(db: sqlite3.Connection) -> None:
    for this in (
        attempt("fetch_orders"),
        attempt("fetch_products"),
        attempt("fetch_orders", run_id=EARLIER_RUN),
    ):
        ledger.begin_try(db, this)
    ledger.begin_try(db, attempt("fetch_orders", 2))
    found = select(
        db,
        "SELECT run_id, task_id, try_number, state, finished_at IS NULL FROM task_attempts ORDER BY 1, 2, 3",
    )
    assert found == [
        (EARLIER_RUN, "fetch_orders", 1, "running", 1),
        (RUN, "fetch_orders", 1, "killed", 0),
        (RUN, "fetch_orders", 2, "running", 1),
        (RUN, "fetch_products", 1, "running", 1),
    ]


def test_a_try_that_never_ended_was_killed_by_the_time_its_run_closes(db: sqlite3.Connection) -> None:
    ledger.open_run(db, RUN, full_sync=False)
    for task_id in ("fetch_orders", "report_run"):
        ledger.begin_try(db, attempt(task_id))
    ended(db, attempt("plan_sync"))
    ledger.close_run(db, RUN, "interrupted")
    assert [(task_id, state) for task_id, _, state, _ in tries(db)] == [
        ("fetch_orders", "killed"),
        ("plan_sync", "success"),
        ("report_run", "running"),
    ]


def test_the_retry_policys_decision_replaces_the_bare_failure(db: sqlite3.Connection) -> None:
    ended(db, attempt("fetch_orders"), "failed", reason="It rains", api_calls=5)
    ledger.note_decision(db, attempt("fetch_orders"), "up_for_retry", "It rains, wait")
    ledger.note_decision(db, attempt("never_tried"), "failed", "nobody knows")
    assert tries(db) == [("fetch_orders", 1, "up_for_retry", "It rains, wait")]
    assert ledger.api_usage(db, RUN) == (5, 0)


def test_a_tasks_result_is_that_of_its_last_successful_try(db: sqlite3.Connection) -> None:
    assert ledger.task_result(db, RUN, "load_sqlite") == {}
    ended(db, attempt("load_sqlite", 1), result={"tries": 1})
    ended(db, attempt("load_sqlite", 10), result={"tries": 10})
    ended(db, attempt("load_sqlite", 9), result={"tries": 9})
    ended(db, attempt("load_sqlite", 11), "failed", result={"tries": 11})
    assert ledger.task_result(db, RUN, "load_sqlite") == {"tries": 10}
    ended(db, attempt("load_sqlite", 12))
    assert ledger.task_result(db, RUN, "load_sqlite") == {}


def test_what_a_try_found_before_it_failed_is_told_to_those_who_ask(db: sqlite3.Connection) -> None:
    ended(db, attempt("reconcile"), "failed", result={"tries": 1})
    ended(db, attempt("reconcile", 2), "failed")
    assert ledger.task_result(db, RUN, "reconcile") == {}
    assert ledger.task_result(db, RUN, "reconcile", of_failed=True) == {"tries": 1}
    ended(db, attempt("reconcile", 3), result={"tries": 3})
    assert ledger.task_result(db, RUN, "reconcile", of_failed=True) == {"tries": 3}


def test_the_latest_result_of_a_task_is_that_of_the_latest_run_that_had_one(db: sqlite3.Connection) -> None:
    assert ledger.latest_result(db, "reconcile") is None
    ended(db, attempt("reconcile", run_id=EARLIER_RUN), result={"run": 1})
    ended(db, attempt("reconcile"), "failed", result={"run": 2})
    ended(db, attempt("load_sqlite"), result={"run": 2})
    ended(db, attempt("reconcile", run_id="later"), "failed")
    latest = ledger.latest_result(db, "reconcile")
    assert latest is not None
    assert (is_now(latest[0]), latest[1]) == (True, {"run": 2})


def test_warnings_are_told_once_in_the_order_they_came(db: sqlite3.Connection) -> None:
    ended(db, attempt("plan_sync"), warnings=["b", "a"])
    ended(db, attempt("fetch_orders"), "failed", warnings=["c", "a"])
    ended(db, attempt("fetch_orders", 2), warnings=["b", "d"])
    assert ledger.run_warnings(db, RUN) == ["b", "a", "c", "d"]
    assert ledger.run_warnings(db, EARLIER_RUN) == []


@pytest.mark.parametrize(("run_id", "usage"), [(RUN, (15, 3)), (EARLIER_RUN, (0, 0))])
def test_api_calls_of_all_tries_are_summed_up(
    db: sqlite3.Connection, run_id: str, usage: tuple[int, int]
) -> None:
    ended(db, attempt("plan_sync"), api_calls=3)
    ended(db, attempt("fetch_orders"), "failed", api_calls=5, api_refused=3)
    ended(db, attempt("fetch_orders", 2), api_calls=7)
    assert ledger.api_usage(db, run_id) == usage


def test_a_run_that_was_killed_before_it_was_opened_is_not_forgotten(db: sqlite3.Connection) -> None:
    ledger.begin_try(db, attempt("plan_sync", run_id=EARLIER_RUN))
    ended(db, attempt("plan_sync", run_id="long over"))
    assert ledger.running_runs(db, besides=RUN) == [EARLIER_RUN]


def test_when_a_run_begins_the_tries_of_others_have_ended(db: sqlite3.Connection) -> None:
    for run_id in (EARLIER_RUN, RUN):
        ledger.begin_try(db, attempt("report_run", run_id=run_id))
    ledger.end_tries(db, besides=RUN)
    assert select(db, "SELECT run_id, state FROM task_attempts ORDER BY run_id") == [
        (run_id, "killed" if run_id == EARLIER_RUN else "running") for run_id in sorted((EARLIER_RUN, RUN))
    ]


def test_data_is_as_of_the_plan_of_the_run_that_loaded_last(db: sqlite3.Connection) -> None:
    assert ledger.data_as_of(db) is None
    ended(db, attempt("plan_sync", run_id=EARLIER_RUN))
    ended(db, attempt("load_sqlite", run_id=EARLIER_RUN))
    ended(db, attempt("plan_sync"))
    ended(db, attempt("load_sqlite"), "failed")
    for run_id, moment in ((EARLIER_RUN, "2026-11-22T11:50:01Z"), (RUN, "2026-11-22T12:00:01Z")):
        db.execute("UPDATE task_attempts SET started_at = ? WHERE run_id = ?", (moment, run_id))
    assert ledger.data_as_of(db) == "2026-11-22T11:50:01Z"
    ended(db, attempt("load_sqlite", 2))
    assert ledger.data_as_of(db) == "2026-11-22T12:00:01Z"
    assert ledger.first_start(db) == "2026-11-22T11:50:01Z"


def test_why_a_task_failed_is_what_its_last_try_said(db: sqlite3.Connection) -> None:
    assert ledger.last_failure(db, RUN, "fetch_orders") == ledger.Failure()
    ended(db, attempt("fetch_orders"), "up_for_retry", reason="busy", reason_class="throttled")
    ended(db, attempt("fetch_orders", 2), "failed", reason="away", reason_class="unavailable")
    assert ledger.last_failure(db, RUN, "fetch_orders") == ledger.Failure("away", "unavailable")
