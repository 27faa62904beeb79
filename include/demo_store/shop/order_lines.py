"""Line items and shipping lines of an order as REST sends them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from demo_store.shop.catalog import GIFT_CARD_TYPE
from demo_store.shop.money import ZERO, put_money
from demo_store.shop.places import Tax
from demo_store.shop.pricing import Charge, allocation_records, tax_lines

if TYPE_CHECKING:
    from demo_store.shop.places import City, Country
    from demo_store.state import Store


@dataclass(frozen=True)
class Market:
    """Where an order is taxed and what currency its buyer sees."""

    country: Country
    city: City
    presentment_currency: str

    @property
    def taxes_included(self) -> bool:
        """Return whether prices hold the tax."""
        return self.country.taxes_included

    def taxes(self, product_type: str | None = None) -> tuple[Tax, ...]:
        """Return the taxes on goods of ``product_type``, or on custom lines and shipping."""
        return self.country.taxes_on(product_type, self.city)


@dataclass(frozen=True)
class Item:
    """Something to be bought; custom lines have neither product nor variant. ``price`` is EUR per unit."""

    title: str
    price: Decimal
    quantity: int
    product: dict[str, Any] | None = None
    variant: dict[str, Any] | None = None

    @property
    def is_gift_card(self) -> bool:
        """Return whether this is a gift card, which is neither taxed nor discounted nor shipped."""
        return self.product is not None and self.product["product_type"] == GIFT_CARD_TYPE

    def charge(self, market: Market) -> Charge:
        """Return what the item costs before discounts, with the taxes it is subject to."""
        product_type = self.product["product_type"] if self.product else None
        taxes = () if self.is_gift_card else market.taxes(product_type)
        return Charge(self.price * self.quantity, taxes, discountable=not self.is_gift_card)


@dataclass(frozen=True)
class Delivery:
    """A shipping method as chosen; ``price`` in EUR, before discounts."""

    title: str
    code: str
    price: Decimal


def item_of(product: dict[str, Any], variant: dict[str, Any], quantity: int) -> Item:
    """Return ``quantity`` units of a REST variant at its present price."""
    return Item(product["title"], Decimal(variant["price"]), quantity, product, variant)


def line_item(
    store: Store, item: Item, charge: Charge, market: Market, explicit_discount: Decimal = ZERO
) -> dict[str, Any]:
    """Return the REST line item; ``explicit_discount`` is what discounts of this line alone take off.

    Shopify's ``total_discount`` holds only that, ``discount_allocations`` hold everything:
    https://shopify.dev/docs/api/admin-rest/latest/resources/order
    """
    line_id = store.next_id("line_item")
    variant, product = item.variant, item.product
    variant_title = variant["title"] if variant and variant["title"] != "Default Title" else None
    line: dict[str, Any] = {
        "id": line_id,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{line_id}",
        "product_id": product["id"] if product else None,
        "variant_id": variant["id"] if variant else None,
        "product_exists": product is not None,
        "title": item.title,
        "variant_title": variant_title,
        "name": f"{item.title} - {variant_title}" if variant_title else item.title,
        "sku": variant["sku"] if variant else None,
        "vendor": product["vendor"] if product else None,
        "quantity": item.quantity,
        "current_quantity": item.quantity,
        "fulfillable_quantity": item.quantity,
        "fulfillment_status": None,
        "fulfillment_service": variant["fulfillment_service"] if variant else "manual",
        "gift_card": item.is_gift_card,
        "taxable": bool(charge.taxes),
        "requires_shipping": variant["requires_shipping"] if variant else False,
        "grams": variant["grams"] if variant else 0,
        "properties": [],
        "variant_inventory_management": variant["inventory_management"] if variant else None,
        "discount_allocations": allocation_records(charge, market.presentment_currency),
        "tax_lines": tax_lines(charge, market.presentment_currency, included=market.taxes_included),
        "duties": [],
    }
    put_money(line, "price", item.price, market.presentment_currency)
    put_money(line, "total_discount", explicit_discount, market.presentment_currency)
    return line


def shipping_line(store: Store, delivery: Delivery, charge: Charge, market: Market) -> dict[str, Any]:
    """Return the REST shipping line of a delivery."""
    line: dict[str, Any] = {
        "id": store.next_id("shipping_line"),
        "title": delivery.title,
        "code": delivery.code,
        "source": "shopify",
        "carrier_identifier": None,
        "phone": None,
        "is_removed": False,
        "discount_allocations": allocation_records(charge, market.presentment_currency),
        "tax_lines": tax_lines(charge, market.presentment_currency, included=market.taxes_included),
    }
    put_money(line, "price", charge.gross, market.presentment_currency)
    put_money(line, "discounted_price", charge.net, market.presentment_currency)
    return line
