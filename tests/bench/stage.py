"""One stage of a sync in a process of its own: prints its seconds, records and peak memory as JSON."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from demo_store.api.auth import DEMO_TOKEN
from shopify_analytics.analytics import compute_summary, write_summary
from shopify_analytics.csv_export import export_tables
from shopify_analytics.database import connect, remember_shop
from shopify_analytics.entities import ENTITIES
from shopify_analytics.fetch import fetch
from shopify_analytics.hooks.shopify import ShopifyHook
from shopify_analytics.load import load_staged
from shopify_analytics.staging import EntityStaging, Window

EVERYTHING = Window(None, "2030-01-01T00:00:00Z")


def fetch_stage(folder: Path, url: str) -> int:
    connection = {"conn_type": "shopify", "host": url, "password": DEMO_TOKEN}
    os.environ["AIRFLOW_CONN_SHOPIFY_DEFAULT"] = json.dumps(connection)
    hook = ShopifyHook()
    records = 0
    with connect(folder / "shopify_data.db") as db:
        remember_shop(db, hook.shop(), hook.access_scopes())
        for entity in ENTITIES:
            staging = EntityStaging.begin(folder / "staging" / entity, EVERYTHING)
            records += fetch(entity, hook, db, staging, warn=print)["records"]
    return records


def load_stage(folder: Path, _url: str) -> int:
    staged = [EntityStaging.finished(folder / "staging" / entity) for entity in ENTITIES]
    with connect(folder / "shopify_data.db") as db:
        counts = load_staged(db, staged, "bench", warn=print)
    return sum(count["inserted"] for count in counts.values())


def export_stage(folder: Path, _url: str) -> int:
    with connect(folder / "shopify_data.db") as db:
        return sum(file["rows"] for file in export_tables(db, folder, folder / "staging").values())


def analytics_stage(folder: Path, _url: str) -> int:
    with connect(folder / "shopify_data.db") as db:
        summary = compute_summary(db, top_n=10)
    write_summary(summary, folder / "analytics_summary.json", folder / "staging")
    return int(summary["total_orders"])


STAGES: dict[str, Callable[[Path, str], int]] = {
    "fetch": fetch_stage,
    "load": load_stage,
    "export": export_stage,
    "analytics": analytics_stage,
}

if __name__ == "__main__":
    name, folder, url = sys.argv[1:]
    started = time.perf_counter()
    done = STAGES[name](Path(folder), url)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "records": done, "peak_mb": peak}), file=sys.__stdout__)
