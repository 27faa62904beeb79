"""Small aggregates made by hand, so that what the reports make of them can be checked by eye."""

from __future__ import annotations

import sqlite3
from typing import Any

from shopify_analytics.reports import run_report

TODAY = "2026-11-22"  # a Sunday
ALL_TIME = ("orders", "units", "returned_units", "gross_sales", "discounts", "returns", "charges")


def put(db: sqlite3.Connection, table: str, **values: Any) -> None:
    """Insert a row; what is not said is 0, empty or null, as the column has it."""
    columns = db.execute('SELECT name, type, "notnull" FROM pragma_table_info(?)', (table,)).fetchall()
    row = {name: ("" if kind == "TEXT" else 0) if required else None for name, kind, required in columns}
    row |= values
    assert len(row) == len(columns), f"{table} has no column {set(values) - {name for name, *_ in columns}}"
    db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in row)})", tuple(row.values()))


def sales(
    db: sqlite3.Connection, date: str, *, dimension: str = "store", member: str = "", **figures: Any
) -> None:
    """What happened on a day; money in cents."""
    put(db, "daily_sales", dimension=dimension, member=member, date=date, **figures)
    add_to_all_time(db, dimension, member, figures)


def add_to_all_time(db: sqlite3.Connection, dimension: str, member: str, figures: dict[str, Any]) -> None:
    """The same in the sums of all time."""
    told = {name: figures.get(name, 0) for name in ALL_TIME[:-1]}
    told["charges"] = sum(figures.get(name, 0) for name in ("shipping", "taxes", "duties", "fees"))
    db.execute("INSERT OR IGNORE INTO member_sales VALUES (?, ?, 0, 0, 0, 0, 0, 0, 0)", (dimension, member))
    db.execute(
        f"""
        UPDATE member_sales SET {", ".join(f"{name} = {name} + :{name}" for name in told)}
        WHERE dimension = :dimension AND member = :member
        """,
        told | {"dimension": dimension, "member": member},
    )


def buyers_of(db: sqlite3.Connection, period: str, start: str, buyers: int, new: int) -> None:
    """The buyers of a day, week or month."""
    put(
        db, "period_buyers", dimension="store", member="", period=period, start=start, buyers=buyers,
        new_buyers=new,
    )  # fmt: skip


def counted_order(db: sqlite3.Connection, number: int, date: str, **columns: Any) -> None:
    """An order with a number for its id, by the first buyer."""
    order = {
        "id": number,
        "updated_at": f"{date}T12:00:00Z",
        "order_date": date,
        "buyer_id": 1,
        "order_seq": 1,
    }
    put(db, "orders", **order | columns)


def report(db: sqlite3.Connection, name: str, *columns: str, **parameters: Any) -> list[Any]:
    """The rows of a report on 22 November 2026: tuples of some columns, or dicts of all."""
    rows = run_report(db, name, **{"today": TODAY, **parameters})
    return [tuple(row[column] for column in columns) for row in rows] if columns else rows
