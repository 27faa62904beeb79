"""One country's, channel's or pair's figures: those of a store that has no other orders."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from demo_store.state import Store
from fastapi.testclient import TestClient
from shopify_analytics.config import Folders
from shopify_analytics.database import connect
from shopify_analytics.web.filters import FILTERABLE

from tests.books import Books
from tests.expected_reports.customers import months_between
from tests.expected_store_parts import parts_of
from tests.raw_records import records
from tests.syncing import new_database
from tests.web.conftest import visit

Part = dict[str, str]
PARTS: tuple[Part, ...] = (
    {"country": "NL"},
    {"country": ""},
    {"channel": "Point of Sale"},
    {"country": "NL", "channel": "Online Store"},
    {"country": "", "channel": "Point of Sale"},
)
COLUMNS = {"country": "geo_country_code", "channel": "channel"}
RANGES: tuple[dict[str, str], ...] = (
    {},
    {"start": "2026-09-03", "end": "2026-11-09"},
    {"start": "2026-10-01"},
)
# Who is new, and who has come back, is a matter of all orders that a buyer ever placed.
OF_ALL_ORDERS = (
    "new_customers",
    "returning_customers",
    "returning_customer_rate_percent",
    "customers_to_date",
)
TODAY = "2026-11-22"
Rows = list[dict[str, Any]]


def report(client: TestClient, name: str, **parameters: str) -> Rows:
    """A report's rows as dicts."""
    answer = client.get(f"api/reports/{name}", params=parameters)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    return [dict(zip(told["columns"], row, strict=True)) for row in told["rows"]]


def belongs(part: Part) -> str:
    """The condition that an order belongs to the part, with a parameter for each of its members."""
    return " AND ".join(f"coalesce({COLUMNS[dimension]}, '') = ?" for dimension in part)


@pytest.fixture(scope="module")
def only(shop_folders: Folders, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Part], TestClient]:
    """A visitor of a store that has nothing but the orders of one part."""
    made: dict[str, TestClient] = {}

    def of(part: Part) -> TestClient:
        if str(part) not in made:
            made[str(part)] = visit(store_of(shop_folders, part, tmp_path_factory.mktemp("part")))
        return made[str(part)]

    return of


def store_of(shop_folders: Folders, part: Part, folder: Path) -> Folders:
    """A database with that part of the demo shop's orders."""
    folders = Folders(folder / "data", folder / "logs")
    with connect(shop_folders.database) as db:
        found = db.execute(f"SELECT id FROM orders WHERE {belongs(part)}", tuple(part.values()))
        ids = {row[0] for row in found}
    store = Store.open(shop_folders.data_dir.parent / "store.db")
    with new_database(folders.data_dir, store.shop) as syncs:
        syncs.load(
            products=records(store, "products"),
            customers=records(store, "customers"),
            orders=[order for order in records(store, "orders") if order["id"] in ids],
        )
    store.close()
    return folders


def without(rows: Rows, columns: tuple[str, ...]) -> Rows:
    """The rows as they are without these columns."""
    return [{name: value for name, value in row.items() if name not in columns} for row in rows]


@pytest.mark.parametrize("part", PARTS, ids=str)
@pytest.mark.parametrize("name", FILTERABLE)
def test_a_part_is_shown_as_a_store_of_its_own(
    name: str, part: Part, shop: TestClient, only: Callable[[Part], TestClient]
) -> None:
    alone = only(part)
    takes = shop.get("api/definitions").json()["reports"][name]["parameters"]
    for dates in RANGES if "start" in takes else RANGES[:1]:
        filtered = report(shop, name, **dates, **part)
        expected = without(report(alone, name, **dates), FILTERABLE[name])
        assert without(filtered, OF_ALL_ORDERS) == without(expected, OF_ALL_ORDERS) != []


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_who_is_new_is_told_by_all_orders(part: Part, shop: TestClient, shop_db: sqlite3.Connection) -> None:
    start, end = "2026-09-01", "2026-10-31"
    (new, buyers, returning) = shop_db.execute(
        f"""
        SELECT
            count(DISTINCT iif(order_seq = 1, buyer_id, NULL)),
            count(DISTINCT buyer_id),
            count(DISTINCT iif(
                (SELECT count(*) FROM orders AS other
                 WHERE other.buyer_id = orders.buyer_id AND other.order_seq IS NOT NULL) > 1, buyer_id, NULL
            ))
        FROM orders
        WHERE {belongs(part)} AND order_date BETWEEN ? AND ? AND order_seq IS NOT NULL
        """,
        (*part.values(), start, end),
    ).fetchone()
    (filtered,) = report(shop, "headline", start=start, end=end, **part)
    assert (filtered["new_customers"], filtered["ordering_customers"]) == (new, buyers)
    expected = round(100 * returning / buyers, 2) if buyers else None
    assert filtered["returning_customer_rate_percent"] == pytest.approx(expected, abs=0.006)
    for name in ("daily", "monthly"):
        rows = report(shop, name, start=start, end=end, **part)
        assert sum(row["new_customers"] for row in rows) == new
        assert all(row["customers"] == row["new_customers"] + row["returning_customers"] for row in rows)


@pytest.fixture(scope="module")
def books(shop_folders: Folders) -> Books:
    """What the shop's raw records say."""
    store = Store.open(shop_folders.data_dir.parent / "store.db")
    found = Books.of(store)
    store.close()
    return found


def won(books: Books, part: Part) -> Iterator[dict[str, Any]]:
    """Who bought what belongs to the part, month by month; it has won whose first order ever was its."""
    member = ("_".join(part), "|".join(part.values()))
    order_ids = [order_id for order_id in books.orders if member in parts_of(books, order_id)]
    to_date = 0
    for month in months_between(min(books.dates[order_id] for order_id in order_ids), TODAY):
        those = [order_id for order_id in order_ids if books.dates[order_id][:7] == month]
        buyers = {books.buyers[order_id] for order_id in those} - {None}
        new = sum(books.numbers[order_id] == 1 for order_id in those)
        to_date += new
        yield {
            "month": month,
            "customers": len(buyers),
            "new_customers": new,
            "returning_customers": len(buyers) - new,
            "customers_to_date": to_date,
        }


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_customers_by_month_are_those_of_the_part(part: Part, shop: TestClient, books: Books) -> None:
    expected = list(won(books, part))
    assert report(shop, "customers_by_month", **part) == expected
    dates = {"start": "2026-09-03", "end": "2026-10-01"}
    assert report(shop, "customers_by_month", **dates, **part) == [
        row for row in expected if "2026-09" <= row["month"] <= "2026-10"
    ]


def test_a_country_and_a_channel_that_never_came_together_have_no_orders(
    shop: TestClient, shop_db: sqlite3.Connection
) -> None:
    country, channel = shop_db.execute(
        """
        SELECT country.member, channel.member FROM member_sales AS country, member_sales AS channel
        WHERE country.dimension = 'country' AND channel.dimension = 'channel' AND NOT EXISTS (
            SELECT 1 FROM orders
            WHERE coalesce(geo_country_code, '') = country.member AND coalesce(channel, '') = channel.member
        )
        """
    ).fetchone()
    asked = {"country": country, "channel": channel}
    (figures,) = report(shop, "headline", **asked)
    assert (figures["total_orders"], figures["ordering_customers"], figures["total_sales"]) == (0, 0, 0.0)
    assert report(shop, "daily", **asked) == report(shop, "latest_orders", **asked) == []


@pytest.mark.parametrize("dimension", COLUMNS)
def test_all_parts_together_are_the_store(dimension: str, shop: TestClient) -> None:
    members = shop.get("api/shop").json()["filters"][dimension]["members"]
    parts = [report(shop, "headline", **{dimension: member["value"]})[0] for member in members]
    (store,) = report(shop, "headline")
    assert [part["total_orders"] for part in parts] == [member["orders"] for member in members]
    for figure in (
        "total_orders",
        "gross_sales",
        "total_sales",
        "total_outstanding",
        "total_tax",
        "units_sold",
    ):
        assert sum(part[figure] for part in parts) == pytest.approx(store[figure]), figure


def test_what_is_not_known_of_a_part_is_left_out_and_not_0(shop: TestClient) -> None:
    (figures,) = report(shop, "headline", country="NL")
    assert "total_customers" not in figures
    told = shop.get("api/definitions").json()["reports"]
    assert told["headline"]["left_out_when_filtered"] == ["total_customers"]
    assert told["daily"]["left_out_when_filtered"] == told["countries"]["left_out_when_filtered"] == []


def test_one_visitors_filter_is_nobody_elses(shop: TestClient) -> None:
    before = report(shop, "headline")
    report(shop, "headline", country="NL")
    assert report(shop, "headline") == before


def test_filters_have_what_was_sold_most_first(shop: TestClient, shop_db: sqlite3.Connection) -> None:
    told = shop.get("api/shop").json()["filters"]
    for dimension, column in COLUMNS.items():
        counted = shop_db.execute(
            f"""
            SELECT coalesce({column}, ''), count(*) FROM orders WHERE is_test = 0 AND deleted_at IS NULL
            GROUP BY 1 ORDER BY 2 DESC, 1
            """
        ).fetchall()
        assert [(member["value"], member["orders"]) for member in told[dimension]["members"]] == counted
        assert told[dimension]["reports"] == sorted(FILTERABLE)
    assert {"value": "NL", "name": "Netherlands"}.items() <= told["country"]["members"][0].items()
