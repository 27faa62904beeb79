"""The three resources of a store: which tables each fills, and how one record becomes their rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from shopify_analytics.fields import MalformedRecord, Record, children, integer, required_integer
from shopify_analytics.records import (
    Row,
    customer,
    line_item,
    order,
    product,
    product_variant,
    refund,
    refund_line_item,
)


@dataclass(frozen=True)
class Entity:
    """A resource of the store, the tables of its children, and the column by which these name their parent.

    ``read`` turns one record and the shop's time zone into rows by table.
    """

    name: str
    read: Callable[[Record, tzinfo], dict[str, list[Row]]]
    child_tables: tuple[str, ...] = ()
    parent_column: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        """The entity's own table first, then those of its children."""
        return (self.name, *self.child_tables)

    def updated_at(self, rows: Mapping[str, list[Row]]) -> str:
        """When the store last changed the record that became these rows, in UTC."""
        return str(rows[self.name][0]["updated_at"])

    def rows(self, record: object, zone: tzinfo) -> dict[str, list[Row]]:
        """The record's rows by table.

        :raises MalformedRecord: naming the field that cannot be stored.
        """
        if not isinstance(record, dict):
            raise MalformedRecord(f"it is a {type(record).__name__}, not an object")
        return self.read(record, zone)

    def staged(self, record: object, zone: tzinfo) -> dict[str, Any]:
        """What is staged of a record: ``{"id", "rows"}`` with its rows by table.

        Of a malformed one ``{"id", "rejected", "payload"}``: its id if it has one, the reason, the record.
        """
        try:
            rows = self.rows(record, zone)
        except MalformedRecord as error:
            return {"id": _id(record), "rejected": str(error), "payload": record}
        return {"id": rows[self.name][0]["id"], "rows": rows}


def _id(record: object) -> int | None:
    try:
        return integer(record, "id") if isinstance(record, dict) else None
    except MalformedRecord:
        return None


def _product_rows(record: Record, _zone: tzinfo) -> dict[str, list[Row]]:
    row = product(record)
    variants = [product_variant(variant, row["id"]) for variant in children(record, "variants")]
    return {"products": [row], "product_variants": variants}


def _customer_rows(record: Record, _zone: tzinfo) -> dict[str, list[Row]]:
    return {"customers": [customer(record)]}


def _order_rows(record: Record, zone: tzinfo) -> dict[str, list[Row]]:
    row = order(record, zone)
    refunds = children(record, "refunds")
    return {
        "orders": [row],
        "line_items": [
            line_item(line, row["id"], position)
            for position, line in enumerate(children(record, "line_items"), start=1)
        ],
        "refunds": [refund(entry, row["id"], zone) for entry in refunds],
        "refund_line_items": [
            refund_line_item(line, required_integer(entry, "id"), row["id"])
            for entry in refunds
            for line in children(entry, "refund_line_items")
        ],
    }


PRODUCTS = Entity("products", _product_rows, ("product_variants",), "product_id")
CUSTOMERS = Entity("customers", _customer_rows)
ORDERS = Entity("orders", _order_rows, ("line_items", "refunds", "refund_line_items"), "order_id")
ENTITIES = {entity.name: entity for entity in (PRODUCTS, CUSTOMERS, ORDERS)}
