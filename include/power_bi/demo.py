"""``make demo-files``: what the guide shows of the demo store; with a folder, also its CSV files into it."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from power_bi.__main__ import DASHBOARDS, write_files
from power_bi.demo_files import demo_database, expected_file, export
from power_bi.wireframe_figures import Figures
from power_bi.wireframes import wireframes


def guide_files(db: sqlite3.Connection) -> dict[str, bytes]:
    """Path below ``dashboards`` and content of the expected figures and the wireframes."""
    drawn = wireframes(Figures(db))
    return {
        "expected.json": expected_file(db),
        **{f"power-bi-wireframes/{name}": content for name, content in drawn.items()},
    }


def main(arguments: list[str]) -> None:
    """Make the demo store and write what is asked for."""
    with demo_database() as db:
        for name in arguments:
            export(db, Path(name))
        changed = write_files(DASHBOARDS, guide_files(db))
    sys.stdout.write("".join(f"{path}\n" for path in changed) or "Nothing has changed.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
