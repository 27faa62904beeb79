"""The daily work on the database and its folder."""

from __future__ import annotations

import os
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shopify_analytics import maintenance
from shopify_analytics.backup import back_up
from shopify_analytics.config import Folders
from shopify_analytics.database import connect, transaction
from shopify_analytics.errors import DatabaseRefused
from shopify_analytics.exclusive import locked
from shopify_analytics.maintenance import (
    AIRFLOW_LOG,
    RUN_LOG,
    Cleaned,
    check_integrity,
    clean_leftovers,
    clean_logs,
    optimize,
)

from tests import planted
from tests.damaging import damage
from tests.syncing import Syncs, dump

MONTH = timedelta(days=30)
LONG_AGO = time.time() - 31 * 24 * 3600


def fill_and_free(db: sqlite3.Connection, megabytes: int) -> None:
    """Leave so much free space in the database's file."""
    db.execute("CREATE TABLE large (content)")
    db.executemany("INSERT INTO large VALUES (?)", ((bytes(1_000_000),) for _ in range(megabytes)))
    db.execute("DROP TABLE large")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def put(folder: Path, *names: str, at: float = LONG_AGO) -> None:
    """Make files that were written at that time."""
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("12345")
        os.utime(file, (at, at))


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def test_a_whole_database_passes_the_check(loaded: sqlite3.Connection, folders: Folders) -> None:
    before = dump(loaded)
    check_integrity(folders)
    assert dump(loaded) == before


@pytest.mark.parametrize("has_backup", [True, False])
def test_a_damaged_database_is_told_with_the_command_that_restores_it(
    loaded: sqlite3.Connection, folders: Folders, has_backup: bool
) -> None:
    backup = back_up(folders, datetime.now(UTC)).path if has_backup else None
    loaded.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    loaded.close()
    damage(folders.database)
    with pytest.raises(DatabaseRefused) as error:
        check_integrity(folders)
    said = str(error.value)
    assert said.startswith(f"The database {folders.database} is damaged (")
    assert said.endswith(
        "): pause the DAG shopify_sync and restore the newest backup: "
        + (f"make restore FROM={backup}" if backup else "there is none: move the database away, and sync")
    )


def test_the_check_of_no_database_says_that_there_is_none(folders: Folders) -> None:
    with pytest.raises(DatabaseRefused, match="There is no database at"):
        check_integrity(folders)


def test_little_free_space_stays(loaded: sqlite3.Connection, folders: Folders) -> None:
    before = dump(loaded)
    done = optimize(folders)
    assert done.startswith("not compacted: 0.0 MB of ")
    assert done.endswith(" MB are free, kept for use")
    assert dump(loaded) == before


def test_much_free_space_is_given_back(loaded: sqlite3.Connection, folders: Folders) -> None:
    fill_and_free(loaded, 12)
    before = dump(loaded)
    assert optimize(folders).startswith("compacted from 12.")
    assert folders.database.stat().st_size < 2_000_000
    assert dump(loaded) == before


def test_a_sync_that_writes_is_not_disturbed(
    loaded: sqlite3.Connection, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "SECONDS_TO_WAIT_FOR_A_WRITER", 0.1)
    fill_and_free(loaded, 12)
    with transaction(loaded):
        assert optimize(folders) == "not compacted: a sync is writing; tomorrow again"
    assert folders.database.stat().st_size > 12_000_000


def test_the_file_is_not_compacted_amid_a_sync(loaded: sqlite3.Connection, folders: Folders) -> None:
    fill_and_free(loaded, 12)
    loaded.execute(
        "INSERT INTO sync_runs (run_id, full_sync, started_at, status) VALUES ('a run', 0, '', 'running')"
    )
    assert optimize(folders) == "not compacted: the run a run is going on; tomorrow again"


def test_only_old_logs_of_ours_are_removed_and_folders_that_they_leave_empty(tmp_path: Path) -> None:
    run = "dag_id=shopify_sync/run_id=manual__2026-01-01T00:00:00+00:00"
    old = [
        f"{run}/task_id=load_sqlite/attempt=1.log",
        f"{run}/task_id=load_sqlite/attempt=1.log.trigger.7.log",
        f"{run}/task_id=mapped/map_index=3/attempt=2.log",
        "scheduler/2026-01-01/shopify_sync.py.log",
        "dag_processor/2026-01-01/dags-folder/shopify_sync.py.log",
    ]
    others = [
        *("notes.txt", "shopify_sync_mine.log", "shopify_sync_20260101_000000.log.bak", "airflow_run.log"),
        *("scheduler/notes.log", f"{run}/task_id=load_sqlite/notes.txt", "mine/attempt=1.log"),
        "scheduler/2026-01-02/picture.png",
    ]
    put(tmp_path, *old, *others, "shopify_sync_20260101_000000.log", "shopify_sync_20260101_001000.log")
    put(tmp_path, "shopify_sync_20260102_000000.log", "scheduler/2026-01-03/new.py.log", at=time.time())
    (tmp_path / "dag_id=linked").symlink_to(tmp_path / "dag_id=shopify_sync")
    (tmp_path / "shopify_sync_20260103_000000.log").symlink_to(tmp_path / "notes.txt")

    assert clean_logs(tmp_path, RUN_LOG, MONTH) == Cleaned(2, 10)
    assert clean_logs(tmp_path, AIRFLOW_LOG, MONTH) == Cleaned(len(old), 5 * len(old))
    assert (tmp_path / "dag_id=linked").is_symlink()
    (tmp_path / "dag_id=linked").unlink()
    kept = ("shopify_sync_20260102_000000.log", "shopify_sync_20260103_000000.log")
    assert names(tmp_path) == sorted([*others, *kept, "scheduler/2026-01-03/new.py.log"])
    assert not (tmp_path / "dag_processor").exists()
    assert not (tmp_path / run / "task_id=mapped").exists()
    assert clean_logs(tmp_path, AIRFLOW_LOG, MONTH) == Cleaned()
    assert clean_logs(tmp_path / "nowhere", RUN_LOG, MONTH) == Cleaned()


def test_what_killed_processes_have_left_is_removed_after_a_day(folders: Folders) -> None:
    left = [
        *(".command/redaction.db", ".orders.csv.unfinished"),
        *("backups/shop/.shopify_data-1.db.unfinished", "backups/shop/.shopify_data-1.db.unfinished-journal"),
    ]
    put(folders.data_dir, *left, "orders.csv", ".hidden", "backups/shop/shopify_data-20260101_000000.db")
    put(folders.data_dir, ".products.csv.unfinished", at=time.time())
    put(folders.log_dir, ".shopify_sync_20260101_000000.log.unfinished")
    assert clean_leftovers(folders) == Cleaned(5, 25)
    assert names(folders.data_dir) == [
        *(".hidden", ".products.csv.unfinished"),
        *("backups/shop/shopify_data-20260101_000000.db", "orders.csv"),
    ]


def test_what_a_command_needs_meanwhile_stays(folders: Folders) -> None:
    put(folders.data_dir, ".command/restored.db")
    with locked(folders.data_dir):
        assert clean_leftovers(folders) == Cleaned()
    assert names(folders.data_dir) == [".command/restored.db"]


def test_a_database_of_a_sync_is_there_again_after_all_of_it(
    loaded: sqlite3.Connection, folders: Folders, syncs: Syncs
) -> None:
    optimize(folders)
    check_integrity(folders)
    clean_leftovers(folders)
    counts = syncs.load(products=planted.products(), customers=planted.customers(), orders=planted.orders())
    assert {(count["inserted"], count["updated"], count["deleted"]) for count in counts.values()} == {
        (0, 0, 0)
    }
    with connect(folders.database) as db:
        assert db.execute("SELECT count(*) FROM orders").fetchone() == (7,)
