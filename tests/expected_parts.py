"""The rows of the tables that hold an order's parts, worked out from a store's raw JSON alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from demo_store.state import Store

from tests.raw_records import Json, local, read_records, total, utc

Key = tuple[int | str, ...]
KEYS = {
    "order_adjustments": ("id",),
    "shipping_lines": ("id",),
    "fulfillments": ("id",),
    "order_discount_codes": ("order_id", "position"),
    "discount_allocations": ("order_id", "line_kind", "line_id", "position"),
    "tax_lines": ("order_id", "line_kind", "line_id", "position"),
}


def expected_parts(store: Store) -> dict[str, dict[Key, Json]]:
    """Every row of the parts of live orders, by table and primary key; all columns."""
    orders = read_records(store, "orders")
    made: dict[str, Iterable[Json]] = {
        "order_adjustments": (row for order in orders for row in _adjustments(order)),
        "shipping_lines": (row for order in orders for row in _shipping_lines(order)),
        "fulfillments": (row for order in orders for row in _fulfillments(order, store.timezone)),
        "order_discount_codes": (row for order in orders for row in _discount_codes(order)),
        "discount_allocations": (row for order in orders for row in _allocations(order)),
        "tax_lines": (row for order in orders for row in _tax_lines(order)),
    }
    return {
        table: {tuple(row[column] for column in KEYS[table]): row for row in rows}
        for table, rows in made.items()
    }


def _adjustments(order: Json) -> Iterator[Json]:
    for refund in order["refunds"]:
        for entry in refund["order_adjustments"]:
            yield {
                "id": entry["id"],
                "refund_id": refund["id"],
                "order_id": order["id"],
                "kind": entry["kind"],
                "reason": entry.get("reason"),
                "amount": float(entry["amount"]),
                "tax_amount": float(entry.get("tax_amount") or 0),
            }


def _shipping_lines(order: Json) -> Iterator[Json]:
    for position, line in enumerate(order["shipping_lines"], 1):
        yield {
            "id": line["id"],
            "order_id": order["id"],
            "position": position,
            "title": line["title"],
            "code": line["code"],
            "source": line.get("source"),
            "price": float(line["price"]),
            "discounted_price": float(line["discounted_price"]),
            "total_tax": float(total(line["tax_lines"], "price")),
            "is_removed": int(line["is_removed"]),
        }


def _fulfillments(order: Json, zone: ZoneInfo) -> Iterator[Json]:
    for entry in order["fulfillments"]:
        yield {
            "id": entry["id"],
            "order_id": order["id"],
            "created_at": utc(entry["created_at"]),
            "updated_at": utc(entry.get("updated_at")),
            "fulfilled_date": local(entry["created_at"], zone, "%Y-%m-%d"),
            "status": entry["status"],
            "shipment_status": entry.get("shipment_status"),
            "tracking_company": entry.get("tracking_company"),
            "location_id": entry.get("location_id"),
        }


def _discount_codes(order: Json) -> Iterator[Json]:
    for position, code in enumerate(order["discount_codes"], 1):
        yield {
            "order_id": order["id"],
            "position": position,
            "code": code["code"],
            "type": code["type"],
            "amount": float(code["amount"]),
        }


def _lines(order: Json) -> Iterator[tuple[str, Json]]:
    for kind in ("line_item", "shipping_line"):
        for line in order[f"{kind}s"]:
            yield kind, line


def _allocations(order: Json) -> Iterator[Json]:
    for kind, line in _lines(order):
        for position, allocation in enumerate(line.get("discount_allocations") or (), 1):
            discount = order["discount_applications"][allocation["discount_application_index"]]
            yield {
                "order_id": order["id"],
                "line_kind": kind,
                "line_id": line["id"],
                "position": position,
                "amount": float(allocation["amount"]),
                "discount_type": discount["type"],
                "discount": discount.get("code") or discount.get("title"),
            }


def _tax_lines(order: Json) -> Iterator[Json]:
    for kind, line in (*_lines(order), ("order", order)):
        for position, tax in enumerate(line.get("tax_lines") or (), 1):
            yield {
                "order_id": order["id"],
                "line_kind": kind,
                "line_id": line["id"],
                "position": position,
                "title": tax["title"],
                "rate": tax["rate"],
                "price": float(tax["price"]),
            }
