"""Which part of a shop's history the syncs so far must have seen, and which of it they must miss."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from demo_store.state import RESOURCES, Store

from tests.faults.histories import detach
from tests.raw_records import Json, records

OVERLAP, SETTLE = timedelta(minutes=10), timedelta(seconds=30)


@dataclass
class Seen:
    """What the syncs so far must have seen of a history, as a store of its own.

    An increment sees what its window holds and the products that are gone; of a resource that it sweeps also
    what it had not seen as it is now, but for the youngest changes. A full sync sees everything.
    """

    store: Store
    watermark: datetime | None = None

    def sync(self, history: Store, now: datetime, *, full: bool, swept: Collection[str] = ()) -> None:
        """A sync at the store's time ``now`` has loaded what it read."""
        full = full or self.watermark is None
        until = max(now - SETTLE, self.watermark or now - SETTLE)
        since = (self.watermark or until) - OVERLAP
        for resource in RESOURCES:
            present = records(history, resource)
            listed = [
                record
                for record in present
                if full
                or since <= _updated_at(record) <= until
                or (
                    resource in swept
                    and _updated_at(record) < until - OVERLAP
                    and self._differs(resource, record)
                )
            ]
            self.store.put(resource, listed)
            gone = set(self.store.ids(resource)) - {record["id"] for record in present}
            for record_id in sorted(gone):
                if full or resource == "products" or resource in swept:
                    self.store.delete(resource, record_id, now)
        alive = {*history.ids("products"), None}
        for sold in records(self.store, "orders"):
            references = {line["product_id"] for line in sold["line_items"]} - alive
            if [product_id for product_id in references if detach(sold, product_id)]:
                self.store.put("orders", [sold])
        self.watermark = until

    def misses(self, history: Store) -> set[str]:
        """The resources of which there are records that no increment will come to see."""
        if self.watermark is None:
            return set()
        due = self.watermark - OVERLAP
        return {
            resource
            for resource in RESOURCES
            for record in records(history, resource)
            if self.store.get(resource, record["id"]) is None
            and max(_updated_at(record), _made(record)) < due
        }

    def _differs(self, resource: str, record: Json) -> bool:
        known = self.store.get(resource, record["id"])
        return known is None or _updated_at(known) != _updated_at(record)


def _made(record: Json) -> datetime:
    return datetime.fromisoformat(record["created_at"]).astimezone(UTC)


def _updated_at(record: Json) -> datetime:
    return datetime.fromisoformat(record["updated_at"]).astimezone(UTC)
