"""Tasks about to start, of a full sync and of an increment, restored as often as a test needs them."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.shop.life import advance, open_shop
from demo_store.state import Store

from tests.dag.equality import assert_equal_to_store
from tests.dag.running import NOW
from tests.dag.shop import Shop
from tests.faults.on_disk import content
from tests.faults.processes import join, perform_noting_lines, start
from tests.pipeline import Pipeline, Run, connection_to

KINDS = ("full", "increment")
LATER = timedelta(hours=30)
SMALL_PAGES = {"shopify_page_size": "9"}


@dataclass(frozen=True)
class Synced:
    """A folder as a good run has left it, and the store file of that time and of ``LATER``."""

    folder: Path
    then: Path
    later: Path


def sync_a_shop(folder: Path) -> Synced:
    """A shop of some 40 orders after its first run, and again after it has lived on."""
    then = folder / "then.db"
    open_shop(then, orders=40, months=2, now=NOW).close()
    with serving(then) as server:
        run = Pipeline(folder / "synced", connection_to(server), SMALL_PAGES).run("first")
        assert run.succeeded, run.reasons
    later = Path(shutil.copy(then, folder / "later.db"))
    store = Store.open(later)
    advance(store, NOW + LATER)
    shop = Shop(store, ManualClock(NOW + LATER / 2))
    shop.delete("products", shop.records("products")[3])
    store.close()
    return Synced(folder / "synced", then, later)


@contextmanager
def serving(store_file: Path, **options: Any) -> Iterator[DemoServer]:
    """A store file over HTTP; its clock stands at ``NOW``, or at ``clock``."""
    store = Store.open(store_file)
    with DemoServer(store, plan="unlimited", **{"clock": ManualClock(NOW)} | options) as server:
        yield server
    store.close()


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


def assert_old_or_new(found: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> None:
    """Tables, summary and each file are what they were, or what the task makes of them; nothing between."""
    assert found["tables"] in (before["tables"], after["tables"])
    assert found["summary"] in (before["summary"], after["summary"])
    for name in before["files"] | after["files"]:
        assert found["files"].get(name) in (before["files"].get(name), after["files"].get(name))


def _restore(snapshot: Path, to: Path) -> None:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(snapshot, to)
