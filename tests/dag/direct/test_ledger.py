"""What the ledger, the run log and the staging tell of runs that were lost, lose rows or fail late."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from shopify_analytics.database import AGGREGATES_STALE, connect, set_metadata
from shopify_analytics.entities import ENTITIES
from shopify_analytics.ledger import Try, begin_try, open_run

from tests.dag.equality import assert_equal_to_store
from tests.dag.running import Sync
from tests.dag.shop import Shop

MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_staging_is_cleaned_up_after_a_good_run(sync: Sync) -> None:
    assert sync.staged() == []
    sync.run()
    assert sync.staged() == []


def test_a_run_that_was_left_open_is_closed_by_the_next(sync: Sync) -> None:
    lost = "manual__2026-11-22T09:00:00+00:00"
    with connect(sync.data_dir / "shopify_data.db") as db:
        open_run(db, lost, full_sync=True)
        begin_try(db, Try(lost, "fetch_orders", 1))
    run = sync.run()
    (left,) = sync.select("SELECT * FROM sync_runs WHERE run_id = ?", lost)
    assert left["status"] == "interrupted"
    assert MOMENT.fullmatch(left["finished_at"])
    (attempt,) = sync.select("SELECT state, finished_at FROM task_attempts WHERE run_id = ?", lost)
    assert attempt["state"] == "killed"
    assert MOMENT.fullmatch(attempt["finished_at"])
    log = Path(left["log_file"]).read_text(encoding="utf-8")
    assert log.startswith("Shopify sync: interrupted\n")
    assert "  fetch_orders, try 1 (killed): ended without a word" in log.splitlines()
    assert sync.ledger(run)["status"] == "success"
    assert left["log_file"] != sync.ledger(run)["log_file"]


def test_a_row_that_is_lost_is_a_red_run_with_all_its_files_and_is_found_by_the_next(
    sync: Sync, shop: Shop
) -> None:
    order = next(order for order in shop.records("orders") if not order["test"])
    with connect(sync.data_dir / "shopify_data.db") as db:
        for table in ENTITIES["orders"].tables:
            of_order = "id" if table == "orders" else "order_id"
            db.execute(f"DELETE FROM {table} WHERE {of_order} = ?", (order["id"],))
        set_metadata(db, AGGREGATES_STALE, "1")
    shop.save("customers", shop.records("customers")[0], tags="new")
    run = sync.run()
    assert run.failed == ["reconcile", "report_run"]
    failed = [attempt for attempt in sync.attempts(run) if attempt[2] == "failed"]
    assert failed == [("reconcile", 1, "failed"), ("report_run", 1, "failed")]
    orders = len(shop.store.ids("orders"))
    assert f" nothing explains it: 1 of {orders} orders. What was read is loaded." in sync.reason(
        run, "reconcile"
    )
    assert sync.ledger(run)["status"] == "failed"
    assert run.returned["export_csv"]["customers.csv"]["state"] == "written"
    assert f"{orders} in the store, {orders - 1} here: 1 missing" in sync.run_log(run)
    shop.clock.advance(timedelta(minutes=10))
    run = sync.run()
    assert (run.state, run.changes["orders"]) == ("success", {"inserted": 1})
    assert run.returned["report_run"].startswith("orders +1, ")
    assert ", reconciled, " in run.returned["report_run"]
    assert_equal_to_store(shop.store, sync.data_dir)


def test_a_task_that_fails_after_the_load_is_named_and_costs_no_data(sync: Sync, shop: Shop) -> None:
    shop.live(hours=1)
    (sync.data_dir / "orders.csv").unlink()
    (sync.data_dir / "orders.csv").mkdir()
    run = sync.run()
    assert run.failed == ["export_csv", "report_run"]
    assert set(sync.watermarks().values()) == {"2026-11-22T13:00:30Z"}
    (sync.data_dir / "orders.csv").rmdir()
    assert sync.run().state == "success"
    assert {path.name for path in sync.data_dir.glob("*.csv")} >= {"orders.csv"}
