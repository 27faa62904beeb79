"""A year of a real UK shop through the whole DAG, to the penny: https://doi.org/10.24432/C5BW33."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from demo_store.api.server import DemoServer
from demo_store.retail.tally import Tally
from demo_store.state import Store

from tests.dag.equality import csv_rows, summary
from tests.dag.running import Run, Sync, connection

ROWS = {
    "products": 4_069,
    "product_variants": 4_069,
    "customers": 4_372,
    "orders": 19_959,
    "line_items": 530_503,
    "refunds": 3_694,
    "refund_line_items": 7_330,
}
FILES = ROWS | {
    "fulfillments": 19_959,
    "sales_ledger": 557_792,
    "buyers": 4_338,
    "product_dim": 4_070,
    "customer_value": 4_338,
    "product_performance": 4_070,
    "variant_performance": 3_921,
    "order_adjustments": 0,
    "shipping_lines": 0,
    "order_discount_codes": 0,
    "discount_allocations": 0,
    "tax_lines": 0,
}
CUSTOMERS_WITHOUT_ORDERS = """
    SELECT count(*) AS customers
    FROM customers
    WHERE id NOT IN (SELECT customer_id FROM orders WHERE customer_id IS NOT NULL)
    """
GROSS_SALES_TO_CUSTOMERS = """
    SELECT sum(orders) AS orders, sum(gross_sales) AS pence
    FROM daily_sales
    WHERE dimension = 'customer_type' AND member IN ('new', 'returning')
    """
COUNTRIES = (
    "SELECT count(DISTINCT geo_country) AS names, count(DISTINCT geo_country_code) AS codes FROM orders"
)


@pytest.fixture(scope="module")
def sync(
    airflow_database: Path, online_retail: tuple[Store, Tally], tmp_path_factory: pytest.TempPathFactory
) -> Sync:
    """The DAG after a full sync and an increment."""
    store, _ = online_retail
    with DemoServer(store, plan="unlimited") as server:
        sync = Sync(tmp_path_factory.mktemp("online_retail_sync"), connection(server))
        sync.run({"full_sync": True})
        sync.run()
    return sync


@pytest.fixture
def full_sync(sync: Sync) -> Run:
    """The first run."""
    return sync.runs[0]


def test_every_row_is_loaded_and_exported(sync: Sync, full_sync: Run) -> None:
    assert full_sync.state == "success"
    assert full_sync.changes == {table: {"inserted": rows} for table, rows in ROWS.items()}
    exported = {name: file["rows"] for name, file in full_sync.returned["export_csv"].items()}
    days = len(csv_rows(sync.data_dir, "daily_sales"))
    assert exported == {f"{name}.csv": rows for name, rows in FILES.items()} | {"daily_sales.csv": days}
    assert len(csv_rows(sync.data_dir, "orders")) == 19_959


def test_the_key_figures_are_those_of_the_data(sync: Sync) -> None:
    figures = summary(sync.data_dir)
    expected: dict[str, Any] = {
        "currency": "GBP",
        "timezone": "Europe/London",
        "total_orders": 19_959,
        "total_customers": 4_372,
        "ordering_customers": 4_338,
        "gross_sales": 10_655_622.48,
        "total_discounts": 0.0,
        "total_returns": 464_239.77,
        "net_sales": 10_191_382.71,
        "total_shipping": 0.0,
        "total_tax": 0.0,
        "total_sales": 10_191_382.71,
        "average_order_value": 533.88,
        "total_outstanding": 0.0,
        "first_order_date": "2010-12-01",
        "last_order_date": "2011-12-09",
    }
    assert {figure: figures[figure] for figure in expected} == expected


def test_sales_to_known_customers_are_those_of_the_data(sync: Sync) -> None:
    assert sync.select(GROSS_SALES_TO_CUSTOMERS) == [{"orders": 18_532, "pence": 891_140_790}]
    assert sync.select(CUSTOMERS_WITHOUT_ORDERS) == [{"customers": 34}]


def test_every_customer_who_ordered_has_a_lifetime_value(sync: Sync) -> None:
    buyers = csv_rows(sync.data_dir, "customer_value")
    net_sales = sum((Decimal(buyer["net_sales"]) for buyer in buyers), Decimal(0))
    assert (len(buyers), sum(int(buyer["orders"]) for buyer in buyers)) == (4_338, 18_532)
    # Guests' credit notes find no purchase: all that was given back was given back to these.
    assert net_sales + Decimal("464239.77") == Decimal("8911407.90")


def test_first_orders_later_orders_and_guests_make_up_all_orders(sync: Sync) -> None:
    by_type = {row["member"]: row for row in summary(sync.data_dir)["by_customer_type"]}
    assert {member: (row["orders"], row["net_sales"]) for member, row in by_type.items()} == {
        "new": (4_338, 1_718_161.63),
        "returning": (14_194, 6_729_006.50),
        "unknown": (1_427, 1_744_214.58),
    }


def test_months_have_the_gross_sales_of_the_data(sync: Sync) -> None:
    months = {row["month"]: row["gross_sales"] for row in summary(sync.data_dir)["monthly"]}
    assert list(months)[:13][-1] == "2011-12"
    assert set(list(months.values())[13:]) == {0.0}
    assert (months["2010-12"], months["2011-11"]) == (823_746.14, 1_509_496.33)


def test_countries_are_those_of_the_data(sync: Sync) -> None:
    """Channel Islands, European Community and Unspecified have no ISO code."""
    assert sync.select(COUNTRIES) == [{"names": 38, "codes": 35}]
    countries = summary(sync.data_dir)["countries"]
    assert sum(row["orders"] for row in countries) == 19_959
    assert [row["country_code"] for row in countries[:4]] == ["GB", "NL", "IE", "DE"]


def test_net_sales_and_what_found_no_purchase_are_the_plain_sum_of_the_file(
    sync: Sync, online_retail: tuple[Store, Tally]
) -> None:
    _, tally = online_retail
    net_sales = Decimal(str(summary(sync.data_dir)["net_sales"]))
    no_purchase, adjustments = tally.unmatched.amount, tally.adjustments.amount
    assert net_sales + no_purchase + adjustments - tally.rounding_of_sales == tally.total.amount
    assert tally.total.invoices == 25_900


def test_every_ledger_comes_to_what_its_order_is_worth(sync: Sync) -> None:
    assert summary(sync.data_dir)["ledger_difference_causes"] == []


def test_an_increment_on_a_shop_that_stands_still_changes_nothing(sync: Sync) -> None:
    increment = sync.runs[1]
    assert (increment.state, increment.changes) == ("success", {})
    assert {file["state"] for file in increment.returned["export_csv"].values()} == {"unchanged"}
    assert json.loads(sync.ledger(increment)["warnings"]) == json.loads(sync.ledger(sync.runs[0])["warnings"])
