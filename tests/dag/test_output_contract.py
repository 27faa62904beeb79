"""What users and checks rely on about a run's products: tables, files, key figures, XCom."""

from __future__ import annotations

import csv
import json
import re

import pytest
from shopify_analytics.database import migrations

from tests.dag.equality import OWN_IDS
from tests.dag.running import OPTIONAL, Run, Sync

PLACE = "city province province_code country country_code zip"
SHIPPING_PLACE, BILLING_PLACE = (
    " ".join(f"{kind}_{part}" for part in PLACE.split()) for kind in ("shipping", "billing")
)
TABLES = {
    "metadata": "key value updated_at",
    "products": """
        id title handle vendor product_type status tags created_at updated_at published_at deleted_at
        """,
    "product_variants": """
        id product_id title sku barcode price compare_at_price position inventory_item_id inventory_quantity
        grams created_at updated_at deleted_at
        """,
    "customers": f"""
        id email first_name last_name phone account_state tags currency {PLACE}
        created_at updated_at deleted_at
        """,
    "orders": f"""
        id name order_number customer_id email created_at processed_at updated_at closed_at cancelled_at
        cancel_reason order_date ordered_at_local order_hour order_weekday financial_status
        fulfillment_status currency presentment_currency taxes_included is_test source_name
        total_line_items_price total_discounts subtotal_price shipping_price shipping_discount total_shipping
        total_tax total_tip total_duties total_price current_subtotal_price current_total_discounts
        current_total_tax current_total_price total_outstanding first_fulfilled_at fulfilled_date
        cancelled_date processing_hours {SHIPPING_PLACE} {BILLING_PLACE} discount_codes tags referring_site
        landing_site user_agent payment_gateways location_id app_id deleted_at
        """,
    "line_items": """
        id order_id product_id variant_id position title variant_title sku vendor quantity current_quantity
        price discount_allocated total_tax gift_card fulfillment_status
        """,
    "refunds": """
        id order_id created_at processed_at refund_date note shipping_refunded discrepancy
        """,
    "refund_line_items": """
        id refund_id order_id line_item_id quantity subtotal total_tax restock_type
        """,
    "sync_runs": "run_id full_sync started_at finished_at status rows windows warnings",
    "task_attempts": "task_id try_number state started_at finished_at reason",
    "rejected_records": "entity record_id reason payload",
}
SUMMARY = """
    total_orders total_customers ordering_customers gross_sales total_discounts total_returns net_sales
    total_shipping total_tax total_sales average_order_value repeat_rate_percent average_processing_days
    total_outstanding top_products generated_at currency timezone first_order_date last_order_date
    """
MORE_FILES = [
    "sales_ledger",
    "buyers",
    "product_dim",
    "order_adjustments",
    "shipping_lines",
    "fulfillments",
    "order_discount_codes",
    "discount_allocations",
    "tax_lines",
]
REPORT_FILES = ["customer_value", "product_performance", "variant_performance", "daily_sales"]
WINDOW = {"updated_at_min": None, "updated_at_max": "2026-11-22T11:59:30Z"}


@pytest.fixture
def run(synced_shop: Sync) -> Run:
    """The first run of the shop."""
    return synced_shop.runs[0]


def columns(sync: Sync, table: str) -> list[str]:
    return [row["name"] for row in sync.select("SELECT name FROM pragma_table_info(?)", table)]


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_its_columns(synced_shop: Sync, table: str) -> None:
    assert set(TABLES[table].split()) - set(columns(synced_shop, table)) == set()


def test_the_database_knows_its_schema_its_store_and_how_far_it_has_come(synced_shop: Sync) -> None:
    metadata = {row["key"]: row["value"] for row in synced_shop.select("SELECT key, value FROM metadata")}
    expected = {
        "schema_version": str(len(migrations())),
        **dict.fromkeys(
            ("watermark.products", "watermark.customers", "watermark.orders"), "2026-11-22T11:59:30Z"
        ),
        "shop.currency": "EUR",
        "shop.timezone": "Europe/Amsterdam",
    }
    assert {key: metadata[key] for key in expected} == expected
    assert {"shop.name", "shop.domain"} <= metadata.keys()


@pytest.mark.parametrize("table", OWN_IDS)
def test_the_columns_of_a_file_are_those_of_its_table(synced_shop: Sync, table: str) -> None:
    with (synced_shop.data_dir / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    named = [OWN_IDS[table] if column == "id" else column for column in columns(synced_shop, table)]
    assert header[0] == OWN_IDS[table]
    assert sorted(header) == sorted(named)


def test_the_data_folder_holds_the_products_of_a_run_and_nothing_else(synced_shop: Sync) -> None:
    files = {path.name for path in synced_shop.data_dir.iterdir() if not re.search(r"-(wal|shm)$", path.name)}
    assert files == {
        "shopify_data.db",
        "analytics_summary.json",
        "staging",
        *(f"{table}.csv" for table in (*OWN_IDS, *MORE_FILES, *REPORT_FILES)),
    }


def test_ids_are_whole_numbers_and_booleans_words(synced_shop: Sync) -> None:
    with (synced_shop.data_dir / "orders.csv").open(encoding="utf-8", newline="") as file:
        orders = list(csv.DictReader(file))
    assert all(re.fullmatch(r"\d+", order["order_id"]) for order in orders)
    assert {order["is_test"] for order in orders} == {"true", "false"}
    assert "" in {order["customer_id"] for order in orders}


def test_the_summary_has_its_keys(synced_shop: Sync) -> None:
    summary = json.loads((synced_shop.data_dir / "analytics_summary.json").read_text(encoding="utf-8"))
    assert set(SUMMARY.split()) - summary.keys() == set()
    assert len(summary["top_products"]) == 10
    assert all(
        list(row)[:4] == ["product_id", "title", "units", "net_sales"] for row in summary["top_products"]
    )


def test_plan_and_fetches_hand_on_windows_and_counts(synced_shop: Sync, run: Run) -> None:
    staging = synced_shop.data_dir / "staging" / re.sub("[:+]", "-", run.run_id)
    store = {"store": synced_shop.connection["host"]}
    window = WINDOW | store | {"sweep": True}
    assert run.returned["plan_sync"] == dict.fromkeys(("products", "customers", "orders"), window)
    for entity, records, pages in (("products", 66, 1), ("customers", 234, 1), ("orders", 291, 2)):
        fetched = {"path": str(staging / entity), "records": records, "pages": pages, **WINDOW, **store}
        counted = {"counted": records, "read": records}
        drift = {"checked": records, "missing": 0, "stale": 0, "deleted": 0, "later": 0}
        assert run.returned[f"fetch_{entity}"] == fetched | counted | {"drift": drift}


def test_the_reconciliation_hands_on_both_numbers_of_each_entity(run: Run) -> None:
    for entity, records in (("products", 66), ("customers", 234), ("orders", 291)):
        assert run.returned["reconcile"][entity] == {
            "state": "equal",
            "store": records,
            "database": records,
            "difference": 0,
            "missing": 0,
            "rejected": 0,
            "in_flight": 0,
            "unlisted": 0,
            "window": {"store": records, "read": records, "missing": 0},
            "last_sweep": "2026-11-22T11:59:30Z",
        }


def test_load_and_export_hand_on_rows_by_table_and_file(synced_shop: Sync, run: Run) -> None:
    rows = {
        table: synced_shop.select(f"SELECT count(*) AS rows FROM {table}")[0]["rows"] for table in OWN_IDS
    }
    counts = {"updated": 0, "unchanged": 0, "deleted": 0}
    loaded, exported = run.returned["load_sqlite"], run.returned["export_csv"]
    assert {table: loaded[table] for table in OWN_IDS} == {
        table: {"inserted": rows[table], **counts} for table in OWN_IDS
    }
    assert {name: exported[name] for name in exported if name.removesuffix(".csv") in OWN_IDS} == {
        f"{table}.csv": {
            "path": str(synced_shop.data_dir / f"{table}.csv"),
            "rows": rows[table],
            "state": "written",
        }
        for table in OWN_IDS
    }
    assert exported.keys() == {f"{name}.csv" for name in (*OWN_IDS, *MORE_FILES, *REPORT_FILES)}


def test_analytics_and_report_hand_on_figures_and_a_line(synced_shop: Sync, run: Run) -> None:
    summary = json.loads((synced_shop.data_dir / "analytics_summary.json").read_text(encoding="utf-8"))
    figures = {key: value for key, value in summary.items() if not isinstance(value, list | dict)}
    assert run.returned["compute_analytics"] == figures
    assert run.returned["report_run"] == (
        "products +66, product_variants +185, customers +234, orders +291, line_items +589, refunds +37, "
        "refund_line_items +48, reconciled, 12 API calls, 0 refused"
    )


def test_each_task_hands_on_one_small_value(run: Run) -> None:
    assert set(run.returned) == set(run.tasks) - set(OPTIONAL)
    assert all(len(json.dumps(value)) < 4_000 for value in run.returned.values())
    assert run.pushed == len(run.returned)
