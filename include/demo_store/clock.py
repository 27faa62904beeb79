"""What time it is in the shop: the real time, a time that runs faster, or one that a test sets."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the shop's time."""

    def now(self) -> datetime:
        """Return the present moment, time-zone aware, in UTC."""
        ...


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the real present moment in UTC."""
        return datetime.now(UTC)


class ScaledClock:
    """A clock that starts at ``start`` and runs ``speed`` times as fast as the real one."""

    def __init__(self, start: datetime, speed: float) -> None:
        self._start = start.astimezone(UTC)
        self._speed = speed
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Return ``start`` plus the real time that has passed since, times ``speed``, in UTC."""
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self._speed)


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment the clock was last moved to, in UTC."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move the clock forward by ``by``."""
        self._now += by

    def set(self, to: datetime) -> None:
        """Move the clock to ``to``, forward or back."""
        self._now = to.astimezone(UTC)
