"""Files of a few transactions for tests, and what they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from demo_store.retail import transactions

if TYPE_CHECKING:
    from pathlib import Path

    from demo_store.retail.tally import Tally
    from demo_store.state import Store

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def line(
    invoice: str = "1001",
    code: str = "MUG",
    quantity: int = 1,
    price: str = "2.50",
    *,
    at: str = "2011-01-10T10:00:00",
    title: str = "STONE MUG",
    customer: str = "17",
    country: str = "United Kingdom",
) -> str:
    return f'{invoice},{code},"{title}",{quantity},{at},{price},{customer},{country}'


def write(folder: Path, *lines: str) -> Path:
    source = folder / "transactions.csv"
    source.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return source


def load(folder: Path, *lines: str) -> tuple[Store, Tally]:
    return transactions.load(write(folder, *lines), folder / "store.db")


def all_of(store: Store, resource: str) -> list[dict[str, Any]]:
    return [record for key in store.ids(resource) if (record := store.get(resource, key))]


def orders(folder: Path, *lines: str) -> list[dict[str, Any]]:
    return all_of(load(folder, *lines)[0], "orders")
