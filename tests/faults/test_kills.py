"""SIGKILL of a task's process at drawn moments, then its retry or a new run: nothing lost, nothing left.

A moment is drawn by line of the product's code, then which time it is reached, then up to four milliseconds
on, which is inside SQLite, a request or the file system. ``--kills 2000`` draws more, ``--seed`` others; one
of them alone is ``-k "[137]"``.
"""

from __future__ import annotations

import json
import pickle
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock

from tests.dag.equality import assert_equal_to_store
from tests.dag.running import NOW
from tests.faults.processes import Moment, join, perform_noting_lines, perform_until, start
from tests.faults.shop import (
    LATER,
    SMALL_PAGES,
    Synced,
    content,
    is_unlocked,
    leftovers,
    serving,
    sync_a_shop,
)
from tests.pipeline import FETCHES, Pipeline, Run, connection_to

KINDS = ("full", "increment")
STAGES = {
    "fetch": FETCHES,
    "load": ("load_sqlite",),
    "export": ("export_csv",),
    "analytics": ("compute_analytics",),
}


@dataclass
class Scene:
    """A task about to start, restored as often as needed, and what readers see before and after it."""

    run: bytes
    snapshot: Path
    lines: dict[str, int]
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass
class Theatre:
    """The scenes of all tasks, each prepared when first played; ``finals`` are how whole runs end."""

    folder: Path
    synced: Synced
    server: DemoServer
    scenes: dict[tuple[str, str], Scene] = field(default_factory=dict)
    finals: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def stage(self) -> Path:
        """Where every scene is played: paths are kept in what tasks return."""
        return self.folder / "stage"

    def set_up(self, kind: str, task_id: str) -> tuple[Scene, Run]:
        """Everything as it is right before the task starts."""
        if (kind, task_id) not in self.scenes:
            self.scenes[kind, task_id] = self._prepare(kind, task_id)
        scene = self.scenes[kind, task_id]
        _restore(scene.snapshot, self.stage)
        run: Run = pickle.loads(scene.run)  # noqa: S301 our own
        return scene, run

    def final(self, kind: str) -> dict[str, Any]:
        """What a run without a kill comes to: what the store holds."""
        if kind not in self.finals:
            assert self._begin(kind).go_on().succeeded
            assert_equal_to_store(self.server.store, self.stage / "data")
            self.finals[kind] = content(self.stage / "data")
        return self.finals[kind]

    def _begin(self, kind: str) -> Run:
        if kind == "increment":
            _restore(self.synced.folder, self.stage)
        else:
            shutil.rmtree(self.stage, ignore_errors=True)
        return Pipeline(self.stage, connection_to(self.server), SMALL_PAGES).begin("killed")

    def _prepare(self, kind: str, task_id: str) -> Scene:
        run = self._begin(kind).go_on_to(task_id)
        snapshot = self.folder / f"{kind} {task_id}"
        (self.stage / "data").mkdir(parents=True, exist_ok=True)
        shutil.copytree(self.stage, snapshot)
        noted = self.folder / "lines.json"
        assert join(start(perform_noting_lines, run, task_id, noted)) == 0
        lines = json.loads(noted.read_text(encoding="utf-8"))
        before, after = content(snapshot / "data"), content(self.stage / "data")
        return Scene(pickle.dumps(run), snapshot, lines, before, after)


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """A shop that was synced once, and has changed for thirty hours since."""
    folder = tmp_path_factory.mktemp("kills")
    synced = sync_a_shop(folder)
    with serving(synced.later, clock=ManualClock(NOW + LATER)) as server:
        yield Theatre(folder, synced, server)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "number" in metafunc.fixturenames:
        metafunc.parametrize("number", range(metafunc.config.getoption("--kills")))


def test_a_task_killed_at_any_moment_loses_nothing_and_leaves_nothing(
    theatre: Theatre, number: int, pytestconfig: pytest.Config
) -> None:
    draw = Random(f"{pytestconfig.getoption('--seed')}/{number}")
    kind, tasks = draw.choice(KINDS), STAGES[draw.choice(sorted(STAGES))]
    play(theatre, kind, draw.choice(tasks), draw, same_run=draw.random() < 0.5)


@pytest.mark.parametrize("time", range(8))
@pytest.mark.parametrize("task_id", ["plan_sync", "report_run"])
def test_a_run_killed_at_its_beginning_or_end_is_made_good_by_the_next(
    theatre: Theatre, task_id: str, time: int, pytestconfig: pytest.Config
) -> None:
    draw = Random(f"{pytestconfig.getoption('--seed')}/{task_id}/{time}")
    play(theatre, draw.choice(KINDS), task_id, draw, same_run=False)


def play(theatre: Theatre, kind: str, task_id: str, draw: Random, *, same_run: bool) -> None:
    """Kill the task at a drawn moment, look at what is there, and go on with its retry or a new run."""
    final = theatre.final(kind)
    scene, run = theatre.set_up(kind, task_id)
    line = draw.choice(sorted(scene.lines))
    milliseconds = draw.choice((0.0, draw.uniform(0, 4)))
    moment = Moment(line, draw.randint(1, scene.lines[line]), milliseconds)
    print(f"{task_id} of a {kind} sync killed at {moment}; then {'its retry' if same_run else 'a new run'}")
    ended = join(start(perform_until, run, task_id, moment))
    assert ended == -signal.SIGKILL or (milliseconds and ended == 0)
    assert_old_or_new(content(theatre.stage / "data"), scene.before, scene.after)

    if same_run:
        run.tries[task_id] += 1
        good = run.go_on()
    else:
        good = run.pipeline.run("next")
    assert good.succeeded, good.reasons
    assert content(theatre.stage / "data") == final
    assert leftovers(theatre.stage) == []
    assert is_unlocked(run.pipeline.database)
    assert_ledger_is_closed(run.pipeline)


def assert_old_or_new(found: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> None:
    """Tables, summary and each file are what they were, or what the task makes of them; nothing between."""
    assert found["tables"] in (before["tables"], after["tables"])
    assert found["summary"] in (before["summary"], after["summary"])
    for name in before["files"] | after["files"]:
        assert found["files"].get(name) in (before["files"].get(name), after["files"].get(name))


def assert_ledger_is_closed(pipeline: Pipeline) -> None:
    """Every run has ended and has its log, no try is left running."""
    with closing(sqlite3.connect(pipeline.database)) as db:
        runs = db.execute("SELECT status, log_file FROM sync_runs").fetchall()
        open_tries = db.execute("SELECT task_id FROM task_attempts WHERE state = 'running'").fetchall()
    assert {status for status, _ in runs} <= {"success", "interrupted"}
    logs = sorted(Path(log_file).name for _, log_file in runs)
    assert sorted(path.name for path in pipeline.log_dir.iterdir()) == logs
    assert open_tries in ([], [("report_run",)])


def _restore(snapshot: Path, to: Path) -> None:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(snapshot, to)
