"""What the load is measured beside: the ``sqlite3`` shell, with the very same rows, tables and indexes."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from shopify_analytics.config import Folders

from tests.bench.loading import TABLES, TABLES_AND_INDEXES, import_rows, write_rows


def test_the_shell_imports_every_row_into_the_same_tables_with_the_same_indexes(
    loaded: sqlite3.Connection, folders: Folders, tmp_path: Path
) -> None:
    shell = shutil.which("sqlite3")
    if shell is None:
        pytest.skip("there is no sqlite3 shell on this machine")
    write_rows(folders.database, tmp_path)
    assert import_rows(shell, folders.database, tmp_path) > 0
    with closing(sqlite3.connect(tmp_path / "imported.db")) as imported:
        for query in (TABLES_AND_INDEXES, *(f"SELECT count(*) FROM {table}" for table in TABLES)):
            assert (query, imported.execute(query).fetchall()) == (query, loaded.execute(query).fetchall())
