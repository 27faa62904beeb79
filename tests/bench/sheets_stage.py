"""What ``sheets.py`` measures, each step a process of its own: ``… sheets_stage STEP DATA URL KEY …``."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from google.oauth2.service_account import Credentials
from shopify_analytics.database import connect, mark_changed, set_metadata, table_columns
from shopify_analytics.sheets.answers import SCOPE
from shopify_analytics.sheets.client import SheetsClient
from shopify_analytics.sheets.push import push
from shopify_analytics.sheets.sources import USUAL, Where
from shopify_analytics.shop import CURRENCY, TIMEZONE

from tests.google_auth import without_lookups

# Orders alone take eight of the ten million cells that a spreadsheet may have.
BOOKS = {tab: "bench-2" if tab == "Orders" else "bench-1" for tab in USUAL}


class CountingClient(SheetsClient):
    """Counts what it sends."""

    writes = reads = bytes_written = 0

    def _send(self, method: str, url: str, **what: Any) -> Any:
        if method.lower() == "get":
            self.reads += 1
        else:
            self.writes += 1
            self.bytes_written += len(what["data"] or b"")
        return super()._send(method, url, **what)


def fill(db: sqlite3.Connection, rows: str, *tables: str) -> None:
    """Fill tables with so many rows, every column with something of its kind."""
    for table in tables:
        declared = dict(db.execute("SELECT name, type FROM pragma_table_info(?)", (table,)))
        columns = [name for name in table_columns(db, table) if name != "deleted_at"]
        values = [value_of(name, declared[name]) for name in columns]
        db.execute(
            f"""
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
            INSERT INTO {table} ({", ".join(columns)}) SELECT {", ".join(values)} FROM numbers
            """,
            (int(rows),),
        )
        mark_changed(db, [table])
    set_metadata(db, TIMEZONE, "Europe/Amsterdam")
    set_metadata(db, CURRENCY, "EUR")


def value_of(name: str, declared: str) -> str:
    """SQL for the value of a column in row ``n``."""
    if name == "id" or name.endswith("_id"):
        return "7100000000000 + n"
    if name.endswith("_at"):
        return "strftime('%Y-%m-%dT%H:%M:%SZ', 1700000000 + n * 60, 'unixepoch')"
    if name.endswith(("_date", "_local")):
        return "date(1700000000 + n * 60, 'unixepoch')"
    if declared == "REAL":
        return "round(n % 997 * 1.37, 2)"
    return "n % 7" if declared == "INTEGER" else f"'{name[:6]} ' || (n % 1000)"


def touch(db: sqlite3.Connection, rows: str, *tables: str) -> None:
    """Change so many rows of tables, spread evenly."""
    for table in tables:
        column = "price" if table in {"line_items", "product_variants"} else "total_price"
        changed = "title" if table == "products" else "city" if table == "customers" else column
        new = f"{changed} + 1" if changed.endswith("price") else f"{changed} || '.'"
        every = db.execute(f"SELECT count(*) / ? FROM {table}", (int(rows),)).fetchone()[0]
        db.execute(f"UPDATE {table} SET {changed} = {new} WHERE id % ? = 7", (every,))
        mark_changed(db, [table])


def let_an_hour_pass(db: sqlite3.Connection) -> None:
    """Have the next push read back what the tabs hold."""
    db.execute("UPDATE sheet_tabs SET checked_at = '2026-01-01T00:00:00Z'")


def pushed(db: sqlite3.Connection, database: Path, url: str, key: Path, book: str = "") -> dict[str, Any]:
    """Push, into one spreadsheet or into two; return seconds, CPU, requests, cells and megabytes."""
    info = json.loads(key.read_text(encoding="utf-8"))
    client = CountingClient(Credentials.from_service_account_info(info, scopes=[SCOPE]), endpoint=url)
    started, used = time.perf_counter(), time.process_time()
    with without_lookups():
        where = Where(dict.fromkeys(USUAL, book) if book else BOOKS)
        result = push(db, database, client, where, "bench", personal_data=True)
    return {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - used,
        "writes": client.writes,
        "reads": client.reads,
        "megabytes": client.bytes_written / 1e6,
        "cells": sum(tab["cells_written"] for name, tab in result.items() if name != "requests"),
    }


STEPS: dict[str, Callable[..., None]] = {each.__name__: each for each in (fill, touch, let_an_hour_pass)}


def main(step: str, data: str, url: str, key: str, *arguments: str) -> None:
    """Do one step; print its figures as JSON."""
    database = Path(data) / "shopify_data.db"
    found: dict[str, Any] = {}
    with connect(database) as db:
        if step == "push":
            found = pushed(db, database, url, Path(key), *arguments)
        else:
            STEPS[step](db, *arguments)
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
