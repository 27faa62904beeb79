"""Whatever happened in a shop since a backup: restored and synced once, the database equals the store."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from demo_store.api.server import DemoServer
from hypothesis import given, settings
from hypothesis import strategies as st
from shopify_analytics.backup import back_up
from shopify_analytics.config import Folders
from shopify_analytics.restore import restore

from tests.dag.equality import assert_equal_to_store
from tests.faults.histories import EVENTS, History
from tests.faults.on_disk import database_content
from tests.pipeline import Pipeline, connection_to

# A disk that is no disk halves the time.
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
SYNC = None
# What no list of changes shows makes a run red until a sweep, whether or not something was restored.
SHOWN = [event for event in EVENTS if event not in (History.come_late, History.turn_back)]
STEPS = st.lists(st.one_of(st.just(SYNC), st.sampled_from(SHOWN)), max_size=12)


@settings(max_examples=25, deadline=None)
@given(before=STEPS, after=STEPS, seed=st.integers(0, 9999))
def test_a_restored_backup_and_a_sync_equal_the_store(
    before: list[object], after: list[object], seed: int
) -> None:
    draw = Random(seed)
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as name:
        folder = Path(name)
        history = History(folder / "shop")
        with DemoServer(history.store, clock=history.clock, plan="unlimited") as server:
            pipeline = Pipeline(folder / "sync", connection_to(server), {"shopify_page_size": "3"})
            runs = iter(range(99))

            def sync() -> None:
                history.pass_time(60)
                run = pipeline.run(f"run-{next(runs)}")
                assert run.succeeded, run.reasons

            def live(steps: list[object]) -> None:
                for step in steps:
                    history.pass_time(draw.choice((1, 45, 900)))
                    if callable(step):
                        step(history, draw)
                    else:
                        sync()

            live(before)
            sync()
            folders = Folders(pipeline.data_dir, pipeline.log_dir)
            then, backup = database_content(folders.data_dir), back_up(folders, datetime.now(UTC)).path
            live(after)
            workspace = folder / "workspace"
            workspace.mkdir()
            restore(folders, backup, workspace)
            assert database_content(folders.data_dir) == then
            sync()
            assert_equal_to_store(history.store, pipeline.data_dir)
        history.store.close()
