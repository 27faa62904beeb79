"""The real DAG ``shopify_maintenance`` in this process, once with Airflow's real command for its database."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from shopify_analytics import maintenance_tasks
from shopify_analytics.database import read_only

from tests.dag.running import PROJECT, Run, Sync, read_run, select
from tests.damaging import damage
from tests.faults.on_disk import database_content
from tests.operators import mail_server, text_of

TASKS = {"back_up", "check_integrity", "optimize", "clean_airflow_db", "clean_files"}
LONG_AGO = datetime.now(UTC) - timedelta(days=40)


def load_dag() -> DAG:
    return DagBag(PROJECT / "dags").dags["shopify_maintenance"]


def maintain(sync: Sync) -> Run:
    """Run the whole DAG once, without pauses between tries."""
    dag = load_dag()
    for task in dag.tasks:
        task.retry_delay = timedelta(0)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in sync.environment.items():
            patch.setenv(name, value)
        return read_run(dag.test().run_id)


@pytest.fixture
def nothing_to_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Airflow's own database needs no command, which takes ten seconds."""
    monkeypatch.setattr(maintenance_tasks, "clean_airflow_database", lambda *_: {})


def age(folder: Path, name: str) -> Path:
    """A file of long ago."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("old", encoding="utf-8")
    os.utime(file, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    return file


def airflow_rows(query: str) -> list[dict[str, object]]:
    with closing(sqlite3.connect(Path(os.environ["AIRFLOW_HOME"]) / "airflow.db")) as db, db:
        return select(db, query) if query.startswith("SELECT") else [{"rows": db.execute(query).rowcount}]


def test_it_runs_daily_beside_the_syncs_and_no_task_waits_for_another(airflow_database: Path) -> None:
    dag = load_dag()
    assert (dag.schedule, dag.catchup, dag.max_active_runs, dag.max_active_tasks) == (
        "37 3 * * *",
        False,
        1,
        1,
    )
    assert dag.is_paused_upon_creation is False
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {name: set() for name in TASKS}
    assert all(task.execution_timeout and task.retries == 2 for task in dag.tasks)
    assert dag.doc_md is not None
    advice = dag.doc_md.partition("#### When a task is red")[2]
    assert [task_id for task_id in TASKS if task_id not in advice] == []


def test_a_day_leaves_a_verified_backup_and_removes_only_what_is_old(sync: Sync) -> None:
    before = database_content(sync.data_dir)
    folder = sync.data_dir / "backups" / "kiln-and-linen-demo.myshopify.com"
    old_backup = age(folder, "shopify_data-20200101_033700.db")
    old_log = age(sync.log_dir, "shopify_sync_20200101_000000.log")
    mine = age(sync.log_dir, "mine.log")
    airflow_rows(
        "INSERT INTO log (dttm, event, owner) VALUES ('2020-01-01', 'cleaned_by_maintenance', 'test')"
    )
    run = maintain(sync)
    assert (run.state, run.tasks) == ("success", dict.fromkeys(TASKS, "success"))
    assert (old_backup.exists(), old_log.exists(), mine.exists()) == (False, False, True)
    (backup,) = folder.iterdir()
    orders = len(before["orders"])
    assert run.returned["back_up"] == {
        "path": str(backup),
        "bytes": backup.stat().st_size,
        "orders": orders,
        "removed": 1,
    }
    with read_only(backup) as db:
        assert db.execute("SELECT count(*) FROM orders").fetchone() == (orders,)
    assert run.returned["check_integrity"] == "ok"
    assert run.returned["optimize"].endswith(" MB are free, kept for use")
    assert run.returned["clean_airflow_db"]["log"] >= 1
    assert airflow_rows("SELECT event FROM log WHERE event = 'cleaned_by_maintenance'") == []
    assert airflow_rows("SELECT name FROM sqlite_master WHERE name LIKE '_airflow_deleted%'") == []
    assert run.returned["clean_files"]["run logs"] == {"files": 1, "bytes": 3}
    assert database_content(sync.data_dir) == before
    assert sync.select("SELECT count(*) AS runs FROM sync_runs") == [{"runs": 1}]


@pytest.mark.usefixtures("nothing_to_clean")
def test_before_the_first_sync_what_needs_a_database_is_skipped(new_sync: Sync) -> None:
    run = maintain(new_sync)
    assert run.state == "success"
    assert run.tasks == {
        "back_up": "skipped",
        "check_integrity": "skipped",
        "optimize": "skipped",
        "clean_airflow_db": "success",
        "clean_files": "success",
    }
    assert not (new_sync.data_dir / "shopify_data.db").exists()


@pytest.mark.usefixtures("nothing_to_clean")
def test_a_damaged_database_is_red_and_stops_no_other_task(sync: Sync) -> None:
    with sync.database() as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damage(sync.data_dir / "shopify_data.db")
    run = maintain(sync)
    assert run.state == "failed"
    assert (run.tasks["back_up"], run.tasks["check_integrity"]) == ("failed", "failed")
    assert (run.tasks["clean_airflow_db"], run.tasks["clean_files"]) == ("success", "success")
    assert not list(sync.data_dir.rglob("shopify_data-*.db"))


@pytest.mark.usefixtures("nothing_to_clean")
def test_a_setting_that_cannot_be_used_is_red_at_once_and_told_until_it_is_mended(sync: Sync) -> None:
    with mail_server() as mail:
        sync.variables |= {"backup_keep_days": "forever"} | mail.variables
        sync.variables["alert_data_age_minutes"] = "0"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", mail.connection)
            patch.setenv("AIRFLOW__API__BASE_URL", "http://localhost:8080")
            run = maintain(sync)
            del sync.variables["backup_keep_days"]
            maintain(sync)
    assert {task_id for task_id, state in run.tasks.items() if state == "failed"} == {"back_up"}
    told = [
        "Shopify sync of Kiln & Linen (demo): maintenance failed",
        "Shopify sync of Kiln & Linen (demo): maintenance succeeds again",
    ]
    assert mail.subjects == told
    first = text_of(mail.received[0])
    assert (
        "back_up failed: Variable backup_keep_days is &#x27;forever&#x27;: set it to a whole number" in first
    )
    assert first.rstrip().endswith("Airflow: http://localhost:8080/dags/shopify_maintenance")
