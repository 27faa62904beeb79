"""What ``make status`` tells: what is wrong and what to do first, then figures, then runs."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from demo_store.state import Store
from shopify_analytics.backup import back_up
from shopify_analytics.config import PROJECT, Folders
from shopify_analytics.database import connect
from shopify_analytics.status import MINUTES_BETWEEN_SYNCS, Scheduling, status

from tests import planted
from tests.dag.running import load_dag
from tests.damaging import damage
from tests.faults.on_disk import database_content
from tests.faults.shops import SyncedShop, serving
from tests.planted import found_in

FRESH = timedelta(minutes=45)


@pytest.fixture
def trial(store: Store, tmp_path: Path) -> Iterator[SyncedShop]:
    """The planted shop before its first sync."""
    store.put("products", planted.products())
    store.put("customers", planted.customers())
    store.put("orders", planted.orders())
    with serving(store, tmp_path / "sync") as trial:
        yield trial


def folders(trial: SyncedShop) -> Folders:
    return Folders(trial.pipeline.data_dir, trial.pipeline.log_dir)


def scheduled(at: datetime) -> Scheduling:
    """The DAG under a living scheduler, due in four minutes."""
    return Scheduling(False, at + timedelta(minutes=4), at - timedelta(seconds=5))


def told(
    trial: SyncedShop, *, later: timedelta = timedelta(0), longest_age: timedelta = FRESH, **changes: Any
) -> tuple[list[str], bool]:
    """The status, so much later than now."""
    at = datetime.now(UTC) + later
    lines, is_well = status(folders(trial), longest_age, replace(scheduled(at), **changes), at)
    assert [line for line in lines if len(line) > 100] == []
    assert found_in("\n".join(lines).encode()) == set()
    return lines, is_well


def line(lines: list[str], start: str) -> str:
    """The one line that starts so, without what differs from time to time."""
    (found,) = [line for line in lines if line.startswith(start)]
    found = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>", found)
    return re.sub(r"\d\d-\d\d \d\d:\d\d:\d\d", "<time>", re.sub(r"\b\d+ s\b", "0 s", found))


def test_all_is_well_after_a_good_sync(trial: SyncedShop) -> None:
    trial.sync(full_sync=True)
    trial.sync()
    lines, is_well = told(trial)
    assert is_well
    assert re.fullmatch(r"All is well: data \d+ s old, next sync in (3|4) min, at \d\d:\d\d UTC", lines[0])
    assert line(lines, "Store") == "Store       Kiln & Co, kiln-and-co.myshopify.com"
    assert re.fullmatch(
        r"Data        0 s old, of <time> \(\d\d:\d\d in Europe/Amsterdam\), 7 orders", line(lines, "Data")
    )
    assert line(lines, "Reconciled") == "Reconciled  <time>: equal to the store"
    assert line(lines, "Backup") == "Backup      none yet"
    assert re.fullmatch(
        r"Disk        database \d+\.\d MB, CSV 0\.\d MB, backups 0\.0 MB, staging 0\.0 MB; [\d,.]+ GB free",
        line(lines, "Disk"),
    )
    runs = [found for found in lines if "success" in found]
    assert [found.split()[2:4] for found in runs] == [["success", "changes"], ["success", "full"]]
    assert re.search(r" changes +\d+ s  - ", runs[0])
    assert re.search(r" full +\d+ s  \+\d+ ", runs[1])


def test_a_failed_run_comes_first_with_its_reason_and_what_to_do(trial: SyncedShop) -> None:
    trial.sync()
    trial.server.faults.change({"token_revoked": True})
    run = trial.run()
    lines, is_well = told(trial)
    assert not is_well
    assert lines[0] == "Something is wrong"
    assert lines[1].startswith("! plan_sync failed. plan_sync: ")
    assert any("Open the run in Airflow" in found for found in lines)
    assert sum("    plan_sync, try 1 failed: " in found for found in lines) == 1
    assert (
        f"    {trial.select('SELECT log_file FROM sync_runs WHERE run_id = ?', run.run_id)[0][0]}"[:100]
        in lines
    )


def test_old_data_is_told_with_its_limit(trial: SyncedShop) -> None:
    trial.sync()
    with connect(trial.pipeline.database) as db:
        db.execute("UPDATE task_attempts SET started_at = '2026-01-01T00:00:00Z'")
    lines, is_well = told(trial)
    assert not is_well
    assert "The newest data is of 2026-01-01T00:00:00Z" in lines[1]
    assert told(trial, longest_age=timedelta(0))[1]


def test_a_paused_dag_and_a_missing_scheduler_are_told(trial: SyncedShop) -> None:
    trial.sync()
    lines, is_well = told(trial, is_paused=True)
    assert not is_well
    assert lines[:3] == [
        "Something is wrong",
        "! The DAG shopify_sync is paused",
        "  Unpause it in Airflow: nothing is synced until then.",
    ]
    lines, is_well = told(trial, scheduler_seen=None)
    assert is_well
    assert line(lines, "Next") == "Next        no sync by itself: no scheduler is running"
    lines, is_well = told(trial, next_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert line(lines, "Next") == "Next        next sync as soon as the one before has ended"


def test_without_airflow_the_next_sync_is_told_by_the_schedule(trial: SyncedShop) -> None:
    trial.sync()
    at = datetime(2036, 11, 26, 12, 3, tzinfo=UTC)
    lines, _ = status(folders(trial), timedelta(0), None, at)
    assert line(lines, "Next") == "Next        next sync in 7 min, at 12:10 UTC"


def test_the_schedule_is_that_of_the_dag(airflow_database: Path) -> None:
    assert load_dag().schedule == f"*/{MINUTES_BETWEEN_SYNCS} * * * *"


def test_records_that_wait_are_told_by_reason(trial: SyncedShop) -> None:
    trial.store.put("orders", planted.unreadable_orders())
    trial.sync()
    lines, is_well = told(trial)
    assert not is_well
    assert "The store sent records that cannot be read: 4 orders" in lines[1]
    rejected = [found for found in lines if found.startswith("Rejected")]
    assert rejected == ["Rejected    4 of the orders: total_price is 'a lot', not an amount"]


def test_a_backup_that_is_late_is_told(trial: SyncedShop) -> None:
    trial.sync()
    back_up(folders(trial), datetime.now(UTC) - timedelta(days=1))
    lines, is_well = told(trial)
    assert is_well
    assert line(lines, "Backup").startswith("Backup      24 h 0 min old, shopify_data-")
    lines, is_well = told(trial, later=timedelta(days=2), longest_age=timedelta(0))
    assert not is_well
    assert lines[1] == "! The newest backup is 3 days old"


@pytest.mark.parametrize(
    ("free", "said"),
    [
        (0, ["! The disk is full", "  Free it, then clear the run from its first red task."]),
        (
            1_000_000,
            [
                "! The disk has 1.0 MB free; the next backup needs 2.0 MB",
                "  Free the disk, or lower the Variable backup_keep_days.",
            ],
        ),
    ],
)
def test_a_disk_without_room_is_told(
    trial: SyncedShop, monkeypatch: pytest.MonkeyPatch, free: int, said: list[str]
) -> None:
    trial.sync()
    os.truncate(folders(trial).database, 2_000_000)
    usage = shutil.disk_usage(tmp := trial.pipeline.data_dir)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", {tmp: usage}.__getitem__)
    lines, is_well = told(trial)
    assert not is_well
    assert lines[:3] == ["Something is wrong", *said]


def test_a_sync_that_goes_on_is_shown_and_not_disturbed(trial: SyncedShop) -> None:
    run = trial.begin().go_on_to("load_sqlite")
    lines, is_well = told(trial)
    assert is_well
    assert lines[0].startswith("All is well: data not there yet, next sync in ")
    assert sum("  running  " in found for found in lines) == 1
    run.go_on()
    assert run.succeeded


def test_it_changes_nothing(trial: SyncedShop) -> None:
    trial.sync()
    before = database_content(trial.pipeline.data_dir)
    told(trial)
    assert database_content(trial.pipeline.data_dir) == before


@pytest.mark.parametrize("there_is", ["nothing", "an empty database"])
def test_before_the_first_sync_it_says_how_to_start_one(tmp_path: Path, there_is: str) -> None:
    if there_is != "nothing":
        (tmp_path / "shopify_data.db").touch()
    lines, is_well = status(Folders(tmp_path), FRESH, None, datetime.now(UTC))
    assert (lines[0], is_well) == (
        f"No sync has run yet: there is no database at {tmp_path}/shopify_data.db",
        False,
    )
    assert "make run" in lines[1]


def test_a_database_that_cannot_be_read_is_told_with_the_cure(trial: SyncedShop) -> None:
    trial.sync()
    with closing(sqlite3.connect(trial.pipeline.database)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damage(trial.pipeline.database)
    lines, is_well = told(trial)
    assert not is_well
    assert lines[0].startswith("The database ")
    assert lines[-1] == "If it is damaged, restore a backup: make restore lists them"


def test_it_is_a_plain_command_that_reads_the_variables_that_airflow_keeps(
    airflow_database: Path, trial: SyncedShop, tmp_path: Path
) -> None:
    trial.sync()
    set_variable = [sys.executable, "-m", "airflow", "variables", "set", "analytics_data_dir"]
    home = {**os.environ, "AIRFLOW_HOME": str(tmp_path / "airflow")}
    (tmp_path / "airflow").mkdir()
    shutil.copy(airflow_database, tmp_path / "airflow")
    subprocess.run([*set_variable, str(trial.pipeline.data_dir)], env=home, check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, str(PROJECT / "include" / "status.py")],
        env=home,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("All is well: data ")
    assert lines[0].endswith("no sync by itself: no scheduler is running")


def test_it_makes_no_database_for_airflow(tmp_path: Path) -> None:
    env = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW_VAR_ANALYTICS_DATA_DIR": str(tmp_path / "data"),
    }
    script = str(PROJECT / "include" / "status.py")
    done = subprocess.run([sys.executable, script], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("No sync has run yet")
    assert not list(tmp_path.glob("*.db"))
