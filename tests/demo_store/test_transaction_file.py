"""The form that a file of transactions must have, and what is said of one that has not."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from demo_store.retail import transactions
from demo_store.state import DemoStoreError

from tests.demo_store.invoice_lines import HEADER, all_of, line, load

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("bad_line", "complaint"),
    [
        (line("X1"), "line 3: InvoiceNo is 'X1', expected a whole number, after C or A if it is no sale."),
        (line(code=" "), "line 3: StockCode is ' ', expected the code of an article."),
        (
            line().replace(",1,", ",1.5,"),
            "line 3: Quantity is '1.5', expected a whole number below 1,000,000,000.",
        ),
        (line(price="2,5").replace("2,5", '"2,5"'), "line 3: UnitPrice is '2,5', expected a number below"),
        (line(price="NaN"), "line 3: UnitPrice is 'NaN', expected a number below 1,000,000,000."),
        (line(at="10/01/2011"), "line 3: InvoiceDate is '10/01/2011', expected an ISO date and time"),
        (
            line(at="2011-01-10T10:00:00Z"),
            "line 3: InvoiceDate is '2011-01-10T10:00:00Z', expected an ISO date",
        ),
        (
            line(customer="x"),
            "line 3: CustomerID is 'x', expected a whole number below 1,000,000,000, or nothing.",
        ),
        ("1001,MUG", "line 3: 2 fields where line 1 has 8."),
    ],
)
def test_a_bad_value_is_refused_with_its_line_and_column(
    tmp_path: Path, bad_line: str, complaint: str
) -> None:
    with pytest.raises(DemoStoreError) as error:
        load(tmp_path, line(), bad_line)
    assert complaint in str(error.value)
    assert not (tmp_path / "store.db").exists()


def test_a_missing_column_is_refused_by_name(tmp_path: Path) -> None:
    source = tmp_path / "short.csv"
    source.write_text("InvoiceNo,StockCode,Quantity\n", encoding="utf-8")
    with pytest.raises(
        DemoStoreError, match="no column Description, InvoiceDate, UnitPrice, CustomerID, Country"
    ):
        transactions.load(source, tmp_path / "store.db")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(gzip.compress(HEADER.encode())[:-9])
    for source in (broken, tmp_path / "nowhere.csv"):
        with pytest.raises(DemoStoreError, match="cannot be read as a CSV file"):
            transactions.load(source, tmp_path / "store.db")


def test_a_gzipped_file_with_columns_in_another_order_loads_alike(tmp_path: Path) -> None:
    source = tmp_path / "transactions.csv.gz"
    text = "Country,Note,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo\r\n"
    text += 'Malta,-,17,2.5,2011-01-10 10:00,2,"MUG ""A"", GREY",MUG,1001\r\n'
    source.write_bytes(gzip.compress(b"\xef\xbb\xbf" + text.encode()))
    (order,) = all_of(transactions.load(source, tmp_path / "store.db")[0], "orders")
    assert (order["created_at"], order["total_price"]) == ("2011-01-10T10:00:00+00:00", "5.00")
    assert order["line_items"][0]["title"] == 'MUG "A", GREY'
