"""The project's SQL files, by their name under ``include/sql``."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from shopify_analytics.config import SQL


@cache
def statement(name: str) -> str:
    """The text of ``include/sql/<name>.sql``, such as ``load/buyers``."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def names(folder: str) -> list[str]:
    """The names of a folder's statements, sorted."""
    return sorted(path.stem for path in Path(SQL / folder).glob("*.sql"))


def run(db: sqlite3.Connection, name: str, parameters: Mapping[str, Any] | None = None) -> int:
    """Execute ``include/sql/<name>.sql``; return how many rows it wrote.

    A cursor's own ``rowcount`` does not know a statement that begins with WITH, and ``total_changes`` counts
    what triggers write, too.
    """
    db.execute(statement(name), parameters or {})
    return int(db.execute("SELECT changes()").fetchone()[0])
