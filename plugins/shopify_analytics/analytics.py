"""The store's metrics: the SELECTs of ``include/sql/reports`` as ``analytics_summary.json``.

Its form is ``include/analytics_summary.schema.json``; what the figures mean is in ``docs/metrics.md``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
from tenacity import retry, retry_if_exception_type, stop_after_attempt

from shopify_analytics.correlations import correlate, remember_correlations, remembered_correlations
from shopify_analytics.database import get_metadata, now
from shopify_analytics.files import replacing
from shopify_analytics.reconcile import reconciliation
from shopify_analytics.reports import run_report, today
from shopify_analytics.shop import CURRENCY, TIMEZONE


@dataclass(frozen=True)
class Part:
    """A key of the summary: the rows of a report, of the last ``days`` up to today or of all time."""

    key: str
    report: str
    days: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


MEMBERS, PLACES = {"top_n": 50}, {"top_n": 250}
BREAKDOWNS = (
    "financial_status",
    "fulfillment_status",
    "cancel_reason",
    "channel",
    "traffic_source",
    "device",
    "payment_gateway",
    "order_value",
    "processing_time",
    "vendor",
    "product_type",
    "discounted",
    "customer_type",
)
# Ranked reports have as many rows as the Variable analytics_top_n says, unless their part says otherwise.
PARTS = (
    Part("top_products", "top_products"),
    Part("product_rankings", "product_rankings"),
    Part("daily", "daily", days=90),
    Part("weekly", "weekly", days=52 * 7),
    Part("monthly", "monthly"),
    Part("hours_by_weekday", "hours_by_weekday"),
    Part("year_over_year", "year_over_year"),
    Part("trends", "trends", days=53 * 7),
    Part("countries", "countries", parameters=PLACES),
    Part("regions", "regions", parameters=PLACES),
    Part("cities", "cities"),
    *(
        Part(f"by_{dimension}", "breakdown", parameters=MEMBERS | {"dimension": dimension})
        for dimension in BREAKDOWNS
    ),
    Part("latest_orders", "latest_orders"),
    Part("outstanding_by_age", "outstanding_by_age"),
    Part("customers_by_month", "customers_by_month"),
    Part("top_customers", "top_customers"),
    Part("lifetime_value_distribution", "lifetime_value_distribution"),
    Part("rfm_segments", "rfm_segments"),
    Part("cohorts", "cohorts", days=2 * 365),
    Part("time_between_orders", "time_between_orders"),
    Part("bought_together", "bought_together"),
    Part("slow_movers", "slow_movers"),
    Part("discount_codes", "discount_codes"),
    Part("ledger_differences", "ledger_difference_list"),
    Part("ledger_difference_causes", "ledger_difference_causes"),
)


def compute_summary(
    db: sqlite3.Connection, top_n: int, targets: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """Headline figures and all small reports of one moment of the database.

    Money is in major units of ``currency``, exact to the minor unit; dates are on the calendar of
    ``timezone``; a figure whose denominator is 0 is None.

    :param top_n: rows of ranked reports.
    :param targets: what is aimed at in 30 days, by metric of the scorecard.
    """
    db.execute("BEGIN")
    day = today(db)
    recent = run_report(db, "headline", **_last(30, day))[0]
    previous = run_report(db, "headline", **_last(30, day - timedelta(days=30)))[0]
    days = run_report(db, "daily", **_last(365, day - timedelta(days=1)))
    correlations = remembered_correlations(db, days)
    summary = {
        "generated_at": now(),
        "currency": get_metadata(db, CURRENCY),
        "timezone": get_metadata(db, TIMEZONE),
        "today": day.isoformat(),
        **run_report(db, "headline")[0],
        "last_30_days": recent,
        "previous_30_days": previous,
        "scorecard": run_report(
            db,
            "scorecard",
            this_period=json.dumps(recent),
            previous_period=json.dumps(previous),
            targets=json.dumps(dict(targets or {})),
        ),
        **{part.key: _rows(db, part, day, top_n) for part in PARTS},
        "correlations": correlations,
        "reconciliation": reconciliation(db),
    }
    db.execute("COMMIT")
    if correlations is None:
        summary["correlations"] = correlate(days)
        remember_correlations(db, days, summary["correlations"])
    return summary


def key_figures(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The headline figures of a summary, and whose and when they are."""
    return {
        key: value
        for key, value in summary.items()
        if not isinstance(value, list | dict) and key != "reconciliation"
    }


@retry(retry=retry_if_exception_type(FileNotFoundError), stop=stop_after_attempt(3), reraise=True)
def write_summary(summary: dict[str, Any], path: Path, workspace: Path) -> None:
    """Replace the JSON file; once more when a run that takes this one for dead removes its workspace."""
    with replacing(path, workspace) as unfinished:
        unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n")


def _rows(db: sqlite3.Connection, part: Part, day: date, top_n: int) -> list[dict[str, Any]]:
    dates = _last(part.days, day) if part.days else {}
    return run_report(db, part.report, **{"top_n": top_n, **dates, **part.parameters})


def _last(days: int, until: date) -> dict[str, str]:
    """The parameters of a report of so many days, the last one ``until``."""
    return {"start": (until - timedelta(days=days - 1)).isoformat(), "end": until.isoformat()}
