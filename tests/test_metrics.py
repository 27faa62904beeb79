"""What a run adds to Airflow's metrics, as a StatsD server and as Prometheus' exporter see it."""

from __future__ import annotations

import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from airflow.sdk._shared.observability.metrics.base_stats_logger import NoStatsLogger
from airflow.sdk._shared.observability.metrics.metrics_registry import YAML_REGISTRY_PATH, read_metrics_yaml
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics.stats_utils import get_stats_factory
from demo_store.api.server import DemoServer
from demo_store.state import Store
from shopify_analytics import ledger, metrics
from shopify_analytics.database import connect
from shopify_analytics.errors import ShopifyAuthError, ShopifyThrottled, ShopifyUnavailable
from shopify_analytics.ledger import Try
from shopify_analytics.metrics import Measurement
from shopify_analytics.reasons import REASON_CLASSES

from tests.demo_store.records import customer, order, product
from tests.past_runs import add_try, end_run
from tests.pipeline import Pipeline, connection_to

MAPPINGS = yaml.safe_load(
    (Path(__file__).resolve().parents[1] / "docs" / "statsd-exporter.yaml").read_text(encoding="utf-8")
)["mappings"]


@pytest.fixture(autouse=True)
def airflows_stats() -> Iterator[None]:
    """Airflow's metrics as a task process sets them up, and off again afterwards."""
    yield
    stats.initialize(factory=NoStatsLogger, export_legacy_names=True)


@contextmanager
def statsd_server() -> Iterator[socket.socket]:
    """A UDP socket to which Airflow sends its metrics."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, pytest.MonkeyPatch.context() as patch:
        server.bind(("127.0.0.1", 0))
        server.setblocking(False)
        patch.setenv("AIRFLOW__METRICS__STATSD_ON", "True")
        patch.setenv("AIRFLOW__METRICS__STATSD_HOST", "127.0.0.1")
        patch.setenv("AIRFLOW__METRICS__STATSD_PORT", str(server.getsockname()[1]))
        backend = get_stats_factory()()
        stats.initialize(factory=lambda: backend, export_legacy_names=True)
        yield server
        backend.statsd.close()


def received(server: socket.socket) -> dict[str, str]:
    """What has arrived: value and type by name."""
    found: dict[str, str] = {}
    while True:
        try:
            name, _, value = server.recv(65536).decode().partition(":")
        except BlockingIOError:
            return found
        assert name not in found
        found[name] = value


def mapping_of(name: str) -> dict[str, Any] | None:
    """The first mapping that takes a metric, as statsd-exporter finds it."""
    for mapping in MAPPINGS:
        if re.fullmatch(re.escape(mapping["match"]).replace(r"\*", "[^.]*"), name):
            return dict(mapping)
    return None


def names(db: sqlite3.Connection, run_id: str) -> dict[str, float]:
    return {measured.name: measured.value for measured in metrics.measurements(db, run_id)}


def test_a_run_is_told_to_the_statsd_server(store: Store, tmp_path: Path) -> None:
    store.put("products", [product(1)])
    store.put("customers", [customer(2)])
    store.put("orders", [order(3)])
    with statsd_server() as statsd, DemoServer(store, plan="unlimited") as server:
        run = Pipeline(tmp_path, connection_to(server)).run("manual__1")
        told = received(statsd)
    assert run.succeeded
    age, moment = (
        float(told.pop(f"airflow.shopify.data_{name}").removesuffix("|g")) for name in ("age", "timestamp")
    )
    assert age + moment == pytest.approx(datetime.now(UTC).timestamp(), abs=60)
    assert re.fullmatch(r"\d+\.\d+\|ms", told.pop("airflow.shopify.sync_duration"))
    requests = told.pop("airflow.shopify.api.requests")
    with connect(tmp_path / "data" / "shopify_data.db") as db:
        assert requests == f"{ledger.api_usage(db, 'manual__1')[0]}|c"
    assert {name: value for name, value in told.items() if not name.startswith("airflow.shopify.rows.")} == {
        "airflow.shopify.syncs.success": "1|c",
        "airflow.shopify.api.refused": "0|c",
        "airflow.shopify.rejected_records": "0|g",
    }
    assert told["airflow.shopify.rows.orders.inserted"] == "1|c"
    assert [name for name in [*told, "airflow.shopify.sync_duration"] if mapping_of(name) is None] == []


def test_with_metrics_off_nothing_is_sent(store: Store, tmp_path: Path) -> None:
    with statsd_server() as statsd, DemoServer(store, plan="unlimited") as server:
        stats.initialize(factory=NoStatsLogger, export_legacy_names=True)
        assert Pipeline(tmp_path, connection_to(server)).run("manual__1").succeeded
        assert received(statsd) == {}


def test_a_statsd_host_that_does_not_exist_fails_no_run(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__METRICS__STATSD_ON", "True")
    monkeypatch.setenv("AIRFLOW__METRICS__STATSD_HOST", "statsd.invalid")
    stats.initialize(factory=get_stats_factory(), export_legacy_names=True)
    with DemoServer(store, plan="unlimited") as server:
        assert Pipeline(tmp_path, connection_to(server)).run("manual__1").succeeded


def test_a_good_run_is_counted_with_its_rows_and_requests(db: sqlite3.Connection) -> None:
    ledger.open_run(db, "a", full_sync=False)
    add_try(db, "a", "plan_sync", api_calls=2)
    changes = {"inserted": 3, "updated": 0, "unchanged": 5, "deleted": 1}
    add_try(db, "a", "load_sqlite", result={"orders": changes}, api_calls=4, api_refused=1)
    ledger.close_run(db, "a", "success")
    db.execute(
        """
        UPDATE sync_runs SET started_at = '2026-11-22T12:00:00Z', finished_at = '2026-11-22T12:01:30Z'
        """
    )
    found = names(db, "a")
    assert found.pop("shopify.data_age") < 60
    assert found.pop("shopify.data_timestamp") > 1.7e9
    assert found == {
        "shopify.syncs.success": 1,
        "shopify.sync_duration": 90,
        "shopify.rows.orders.inserted": 3,
        "shopify.rows.orders.deleted": 1,
        "shopify.api.requests": 6,
        "shopify.api.refused": 1,
        "shopify.rejected_records": 0,
    }


def test_failed_tries_are_counted_by_class_whether_another_followed_or_not(db: sqlite3.Connection) -> None:
    ledger.open_run(db, "a", full_sync=False)
    add_try(db, "a", "plan_sync")
    for number, error in enumerate([ShopifyThrottled("busy", 2), ShopifyThrottled("busy", 2)], 1):
        add_try(db, "a", "fetch_orders", number, error=error, state="up_for_retry")
    add_try(db, "a", "fetch_orders", 3, error=ShopifyUnavailable("away"))
    add_try(db, "a", "fetch_products", error=ShopifyAuthError("revoked"))
    ledger.begin_try(db, Try("a", "fetch_customers", 1))
    ledger.begin_try(db, Try("a", "fetch_customers", 2))
    ledger.close_run(db, "a", "failed")
    counted = {
        name.removeprefix("shopify."): value
        for name, value in names(db, "a").items()
        if name.startswith(("shopify.retries.", "shopify.failures."))
    }
    assert counted == {
        "retries.throttled": 2,
        "retries.killed": 1,
        "failures.unavailable": 1,
        "failures.auth": 1,
        "failures.killed": 1,
    }


def test_an_interrupted_run_is_counted_before_any_data_is_there(db: sqlite3.Connection) -> None:
    end_run(db, "a", "interrupted")
    found = list(metrics.measurements(db, "a"))
    assert Measurement("counter", "shopify.syncs.interrupted", 1) in found
    assert {measured.name for measured in found}.isdisjoint({"shopify.data_age", "shopify.data_timestamp"})


def test_a_run_that_was_never_opened_failed(db: sqlite3.Connection) -> None:
    assert names(db, "a")["shopify.syncs.failed"] == 1


def test_every_class_of_failure_has_a_mapping_and_no_mapping_of_ours_is_for_nothing() -> None:
    measured = {
        *(f"syncs.{state}" for state in ("success", "failed", "interrupted")),
        *(f"rows.orders.{change}" for change in ("inserted", "updated", "deleted")),
        *(f"{what}.{name}" for what in ("retries", "failures") for name in REASON_CLASSES),
        *("sync_duration", "api.requests", "api.refused", "rejected_records", "data_age", "data_timestamp"),
    }
    found = [mapping_of(f"airflow.shopify.{name}") for name in measured]
    assert None not in found
    ours = {mapping["match"] for mapping in MAPPINGS if mapping["match"].startswith("airflow.shopify.")}
    assert {mapping["match"] for mapping in found if mapping} == ours


def test_every_other_mapping_is_for_a_metric_that_airflow_has() -> None:
    known = set()
    for metric in read_metrics_yaml(str(YAML_REGISTRY_PATH)):
        name = metric["name"] if metric["legacy_name"] == "-" else metric["legacy_name"]
        known.add("airflow." + re.sub(r"\{\w+\}", "*", name))
    theirs = {mapping["match"] for mapping in MAPPINGS if not mapping["match"].startswith("airflow.shopify.")}
    assert theirs - known == set()
