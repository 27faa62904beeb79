"""A snapshot is one file that holds the last commit, whatever goes on beside it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from shopify_analytics.database import transaction
from shopify_analytics.errors import DatabaseRefused, SettingsError
from shopify_analytics.snapshot import write_snapshot

from tests.demo_store.records import order, product
from tests.syncing import Syncs, dump


@pytest.fixture
def database(syncs: Syncs, tmp_path: Path) -> Path:
    """A database with an order and a product, still open, its log not yet written back."""
    syncs.load(products=[product(1)], orders=[order(1)])
    return tmp_path / "data" / "shopify_data.db"


def test_it_holds_what_was_committed_while_a_load_goes_on(
    syncs: Syncs, database: Path, tmp_path: Path
) -> None:
    before = dump(syncs.db)
    with transaction(syncs.db):
        syncs.db.execute("DELETE FROM orders")
        size = write_snapshot(database, tmp_path / "out" / "snapshot.db")
    with closing(sqlite3.connect(tmp_path / "out" / "snapshot.db")) as copy:
        assert dump(copy) == before
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert [(path.name, path.stat().st_size) for path in (tmp_path / "out").iterdir()] == [
        ("snapshot.db", size)
    ]


def test_a_new_one_takes_the_place_of_the_old_and_of_one_that_was_killed(
    syncs: Syncs, database: Path, tmp_path: Path
) -> None:
    snapshot = tmp_path / "snapshot.db"
    write_snapshot(database, snapshot)
    (tmp_path / ".snapshot.db.unfinished").write_bytes(b"half a database")
    syncs.load(orders=[order(2)])
    write_snapshot(database, snapshot)
    with closing(sqlite3.connect(snapshot)) as copy:
        assert dump(copy) == dump(syncs.db)
    assert not (tmp_path / ".snapshot.db.unfinished").exists()


def test_without_a_database_there_is_nothing_to_copy(tmp_path: Path) -> None:
    with pytest.raises(DatabaseRefused) as error:
        write_snapshot(tmp_path / "shopify_data.db", tmp_path / "snapshot.db")
    assert str(error.value) == (
        f"There is no database at {tmp_path}/shopify_data.db yet: sync first, or set analytics_data_dir"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_leaves_the_old_snapshot(database: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot.db"
    write_snapshot(database, snapshot)
    before, garbage = snapshot.read_bytes(), tmp_path / "garbage.db"
    garbage.write_bytes(b"no database" * 1000)
    with pytest.raises(DatabaseRefused) as error:
        write_snapshot(garbage, snapshot)
    assert str(error.value) == f"Cannot copy {garbage} to {snapshot} (file is not a database)"
    assert snapshot.read_bytes() == before


def test_a_place_that_cannot_be_written_is_named(database: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=f"Cannot write {tmp_path}/file/snapshot.db "):
        write_snapshot(database, tmp_path / "file" / "snapshot.db")
