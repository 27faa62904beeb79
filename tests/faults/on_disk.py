"""What a data folder shows: to readers, and to whoever looks for leftovers and locks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.dag.equality import summary


def content(data_dir: Path) -> dict[str, Any]:
    """All that readers may look at: tables and watermarks, CSV files, and the summary if there is one."""
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(data_dir.glob("*.csv"))}
    figures = summary(data_dir) if (data_dir / "analytics_summary.json").exists() else None
    return {"tables": database_content(data_dir), "files": files, "summary": figures}


def database_content(data_dir: Path) -> dict[str, list[Any]]:
    """What :func:`tables` says of the database, nothing when there is none."""
    database = data_dir / "shopify_data.db"
    if not database.exists():
        return {}
    with closing(sqlite3.connect(database)) as db:
        return tables(db)


def tables(db: sqlite3.Connection) -> dict[str, list[Any]]:
    """Every row of every table, but for the bookkeeping about runs and files, and the watermarks."""
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    if not names:
        return {}
    rows = {
        name: db.execute(f"SELECT * FROM {name}").fetchall()
        for name in sorted(names)
        if name not in ("sync_runs", "task_attempts", "incidents", "alerts", "metadata")
    }
    marks = "SELECT key, value FROM metadata WHERE key LIKE 'watermark.%' ORDER BY key"
    return rows | {"watermarks": db.execute(marks).fetchall()}


def leftovers(folder: Path) -> list[str]:
    """Files that are neither data, logs, nor what SQLite needs."""
    known = ("*.csv", "*.log", "analytics_summary.json", "shopify_data.db", "shopify_data.db-wal", "*.db-shm")
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and not any(path.match(pattern) for pattern in known)
    )


def is_unlocked(database: Path) -> bool:
    """Whether a writer gets the database at once, and finds it whole."""
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        db.execute("ROLLBACK")
        return bool(db.execute("PRAGMA integrity_check").fetchall() == [("ok",)])
