"""What a run that cannot do its work leaves as it was, and what it says."""

from __future__ import annotations

from typing import Any

from tests.dag.equality import assert_equal_to_store
from tests.dag.running import TASKS, Run, Sync
from tests.dag.shop import Shop

FETCHES = ("fetch_products", "fetch_customers", "fetch_orders")
API = "/admin/api/2026-10"
SHOP_PATH, ORDERS_PATH = f"{API}/shop.json", f"{API}/orders.json"
CONN = "'shopify_default'"
BAD_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)"


def refused(sync: Sync, conf: dict[str, Any] | None = None, *, by: str = "plan_sync") -> str:
    """Why a task failed: after one try and without a wait, like others that met the same refusal.

    After it nothing ran but the report, and nothing was changed.
    """
    watermarks, files = sync.watermarks(), data_files(sync)
    run = sync.run(conf)
    assert_failed(run, by)
    performed = [task_id for task_id in TASKS if run.tasks[task_id] != "upstream_failed"]
    assert sync.attempts(run) == sorted((task_id, 1, run.tasks[task_id]) for task_id in performed)
    assert (sync.naps, sync.watermarks(), data_files(sync)) == ([], watermarks, files)
    assert sync.ledger(run)["status"] == "failed"
    *failed, report = run.failed
    reasons = [f"{task_id}, try 1 (failed): {sync.reason(run, task_id)}" for task_id in failed]
    assert sorted(errors(sync.run_log(run))) == sorted(reasons)
    assert sync.reason(run, report).startswith("AirflowFailException: Failed: ")
    return sync.reason(run, by)


def assert_failed(run: Run, task_id: str) -> None:
    """A task failed, perhaps with others beside it; those after it did not run, except for the report."""
    beside = FETCHES if task_id in FETCHES else (task_id,)
    after = TASKS[TASKS.index(beside[-1]) + 1 : -1]
    assert run.state == "failed"
    assert {task_id, "report_run"} <= set(run.failed) <= {*beside, "report_run"}
    assert [name for name in TASKS if run.tasks[name] == "upstream_failed"] == list(after)


def errors(run_log: str) -> list[str]:
    """The lines of the run log's section Errors."""
    return section(run_log, "Errors")


def warnings(run_log: str) -> list[str]:
    """The lines of the run log's section Warnings, but for Shopify's own about its REST API."""
    return [line for line in section(run_log, "Warnings") if not line.startswith("Shopify calls ")]


def section(run_log: str, title: str) -> list[str]:
    """The lines of a section, without their indentation; none when there is no such section."""
    _, _, rest = run_log.partition(f"\n\n{title}\n")
    return [line.removeprefix("  ") for line in rest.partition("\n\n")[0].splitlines()]


def data_files(sync: Sync) -> dict[str, int]:
    """When each file made of the database was written, in nanoseconds."""
    made = [*sync.data_dir.glob("*.csv"), *sync.data_dir.glob("*.json")]
    return {path.name: path.stat().st_mtime_ns for path in made}


def assert_next_run_makes_all_right(sync: Sync, shop: Shop) -> None:
    """Some hours later a run succeeds, and what it makes is equal to the store."""
    shop.live(hours=5)
    assert sync.run().state == "success"
    assert_equal_to_store(shop.store, sync.data_dir)
