"""The summary as a whole: its form, the dates of its parts, and that it is of one moment."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from demo_store.shop.life import open_shop
from jsonschema import Draft202012Validator
from shopify_analytics import analytics
from shopify_analytics.analytics import PARTS, compute_summary
from shopify_analytics.config import PROJECT, TARGET_METRICS
from shopify_analytics.database import connect, get_metadata
from shopify_analytics.reports import today

from tests.demo_store.records import order
from tests.report_tables import put, sales
from tests.syncing import Syncs, new_database

SCHEMA = json.loads((PROJECT / "include" / "analytics_summary.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A demo shop of about 300 orders."""
    folder = tmp_path_factory.mktemp("shop")
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    store = open_shop(folder / "store.db", seed=5, orders=300, now=now)
    with new_database(folder, store.shop) as syncs:
        syncs.load_store(store)
        yield syncs.db
    store.close()


def problems(summary: dict[str, Any]) -> list[str]:
    """What the schema has against a summary as a file holds it."""
    written = json.loads(json.dumps(summary))
    return [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMA).iter_errors(written)
    ]


def test_the_schema_is_one_and_leaves_nothing_open() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    rows = [entry.get("items", entry) for entry in SCHEMA["$defs"].values()]
    for record in (SCHEMA, *(row for row in rows if row.get("type") == "object")):
        assert record["additionalProperties"] is False or record is SCHEMA["$defs"]["compared"]
        assert set(record["properties"]) == set(record["required"])


def test_the_summary_of_a_shop_has_the_form_of_the_schema(shop: sqlite3.Connection) -> None:
    summary = compute_summary(shop, 10, {"total_sales": 50_000, "refund_rate_percent": 4.5})
    assert problems(summary) == []
    empty = [key for key, value in summary.items() if value == []]
    assert empty == ["ledger_differences", "ledger_difference_causes"]


def test_a_shop_without_anything_has_the_form_too(db: sqlite3.Connection, syncs: Syncs) -> None:
    assert problems(compute_summary(db, 10)) == []
    syncs.load(orders=[order(1, customer=None, email=None)])
    assert problems(compute_summary(db, 10)) == []


def test_the_schema_refuses_what_is_not_in_it(db: sqlite3.Connection) -> None:
    summary = compute_summary(db, 10)
    assert problems(summary | {"surprise": 1})
    assert problems(summary | {"total_orders": None})
    assert problems({key: value for key, value in summary.items() if key != "cohorts"})


def test_figures_of_all_parts_agree(shop: sqlite3.Connection) -> None:
    summary = compute_summary(shop, 10)
    for part in (
        "monthly",
        "by_channel",
        "by_financial_status",
        "by_customer_type",
        "by_order_value",
        "countries",
    ):
        for total, column in (("total_orders", "orders"), ("total_sales", "total_sales")):
            assert sum(row[column] for row in summary[part]) == pytest.approx(summary[total]), (part, column)
    assert sum(hour["orders"] for hour in summary["hours_by_weekday"]) == summary["total_orders"]
    for part in ("rfm_segments", "lifetime_value_distribution"):
        buyers = sum(row.get("customers", row.get("buyers")) for row in summary[part])
        assert buyers == summary["ordering_customers"]
    assert summary["customers_by_month"][-1]["customers_to_date"] == summary["ordering_customers"]
    assert summary["scorecard"][0]["this_period"] == summary["last_30_days"]["total_sales"]


def test_parts_end_today_and_have_their_days(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load()
    assert today(db).isoformat() == "2026-11-22"
    for date in ("2024-01-01", "2026-08-24", "2026-09-24", "2026-10-23", "2026-10-24", "2026-11-22"):
        sales(db, date, orders=1)
    for month in ("2024-10", "2024-11", "2026-11"):
        put(db, "cohort_activity", cohort_month=month, month=month, buyers=1)
    summary = compute_summary(db, 10)
    bounds = {key: (summary[key][0], summary[key][-1]) for key in ("daily", "weekly", "monthly", "cohorts")}
    assert [row["date"] for row in bounds["daily"]] == ["2026-08-25", "2026-11-22"]
    assert [row["week"] for row in bounds["weekly"]] == ["2025-11-24", "2026-11-16"]
    assert [row["month"] for row in bounds["monthly"]] == ["2024-01", "2026-11"]
    assert [row["cohort_month"] for row in bounds["cohorts"]] == ["2024-11", "2026-11"]
    assert [summary["trends"][place]["week"] for place in (0, -1)] == ["2025-11-17", "2026-11-09"]
    assert summary["last_30_days"]["total_orders"] == 2
    assert summary["previous_30_days"]["total_orders"] == 2


def test_targets_are_those_of_the_scorecard(db: sqlite3.Connection) -> None:
    summary = compute_summary(db, 10, dict.fromkeys(TARGET_METRICS, 1.5))
    assert [(row["metric"], row["target"]) for row in summary["scorecard"]] == [
        (metric, 1.5) for metric in TARGET_METRICS
    ]


def test_ranked_parts_have_as_many_rows_as_asked_for(shop: sqlite3.Connection) -> None:
    summary = compute_summary(shop, 2)
    for key in (
        "top_products",
        "cities",
        "latest_orders",
        "top_customers",
        "bought_together",
        "discount_codes",
    ):
        assert len(summary[key]) == 2, key
    assert len(summary["product_rankings"]) == 6


def test_every_part_has_a_key_of_its_own() -> None:
    keys = [part.key for part in PARTS]
    assert len(set(keys)) == len(keys)


def test_a_summary_is_of_one_moment(
    db: sqlite3.Connection, syncs: Syncs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An order that is loaded while reports are read is in none of them."""
    syncs.load(orders=[order(1)])
    run_report = analytics.run_report

    def load_meanwhile(*arguments: Any, **parameters: Any) -> Any:
        rows = run_report(*arguments, **parameters)
        if syncs.runs == 1:
            with connect(tmp_path / "data" / "shopify_data.db") as other:
                Syncs(other, tmp_path / "other", runs=syncs.runs).load(orders=[order(2)])
            syncs.runs = 2
        return rows

    monkeypatch.setattr(analytics, "run_report", load_meanwhile)
    summary = compute_summary(db, 10)
    assert (summary["total_orders"], len(summary["latest_orders"])) == (1, 1)
    assert compute_summary(db, 10)["total_orders"] == 2


def test_today_is_the_shops_day_of_the_last_sync(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO metadata VALUES ('watermark.orders', '2026-11-21T23:30:00Z', '')")
    assert today(db).isoformat() == "2026-11-22"
    assert get_metadata(db, "shop.timezone") == "Europe/Amsterdam"
