"""A fetch on a machine without the database: what it needs to know of it, and what the ledger needs of it.

``plan_sync`` stages ``known.db.gz``, the few columns of the database that a fetch asks for. Tries that cannot
reach the ledger stage ``tries/<task>-<number>.json``, which the end of the run enters.
"""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

from shopify_analytics.database import scratch
from shopify_analytics.entities import ENTITIES
from shopify_analytics.errors import StagingRefused
from shopify_analytics.ledger import Outcome, Try, begin_try, end_try
from shopify_analytics.places import Place, files, read, write

# No personal data: ids, times, and whose store it is.
KNOWN = {
    "metadata": ("key TEXT PRIMARY KEY", "value"),
    "rejected_records": ("entity", "record_id"),
    **dict.fromkeys(
        ENTITIES, ("id INTEGER PRIMARY KEY", "created_at TEXT", "updated_at TEXT", "deleted_at TEXT")
    ),
}


def hand_over(db: sqlite3.Connection, run: Place, workspace: Path) -> None:
    """Stage what fetches of the run need to know of the database.

    :param workspace: a folder for a file that is only needed meanwhile.
    :raises SyncError: when it cannot be written.
    """
    file, packed = workspace / "known.db", BytesIO()
    with scratch(db, file):
        for table, columns in KNOWN.items():
            names = ", ".join(column.split()[0] for column in columns)
            db.execute(f"CREATE TABLE scratch.{table} ({', '.join(columns)})")
            db.execute(f"INSERT INTO scratch.{table} SELECT {names} FROM main.{table}")
        with file.open("rb") as source, gzip.open(packed, "wb", compresslevel=1) as target:
            shutil.copyfileobj(source, target)
    write(run / "known.db.gz", packed.getvalue())


@contextmanager
def known(run: Place) -> Iterator[sqlite3.Connection]:
    """What :func:`hand_over` has staged, as a database that is gone on exit.

    :raises StagingRefused: when it is not there.
    """
    file = run / "known.db.gz"
    try:
        packed = BytesIO(read(file))
    except FileNotFoundError as error:
        raise StagingRefused(
            f"This machine has no database, and there is no {file}: clear the run from plan_sync; if fetches "
            "are to run without the data folder, set the Variable analytics_staging_url"
        ) from error
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "known.db"
        with gzip.open(packed) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target)
        with closing(sqlite3.connect(copy, isolation_level=None)) as db:
            yield db


def leave_try(run: Place, this: Try, started_at: str, finished_at: str, outcome: Outcome) -> None:
    """Stage what the ledger is to be told of a try that has ended.

    :raises SyncError: when it cannot be written.
    """
    told = {"try": asdict(this), "times": [started_at, finished_at], "outcome": asdict(outcome)}
    write(run / "tries" / f"{this.task_id}-{this.try_number}.json", json.dumps(told).encode())


def enter_tries(db: sqlite3.Connection, run: Place) -> None:
    """Enter into the ledger what tries on machines without it have left; more than once changes nothing.

    :raises SyncError: when the bucket cannot be read.
    """
    for file in files(run / "tries"):
        told = json.loads(read(file))
        this = Try(**told["try"])
        begin_try(db, this)
        end_try(db, this, Outcome(**told["outcome"]))
        db.execute(
            """
            UPDATE task_attempts SET started_at = ?, finished_at = ?
            WHERE run_id = ? AND task_id = ? AND try_number = ?
            """,
            (*told["times"], this.run_id, this.task_id, this.try_number),
        )
