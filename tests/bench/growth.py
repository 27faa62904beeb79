"""The same increment in a small store and in one a hundred times as large: cost follows the change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Row
from tests.bench.processes import Workplace, say
from tests.bench.synthesis import TEMPLATE_ORDERS

ORDERS, TIMES, CHANGED = 10_000, 100, 100
MOST_GROWTH = 2.0
STAGES = {"load": "load", "analytics": "reports", "export": "CSV files"}


def measure(workplace: Workplace) -> Iterator[Row]:
    """Load, reports and CSV files of 100 changed orders, at 10,000 and at 1,000,000 orders."""
    small, large = databases(workplace)
    before, after = (seconds(workplace, data, store_of(workplace)) for data in (small, large))
    for stage, name in STAGES.items():
        yield row(name, before[stage], after[stage])
    yield row("load and reports", *(took["load"] + took["analytics"] for took in (before, after)))


def store_of(workplace: Workplace) -> Path:
    """The store of 10,000 orders."""
    return workplace.store(orders=ORDERS, customers=ORDERS * 2 // 3, products=ORDERS * 3 // 40).path


def databases(workplace: Workplace) -> tuple[Path, Path]:
    """The data folders of 10,000 and of 1,000,000 orders, made once."""
    small, large = workplace.folder / "small", workplace.folder / "large"
    if not large.exists():
        workplace.run_stage("stage_orders", workplace.empty_folder("small"), store_of(workplace))
        workplace.run_stage("load", small)
        shutil.copytree(small, large)
        say(f"growth: making a database of {ORDERS * TIMES:,} orders")
        workplace.run_stage("enlarge", large, str(ORDERS // TEMPLATE_ORDERS), str(TIMES))
    return small, large


def seconds(workplace: Workplace, data: Path, store: Path) -> dict[str, float]:
    """How long each stage of the increment takes, after a first one that writes every file."""
    found = {}
    for stage in ("export", "analytics"):
        workplace.run_stage(stage, data)
    workplace.run_stage("stage_increment", data, store, str(CHANGED))
    for stage, name in STAGES.items():
        say(f"growth: {name} in {data.name}")
        found[stage] = workplace.run_stage(stage, data)["seconds"]
    return found


def row(what: str, before: float, after: float) -> Row:
    """The line of one stage; of the CSV files, which are whole files by nature, without a goal."""
    growth = after / before
    judged = what != STAGES["export"]
    return Row(
        f"{CHANGED} changed orders of {ORDERS * TIMES:,}: {what}",
        f"{after:.2f} s",
        f"{before:.2f} s of {ORDERS:,}",
        f"{growth:.1f} times",
        f"≤ {MOST_GROWTH:.0f} times" if judged else "-",
        growth <= MOST_GROWTH if judged else None,
    )
