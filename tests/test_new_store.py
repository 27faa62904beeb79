"""From one store to the next: the old one's data moves away as a whole, and two never mix."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from demo_store.retail.records import SHOP as RETAIL_SHOP
from demo_store.shop.profile import shop_record
from demo_store.state import Store
from shopify_analytics import new_store
from shopify_analytics.backup import back_up
from shopify_analytics.config import Folders
from shopify_analytics.database import connect, is_absent, read_only
from shopify_analytics.errors import SettingsError, SyncError, SyncGoingOn
from shopify_analytics.new_store import DEMO_STORES, move_demo_data, move_old_store
from shopify_analytics.restore import restore

from tests.demo_store.records import SHOP, customer, order, product
from tests.faults.on_disk import content
from tests.faults.shops import SyncedShop, serving
from tests.pipeline import connection_to

NONE = timedelta(0)


def opened(folder: Path, shop: dict[str, object], first: int) -> Store:
    folder.mkdir(exist_ok=True)
    store = Store.create(folder / "store.db", shop)
    store.put("products", [product(first)])
    store.put("customers", [customer(first)])
    store.put("orders", [order(first)])
    return store


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[SyncedShop]:
    """The demo store, synced."""
    store = opened(tmp_path / "demo", shop_record("2026-01-01T00:00:00+01:00"), 1)
    with serving(store, tmp_path / "sync") as trial:
        trial.sync()
        yield trial
    store.close()


@pytest.fixture
def real(tmp_path: Path) -> Iterator[SyncedShop]:
    """A real store, to be synced into the same folder."""
    store = opened(tmp_path / "real", SHOP, 50)
    with serving(store, tmp_path / "sync") as trial:
        trial.runs = 100
        yield trial
    store.close()


def folders(trial: SyncedShop) -> Folders:
    return Folders(trial.pipeline.data_dir, trial.pipeline.log_dir)


def test_the_demo_stores_are_known_by_their_domains() -> None:
    shops = (shop_record("2026-01-01T00:00:00+01:00"), RETAIL_SHOP)
    assert tuple(shop["myshopify_domain"] for shop in shops) == DEMO_STORES


def test_the_old_stores_data_moves_as_a_whole_and_the_next_sync_is_the_new_stores(
    demo: SyncedShop, real: SyncedShop
) -> None:
    before, data_dir = content(demo.pipeline.data_dir), demo.pipeline.data_dir
    backup = back_up(folders(demo), datetime.now(UTC)).path
    (data_dir / "demo_store.db").write_text("the demo store's own")
    (data_dir / "mine.csv").write_text("a person's own")
    left = data_dir / "staging" / "left over" / "orders"
    left.mkdir(parents=True)

    moved = move_old_store(folders(demo), patience=NONE)
    assert moved is not None
    assert moved.parent == data_dir
    assert re.fullmatch(r"demo-\d{8}T\d{6}Z", moved.name)
    assert content(moved) | {"files": None} == before | {"files": None}
    assert content(moved)["files"] == before["files"]
    assert (moved / "staging" / "left over" / "orders").is_dir()
    assert is_absent(folders(demo).database)
    assert {path.name for path in data_dir.iterdir()} - {"shopify_data.db-wal", "shopify_data.db-shm"} == {
        *(moved.name, "backups", "shopify_data.db", "demo_store.db", "mine.csv", "staging")
    }
    assert backup.exists()

    real.sync()
    real.assert_equal()
    assert content(moved)["tables"] == before["tables"]


def test_what_was_moved_can_be_brought_back(demo: SyncedShop, real: SyncedShop, tmp_path: Path) -> None:
    moved = move_old_store(folders(demo), patience=NONE)
    assert moved is not None
    real.sync()
    assert move_old_store(folders(demo), patience=NONE) is not None
    (tmp_path / "workspace").mkdir()
    restore(folders(demo), moved / "shopify_data.db", tmp_path / "workspace")
    demo.sync()
    demo.assert_equal()


def test_where_there_is_no_stores_data_there_is_nothing_to_move(demo: SyncedShop, tmp_path: Path) -> None:
    assert move_old_store(Folders(tmp_path / "nowhere"), patience=NONE) is None
    assert not (tmp_path / "nowhere").exists()
    assert move_old_store(folders(demo), patience=NONE) is not None
    assert move_old_store(folders(demo), patience=NONE) is None
    assert len(list(demo.pipeline.data_dir.glob("*/shopify_data.db"))) == 1


def test_a_database_that_no_store_has_filled_stays(tmp_path: Path) -> None:
    empty = Folders(tmp_path)
    with connect(empty.database):
        pass
    assert move_old_store(empty, patience=NONE) is None
    assert not is_absent(empty.database)


def test_it_refuses_while_a_sync_goes_on(demo: SyncedShop) -> None:
    demo.begin().go_on_to("load_sqlite")
    with pytest.raises(SyncGoingOn, match="The run run-2 is going on: wait until it has ended"):
        move_old_store(folders(demo), patience=NONE)
    assert not list(demo.pipeline.data_dir.glob("demo-*"))


def test_it_waits_for_a_sync_to_end(demo: SyncedShop) -> None:
    run = demo.begin().go_on_to("load_sqlite")
    moved: list[Path | None] = []
    mover = threading.Thread(
        target=lambda: moved.append(move_old_store(folders(demo), patience=timedelta(seconds=60)))
    )
    mover.start()
    time.sleep(0.2)
    run.go_on()
    mover.join()
    assert run.succeeded
    (folder,) = moved
    assert folder is not None
    with read_only(folder / "shopify_data.db") as db:
        assert db.execute("SELECT status FROM sync_runs WHERE run_id = 'run-2'").fetchall() == [("success",)]


@pytest.mark.parametrize("host", ["your-store", "your-store.myshopify.com", "http://127.0.0.1:1"])
def test_demo_data_moves_when_another_store_is_named(demo: SyncedShop, host: str) -> None:
    moved = move_demo_data(folders(demo), host)
    assert moved is not None
    assert moved.name.startswith("demo-")
    assert move_demo_data(folders(demo), host) is None


def test_demo_data_stays_when_the_demo_store_is_named(demo: SyncedShop) -> None:
    assert move_demo_data(folders(demo), demo.server.url) is None
    assert move_demo_data(folders(demo), "kiln-and-linen-demo") is None
    demo.sync()
    demo.assert_equal()


def test_a_real_stores_data_never_moves_by_itself(real: SyncedShop) -> None:
    real.sync()
    assert move_demo_data(folders(real), "another-store") is None
    real.assert_equal()


def test_where_nothing_is_or_something_else_no_demo_data_moves(tmp_path: Path) -> None:
    nothing = Folders(tmp_path)
    assert move_demo_data(nothing, "your-store") is None
    nothing.database.write_text("no database")
    assert move_demo_data(nothing, "your-store") is None
    nothing.database.unlink()
    with closing(sqlite3.connect(nothing.database)) as db:
        db.execute("CREATE TABLE other (id)")
    assert move_demo_data(nothing, "your-store") is None


def test_a_host_that_names_no_store_is_refused(demo: SyncedShop) -> None:
    with pytest.raises(SettingsError, match="Set it to your-store"):
        move_demo_data(folders(demo), "your store!")


def test_a_killed_demo_sync_does_not_keep_the_demo_data_and_one_that_lives_loads_nothing(
    demo: SyncedShop, real: SyncedShop
) -> None:
    run = demo.begin(full_sync=True).go_on_to("load_sqlite")
    assert move_demo_data(folders(demo), "your-store", patience=NONE) is not None
    run.go_on()
    assert run.failed == ["load_sqlite", "report_run"]
    real.sync()
    real.assert_equal()


def test_what_is_cut_short_is_done_by_a_second_call(
    demo: SyncedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_short(*_: object) -> None:
        raise KeyboardInterrupt

    before = content(demo.pipeline.data_dir)
    for step in ("_move_files", "_empty"):
        with monkeypatch.context() as patch:
            patch.setattr(new_store, step, cut_short)
            with pytest.raises(KeyboardInterrupt):
                move_old_store(folders(demo), patience=NONE)
    assert content(demo.pipeline.data_dir)["tables"] == before["tables"]
    moved = move_old_store(folders(demo), patience=NONE)
    assert moved is not None
    assert list(demo.pipeline.data_dir.glob("demo-*")) == [moved]
    assert content(moved) == before
    assert is_absent(folders(demo).database)


def test_a_folder_that_cannot_be_written_is_one_sentence(demo: SyncedShop) -> None:
    blocked = replace(folders(demo), data_dir=demo.pipeline.data_dir)
    name = f"demo-{datetime.now(UTC):%Y}"
    with connect(blocked.database) as db:
        db.execute("INSERT INTO metadata VALUES ('moving_to', ?, '')", (name,))
    (blocked.data_dir / name).write_text("a file in the way")
    with pytest.raises(SyncError, match="Cannot write"):
        move_old_store(blocked, patience=NONE)
    demo.sync()
    demo.assert_equal()


def test_the_connection_then_leads_to_the_new_store_in_the_same_folder(
    demo: SyncedShop, real: SyncedShop
) -> None:
    refused = demo.begin()
    refused.pipeline = replace(refused.pipeline, connection=connection_to(real.server))
    assert "make new-store" in refused.go_on().reasons["plan_sync"]
    assert move_old_store(folders(demo), patience=NONE) is not None
    real.sync()
    real.assert_equal()
