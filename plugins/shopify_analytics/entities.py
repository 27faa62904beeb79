"""The three resources of a store: which tables each fills, and how one record becomes their rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shopify_analytics.fields import (
    MalformedRecord,
    Record,
    Row,
    ShopUnits,
    children,
    integer,
    required_integer,
)
from shopify_analytics.order_parts import (
    discount_allocations,
    line_item,
    order_adjustment,
    order_discount_code,
    refund_line_item,
    shipping_line,
    tax_lines,
)
from shopify_analytics.records import customer, fulfillment, order, product, product_variant, refund
from shopify_analytics.sales_ledger import sales_ledger


@dataclass(frozen=True)
class Entity:
    """A resource of the store, the tables of its children, and the column by which these name their parent.

    ``read`` turns one record into rows by table.
    """

    name: str
    read: Callable[[Record, ShopUnits], dict[str, list[Row]]]
    child_tables: tuple[str, ...] = ()
    parent_column: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        """The entity's own table first, then those of its children."""
        return (self.name, *self.child_tables)

    def updated_at(self, rows: Mapping[str, list[Row]]) -> str:
        """When the store last changed the record that became these rows, in UTC."""
        return str(rows[self.name][0]["updated_at"])

    def rows(self, record: object, units: ShopUnits) -> dict[str, list[Row]]:
        """The record's rows by table.

        :raises MalformedRecord: naming the field that cannot be stored.
        """
        if not isinstance(record, dict):
            raise MalformedRecord(f"it is a {type(record).__name__}, not an object")
        return self.read(record, units)

    def staged(self, record: object, units: ShopUnits) -> dict[str, Any]:
        """What is staged of a record: ``{"id", "rows"}`` with its rows by table.

        Of a malformed one ``{"id", "rejected", "payload"}``: its id if it has one, the reason, the record.
        """
        try:
            rows = self.rows(record, units)
        except MalformedRecord as error:
            return {"id": _id(record), "rejected": str(error), "payload": record}
        return {"id": rows[self.name][0]["id"], "rows": rows}


def _id(record: object) -> int | None:
    try:
        return integer(record, "id") if isinstance(record, dict) else None
    except MalformedRecord:
        return None


def _product_rows(record: Record, _units: ShopUnits) -> dict[str, list[Row]]:
    row = product(record)
    variants = [product_variant(variant, row["id"]) for variant in children(record, "variants")]
    return {"products": [row], "product_variants": variants}


def _customer_rows(record: Record, _units: ShopUnits) -> dict[str, list[Row]]:
    return {"customers": [customer(record)]}


def _order_rows(record: Record, units: ShopUnits) -> dict[str, list[Row]]:
    row = order(record, units)
    order_id = row["id"]
    refunds = [(required_integer(entry, "id"), entry) for entry in children(record, "refunds")]
    return {
        "orders": [row],
        "line_items": [
            line_item(line, order_id, position)
            for position, line in enumerate(children(record, "line_items"), start=1)
        ],
        "refunds": [refund(entry, order_id, units) for _, entry in refunds],
        "refund_line_items": [
            refund_line_item(line, refund_id, order_id)
            for refund_id, entry in refunds
            for line in children(entry, "refund_line_items")
        ],
        "order_adjustments": [
            order_adjustment(adjustment, refund_id, order_id)
            for refund_id, entry in refunds
            for adjustment in children(entry, "order_adjustments")
        ],
        "shipping_lines": [
            shipping_line(line, order_id, position)
            for position, line in enumerate(children(record, "shipping_lines"), start=1)
        ],
        "fulfillments": [fulfillment(entry, order_id, units) for entry in children(record, "fulfillments")],
        "order_discount_codes": [
            order_discount_code(entry, order_id, position)
            for position, entry in enumerate(children(record, "discount_codes"), start=1)
        ],
        "discount_allocations": discount_allocations(record, order_id),
        "tax_lines": tax_lines(record, order_id),
        "sales_ledger": sales_ledger(record, units),
    }


ORDER_TABLES = (
    "line_items",
    "refunds",
    "refund_line_items",
    "order_adjustments",
    "shipping_lines",
    "fulfillments",
    "order_discount_codes",
    "discount_allocations",
    "tax_lines",
    "sales_ledger",
)
PRODUCTS = Entity("products", _product_rows, ("product_variants",), "product_id")
CUSTOMERS = Entity("customers", _customer_rows)
ORDERS = Entity("orders", _order_rows, ORDER_TABLES, "order_id")
ENTITIES = {entity.name: entity for entity in (PRODUCTS, CUSTOMERS, ORDERS)}
