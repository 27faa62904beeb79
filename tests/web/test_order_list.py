"""The order list: every order once, newest first, by status, dates and number, without reading them all."""

from __future__ import annotations

import sqlite3
from itertools import chain
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shopify_analytics.config import Folders
from shopify_analytics.database import connect
from shopify_analytics.reports import run_report, shared_parameters
from shopify_analytics.sql import statement

from tests.demo_store.records import order, timestamp
from tests.raw_records import Json
from tests.syncing import Syncs

COLUMNS = [
    *("order_id", "name", "order_number", "ordered_at_local", "financial_status", "fulfillment_status"),
    *("cancel_reason", "total_price", "total_tax", "total_discounts", "current_total_price", "paid"),
    "outstanding",
]
NEWEST_FIRST = """
    SELECT id FROM orders WHERE is_test = 0 AND deleted_at IS NULL AND {}
    ORDER BY ordered_at_local DESC, id DESC
"""


def page(client: TestClient, **parameters: Any) -> Json:
    """One page as it was answered."""
    answer = client.get("api/orders", params=parameters)
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    assert told["columns"] == COLUMNS
    return told


def pages(client: TestClient, **parameters: Any) -> list[list[int]]:
    """The ids on every page, from the first to the last."""
    found = [page(client, **parameters)]
    while found[-1]["next"]:
        found.append(page(client, **parameters, before=found[-1]["next"]))
    return [[row[0] for row in told["rows"]] for told in found]


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_pages_hold_every_order_once_newest_first(
    limit: int, shop: TestClient, shop_db: sqlite3.Connection
) -> None:
    found = pages(shop, limit=limit)
    assert list(chain.from_iterable(found)) == [
        row[0] for row in shop_db.execute(NEWEST_FIRST.format("true"))
    ]
    assert {len(ids) for ids in found[:-1]} == {limit}
    assert 1 <= len(found[-1]) <= limit


def test_an_order_looks_as_in_the_report(shop: TestClient, shop_db: sqlite3.Connection) -> None:
    renamed = {"outstanding": "total_outstanding"}
    told = page(shop, limit=100)["rows"]
    for listed, reported in zip(told, run_report(shop_db, "latest_orders", top_n=100), strict=True):
        row = dict(zip(COLUMNS, listed, strict=True))
        assert {name: row[renamed.get(name, name)] for name in row if name in reported} == {
            name: value for name, value in reported.items() if name in row
        }
        assert row["outstanding"] == reported["total_outstanding"]


@pytest.mark.parametrize(
    ("parameters", "condition"),
    [
        ({"start": "2026-10-01"}, "order_date >= '2026-10-01'"),
        ({"start": "2026-10-05", "end": "2026-10-05"}, "order_date = '2026-10-05'"),
        ({"end": "2026-09-30"}, "order_date <= '2026-09-30'"),
        ({"financial_status": "refunded"}, "financial_status = 'refunded'"),
        (
            {"financial_status": "pending", "end": "2026-10-31"},
            "financial_status = 'pending' AND order_date <= '2026-10-31'",
        ),
        ({"fulfillment_status": "unfulfilled"}, "fulfillment_status IS NULL"),
        (
            {"financial_status": "paid", "fulfillment_status": "partial"},
            "financial_status = 'paid' AND fulfillment_status = 'partial'",
        ),
        ({"financial_status": "stolen"}, "false"),
        ({"financial_status": "' OR 1=1 --"}, "false"),
    ],
)
def test_filters_are_those_of_the_statuses_and_dates(
    parameters: dict[str, str], condition: str, shop: TestClient, shop_db: sqlite3.Connection
) -> None:
    expected = [row[0] for row in shop_db.execute(NEWEST_FIRST.format(condition))]
    assert list(chain.from_iterable(pages(shop, limit=3, **parameters))) == expected


def test_orders_of_one_second_and_undated_ones_do_not_disturb(
    client: TestClient, syncs: Syncs, db: sqlite3.Connection
) -> None:
    at_once = [order(number, processed_at=timestamp(5)) for number in range(1, 8)]
    gone = [order(8, test=True), order(9)]
    syncs.load(orders=[*at_once, *gone], deleted={"orders": [order(9)["id"]]})
    db.execute("UPDATE orders SET ordered_at_local = NULL WHERE id = ?", (order(3)["id"],))
    newest_first = [order(number)["id"] for number in (7, 6, 5, 4, 2, 1, 3)]
    assert pages(client, limit=2) == [
        newest_first[0:2],
        newest_first[2:4],
        newest_first[4:6],
        newest_first[6:],
    ]


def test_pages_stay_what_they_were_when_an_order_comes(client: TestClient, syncs: Syncs) -> None:
    syncs.load(orders=[order(number, processed_at=timestamp(number)) for number in range(1, 7)])
    first = page(client, limit=3)
    syncs.load(orders=[order(7, processed_at=timestamp(50))])
    second = page(client, limit=3, before=first["next"])
    assert [row[0] for row in second["rows"]] == [order(number)["id"] for number in (3, 2, 1)]
    assert (second["next"], second["version"] == first["version"]) == (None, False)


def test_a_number_is_found_exactly_and_then_as_a_beginning(client: TestClient, syncs: Syncs) -> None:
    numbers = (12, 120, 121, 1205, 13, 1)
    syncs.load(
        orders=[
            order(place, order_number=number, name=f"#{number}") for place, number in enumerate(numbers, 1)
        ]
    )
    for asked in ("12", "#12", " #12 ", "012"):
        assert [row[2] for row in page(client, number=asked)["rows"]] == [12, 121, 120, 1205], asked
    assert [row[2] for row in page(client, number="12", limit=2)["rows"]] == [12, 121]
    assert page(client, number="0")["rows"] == []
    assert page(client, number="7") == page(client, number="7") | {"rows": [], "next": None}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("limit=101", "limit is '101': give a whole number from 1 to 100"),
        ("limit=0", "limit is '0'"),
        ("before=one", "before is 'one': give a whole number"),
        ("before=1", "before is 1, which is no order here: begin again without it"),
        ("before=99999999999999999999", "before is '99999999999999999999': give a whole number"),
        ("number=anna", "number is 'anna': give an order's number, such as 1001 or #1001"),
        ("number=1%27%20OR%201=1", "number is \"1' OR 1=1\": give an order's number"),
        ("number=1234567890", "number is '1234567890': give an order's number"),
        ("number=1&financial_status=paid", "number and financial_status exclude each other"),
        ("email=a@example.com", "The order list has no parameter 'email'"),
        ("start=2026-13-01", "start is '2026-13-01': give a date"),
    ],
)
def test_what_cannot_be_used_is_refused(asked: str, sentence: str, shop: TestClient) -> None:
    answer = shop.get(f"api/orders?{asked}")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(sentence)


def test_a_page_that_is_known_is_not_sent_again(client: TestClient, syncs: Syncs) -> None:
    syncs.load(orders=[order(1)])
    first = client.get("api/orders")
    known = {"If-None-Match": first.headers["etag"]}
    assert client.get("api/orders", headers=known).status_code == 304
    assert client.get("api/orders?limit=9", headers=known).status_code == 200
    syncs.load(orders=[order(1, financial_status="refunded", updated_at=timestamp(90))])
    assert client.get("api/orders", headers=known).json()["rows"][0][4] == "refunded"


@pytest.mark.parametrize("name", ["orders", "orders_by_number"])
def test_no_list_reads_all_orders(name: str, shop_folders: Folders) -> None:
    asked = dict.fromkeys(
        [
            *("start", "end", "before_date", "before_time", "before_id", "financial_status"),
            *("fulfillment_status", "dimension", "member", "first", "last", "limit"),
        ]
    )
    with connect(shop_folders.database) as db:
        plan = db.execute(
            f"EXPLAIN QUERY PLAN {statement(f'web/{name}')}", shared_parameters(db) | asked
        ).fetchall()
    steps = [row[3] for row in plan]
    assert [step for step in steps if step.startswith("SCAN")] == []
    assert any(step.startswith("SEARCH orders USING INDEX") for step in steps)
