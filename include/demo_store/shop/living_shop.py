"""The shop as its events see it: store, agenda, assortment, calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from demo_store.shop.agenda import Agenda
from demo_store.shop.catalog import Catalog

if TYPE_CHECKING:
    from random import Random

    from demo_store.state import Store

HOUR = 3600
DAY = 24 * HOUR
OPENING_HOUR, CLOSING_HOUR = 8, 18


@dataclass(frozen=True)
class Pace:
    """How the shop was set up: ``start`` of its history, ``opened`` = the day the history was made up to."""

    seed: int
    start: date
    opened: date
    orders_per_weight: float

    def as_json(self) -> dict[str, Any]:
        """Return the pace as the store's setting ``life``."""
        return {
            "seed": self.seed,
            "start": self.start.isoformat(),
            "opened": self.opened.isoformat(),
            "orders_per_weight": self.orders_per_weight,
        }

    @classmethod
    def from_json(cls, life: dict[str, Any]) -> Pace:
        """Return the pace that :meth:`as_json` wrote."""
        start, opened = date.fromisoformat(life["start"]), date.fromisoformat(life["opened"])
        return cls(life["seed"], start, opened, life["orders_per_weight"])


class LivingShop:
    """One stretch of a shop's life; :meth:`save` writes what was held in memory."""

    def __init__(self, store: Store, pace: Pace) -> None:
        self.store = store
        self.pace = pace
        self.agenda = Agenda(store)

    @cached_property
    def catalog(self) -> Catalog:
        """Return the assortment, read when it is needed first."""
        return Catalog(self.store, self.pace.seed)

    def local(self, at: int) -> datetime:
        """Return epoch seconds as the shop's local time."""
        return datetime.fromtimestamp(at, UTC).astimezone(self.store.timezone)

    def timestamp(self, at: int) -> str:
        """Return epoch seconds as the API writes a moment."""
        return self.local(at).isoformat(timespec="seconds")

    def midnight(self, day: date) -> int:
        """Return when ``day`` begins in the shop, in epoch seconds."""
        return int(datetime.combine(day, time(), self.store.timezone).timestamp())

    def working_time(self, at: int, rng: Random) -> int:
        """Return ``at``, or a moment early on the next working day when the shop is closed then."""
        moment = self.local(at)
        day = moment.date()
        if moment.weekday() < 5 and OPENING_HOUR <= moment.hour < CLOSING_HOUR:
            return at
        if moment.weekday() >= 5 or moment.hour >= CLOSING_HOUR:
            day += timedelta(days=1)
        while day.weekday() >= 5:
            day += timedelta(days=1)
        return self.midnight(day) + OPENING_HOUR * HOUR + rng.randrange(3 * HOUR)

    def customer(self, customer_id: int | None) -> dict[str, Any] | None:
        """Return a customer's record, or None for guests."""
        return self.store.get("customers", customer_id) if customer_id else None

    def save(self) -> None:
        """Write the products that changed."""
        if "catalog" in self.__dict__:
            self.catalog.save()
