"""Work that nothing else may go on beside: neither a sync nor another command on the same folder."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from shopify_analytics.errors import SyncGoingOn

SECONDS_BETWEEN_LOOKS = 1.0


def running_run(db: sqlite3.Connection) -> str | None:
    """A run that has not ended, by the ledger: one that goes on, or was killed and is not closed yet."""
    found = db.execute(
        """
        SELECT run_id FROM sync_runs WHERE status = 'running'
        UNION
        SELECT run_id FROM task_attempts WHERE state = 'running'
        """
    ).fetchone()
    return found[0] if found else None


def refuse_amid_a_sync(db: sqlite3.Connection, patience: timedelta = timedelta(0)) -> None:
    """Wait for a sync to end.

    :raises SyncGoingOn: when it has not ended after ``patience``.
    """
    until = time.monotonic() + patience.total_seconds()
    while run_id := running_run(db):
        if time.monotonic() >= until:
            raise SyncGoingOn(
                f"The run {run_id} is going on: wait until it has ended, then do this again. If it was "
                "killed, the next sync closes it"
            )
        time.sleep(SECONDS_BETWEEN_LOOKS)


@contextmanager
def locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Have the folder for as long as the block runs, once no other command has it.

    :raises BlockingIOError: when another command has it and ``wait`` is false.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
