"""A full disk: one clear error, and everything as it was."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from shopify_analytics.database import connect, set_metadata, transaction
from shopify_analytics.errors import SettingsError
from shopify_analytics.files import replacing

from tests.syncing import dump


def write_more_than_fits(database: Path) -> None:
    with connect(database) as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")
        with transaction(db):
            set_metadata(db, "large", "x" * 100_000)


def run_out_of_space(file: Path) -> None:
    with replacing(file, file.parent) as unfinished:
        unfinished.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_load_that_does_not_fit_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    database = tmp_path / "shopify_data.db"
    with connect(database) as db:
        before = dump(db)
    with pytest.raises(SettingsError) as error:
        write_more_than_fits(database)
    assert str(error.value) == (
        f"Cannot use the database {database} (database or disk is full): free the disk, give Airflow's user "
        "write access to the folder, or change the Variable analytics_data_dir"
    )
    with closing(sqlite3.connect(database)) as db:
        assert dump(db) == before


def test_a_file_that_does_not_fit_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("old")
    with pytest.raises(SettingsError) as error:
        run_out_of_space(file)
    assert str(error.value) == (
        f"Cannot write {file} (No space left on device): free the disk, give Airflow's user write access "
        "to the folder, or change the Variable analytics_data_dir or analytics_log_dir"
    )
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("orders.csv", "old")]
