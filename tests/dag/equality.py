"""Whether database, CSV files and summary show what the store holds."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from demo_store.state import Store

from tests.dag.running import select
from tests.expected_ledger import Entry, expected_ledger
from tests.oracle import expected_figures, expected_rows

OWN_IDS = {
    "products": "product_id",
    "product_variants": "variant_id",
    "customers": "customer_id",
    "orders": "order_id",
    "line_items": "line_item_id",
    "refunds": "refund_id",
    "refund_line_items": "refund_line_item_id",
}
PARTS_OF_ORDERS = ("line_items", "refunds", "refund_line_items")
BOOLEANS = ("taxes_included", "is_test", "gift_card")
Rows = dict[int, dict[str, Any]]


def assert_equal_to_store(store: Store, data_dir: Path) -> None:
    """Every live row, every CSV row, the ledger and every key figure is the store's; there is no other."""
    with closing(sqlite3.connect(data_dir / "shopify_data.db")) as db:
        for table, wanted in expected_rows(store).items():
            live = {row["id"]: row for row in live_rows(db, table)}
            written = {int(row[OWN_IDS[table]]): row for row in csv_rows(data_dir, table)}
            _assert_same(table, live, wanted)
            _assert_same(f"{table}.csv", written, _as_written(table, wanted))
        assert Counter(_ledger(db)) == Counter(expected_ledger(store))
    figures, told = expected_figures(store), summary(data_dir)
    assert {key: told[key] for key in figures} == figures


def _ledger(db: sqlite3.Connection) -> Iterator[Entry]:
    columns = "order_id, ledger_date, line_item_id, refund_id, kind, quantity, amount_minor"
    rows = db.execute(f"SELECT {columns} FROM sales_ledger")
    return (Entry(*row) for row in rows)


def live_rows(db: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    """The rows that the store still has; parts of a deleted order are none."""
    live = "deleted_at IS NULL"
    if table in PARTS_OF_ORDERS:
        live = f"order_id IN (SELECT id FROM orders WHERE {live})"
    return select(db, f"SELECT * FROM {table} WHERE {live}")


def csv_rows(data_dir: Path, table: str) -> list[dict[str, Any]]:
    """The rows of ``<table>.csv``."""
    with (data_dir / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def summary(data_dir: Path) -> dict[str, Any]:
    """The summary without what depends on when it was made, and on what was asked of the store."""
    figures: dict[str, Any] = json.loads((data_dir / "analytics_summary.json").read_text(encoding="utf-8"))
    del figures["generated_at"], figures["reconciliation"]
    return figures


def _as_written(table: str, rows: Rows) -> Rows:
    return {
        row_id: {
            OWN_IDS[table] if column == "id" else column: _text(column, value)
            for column, value in row.items()
        }
        for row_id, row in rows.items()
    }


def _text(column: str, value: Any) -> str:
    if value is None:
        return ""
    return str(bool(value)).lower() if column in BOOLEANS else str(value)


def _assert_same(name: str, found: Rows, wanted: Rows) -> None:
    assert found.keys() == wanted.keys(), f"ids in {name}"
    different = [
        f"{column} of {row_id} is {found[row_id][column]!r}, not {value!r}"
        for row_id, row in wanted.items()
        for column, value in row.items()
        if found[row_id][column] != value
    ]
    assert different == [], f"values in {name}"
