"""The load of many orders beside the ``sqlite3`` shell that imports the very same rows."""

from __future__ import annotations

import csv
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from tests.bench.figures import Row
from tests.bench.processes import ProgramFailed, Workplace, say

ORDERS = 100_000
OTHERS = 5_000
ROUNDS = 3
TABLES = (
    "orders",
    "line_items",
    "refunds",
    "refund_line_items",
    "order_adjustments",
    "shipping_lines",
    "fulfillments",
    "order_discount_codes",
    "discount_allocations",
    "tax_lines",
    "sales_ledger",
)
LEAST_SHARE = 0.5
TABLES_AND_INDEXES = """
    SELECT sql
    FROM sqlite_master
    WHERE type IN ('table', 'index') AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
"""


def measure(workplace: Workplace) -> Iterator[Row]:
    """Load and import in turn, each time into a new database; compare the medians.

    Both write into the same tables with the same indexes, in one transaction into a write-ahead log. The load
    also decompresses, decodes, compares and derives buyers and aggregates; the shell also starts, which is
    quick.
    """
    store = workplace.store(orders=ORDERS, customers=OTHERS, products=OTHERS)
    data, imported = workplace.empty_folder("load"), workplace.empty_folder("import")
    say(f"load: staging {ORDERS:,} orders")
    workplace.run_stage("stage_orders", data, store.path)
    shell = shutil.which("sqlite3")
    here, beside, rows = [], [], 0
    for number in range(1, ROUNDS + 1):
        say(f"load: {number} of {ROUNDS}")
        remove_database(data)
        figures = workplace.run_stage("load", data)
        here.append(figures["seconds"])
        rows = sum(figures["rows"].values())
        if shell:
            if number == 1:
                write_rows(data / "shopify_data.db", imported)
            beside.append(import_rows(shell, data / "shopify_data.db", imported))
    yield row(rows, rows / median(here), rows / median(beside) if beside else None)


def remove_database(data: Path) -> None:
    """Remove the database and what belongs to it."""
    for file in data.glob("shopify_data.db*"):
        file.unlink()


def write_rows(database: Path, folder: Path) -> None:
    """Write the rows of each table to a CSV file without header; null becomes empty."""
    with closing(sqlite3.connect(database)) as db:
        for table in TABLES:
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(db.execute(f"SELECT * FROM {table}"))


def import_rows(shell: str, like: Path, folder: Path) -> float:
    """Import the CSV files into a new database with the schema of ``like``; return the seconds it took.

    :raises ProgramFailed: when rows are missing afterwards.
    """
    database = folder / "imported.db"
    for file in folder.glob("imported.db*"):
        file.unlink()
    with closing(sqlite3.connect(like)) as db:
        schema = [row[0] for row in db.execute(TABLES_AND_INDEXES)]
        expected = [count(db, table) for table in TABLES]
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(";\n".join(schema))
    script = [
        "PRAGMA synchronous = NORMAL;",
        "BEGIN;",
        ".mode csv",
        *(f".import {table}.csv {table}" for table in TABLES),
        "COMMIT;",
    ]
    started = time.perf_counter()
    process = subprocess.run(
        [shell, "-batch", database.name],
        input="\n".join(script) + "\n",
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    with closing(sqlite3.connect(database)) as db:
        found = [count(db, table) for table in TABLES]
    if found != expected:
        raise ProgramFailed(f"sqlite3 imported {found} rows instead of {expected}:\n{process.stderr[-2000:]}")
    return seconds


def count(db: sqlite3.Connection, table: str) -> int:
    """The number of rows in a table."""
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def row(rows: int, here: float, beside: float | None) -> Row:
    """The line for rows a second; without a shell it says so."""
    what = f"Load of {ORDERS:,} orders, {rows:,} rows"
    goal = f"≥ {LEAST_SHARE} times as fast"
    if beside is None:
        return Row(what, f"{here:,.0f} rows/s", "no sqlite3 shell here", goal=goal)
    ratio = here / beside
    return Row(
        what,
        f"{here:,.0f} rows/s",
        f"sqlite3 .import {beside:,.0f} rows/s",
        f"{ratio:.2f} times as fast",
        goal,
        ratio >= LEAST_SHARE,
    )
