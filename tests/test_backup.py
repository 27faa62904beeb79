"""Backups: whole and verified, or one clear sentence, and never at the expense of earlier ones."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shopify_analytics.backup import back_up, backups, folder_name, remove_older, write_copy
from shopify_analytics.config import Folders
from shopify_analytics.database import connect, transaction
from shopify_analytics.errors import DatabaseRefused, SettingsError

from tests.damaging import damage
from tests.syncing import dump

AT = datetime(2026, 11, 26, 3, 37, 5, tzinfo=UTC)


def test_a_backup_is_one_file_that_equals_the_database(loaded: sqlite3.Connection, folders: Folders) -> None:
    backup = back_up(folders, AT)
    folder = folders.data_dir / "backups" / "kiln-and-co.myshopify.com"
    assert backup.path == folder / "shopify_data-20261126_033705.db"
    assert [path.name for path in folder.iterdir()] == ["shopify_data-20261126_033705.db"]
    assert (backup.rows["orders"], backup.bytes) == (7, backup.path.stat().st_size)
    with closing(sqlite3.connect(backup.path)) as copy:
        assert dump(copy) == dump(loaded)
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_backup_holds_what_was_committed_beside_an_open_transaction(
    loaded: sqlite3.Connection, folders: Folders
) -> None:
    before = dump(loaded)
    with connect(folders.database) as writer, transaction(writer):
        writer.execute("DELETE FROM orders")
        backup = back_up(folders, AT)
    with closing(sqlite3.connect(backup.path)) as copy:
        assert dump(copy) == before


def test_a_damaged_database_gives_no_backup_and_earlier_ones_stay(
    loaded: sqlite3.Connection, folders: Folders
) -> None:
    earlier = back_up(folders, AT)
    content = earlier.path.read_bytes()
    loaded.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    loaded.close()
    damage(folders.database)
    with pytest.raises(
        DatabaseRefused, match=r"is damaged, so that no good copy can be made of it \(.+\): restore"
    ):
        back_up(folders, AT + timedelta(days=1))
    assert backups(folders.backups) == [earlier.path]
    assert earlier.path.read_bytes() == content
    assert len(list(earlier.path.parent.iterdir())) == 1


def test_a_disk_without_room_is_one_sentence_before_anything_is_written(
    loaded: sqlite3.Connection, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 5000, 5000))
    with pytest.raises(SettingsError) as error:
        back_up(folders, AT)
    size = loaded.execute(
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    ).fetchone()[0]
    folder = folders.backups / "kiln-and-co.myshopify.com"
    assert str(error.value) == (
        f"The disk of {folder} has 0.0 MB free, a copy of the database needs {size / 1e6:.1f} MB: free the "
        "disk. Earlier backups are as they were"
    )
    assert list(folder.iterdir()) == []


def test_without_a_database_there_is_nothing_to_copy(tmp_path: Path) -> None:
    with pytest.raises(DatabaseRefused, match="There is no database at"):
        write_copy(tmp_path / "shopify_data.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_old_backups_are_removed_but_never_the_newest_nor_other_files(tmp_path: Path) -> None:
    kept = [
        "shopify_data-20261114_033700.db",
        "my copy of shopify_data-20260101_033700.db",
        "shopify_data-old.db",
        "shopify_data-20260102_033700.db.gz",
    ]
    for name in (*kept, "shopify_data-20261111_033700.db", "shopify_data-20261110_033700.db"):
        (tmp_path / name).touch()
    removed = remove_older(tmp_path, AT - timedelta(days=14))
    assert [path.name for path in removed] == [
        "shopify_data-20261110_033700.db",
        "shopify_data-20261111_033700.db",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)
    assert remove_older(tmp_path, AT + timedelta(days=999)) == []


@pytest.mark.parametrize(
    ("domain", "folder"),
    [
        ("kiln-and-co.myshopify.com", "kiln-and-co.myshopify.com"),
        ("../../etc", "-..-etc"),
        ("Läden & Co", "L-den---Co"),
        ("", "unknown-store"),
        (None, "unknown-store"),
        ("..", "unknown-store"),
    ],
)
def test_a_stores_folder_is_below_the_backups_whatever_its_domain(domain: str | None, folder: str) -> None:
    assert folder_name(domain) == folder
