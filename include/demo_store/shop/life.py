"""A shop that lives: its history up to a moment and what happens from then on, made by the same events.

Everything that will happen is on the agenda in the store's file. An event changes records at its own moment,
draws its randomness from the seed and its own id, and puts what follows on the agenda. So a shop is the same
whether time went by in one step or in many, and a store that was closed catches up when it is opened.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from demo_store.shop import order_life, shop_life
from demo_store.shop.agenda import Agenda
from demo_store.shop.demand import orders_per_weight
from demo_store.shop.living_shop import DAY, LivingShop, Pace
from demo_store.shop.profile import SHOP_TIMEZONE, shop_record
from demo_store.state import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from demo_store.shop.agenda import Entry

DEFAULT_SEED = 7
DEFAULT_ORDERS = 3000
DEFAULT_MONTHS = 20
WEEKS_OF_PREPARATION = timedelta(weeks=9)

SHOP_EVENTS: dict[str, Callable[..., None]] = {
    "day": shop_life.plan_day,
    "order": order_life.arrive,
    "sign_up": shop_life.sign_up,
    "leave": shop_life.leave,
    "launch": shop_life.launch,
    "reprice": shop_life.reprice,
    "publish": shop_life.publish,
    "retire": shop_life.retire,
    "delete_product": shop_life.delete_product,
    "count_stock": shop_life.count_stock,
}
ORDER_EVENTS: dict[str, Callable[..., None]] = {
    "pay": order_life.receive_payment,
    "fulfil": order_life.ship,
    "unfulfil": order_life.call_back_shipment,
    "edit": order_life.edit,
    "cancel": order_life.cancel_order,
    "refund": order_life.give_back,
}


def open_shop(
    path: Path,
    *,
    seed: int = DEFAULT_SEED,
    orders: int = DEFAULT_ORDERS,
    months: int = DEFAULT_MONTHS,
    now: datetime,
) -> Store:
    """Make a shop in the new file ``path`` and let it live ``months`` months, up to ``now`` (aware).

    The history begins on the first of a month and has about ``orders`` orders; the shop goes on at the rate
    it has reached. Raises DemoStoreError when the file exists.
    """
    timezone = ZoneInfo(SHOP_TIMEZONE)
    today = now.astimezone(timezone).date()
    start = _first_of_month(today, months)
    founded = datetime.combine(start - WEEKS_OF_PREPARATION, time(9), timezone)
    store = Store.create(path, shop_record(founded.isoformat()))
    Agenda.create(store)
    with store.transaction():
        _lay_foundations(store, Pace(seed, start, today, orders_per_weight(orders, start, today)), now)
        advance(store, now)
    return store


def _lay_foundations(store: Store, pace: Pace, now: datetime) -> None:
    store.set_setting("life", pace.as_json())
    shop = LivingShop(store, pace)
    opening = shop.midnight(pace.start)
    _set_lived_until(store, opening - 1)
    shop_life.open_assortment(shop, opening, Random(f"{pace.seed}:assortment"))
    shop.agenda.add(opening, "day")
    shop.agenda.add(max(opening, math.floor(now.timestamp()) - DAY), "count_stock")
    shop.save()


def _first_of_month(today: date, months_before: int) -> date:
    months = today.year * 12 + today.month - 1 - months_before
    return date(months // 12, months % 12 + 1, 1)


def advance(store: Store, to: datetime) -> None:
    """Let the shop live up to ``to`` (aware), to the second; nothing happens where it has lived already.

    Every change is dated after the last moment lived up to and not after ``to``. A store without a life of
    its own, such as one made from transactions, stays as it is.
    """
    life: dict[str, Any] | None = store.setting("life")
    until = math.floor(to.timestamp())
    if not life or until <= _lived_until(store):
        return
    with store.transaction():
        if until <= _lived_until(store):
            return
        shop = LivingShop(store, Pace.from_json(life))
        while entry := shop.agenda.take(until):
            _happen(shop, entry)
        shop.save()
        _set_lived_until(store, until)


def _lived_until(store: Store) -> float:
    return datetime.fromisoformat(store.setting("life_until")).timestamp()


def _set_lived_until(store: Store, at: int) -> None:
    store.set_setting("life_until", datetime.fromtimestamp(at, UTC).isoformat())


def _happen(shop: LivingShop, entry: Entry) -> None:
    rng = Random(f"{shop.pace.seed}:{entry.id}")
    if entry.kind in SHOP_EVENTS:
        SHOP_EVENTS[entry.kind](shop, entry.at, rng, **entry.detail)
        return
    detail = dict(entry.detail)
    order = shop.store.get("orders", detail.pop("order"))
    if order is not None and not order["cancelled_at"]:
        ORDER_EVENTS[entry.kind](shop, order, entry.at, rng, **detail)
