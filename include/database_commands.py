"""Work on the database beside the syncs: ``snapshot [TO]``, ``rebuild`` and ``redact CUSTOMER [ORDER …]``.

``make`` starts it through ``local_airflow.py``. Wherever Airflow is set up, a plain
``python include/database_commands.py rebuild`` does the same. Variables are read as tasks read them.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from airflow.secrets.metastore import MetastoreBackend
from shopify_analytics.aggregates import rebuild as rebuild_aggregates
from shopify_analytics.analytics import compute_summary, write_summary
from shopify_analytics.config import PROJECT, Folders, Settings, load_folders, load_settings
from shopify_analytics.csv_export import export_reports, export_tables
from shopify_analytics.database import connect
from shopify_analytics.errors import SettingsError, SyncError
from shopify_analytics.fields import SQLITE_INTEGERS
from shopify_analytics.redaction import Redaction, forget_what_was, redact_customer
from shopify_analytics.snapshot import refuse_absent, write_snapshot

HOW_TO_REDACT = 'use make redact CUSTOMER=<id> [ORDERS="<id> <id>"]'


def main(arguments: list[str]) -> int:
    """Run a command and print what it did; return the exit status.

    :raises SystemExit: saying why it cannot be done.
    """
    command, *options = arguments or [""]
    try:
        if command == "snapshot":
            snapshot(load_folders(), options)
        elif command == "rebuild":
            rebuild(load_settings())
        elif command == "redact":
            redact(load_settings(), options)
        else:
            raise SettingsError(f"There is no command {command!r}: use snapshot, rebuild, redact")
    except SyncError as error:
        raise SystemExit(str(error)) from None
    return 0


def snapshot(folders: Folders, to: list[str]) -> None:
    """Copy the database to the file that is named, else to ``shopify_data_snapshot.db`` beside it."""
    path = Path(*to).absolute() if any(to) else default_snapshot(folders)
    size = write_snapshot(folders.database, path)
    print(f"Snapshot: {path}, {size / 1e6:,.1f} MB")


def rebuild(settings: Settings) -> None:
    """Make everything anew that is derived from orders, and bring the files up to date."""
    with opened(settings) as (db, workspace):
        rebuild_aggregates(db, workspace)
        write_files(db, settings, workspace)
    print(f"Rebuilt: what is derived from orders, and the files in {settings.data_dir}")


def redact(settings: Settings, options: list[str]) -> None:
    """Blank a customer in the database, in what is staged, and in the files."""
    customer_id, *order_ids = ids(options)
    with opened(settings) as (db, workspace):
        redaction = redact_customer(db, settings.staging, workspace, customer_id, order_ids)
        print(f"Customer {customer_id}: {told(redaction)}")
        write_files(db, settings, workspace)
        forget_what_was(db)
    if redaction.namesakes:
        others = ", ".join(map(str, redaction.namesakes))
        print(f"Left as they are, though they have an e-mail of this customer: customers {others}")
    usual = default_snapshot(settings)
    such_as = f", such as {usual}" if usual.exists() else ""
    print(f"What was copied before still names the customer{such_as}: replace snapshots and backups")
    print("A sync brings back what the store still has: erase the customer's personal data there, too")


def told(redaction: Redaction) -> str:
    """How much was blanked where; never what."""
    counts = [f"{where} {number:,}" for where, number in redaction.blanked.items() if number]
    return f"blanked {', '.join(counts)}" if counts else "nothing was left to blank"


def ids(options: list[str]) -> list[int]:
    """The ids in the options, parted by spaces or commas.

    :raises SettingsError: when there is none, or something else.
    """
    given = re.findall(r"[^\s,]+", " ".join(options))
    if not given:
        raise SettingsError(f"No customer is named: {HOW_TO_REDACT}")
    for text in given:
        if not re.fullmatch(r"[0-9]{1,19}", text) or int(text) not in SQLITE_INTEGERS:
            raise SettingsError(f"{text!r} is no id: {HOW_TO_REDACT}")
    return [int(text) for text in given]


def default_snapshot(folders: Folders) -> Path:
    """Where a snapshot goes that names no place."""
    return folders.data_dir / "shopify_data_snapshot.db"


def write_files(db: sqlite3.Connection, settings: Settings, workspace: Path) -> None:
    """Bring the CSV files and the summary up to date, as the DAG's tasks do."""
    export_tables(db, settings.data_dir, workspace, personal_data=settings.personal_data)
    export_reports(db, settings.data_dir, workspace)
    write_summary(compute_summary(db, settings.top_n, settings.targets), settings.summary, workspace)


@contextmanager
def opened(folders: Folders) -> Iterator[tuple[sqlite3.Connection, Path]]:
    """The database, and a folder that is only needed meanwhile; one command at a time has them.

    :raises DatabaseRefused: when there is no database.
    """
    refuse_absent(folders.database)
    workspace = folders.data_dir / ".command"
    with locked(folders.data_dir):
        # A command that was killed may have left a customer's data there.
        shutil.rmtree(workspace, ignore_errors=True)
        workspace.mkdir()
        # What VACUUM needs meanwhile does not fit into every /tmp.
        os.environ["SQLITE_TMPDIR"] = str(workspace)
        try:
            with connect(folders.database) as db:
                yield db, workspace
        finally:
            shutil.rmtree(workspace)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Wait until no other command has the folder, and have it for as long as the block runs."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def read_variables() -> None:
    """Let settings be read here as in a task, for which Airflow looks into its own database, too."""
    stored = MetastoreBackend()
    for name in json.loads((PROJECT / "include" / "variables.json").read_text(encoding="utf-8")):
        if value := stored.get_variable(name):
            os.environ.setdefault(f"AIRFLOW_VAR_{name.upper()}", value)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    read_variables()
    sys.exit(main(sys.argv[1:]))
