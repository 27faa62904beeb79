"""SIGKILL of a task's process at drawn moments, then its retry or a new run: nothing lost, nothing left.

A moment is drawn by line of the product's code, then which time it is reached, then up to four milliseconds
on, which is inside SQLite, a request or the file system. ``--kills 2000`` draws more, ``--seed`` others; one
of them alone is ``-k "[137]"``.
"""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.faults.on_disk import content, is_unlocked, leftovers
from tests.faults.processes import Moment, join, perform_until, start
from tests.faults.theatre import KINDS, Theatre, assert_old_or_new
from tests.pipeline import FETCHES, Pipeline

STAGES = {
    "fetch": FETCHES,
    "load": ("load_sqlite",),
    "reconciliation": ("reconcile",),
    "export": ("export_csv",),
    "analytics": ("compute_analytics",),
}


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


def assert_ledger_is_closed(pipeline: Pipeline) -> None:
    """Every run has ended and has its log, no try is left running."""
    with closing(sqlite3.connect(pipeline.database)) as db:
        runs = db.execute("SELECT status, log_file FROM sync_runs").fetchall()
        open_tries = db.execute("SELECT * FROM task_attempts WHERE state = 'running'").fetchall()
    assert {status for status, _ in runs} <= {"success", "interrupted"}
    logs = sorted(Path(log_file).name for _, log_file in runs)
    assert sorted(path.name for path in pipeline.log_dir.iterdir()) == logs
    assert open_tries == []
