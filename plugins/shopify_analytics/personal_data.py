"""What may name a person, and whom a row or record names; ``docs/personal-data.md`` has the rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from shopify_analytics.fields import Row

# Fewer digits are no phone number, but may be part of any number.
LEAST_PHONE_DIGITS = 7
# As SQLite's lower() does it.
TO_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


@dataclass(frozen=True)
class Personal:
    """Columns of a table that may name a person, in rows that fulfil a condition: in SQL, and when staged."""

    columns: tuple[str, ...]
    condition: str = "true"
    when_staged: Callable[[Row], bool] = lambda _row: True

    def blank(self, staged: Row) -> bool:
        """Empty the columns of a staged row; whether any was filled."""
        is_filled = self.when_staged(staged) and any(staged[column] is not None for column in self.columns)
        if is_filled:
            staged.update(dict.fromkeys(self.columns))
        return is_filled


# The SELECTs of include/sql/export leave the same empty with analytics_personal_data = exclude.
PERSONAL = {
    "customers": Personal(("email", "first_name", "last_name", "phone", "tags", "zip")),
    "orders": Personal(
        ("email", "shipping_zip", "billing_zip", "tags", "referring_site", "landing_site", "user_agent")
    ),
    "line_items": Personal(("title",), "product_key IS NULL", lambda line: line["product_id"] is None),
    "refunds": Personal(("note",)),
    "discount_allocations": Personal(
        ("discount",), "discount_type = 'manual'", lambda allocation: allocation["discount_type"] == "manual"
    ),
}


@dataclass
class Person:
    """A customer, and what tells them where their id is missing."""

    customer_id: int
    order_ids: set[int]
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)

    def learn(self, email: object, phone: object = None) -> None:
        """Take note of an e-mail and of a phone number, if they are any."""
        if isinstance(email, str) and (address := _address(email)):
            self.emails.add(address)
        if isinstance(phone, str) and len(digits := _digits(phone)) >= LEAST_PHONE_DIGITS:
            self.phones.add(digits)

    def has(self, entity: str, record_id: int | None) -> bool:
        """Whether the record with this id is the customer, or an order known to be theirs."""
        return record_id in {"customers": {self.customer_id}, "orders": self.order_ids}.get(entity, set())

    def owns(self, entity: str, row: Row) -> bool:
        """Whether a row is the customer, or an order of theirs: by id, by customer, by a guest's e-mail."""
        if entity != "orders" or self.has(entity, row["id"]):
            return self.has(entity, row["id"])
        if row["customer_id"] is None:
            return _address(row["email"] or "") in self.emails
        return bool(row["customer_id"] == self.customer_id)

    def is_named_in(self, payload: Any) -> bool:
        """Whether the customer's id, or an e-mail or phone of theirs, stands anywhere in a raw record."""
        return any(self._is_named_by(text) for text in _texts(payload))

    def _is_named_by(self, text: str) -> bool:
        if text == str(self.customer_id) or text.endswith(f"/Customer/{self.customer_id}"):
            return True
        folded, digits = text.casefold(), _digits(text)
        return any(email.casefold() in folded for email in self.emails) or any(
            phone in digits for phone in self.phones
        )


def _address(email: str) -> str:
    """The e-mail as buyers are told apart by it: ``lower(trim(email))``."""
    return email.strip(" ").translate(TO_LOWER)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _texts(value: Any) -> Iterator[str]:
    """Every text and number in a piece of JSON."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
    elif isinstance(value, str | int):
        yield str(value)
