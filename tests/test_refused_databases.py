"""What cannot be used as the database: refused in one sentence, and left as it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from shopify_analytics.database import connect, migrations, set_metadata
from shopify_analytics.errors import DatabaseRefused, SettingsError

from tests.syncing import dump


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shopify_data.db"
    with connect(path) as db:
        set_metadata(db, "schema_version", "99")
    with pytest.raises(DatabaseRefused) as error, connect(path):
        pytest.fail("it must not open")
    assert str(error.value) == (
        f"{path} has schema version 99, this project knows {len(migrations())}: "
        "update the project, or restore an older backup"
    )


def test_a_database_of_another_program_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "shopify_data.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, dish TEXT)")
        before = dump(db)
    with pytest.raises(DatabaseRefused) as error, connect(path):
        pytest.fail("it must not open")
    assert str(error.value) == (
        f"{path} holds the tables of another program: move it away, or set the Variable "
        "analytics_data_dir to another folder"
    )
    with closing(sqlite3.connect(path)) as db:
        assert dump(db) == before


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shopify_data.db"
    path.write_bytes(b"order,total\n" * 1000)
    with pytest.raises(DatabaseRefused) as error, connect(path):
        pytest.fail("it must not open")
    assert str(error.value) == (
        f"{path} is no usable SQLite database (file is not a database): move it away, or restore a backup"
    )
    assert path.read_bytes() == b"order,total\n" * 1000


@pytest.mark.parametrize("blocked", ["data", "data/shopify_data.db"])
def test_a_place_that_cannot_be_written_is_a_matter_of_settings(tmp_path: Path, blocked: str) -> None:
    path = tmp_path / "data" / "shopify_data.db"
    if blocked == "data":
        (tmp_path / blocked).write_text("a file where the folder should be")
    else:
        path.mkdir(parents=True)
    with (
        pytest.raises(SettingsError, match="or change the Variable analytics_data_dir") as error,
        connect(path),
    ):
        pytest.fail("it must not open")
    assert str(path) in str(error.value)
