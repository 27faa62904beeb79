"""The reports of ``include/sql/reports`` over HTTP: which there are, what they take, and their rows."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

import msgspec
from starlette.datastructures import QueryParams

from shopify_analytics.analytics import BREAKDOWNS
from shopify_analytics.correlations import REMEMBERED
from shopify_analytics.database import get_metadata
from shopify_analytics.figures import FIGURES
from shopify_analytics.reports import run_report, select_report, today
from shopify_analytics.sql import statement
from shopify_analytics.web.answers import Answer, BadRequest, NotThere, fingerprint, json_answer
from shopify_analytics.web.filters import FILTERS, filterable, only, unknown_columns
from shopify_analytics.web.parameters import Parameters
from shopify_analytics.web.reading import data_version

# Not here: customer_value and top_customers, which have a row a person, and product_performance and
# variant_performance, which have a row for whatever was ever sold; both are CSV files.
REPORTS = (
    "bought_together",
    "breakdown",
    "cities",
    "cohorts",
    "countries",
    "customers_by_month",
    "daily",
    "discount_codes",
    "headline",
    "hours_by_weekday",
    "latest_orders",
    "ledger_difference_causes",
    "ledger_difference_list",
    "lifetime_value_distribution",
    "members_by_month",
    "monthly",
    "outstanding_by_age",
    "processing_time",
    "product_rankings",
    "regions",
    "rfm_segments",
    "slow_movers",
    "time_between_orders",
    "top_products",
    "trends",
    "weekly",
    "year_over_year",
)
# What takes no parameters: a report that is made of others.
DERIVED = ("correlations", "scorecard")
DIMENSIONS = (*BREAKDOWNS, "country", "region")
ASKED_FOR = ("start", "end", "top_n", "dimension")
DEFAULT_TOP_N, MOST_TOP_N = 10, 1000


@cache
def parameters_of(report: str) -> tuple[str, ...]:
    """What may be asked of a report, filters included."""
    if report in DERIVED:
        return ()
    used = set(re.findall(r":(\w+)", statement(f"reports/{report}")))
    filters = FILTERS if filterable(report) else ()
    return (*(name for name in ASKED_FOR if name in used), *filters)


@cache
def definitions() -> Answer:
    """What the key figures and the reports are: names, meanings, parameters."""
    return json_answer(
        {
            "figures": [msgspec.to_builtins(figure) for figure in FIGURES],
            "reports": {report: _definition(report) for report in sorted((*REPORTS, *DERIVED))},
            "dimensions": DIMENSIONS,
        }
    )


def version_of_report(
    db: sqlite3.Connection, report: str, given: QueryParams, targets: Mapping[str, float]
) -> str:
    """The ETag of :func:`report_answer`, without the work."""
    if report not in (*REPORTS, *DERIVED):
        raise NotThere(f"There is no such report; there are {', '.join(sorted((*REPORTS, *DERIVED)))}")
    text = "" if report == "correlations" else statement(f"reports/{report}")
    return fingerprint(data_version(db), text, report, sorted(given.multi_items()), dict(targets))


def report_answer(
    db: sqlite3.Connection, report: str, given: QueryParams, targets: Mapping[str, float]
) -> Answer:
    """A report's columns and rows, with the version of the data.

    :param targets: what is aimed at in 30 days, for the scorecard.
    :raises NotThere: when there is no such report.
    :raises BadRequest: when a parameter cannot be used.
    """
    version = version_of_report(db, report, given, targets)
    asked = Parameters(given, parameters_of(report), f"The report {report}")
    found = {"version": data_version(db), "report": report, **_rows(db, report, asked, targets)}
    return Answer(msgspec.json.encode(found), "application/json", version)


def _rows(
    db: sqlite3.Connection, report: str, asked: Parameters, targets: Mapping[str, float]
) -> dict[str, Any]:
    if report == "scorecard":
        return _of_dicts(_scorecard(db, targets))
    if report == "correlations":
        stored = get_metadata(db, REMEMBERED)
        return _of_dicts(json.loads(stored)["pairs"] if stored else [])
    given: dict[str, Any] = asked.dates(today(db))
    given["top_n"] = asked.number("top_n", DEFAULT_TOP_N, 1, MOST_TOP_N)
    if "dimension" in parameters_of(report):
        given["dimension"] = asked.choice("dimension", DIMENSIONS)
        if given["dimension"] is None:
            raise BadRequest(f"dimension is missing: give one of {', '.join(sorted(DIMENSIONS))}")
    chosen = {name: value for name in FILTERS if (value := asked.present(name)) is not None}
    if not chosen:
        return _of_cursor(select_report(db, report, **given))
    only(db, chosen)
    return _of_cursor(select_report(db, report, **given), unknown_columns(report))


def _scorecard(db: sqlite3.Connection, targets: Mapping[str, float]) -> list[dict[str, Any]]:
    day = today(db)
    periods = [run_report(db, "headline", **_thirty_days(until))[0] for until in (day, day - timedelta(30))]
    return run_report(
        db,
        "scorecard",
        this_period=json.dumps(periods[0]),
        previous_period=json.dumps(periods[1]),
        targets=json.dumps(dict(targets)),
    )


def _thirty_days(until: date) -> dict[str, str]:
    return {"start": (until - timedelta(days=29)).isoformat(), "end": until.isoformat()}


def _of_cursor(selected: sqlite3.Cursor, without: tuple[str, ...] = ()) -> dict[str, Any]:
    columns = [column[0] for column in selected.description]
    kept = [place for place, column in enumerate(columns) if column not in without]
    rows: list[Any] = selected.fetchall()
    if without:
        rows = [[row[place] for place in kept] for row in rows]
    return {"columns": [columns[place] for place in kept], "rows": rows}


def _of_dicts(rows: list[dict[str, Any]]) -> dict[str, Any]:
    columns = list(rows[0]) if rows else []
    return {"columns": columns, "rows": [[row[column] for column in columns] for row in rows]}


def _definition(report: str) -> dict[str, Any]:
    if report == "correlations":
        about = (
            "Which daily figures move together: Pearson's correlation of every two of six in the last year."
        )
    else:
        about = _head(statement(f"reports/{report}"))
    return {
        "summary": re.split(r"(?<=\w)\.(?:\s|$)", about, maxsplit=1)[0],
        "about": about,
        "parameters": parameters_of(report),
        "left_out_when_filtered": unknown_columns(report) if filterable(report) else (),
    }


def _head(sql: str) -> str:
    """The comment at the head of a report."""
    lines = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").removeprefix(" "))
    return "\n".join(lines)
