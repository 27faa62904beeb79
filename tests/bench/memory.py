"""The peak memory of each task's work at a small and at a large store."""

from __future__ import annotations

from collections.abc import Iterator

from demo_store.api.server import DemoServer

from tests.bench.figures import Row
from tests.bench.processes import Workplace, say

SIZES = (5_000, 200_000)
MOST_MB = 300.0
# Flat means that a store forty times as large takes at most so much more.
MOST_GROWTH = 1.25
STAGES = ("plan", "fetch_entities", "load", "export", "analytics")
NAMES = {"plan": "plan_sync", "fetch_entities": "fetch_*", "load": "load_sqlite", "export": "export_csv"} | {
    "analytics": "compute_analytics"
}


def measure(workplace: Workplace) -> Iterator[Row]:
    """Run each stage in a process of its own, at both sizes; the fetches of all entities share one."""
    small, large = (peaks(workplace, orders) for orders in SIZES)
    for stage in STAGES:
        before, after = small[stage], large[stage]
        yield Row(
            f"Peak memory of {NAMES[stage]} at {SIZES[1]:,} orders",
            f"{after:.0f} MB",
            f"{before:.0f} MB at {SIZES[0]:,}",
            f"{after / before:.2f} times",
            f"flat, < {MOST_MB:.0f} MB",
            after < MOST_MB and after / before <= MOST_GROWTH,
        )


def peaks(workplace: Workplace, orders: int) -> dict[str, float]:
    """The peak memory of each stage in MB, of a store with two customers for three orders."""
    store = workplace.store(orders=orders, customers=orders * 2 // 3, products=orders * 3 // 40)
    data = workplace.empty_folder("memory")
    found = {}
    with DemoServer(store, plan="unlimited") as server:
        for stage in STAGES:
            say(f"memory: {NAMES[stage]} at {orders:,} orders")
            needs_store = stage in {"plan", "fetch_entities"}
            found[stage] = workplace.run_stage(stage, data, *([server.url] if needs_store else []))["peak_mb"]
    return found
