"""Whole syncs whose pages wait in a bucket, and whose fetches run on machines without the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from demo_store.clock import ManualClock
from demo_store.shop.life import open_shop
from shopify_analytics.database import connect
from shopify_analytics.errors import StagingRefused
from shopify_analytics.handover import known
from shopify_analytics.places import place
from shopify_analytics.staging import run_folder

from tests.faults.on_disk import content, leftovers
from tests.faults.shops import NOW, SyncedShop, Syncs, copy_of, serving
from tests.gcs import Gcs, serving_gcs
from tests.pipeline import FETCHES, Pipeline, Run


@pytest.fixture(scope="module")
def opened_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a shop with some 40 orders."""
    path = tmp_path_factory.mktemp("shop") / "store.db"
    open_shop(path, orders=40, months=2, now=NOW).close()
    return path


@pytest.fixture
def gcs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gcs]:
    with serving_gcs() as gcs:
        for name, value in gcs.environment.items():
            monkeypatch.setenv(name, value)
        yield gcs


@dataclass
class Apart(Syncs):
    """Syncs whose fetches run where ``elsewhere`` is the data folder, in which there is no database."""

    elsewhere: Pipeline | None = None

    def fetch_elsewhere(self, *, full_sync: bool = False) -> Run:
        """A run that has planned here and fetched elsewhere."""
        run = self.begin(full_sync=full_sync)
        run.perform("plan_sync")
        assert self.elsewhere
        run.pipeline = self.elsewhere
        for task_id in FETCHES:
            run.perform(task_id)
        run.pipeline = self.pipeline
        return run


@pytest.fixture
def shop(opened_shop: Path, tmp_path: Path) -> Iterator[SyncedShop]:
    """The shop, synced with staging in the data folder."""
    store = copy_of(opened_shop, tmp_path)
    with serving(store, tmp_path / "local", clock=ManualClock(NOW), shopify_page_size="9") as shop:
        yield shop
    store.close()


@pytest.fixture
def apart(shop: SyncedShop, gcs: Gcs, tmp_path: Path) -> Apart:
    """The same shop, synced through the bucket."""
    variables = shop.pipeline.variables | {"analytics_staging_url": gcs.url}
    here, elsewhere = (
        Pipeline(tmp_path / name, shop.pipeline.connection, variables) for name in ("here", "elsewhere")
    )
    return Apart(here, elsewhere=elsewhere)


def live_on(shop: SyncedShop) -> None:
    """Orders come, a product and a customer go."""
    shop.shop.live(hours=30)
    for entity in ("products", "customers"):
        shop.shop.delete(entity, shop.shop.records(entity)[3])


def told(syncs: Syncs, run: Run) -> str:
    """What the run log says of what was fetched."""
    _, title, after = syncs.run_log(run).partition("\nFetched\n")
    assert title
    return after.partition("\n\n")[0]


def ledger(syncs: Syncs) -> list[tuple[str, ...]]:
    """What the ledger has of the fetches."""
    query = """
        SELECT run_id, task_id, try_number, state, reason, json_remove(result, '$.path'), warnings, api_calls
        FROM task_attempts WHERE task_id LIKE 'fetch_%' ORDER BY run_id, task_id, try_number
        """
    return syncs.select(query)


def test_a_bucket_changes_nothing_about_a_full_sync_and_an_increment(
    shop: SyncedShop, apart: Apart, gcs: Gcs
) -> None:
    for change in (lambda: None, lambda: live_on(shop)):
        change()
        run = shop.sync()
        assert apart.sync().returned["load_sqlite"] == run.returned["load_sqlite"]
        assert content(apart.pipeline.data_dir) == content(shop.pipeline.data_dir)
        assert (gcs.names(), leftovers(apart.pipeline.data_dir)) == ([], [])
    shop.assert_equal()


def test_fetches_on_machines_without_the_database_change_nothing_either(
    shop: SyncedShop, apart: Apart, gcs: Gcs
) -> None:
    for change in (lambda: None, lambda: live_on(shop)):
        change()
        run, fetched = shop.sync(), apart.fetch_elsewhere()
        assert fetched.go_on().reasons == {}
        assert fetched.returned["fetch_orders"]["path"] == f"{gcs.url}/{fetched.run_id}/orders"
        assert content(apart.pipeline.data_dir) == content(shop.pipeline.data_dir)
        assert told(apart, fetched) == told(shop, run)
    assert ledger(apart) == ledger(shop)
    assert gcs.names() == []
    assert apart.elsewhere
    assert not apart.elsewhere.folder.exists()


def test_a_full_sync_finds_elsewhere_what_the_store_has_lost(shop: SyncedShop, apart: Apart) -> None:
    apart.sync()
    order = shop.shop.records("orders")[2]
    shop.shop.delete("orders", order)
    run = apart.fetch_elsewhere(full_sync=True).go_on()
    assert run.reasons == {}
    assert list(apart.deleted("orders")) == [order["id"]]


def test_a_try_that_fails_elsewhere_is_in_the_ledger_and_the_next_goes_on(
    shop: SyncedShop, apart: Apart, gcs: Gcs
) -> None:
    def fail(method: str, name: str) -> int:
        return 403 * (method == "POST" and name.endswith("orders/000002.ndjson.gz"))

    gcs.fault = fail
    run = apart.fetch_elsewhere()
    assert (run.failed, dict(run.tries)["fetch_orders"]) == (["fetch_orders"], 1)
    gcs.fault = lambda _method, _name: 0
    run.perform("report_run")
    reason = run.reasons["fetch_orders"]
    assert reason.startswith(f"Cannot use {gcs.url}/run-1/orders/000002.ndjson.gz (OSError: Forbidden:")
    assert ("fetch_orders", 1, "failed", reason) in [entry[1:5] for entry in ledger(apart)]
    assert f"fetch_orders, try 1 (failed): {reason}" in apart.run_log(run)
    assert f"{gcs.url}/{run.run_id}, kept until a run succeeds" in apart.run_log(run)

    before = shop.asked("orders")
    again = apart.fetch_elsewhere()
    assert again.go_on().reasons == {}
    assert shop.asked("orders") > before
    assert gcs.names() == []


def test_a_task_that_needs_the_database_makes_no_new_one(shop: SyncedShop, apart: Apart) -> None:
    run = apart.fetch_elsewhere()
    assert apart.elsewhere
    run.pipeline = apart.elsewhere
    run.perform("load_sqlite")
    assert run.reasons["load_sqlite"] == (
        f"There is no database {apart.elsewhere.database} on this machine: let only workers that share the "
        "data folder take tasks of the queue sqlite; if it was moved away meanwhile, clear the run from "
        "plan_sync"
    )
    assert not apart.elsewhere.database.exists()


def test_without_a_bucket_a_fetch_needs_the_data_folder(shop: SyncedShop, tmp_path: Path) -> None:
    run = shop.begin()
    run.perform("plan_sync")
    run.pipeline = Pipeline(tmp_path / "elsewhere", shop.pipeline.connection)
    run.perform("fetch_orders")
    assert run.reasons["fetch_orders"] == (
        f"This machine has no database, and there is no {tmp_path}/elsewhere/data/staging/run-1/known.db.gz: "
        "clear the run from plan_sync; if fetches are to run without the data folder, set the Variable "
        "analytics_staging_url"
    )


def test_a_bucket_out_of_reach_does_not_keep_a_run_from_being_closed(apart: Apart, gcs: Gcs) -> None:
    run = apart.fetch_elsewhere()
    gcs.buckets, gcs.fault = {}, lambda _method, _name: 403
    run.perform("load_sqlite")
    run.perform("report_run")
    assert run.failed == ["load_sqlite", "report_run"]
    assert apart.select("SELECT status FROM sync_runs") == [("failed",)]


def test_ids_times_and_whose_store_it_is_are_handed_over(apart: Apart, gcs: Gcs) -> None:
    apart.sync()
    apart.begin().perform("plan_sync")
    with connect(apart.pipeline.database) as db, known(run_folder(place(gcs.url), "run-2")) as copy:
        for entity in ("products", "customers", "orders"):
            query = f"SELECT id, created_at, updated_at, deleted_at FROM {entity}"
            assert copy.execute(f"SELECT * FROM {entity}").fetchall() == db.execute(query).fetchall()
        metadata = db.execute("SELECT key, value FROM metadata").fetchall()
        assert copy.execute("SELECT * FROM metadata").fetchall() == metadata
    with pytest.raises(StagingRefused, match="This machine has no database"), known(place(gcs.url) / "run-1"):
        pass
