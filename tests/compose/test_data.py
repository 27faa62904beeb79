"""A full sync triggered by REST, and whose the files are that it leaves."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from demo_store.state import Store

from tests.compose.conftest import FirstStart
from tests.compose.memory import watching_memory
from tests.compose.platform import Platform
from tests.dag.equality import assert_equal_to_store, csv_rows

AIRFLOW_UID = 50000
RECORDS = ("products", "customers", "orders")
# What a person of the folder's group does who does not own it: edits, makes, deletes, reads, and is cut off.
PERSON = """
import os, sqlite3, sys
from pathlib import Path
os.setgroups([]); os.setgid(int(sys.argv[1])); os.setuid(54321)
data, *files = map(Path, sys.argv[2:])
for file in files:
    with file.open("ab") as opened:
        opened.write(b"appended by a person")
    Path(file.parent, "made by a person").mkdir()
    Path(file.parent, "made by a person").rmdir()
Path(data, "orders.csv").unlink()
db = sqlite3.connect(data / "shopify_data.db")
print(db.execute("SELECT count(*) FROM orders").fetchone()[0], flush=True)
os._exit(0)
"""


def copy_of_store(file: Path, to: Path) -> Store:
    """A store as it is now."""
    with (
        closing(sqlite3.connect(file)) as original,
        closing(sqlite3.connect(to)) as copy,
    ):
        original.backup(copy)
    return Store.open(to)


def records(store: Store) -> list[list[tuple[int, str]]]:
    """All that can be read of a store."""
    return [store.db.execute(f"SELECT id, json FROM {kind} ORDER BY id").fetchall() for kind in RECORDS]


def assert_shows_the_store(platform: Platform, folder: Path, store: Path | None = None) -> str:
    """Sync everything; database, CSV files and key figures are the store's then.

    The store lives: should it have changed meanwhile, the next sync is looked at.

    :param store: its file; that of the demo store unless it is given.
    :return: the id of the run that was looked at.
    """
    file = store or platform.data / "demo_store.db"
    for number in range(4):
        before = copy_of_store(file, folder / f"before{number}.db")
        run_id = platform.sync(full_sync=True)
        after = copy_of_store(file, folder / f"after{number}.db")
        if records(before) == records(after):
            assert_equal_to_store(after, platform.data)
            return run_id
    pytest.fail("the store changed during every sync")


def produced(platform: Platform) -> Iterator[Path]:
    """Every file and folder in data/ and logs/; a sync may remove some meanwhile."""
    for name in ("data", "logs"):
        yield platform.folder / name
        yield from (platform.folder / name).rglob("*")


def test_a_full_sync_that_rest_triggers_shows_the_store_and_fits_into_the_memory(
    platform: Platform, tmp_path: Path
) -> None:
    with watching_memory(platform):
        assert_shows_the_store(platform, tmp_path)


def test_what_airflow_writes_belongs_to_it_and_to_the_folders_group(first_start: FirstStart) -> None:
    platform = first_start.platform
    group = platform.folder.stat().st_gid
    wrong = {}
    for path in produced(platform):
        found = path.lstat()
        wanted = 0o2775 if stat.S_ISDIR(found.st_mode) else 0o660
        is_mode = stat.S_IMODE(found.st_mode) & wanted == wanted
        if (found.st_uid, found.st_gid, is_mode) != (AIRFLOW_UID, group, True):
            wrong[str(path.relative_to(platform.folder))] = (found.st_uid, found.st_gid, oct(found.st_mode))
    assert wrong == {}


@pytest.mark.usefixtures("without_reports")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else of the group")
def test_a_person_of_that_group_may_do_anything_with_it(platform: Platform) -> None:
    group = str(platform.folder.stat().st_gid)
    logs = [path for path in (platform.folder / "logs").rglob("*.log") if path.is_file()]
    touched = [str(path) for path in (platform.data / "refunds.csv", *logs[:3])]
    person = subprocess.run(
        [sys.executable, "-c", PERSON, group, str(platform.data), *touched],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (person.returncode, person.stderr) == (0, "")
    assert int(person.stdout) > 1000
    platform.sync(full_sync=True)
    assert len(csv_rows(platform.data, "orders")) > 1000
    assert "appended by a person" not in (platform.data / "refunds.csv").read_text(encoding="utf-8")
