"""What the measurements share: stores of a size, a served store, and programs in processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from demo_store.state import Store

from tests.bench.synthesis import Template, make_store, make_template

PROJECT = Path(__file__).resolve().parents[2]


class BenchError(Exception):
    """Something could not be measured; the message says what and why."""


class ProgramFailed(BenchError):
    """A measured program ended with an error; the message has the end of what it wrote."""


@dataclass
class Workplace:
    """The temporary folder in which everything is made, and the stores already made there."""

    folder: Path
    stores: dict[tuple[int, int, int], Store] = field(default_factory=dict)

    @cached_property
    def template(self) -> Template:
        """The small shop of which all stores are copies."""
        return make_template(self.folder / "template.db")

    @cached_property
    def environment(self) -> dict[str, str]:
        """The environment of measured programs: Airflow's settings are this folder's, not the user's."""
        ours = ("AIRFLOW_", "SHOPIFY_", "GOOGLE_", "PYTHONPATH")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return kept | {
            "AIRFLOW_HOME": str(self.folder / "airflow"),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)]),
            "PYTHONPATH": os.pathsep.join(str(PROJECT / part) for part in ("plugins", "include", "")),
        }

    def store(self, *, orders: int, customers: int, products: int) -> Store:
        """A store of this size."""
        size = (orders, customers, products)
        if size not in self.stores:
            path = self.folder / f"store_{'_'.join(map(str, size))}.db"
            say(f"making a store of {orders:,} orders")
            self.stores[size] = make_store(
                path, self.template, orders=orders, customers=customers, products=products
            )
        return self.stores[size]

    def empty_folder(self, name: str) -> Path:
        """A folder of this name with nothing in it."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def start(self, command: Sequence[str | Path]) -> subprocess.Popen[str]:
        """Start a program in the measured environment, to be given to :func:`figures_of`."""
        return subprocess.Popen(
            list(map(str, command)),
            env=self.environment,
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run_stage(self, stage: str, *arguments: str | Path) -> dict[str, Any]:
        """Run a stage of ``tests/bench/stage.py``; return its figures."""
        return self.run([sys.executable, "-m", "tests.bench.stage", stage, *arguments])

    def run(self, command: Sequence[str | Path]) -> dict[str, Any]:
        """Run a program; return its figures, and as ``wall_seconds`` how long it took with its start."""
        started = time.perf_counter()
        figures = figures_of(self.start(command))
        return figures | {"wall_seconds": time.perf_counter() - started}


def figures_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a program, and return the JSON object in the last line that it prints.

    :raises ProgramFailed: when it ends with an error.
    """
    try:
        output, errors = process.communicate()
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        raise ProgramFailed(f"{process.args!r} ended with {process.returncode}:\n{errors[-2000:]}")
    figures: dict[str, Any] = json.loads(output.splitlines()[-1])
    return figures


def say(progress: str) -> None:
    """Tell the person who waits; the table alone goes to standard output."""
    print(f"  … {progress}", file=sys.stderr, flush=True)
