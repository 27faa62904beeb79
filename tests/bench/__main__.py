"""Prints the table for README, or only the parts named as arguments (their names: PARTS)."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import dashboards, dlt_comparison, growth, increment, loading, memory, pacing, sheets
from tests.bench.figures import HEADER, Row
from tests.bench.processes import BenchError, Workplace

PARTS: dict[str, Callable[[Workplace], Iterator[Row]]] = {
    "pacing": pacing.measure,
    "dlt": dlt_comparison.measure,
    "load": loading.measure,
    "memory": memory.measure,
    "growth": growth.measure,
    "dashboards": dashboards.measure,
    "sheets": sheets.measure,
    "airflow": increment.measure,
}


def main(names: list[str]) -> int:
    """Measure the named parts, or all; return the exit status."""
    if unknown := [name for name in names if name not in PARTS]:
        print(f"No part is called {', '.join(unknown)}: choose from {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="shopify-analytics-bench-") as folder:
        workplace = Workplace(Path(folder))
        print(HEADER, flush=True)
        for name in names or PARTS:
            for row in PARTS[name](workplace):
                print(row.markdown(), flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
