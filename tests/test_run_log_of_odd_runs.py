"""Logs of runs that ended otherwise than well, and of runs that share a second."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException
from shopify_analytics import ledger
from shopify_analytics.attempt import TaskAttempt
from shopify_analytics.config import Folders
from shopify_analytics.errors import DatabaseRefused
from shopify_analytics.ledger import Try
from shopify_analytics.run_log import close_run, report
from shopify_analytics.run_text import format_figure

from tests.syncing import select
from tests.test_run_log import RUN, crumb, ended


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Where ``db`` is, with logs beside it."""
    return Folders(data_dir=tmp_path / "data", log_dir=tmp_path / "logs")


@pytest.fixture
def attempt(folders: Folders) -> TaskAttempt:
    """The only try of the task that reports."""
    return TaskAttempt(Try(RUN, "report_run", 1), folders)


def test_an_interrupted_run_gets_its_log_from_what_the_ledger_knows(
    db: sqlite3.Connection, folders: Folders
) -> None:
    ledger.open_run(db, RUN, full_sync=False)
    ledger.begin_try(db, Try(RUN, "fetch_orders", 1))
    summary, log_file = close_run(db, folders, RUN, "interrupted", {})
    text = log_file.read_text(encoding="utf-8")
    assert summary == "nothing loaded, 0 API calls, 0 refused"
    assert text.startswith("Shopify sync: interrupted\n")
    assert "fetch_orders        did not end                  1 try\n" in text
    assert "fetch_orders, try 1 (killed): ended without a word\n" in text
    assert select(db, "SELECT status FROM sync_runs") == [("interrupted",)]


def test_a_run_that_failed_before_it_was_opened_has_a_log_all_the_same(
    db: sqlite3.Connection, folders: Folders
) -> None:
    db.execute("DELETE FROM metadata WHERE key LIKE 'shop.%'")
    ended(db, "plan_sync", state="failed", reason="Variable shopify_page_size is '0'")
    _, log_file = close_run(db, folders, RUN, "failed", {})
    text = log_file.read_text(encoding="utf-8")
    assert text.startswith("Shopify sync: failed\n")
    assert "Store      not known yet\n" in text
    assert "plan_sync, try 1 (failed): Variable shopify_page_size is '0'\n" in text


def test_runs_of_the_same_second_have_files_of_their_own(db: sqlite3.Connection, folders: Folders) -> None:
    for run_id in ("a", "b", "c"):
        ledger.open_run(db, run_id, full_sync=False)
        db.execute("UPDATE sync_runs SET started_at = '2026-11-22T23:59:59Z'")
        close_run(db, folders, run_id, "success", {})
    assert sorted(path.name for path in folders.log_dir.iterdir()) == [
        "shopify_sync_20261122_235959.log",
        "shopify_sync_20261123_000000.log",
        "shopify_sync_20261123_000001.log",
    ]


def test_a_run_that_is_closed_again_replaces_its_log(db: sqlite3.Connection, folders: Folders) -> None:
    ledger.open_run(db, RUN, full_sync=False)
    first = close_run(db, folders, RUN, "failed", {})
    ledger.open_run(db, RUN, full_sync=False)
    assert close_run(db, folders, RUN, "success", {}) == first
    assert first[1].read_text(encoding="utf-8").startswith("Shopify sync: success\n")
    assert list(folders.log_dir.iterdir()) == [first[1]]


def test_a_broken_database_does_not_hide_which_tasks_failed(attempt: TaskAttempt) -> None:
    attempt.folders.data_dir.mkdir(parents=True)
    attempt.folders.database.write_bytes(b"no database" * 100)
    with pytest.raises(AirflowFailException, match=r"Failed: plan_sync\. No run log: .* is no usable SQLite"):
        report(attempt, [crumb("plan_sync", "failed")])
    with pytest.raises(DatabaseRefused):
        report(attempt, [crumb("plan_sync")])


def test_a_skipped_task_fails_no_run(db: sqlite3.Connection, attempt: TaskAttempt) -> None:
    ledger.open_run(db, RUN, full_sync=False)
    ended(db, "push_to_sheets", state="skipped", reason="no sheet")
    assert report(attempt, [crumb("push_to_sheets", "skipped")]) == "nothing loaded, 0 API calls, 0 refused"
    (log_file,) = attempt.folders.log_dir.iterdir()
    assert "Errors" not in log_file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "-"), (0, "0"), (1234, "1,234"), (0.0, "0.00"), (-1234.5, "-1,234.50"), ("EUR", "EUR")],
)
def test_a_figure_is_shown_for_a_person(value: Any, shown: str) -> None:
    assert format_figure(value) == shown
