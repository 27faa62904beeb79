"""A small shop in which every word that names one person is planted, and the search for such words."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.demo_store.records import (
    FIRST_CUSTOMER_ID,
    FIRST_ORDER_ID,
    customer,
    line_item,
    order,
    product,
    timestamp,
)

Record = dict[str, Any]
PERSON_ID, OTHER_ID = FIRST_CUSTOMER_ID + 1, FIRST_CUSTOMER_ID + 2
EMAIL, OLD_EMAIL, OTHER_EMAIL = (
    "vrelmonti@plundrigo.test",
    "kelvorias@schmunzlo.test",
    "customer2@example.org",
)
PHONE = "+49 30 555 019977"
# What the database holds of the person, by where it comes from.
PERSON = {
    "email": EMAIL,
    "first_name": "Zdenkatora",
    "last_name": "Quastenhuber",
    "phone": PHONE,
    "tags": "wexforina",
}
FORMER_NAME = "brastowicz"
HOME = {"zip": "ZQ98-QZ77", "city": "Gent", "country": "Belgium", "country_code": "BE"}
WORK = {"zip": "XK31-KX13", "city": "Gent", "country": "Belgium", "country_code": "BE"}
VISIT = {
    "tags": "gruberlina",
    "referring_site": "https://www.instagram.com/knisterwald",
    "landing_site": "/schluesselbund?mail=pfannkuchler",
    "client_details": {"user_agent": "Mozillorina"},
}
ENGRAVING, CONSOLATION, REFUND_NOTE = "plauderfink", "trostpreisulus", "zerbrochulus"
STORED = {
    *(EMAIL, OLD_EMAIL, PHONE, "zdenkatora", "quastenhuber", "wexforina"),
    *("zq98-qz77", "xk31-kx13", "gruberlina", "knisterwald", "schluesselbund", "pfannkuchler", "mozillorina"),
    *(ENGRAVING, CONSOLATION, REFUND_NOTE),
}
# What only records hold that could not be read, and what a later version has overwritten.
RAW = {"hinterdornach", FORMER_NAME}
PLANTED = STORED | RAW


def order_id(number: int) -> int:
    """The id of the shop's ``number``-th order."""
    return FIRST_ORDER_ID + number


def customers() -> list[Record]:
    """The person, and somebody else."""
    return [customer(1, **PERSON, default_address=HOME), customer(2)]


def orders() -> list[Record]:
    """The person's orders 1 and 2; 3 as a guest; 4 and 5 as a guest with an old e-mail; others' 6 and 7."""
    engraving = line_item(91, title=ENGRAVING, product_id=None, variant_id=None, price="5.00")
    consoled = line_item(
        1, discount_allocations=[{"amount": "2.00", "discount_application_index": 0}], discounts=[]
    )
    returned = {"id": 1, "line_item_id": consoled["id"], "quantity": 1, "subtotal": 18.25, "total_tax": 4.25}
    refund = {"id": 2, "created_at": timestamp(60), "note": REFUND_NOTE, "refund_line_items": [returned]}
    by_person = {"customer": {"id": PERSON_ID, **PERSON}, "email": EMAIL}
    by_guest = {"customer": None, "billing_address": WORK, "shipping_address": None}
    return [
        order(
            1,
            **by_person,
            **VISIT,
            billing_address=WORK,
            shipping_address=HOME,
            line_items=[consoled, engraving],
            discount_applications=[{"type": "manual", "title": CONSOLATION}],
            refunds=[refund],
        ),
        order(2, **by_person, billing_address=None, shipping_address=None),
        order(3, **by_guest, email=f" {EMAIL.upper()}"),
        order(4, **by_guest, email=OLD_EMAIL),
        order(5, **by_guest, email=OLD_EMAIL),
        order(6, customer={"id": OTHER_ID}, email=OTHER_EMAIL),
        order(7, **(by_guest | {"billing_address": None}), email=OTHER_EMAIL),
    ]


def former_version() -> Record:
    """The person as they were called before."""
    return customer(1, **(PERSON | {"last_name": FORMER_NAME}), updated_at=timestamp(0))


def products() -> list[Record]:
    """What was bought."""
    return [product(number) for number in range(1, 8)]


def unreadable_customers() -> list[Record]:
    """A version of the person, and of somebody else, that cannot be read."""
    return [
        customer(1, **PERSON | {"tags": []}, note="hinterdornach", updated_at=timestamp(90)),
        customer(3, tags=[]),
    ]


def unreadable_orders() -> list[Record]:
    """Orders that cannot be read: the person's by customer, e-mail and phone, and somebody else's."""
    bad = {"total_price": "a lot"}
    return [
        order(11, **bad, customer={"id": PERSON_ID}, email=None, note="hinterdornach"),
        order(12, **bad, customer=None, email=None, note=f"by {EMAIL.upper()}"),
        order(13, **bad, customer=None, email=None, shipping_address={"phone": PHONE.replace(" ", "-")}),
        order(14, **bad),
    ]


def erased(value: Any) -> Any:
    """A record as the store has it when it has erased the person's data itself."""
    if isinstance(value, dict):
        return {name: erased(part) for name, part in value.items()}
    if isinstance(value, list):
        return [erased(part) for part in value]
    return None if isinstance(value, str) and found_in(value.encode()) else value


def found_in(*texts: bytes) -> set[str]:
    """The planted words that stand in the texts, whatever the case."""
    everything = b"\n".join(texts).lower()
    return {word for word in PLANTED if word.lower().encode() in everything}


def contents(folder: Path) -> Iterator[bytes]:
    """Every file of a folder as it is, and unpacked if it is compressed."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            yield content
            if re.search(r"\.gz\b", path.name):
                yield gzip.decompress(content)
