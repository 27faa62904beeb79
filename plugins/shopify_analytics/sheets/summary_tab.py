"""The lines of the tab ``Summary``: key figures, what they mean, how old the data is, what the tabs hold."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shopify_analytics import ledger
from shopify_analytics.database import get_metadata
from shopify_analytics.figures import FIGURES
from shopify_analytics.reconcile import describe, reconciliation
from shopify_analytics.reports import run_report
from shopify_analytics.sheets.budget import Window
from shopify_analytics.sheets.sources import TabSource, summary_source
from shopify_analytics.shop import CURRENCY, TIMEZONE, shop_timezone

Line = tuple[str, Any, str]


def summary(db: sqlite3.Connection, run_id: str, counts: Mapping[str, int], window: Window) -> TabSource:
    """What the tab shows of one moment of the database.

    Its version tells of the figures alone: not of the run and the time, which would have every sync write it.
    """
    figures = _figures(db, counts, window)
    version = hashlib.sha256(json.dumps(figures).encode()).hexdigest()
    return summary_source(figures[:1] + _freshness(db, run_id) + figures[1:], version)


def _figures(db: sqlite3.Connection, counts: Mapping[str, int], window: Window) -> list[Line]:
    headline = run_report(db, "headline")[0]
    currency, zone = get_metadata(db, CURRENCY) or "", get_metadata(db, TIMEZONE) or ""
    lines: list[Line] = [
        ("Store", get_metadata(db, "shop.name") or "", get_metadata(db, "shop.domain") or "")
    ]
    lines += [
        ("Currency", currency, "Of all amounts"),
        ("Time zone", zone, "Of dates and of ordered_at_local"),
    ]
    lines += [(figure.name, _shown(headline[figure.key]), figure.meaning) for figure in FIGURES]
    lines.append(("Orders in the tabs", str(window), "Orders and LineItems; the figures are of all orders"))
    lines += [(f"Rows in {tab}", rows, "") for tab, rows in counts.items()]
    compared = reconciliation(db) or {}
    compared.pop("checked_at", None)
    lines += [(f"Compared with Shopify: {entity}", describe(found), "") for entity, found in compared.items()]
    return lines


def _freshness(db: sqlite3.Connection, run_id: str) -> list[Line]:
    as_of = ledger.data_as_of(db)
    if as_of is None:
        return []
    local = datetime.fromisoformat(as_of).astimezone(shop_timezone(db))
    explained = (
        "When what these tabs show was read from the store; renewed every hour even if nothing changed"
    )
    return [
        ("Data as of", f"{local:%Y-%m-%d %H:%M}", f"{explained}, in the shop's time zone"),
        ("Data as of, UTC", f"{datetime.fromisoformat(as_of).astimezone(UTC):%Y-%m-%d %H:%M}", ""),
        ("Sync", run_id, "The run that wrote this tab; its log is in Airflow"),
    ]


def _shown(value: Any) -> Any:
    return "" if value is None else value
