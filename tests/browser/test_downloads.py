"""A chart as table, CSV file and picture."""

from __future__ import annotations

import csv
import struct
from pathlib import Path
from typing import Any

import requests

from tests.browser.language import ENGLISH
from tests.browser.reader import Visit
from tests.browser.shop import Synced

PNG = b"\x89PNG\r\n\x1a\n"


def read_csv(path: Path) -> list[dict[str, str]]:
    """The lines of a file by column."""
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def in_csv(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Rows of a report as a file has them: nothing for null, numbers as they are."""
    return [{column: text(value) for column, value in row.items()} for row in rows]


def text(value: Any) -> str:
    """A value in a file."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str) and value.startswith("="):
        return f"'{value}"
    return str(value)


def test_a_chart_becomes_a_table_of_the_reports_rows_and_a_chart_again(visit: Visit, synced: Synced) -> None:
    reader = visit("geography?range=all")
    rows = synced.report("countries", top_n=14)
    reader.choose("Sales by country", "Show as table")
    heads = reader.heads("Sales by country")
    shown = [dict(zip(heads, line, strict=True)) for line in reader.table("Sales by country")]
    assert [line["Total sales"] for line in shown] == [ENGLISH.euros(row["total_sales"]) for row in rows]
    assert [line["Orders"] for line in shown] == [ENGLISH.told("orders", row["orders"]) for row in rows]
    reader.choose("Sales by country", "Show as chart")
    reader.card("Sales by country").locator(".plot svg").wait_for()
    assert reader.card("Sales by country").locator("table").count() == 0


def test_the_csv_file_of_a_table_has_the_reports_rows(visit: Visit, synced: Synced, tmp_path: Path) -> None:
    reader = visit("geography?range=all")
    saved = reader.saved("All countries", "Save as CSV", tmp_path)
    assert saved.name == "all-countries.csv"
    assert read_csv(saved) == in_csv(synced.report("countries", top_n=250))


def test_the_csv_file_of_a_chart_has_the_reports_rows(visit: Visit, synced: Synced, tmp_path: Path) -> None:
    reader = visit("overview")
    saved = reader.saved("Top products", "Save as CSV", tmp_path)
    assert read_csv(saved) == in_csv(synced.report("top_products", top_n=10))


def test_the_csv_file_of_the_orders_has_those_that_are_shown(visit: Visit, url: str, tmp_path: Path) -> None:
    reader = visit("orders?range=all")
    with reader.page.expect_download() as download:
        reader.page.locator("order-list").get_by_role("button", name="Save as CSV").click()
    download.value.save_as(tmp_path / "orders.csv")
    listed = requests.get(f"{url}/api/orders", {"limit": 25}, timeout=60).json()
    rows = [dict(zip(listed["columns"], row, strict=True)) for row in listed["rows"]]
    saved = read_csv(tmp_path / "orders.csv")
    assert saved == [{column: text(row[column]) for column in saved[0]} for row in rows]


def test_the_picture_of_a_chart_is_a_png_large_enough_for_a_slide(visit: Visit, tmp_path: Path) -> None:
    reader = visit("overview", theme="dark")
    saved = reader.saved("Total sales over time", "Save as PNG", tmp_path)
    content = saved.read_bytes()
    width, height = struct.unpack(">II", content[16:24])
    assert (saved.name, content[:8]) == ("total-sales-over-time.png", PNG)
    assert (width >= 1600, height >= 500, len(content) > 10_000) == (True, True, True)
