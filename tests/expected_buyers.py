"""Who bought and where they live, worked out from a store's raw JSON and nothing of the product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from string import ascii_lowercase, ascii_uppercase

from tests.raw_records import Json, moment_of

UPPER_TO_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
GEOGRAPHY = {
    "geo_country_code": "country_code",
    "geo_country": "country",
    "geo_province_code": "province_code",
    "geo_province": "province",
    "geo_city": "city",
}


def customer_id_of(order: Json) -> int | None:
    """The order's customer; None of a guest."""
    return (order["customer"] or {}).get("id")


def buyer_ids(orders: Iterable[Json], customers: Iterable[Json]) -> dict[int, int | None]:
    """The buyer of every order by its id; guests are told apart by e-mail, without one they are nobody."""
    orders = list(orders)
    customer_of, guest_of = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
    for customer in customers:
        customer_of[_address(customer)].append(customer["id"])
    for order in orders:
        if customer_id_of(order) is None:
            guest_of[_address(order)].append(order["id"])
    buyers: dict[int, int | None] = {}
    for order in orders:
        buyer, address = customer_id_of(order), _address(order)
        if buyer is None and address:
            buyer = min(customer_of[address]) if customer_of[address] else -min(guest_of[address])
        buyers[order["id"]] = buyer
    return buyers


def order_numbers(orders: Iterable[Json], buyers: dict[int, int | None]) -> dict[int, int | None]:
    """Whether an order is its buyer's first (1), second and so on; None of a test order or without buyer."""
    numbers: dict[int, int | None] = {}
    counts = defaultdict[int, int](int)
    for order in sorted(orders, key=lambda order: (moment_of(order), order["id"])):
        buyer = buyers[order["id"]]
        if buyer is None or order["test"]:
            numbers[order["id"]] = None
            continue
        counts[buyer] += 1
        numbers[order["id"]] = counts[buyer]
    return numbers


def place_of(order: Json, customers: dict[int, Json]) -> Json:
    """The geography columns of an order: where it goes, else is billed to, else its customer lives."""
    customer = customers.get(customer_id_of(order) or 0, {})
    addresses = {
        "shipping": order.get("shipping_address"),
        "billing": order.get("billing_address"),
        "customer": customer.get("default_address"),
    }
    for source, address in addresses.items():
        if address and (address.get("country_code") or address.get("country")):
            columns = {column: address.get(field) or None for column, field in GEOGRAPHY.items()}
            return columns | {"geo_source": source}
    return dict.fromkeys(GEOGRAPHY) | {"geo_source": "none"}


def _address(person: Json) -> str:
    return (person["email"] or "").strip(" ").translate(UPPER_TO_LOWER)
