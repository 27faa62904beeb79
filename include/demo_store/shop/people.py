"""Buyers: invented people with addresses, and the customer records the API has for those with an account."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from demo_store.shop.names import random_name
from demo_store.shop.places import Country, fill

if TYPE_CHECKING:
    from random import Random

    from demo_store.state import Store

ORDER_HISTORY_FIELDS = ("orders_count", "total_spent", "last_order_id", "last_order_name")


@dataclass(frozen=True)
class Buyer:
    """Who orders: a guest while ``customer_id`` is None; the address has REST's keys."""

    customer_id: int | None
    email: str | None
    phone: str | None
    address: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the buyer as JSON values; ``Buyer(**values)`` is the way back."""
        return asdict(self)


def new_guest(country: Country, mailbox: int, rng: Random) -> Buyer:
    """Return a new person from ``country``; ``mailbox`` makes the e-mail address theirs alone."""
    first_name, last_name = random_name(country.code, rng)
    phone = fill(country.phone_form, rng) if country.phone_form and rng.random() < 0.5 else None
    city = rng.choice(country.cities)
    address = {
        "first_name": first_name,
        "last_name": last_name,
        "name": f"{first_name} {last_name}",
        "company": rng.choice(('Café "De Kroon"', "Studio Noord, B.V.", "Atelier & Co"))
        if rng.random() < 0.06
        else None,
        "address1": f"{rng.choice(country.streets)} {rng.randrange(1, 200)}",
        "address2": rng.choice(("2nd floor", "c/o Atelier\nback door", "bis", "#4"))
        if rng.random() < 0.12
        else None,
        "city": city.name,
        "zip": fill(city.zip_form, rng),
        "province": city.province,
        "province_code": city.province_code,
        "country": country.name,
        "country_code": country.code,
        "phone": phone,
        "latitude": None,
        "longitude": None,
    }
    domain = rng.choice(("example.org", "example.com", "example.net"))
    return Buyer(None, f"{_mailbox_name(first_name, last_name)}{mailbox}@{domain}", phone, address)


def _mailbox_name(first_name: str, last_name: str) -> str:
    plain = unicodedata.normalize("NFKD", f"{first_name}.{last_name}".lower())
    letters = "".join(sign for sign in plain if sign.isascii() and (sign.isalnum() or sign == ".")).strip(".")
    return letters or "buyer"


def customer_record(store: Store, person: Buyer, at: str, rng: Random) -> dict[str, Any]:
    """Return a new REST customer without orders; ``at`` is ISO-8601 with the shop's offset.

    One in twenty has no e-mail address, like customers made at the till; some of these have a phone number.
    Fields: https://shopify.dev/docs/api/admin-rest/latest/resources/customer
    """
    customer_id = store.next_id("customer")
    email = person.email if rng.random() < 0.95 else None
    subscribed = email is not None and rng.random() < 0.4
    address = {
        "id": store.next_id("address"),
        "customer_id": customer_id,
        **person.address,
        "country_name": person.address["country"],
        "default": True,
    }
    consent = {
        "state": "subscribed" if subscribed else "not_subscribed",
        "opt_in_level": "single_opt_in",
        "consent_updated_at": at if subscribed else None,
    }
    return {
        "id": customer_id,
        "admin_graphql_api_id": f"gid://shopify/Customer/{customer_id}",
        "email": email,
        "phone": person.phone,
        "first_name": person.address["first_name"],
        "last_name": person.address["last_name"],
        "state": rng.choices(("disabled", "enabled", "invited", "declined"), (70, 24, 5, 1))[0],
        "verified_email": email is not None,
        "note": 'prefers e-mail,\n"no calls" please' if rng.random() < 0.02 else None,
        "tags": rng.choices(("", "newsletter", "vip", "wholesale, b2b", "press"), (70, 18, 6, 4, 2))[0],
        "currency": "EUR",
        "tax_exempt": False,
        "tax_exemptions": [],
        "orders_count": 0,
        "total_spent": "0.00",
        "last_order_id": None,
        "last_order_name": None,
        "email_marketing_consent": consent if email else None,
        "sms_marketing_consent": None,
        "multipass_identifier": None,
        "default_address": address,
        "addresses": [address],
        "created_at": at,
        "updated_at": at,
    }


def buyer_of(customer: dict[str, Any]) -> Buyer:
    """Return the buyer behind a REST customer."""
    own = ("id", "customer_id", "country_name", "default")
    address = {key: value for key, value in customer["default_address"].items() if key not in own}
    return Buyer(customer["id"], customer["email"], customer["phone"], address)


def in_order(customer: dict[str, Any]) -> dict[str, Any]:
    """Return the copy of a customer that an order carries: without order history and address book.

    https://shopify.dev/changelog/property-deprecations-in-the-rest-admin-api-order-resource
    """
    left_out = (*ORDER_HISTORY_FIELDS, "addresses")
    return {key: value for key, value in customer.items() if key not in left_out}


def note_order(customer: dict[str, Any], order: dict[str, Any]) -> None:
    """Count a new order in its customer's history."""
    customer["orders_count"] += 1
    customer["last_order_id"] = order["id"]
    customer["last_order_name"] = order["name"]
    customer["currency"] = order["presentment_currency"]
    customer["updated_at"] = order["updated_at"]


def note_spending(customer: dict[str, Any], amount: Decimal, at: str) -> None:
    """Add ``amount`` (EUR, negative for a refund) to what the customer has spent."""
    customer["total_spent"] = f"{Decimal(customer['total_spent']) + amount:.2f}"
    customer["updated_at"] = at
