"""Which part of a shop's history the syncs so far must have seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from demo_store.state import RESOURCES, Store

from tests.faults.histories import detach
from tests.raw_records import Json, records

OVERLAP, SETTLE = timedelta(minutes=10), timedelta(seconds=30)


@dataclass
class Seen:
    """What the syncs so far must have seen of a history, as a store of its own.

    An increment sees what its window holds and the products that are gone, a full sync everything.
    """

    store: Store
    watermark: datetime | None = None

    def sync(self, history: Store, now: datetime, *, full: bool) -> None:
        """A sync at the store's time ``now`` has succeeded."""
        full = full or self.watermark is None
        until = max(now - SETTLE, self.watermark or now - SETTLE)
        since = (self.watermark or until) - OVERLAP
        for resource in RESOURCES:
            present = records(history, resource)
            listed = [record for record in present if full or since <= _updated_at(record) <= until]
            self.store.put(resource, listed)
            gone = set(self.store.ids(resource)) - {record["id"] for record in present}
            for record_id in sorted(gone):
                if full or resource == "products":
                    self.store.delete(resource, record_id, now)
        alive = {*history.ids("products"), None}
        for sold in records(self.store, "orders"):
            references = {line["product_id"] for line in sold["line_items"]} - alive
            if [product_id for product_id in references if detach(sold, product_id)]:
                self.store.put("orders", [sold])
        self.watermark = until


def _updated_at(record: Json) -> datetime:
    return datetime.fromisoformat(record["updated_at"]).astimezone(UTC)
