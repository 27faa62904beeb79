"""What a run cannot do is said at once, changes nothing, and is forgotten by the next good run."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import ParamValidationError
from demo_store.api.auth import DEMO_CLIENT_ID
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.state import Store

from tests.dag.equality import assert_equal_to_store
from tests.dag.running import NOW, TASKS, Sync, connection
from tests.dag.shop import Shop
from tests.demo_store.records import SHOP


def refused(sync: Sync, conf: dict[str, Any] | None = None) -> str:
    """Why ``plan_sync`` failed, after one try and without a wait; nothing else ran but the report."""
    watermarks, files = sync.watermarks(), data_files(sync)
    run = sync.run(conf)
    assert (run.state, run.failed) == ("failed", ["plan_sync", "report_run"])
    assert {run.tasks[task_id] for task_id in TASKS[1:-1]} == {"upstream_failed"}
    assert sync.attempts(run) == [("plan_sync", 1, "failed"), ("report_run", 1, "failed")]
    assert (sync.naps, sync.watermarks(), data_files(sync)) == ([], watermarks, files)
    assert sync.ledger(run)["status"] == "failed"
    reason = sync.reason(run, "plan_sync")
    assert f"plan_sync, try 1 (failed): {reason}" in sync.run_log(run)
    assert sync.reason(run, "report_run").startswith("AirflowFailException: Failed: plan_sync. ")
    return reason


def data_files(sync: Sync) -> dict[str, int]:
    """When each file made of the database was written, in nanoseconds."""
    made = [*sync.data_dir.glob("*.csv"), *sync.data_dir.glob("*.json")]
    return {path.name: path.stat().st_mtime_ns for path in made}


def assert_next_run_makes_all_right(sync: Sync, shop: Shop) -> None:
    shop.live(hours=5)
    assert sync.run().state == "success"
    assert_equal_to_store(shop.store, sync.data_dir)


def test_a_wrong_token_is_refused(sync: Sync, server: DemoServer, shop: Shop) -> None:
    sync.connection = connection(server, password="not-the-token")
    assert refused(sync) == (
        f"{server.url} answered 401 to GET /admin/api/2026-10/shop.json: "
        "[API] Invalid API key or access token (unrecognized login or wrong password). "
        "Renew the access token (password) of connection 'shopify_default'."
    )
    sync.connection = connection(server)
    assert_next_run_makes_all_right(sync, shop)


def test_a_wrong_client_secret_is_refused(sync: Sync, server: DemoServer) -> None:
    sync.connection = connection(server, login=DEMO_CLIENT_ID, password="not-the-secret")
    assert "Check the client secret (password): connection 'shopify_default'." in refused(sync)


def test_a_missing_scope_is_named(sync: Sync, server: DemoServer, shop: Shop) -> None:
    server.faults.withdrawn_scopes = ["read_orders", "read_customers"]
    assert refused(sync).startswith(
        "The token of connection shopify_default lacks the scope read_customers, read_orders: add it to the "
    )
    server.faults.withdrawn_scopes = []
    assert_next_run_makes_all_right(sync, shop)


@pytest.mark.parametrize(
    ("state", "advice"),
    [("locked", "its owner has to contact Shopify"), ("frozen", "its owner has to pay")],
)
def test_a_locked_or_frozen_shop_is_refused_with_advice(
    sync: Sync, server: DemoServer, shop: Shop, state: str, advice: str
) -> None:
    server.faults.shop = state
    assert advice in refused(sync)
    server.faults.shop = "open"
    assert_next_run_makes_all_right(sync, shop)


def test_an_unknown_key_in_the_conf_is_refused(sync: Sync, shop: Shop) -> None:
    reason = "The run's conf has the unknown key fullsync: use full_sync"
    assert refused(sync, {"fullsync": True}) == reason
    assert_next_run_makes_all_right(sync, shop)


def test_a_conf_of_a_wrong_type_is_refused_before_the_run(sync: Sync) -> None:
    with pytest.raises(ParamValidationError, match="full_sync: 'maybe' is not of type 'boolean'"):
        sync.run({"full_sync": "maybe"})


def test_a_variable_out_of_its_range_is_refused(sync: Sync, shop: Shop) -> None:
    sync.variables["shopify_page_size"] = "0"
    assert refused(sync) == "Variable shopify_page_size is '0': set it to a whole number from 1 to 250"
    del sync.variables["shopify_page_size"]
    assert_next_run_makes_all_right(sync, shop)


def test_a_host_that_is_no_address_is_refused(sync: Sync, server: DemoServer) -> None:
    sync.connection = connection(server, host="not a host")
    assert refused(sync).startswith("The host of connection 'shopify_default' is 'not a host'. Set it to ")


def test_the_database_of_another_store_is_refused(sync: Sync, shop: Shop, tmp_path: Path) -> None:
    own = sync.connection
    with DemoServer(Store.create(tmp_path / "other.db", SHOP), clock=ManualClock(NOW)) as other:
        sync.connection = connection(other)
        assert refused(sync) == (
            f"The database holds the store {shop.store.shop['myshopify_domain']}, the connection leads to "
            "kiln-and-co.myshopify.com: set the Variable analytics_data_dir to a folder for the new store, "
            "or move the old files away"
        )
    sync.connection = own
    assert_next_run_makes_all_right(sync, shop)


def load_refused(sync: Sync) -> str:
    """Why the load was refused, at its first try."""
    run = sync.run()
    assert run.failed == ["load_sqlite", "report_run"]
    assert ("load_sqlite", 1, "failed") in sync.attempts(run)
    assert ("load_sqlite", 2, "failed") not in sync.attempts(run)
    assert sync.reason(run, "report_run").startswith("AirflowFailException: Failed: load_sqlite. ")
    return sync.reason(run, "load_sqlite")


def test_staging_older_than_what_a_faster_run_committed_is_refused(
    sync: Sync, server: DemoServer, shop: Shop
) -> None:
    shop.live(hours=1)
    faster = replace(sync, runs=[])

    def be_overtaken(_seconds: float) -> None:
        server.faults.every = {}
        shop.live(hours=1)
        faster.run()

    server.faults.every = {"503": 5}
    sync.sleep = be_overtaken
    reason = load_refused(sync)
    assert faster.runs[0].state == "success"
    assert set(sync.watermarks().values()) == {"2026-11-22T14:01:30Z"}
    assert reason.endswith(
        " reach to 2026-11-22T13:00:30Z, the last committed load to 2026-11-22T14:01:30Z: "
        "another run was faster. Clear the run from plan_sync"
    )
    assert_next_run_makes_all_right(sync, shop)


def test_staging_that_was_cleaned_up_is_refused(sync: Sync, shop: Shop) -> None:
    def clean_up() -> None:
        for complete in (sync.data_dir / "staging").glob("*/*/deleted.ndjson.gz"):
            shutil.rmtree(complete.parent)

    shop.before_answer = clean_up
    reason = load_refused(sync)
    assert reason.startswith("The staged ")
    assert reason.endswith(" are not there (any more): clear the run from plan_sync")
    shop.before_answer = lambda: None
    assert_next_run_makes_all_right(sync, shop)
