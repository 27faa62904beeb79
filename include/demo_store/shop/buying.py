"""Who buys what, and how: the choices behind one order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from demo_store.shop.checkout import Basket
from demo_store.shop.demand import is_black_friday_sale
from demo_store.shop.money import ZERO
from demo_store.shop.order_lines import Delivery, Item, Market, item_of
from demo_store.shop.people import Buyer, buyer_of, customer_record, new_guest
from demo_store.shop.places import COUNTRY, city_of, random_country
from demo_store.shop.pricing import Discount
from demo_store.shop.traffic import web_visit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from random import Random

    from demo_store.shop.living_shop import LivingShop

SOURCE_NAMES, SOURCE_SHARES = ("web", "pos", "shopify_draft_order"), (84, 10, 6)
RETURNING_SHARE = 0.75
GUEST_SHARE = 0.2
ANONYMOUS_TILL_SHARE = 0.55
FREE_SHIPPING_FROM = Decimal(75)
AUTOMATIC_DISCOUNT_FROM = Decimal(140)
TEST_SHARE = 0.007

CUSTOM_ITEMS = (
    ("Gift wrap", "4.50"),
    ("Engraving:\nFor Anna & Zoë", "12.00"),
    ('=Custom glaze, colour "Zee"', "35.00"),
    ("Workshop „Drehen“ 🏺", "65.00"),
)
NOTES = (
    "Please leave it with the neighbours.\nThank you!",
    '=HYPERLINK("https://example.org","card text")',
    "Für Oma 🎂; bitte „hübsch“ einpacken, ohne Rechnung",
    "+ 1 extra card, please",
)
WEB_PAYMENTS: tuple[tuple[int, tuple[str, ...], str], ...] = (
    (74, ("shopify_payments",), "paid"),
    (12, ("paypal",), "paid"),
    (3, ("gift_card", "shopify_payments"), "paid"),
    (5, ("Klarna",), "authorized"),
    (6, ("Bank Deposit",), "pending"),
)
TILL_PAYMENTS: tuple[tuple[int, tuple[str, ...], str], ...] = (
    (70, ("shopify_payments",), "paid"),
    (26, ("cash",), "paid"),
    (4, ("gift_card",), "paid"),
)
DRAFT_PAYMENTS: tuple[tuple[int, tuple[str, ...], str], ...] = (
    (50, ("manual",), "pending"),
    (30, ("manual",), "partially_paid"),
    (20, ("shopify_payments",), "paid"),
)


def choose_buyer(
    shop: LivingShop, source_name: str, at: int, rng: Random
) -> tuple[Buyer | None, dict[str, Any] | None]:
    """Return who orders and their customer record: (None, None) is anonymous, (buyer, None) a guest.

    A new customer's record is not stored yet. Those who wait to order again come first.
    """
    if source_name == "pos" and rng.random() < ANONYMOUS_TILL_SHARE:
        return None, None
    if rng.random() < RETURNING_SHARE and (waiting := shop.agenda.take_returning_buyer(at)):
        buyer = Buyer(**waiting)
        customer = shop.customer(buyer.customer_id)
        return (buyer_of(customer), customer) if customer else (replace(buyer, customer_id=None), None)
    country = COUNTRY["NL"] if source_name == "pos" else random_country(rng)
    guest = new_guest(country, shop.store.next_id("mailbox") % 1_000_000_000_000, rng)
    if source_name == "web" and rng.random() < GUEST_SHARE:
        return guest, None
    customer = customer_record(shop.store, guest, shop.timestamp(at), rng)
    return buyer_of(customer), customer


def choose_market(source_name: str, buyer: Buyer | None, rng: Random) -> Market:
    """Return where the order is taxed; most buyers abroad see their own currency."""
    if buyer is None or source_name == "pos":
        return Market(COUNTRY["NL"], COUNTRY["NL"].cities[0], "EUR")
    country = COUNTRY[buyer.address["country_code"]]
    sees_own_currency = source_name == "web" and rng.random() < 0.85
    return Market(
        country, city_of(buyer.address), country.presentment_currency if sees_own_currency else "EUR"
    )


def choose_items(shop: LivingShop, source_name: str, rng: Random) -> list[Item]:
    """Return one to five lines; few orders are for a gift card alone, some have a custom line."""
    if rng.random() < 0.02:
        gift_card = shop.catalog.gift_card()
        return [item_of(gift_card, rng.choice(gift_card["variants"]), 1)]
    is_wholesale = source_name == "shopify_draft_order"
    count = rng.choices((1, 2, 3, 4, 5), (42, 30, 16, 8, 4))[0]
    quantities, weights = (
        ((4, 6, 8, 12), (4, 4, 2, 1)) if is_wholesale else ((1, 2, 3, 4, 6), (72, 17, 4, 4, 3))
    )
    items = [
        item_of(product, rng.choice(product["variants"]), rng.choices(quantities, weights)[0])
        for product in shop.catalog.pick(count, rng)
    ]
    if rng.random() < (0.3 if is_wholesale else 0.04):
        title, price = rng.choice(CUSTOM_ITEMS)
        items.append(Item(title, Decimal(price), 1))
    if rng.random() < 0.01:
        gift_card = shop.catalog.gift_card()
        items.append(item_of(gift_card, rng.choice(gift_card["variants"]), 1))
    return items


def choose_discounts(
    source_name: str, items: Sequence[Item], today: date, *, is_first_order: bool, ships: bool, rng: Random
) -> list[Discount]:
    """Return the discounts of an order: a code or a manual one, and the automatic one for large orders."""
    goods = [index for index, item in enumerate(items) if not item.is_gift_card]
    if not goods:
        return []
    discounts = []
    if source_name == "web":
        discounts = _code_discounts(today, is_first_order=is_first_order, ships=ships, rng=rng)
        if (
            sum((items[index].price * items[index].quantity for index in goods), ZERO)
            >= AUTOMATIC_DISCOUNT_FROM
        ):
            discounts.append(Discount("automatic", "Spend 140, save 5 %", Decimal(5)))
    elif rng.random() < 0.2:
        discounts = [Discount("manual", "Box damaged", Decimal(15), line=rng.choice(goods))]
    elif source_name == "shopify_draft_order" and rng.random() < 0.4:
        discounts = [Discount("manual", "Wholesale", Decimal(20))]
    return discounts


def _code_discounts(today: date, *, is_first_order: bool, ships: bool, rng: Random) -> list[Discount]:
    luck = rng.random()
    if is_black_friday_sale(today) and luck < 0.6:
        return [Discount("discount_code", "BLACKFRIDAY", Decimal(20))]
    if today.month == 7 and luck < 0.25:
        return [Discount("discount_code", "SUMMER15", Decimal(15))]
    if is_first_order and luck < 0.2:
        return [Discount("discount_code", "WELCOME10", Decimal(10))]
    if not is_first_order and luck < 0.1:
        return [Discount("discount_code", "DANKJEWEL5", Decimal(5), value_type="fixed_amount")]
    if ships and 0.2 <= luck < 0.25:
        return [Discount("discount_code", "FREESHIP", Decimal(100), target_type="shipping_line")]
    return []


def choose_delivery(source_name: str, items: Sequence[Item], market: Market, rng: Random) -> Delivery | None:
    """Return how the order is shipped; None at the till and where nothing is to be shipped."""
    if source_name == "pos" or not any(item.variant and item.variant["requires_shipping"] for item in items):
        return None
    worth = sum((item.price * item.quantity for item in items if not item.is_gift_card), ZERO)
    price = market.country.shipping
    if rng.random() < 0.1:
        return Delivery("Express", "express", price * 2)
    if market.taxes_included and worth >= FREE_SHIPPING_FROM:
        return Delivery("Free shipping", "free", ZERO)
    return Delivery("Standard", "standard", price)


def choose_basket(
    shop: LivingShop, source_name: str, market: Market, *, is_first_order: bool, at: int, rng: Random
) -> Basket:
    """Return a whole order as wanted: lines, discounts, delivery, payment, tip, note."""
    items = choose_items(shop, source_name, rng)
    delivery = choose_delivery(source_name, items, market, rng)
    today = shop.local(at).date()
    ships = delivery is not None and delivery.price > 0
    discounts = choose_discounts(
        source_name, items, today, is_first_order=is_first_order, ships=ships, rng=rng
    )
    payments = {"web": WEB_PAYMENTS, "pos": TILL_PAYMENTS, "shopify_draft_order": DRAFT_PAYMENTS}[source_name]
    _, gateways, financial_status = rng.choices(payments, [payment[0] for payment in payments])[0]
    is_test = source_name == "web" and rng.random() < TEST_SHARE
    if is_test:
        gateways, financial_status = ("bogus",), "paid"
    tip = Decimal(rng.choice((1, 2, 5))) if rng.random() < (0.1 if source_name == "pos" else 0.015) else ZERO
    return Basket(
        source_name=source_name,
        items=items,
        discounts=discounts,
        delivery=delivery,
        gateways=gateways,
        financial_status=financial_status,
        paid_share={"paid": Decimal(1), "partially_paid": Decimal("0.3")}.get(financial_status, Decimal(0)),
        tip=tip,
        is_test=is_test,
        note=rng.choice(NOTES) if rng.random() < 0.05 else None,
        tags=rng.choices(("", "gift", "b2b, wholesale", "vip"), (88, 6, 2, 4))[0],
        visit=web_visit(rng) if source_name == "web" else {},
    )
