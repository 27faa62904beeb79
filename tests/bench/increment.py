"""A DAG run that brings an increment beside a DAG run of the same shape that does nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from demo_store.api.auth import DEMO_TOKEN
from demo_store.api.server import DemoServer
from demo_store.state import Store

from tests.bench.figures import Row
from tests.bench.processes import PROJECT, Workplace, say
from tests.standalone import airflow_standalone

ORDERS = 3_000
CHANGED = 50
ROUNDS = 7
MOST_TIMES_AS_LONG = 1.3
# Older than what a window leaves out so that the store's lists can settle, younger than the last window.
CHANGED_AGO = timedelta(seconds=31)


def measure(workplace: Workplace) -> Iterator[Row]:
    """Run both DAGs in turn in one Airflow, with 50 orders changed before each sync; compare the medians.

    A run takes from its first task's scheduling to the last one's end, as Airflow writes it down. Both DAGs
    have run once before.
    """
    store = workplace.store(orders=ORDERS, customers=ORDERS * 2 // 3, products=ORDERS * 3 // 40)
    folder = workplace.empty_folder("increment")
    dags = folder / "dags"
    dags.mkdir()
    for file in (PROJECT / "dags" / "shopify_sync.py", Path(__file__).with_name("same_shape.py")):
        shutil.copy(file, dags)
    here, beside = [], []
    with DemoServer(store) as server:
        connection = {"conn_type": "shopify", "host": server.url, "password": DEMO_TOKEN}
        environment = workplace.environment | {
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
            "AIRFLOW_CONN_SHOPIFY_DEFAULT": json.dumps(connection),
            "AIRFLOW_VAR_ANALYTICS_DATA_DIR": str(folder / "data"),
            "AIRFLOW_VAR_ANALYTICS_LOG_DIR": str(folder / "logs"),
            "AIRFLOW_VAR_ANALYTICS_DASHBOARDS_DIR": str(folder / "dashboards"),
        }
        say("increment: starting Airflow")
        dag_ids = ["shopify_sync", "same_shape"]
        with airflow_standalone(folder / "airflow", dags, environment, dag_ids) as airflow:
            say("increment: the first sync")
            for dag_id in dag_ids:
                airflow.run(dag_id)
            for number in range(1, ROUNDS + 1):
                say(f"increment: {number} of {ROUNDS}")
                change_orders(store, number)
                here.append(airflow.run("shopify_sync"))
                beside.append(airflow.run("same_shape"))
    ratio = median(here) / median(beside)
    yield Row(
        f"DAG run of an increment, {CHANGED} orders changed",
        f"{median(here):.1f} s",
        f"empty tasks {median(beside):.1f} s",
        f"{ratio:.2f} times as long",
        f"≤ {MOST_TIMES_AS_LONG} times as long",
        ratio <= MOST_TIMES_AS_LONG,
    )


def change_orders(store: Store, number: int) -> None:
    """Let the ``number``-th fifty of the store's orders have been changed just long enough ago."""
    ids = store.ids("orders")[(number - 1) * CHANGED : number * CHANGED]
    orders = [order for order_id in ids if (order := store.get("orders", order_id))]
    changed_at = store.timestamp(datetime.now(UTC) - CHANGED_AGO)
    store.put("orders", [order | {"note": f"round {number}", "updated_at": changed_at} for order in orders])
