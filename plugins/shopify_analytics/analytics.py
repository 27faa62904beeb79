"""The store's metrics: the SELECTs of ``include/sql/reports`` as ``analytics_summary.json``."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from shopify_analytics.config import SQL
from shopify_analytics.database import TIMEZONE, get_metadata, now
from shopify_analytics.files import replacing


def compute_summary(db: sqlite3.Connection, top_n: int) -> dict[str, Any]:
    """Headline figures and ranked reports of one moment of the database.

    Money is in major units of ``currency``, to the cent; dates are on the calendar of ``timezone``; a figure
    whose denominator is 0 is None. Definitions stand in the head of each report's SQL file.
    """
    db.execute("BEGIN")
    summary = {
        "generated_at": now(),
        "currency": get_metadata(db, "shop.currency"),
        "timezone": get_metadata(db, TIMEZONE),
        **run_report(db, "headline")[0],
        "top_products": run_report(db, "top_products", top_n=top_n),
    }
    db.execute("COMMIT")
    return summary


def run_report(db: sqlite3.Connection, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """The rows of ``include/sql/reports/<name>.sql`` as dicts in the order of its columns."""
    selected = db.execute((SQL / "reports" / f"{name}.sql").read_text(encoding="utf-8"), parameters)
    columns = [column[0] for column in selected.description]
    return [dict(zip(columns, row, strict=True)) for row in selected]


def write_summary(summary: dict[str, Any], path: Path, workspace: Path) -> None:
    """Replace the JSON file."""
    with replacing(path, workspace) as unfinished:
        text = json.dumps(summary, ensure_ascii=False, indent=2)
        unfinished.write_text(text + "\n", encoding="utf-8")
