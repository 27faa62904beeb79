"""CSV files for Power BI: one SELECT of ``include/sql/export`` a file, only tables that changed."""

from __future__ import annotations

import csv
import hashlib
import json
import logging
import sqlite3
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shopify_analytics.config import SQL
from shopify_analytics.database import get_metadata, set_metadata, table_version, transaction
from shopify_analytics.files import replacing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Exported:
    """What a file was made from, and how it looked right after; anything else now means: write it again."""

    version: int
    select: str
    rows: int
    size: int
    modified_ns: int


def export_tables(db: sqlite3.Connection, data_dir: Path, workspace: Path) -> dict[str, dict[str, Any]]:
    """Write ``<data_dir>/<table>.csv`` for every table that changed since its file was written.

    UTF-8 with a header row; empty is null, decimals have a dot, booleans are ``true`` and ``false``. All
    files show the same moment of the database.

    :return: by file name: path, number of rows, and whether it was ``written`` or is ``unchanged``.
    """
    outcome: dict[str, dict[str, Any]] = {}
    written: dict[str, Exported] = {}
    db.execute("BEGIN")
    for select in sorted((SQL / "export").glob("*.sql")):
        path = data_dir / f"{select.stem}.csv"
        sql = select.read_text(encoding="utf-8")
        version, fingerprint = table_version(db, select.stem), hashlib.sha256(sql.encode()).hexdigest()
        last = _last_export(db, path)
        current = last is not None and (last.version, last.select) == (version, fingerprint)
        if last is None or not current or not _is_untouched(path, last):
            rows = _write(db, sql, path, workspace)
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


def _write(db: sqlite3.Connection, sql: str, path: Path, workspace: Path) -> int:
    rows = 0
    with replacing(path, workspace) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        selected = db.execute(sql)
        writer.writerow(column[0] for column in selected.description)
        for row in selected:
            writer.writerow(row)
            rows += 1
    return rows
