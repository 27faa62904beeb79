"""The reports that are files of their own: their form, and when they are written."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

import pytest
from shopify_analytics.csv_export import REPORT_FILES, export_reports
from shopify_analytics.database import advance_watermark
from shopify_analytics.reports import run_report

from tests.demo_store.records import customer, order, product, timestamp
from tests.syncing import Syncs

NAMES = ["customer_value", "daily_sales", "product_performance", "variant_performance"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files are to be; nothing yet."""
    return tmp_path / "csv"


def written(db: sqlite3.Connection, folder: Path) -> list[str]:
    """Export; return which files were written."""
    outcome = export_reports(db, folder, folder / "staging" / "run")
    assert list(outcome) == [f"{name}.csv" for name in NAMES]
    for name, entry in outcome.items():
        assert entry["path"] == str(folder / name)
        assert entry["rows"] == len(rows(folder, name.removesuffix(".csv")))
    return [name.removesuffix(".csv") for name, entry in outcome.items() if entry["state"] == "written"]


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_a_file_holds_its_report(db: sqlite3.Connection, syncs: Syncs, folder: Path) -> None:
    syncs.load(
        products=[product(1)], customers=[customer(1)], orders=[order(1), order(2, email=None, customer=None)]
    )
    assert written(db, folder) == NAMES
    for name, (report, _) in REPORT_FILES.items():
        expected = [
            {column: "" if value is None else str(value) for column, value in row.items()}
            for row in run_report(db, report)
        ]
        assert expected
        assert rows(folder, name) == expected


def test_files_without_rows_have_their_header(db: sqlite3.Connection, folder: Path) -> None:
    written(db, folder)
    assert (folder / "customer_value.csv").read_text(encoding="utf-8") == (
        "buyer_id,customer_id,orders,units,net_sales,total_sales,average_order_value,first_order_date,"
        "last_order_date,days_since_last_order,recency_score,frequency_score,spend_score,segment\n"
    )


def test_a_file_is_written_when_what_it_is_made_of_changed(
    db: sqlite3.Connection, syncs: Syncs, folder: Path
) -> None:
    syncs.load(products=[product(1)], orders=[order(1)])
    assert written(db, folder) == NAMES
    assert written(db, folder) == []
    syncs.load(customers=[customer(7)])  # who has bought nothing
    assert written(db, folder) == []
    syncs.load(products=[product(1, title="New", updated_at=timestamp(900))])
    assert written(db, folder) == ["product_performance", "variant_performance"]
    syncs.load(orders=[order(2)])
    assert written(db, folder) == NAMES


def test_a_new_day_makes_new_files(db: sqlite3.Connection, syncs: Syncs, folder: Path) -> None:
    syncs.load(orders=[order(1)])
    written(db, folder)
    advance_watermark(db, "orders", "2026-11-22T22:59:00Z")
    assert written(db, folder) == []
    advance_watermark(db, "orders", "2026-11-22T23:00:00Z")  # midnight in Amsterdam
    assert written(db, folder) == NAMES
    assert rows(folder, "daily_sales")[-1]["date"] == "2026-11-23"


def test_a_file_that_was_deleted_or_edited_is_written_again(
    db: sqlite3.Connection, syncs: Syncs, folder: Path
) -> None:
    syncs.load(orders=[order(1)])
    written(db, folder)
    (folder / "daily_sales.csv").unlink()
    (folder / "customer_value.csv").write_text("mine", encoding="utf-8")
    assert written(db, folder) == ["customer_value", "daily_sales"]
