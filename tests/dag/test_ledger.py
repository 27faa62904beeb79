"""What is left of a run for its operator: the ledger, the run log and the line that report_run returns."""

from __future__ import annotations

import json
import re

from demo_store.api.server import DemoServer

from tests.dag.running import OPTIONAL, TASKS, Sync
from tests.dag.shop import Shop

MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_a_good_run_is_entered_in_the_ledger(sync: Sync, shop: Shop) -> None:
    shop.live(hours=7)
    run = sync.run({"full_sync": True})
    ledger = sync.ledger(run)
    assert (ledger["status"], ledger["full_sync"]) == ("success", 1)
    assert MOMENT.fullmatch(ledger["started_at"])
    assert MOMENT.fullmatch(ledger["finished_at"])
    assert json.loads(ledger["rows"]) == run.returned["load_sqlite"]
    assert json.loads(ledger["windows"]) == run.returned["plan_sync"]
    (warning,) = json.loads(ledger["warnings"])
    assert warning.startswith("Shopify calls /admin/api/2026-10/products.json deprecated: ")
    states = dict.fromkeys(TASKS, "success") | dict.fromkeys(OPTIONAL, "skipped")
    assert sorted(sync.attempts(run)) == sorted((task_id, 1, state) for task_id, state in states.items())
    calls = sync.select(
        "SELECT task_id, api_calls FROM task_attempts WHERE run_id = ? AND api_calls > 0 ORDER BY task_id",
        run.run_id,
    )
    assert {row["task_id"]: row["api_calls"] for row in calls} == {
        "fetch_customers": 2,
        "fetch_orders": 3,
        "fetch_products": 2,
        "plan_sync": 2,
        "reconcile": 3,
    }


def test_the_report_returns_one_line_about_the_run(sync: Sync, shop: Shop) -> None:
    order = next(
        order for order in shop.records("orders") if len(order["line_items"]) == 2 and not order["refunds"]
    )
    first = order["line_items"][0]
    shop.save("orders", order, refunds=[shop.refund(first, 1.0)], line_items=[first])
    product = next(product for product in shop.records("products") if len(product["variants"]) == 3)
    lines = (line for order in shop.records("orders") for line in order["line_items"])
    sold = sum(line["product_id"] == product["id"] for line in lines)
    shop.delete("products", product)
    assert sync.run().returned["report_run"] == (
        f"products -1, product_variants -3, orders ~1, line_items ~{sold} -1, refunds +1, "
        "refund_line_items +1, reconciled, 13 API calls, 0 refused"
    )


def test_the_run_log_tells_what_the_run_did(sync: Sync) -> None:
    run = sync.run()
    (path,) = [path for path in sync.log_dir.iterdir() if run.run_id in path.read_text(encoding="utf-8")]
    assert re.fullmatch(r"shopify_sync_\d{8}_\d{6}\.log", path.name)
    assert str(path) == sync.ledger(run)["log_file"]
    assert path.stem.removeprefix("shopify_sync_") == re.sub(
        r"[-:Z]", "", sync.ledger(run)["started_at"]
    ).replace("T", "_")
    log = path.read_text(encoding="utf-8")
    assert log.startswith("Shopify sync: success\nnothing changed, reconciled, 12 API calls, 0 refused\n")
    titles = [
        line for line in log.splitlines() if line and not line.startswith(" ") and len(line.split()) < 3
    ]
    assert titles[-6:] == ["Warnings", "Tasks", "Fetched", "Loaded", "Files", "Key figures"]
    assert "\nReconciled with the store\n  products " in log
    for line in (
        f"Run        {run.run_id}",
        "Kind       what changed since the last sync",
        f"Started    {sync.ledger(run)['started_at']}",
    ):
        assert line in log.splitlines()
    for task_id in TASKS[:-1]:
        state = "skipped" if task_id in OPTIONAL else "success"
        assert re.search(rf"^  {task_id} +{state} +\d+\.\d s   1 try$", log, re.MULTILINE)
    assert "changed from 2026-11-22T11:49:30Z to 2026-11-22T11:59:30Z" in log
    assert re.search(
        rf"^  orders\.csv +{re.escape(str(sync.data_dir))}/orders\.csv, 291 rows, unchanged$",
        log,
        re.MULTILINE,
    )
    assert re.search(r"^  Total orders +287$", log, re.MULTILINE)


def test_the_ledger_keeps_every_try_and_its_reason(sync: Sync, server: DemoServer) -> None:
    server.faults.storm, server.faults.storm_answers = "429", 5
    run = sync.run()
    query = """
        SELECT try_number, state, reason, api_refused
        FROM task_attempts
        WHERE run_id = ? AND task_id = 'plan_sync'
        ORDER BY try_number
        """
    refused = (
        f"{server.url} answered 429 to GET /admin/api/2026-10/shop.json: "
        "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service. "
        "Run fewer syncs at once with connection 'shopify_default', or wait."
    )
    assert sync.select(query, run.run_id) == [
        {"try_number": 1, "state": "up_for_retry", "reason": refused, "api_refused": 5},
        {"try_number": 2, "state": "success", "reason": None, "api_refused": 0},
    ]
    assert run.state == "success"
    assert f"plan_sync, try 1 (up_for_retry): {refused}" in sync.run_log(run)
    assert run.returned["report_run"] == "nothing changed, reconciled, 17 API calls, 5 refused"
