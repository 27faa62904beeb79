"""A demo shop over HTTP, and syncs of it in one folder, one after another."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from demo_store.api.auth import DEFAULT_SCOPES
from demo_store.api.server import DemoServer
from demo_store.clock import ManualClock
from demo_store.state import Store

from tests.dag.equality import OWN_IDS, assert_equal_to_store, csv_rows, live_rows, summary
from tests.dag.shop import Shop
from tests.pipeline import Pipeline, Run, connection_to

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
API = "/admin/api/2026-10"
Rows = dict[int, dict[str, Any]]


@dataclass
class Syncs:
    """Syncs into one folder; their runs are numbered."""

    pipeline: Pipeline
    runs: int = 0

    def begin(self, *, full_sync: bool = False) -> Run:
        """The next run, none of whose tasks has been performed."""
        self.runs += 1
        return self.pipeline.begin(f"run-{self.runs}", full_sync=full_sync)

    def run(self, *, full_sync: bool = False) -> Run:
        """The next run, however it ends."""
        return self.begin(full_sync=full_sync).go_on()

    def sync(self, *, full_sync: bool = False) -> Run:
        """The next run, which must succeed."""
        run = self.run(full_sync=full_sync)
        assert run.reasons == {}
        return run

    def changes(self, *, full_sync: bool = False) -> dict[str, dict[str, int]]:
        """What a sync inserts, updates and deletes, by table."""
        return changes(self.sync(full_sync=full_sync))

    def rows(self, table: str) -> Rows:
        """The live rows of a table by id."""
        with closing(sqlite3.connect(self.pipeline.database)) as db:
            return {row["id"]: row for row in live_rows(db, table)}

    def deleted(self, table: str) -> dict[int, str]:
        """When the rows marked as deleted were so, by id."""
        return dict(self.select(f"SELECT id, deleted_at FROM {table} WHERE deleted_at IS NOT NULL"))

    def watermarks(self) -> dict[str, str]:
        """Up to which store time each entity has been loaded; nothing before there is a database."""
        if not self.pipeline.database.exists():
            return {}
        found = self.select("SELECT key, value FROM metadata WHERE key LIKE 'watermark.%'")
        return {key.removeprefix("watermark."): value for key, value in found}

    def select(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query on the project's database."""
        with closing(sqlite3.connect(self.pipeline.database)) as db:
            return db.execute(query, values).fetchall()

    def csv(self, table: str) -> list[dict[str, str]]:
        """The rows of a table's CSV file."""
        return csv_rows(self.pipeline.data_dir, table)

    def summary(self) -> dict[str, Any]:
        """The key figures without the time of their making."""
        return summary(self.pipeline.data_dir)

    def figures(self, *names: str) -> dict[str, Any]:
        """Some of the key figures."""
        found = self.summary()
        return {name: found[name] for name in names}

    def run_log(self, run: Run) -> str:
        """A run's log."""
        ((log_file,),) = self.select("SELECT log_file FROM sync_runs WHERE run_id = ?", run.run_id)
        return Path(log_file).read_text(encoding="utf-8")


@dataclass
class SyncedShop(Syncs):
    """Syncs of a demo shop, which a test moves and which may change or fail before each answer."""

    shop: Shop = field(kw_only=True)
    server: DemoServer = field(kw_only=True)

    @property
    def store(self) -> Store:
        """The shop's records."""
        return self.shop.store

    def asked(self, path: str) -> int:
        """How many requests have come for a path below the API's version, such as ``orders/count``."""
        return self.server.requests.by_path[f"{API}/{path}.json"]

    def after(self, answers: int, path: str, change: Callable[[], object]) -> None:
        """Let ``change`` happen once in the server, when so many more requests for ``path`` are answered."""
        due = self.asked(path) + answers

        def before_answer() -> None:
            if self.asked(path) >= due:
                self.shop.before_answer = lambda: None
                change()

        self.shop.before_answer = before_answer

    def assert_equal(self) -> None:
        """Database, CSV files and summary show what the store holds."""
        assert_equal_to_store(self.store, self.pipeline.data_dir)


@contextmanager
def serving(
    store: Store,
    folder: Path,
    *,
    clock: ManualClock | None = None,
    scopes: tuple[str, ...] = DEFAULT_SCOPES,
    **variables: str,
) -> Iterator[SyncedShop]:
    """Serve ``store`` without a rate limit, its clock standing at noon, for syncs into ``folder``."""
    shop = Shop(store, clock or ManualClock(NOW))
    with DemoServer(
        store,
        clock=shop.clock,
        plan="unlimited",
        scopes=scopes,
        life=lambda _store, _now: shop.before_answer(),
    ) as server:
        pipeline = Pipeline(folder, connection_to(server), variables)
        yield SyncedShop(pipeline, shop=shop, server=server)


def copy_of(store: Path, folder: Path) -> Store:
    """A copy of one's own of a shop's file."""
    return Store.open(Path(shutil.copy(store, folder / "store.db")))


def changes(run: Run) -> dict[str, dict[str, int]]:
    """Rows inserted, updated and deleted by table, as far as there were any, of what people speak of."""
    counts = {
        table: {change: rows for change, rows in counts.items() if rows and change != "unchanged"}
        for table, counts in run.returned["load_sqlite"].items()
        if table in OWN_IDS
    }
    return {table: changed for table, changed in counts.items() if changed}


def written(run: Run) -> list[str]:
    """The CSV files that a run wrote anew."""
    return [name for name, file in run.returned["export_csv"].items() if file["state"] == "written"]
