"""Reports over HTTP: the figures of the summary, by parameters that are checked."""

from __future__ import annotations

import sqlite3
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from shopify_analytics.analytics import PARTS, Part, compute_summary
from shopify_analytics.config import Folders
from shopify_analytics.database import connect
from shopify_analytics.figures import FIGURES
from shopify_analytics.reports import run_report
from shopify_analytics.web.report_answers import DERIVED, REPORTS, parameters_of

# They have a row a person, or a row for whatever was ever sold.
NOT_HERE = {"customer_value", "top_customers", "product_performance", "variant_performance"}
TODAY = "2026-11-22"
LAST_DAYS = {
    "daily": "2026-08-25",
    "weekly": "2025-11-24",
    "trends": "2025-11-17",
    "cohorts": "2024-11-23",
}


def rows(client: TestClient, report: str, **parameters: Any) -> list[dict[str, Any]]:
    """A report's rows as dicts."""
    answer = client.get(f"api/reports/{report}", params=parameters)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    return [dict(zip(told["columns"], row, strict=True)) for row in told["rows"]]


@pytest.fixture(scope="module")
def summary(shop_folders: Folders) -> dict[str, Any]:
    """What the DAG writes of the same shop."""
    with connect(shop_folders.database) as db:
        return compute_summary(db, 10)


def test_key_figures_are_those_of_the_summary(shop: TestClient, summary: dict[str, Any]) -> None:
    (all_time,) = rows(shop, "headline")
    assert all_time == {key: summary[key] for key in all_time}
    assert all_time["total_orders"] > 290
    assert rows(shop, "headline", start="2026-10-24", end=TODAY) == [summary["last_30_days"]]
    assert rows(shop, "headline", start="2026-09-24", end="2026-10-23") == [summary["previous_30_days"]]


@pytest.mark.parametrize(
    "part", [part for part in PARTS if part.report not in NOT_HERE], ids=lambda part: part.key
)
def test_every_part_of_the_summary_is_a_report(part: Part, shop: TestClient, summary: dict[str, Any]) -> None:
    takes = parameters_of(part.report)
    parameters = {name: value for name, value in part.parameters.items() if name in takes}
    if part.days:
        parameters |= {"start": LAST_DAYS[part.key], "end": TODAY}
    assert rows(shop, part.report, **parameters) == summary[part.key]


@pytest.mark.parametrize("report", DERIVED)
def test_what_is_made_of_other_reports_is_the_summarys(
    report: str, shop: TestClient, summary: dict[str, Any]
) -> None:
    assert rows(shop, report) == summary[report] != []


def test_reports_are_all_but_those_that_have_a_row_a_person_or_no_bound(shop: TestClient) -> None:
    told = shop.get("api/definitions").json()
    assert set(told["reports"]) == {*REPORTS, *DERIVED}
    assert {part.report for part in PARTS} - NOT_HERE <= set(REPORTS)
    for report in NOT_HERE:
        answer = shop.get(f"api/reports/{report}")
        assert (answer.status_code, "There is no such report" in answer.json()["error"]) == (404, True)


def test_definitions_say_what_reports_and_figures_are(shop: TestClient) -> None:
    told = shop.get("api/definitions").json()
    assert told["reports"]["daily"]["summary"] == "Sales, orders and buyers by day"
    assert "running_total_sales: total_sales since the first row" in told["reports"]["daily"]["about"]
    assert told["reports"]["daily"]["parameters"] == ["start", "end", "country", "channel"]
    assert told["reports"]["breakdown"]["parameters"] == ["start", "end", "top_n", "dimension"]
    assert all(report["summary"] for report in told["reports"].values())
    assert [figure["key"] for figure in told["figures"]] == [figure.key for figure in FIGURES]
    known = {"If-None-Match": shop.get("api/definitions").headers["etag"]}
    assert shop.get("api/definitions", headers=known).status_code == 304


def test_only_as_many_rows_as_asked_for(shop: TestClient) -> None:
    assert len(rows(shop, "top_products", top_n=3)) == 3
    assert len(rows(shop, "top_products")) == 10
    assert len(rows(shop, "top_products", top_n=1000)) > 10


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("daily?start=yesterday", "start is 'yesterday': give a date such as 2026-11-30, up to 2027-11-23"),
        ("daily?start=2026-02-30", "start is '2026-02-30': give a date"),
        ("daily?start=20260203", "start is '20260203': give a date"),
        ("daily?end=9999-12-31", "end is '9999-12-31': give a date such as 2026-11-30, up to 2027-11-23"),
        (
            "daily?start=2026-02-02&end=2026-02-01",
            "start is 2026-02-02, after the end, 2026-02-01: exchange them",
        ),
        ("daily?start=2026-02-01&start=2026-02-02", "start is given twice: give it once"),
        ("daily?minor=1", "The report daily has no parameter 'minor': it takes channel, country, end, start"),
        ("top_products?start=2026-01-01", "The report top_products has no parameter 'start': it takes top_n"),
        ("top_products?country=NL", "The report top_products has no parameter 'country': it takes top_n"),
        ("scorecard?end=2026-01-01", "The report scorecard has no parameter 'end': it takes no parameter"),
        ("top_products?top_n=0", "top_n is '0': give a whole number from 1 to 1000"),
        ("top_products?top_n=1001", "top_n is '1001': give a whole number from 1 to 1000"),
        ("top_products?top_n=-1", "top_n is '-1': give a whole number from 1 to 1000"),
        ("top_products?top_n=1e3", "top_n is '1e3': give a whole number"),
        ("top_products?top_n=١٢", "top_n is '١٢': give a whole number"),
        ("breakdown", "dimension is missing: give one of cancel_reason, channel,"),
        ("breakdown?dimension=email", "dimension is 'email': give one of cancel_reason, channel,"),
        ("breakdown?dimension=store", "dimension is 'store': give one of"),
        ("daily?country=XX", "country is 'XX', where nothing was sold: choose another"),
        ("daily?country=NL&channel=XX", "channel is 'XX', where nothing was sold: choose another"),
        ("daily?" + "x" * 300 + "=1", "The report daily has no parameter 'xxx"),
        ("daily?country=" + "x" * 300, "country is longer than 200 characters"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(asked: str, sentence: str, shop: TestClient) -> None:
    answer = shop.get(f"api/reports/{asked}")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(sentence)
    assert len(answer.json()["error"]) < 400
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "attack",
    [
        "' OR 1=1 --",
        "NL'; DROP TABLE orders; --",
        '"; SELECT email FROM customers; --',
        "2026-01-01' UNION SELECT email FROM customers --",
        "%",
        "\x00",
    ],
)
def test_values_are_never_sql(attack: str, shop: TestClient, shop_db: sqlite3.Connection) -> None:
    for report, parameter in (
        ("daily", "country"),
        ("daily", "channel"),
        ("daily", "start"),
        ("breakdown", "dimension"),
        ("top_products", "top_n"),
    ):
        answer = shop.get(f"api/reports/{report}", params={parameter: attack})
        assert answer.status_code == 400, (report, parameter)
    assert shop.get(f"api/reports/{quote(attack, safe='')}").status_code == 404
    assert run_report(shop_db, "headline")[0]["total_orders"] > 290


def test_an_unchanged_report_is_not_sent_again(shop: TestClient) -> None:
    first = shop.get("api/reports/daily", params={"start": "2026-11-01"})
    known = {"If-None-Match": first.headers["etag"]}
    again = shop.get("api/reports/daily", params={"start": "2026-11-01"}, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert shop.get("api/reports/daily", params={"start": "2026-11-02"}, headers=known).status_code == 200
    assert shop.get("api/reports/weekly", params={"start": "2026-11-01"}, headers=known).status_code == 200
    assert first.json()["version"] == shop.get("api/shop").json()["version"]


@pytest.mark.parametrize("dimension", ["country", "channel"])
@pytest.mark.parametrize("dates", [{}, {"start": "2026-08-20", "end": "2026-10-10"}])
def test_members_month_by_month_are_the_months_of_each(
    dimension: str, dates: dict[str, str], shop: TestClient
) -> None:
    found = rows(shop, "members_by_month", dimension=dimension, top_n=3, **dates)
    by_sales = rows(shop, "members_by_month", dimension=dimension, top_n=1000)
    largest = list(dict.fromkeys(row["member"] for row in by_sales))[:3]
    assert list(dict.fromkeys(row["member"] for row in found)) == largest
    assert len({row["month"] for row in found}) * 3 == len(found)
    for member in largest:
        months = rows(shop, "monthly", **dates, **{dimension: member or ""})
        of_member = {row["month"]: row for row in found if row["member"] == member}
        assert [month["month"] for month in months if month["month"] not in of_member] == []
        for month in months:
            row = of_member.pop(month["month"])
            assert {name: row[name] for name in ("orders", "net_sales", "total_sales")} == {
                name: month[name] for name in ("orders", "net_sales", "total_sales")
            }
        assert {row["orders"] for row in of_member.values()} <= {0}


@pytest.mark.parametrize("dates", [{}, {"start": "2026-08-20", "end": "2026-10-10"}])
def test_processing_time_of_each_member_is_that_of_its_orders(
    dates: dict[str, str], shop: TestClient
) -> None:
    found = rows(shop, "processing_time", dimension="country", top_n=5, **dates)
    assert len(found) == 5
    assert [row["orders"] for row in found] == sorted((row["orders"] for row in found), reverse=True)
    for row in found:
        (figures,) = rows(shop, "headline", country=row["member"] or "", **dates)
        assert (row["orders"], row["average_processing_days"]) == (
            figures["total_orders"],
            figures["average_processing_days"],
        )


def test_regions_are_named(shop: TestClient) -> None:
    named = {
        (row["country_code"], row["region_code"]): row["region"] for row in rows(shop, "regions", top_n=1000)
    }
    for report in ("members_by_month", "processing_time"):
        for row in rows(shop, report, dimension="region", top_n=1000):
            country, _, province = row["member"].partition("|")
            region = f"{country}-{province}" if country and province else None
            assert row["name"] == named[country or None, region], row
