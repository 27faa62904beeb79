"""Five tables of 100,000 rows pushed to a Google Sheets on loopback: what is written, and what it costs here.

The server's time says nothing about Google's; requests, bytes and this project's own CPU do.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.figures import Row
from tests.bench.processes import Workplace, say

ROWS, ROWS_OF_ONE_BOOK = 100_000, 70_000
ONE_BOOK = "bench-3"
TABLES = ("products", "product_variants", "customers", "orders", "line_items")
# The one with 20 columns.
ONE = "line_items"
MOST_BYTES, MOST_WRITES, MOST_READS, MOST_CPU_SECONDS = 250_000, 6, 3, 3.0


def measure(workplace: Workplace) -> Iterator[Row]:
    """Push everything, nothing, a row of each table, one per cent of one table, one per cent of all tables.

    So many rows of real width are more than a spreadsheet holds: they are in two, and fewer of them in one.
    """
    data, key = workplace.empty_folder("sheets"), workplace.folder / "sheets_key.json"

    def stage(name: str, *arguments: str) -> dict[str, Any]:
        say(f"sheets: {name.replace('_', ' ')} {' '.join(arguments)}")
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "tests.bench.sheets_stage",
            name,
            data,
            url,
            key,
            *arguments,
        ]
        return workplace.run(command)

    with sheets_server(workplace, key) as url:
        stage("fill", str(ROWS), *TABLES)
        first = stage("push")
        nothing = stage("push")
        stage("touch", "1", *TABLES)
        few = stage("push")
        stage("let_an_hour_pass")
        hourly = stage("push")
        stage("touch", str(ROWS // 100), ONE)
        one = stage("push")
        stage("touch", str(ROWS // 100), *TABLES)
        every = stage("push")
        data = workplace.empty_folder("one_spreadsheet")
        stage("fill", str(ROWS_OF_ONE_BOOK), *TABLES)
        stage("push", ONE_BOOK)
        stage("touch", str(ROWS_OF_ONE_BOOK // 100), *TABLES)
        in_one = stage("push", ONE_BOOK)
    yield Row(
        f"First push of five tables of {ROWS:,} rows, {first['cells']:,} cells",
        f"{first['seconds']:,.0f} s",
        f"{first['writes']} writes, {first['reads']} reads",
        f"{first['megabytes']:,.0f} MB",
    )
    yield judged(
        "Push when nothing changed", nothing, f"{nothing['writes']} writes", "0", nothing["writes"] == 0
    )
    cpu = few["cpu_seconds"]
    what = f"CPU of a push when all but five of {len(TABLES) * ROWS:,} rows are unchanged"
    yield judged(what, few, f"{cpu:.1f} s", f"< {MOST_CPU_SECONDS:.0f} s", cpu < MOST_CPU_SECONDS)
    what = "CPU of the hourly reading back, which compares every row"
    yield judged(what, hourly, f"{hourly['cpu_seconds']:.1f} s")
    size = one["megabytes"] * 1e6
    is_cheap = one["writes"] == 1 and size <= MOST_BYTES
    what = f"Push of 1 % of a table of {ROWS:,} rows and 20 columns"
    yield judged(what, one, f"{size / 1e6:.2f} MB", f"1 write, ≤ {MOST_BYTES / 1e6} MB", is_cheap)
    for rows, books, found in ((ROWS, 2, every), (ROWS_OF_ONE_BOOK, 1, in_one)):
        is_cheap = found["writes"] <= MOST_WRITES and found["reads"] <= MOST_READS * books
        what = f"Push of 1 % of five tables of {rows:,} rows, spreadsheets: {books}"
        goal = f"≤ {MOST_WRITES} writes, ≤ {MOST_READS} reads a spreadsheet"
        yield judged(what, found, f"{found['megabytes']:.1f} MB", goal, is_cheap)


def judged(what: str, found: dict[str, Any], here: str, goal: str = "-", is_met: bool | None = None) -> Row:
    """The line of one push."""
    requests = f"{found['writes']} writes, {found['reads']} reads"
    took = f"{found['seconds']:.1f} s, CPU {found['cpu_seconds']:.1f} s"
    return Row(what, here, requests, took, goal, is_met)


@contextmanager
def sheets_server(workplace: Workplace, key: Path) -> Iterator[str]:
    """The server as a process of its own, for as long as the block runs; where it is."""
    command: list[str | Path] = [sys.executable, "-m", "tests.sheets_server", "--key", key]
    process = workplace.start([*command, *(f"--book=bench-{number}" for number in (1, 2, 3))])
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
