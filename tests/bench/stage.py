"""One stage of a sync in a process of its own: prints its seconds, figures and peak memory as JSON.

Arguments: the stage, the data folder, and for the stages that read a store its address or its file.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from demo_store.api.auth import DEMO_TOKEN
from demo_store.state import Condition, Store
from shopify_analytics.analytics import compute_summary, write_summary
from shopify_analytics.csv_export import export_tables
from shopify_analytics.database import connect, get_watermark
from shopify_analytics.entities import ENTITIES
from shopify_analytics.fetch import fetch
from shopify_analytics.hooks.shopify import ShopifyHook
from shopify_analytics.load import load_staged
from shopify_analytics.shop import remember_shop, shop_units
from shopify_analytics.staging import EntityStaging, Window

from tests.bench.multiplication import multiply

EVERYTHING = Window(None, "2030-01-01T00:00:00Z")
PAGE_SIZE = 250

Figures = dict[str, Any]


def plan(data: Path, url: str) -> Figures:
    """Let the database know its store."""
    hook = hook_to(url)
    with connect(database(data)) as db:
        remember_shop(db, hook.shop(), hook.access_scopes())
    return {}


def fetch_entities(data: Path, url: str, *entities: str) -> Figures:
    """Stage everything of the entities; return the number of ``records``."""
    hook = hook_to(url)
    records = 0
    with connect(database(data)) as db:
        for entity in entities or ENTITIES:
            staging = EntityStaging.begin(data / "staging" / entity, EVERYTHING)
            records += fetch(entity, hook, db, staging, warn=print)["records"]
    return {"records": records}


def stage_orders(data: Path, store: str) -> Figures:
    """Stage the orders of a store's file as a fetch would, without HTTP; return the number of ``records``."""
    rows = Store.open(Path(store))
    with connect(database(data)) as db:
        remember_shop(db, rows.shop, ["read_all_orders"])
        units = shop_units(db)
    stagings = {name: EntityStaging.begin(data / "staging" / name, EVERYTHING) for name in ENTITIES}
    orders = stagings["orders"]
    while page := rows.select("orders", [Condition("id", ">", orders.progress.last_id)], limit=PAGE_SIZE):
        orders.add_page([ENTITIES["orders"].staged(msgspec.json.decode(row.body), units) for row in page])
    for staging in stagings.values():
        staging.finish([])
    return {"records": orders.progress.records}


def stage_increment(data: Path, store: str, orders: str) -> Figures:
    """Stage so many orders, spread over all, each changed by a refund of its first line."""
    with connect(database(data)) as db:
        units = shop_units(db)
        watermark = str(get_watermark(db, "orders"))
    window = Window(watermark, (datetime.fromisoformat(watermark) + timedelta(hours=1)).isoformat())
    rows = Store.open(Path(store))
    ids = rows.ids("orders")
    chosen = sorted(ids)[:: len(ids) // int(orders)][: int(orders)]
    shutil.rmtree(data / "staging", ignore_errors=True)
    stagings = {name: EntityStaging.begin(data / "staging" / name, window) for name in ENTITIES}
    for order_id in chosen:
        (row,) = rows.select("orders", [Condition("id", "=", order_id)], limit=1)
        order = refunded(msgspec.json.decode(row.body), window.updated_at_max)
        stagings["orders"].add_page([ENTITIES["orders"].staged(order, units)])
    for staging in stagings.values():
        staging.finish([])
    return {"records": len(chosen)}


def refunded(order: dict[str, Any], at: str) -> dict[str, Any]:
    """The order as it is after one piece of its first line came back."""
    line = order["line_items"][0]
    returned = {
        "id": order["id"] + 1,
        "line_item_id": line["id"],
        "quantity": 1,
        "subtotal": 1.0,
        "total_tax": 0.0,
    }
    refund = {"id": order["id"] + 1, "created_at": at, "processed_at": at, "refund_line_items": [returned]}
    return order | {"updated_at": at, "refunds": [*order["refunds"], refund]}


def enlarge(data: Path, copies: str, times: str) -> Figures:
    """Make the database, of so many copies of the template shop, so many times as large."""
    multiply(data, int(copies), int(times))
    return {}


def load(data: Path) -> Figures:
    """Load what is staged; return the number of ``rows`` by table."""
    staged = [EntityStaging.finished(data / "staging" / entity) for entity in ENTITIES]
    with connect(database(data)) as db:
        counts = load_staged(db, staged, data / "staging", "bench", warn=print)
    return {"rows": {table: count["inserted"] for table, count in counts.items()}}


def export(data: Path) -> Figures:
    """Write the CSV files; return the number of ``rows`` by file."""
    with connect(database(data)) as db:
        files = export_tables(db, data, data / "staging")
    return {"rows": {name: file["rows"] for name, file in files.items()}}


def analytics(data: Path) -> Figures:
    """Write the summary; return the number of ``orders`` it counts."""
    with connect(database(data)) as db:
        summary = compute_summary(db, top_n=10)
    write_summary(summary, data / "analytics_summary.json", data / "staging")
    return {"orders": int(summary["total_orders"])}


def sync(data: Path, url: str) -> Figures:
    """All of it; return the number of ``rows`` loaded by table."""
    plan(data, url)
    fetch_entities(data, url)
    loaded = load(data)
    export(data)
    analytics(data)
    return loaded


STAGES: dict[str, Callable[..., Figures]] = {
    stage.__name__: stage
    for stage in (plan, fetch_entities, stage_orders, stage_increment, enlarge, load, export, analytics, sync)
}


def hook_to(url: str) -> ShopifyHook:
    """A hook for the demo store at ``url``."""
    connection = {"conn_type": "shopify", "host": url, "password": DEMO_TOKEN}
    os.environ["AIRFLOW_CONN_SHOPIFY_DEFAULT"] = json.dumps(connection)
    return ShopifyHook(page_size=PAGE_SIZE)


def database(data: Path) -> Path:
    """The database in the data folder."""
    return data / "shopify_data.db"


def peak_memory() -> float:
    """The most memory that this process has had, in MB.

    Where Linux says it, ``VmHWM``: ``ru_maxrss`` also counts the parent's memory before this program began.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    stage, folder, *rest = sys.argv[1:]
    started = time.perf_counter()
    figures = STAGES[stage](Path(folder), *rest)
    figures |= {"seconds": time.perf_counter() - started, "peak_mb": peak_memory()}
    print(json.dumps(figures), file=sys.__stdout__)
