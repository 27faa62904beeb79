"""Several processes at once on one data folder: whole runs, and readers that note all they see."""

from __future__ import annotations

import hashlib
import pickle
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.on_disk import tables
from tests.pipeline import Run

FILES = ("*.csv", "analytics_summary.json")
SECONDS_BETWEEN_LOOKS = 0.02


@dataclass
class Sight:
    """What readers have seen: database and files by fingerprint, and the watermarks in their order."""

    databases: set[str] = field(default_factory=set)
    files: dict[str, set[str]] = field(default_factory=dict)
    watermarks: list[str] = field(default_factory=list)
    looks: int = 0

    def look(self, data_dir: Path) -> None:
        """Read everything once, the database in one transaction."""
        with closing(sqlite3.connect(f"file:{data_dir}/shopify_data.db?mode=ro", uri=True)) as db:
            db.execute("BEGIN")
            rows = tables(db)
        self.databases.add(_fingerprint(repr(rows).encode()))
        watermark = str(rows["watermarks"])
        if self.watermarks[-1:] != [watermark]:
            self.watermarks.append(watermark)
        for pattern in FILES:
            for path in data_dir.glob(pattern):
                self.files.setdefault(path.name, set()).add(_fingerprint(path.read_bytes()))
        self.looks += 1


def watch(data_dir: Path, to: Path, stop: Path) -> None:
    """Look again and again until the file ``stop`` appears; write the :class:`Sight` to ``to``."""
    sight = Sight()
    while not stop.exists():
        sight.look(data_dir)
        to.with_suffix(".started").touch()
        time.sleep(SECONDS_BETWEEN_LOOKS)
    to.write_bytes(pickle.dumps(sight))


def perform(run: Run, to: Path) -> None:
    """Perform a whole run and write it to ``to``."""
    to.write_bytes(pickle.dumps(run.go_on()))


def _fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
