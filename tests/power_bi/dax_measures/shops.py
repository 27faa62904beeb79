"""Shops with their database, their CSV files and the model over these."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from shopify_analytics.csv_export import export_reports, export_tables
from shopify_analytics.database import connect
from shopify_analytics.reports import run_report
from shopify_analytics.shop import minor_per_major
from shopify_analytics.web.filters import only

from tests.power_bi.dax import Engine
from tests.power_bi.dax_measures.csv_model import read_csv_model
from tests.power_bi.dax_measures.slices import Cells, Slice

Rows = list[dict[str, Any]]
WHOLE: Mapping[str, str] = {}


@dataclass
class MeasuredShop:
    """A shop, seen by the SQL reports and by the measures."""

    db: sqlite3.Connection
    database: Path
    engine: Engine
    opened: ExitStack
    _parts: dict[tuple[tuple[str, str], ...], sqlite3.Connection] = field(default_factory=dict)
    _reports: dict[Any, Rows] = field(default_factory=dict)

    @cached_property
    def days(self) -> tuple[date, date]:
        """The first and the last day of the ledger."""
        days = self.engine.model.tables["Sales Ledger"].index("Ledger date")
        known = [day for day in days if isinstance(day, date)]
        return min(known), max(known)

    @cached_property
    def slices(self) -> tuple[Slice, ...]:
        """The cells in which measures are compared."""
        return tuple(Cells(self.engine, *self.days))

    @cached_property
    def minor(self) -> float:
        """How many of its smallest units the currency's unit has."""
        return minor_per_major(self.db)

    def report(self, name: str, part: Mapping[str, str] = WHOLE, /, **parameters: Any) -> Rows:
        """The rows of a report on the last day of the ledger, of the whole shop, a country or a channel."""
        told = {"today": self.days[1].isoformat(), "top_n": 1_000_000, **parameters}
        asked = (name, tuple(part.items()), tuple(told.items()))
        if asked not in self._reports:
            self._reports[asked] = run_report(self._part(part), name, **told)
        return self._reports[asked]

    def _part(self, part: Mapping[str, str]) -> sqlite3.Connection:
        key = tuple(part.items())
        if key not in self._parts:
            self._parts[key] = self.opened.enter_context(connect(self.database)) if part else self.db
            if part:
                only(self._parts[key], part)
        return self._parts[key]


@contextmanager
def measured(db: sqlite3.Connection, folder: Path) -> Iterator[MeasuredShop]:
    """The shop of a database, exported into ``folder`` as the DAG exports it."""
    export_tables(db, folder, folder)
    export_reports(db, folder, folder)
    database = Path(db.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()[0])
    with ExitStack() as opened:
        yield MeasuredShop(db, database, Engine(read_csv_model(folder)), opened)
