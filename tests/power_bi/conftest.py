"""The database of the demo store, which is made once for all."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from power_bi.demo_files import demo_database
from shopify_analytics.database import connect

from tests.once import made_once


@pytest.fixture(scope="module")
def demo_db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """What ``make demo-files`` reads: the demo store as it is made by default, about 3,000 orders."""

    def make(folder: Path) -> None:
        with demo_database() as db:
            db.execute("VACUUM INTO ?", (str(folder / "shopify_data.db"),))

    made = made_once("demo_database", make) / "shopify_data.db"
    with connect(Path(shutil.copy(made, tmp_path_factory.mktemp("demo_database")))) as db:
        yield db
