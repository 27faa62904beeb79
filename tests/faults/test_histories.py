"""Random histories of a shop, with syncs, crashes and faults among them: after each sync everything is equal.

A hypothesis state machine of some 2,500 steps; ``--histories 1000`` makes it ten times as long, and random.
"""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from demo_store.api.faults import FAILURES
from demo_store.api.server import DemoServer
from demo_store.state import RESOURCES
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from shopify_analytics.database import connect, get_metadata
from shopify_analytics.sweep import want_sweep

from tests.dag.equality import assert_equal_to_store
from tests.faults.histories import EVENTS, History
from tests.faults.on_disk import database_content, is_unlocked, leftovers
from tests.faults.processes import go_on_for, join, start
from tests.faults.seen import Seen
from tests.pipeline import Pipeline, Run, connection_to

RED = ["reconcile", "report_run"]
DRAWS = st.integers(0, 9999).map(Random)
SECONDS = st.sampled_from((0, 1, 20, 45, 400, 900, 9000))
# A disk that is no disk halves the time.
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
ONES_THAT_TAKE_NOTHING_AWAY = (
    History.create_product,
    History.change_product,
    History.create_customer,
    History.create_order,
    History.edit_order,
    History.refund_order,
)


class ShopAndSyncs(RuleBasedStateMachine):
    """A shop, its syncs, and what they must have seen; each event of ``EVENTS`` is a rule, too."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="shopify-analytics-history-", dir=IN_MEMORY))
        self.history = History(self.folder / "shop")
        self.seen = Seen(History(self.folder / "seen").store)
        self.before_answer: Callable[[], None] = lambda: None
        self.server = DemoServer(
            self.history.store,
            clock=self.history.clock,
            plan="unlimited",
            life=lambda _store, _now: self.before_answer(),
        )
        self.server.faults.slow_seconds = 0.0
        self.server.__enter__()
        self.pipeline = Pipeline(
            self.folder / "sync",
            connection_to(self.server),
            {"shopify_page_size": "3", "analytics_top_n": "10", "shopify_sweep_hours": "0"},
        )
        self.runs = 0
        self.swept: set[str] = set()

    def teardown(self) -> None:
        self.server.__exit__()
        self.history.store.close()
        self.seen.store.close()
        shutil.rmtree(self.folder)

    @rule(full=st.booleans())
    def sync(self, full: bool) -> None:
        self._must_succeed(self._begin(full=full).go_on())

    @rule(draw=DRAWS)
    def sync_after_somebody_came_late(self, draw: Random) -> None:
        self.history.come_late(draw)
        self.sync(full=False)

    @rule()
    def sync_that_sweeps(self) -> None:
        if self.seen.watermark:
            with connect(self.pipeline.database) as db:
                for resource in RESOURCES:
                    want_sweep(db, resource)
            self._must_succeed(self._begin(full=False).go_on())

    @rule(full=st.booleans(), failure=st.sampled_from((*FAILURES, "mix")), every=st.integers(2, 9))
    def sync_with_faults(self, full: bool, failure: str, every: int) -> None:
        self.server.faults.every = {failure: every}
        run = self._begin(full=full).go_on()
        self.server.faults.every = {}
        self._may_fail(run)

    @rule(full=st.booleans(), answers=st.integers(0, 12), token=st.booleans())
    def sync_that_is_shut_out(self, full: bool, answers: int, token: bool) -> None:
        """After some answers the token is revoked, or the shop locked."""
        left = iter(range(answers))

        def shut_out() -> None:
            if next(left, None) is None:
                self.server.faults.change({"token_revoked": True} if token else {"shop": "locked"})

        self.before_answer = shut_out
        run = self._begin(full=full).go_on()
        self.before_answer = lambda: None
        self.server.faults.change({"token_revoked": False, "shop": "open"})
        self._may_fail(run)

    @rule(full=st.booleans(), lines=st.integers(1, 4000))
    def sync_that_is_killed(self, full: bool, lines: int) -> None:
        """The process is killed as it comes to one of the product's lines."""
        before, run = database_content(self.pipeline.data_dir), self._begin(full=full)
        ended = join(start(go_on_for, run, lines))
        assert ended in (0, -signal.SIGKILL)
        if database_content(self.pipeline.data_dir) != before:
            self._seen(run)
        assert not self.pipeline.database.exists() or is_unlocked(self.pipeline.database)

    @rule(draw=DRAWS, full=st.booleans())
    def sync_while_much_happens(self, draw: Random, full: bool) -> None:
        """What happens between the answers is seen by the full sync after it."""
        self._sync_amid(EVENTS, draw, full=full)
        self._must_succeed(self._begin(full=True).go_on())

    @rule(draw=DRAWS)
    def sync_while_more_appears(self, draw: Random) -> None:
        """What appears or changes between the answers is seen by the next increment."""
        if self.seen.watermark is None:
            return
        self._sync_amid(ONES_THAT_TAKE_NOTHING_AWAY, draw, full=False)
        self.history.pass_time(60)
        self._must_succeed(self._begin(full=False).go_on())

    def _begin(self, *, full: bool) -> Run:
        self.runs += 1
        self.swept |= self._wanted()
        return self.pipeline.begin(f"run-{self.runs}", full_sync=full)

    def _wanted(self) -> set[str]:
        """The resources that the next run is to sweep."""
        if not database_content(self.pipeline.data_dir):
            return set()
        with connect(self.pipeline.database) as db:
            return {resource for resource in RESOURCES if get_metadata(db, f"sweep_wanted.{resource}")}

    def _sync_amid(
        self, events: tuple[Callable[[History, Random], None], ...], draw: Random, *, full: bool
    ) -> None:
        def something_happens() -> None:
            if draw.random() < 0.4:
                self.history.pass_time(draw.randrange(3))
                draw.choice(events)(self.history, draw)

        self.before_answer = something_happens
        run = self._begin(full=full).go_on()
        self.before_answer = lambda: None
        assert run.succeeded or run.failed == RED, run.reasons

    def _seen(self, run: Run) -> None:
        now = self.history.clock.now().replace(microsecond=0)
        self.seen.sync(self.history.store, now, full=run.full_sync, swept=self.swept)
        self.swept = set()

    def _may_fail(self, run: Run) -> None:
        if run.succeeded or "Missing here" in run.reasons.get("reconcile", ""):
            self._must_succeed(run)
        elif run.states.get("load_sqlite") == "success":
            self._seen(run)

    def _must_succeed(self, run: Run) -> None:
        """A run is red only when there is something that no increment will see; the next one finds it."""
        assert run.succeeded or run.failed == RED, run.reasons
        self._seen(run)
        assert_equal_to_store(self.seen.store, self.pipeline.data_dir)
        if not run.succeeded:
            assert self._wanted()
            assert self._wanted() <= self.seen.misses(self.history.store)
            again = self._begin(full=False).go_on()
            assert again.succeeded, again.reasons
            self._must_succeed(again)
        assert leftovers(self.pipeline.folder) == []


def _rule_for(event: Callable[[History, Random], None]) -> Any:
    def happen(self: ShopAndSyncs, draw: Random, seconds: int) -> None:
        event(self.history, draw)
        self.history.pass_time(seconds)

    happen.__name__ = event.__name__
    return rule(draw=DRAWS, seconds=SECONDS)(happen)


for event in EVENTS:
    setattr(ShopAndSyncs, event.__name__, _rule_for(event))


def test_after_each_sync_database_files_and_summary_equal_the_store(pytestconfig: pytest.Config) -> None:
    histories = pytestconfig.getoption("--histories")
    run_state_machine_as_test(
        ShopAndSyncs,
        settings=settings(
            max_examples=histories,
            stateful_step_count=25,
            deadline=None,
            derandomize=histories == 100,
            suppress_health_check=list(HealthCheck),
        ),
    )
