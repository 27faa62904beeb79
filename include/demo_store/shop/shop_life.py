"""The life of the shop around its orders: each day's plan, the assortment, people who come and go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from demo_store.shop.catalog import product_record
from demo_store.shop.demand import arrivals, day_weight, seconds_of_day
from demo_store.shop.designs import GIFT_CARD, LAUNCHES, OPENING, Design
from demo_store.shop.living_shop import DAY, HOUR, LivingShop
from demo_store.shop.people import customer_record, new_guest
from demo_store.shop.places import random_country

if TYPE_CHECKING:
    from random import Random

SIGN_UPS_PER_ORDER = 0.22
SIGN_UP_BUYS_SHARE, SIGN_UP_LEAVES_SHARE = 0.25, 0.1
DAILY_CHANCES = {"reprice": 0.35, "launch": 0.04, "retire": 0.012, "delete_product": 0.025}
FEWEST_PRODUCTS = 45


def plan_day(shop: LivingShop, at: int, rng: Random) -> None:
    """Put a day's orders, sign-ups and changes of the assortment on the agenda, and the next day's plan."""
    pace, today = shop.pace, shop.local(at).date()
    mean = pace.orders_per_weight * day_weight(today, pace.start, pace.opened)
    for kind, expected in (("order", mean), ("sign_up", mean * SIGN_UPS_PER_ORDER)):
        for second in seconds_of_day(arrivals(expected, rng), rng):
            shop.agenda.add(at + second, kind)
    for kind, chance in DAILY_CHANCES.items():
        if rng.random() < chance:
            shop.agenda.add(at + rng.randrange(9 * HOUR, 17 * HOUR), kind)
    shop.agenda.add(shop.midnight(today + timedelta(days=1)), "day")


def sign_up(shop: LivingShop, at: int, rng: Random) -> None:
    """Let somebody become a customer without an order; some buy later, some ask to be forgotten."""
    person = new_guest(random_country(rng), shop.store.next_id("mailbox") % 1_000_000_000_000, rng)
    customer = customer_record(shop.store, person, shop.timestamp(at), rng)
    shop.store.put("customers", [customer])
    luck = rng.random()
    if luck < SIGN_UP_BUYS_SHARE:
        buyer = {
            "customer_id": customer["id"],
            "email": person.email,
            "phone": person.phone,
            "address": person.address,
        }
        shop.agenda.add_returning_buyer(at + rng.randrange(DAY, 60 * DAY), buyer)
    elif luck > 1 - SIGN_UP_LEAVES_SHARE:
        shop.agenda.add(at + rng.randrange(10 * DAY, 90 * DAY), "leave", customer=customer["id"])


def leave(shop: LivingShop, at: int, _rng: Random, customer: int) -> None:
    """Delete a customer who has not ordered; Shopify refuses to delete the others."""
    record = shop.customer(customer)
    if record is not None and not record["orders_count"]:
        shop.store.delete("customers", customer, datetime.fromtimestamp(at, UTC))


def open_assortment(shop: LivingShop, opening: int, rng: Random) -> None:
    """Put the first products on the shelves in the eight weeks before ``opening`` (epoch seconds)."""
    for design in (GIFT_CARD, *OPENING):
        at = opening - rng.randrange(HOUR, 56 * DAY)
        status = (
            "active" if design is GIFT_CARD else rng.choices(("active", "draft", "unlisted"), (92, 4, 4))[0]
        )
        shop.catalog.add(product_record(shop.store, design, shop.timestamp(at), status, rng))


def launch(shop: LivingShop, at: int, rng: Random) -> None:
    """Add a product: a design not sold yet, or a new edition of an old one."""
    titles = {product["title"] for product in shop.catalog.products.values()}
    coming = [design for design in LAUNCHES if design.title not in titles]
    design = coming[0] if coming else _new_edition(shop, rng)
    status = rng.choices(("active", "draft", "unlisted"), (65, 27, 8))[0]
    product = product_record(shop.store, design, shop.timestamp(at), status, rng)
    shop.catalog.add(product)
    if status == "draft":
        shop.agenda.add(at + rng.randrange(7 * DAY, 40 * DAY), "publish", product=product["id"])


def _new_edition(shop: LivingShop, rng: Random) -> Design:
    design = rng.choice(OPENING)
    edition = shop.store.next_id("edition") % 1_000_000 + 1
    title = f"{design.title} (edition {edition})"
    return Design(title, design.product_type, design.vendor, design.price, design.grams, design.options)


def reprice(shop: LivingShop, at: int, rng: Random) -> None:
    """Change the price of a product: for good, for a sale, or back after one."""
    product = rng.choice(shop.catalog.on_sale())
    now = shop.timestamp(at)
    if any(variant["compare_at_price"] for variant in product["variants"]):
        shop.catalog.end_sale(product, now)
    elif rng.random() < 0.5:
        shop.catalog.reprice(product, Decimal("0.8"), now, sale=True)
    else:
        shop.catalog.reprice(product, Decimal(str(round(rng.uniform(0.95, 1.08), 2))), now, sale=False)


def publish(shop: LivingShop, at: int, _rng: Random, product: int) -> None:
    """Activate a product that was launched as a draft."""
    draft = shop.catalog.products.get(product)
    if draft is not None:
        now = shop.timestamp(at)
        draft["status"], draft["published_at"] = "active", now
        shop.catalog.touch(draft, now)


def retire(shop: LivingShop, at: int, rng: Random) -> None:
    """Archive a product."""
    product = shop.catalog.pick_slow_seller(rng)
    product["status"] = "archived"
    shop.catalog.touch(product, shop.timestamp(at))


def delete_product(shop: LivingShop, at: int, rng: Random) -> None:
    """Delete a product; the lines of its orders lose their references, nothing else about the orders changes.

    In particular ``updated_at`` stays, as it does at Shopify: who reads only what was updated never sees it.
    """
    if len(shop.catalog.products) <= FEWEST_PRODUCTS:
        return
    product_id = shop.catalog.pick_slow_seller(rng)["id"]
    shop.catalog.save()
    shop.catalog.remove(product_id)
    shop.store.delete("products", product_id, datetime.fromtimestamp(at, UTC))
    for order_id in shop.agenda.forget_product(product_id):
        order = shop.store.get("orders", order_id)
        if order is not None:
            for line in order["line_items"]:
                if line["product_id"] == product_id:
                    line.update(product_id=None, variant_id=None, product_exists=False)
            shop.store.put("orders", [order])


def count_stock(shop: LivingShop, at: int, rng: Random) -> None:
    """Correct the stock of a variant; somebody does so every five to nine minutes, at night too."""
    product = rng.choice(shop.catalog.on_sale())
    variant = rng.choice(product["variants"])
    shop.catalog.move_stock(product["id"], variant["id"], rng.choice((-2, -1, 1, 2)), shop.timestamp(at))
    shop.agenda.add(at + rng.randrange(300, 540), "count_stock")
