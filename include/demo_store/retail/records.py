"""The shop, products and customers that a file of transactions tells about, as REST records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from demo_store.state import Store

CURRENCY = "GBP"
TIMEZONE = ZoneInfo("Europe/London")
FIRST_CUSTOMER_ID = 8_200_000_000_000

SHOP: dict[str, Any] = {
    "id": 540_910_001,
    "name": "Online Retail",
    "email": "shop@example.co.uk",
    "domain": "online-retail.example.co.uk",
    "myshopify_domain": "online-retail.myshopify.com",
    "country": "GB",
    "country_code": "GB",
    "country_name": "United Kingdom",
    "currency": CURRENCY,
    "enabled_presentment_currencies": [CURRENCY],
    "money_format": "£{{amount}}",
    "money_with_currency_format": "£{{amount}} GBP",
    "timezone": "(GMT+00:00) Europe/London",
    "iana_timezone": "Europe/London",
    "primary_locale": "en",
    "weight_unit": "kg",
    "taxes_included": False,
    "plan_name": "basic",
    "plan_display_name": "Basic",
    "created_at": "2010-12-01T00:00:00+00:00",
    "updated_at": "2010-12-01T00:00:00+00:00",
}

# By the names in the data. "Channel Islands", "European Community" and "Unspecified" have no ISO 3166-1 code.
COUNTRY_CODES = {
    "Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belgium": "BE", "Brazil": "BR", "Canada": "CA",
    "Cyprus": "CY", "Czech Republic": "CZ", "Denmark": "DK", "EIRE": "IE", "Finland": "FI", "France": "FR",
    "Germany": "DE", "Greece": "GR", "Hong Kong": "HK", "Iceland": "IS", "Israel": "IL", "Italy": "IT",
    "Japan": "JP", "Lebanon": "LB", "Lithuania": "LT", "Malta": "MT", "Netherlands": "NL", "Norway": "NO",
    "Poland": "PL", "Portugal": "PT", "RSA": "ZA", "Saudi Arabia": "SA", "Singapore": "SG", "Spain": "ES",
    "Sweden": "SE", "Switzerland": "CH", "USA": "US", "United Arab Emirates": "AE", "United Kingdom": "GB",
}  # fmt: skip


@dataclass(frozen=True)
class Article:
    """What the file tells about a stock code; times are shop-local and without offset."""

    stock_code: str
    title: str
    handle: str
    pence: int
    first_seen: str
    last_seen: str


@dataclass(frozen=True)
class Buyer:
    """What the file tells about a customer; times are shop-local and without offset."""

    number: int
    country: str | None
    first_seen: str
    last_seen: str


@dataclass
class Purchases:
    """What a customer's orders add up to; ``spent`` in pence, refunds taken off."""

    count: int = 0
    spent: int = 0
    last_order_id: int | None = None
    last_order_name: str | None = None

    def add(self, order: dict[str, Any], spent: int) -> None:
        """Count one more ``order``, on which the customer has ``spent`` so many pence."""
        self.count += 1
        self.spent += spent
        self.last_order_id, self.last_order_name = order["id"], order["name"]


def timestamp(local: str) -> str:
    """Return a shop-local time with its offset, as the API writes it; the first of a repeated hour."""
    return datetime.fromisoformat(local).replace(tzinfo=TIMEZONE).isoformat()


def money(pence: int) -> str:
    """Return ``pence`` (0 or more) as the API writes money: ``"12.50"``."""
    return f"{pence // 100}.{pence % 100:02}"


def address_record(country: str | None) -> dict[str, Any]:
    """Return an address of which only the country is known, by the name in the file."""
    unknown = ("first_name", "last_name", "company", "address1", "address2", "city", "zip", "phone")
    return dict.fromkeys((*unknown, "province", "province_code")) | {
        "country": country,
        "country_code": COUNTRY_CODES.get(country or ""),
    }


def product_record(store: Store, article: Article) -> dict[str, Any]:
    """Return a product with its one variant, whose ``sku`` is the stock code; stock is not tracked."""
    product_id = store.next_id("product")
    created_at, updated_at = timestamp(article.first_seen), timestamp(article.last_seen)
    variant = {
        "id": store.next_id("variant"),
        "product_id": product_id,
        "title": "Default Title",
        "sku": article.stock_code,
        "barcode": None,
        "price": money(article.pence),
        "compare_at_price": None,
        "position": 1,
        "option1": "Default Title",
        "option2": None,
        "option3": None,
        "inventory_item_id": store.next_id("inventory_item"),
        "inventory_quantity": 0,
        "inventory_policy": "continue",
        "inventory_management": None,
        "taxable": False,
        "requires_shipping": True,
        "grams": 0,
        "weight": 0.0,
        "weight_unit": "kg",
        "image_id": None,
        "created_at": created_at,
        "updated_at": updated_at,
    }
    return {
        "id": product_id,
        "admin_graphql_api_id": f"gid://shopify/Product/{product_id}",
        "title": article.title,
        "body_html": None,
        "vendor": SHOP["name"],
        "product_type": "",
        "handle": article.handle,
        "status": "active",
        "tags": "",
        "template_suffix": None,
        "published_scope": "global",
        "published_at": created_at,
        "created_at": created_at,
        "updated_at": updated_at,
        "options": [
            {
                "id": store.next_id("option"),
                "product_id": product_id,
                "name": "Title",
                "position": 1,
                "values": ["Default Title"],
            }
        ],
        "images": [],
        "image": None,
        "variants": [variant],
    }


def customer_record(store: Store, buyer: Buyer, purchases: Purchases) -> dict[str, Any]:
    """Return a customer as the customers endpoint sends it."""
    customer = customer_in_order(buyer)
    address = {
        "id": store.next_id("address"),
        "customer_id": customer["id"],
        **address_record(buyer.country),
        "default": True,
    }
    return customer | {
        "orders_count": purchases.count,
        "total_spent": money(purchases.spent),
        "last_order_id": purchases.last_order_id,
        "last_order_name": purchases.last_order_name,
        "default_address": address,
        "addresses": [address],
    }


def customer_in_order(buyer: Buyer) -> dict[str, Any]:
    """Return a customer as an order embeds it; the data has neither names nor e-mail addresses."""
    customer_id = FIRST_CUSTOMER_ID + buyer.number
    return {
        "id": customer_id,
        "admin_graphql_api_id": f"gid://shopify/Customer/{customer_id}",
        "email": None,
        "phone": None,
        "first_name": "",
        "last_name": None,
        "state": "disabled",
        "verified_email": False,
        "note": None,
        "tags": "",
        "currency": CURRENCY,
        "tax_exempt": False,
        "tax_exemptions": [],
        "email_marketing_consent": None,
        "sms_marketing_consent": None,
        "multipass_identifier": None,
        "created_at": timestamp(buyer.first_seen),
        "updated_at": timestamp(buyer.last_seen),
    }
