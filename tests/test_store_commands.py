"""``make restore``, ``make new-store`` and ``make status``: what they do, and what they say to a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import database_commands
import pytest
from demo_store.state import Store
from shopify_analytics.backup import back_up
from shopify_analytics.config import Folders

from tests import planted
from tests.faults.shops import SyncedShop, serving
from tests.planted import PERSON_ID, order_id
from tests.test_database_commands import found, run

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def trial(store: Store, tmp_path: Path) -> Iterator[SyncedShop]:
    """The planted shop after its first sync."""
    store.put("products", planted.products())
    store.put("customers", planted.customers())
    store.put("orders", planted.orders())
    with serving(store, tmp_path / "sync") as trial:
        trial.sync()
        yield trial


def test_backups_are_listed_with_time_size_and_orders(trial: SyncedShop, capsys: Printed) -> None:
    folder = trial.pipeline.data_dir / "backups"
    capsys.readouterr()
    assert run(trial, "restore", "") == ""
    assert capsys.readouterr().out == (
        f"There is no backup in {folder} yet: the DAG shopify_maintenance makes one a day\n"
    )
    folders = Folders(trial.pipeline.data_dir)
    days = [datetime(2026, 11, day, 3, 37, tzinfo=UTC) for day in (25, 26)]
    older, newer = (back_up(folders, day) for day in days)
    older.path.write_bytes(b"no database")
    assert run(trial, "restore") == ""
    assert capsys.readouterr().out.splitlines() == [
        "UTC                         MB      orders  backup",
        f"2026-11-26 03:37:00  {newer.bytes / 1e6:>9.1f}           7  {newer.path}",
        f"2026-11-25 03:37:00        0.0  unreadable  {older.path}",
        "Restore one: make restore FROM=<backup>",
    ]


def test_a_restore_brings_back_database_and_files_and_says_what_comes_next(
    trial: SyncedShop, capsys: Printed
) -> None:
    backup = back_up(Folders(trial.pipeline.data_dir), datetime(2026, 11, 26, 3, 37, tzinfo=UTC))
    files, figures = trial.csv("orders"), trial.summary()
    trial.shop.delete("orders", trial.shop.records("orders")[6])
    trial.sync(full_sync=True)
    assert trial.csv("orders") != files
    assert run(trial, "redact", str(PERSON_ID), f"{order_id(4)} {order_id(5)}") == ""
    capsys.readouterr()
    assert run(trial, "restore", backup.path.name) == ""
    assert [line for line in capsys.readouterr().out.splitlines() if "[info" not in line] == [
        "Restored: 7 orders, as the store had them at 2026-11-22T11:59:30Z",
        "The next sync fetches what has changed since, and finds what was deleted since",
        "Redacted again, as since the backup: customers 2",
    ]
    assert {row["order_id"] for row in trial.csv("orders")} == {row["order_id"] for row in files}
    assert trial.summary() == figures
    backup.path.unlink()
    assert found(trial) == set()


def test_a_new_stores_way_is_cleared_and_it_is_said_where_the_old_data_is(
    trial: SyncedShop, capsys: Printed
) -> None:
    capsys.readouterr()
    assert run(trial, "new-store") == ""
    data_dir = trial.pipeline.data_dir
    (moved,) = data_dir.glob("kiln-and-co.myshopify.com-*")
    assert capsys.readouterr().out.splitlines()[-2:] == [
        (f"Moved to {moved}: database, CSV files, summary and staging. Backups stay in {data_dir}/backups"),
        "The next sync reads everything of the store that the connection names",
    ]
    assert run(trial, "rebuild") == (
        f"There is no database at {data_dir}/shopify_data.db yet: sync first, or set analytics_data_dir"
    )
    assert run(trial, "new-store") == ""
    assert capsys.readouterr().out == f"There is no store's data in {data_dir}: nothing to move\n"


def test_the_status_is_a_command_too(trial: SyncedShop, capsys: Printed) -> None:
    capsys.readouterr()
    with trial.pipeline.environment():
        assert database_commands.main(["status"]) == 0
    assert capsys.readouterr().out.startswith("All is well: data ")
