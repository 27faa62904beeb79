"""Work on the database beside the syncs.

``snapshot [TO]``, ``rebuild``, ``redact CUSTOMER [ORDER …]``, ``restore [BACKUP]``, ``new-store``,
``status``, ``sheets-check``.

``make`` starts it through ``local_airflow.py``. Wherever Airflow is set up, a plain
``python include/database_commands.py rebuild`` does the same. Variables are read as tasks read them.
"""

from __future__ import annotations

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

import status
from shopify_analytics.aggregates import rebuild as rebuild_aggregates
from shopify_analytics.analytics import compute_summary, write_summary
from shopify_analytics.backup import backups, made_at
from shopify_analytics.config import (
    PROJECT,
    Folders,
    Settings,
    load_folders,
    load_settings,
    newest_orders,
    personal_data,
    sheets_endpoint,
    spreadsheets,
    staging_places,
)
from shopify_analytics.csv_export import export_reports, export_tables
from shopify_analytics.database import connect, read_only
from shopify_analytics.errors import SettingsError, SyncError
from shopify_analytics.exclusive import locked
from shopify_analytics.fields import SQLITE_INTEGERS
from shopify_analytics.new_store import move_old_store
from shopify_analytics.places import connection_of
from shopify_analytics.redaction import Redaction, forget_what_was, redact_customer
from shopify_analytics.restore import find as find_backup
from shopify_analytics.restore import restore as restore_backup
from shopify_analytics.sheets.sources import ON_REQUEST, TABS, Where
from shopify_analytics.snapshot import refuse_absent, write_snapshot

COMMANDS = ("snapshot", "rebuild", "redact", "restore", "new-store", "status", "sheets-check")
GOOGLE_CONNECTION = "google_cloud_default"
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
        elif command == "restore":
            restore(load_settings(), options)
        elif command == "new-store":
            new_store(load_folders())
        elif command == "status":
            return status.main()
        elif command == "sheets-check":
            sheets_check(load_folders())
        else:
            raise SettingsError(f"There is no command {command!r}: use {', '.join(COMMANDS)}")
    except SyncError as error:
        raise SystemExit(str(error)) from None
    return 0


def snapshot(folders: Folders, to: list[str]) -> None:
    """Copy the database to the file that is named, else to ``shopify_data_snapshot.db`` beside it."""
    path = Path(*to).absolute() if any(to) else folders.snapshot
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
        redaction = redact_customer(db, staging_places(settings), workspace, customer_id, order_ids)
        print(f"Customer {customer_id}: {told(redaction)}")
        write_files(db, settings, workspace)
        forget_what_was(db)
    if redaction.namesakes:
        others = ", ".join(map(str, redaction.namesakes))
        print(f"Left as they are, though they have an e-mail of this customer: customers {others}")
    usual = settings.snapshot
    such_as = f", such as {usual}" if usual.exists() else ""
    print(f"What was copied before still names the customer{such_as}: replace snapshots and backups")
    print("A sync brings back what the store still has: erase the customer's personal data there, too")


def restore(settings: Settings, options: list[str]) -> None:
    """Put a backup in place of the database, and write the files anew; without a name, list the backups."""
    if not any(options):
        print("\n".join(listed(settings.backups)))
        return
    backup = find_backup(settings, " ".join(options))
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with alone(settings) as workspace:
        restored = restore_backup(settings, backup, workspace)
        with connect(settings.database) as db:
            write_files(db, settings, workspace)
    if restored.damaged:
        print(f"The damaged database is now {restored.damaged}")
    print(f"Restored: {restored.orders:,} orders, as the store had them at {restored.watermark or 'no time'}")
    print("The next sync fetches what has changed since, and finds what was deleted since")
    if restored.redacted is None:
        print("Who was redacted since the backup cannot be told: do these redactions again (make redact)")
    elif restored.redacted:
        print(f"Redacted again, as since the backup: customers {restored.redacted:,}")


def listed(folder: Path) -> list[str]:
    """The backups in a folder, the newest first, and how to restore one."""
    lines = [f"{'UTC':<21}{'MB':>9}{'orders':>12}  backup"]
    for backup in reversed(backups(folder)):
        try:
            with read_only(backup) as db:
                orders = f"{db.execute('SELECT count(*) FROM orders').fetchone()[0]:,}"
        except sqlite3.DatabaseError:
            orders = "unreadable"
        size = backup.stat().st_size / 1e6
        lines.append(f"{made_at(backup):%Y-%m-%d %H:%M:%S}  {size:>9,.1f}{orders:>12}  {backup}")
    if len(lines) == 1:
        return [f"There is no backup in {folder} yet: the DAG shopify_maintenance makes one a day"]
    return [*lines, "Restore one: make restore FROM=<backup>"]


def new_store(folders: Folders) -> None:
    """Move the old store's data away, so that the next sync may fill the folder with another's."""
    moved = move_old_store(folders)
    if moved is None:
        print(f"There is no store's data in {folders.data_dir}: nothing to move")
        return
    print(f"Moved to {moved}: database, CSV files, summary and staging. Backups stay in {folders.backups}")
    print("The next sync reads everything of the store that the connection names")


def sheets_check(folders: Folders) -> None:
    """Say whether the next push to Google Sheets can succeed, without changing anything there."""
    where = Where(spreadsheets(TABS, ON_REQUEST), newest_orders())
    if not where.spreadsheets:
        raise SettingsError(
            "No spreadsheet is set: put its address into the Variable google_sheet_id, or into .env as "
            "GOOGLE_SHEET_ID"
        )
    # Google's libraries take seconds to import, which no other command needs.
    from shopify_analytics.hooks.google_sheets import GoogleSheetsHook  # noqa: PLC0415
    from shopify_analytics.sheets.check import check  # noqa: PLC0415

    hook = GoogleSheetsHook(endpoint=sheets_endpoint())
    print(f"Account      {hook.account}")
    for line in check(hook.client, where, folders.database, personal_data=personal_data()):
        print(line)
    print("All is well: the next sync can push")


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
    with alone(folders) as workspace, connect(folders.database) as db:
        yield db, workspace


@contextmanager
def alone(folders: Folders) -> Iterator[Path]:
    """A folder that is only needed meanwhile; one command at a time has it."""
    workspace = folders.data_dir / ".command"
    with locked(folders.data_dir):
        # A command that was killed may have left a customer's data there.
        shutil.rmtree(workspace, ignore_errors=True)
        workspace.mkdir()
        # What VACUUM needs meanwhile does not fit into every /tmp.
        os.environ["SQLITE_TMPDIR"] = str(workspace)
        try:
            yield workspace
        finally:
            shutil.rmtree(workspace)


def read_variables() -> None:
    """Let settings be read here as in a task, for which Airflow looks into its own database, too.

    Of the connections, those of the bucket for staged pages and of Google Sheets are all that commands need.
    """
    # It loads all of Airflow's models.
    from airflow.secrets.metastore import MetastoreBackend  # noqa: PLC0415

    stored = MetastoreBackend()
    for name in json.loads((PROJECT / "include" / "variables.json").read_text(encoding="utf-8")):
        if value := stored.get_variable(name):
            os.environ.setdefault(f"AIRFLOW_VAR_{name.upper()}", value)
    for conn_id in (
        connection_of(os.environ.get("AIRFLOW_VAR_ANALYTICS_STAGING_URL", "")),
        GOOGLE_CONNECTION,
    ):
        if conn_id and (connection := stored.get_connection(conn_id)):
            os.environ.setdefault(f"AIRFLOW_CONN_{conn_id.upper()}", connection.as_json())


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    if sys.argv[1:2] != ["status"]:  # which reads them faster
        read_variables()
    sys.exit(main(sys.argv[1:]))
