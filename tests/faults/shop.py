"""A small shop with a history, what a sync has made of it, and what has happened in it since."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.shop.life import advance, open_shop
from demo_store.state import Store

from tests.dag.equality import summary
from tests.dag.running import NOW
from tests.dag.shop import Shop
from tests.pipeline import Pipeline, connection_to

LATER = timedelta(hours=30)
SMALL_PAGES = {"shopify_page_size": "9"}


@dataclass(frozen=True)
class Synced:
    """A folder as a good run has left it, and the store file of that time and of ``LATER``."""

    folder: Path
    then: Path
    later: Path


def sync_a_shop(folder: Path) -> Synced:
    """A shop of some 40 orders after its first run, and again after it has lived on."""
    then = folder / "then.db"
    open_shop(then, orders=40, months=2, now=NOW).close()
    with serving(then) as server:
        run = Pipeline(folder / "synced", connection_to(server), SMALL_PAGES).run("first")
        assert run.succeeded, run.reasons
    later = Path(shutil.copy(then, folder / "later.db"))
    store = Store.open(later)
    advance(store, NOW + LATER)
    shop = Shop(store, ManualClock(NOW + LATER / 2))
    shop.delete("products", shop.records("products")[3])
    store.close()
    return Synced(folder / "synced", then, later)


@contextmanager
def serving(store_file: Path, **options: Any) -> Iterator[DemoServer]:
    """A store file over HTTP; its clock stands at ``NOW``, or at ``clock``."""
    store = Store.open(store_file)
    with DemoServer(store, plan="unlimited", **{"clock": ManualClock(NOW)} | options) as server:
        yield server
    store.close()


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
        if name not in ("sync_runs", "task_attempts", "metadata")
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
