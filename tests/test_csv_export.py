"""The CSV files: their form, and when they are written."""

from __future__ import annotations

import csv
import os
import shutil
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from shopify_analytics import csv_export
from shopify_analytics.csv_export import export_tables
from shopify_analytics.database import table_columns

from tests.demo_store.records import (
    FIRST_ORDER_ID,
    FIRST_PRODUCT_ID,
    customer,
    line_item,
    order,
    product,
    timestamp,
)
from tests.syncing import Syncs, select

ID_COLUMNS = {
    "products": "product_id",
    "product_variants": "variant_id",
    "customers": "customer_id",
    "orders": "order_id",
    "line_items": "line_item_id",
    "refunds": "refund_id",
    "refund_line_items": "refund_line_item_id",
    "order_adjustments": "order_adjustment_id",
    "shipping_lines": "shipping_line_id",
    "fulfillments": "fulfillment_id",
    "order_discount_codes": "order_id",
    "discount_allocations": "order_id",
    "tax_lines": "order_id",
    "sales_ledger": "ledger_id",
    "buyers": "buyer_id",
    "product_dim": "product_key",
}
REFUND = {
    "id": 9400000000001,
    "created_at": timestamp(5),
    "refund_line_items": [{"id": 9500000000001, "line_item_id": None, "quantity": 1, "subtotal": 24.5}],
}
AWKWARD = [
    'Mug "Wabi-Sabi", large',
    "two\nlines",
    "carriage\r\nreturn",
    "=SUM(A1:A9)",
    "+31 20",
    "@home",
    " spaces ",
    "",
    "茶碗 🫖 éàß",
    "semi;colon\ttab",
    "'quoted'",
]


@dataclass
class Files:
    """The folder of the files, and what writes them."""

    db: sqlite3.Connection
    folder: Path

    def export(self) -> dict[str, str]:
        """Export; return which table's file was written or unchanged."""
        outcome = export_tables(self.db, self.folder, self.folder / "staging" / "run")
        assert {entry["path"] for entry in outcome.values()} == {str(self.folder / name) for name in outcome}
        for name, entry in outcome.items():
            assert entry["rows"] == len(self.rows(name.removesuffix(".csv")))
        return {name.removesuffix(".csv"): entry["state"] for name, entry in outcome.items()}

    def path(self, table: str) -> Path:
        return self.folder / f"{table}.csv"

    def rows(self, table: str) -> list[dict[str, str]]:
        with self.path(table).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, strict=True))

    def ids(self, table: str) -> list[int]:
        return [int(row[ID_COLUMNS[table]]) % 1_000_000 for row in self.rows(table)]

    def marks(self) -> dict[str, int]:
        """What changes when a file is written, even with the same content."""
        return {table: self.path(table).stat().st_ino for table in ID_COLUMNS}


@pytest.fixture
def files(db: sqlite3.Connection, tmp_path: Path) -> Files:
    """No files yet."""
    return Files(db, tmp_path / "csv")


def states(written: set[str]) -> dict[str, str]:
    return {table: "written" if table in written else "unchanged" for table in ID_COLUMNS}


def test_an_empty_database_makes_files_of_headers(files: Files) -> None:
    assert files.export() == states(set(ID_COLUMNS))
    for table, id_column in ID_COLUMNS.items():
        header = ["id", *table_columns(files.db, table)[1:]]
        header[0] = id_column
        assert files.path(table).read_bytes() == ",".join(header).encode() + b"\n"
    assert sorted(path.name for path in files.folder.glob("*.csv")) == sorted(
        f"{table}.csv" for table in ID_COLUMNS
    )


def test_values_have_the_form_that_power_bi_reads(files: Files, syncs: Syncs) -> None:
    line = line_item(
        1, price="1234567.80", gift_card=True, product_id=None, discount_allocations=[{"amount": "0.10"}]
    )
    syncs.load(
        orders=[order(1, total_price="0.00", test=True, line_items=[line], refunds=[REFUND], email=None)]
    )
    files.export()
    (placed,) = files.rows("orders")
    expected = {
        "order_id": "7100000000001",
        "customer_id": "8200000000001",
        "email": "",
        "created_at": "2026-11-19T23:01:00Z",
        "order_date": "2026-11-20",
        "ordered_at_local": "2026-11-20T00:01:00",
        "order_hour": "0",
        "taxes_included": "true",
        "is_test": "true",
        "total_price": "0.0",
        "subtotal_price": "24.5",
        "processing_hours": "",
        "location_id": "",
        "deleted_at": "",
    }
    assert {column: placed[column] for column in expected} == expected
    (sold,) = files.rows("line_items")
    assert (sold["price"], sold["discount_allocated"], sold["quantity"]) == ("1234567.8", "0.1", "1")
    assert (sold["gift_card"], sold["is_tip"], sold["product_id"]) == ("true", "false", "")
    (returned,) = files.rows("refund_line_items")
    assert (returned["refund_id"], returned["line_item_id"], returned["subtotal"]) == (
        "9400000000001",
        "",
        "24.5",
    )


def test_awkward_texts_come_through_as_they_are(files: Files, syncs: Syncs) -> None:
    syncs.load(products=[product(number, title=title) for number, title in enumerate(AWKWARD)])
    files.export()
    assert [row["title"] for row in files.rows("products")] == AWKWARD
    content = files.path("products").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b'"Mug ""Wabi-Sabi"", large"' in content
    assert b",=SUM(A1:A9)," in content


def test_rows_come_in_the_order_of_ids(files: Files, syncs: Syncs) -> None:
    syncs.load(customers=[customer(3), customer(1), customer(2)])
    files.export()
    assert files.ids("customers") == [1, 2, 3]


def test_a_file_whose_table_did_not_change_is_not_touched(files: Files, syncs: Syncs) -> None:
    syncs.load(products=[product(1)], orders=[order(1)])
    files.export()
    before = files.marks()
    assert files.export() == states(set())
    assert files.marks() == before

    syncs.load(orders=[order(1, updated_at=timestamp(900))])
    assert files.export() == states({"orders"})
    changed = {table for table, mark in files.marks().items() if mark != before[table]}
    assert changed == {"orders"}


def test_a_file_that_was_deleted_is_written_again(files: Files, syncs: Syncs) -> None:
    syncs.load(orders=[order(1)])
    files.export()
    content = files.path("orders").read_bytes()
    files.path("orders").unlink()
    assert files.export() == states({"orders"})
    assert files.path("orders").read_bytes() == content


@pytest.mark.parametrize("same_size", [True, False])
def test_a_file_that_was_edited_is_written_again(files: Files, syncs: Syncs, same_size: bool) -> None:
    syncs.load(orders=[order(1)])
    files.export()
    content = files.path("orders").read_text(encoding="utf-8")
    seen = files.path("orders").stat()
    files.path("orders").write_text(
        content.replace("#1001", "#9999" if same_size else "#99990"), encoding="utf-8"
    )
    moved = 1_000_000_000 if same_size else 0
    os.utime(files.path("orders"), ns=(seen.st_atime_ns, seen.st_mtime_ns + moved))
    assert files.export() == states({"orders"})
    assert files.path("orders").read_text(encoding="utf-8") == content


def test_a_file_whose_select_changed_is_written_again(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.export()
    shutil.copytree(csv_export.SQL, tmp_path / "sql")
    select = tmp_path / "sql" / "export" / "products.sql"
    select.write_text(select.read_text(encoding="utf-8").replace("    vendor,\n", ""), encoding="utf-8")
    monkeypatch.setattr(csv_export, "SQL", tmp_path / "sql")
    assert files.export() == states({"products"})
    assert b"vendor" not in files.path("products").read_bytes()


def test_a_folder_of_another_run_has_its_own_files(files: Files, syncs: Syncs, tmp_path: Path) -> None:
    syncs.load(orders=[order(1)])
    files.export()
    assert Files(files.db, tmp_path / "elsewhere").export() == states(set(ID_COLUMNS))


def test_deleted_rows_and_their_children_leave_the_files(files: Files, syncs: Syncs) -> None:
    syncs.load(products=[product(1), product(2)], orders=[order(1, refunds=[REFUND]), order(2)])
    files.export()
    syncs.load(deleted={"products": [FIRST_PRODUCT_ID + 1], "orders": [FIRST_ORDER_ID + 1]})
    gone = set(ID_COLUMNS) - {"customers"}
    assert files.export() == states(gone)
    assert {table: ids for table in gone if (ids := files.ids(table))} == {
        "products": [2],
        "product_variants": [2],
        "orders": [2],
        "line_items": [2],
        "tax_lines": [2, 2],
        "sales_ledger": [20_001, 20_002, 20_003],
        "buyers": [2],
        "product_dim": [0, 1, 2],
    }

    syncs.load(products=[product(1)], orders=[order(1, refunds=[REFUND])])
    assert files.export() == states(gone)
    assert (files.ids("orders"), files.ids("refunds"), files.ids("product_variants")) == ([1, 2], [1], [1, 2])


def test_a_failure_leaves_the_files_before_and_is_made_good_later(files: Files, syncs: Syncs) -> None:
    syncs.load(orders=[order(1)], customers=[customer(1)])
    files.export()
    before = files.path("orders").read_bytes()
    syncs.load(orders=[order(2)], customers=[customer(2)])
    files.db.execute("ALTER TABLE orders RENAME TO orders_elsewhere")
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        files.export()
    files.db.execute("ROLLBACK")
    files.db.execute("ALTER TABLE orders_elsewhere RENAME TO orders")
    assert files.path("orders").read_bytes() == before
    of_an_order = {"orders", "line_items", "tax_lines", "sales_ledger", "buyers", "product_dim"}
    assert files.export() == states({"customers", *of_an_order})
    assert (files.ids("customers"), files.ids("orders")) == ([1, 2], [1, 2])


def test_all_files_show_the_same_moment(files: Files, db: sqlite3.Connection, tmp_path: Path) -> None:
    writer = sqlite3.connect(tmp_path / "data" / "shopify_data.db", timeout=0, isolation_level=None)

    def commit_one_of_each() -> None:
        with suppress(sqlite3.OperationalError):  # the export itself is writing, at its end
            writer.execute("BEGIN IMMEDIATE")
            for table in ("customers", "products"):
                writer.execute(f"INSERT INTO {table} (updated_at) VALUES ('')")
            writer.execute("COMMIT")

    db.set_progress_handler(commit_one_of_each, 10)
    export_tables(db, files.folder, files.folder / "staging")
    db.set_progress_handler(None, 0)
    writer.close()
    assert files.ids("customers") == files.ids("products")
    assert select(db, "SELECT count(*) FROM products")[0][0] > len(files.ids("products"))
