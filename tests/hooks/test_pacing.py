"""The bucket is used fully and almost nothing is refused: measured on a simulated store and clock."""

from __future__ import annotations

import heapq
import itertools
import math
import random
from dataclasses import dataclass

import pytest
from shopify_analytics.hooks.pacing import Pacer

PLANS = [40, 80, 400]
RETRY_AFTER_SECONDS = 2.0


class Clock:
    """Shows the time that a test has reached."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Bucket:
    """A leaky bucket as Shopify describes it, with its header."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.leak = size / 20
        self._level = 0.0
        self._measured_at = 0.0

    def take(self, now: float) -> bool:
        self._level = max(0.0, self._level - self.leak * (now - self._measured_at))
        self._measured_at = now
        fits = self._level + 1 <= self.size
        self._level += fits
        return fits

    def header(self) -> str:
        return f"{math.ceil(self._level)}/{self.size}"


@dataclass(frozen=True)
class Outcome:
    """What the consumers of one simulation got: answers of each, and refusals of all together."""

    answered: list[int]
    refused: int
    ceiling: float

    @property
    def share(self) -> float:
        return sum(self.answered) / self.ceiling

    @property
    def refused_share(self) -> float:
        return self.refused / (sum(self.answered) + self.refused)


def simulate(size: int, latencies: list[tuple[float, float]], seconds: float = 600, seed: int = 0) -> Outcome:
    """Let consumers ask one after another as fast as their pacer lets them, each with its latencies."""
    rng, clock, bucket, order = random.Random(seed), Clock(), Bucket(size), itertools.count()
    pacers = [Pacer(clock) for _ in latencies]
    answered, refused = [0] * len(latencies), 0
    events = [(consumer / 100, next(order), "ready", consumer) for consumer in range(len(latencies))]
    replies: dict[int, tuple[str, bool]] = {}
    while events[0][0] < seconds:
        clock.now, _, what, consumer = heapq.heappop(events)
        latency = rng.uniform(*latencies[consumer]) / 2
        if what == "ready":
            due, then = pacers[consumer].delay() + latency, "arrives"
        elif what == "arrives":
            fits = bucket.take(clock.now)
            answered[consumer] += fits
            refused += not fits
            replies[consumer] = bucket.header(), fits
            due, then = latency, "is answered"
        else:
            header, fits = replies[consumer]
            pacers[consumer].answered(header, refused=not fits)
            due, then = 0.0 if fits else RETRY_AFTER_SECONDS, "ready"
        heapq.heappush(events, (clock.now + due, next(order), then, consumer))
    return Outcome(answered, refused, size + bucket.leak * seconds)


@pytest.mark.parametrize("size", PLANS)
@pytest.mark.parametrize("seed", range(3))
def test_a_lone_consumer_uses_the_bucket_fully(size: int, seed: int) -> None:
    outcome = simulate(size, [(0.01, 0.06)], seed=seed)
    assert outcome.share >= 0.98
    assert outcome.refused == 0


@pytest.mark.parametrize("size", PLANS)
@pytest.mark.parametrize("latency", [(0.02, 0.05), (0.05, 0.09)])
@pytest.mark.parametrize("seed", range(3))
def test_three_consumers_share_the_bucket_fully_and_fairly(
    size: int, latency: tuple[float, float], seed: int
) -> None:
    outcome = simulate(size, [latency] * 3, seed=seed)
    assert outcome.share >= 0.98
    assert outcome.refused_share < 0.01
    assert min(outcome.answered) > 0.8 * max(outcome.answered)


@pytest.mark.parametrize("seed", range(3))
def test_slow_and_fast_consumers_share_the_bucket_fully(seed: int) -> None:
    outcome = simulate(40, [(0.02, 0.06), (0.05, 0.2), (0.6, 2.0)], seed=seed)
    assert outcome.share >= 0.98
    assert outcome.refused_share < 0.01
    assert min(outcome.answered) > 200


def test_consumers_of_a_bucket_that_is_crowded_beyond_plan_still_use_it_fully() -> None:
    outcome = simulate(40, [(0.05, 0.2)] * 8)
    assert outcome.share >= 0.98
    assert outcome.refused_share < 0.05


def test_without_a_header_nothing_waits() -> None:
    pacer = Pacer(Clock())
    for _ in range(100):
        pacer.answered(None)
    assert pacer.delay() == 0


def test_a_lone_consumer_keeps_room_for_one_request() -> None:
    pacer = Pacer(Clock())
    pacer.answered("38/40")
    assert pacer.delay() == 0
    pacer.answered("39/40")
    assert pacer.delay() == 0.5


def test_what_others_send_makes_the_reserve_larger() -> None:
    pacer = Pacer(Clock())
    pacer.answered("30/40")
    pacer.answered("33/40")
    pacer.answered("36/40")
    assert pacer.delay() == 0.5


def test_what_the_header_rounds_up_is_no_call_of_others() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    pacer.answered("38/40")
    clock.now = 0.25
    pacer.answered("39/40")  # 38.5, rounded up
    assert pacer.delay() == 0.25
    pacer.answered("40/40")  # 39.5, rounded up
    assert pacer.delay() == 0.75


def test_the_level_sinks_while_time_passes() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    pacer.answered("40/40")
    assert pacer.delay() == 1.0
    clock.now = 0.75
    assert pacer.delay() == 0.25


def test_every_refusal_makes_the_reserve_larger_for_five_minutes() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    pacer.answered("40/40", refused=True)
    assert pacer.delay() == 2.5
    pacer.answered("40/40", refused=True)
    assert pacer.delay() == 4.0
    clock.now = 299.0
    pacer.answered("40/40")
    assert pacer.delay() == 5.5
    clock.now = 301.0
    assert pacer.delay() == 0.5
