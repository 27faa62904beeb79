"""CSV files for Power BI: a SELECT of ``include/sql/export`` or a large report a file, only what changed."""

from __future__ import annotations

import csv
import hashlib
import json
import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from shopify_analytics.config import SQL
from shopify_analytics.database import get_metadata, set_metadata, table_version, transaction
from shopify_analytics.files import replacing
from shopify_analytics.reports import shared_parameters
from shopify_analytics.sql import statement

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Exported:
    """What a file was made from, and how it looked right after; anything else now means: write it again."""

    version: int
    select: str
    rows: int
    size: int
    modified_ns: int


@dataclass(frozen=True)
class Source:
    """What a file is made from: a SELECT, its parameters, and the tables that it reads."""

    select: str
    tables: tuple[str, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        used = {name: value for name, value in self.parameters.items() if f":{name}" in self.select}
        told = self.select + (json.dumps(used) if used else "")
        return hashlib.sha256(told.encode()).hexdigest()

    def version(self, db: sqlite3.Connection) -> int:
        """Larger whenever one of the tables has changed."""
        return sum(table_version(db, table) for table in self.tables)


# The reports that are too large for the summary: file, report, and what it reads.
REPORT_FILES = {
    "customer_value": ("customer_value", ("buyers", "buyer_groups")),
    "daily_sales": ("daily", ("daily_sales", "period_buyers")),
    "product_performance": (
        "product_performance",
        ("product_dim", "product_sales", "product_orders", "member_buyers"),
    ),
    "variant_performance": ("variant_performance", ("product_dim", "product_sales", "product_variants")),
}


def export_tables(
    db: sqlite3.Connection, data_dir: Path, workspace: Path, *, personal_data: bool = True
) -> dict[str, dict[str, Any]]:
    """Write ``<data_dir>/<table>.csv`` for every table that changed since its file was written.

    UTF-8 with a header row; empty is null, decimals have a dot, booleans are ``true`` and ``false``. All
    files show the same moment of the database.

    :param personal_data: whether the columns that may name a person are filled (``docs/personal-data.md``).
    :return: by file name: path, number of rows, and whether it was ``written`` or is ``unchanged``.
    """
    tables = sorted(select.stem for select in (SQL / "export").glob("*.sql"))
    sources = {table: source_of(db, table, personal_data=personal_data) for table in tables}
    return _export(db, sources, data_dir, workspace)


def export_reports(db: sqlite3.Connection, data_dir: Path, workspace: Path) -> dict[str, dict[str, Any]]:
    """Write the large reports, of all time, of which anything changed since, be it only the date of today.

    Form and return value are those of :func:`export_tables`.
    """
    return _export(db, {name: source_of(db, name) for name in REPORT_FILES}, data_dir, workspace)


def source_of(db: sqlite3.Connection, name: str, *, personal_data: bool = True) -> Source:
    """What the file ``<name>.csv`` is made from."""
    if name in REPORT_FILES:
        report, tables = REPORT_FILES[name]
        return Source(statement(f"reports/{report}"), tables, shared_parameters(db))
    select = (SQL / "export" / f"{name}.sql").read_text(encoding="utf-8")
    return Source(select, (name,), {"personal_data": personal_data})


def _export(
    db: sqlite3.Connection, sources: Mapping[str, Source], data_dir: Path, workspace: Path
) -> dict[str, dict[str, Any]]:
    outcome: dict[str, dict[str, Any]] = {}
    written: dict[str, Exported] = {}
    db.execute("BEGIN")
    for name, source in sources.items():
        path = data_dir / f"{name}.csv"
        version, fingerprint = source.version(db), source.fingerprint
        last = _last_export(db, path)
        current = last is not None and (last.version, last.select) == (version, fingerprint)
        if last is None or not current or not _is_untouched(path, last):
            rows = _write(db.execute(source.select, source.parameters), path, workspace)
            seen = path.stat()
            last = Exported(version, fingerprint, rows, seen.st_size, seen.st_mtime_ns)
            written[path.name] = last
            log.info("%s: %s rows written", path.name, f"{rows:,}")
        state = "written" if path.name in written else "unchanged"
        outcome[path.name] = {"path": str(path), "rows": last.rows, "state": state}
    db.execute("COMMIT")
    with transaction(db):
        for name, exported in written.items():
            set_metadata(db, f"exported.{name}", json.dumps(asdict(exported)))
    return outcome


def _last_export(db: sqlite3.Connection, path: Path) -> Exported | None:
    stored = get_metadata(db, f"exported.{path.name}")
    return Exported(**json.loads(stored)) if stored else None


def _is_untouched(path: Path, exported: Exported) -> bool:
    try:
        seen = path.stat()
    except FileNotFoundError:
        return False
    return (seen.st_size, seen.st_mtime_ns) == (exported.size, exported.modified_ns)


def _write(selected: sqlite3.Cursor, path: Path, workspace: Path) -> int:
    rows = 0
    with replacing(path, workspace) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(column[0] for column in selected.description)
        for row in selected:
            writer.writerow(row)
            rows += 1
    return rows
