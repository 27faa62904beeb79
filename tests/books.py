"""A store's counted orders and their ledger, joined with who bought what and where; reports are sums of this.

Worked out from the store's raw JSON and nothing of the product. A counted order is not a test order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from demo_store.state import Store

from tests.expected_buyers import buyer_ids, order_numbers, place_of
from tests.expected_ledger import Entry, expected_entries
from tests.expected_visits import channel_of, device_of
from tests.memory import Memory
from tests.raw_records import Json, exponent_of, is_goods, moment_of, read_records


@dataclass(frozen=True)
class Line:
    """What a line item sold. ``product_key`` and ``variant_key`` are 0 without product and variant."""

    id: int
    order_id: int
    product_key: int
    variant_key: int
    title: str
    variant_title: str | None
    sku: str | None
    vendor: str
    product_type: str
    quantity: int
    is_goods: bool


@dataclass(frozen=True)
class Books:
    """Counted orders by id, and what is known of each; ``buyers`` and ``numbers`` are those of every order.

    ``customers`` and ``products`` are those that the store has, ``memory`` holds former ones too.
    ``traffic_sources`` by order id are given: rules decide them, which are no matter of arithmetic.
    """

    zone: ZoneInfo
    exponent: int
    orders: dict[int, Json]
    test_orders: list[Json]
    customers: dict[int, Json]
    products: dict[int, Json]
    entries: list[Entry]
    buyers: dict[int, int | None]
    numbers: dict[int, int | None]
    memory: Memory
    traffic_sources: Mapping[int, str | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        store: Store,
        traffic_sources: Mapping[int, str | None] | None = None,
        memory: Memory | None = None,
    ) -> Books:
        """The books of what ``store`` holds; without ``memory`` nothing was ever seen but that."""
        orders, customers = read_records(store, "orders"), read_records(store, "customers")
        buyers = buyer_ids(orders, customers)
        exponent, zone = exponent_of(store.shop["currency"]), store.timezone
        return cls(
            zone=zone,
            exponent=exponent,
            orders={order["id"]: order for order in orders if not order["test"]},
            test_orders=[order for order in orders if order["test"]],
            customers={customer["id"]: customer for customer in customers},
            products={product["id"]: product for product in read_records(store, "products")},
            entries=[entry for order in orders for entry in expected_entries(order, zone, exponent)],
            buyers=buyers,
            numbers=order_numbers(orders, buyers),
            memory=memory or Memory().see(store),
            traffic_sources=traffic_sources or {},
        )

    @cached_property
    def lines(self) -> dict[int, Line]:
        """The line items of counted orders by id."""
        return {line.id: line for line in self.all_lines if line.order_id in self.orders}

    @cached_property
    def all_lines(self) -> list[Line]:
        """The line items of all orders."""
        orders = (*self.orders.values(), *self.test_orders)
        return [self._line(line, order) for order in orders for line in order["line_items"]]

    def _line(self, line: Json, order: Json) -> Line:
        sold = self.memory.sold[line["id"]]
        return Line(
            id=line["id"],
            order_id=order["id"],
            product_key=sold.product_id or 0,
            variant_key=sold.variant_id or 0,
            title=line["title"],
            variant_title=line["variant_title"],
            sku=line["sku"],
            vendor=line["vendor"] or "",
            product_type=sold.product_type or "",
            quantity=line["quantity"],
            is_goods=is_goods(line),
        )

    @cached_property
    def lines_of(self) -> dict[int, list[Line]]:
        """The lines of each order."""
        return grouped(self.lines.values(), lambda line: line.order_id)

    @cached_property
    def entries_of(self) -> dict[int, list[Entry]]:
        """The ledger of each order."""
        return grouped(self.entries, lambda entry: entry.order_id)

    @cached_property
    def dates(self) -> dict[int, str]:
        """The shop-local date of each counted order."""
        return {order_id: self.local(order).date().isoformat() for order_id, order in self.orders.items()}

    @cached_property
    def places(self) -> dict[int, Json]:
        """The geography of each counted order."""
        return {order_id: place_of(order, self.memory.customers) for order_id, order in self.orders.items()}

    @cached_property
    def orders_of(self) -> dict[int, list[int]]:
        """The counted orders of each buyer, first to last."""
        by_buyer: defaultdict[int, list[int]] = defaultdict(list)
        for order_id in sorted(self.orders, key=lambda order_id: self.numbers[order_id] or 0):
            buyer = self.buyers[order_id]
            if buyer is not None:
                by_buyer[buyer].append(order_id)
        return dict(by_buyer)

    def local(self, order: Json) -> datetime:
        """When the order was made, on the shop's clock."""
        return moment_of(order).astimezone(self.zone)

    def visit(self, order_id: int) -> Json:
        """How the order came: channel, traffic source and device; empty where there is none."""
        order = self.orders[order_id]
        return {
            "channel": channel_of(order),
            "traffic_source": self.traffic_sources.get(order_id) or "",
            "device": device_of(order) or "",
        }

    def sold_by(self, entry: Entry) -> tuple[int | None, int | None]:
        """Product and variant of a ledger row: None without a line, 0 of a line without product."""
        if entry.line_item_id is None:
            return None, None
        line = self.lines.get(entry.line_item_id)
        return (line.product_key, line.variant_key) if line else (0, 0)

    def ordered_between(self, start: str | None, end: str | None) -> Iterator[int]:
        """Ids of the counted orders from one day to another, both included; None is open."""
        return (order_id for order_id, date in self.dates.items() if is_between(date, start, end))

    def booked_between(self, start: str | None, end: str | None) -> Iterator[Entry]:
        """Ledger rows from one day to another."""
        return (entry for entry in self.entries if is_between(entry.ledger_date, start, end))


def is_between(date: str, start: str | None, end: str | None) -> bool:
    """Whether a date lies between two others, both included; None is open."""
    return (start is None or start <= date) and (end is None or date <= end)


Item = TypeVar("Item")


def grouped(items: Iterable[Item], key: Callable[[Item], int]) -> dict[int, list[Item]]:
    """The items by their key, in the order given."""
    groups: defaultdict[int, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return dict(groups)
