"""What is expensive, and the same for every test of a session, is made by one worker for all."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

FOLDER = "TESTS_MADE_ONCE_IN"


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder that ``make`` has filled, in this process or in another worker's; only to be read.

    Whoever comes while another makes it waits.
    """
    base = Path(os.environ[FOLDER])
    folder = base / name
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = Path(tempfile.mkdtemp(dir=base))
            make(making)
            making.rename(folder)
    return folder
