"""The same fetch and load by dlt, in an environment of its own: prints seconds and row counts as JSON.

Its REST API source reads products, customers and orders page by page by the ``Link`` header, its SQLAlchemy
destination merges them into SQLite on the primary key ``id``. Arguments: a folder, and the store's address,
token and API version.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

RESOURCES = ("products", "customers", "orders")
FILTERS = {"orders": {"status": "any"}}
TABLES = {
    "products": "products",
    "product_variants": "products__variants",
    "customers": "customers",
    "orders": "orders",
    "line_items": "orders__line_items",
    "refunds": "orders__refunds",
}


def source(url: str, token: str, version: str) -> Any:
    """dlt's REST API source for the three resources."""
    return import_module("dlt.sources.rest_api").rest_api_source(
        {
            "client": {
                "base_url": f"{url}/admin/api/{version}/",
                "headers": {"X-Shopify-Access-Token": token},
                "paginator": {"type": "header_link"},
            },
            "resource_defaults": {"primary_key": "id", "write_disposition": "merge"},
            "resources": [
                {
                    "name": name,
                    "endpoint": {
                        "path": f"{name}.json",
                        "params": {"limit": 250, "since_id": 0, **FILTERS.get(name, {})},
                        "data_selector": name,
                    },
                }
                for name in RESOURCES
            ],
        },
        name="shopify",
    )


def sync(folder: Path, url: str, token: str, version: str) -> dict[str, int]:
    """Fetch and load everything; return the number of rows by table, under this project's names."""
    dlt = import_module("dlt")
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(folder / "pipelines"),
        destination=dlt.destinations.sqlalchemy(f"sqlite:///{folder / 'dlt.db'}"),
        dataset_name="main",
    )
    pipeline.run(source(url, token, version)).raise_on_failed_jobs()
    with closing(sqlite3.connect(folder / "dlt.db")) as db:
        return {
            name: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for name, table in TABLES.items()
        }


if __name__ == "__main__":
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    import_module("dlt.sources.rest_api")
    started = time.perf_counter()
    rows = sync(Path(sys.argv[1]), *sys.argv[2:])
    print(json.dumps({"seconds": time.perf_counter() - started, "rows": rows}))
