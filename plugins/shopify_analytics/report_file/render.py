"""Write the dashboards as files: ``report.html``, and PNGs of the main charts for mail and chat."""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from shopify_analytics.config import SQL
from shopify_analytics.database import get_metadata, set_metadata, transaction
from shopify_analytics.files import replacing
from shopify_analytics.report_file.document import Document, read_document
from shopify_analytics.web.answers import fingerprint
from shopify_analytics.web.files import DASHBOARDS
from shopify_analytics.web.reading import data_version
from shopify_analytics.web.site import Site

log = logging.getLogger(__name__)

REPORT = "report.html"
PICTURES = ("sales_over_time", "orders_and_customers_over_time", "sales_by_country_map", "top_products")
WRITTEN = "written.report"
SETTING = "analytics_dashboards_dir"


def render_report(db: sqlite3.Connection, site: Site, folder: Path) -> dict[str, dict[str, Any]]:
    """Write ``<folder>/report.html`` and ``<folder>/report/<chart>.png`` if what they show has changed.

    They show one moment of the database: the last 30 days beside the 30 before. A shop without orders has no
    PNGs.

    :return: by file name: path, size in bytes, and whether it was ``written`` or is ``unchanged``.
    :raises SettingsError: when the folder cannot be written, or the disk is full.
    """
    db.execute("BEGIN")
    version = fingerprint(data_version(db), dict(site.targets), _sources())
    last = json.loads(get_metadata(db, WRITTEN) or "{}")
    if last.get("version") == version and _are_untouched(folder, last["files"]):
        db.execute("COMMIT")
        return {
            name: {"path": str(folder / name), "bytes": size, "state": "unchanged"}
            for name, (size, _) in last["files"].items()
        }
    document = read_document(db, site)
    db.execute("COMMIT")
    files = _pictures(document) | {REPORT: document.html().encode()}
    # Only one run at a time writes, for each uses the same names.
    with transaction(db):
        _write(folder, files)
        marks = {name: _mark(folder / name) for name in files}
        set_metadata(db, WRITTEN, json.dumps({"version": version, "files": marks}))
    log.info("%s and %s pictures written to %s", REPORT, len(files) - 1, folder)
    return {
        name: {"path": str(folder / name), "bytes": len(content), "state": "written"}
        for name, content in files.items()
    }


def _pictures(document: Document) -> dict[str, bytes]:
    """The PNGs by file name."""
    charts = {card.chart: card for card in document.charts() if not card.note}
    return {
        f"report/{chart}.png": charts[chart].png(document.look, document.shop, document.dates)
        for chart in PICTURES
        if chart in charts
    }


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        # Beside the file: the data folder may be on another disk.
        path = folder / name
        with replacing(path, path.parent, setting=SETTING) as unfinished:
            unfinished.write_bytes(content)
    for chart in PICTURES:
        if (name := f"report/{chart}.png") not in files:
            (folder / name).unlink(missing_ok=True)


def _mark(path: Path) -> list[int]:
    seen = path.stat()
    return [seen.st_size, seen.st_mtime_ns]


def _are_untouched(folder: Path, marks: Mapping[str, list[int]]) -> bool:
    try:
        return all(_mark(folder / name) == mark for name, mark in marks.items())
    except FileNotFoundError:
        return False


def _sources() -> str:
    """What the report is made with; it is made anew with another version of this project."""
    digest = hashlib.sha256()
    for path in _source_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _source_files() -> Iterable[Path]:
    for folder, pattern in (
        (DASHBOARDS, "**/*.*"),
        (SQL / "reports", "*.sql"),
        (SQL / "web", "*.sql"),
        (Path(__file__).parent, "*.py"),
    ):
        yield from sorted(path for path in folder.glob(pattern) if path.is_file())
