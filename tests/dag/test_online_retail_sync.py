"""A year of a real UK shop through the whole DAG, to the penny: https://doi.org/10.24432/C5BW33."""

from __future__ import annotations

import json
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
SALES_OF_CUSTOMERS = """
    SELECT count(DISTINCT orders.id) AS orders, sum(round(price * 100) * quantity) / 100 AS gross_sales
    FROM orders
    JOIN line_items ON line_items.order_id = orders.id
    WHERE customer_id IS NOT NULL
    """
CUSTOMERS_WITHOUT_ORDERS = """
    SELECT count(*) AS customers
    FROM customers
    WHERE id NOT IN (SELECT customer_id FROM orders WHERE customer_id IS NOT NULL)
    """


@pytest.fixture(scope="module")
def sync(
    airflow_database: None, online_retail: tuple[Store, Tally], tmp_path_factory: pytest.TempPathFactory
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
    assert exported == {f"{table}.csv": rows for table, rows in ROWS.items()}
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
    assert sync.select(SALES_OF_CUSTOMERS) == [{"orders": 18_532, "gross_sales": 8_911_407.90}]
    assert sync.select(CUSTOMERS_WITHOUT_ORDERS) == [{"customers": 34}]


def test_an_increment_on_a_shop_that_stands_still_changes_nothing(sync: Sync) -> None:
    increment = sync.runs[1]
    assert (increment.state, increment.changes) == ("success", {})
    assert {file["state"] for file in increment.returned["export_csv"].values()} == {"unchanged"}
    assert json.loads(sync.ledger(increment)["warnings"]) == json.loads(sync.ledger(sync.runs[0])["warnings"])
