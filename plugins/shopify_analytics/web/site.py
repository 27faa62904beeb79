"""Where the dashboards' data is, and what operators have set about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

from shopify_analytics.config import Folders, alert_data_age, load_folders, targets

SECONDS_KEPT = 30.0


@dataclass(frozen=True)
class Site:
    """The folders, how old the newest data may be (0: any age), and the targets of the scorecard."""

    folders: Folders
    longest_age: timedelta = timedelta(minutes=45)
    targets: Mapping[str, float] = field(default_factory=dict)


def airflow_site() -> Site:
    """As the Variables say; raises :class:`SettingsError`."""
    return Site(load_folders(), alert_data_age(), targets())


class Remembered:
    """What a reader of settings returned, for half a minute: each Variable is a query of a database."""

    def __init__(self, read: Callable[[], Site], clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._lock = Lock()
        self._site: Site | None = None
        self._until = 0.0

    def __call__(self) -> Site:
        with self._lock:
            if self._site is None or self._clock() >= self._until:
                self._site = self._read()
                self._until = self._clock() + SECONDS_KEPT
            return self._site
