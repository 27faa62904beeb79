"""Prints a table of every stage at two sizes of the demo store, without rate limit."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.stage import STAGES

SIZES = (3_000, 12_000)


def main() -> None:
    print("| orders in store | stage | records or rows | seconds | per second | peak memory |")
    print("|---:|---|---:|---:|---:|---:|")
    for orders in SIZES:
        with tempfile.TemporaryDirectory(prefix="shopify-analytics-bench-") as folder:
            measure(orders, Path(folder))


def measure(orders: int, folder: Path) -> None:
    """Make a store of about so many orders and print a row for each stage."""
    options = [
        "--port",
        "0",
        "--plan",
        "unlimited",
        "--orders",
        str(orders),
        "--data",
        str(folder / "store.db"),
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "demo_store", *options], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            ready = server.stdout.readline() if server.stdout else ""
            url = ready.partition(" at ")[2].split()[0]
            for stage in STAGES:
                print_row(orders, stage, folder, url)
        finally:
            server.terminate()


def print_row(orders: int, stage: str, folder: Path, url: str) -> None:
    command = [sys.executable, "-m", "tests.bench.stage", stage, str(folder / "data"), url]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    figures = json.loads(output.stdout.splitlines()[-1])
    seconds, records = figures["seconds"], figures["records"]
    print(
        f"| {orders:,} | {stage} | {records:,} | {seconds:.1f} | {records / seconds:,.0f} "
        f"| {figures['peak_mb']:.0f} MB |",
        flush=True,
    )


if __name__ == "__main__":
    main()
