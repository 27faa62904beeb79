"""A whole sync beside dlt's fetch and load of the same store."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

from demo_store.api.auth import DEMO_TOKEN
from demo_store.api.server import DemoServer

from tests.bench.figures import Row
from tests.bench.processes import PROJECT, BenchError, Workplace, say

RECORDS = 5_000
ROUNDS = 3
TIMES_AS_FAST = 3.0
VERSION = "2026-10"
DLT_HOME = PROJECT / ".venv-bench"


class RowsDiffer(BenchError):
    """The two have not loaded the same, so that their times cannot be compared."""


def measure(workplace: Workplace) -> Iterator[Row]:
    """Sync in turn with this project and with dlt, each time from nothing; compare the medians.

    This project fetches, loads, writes the CSV files and the summary. dlt fetches and loads; it also keeps
    nested lists that have no table here, which costs it next to nothing: with ``max_table_nesting`` 1 it was
    as fast.
    """
    store = workplace.store(orders=RECORDS, customers=RECORDS, products=RECORDS)
    here, beside = [], []
    with DemoServer(store, plan="unlimited") as server:
        for number in range(1, ROUNDS + 1):
            say(f"dlt: sync {number} of {ROUNDS}")
            here.append(workplace.run_stage("sync", workplace.empty_folder("sync"), server.url))
            if (DLT_HOME / "installed").exists():
                beside.append(run_dlt(workplace, server.url))
                require_equal(here[-1]["rows"], beside[-1]["rows"])
    what = f"Sync of {3 * RECORDS:,} records, with CSV and summary; dlt without"
    yield compare(f"{what}: the whole process", "wall_seconds", here, beside)
    yield compare("The same without start and imports", "seconds", here, beside)


def run_dlt(workplace: Workplace, url: str) -> dict[str, Any]:
    """Fetch and load by dlt; return its figures."""
    python, script = DLT_HOME / "bin" / "python", PROJECT / "tests" / "bench" / "dlt_peer.py"
    return workplace.run([python, script, workplace.empty_folder("dlt"), url, DEMO_TOKEN, VERSION])


def require_equal(here: dict[str, int], beside: dict[str, int]) -> None:
    """Check that both have as many rows in every table that both have.

    :raises RowsDiffer: with the counts, when they have not.
    """
    ours = {table: here[table] for table in beside}
    if ours != beside:
        raise RowsDiffer(f"This project loaded {ours}, dlt {beside}.")


def compare(what: str, key: str, here: list[dict[str, Any]], beside: list[dict[str, Any]]) -> Row:
    """A line that compares the medians of a duration."""
    ours = median(run[key] for run in here)
    goal = f"≥ {TIMES_AS_FAST:.0f} times as fast"
    if not beside:
        return Row(what, f"{ours:.1f} s", "dlt is not installed", goal=goal)
    theirs = median(run[key] for run in beside)
    ratio = theirs / ours
    return Row(
        what,
        f"{ours:.1f} s",
        f"dlt {theirs:.1f} s",
        f"{ratio:.1f} times as fast",
        goal,
        ratio >= TIMES_AS_FAST,
    )
