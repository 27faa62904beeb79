"""The demo shop as a test moves it: days go by, or somebody changes one record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from demo_store.clock import ManualClock
from demo_store.shop.life import advance
from demo_store.state import Store

Record = dict[str, Any]


@dataclass
class Shop:
    """A store and its clock. Each change is followed by a quiet minute, so that the next sync sees it.

    ``before_answer`` is called in the server before each answer.
    """

    store: Store
    clock: ManualClock
    before_answer: Callable[[], None] = lambda: None

    def live(self, **time: float) -> None:
        """Let the shop live on for a ``timedelta``."""
        self.clock.advance(timedelta(**time))
        advance(self.store, self.clock.now())
        self._wait()

    def records(self, resource: str) -> list[Record]:
        """All records of a resource by id."""
        ids = self.store.ids(resource)
        return [record for record_id in ids if (record := self.store.get(resource, record_id))]

    def save(self, resource: str, record: Record, **changes: Any) -> Record:
        """Store a record with changes, as updated now; return it."""
        saved = record | {"updated_at": self.time()} | changes
        self.store.put(resource, [saved])
        self._wait()
        return saved

    def delete(self, resource: str, record: Record) -> None:
        """Delete a record; lines forget a deleted product while ``updated_at`` of their orders stays."""
        self.store.delete(resource, record["id"], self.clock.now())
        if resource == "products":
            for order in self.records("orders"):
                for line in order["line_items"]:
                    if line["product_id"] == record["id"]:
                        line.update(product_id=None, variant_id=None, product_exists=False)
                self.store.put("orders", [order])
        self._wait()

    def time(self, **later: float) -> str:
        """Now, or a ``timedelta`` later, as the API writes it."""
        return self.store.timestamp(self.clock.now() + timedelta(**later))

    def refund(self, line: Record, subtotal: float) -> Record:
        """A refund made now for one piece of an order's line."""
        returned = {
            "id": self.store.next_id("refund_line_item"),
            "line_item_id": line["id"],
            "quantity": 1,
            "subtotal": subtotal,
            "total_tax": 0.0,
            "restock_type": "return",
        }
        return {
            "id": self.store.next_id("refund"),
            "created_at": self.time(),
            "processed_at": self.time(),
            "note": None,
            "refund_line_items": [returned],
            "refund_shipping_lines": [],
            "order_adjustments": [],
        }

    def _wait(self) -> None:
        self.clock.advance(timedelta(minutes=1))
