"""A backup put in place of the database: all or nothing, and the next sync makes it what the store holds."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from demo_store.state import Store
from shopify_analytics.backup import back_up, write_copy
from shopify_analytics.config import Folders
from shopify_analytics.database import connect, migrations, read_only
from shopify_analytics.errors import DatabaseRefused, SyncError, SyncGoingOn
from shopify_analytics.redaction import redact_customer
from shopify_analytics.restore import Restored, find, restore

from tests import planted
from tests.damaging import damage
from tests.demo_store.records import product
from tests.faults.on_disk import database_content, is_unlocked
from tests.faults.shops import SyncedShop, serving
from tests.planted import PERSON_ID, PLANTED, found_in, order_id

AT = datetime(2026, 11, 26, 3, 37, tzinfo=UTC)


@pytest.fixture
def trial(store: Store, tmp_path: Path) -> Iterator[SyncedShop]:
    """The planted shop after its first sync."""
    store.put("products", planted.products())
    store.put("customers", planted.customers())
    store.put("orders", [complete(order) for order in planted.orders()])
    with serving(store, tmp_path / "sync") as trial:
        trial.sync()
        yield trial


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder for what is only needed meanwhile."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


def complete(order: dict[str, Any]) -> dict[str, Any]:
    """The order with all that Shopify sends of refunds, which the oracle reads."""
    parts: dict[str, Any] = {"processed_at": None, "refund_shipping_lines": [], "order_adjustments": []}
    for refund in order["refunds"]:
        refund.update(parts)
        for returned in refund["refund_line_items"]:
            returned.setdefault("restock_type", "return")
    return order


def folders(trial: SyncedShop) -> Folders:
    return Folders(trial.pipeline.data_dir, trial.pipeline.log_dir)


def backed_up(trial: SyncedShop) -> Path:
    return back_up(folders(trial), AT).path


def refusal(trial: SyncedShop, backup: Path, workspace: Path) -> str:
    """Why a backup is refused; the database stays as it is."""
    before = database_content(trial.pipeline.data_dir)
    with pytest.raises(SyncError) as error:
        restore(folders(trial), backup, workspace)
    assert database_content(trial.pipeline.data_dir) == before
    return str(error.value)


def test_the_database_is_what_it_was_and_the_next_sync_makes_it_what_the_store_holds(
    trial: SyncedShop, workspace: Path
) -> None:
    before, backup = database_content(trial.pipeline.data_dir), backed_up(trial)
    trial.shop.save("products", trial.shop.records("products")[0], title="renamed")
    trial.shop.delete("orders", trial.shop.records("orders")[5])
    trial.shop.delete("products", trial.shop.records("products")[6])
    trial.shop.save("products", product(20))
    trial.sync(full_sync=True)
    assert database_content(trial.pipeline.data_dir) != before

    restored = restore(folders(trial), backup, workspace)
    assert restored == Restored(7, "2026-11-22T11:59:30Z", 0, None)
    assert database_content(trial.pipeline.data_dir) == before
    assert is_unlocked(trial.pipeline.database)
    trial.sync()
    trial.assert_equal()


def test_readers_go_on_with_the_old_database_until_they_look_anew(trial: SyncedShop, workspace: Path) -> None:
    backup = backed_up(trial)
    trial.shop.delete("orders", trial.shop.records("orders")[5])
    trial.sync(full_sync=True)
    live = "SELECT count(*) FROM orders WHERE deleted_at IS NULL"
    with read_only(trial.pipeline.database) as reader:
        reader.execute("BEGIN")
        assert reader.execute(live).fetchone() == (6,)
        restore(folders(trial), backup, workspace)
        assert reader.execute(live).fetchone() == (6,)
        reader.execute("COMMIT")
        assert reader.execute(live).fetchone() == (7,)


def test_a_backup_is_found_by_its_name(trial: SyncedShop) -> None:
    backup = backed_up(trial)
    assert find(folders(trial), backup.name) == find(folders(trial), str(backup)) == backup
    with pytest.raises(DatabaseRefused) as error:
        find(folders(trial), "shopify_data-20200101_000000.db")
    assert str(error.value) == (
        "There is no backup shopify_data-20200101_000000.db: make restore lists those that there are"
    )


def test_a_run_that_was_going_on_when_it_was_backed_up_has_ended(trial: SyncedShop, workspace: Path) -> None:
    trial.begin().go_on_to("load_sqlite")
    backup = backed_up(trial)
    trial.sync()
    restore(folders(trial), backup, workspace)
    assert trial.select("SELECT run_id, status FROM sync_runs ORDER BY run_id") == [
        ("run-1", "success"),
        ("run-2", "interrupted"),
    ]
    assert trial.select("SELECT 1 FROM task_attempts WHERE state = 'running'") == []


def test_it_waits_for_no_sync(trial: SyncedShop, workspace: Path) -> None:
    backup = backed_up(trial)
    trial.begin().go_on_to("load_sqlite")
    with pytest.raises(SyncGoingOn) as error:
        restore(folders(trial), backup, workspace)
    assert str(error.value) == (
        "The run run-2 is going on: wait until it has ended, then do this again. If it was killed, the next "
        "sync closes it"
    )


def test_a_sync_that_was_planned_before_loads_nothing_into_what_was_restored(
    trial: SyncedShop, workspace: Path
) -> None:
    backup = backed_up(trial)
    trial.shop.live(hours=2)
    trial.sync()
    late = trial.begin().go_on_to("load_sqlite")
    with connect(trial.pipeline.database) as db:
        db.execute("UPDATE sync_runs SET status = 'interrupted' WHERE status = 'running'")
    trial.shop.save("products", trial.shop.records("products")[0], title="renamed")
    restore(folders(trial), backup, workspace)
    late.go_on()
    assert "the database was restored or made anew meanwhile" in late.reasons["load_sqlite"]
    trial.sync()
    trial.assert_equal()


def test_a_damaged_database_is_moved_aside_and_redactions_cannot_be_told(
    trial: SyncedShop, workspace: Path
) -> None:
    before, backup = database_content(trial.pipeline.data_dir), backed_up(trial)
    damage(trial.pipeline.database)
    broken = trial.pipeline.database.read_bytes()
    restored = restore(folders(trial), backup, workspace)
    assert restored.damaged is not None
    assert restored.damaged.name.startswith("shopify_data.db.damaged-2")
    assert restored.damaged.read_bytes() == broken
    assert restored.redacted is None
    assert database_content(trial.pipeline.data_dir) == before
    trial.sync()
    trial.assert_equal()


@pytest.mark.parametrize("live", ["nothing", "an empty file", "no database"])
def test_it_restores_where_no_database_is(trial: SyncedShop, workspace: Path, live: str) -> None:
    before, backup = database_content(trial.pipeline.data_dir), backed_up(trial)
    for file in trial.pipeline.data_dir.glob("shopify_data.db*"):
        file.unlink()
    if live != "nothing":
        trial.pipeline.database.write_text("" if live == "an empty file" else "not a database at all")
    restored = restore(folders(trial), backup, workspace)
    assert (restored.orders, restored.damaged is None) == (7, live != "no database")
    assert database_content(trial.pipeline.data_dir) == before


def test_a_damaged_backup_is_refused(trial: SyncedShop, workspace: Path) -> None:
    backup = backed_up(trial)
    damage(backup)
    assert refusal(trial, backup, workspace).startswith(f"{backup} is ")
    backup.write_text("no database", encoding="utf-8")
    assert refusal(trial, backup, workspace) == (
        f"{backup} is no usable backup (file is not a database): take another one. Nothing was changed"
    )


def test_a_backup_of_a_newer_version_is_refused(trial: SyncedShop, workspace: Path) -> None:
    backup, newer = backed_up(trial), len(migrations()) + 1
    with closing(sqlite3.connect(backup)) as db, db:
        db.execute("UPDATE metadata SET value = ? WHERE key = 'schema_version'", (newer,))
    assert refusal(trial, backup, workspace) == (
        f"{backup} has schema version {newer}, this project knows {newer - 1}: update the project, or "
        "restore an older backup"
    )


def test_a_backup_of_another_store_is_refused(trial: SyncedShop, workspace: Path) -> None:
    backup = backed_up(trial)
    with connect(trial.pipeline.database) as db:
        db.execute("UPDATE metadata SET value = 'other.myshopify.com' WHERE key = 'shop.domain'")
    assert refusal(trial, backup, workspace) == (
        f"{backup} holds the store kiln-and-co.myshopify.com, the database that of other.myshopify.com: make "
        "new-store moves the database away, then do this again. Nothing was changed"
    )


def test_who_was_redacted_since_is_redacted_again(trial: SyncedShop, workspace: Path, tmp_path: Path) -> None:
    backup = backed_up(trial)
    guests = [order_id(4), order_id(5)]
    with connect(trial.pipeline.database) as db:
        redact_customer(db, (), workspace, PERSON_ID, guests)
    redacted = trial.select("SELECT order_id, buyer_id FROM redacted_orders ORDER BY order_id")
    figures = trial.select("SELECT * FROM daily_sales")

    restored = restore(folders(trial), backup, workspace)
    assert (restored.redacted, restored.orders) == (2, 7)
    assert trial.select("SELECT order_id, buyer_id FROM redacted_orders ORDER BY order_id") == redacted
    assert trial.select("SELECT * FROM daily_sales") == figures
    copy = tmp_path / "copy.db"
    write_copy(trial.pipeline.database, copy)
    assert found_in(copy.read_bytes(), trial.pipeline.database.read_bytes()) == set()
    assert found_in(backup.read_bytes()) == PLANTED - planted.RAW


def test_a_redaction_of_before_the_backup_needs_no_other(trial: SyncedShop, workspace: Path) -> None:
    with connect(trial.pipeline.database) as db:
        redact_customer(db, (), workspace, PERSON_ID, [order_id(4), order_id(5)])
    backup = backed_up(trial)
    assert restore(folders(trial), backup, workspace).redacted == 0


def test_a_full_disk_leaves_the_database_as_it_was(
    trial: SyncedShop, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = backed_up(trial)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 5000, 5000))
    assert "has 0.0 MB free, a copy of the database needs" in refusal(trial, backup, workspace)
