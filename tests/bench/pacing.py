"""How much of the rate limit a fetch uses, and how many of its calls are refused."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo_store.api.bucket import PLANS
from demo_store.api.server import DemoServer
from demo_store.state import Store

from tests.bench.figures import Row
from tests.bench.processes import Workplace, figures_of, say

ORDERS = 20_000
OTHERS = 5_000
PLAN = "standard"
LEAST_SHARE_PERCENT = 98.0
MOST_REFUSED_PERCENT = 1.0


@dataclass(frozen=True)
class Calls:
    """The API calls of a fetch from its first to its last: all, refused, and the seconds between."""

    total: int
    refused: int
    seconds: float

    @property
    def accepted(self) -> int:
        return self.total - self.refused

    @property
    def ceiling(self) -> float:
        """The most calls that the bucket can take in until the last: its size, and what leaks meanwhile.

        The 40 calls that an empty bucket takes at once count too: a client that lets them pass is slower than
        it has to be. A fetch of 80 pages is throttled for most of the time, so that at its last call only
        the pacing decides how near to the ceiling it has come; on a machine that is too busy to fetch two
        pages a second the figure would tell of the machine.
        """
        plan = PLANS[PLAN]
        if plan is None:
            raise ValueError(f"The plan {PLAN} has no rate limit to measure.")
        return plan.size + plan.leak * self.seconds


def measure(workplace: Workplace) -> Iterator[Row]:
    """Fetch from a store on the standard plan in real time: orders alone, then all entities at once."""
    store = workplace.store(orders=ORDERS, customers=OTHERS, products=OTHERS)
    for what, fetches in (
        (f"one fetch of {ORDERS:,} orders", [["orders"]]),
        (
            f"three fetches at once, {ORDERS + 2 * OTHERS:,} records",
            [["products"], ["customers"], ["orders"]],
        ),
    ):
        say(f"pacing: {what}")
        calls = paced(workplace, store, fetches)
        used = 100 * calls.accepted / calls.ceiling
        refused = 100 * calls.refused / calls.total
        yield Row(
            f"Rate limit used: {what}",
            f"{calls.accepted} calls",
            f"{calls.ceiling:.1f} allowed",
            f"{used:.1f} %",
            f"≥ {LEAST_SHARE_PERCENT:.0f} %",
            used >= LEAST_SHARE_PERCENT,
        )
        yield Row(
            "Calls refused in it",
            f"{calls.refused}",
            f"{calls.total} sent",
            f"{refused:.1f} %",
            f"< {MOST_REFUSED_PERCENT:.0f} %",
            refused < MOST_REFUSED_PERCENT,
        )


def paced(workplace: Workplace, store: Store, fetches: Sequence[Sequence[str]]) -> Calls:
    """Run fetches side by side, each in a process of its own; return the calls of all of them."""
    data = workplace.empty_folder("pacing")
    with DemoServer(store, plan="unlimited") as server:
        workplace.run_stage("plan", data, server.url)
    called_at: list[float] = []
    with DemoServer(store, plan=PLAN, life=lambda *_: called_at.append(time.monotonic())) as server:
        processes = [workplace.start(fetch_command(data, server.url, entities)) for entities in fetches]
        try:
            for process in processes:
                figures_of(process)
        finally:
            for process in processes:
                process.kill()
        requests = server.requests
    return Calls(requests.total, requests.refused, called_at[-1] - called_at[0])


def fetch_command(data: Path, url: str, entities: Sequence[str]) -> list[str | Path]:
    """The command that fetches these entities."""
    return [sys.executable, "-m", "tests.bench.stage", "fetch_entities", data, url, *entities]
