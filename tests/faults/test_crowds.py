"""Readers and runs at the same time: nobody waits, nobody sees half a load, nothing is lost or doubled."""

from __future__ import annotations

import pickle
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import pytest
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.shop.life import advance
from demo_store.state import Store

from tests.dag.equality import assert_equal_to_store
from tests.dag.running import NOW
from tests.dag.shop import Shop
from tests.faults.crowds import Sight, perform, watch
from tests.faults.on_disk import is_unlocked, leftovers, tables
from tests.faults.processes import join, start
from tests.faults.theatre import SMALL_PAGES, Theatre
from tests.pipeline import Pipeline, Run, connection_to


@dataclass
class LivingShop:
    """A shop that was synced once, over HTTP, and whose clock a test moves."""

    shop: Shop
    server: DemoServer
    pipeline: Pipeline

    def live(self, hours: float) -> None:
        """Let the shop live on, and then be quiet for a minute."""
        self.shop.live(hours=hours)


@pytest.fixture
def living(theatre: Theatre, tmp_path: Path) -> Iterator[LivingShop]:
    shutil.copytree(theatre.synced.folder, tmp_path / "sync")
    store = Store.open(Path(shutil.copy(theatre.synced.then, tmp_path / "store.db")))
    advance(store, NOW)
    shop = Shop(store, ManualClock(NOW))
    with DemoServer(
        store, clock=shop.clock, plan="unlimited", life=lambda _store, _now: shop.before_answer()
    ) as server:
        yield LivingShop(shop, server, Pipeline(tmp_path / "sync", connection_to(server), SMALL_PAGES))
    store.close()


@pytest.mark.parametrize("full_sync", [True, False])
def test_a_reader_in_the_middle_of_its_work_holds_up_no_load_and_sees_none(
    living: LivingShop, full_sync: bool
) -> None:
    living.live(hours=30)
    with closing(sqlite3.connect(living.pipeline.database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        before = tables(reader)
        started = time.monotonic()
        assert living.pipeline.run("second", full_sync=full_sync).succeeded
        assert time.monotonic() - started < 60  # far below the 300 s for which a writer waits
        assert tables(reader) == before
        reader.execute("COMMIT")
        assert tables(reader) != before
    assert_equal_to_store(living.shop.store, living.pipeline.data_dir)


def test_readers_see_one_load_or_the_next_and_whole_files_only(living: LivingShop, tmp_path: Path) -> None:
    committed = Sight()
    committed.look(living.pipeline.data_dir)
    stop, notes = tmp_path / "stop", [tmp_path / f"reader-{number}" for number in range(2)]
    readers = [start(watch, living.pipeline.data_dir, note, stop) for note in notes]
    _wait_for(*(note.with_suffix(".started") for note in notes))
    for number in range(6):
        living.live(hours=9)
        assert living.pipeline.run(f"run-{number}", full_sync=number % 3 == 2).succeeded
        committed.look(living.pipeline.data_dir)
    stop.touch()
    assert [join(reader) for reader in readers] == [0, 0]
    for note in notes:
        seen: Sight = pickle.loads(note.read_bytes())  # noqa: S301  our own
        assert seen.looks > 12
        assert seen.databases <= committed.databases
        assert seen.watermarks == [mark for mark in committed.watermarks if mark in seen.watermarks]
        assert {name: files - committed.files[name] for name, files in seen.files.items()} == {
            name: set() for name in committed.files
        }


@pytest.mark.parametrize("number", range(3))
def test_runs_at_once_lose_and_double_nothing(
    living: LivingShop, tmp_path: Path, number: int, pytestconfig: pytest.Config
) -> None:
    """Four at a time, two of them full, some killed; the shop goes on meanwhile."""
    draw = Random(f"{pytestconfig.getoption('--seed')}/{number}")

    def something_happens() -> None:
        if draw.random() < 0.2:
            living.shop.live(minutes=draw.randrange(1, 60))

    stop, notes = tmp_path / "stop", tmp_path / "reader"
    reader = start(watch, living.pipeline.data_dir, notes, stop)
    living.shop.before_answer = something_happens
    try:
        for round_number in range(2):
            living.live(hours=5)
            runs = [
                living.pipeline.begin(f"{round_number}-{place}", full_sync=place % 2 == 0)
                for place in range(4)
            ]
            processes = [start(perform, run, tmp_path / run.run_id) for run in runs]
            if draw.random() < 0.5:
                time.sleep(draw.uniform(0.1, 0.6))
                processes[draw.randrange(4)].kill()
            for run, process in zip(runs, processes, strict=True):
                assert_succeeded_or_overtaken(process, tmp_path / run.run_id)
        living.shop.before_answer = lambda: None
        living.live(hours=1)
        last = living.pipeline.run("last", full_sync=True)
        assert last.succeeded, last.reasons
    finally:
        stop.touch()
    assert join(reader) == 0
    assert_equal_to_store(living.shop.store, living.pipeline.data_dir)
    assert is_unlocked(living.pipeline.database)
    assert leftovers(living.pipeline.folder) == []
    seen: Sight = pickle.loads(notes.read_bytes())  # noqa: S301  our own
    assert seen.watermarks == sorted(seen.watermarks)


def assert_succeeded_or_overtaken(process: BaseProcess, outcome: Path) -> None:
    """A run was killed, or it succeeded, or what it staged was refused because another was faster."""
    if join(process) == -signal.SIGKILL:
        return
    run: Run = pickle.loads(outcome.read_bytes())  # noqa: S301  our own
    assert run.failed in ([], ["load_sqlite", "report_run"]), run.reasons
    if run.failed:
        assert run.reasons["load_sqlite"].endswith(
            ("another run was faster. Clear the run from plan_sync", "clear the run from plan_sync")
        )


def _wait_for(*files: Path) -> None:
    deadline = time.monotonic() + 60
    while not all(file.exists() for file in files):
        assert time.monotonic() < deadline, files
        time.sleep(0.01)
