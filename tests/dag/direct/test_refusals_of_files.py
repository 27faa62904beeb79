"""Folders, databases and staging that cannot be used: said at once, forgotten by the next good run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.state import Store

from tests.dag.direct.running import DirectSync
from tests.dag.equality import assert_equal_to_store
from tests.dag.refusals import assert_failed, assert_next_run_makes_all_right, data_files, refused
from tests.dag.running import NOW, connection
from tests.dag.shop import Shop
from tests.demo_store.records import SHOP


def refused_without_ledger(sync: DirectSync) -> str:
    """Why ``plan_sync`` failed where no ledger can be kept, after one try: the report says the same."""
    files = data_files(sync)
    run = sync.run()
    assert_failed(run, "plan_sync")
    assert run.tries == {"plan_sync": 1, "report_run": 1}
    assert (sync.naps, data_files(sync)) == ([], files)
    reason = run.reasons["plan_sync"]
    assert run.reasons["report_run"] == f"AirflowFailException: Failed: plan_sync. No run log: {reason}"
    return reason


@pytest.fixture
def database(sync: DirectSync) -> Path:
    """The file of the database."""
    return sync.data_dir / "shopify_data.db"


def test_a_data_folder_that_cannot_be_made_is_refused(sync: DirectSync, shop: Shop) -> None:
    blocked = sync.folder / "file" / "data"
    blocked.parent.write_text("no folder", encoding="utf-8")
    watermarks = sync.watermarks()
    sync.variables["analytics_data_dir"] = str(blocked)
    assert refused_without_ledger(sync) == (
        f"Cannot use the database {blocked}/shopify_data.db ([Errno 20] Not a directory: '{blocked}'): free "
        "the disk, give Airflow's user write access to the folder, or change the Variable analytics_data_dir"
    )
    assert sync.watermarks() == watermarks
    del sync.variables["analytics_data_dir"]
    assert_next_run_makes_all_right(sync, shop)


@pytest.mark.parametrize("folder", ["data", "~nobody-of-this-name/data"])
def test_a_data_folder_that_is_no_absolute_path_is_refused(sync: DirectSync, shop: Shop, folder: str) -> None:
    sync.variables["analytics_data_dir"] = folder
    run = sync.run()
    assert_failed(run, "plan_sync")
    assert run.tries == {"plan_sync": 1, "report_run": 1}
    reason = f"Variable analytics_data_dir is '{folder}': set it to an absolute path"
    assert run.reasons == {"plan_sync": reason, "report_run": reason}
    del sync.variables["analytics_data_dir"]
    assert_next_run_makes_all_right(sync, shop)


def test_a_log_folder_that_cannot_be_written_fails_the_report_alone(sync: DirectSync, shop: Shop) -> None:
    blocked = sync.folder / "file" / "logs"
    blocked.parent.write_text("no folder", encoding="utf-8")
    sync.variables["analytics_log_dir"] = str(blocked)
    shop.live(hours=1)
    run = sync.run()
    assert (run.state, run.failed) == ("failed", ["report_run"])
    log_file = Path(sync.ledger(run)["log_file"])
    assert log_file.parent == blocked
    assert sync.reason(run, "report_run") == (
        f"Cannot write {log_file} (Not a directory): free the disk, give Airflow's user write access to the "
        "folder, or change the Variable analytics_data_dir or analytics_log_dir"
    )
    assert_equal_to_store(shop.store, sync.data_dir)
    del sync.variables["analytics_log_dir"]
    assert_next_run_makes_all_right(sync, shop)


def text(_database: bytes) -> bytes:
    return b"a text that somebody saved under this name\n" * 100


def damaged(database: bytes) -> bytes:
    return database[:100] + bytes(len(database) - 100)


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [(text, "file is not a database"), (damaged, "database disk image is malformed")],
)
def test_a_database_that_is_not_sqlite_is_refused(
    sync: DirectSync,
    shop: Shop,
    database: Path,
    *,
    spoil: Callable[[bytes], bytes],
    problem: str,
) -> None:
    good = database.read_bytes()
    spoiled = spoil(good)
    database.write_bytes(spoiled)
    assert refused_without_ledger(sync) == (
        f"{database} is no usable SQLite database ({problem}): move it away, or restore a backup"
    )
    assert database.read_bytes() == spoiled
    database.write_bytes(good)
    assert_next_run_makes_all_right(sync, shop)


def test_a_database_of_a_newer_version_is_refused(sync: DirectSync, shop: Shop, database: Path) -> None:
    (known,) = sync.select("SELECT value FROM metadata WHERE key = 'schema_version'")
    before = sync.watermarks()

    def set_version(version: str) -> None:
        with sync.database() as db, db:
            db.execute("UPDATE metadata SET value = ? WHERE key = 'schema_version'", (version,))

    set_version("99")
    assert refused_without_ledger(sync) == (
        f"{database} has schema version 99, this project knows {known['value']}: "
        "update the project, or restore an older backup"
    )
    assert sync.watermarks() == before
    set_version(known["value"])
    assert_next_run_makes_all_right(sync, shop)


def test_the_database_of_another_store_is_refused(sync: DirectSync, shop: Shop, tmp_path: Path) -> None:
    own = sync.connection
    with DemoServer(Store.create(tmp_path / "other.db", SHOP), clock=ManualClock(NOW)) as other:
        sync.connection = connection(other)
        assert refused(sync) == (
            f"The database holds the store {shop.store.shop['myshopify_domain']}, the connection leads to "
            "kiln-and-co.myshopify.com: make new-store moves the old files away; or set the Variable "
            "analytics_data_dir to a folder for the new store"
        )
    sync.connection = own
    assert_next_run_makes_all_right(sync, shop)


def load_refused(sync: DirectSync) -> str:
    """Why the load was refused, at its first try."""
    run = sync.run()
    assert run.failed == ["load_sqlite", "report_run"]
    assert ("load_sqlite", 1, "failed") in sync.attempts(run)
    assert ("load_sqlite", 2, "failed") not in sync.attempts(run)
    assert sync.reason(run, "report_run").startswith("AirflowFailException: Failed: load_sqlite. ")
    return sync.reason(run, "load_sqlite")


def test_staging_older_than_what_a_faster_run_committed_is_refused(
    sync: DirectSync, server: DemoServer, shop: Shop
) -> None:
    shop.live(hours=1)
    faster = replace(sync, runs=[])
    in_the_way = sync.data_dir / "orders.csv"

    def be_overtaken(_seconds: float) -> None:
        server.faults.every = {}
        shop.live(hours=1)
        in_the_way.unlink()
        in_the_way.mkdir()
        faster.run()
        in_the_way.rmdir()

    server.faults.every = {"503": 5}
    sync.sleep = be_overtaken
    reason = load_refused(sync)
    assert faster.runs[0].tasks["load_sqlite"] == "success"
    assert set(sync.watermarks().values()) == {"2026-11-22T14:01:30Z"}
    assert reason.endswith(
        " reach to 2026-11-22T13:00:30Z, the last committed load to 2026-11-22T14:01:30Z: "
        "another run was faster. Clear the run from plan_sync"
    )
    assert_next_run_makes_all_right(sync, shop)


def test_staging_that_was_cleaned_up_is_refused(sync: DirectSync, shop: Shop) -> None:
    def clean_up() -> None:
        for complete in (sync.data_dir / "staging").glob("*/*/deleted.ndjson.gz"):
            shutil.rmtree(complete.parent)

    shop.before_answer = clean_up
    reason = load_refused(sync)
    assert reason.startswith("The staged ")
    assert reason.endswith(" are not there (any more): clear the run from plan_sync")
    shop.before_answer = lambda: None
    assert_next_run_makes_all_right(sync, shop)
