"""What a basket costs: discounts shared out over lines to the cent, and the taxes on what is left."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from demo_store.shop.money import ZERO, cents, put_money, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from demo_store.shop.places import Tax


@dataclass(frozen=True)
class Discount:
    """A discount as wanted; ``value`` is per cent or EUR, ``line`` the index of the only line it applies to.

    ``kind`` is REST's application type: discount_code (``label`` is the code), automatic or manual (title).
    ``value_type`` is percentage or fixed_amount, ``target_type`` line_item or shipping_line.
    """

    kind: str
    label: str
    value: Decimal
    value_type: str = "percentage"
    target_type: str = "line_item"
    line: int | None = None

    def application(self) -> dict[str, Any]:
        """Return REST's ``discount_applications`` entry.

        https://shopify.dev/docs/api/admin-rest/latest/resources/order
        """
        label = {"code": self.label} if self.kind == "discount_code" else {"title": self.label}
        if self.kind == "manual":
            label["description"] = self.label
        return {
            "target_type": self.target_type,
            "type": self.kind,
            "value": f"{self.value:.1f}",
            "value_type": self.value_type,
            "allocation_method": "across" if self.line is None else "one",
            "target_selection": "all" if self.line is None else "explicit",
            **label,
        }


@dataclass
class Charge:
    """An amount to be discounted and taxed, in EUR: a line's price x quantity, or a shipping price."""

    gross: Decimal
    taxes: Sequence[Tax]
    discountable: bool = True
    allocations: list[tuple[int, Decimal]] = field(default_factory=list)

    @property
    def discount(self) -> Decimal:
        """Return what all discounts together take off."""
        return sum((amount for _, amount in self.allocations), ZERO)

    @property
    def net(self) -> Decimal:
        """Return what is left after discounts; it holds the tax where prices include it."""
        return self.gross - self.discount


def allocate(discounts: Sequence[Discount], lines: Sequence[Charge], shipping: Charge | None) -> None:
    """Share every discount out over the lines, or the shipping, that it applies to; one after another."""
    for index, discount in enumerate(discounts):
        if discount.target_type == "shipping_line":
            targets = [shipping] if shipping else []
        elif discount.line is not None:
            targets = [lines[discount.line]]
        else:
            targets = [line for line in lines if line.discountable]
        bases = [target.net for target in targets]
        whole = sum(bases, ZERO)
        wanted = (
            discount.value if discount.value_type == "fixed_amount" else cents(whole * discount.value / 100)
        )
        for target, amount in zip(targets, split(min(wanted, whole), bases), strict=True):
            if amount:
                target.allocations.append((index, amount))


def tax_on(net: Decimal, tax: Tax, *, included: bool) -> Decimal:
    """Return the tax in (``included``) or on top of ``net``, rounded half-up to cents."""
    return cents(net * tax.rate / (1 + tax.rate) if included else net * tax.rate)


def tax_lines(charge: Charge, presentment_currency: str, *, included: bool) -> list[dict[str, Any]]:
    """Return REST's ``tax_lines`` of a line or shipping line."""
    return [
        tax_line(tax.title, float(tax.rate), tax_on(charge.net, tax, included=included), presentment_currency)
        for tax in charge.taxes
    ]


def tax_line(title: str, rate: float, price: Decimal, presentment_currency: str) -> dict[str, Any]:
    """Return one REST tax line; ``rate`` is a JSON number, as Shopify sends it."""
    line = {"title": title, "rate": rate, "channel_liable": False}
    put_money(line, "price", price, presentment_currency)
    return line


def summed_tax_lines(parts: Iterable[dict[str, Any]], presentment_currency: str) -> list[dict[str, Any]]:
    """Return the order's ``tax_lines``: those of its lines and shipping lines, summed by title and rate."""
    sums: dict[tuple[str, float], Decimal] = {}
    for part in parts:
        for line in part["tax_lines"]:
            key = (line["title"], line["rate"])
            sums[key] = sums.get(key, ZERO) + Decimal(line["price"])
    return [tax_line(title, rate, price, presentment_currency) for (title, rate), price in sums.items()]


def allocation_records(charge: Charge, presentment_currency: str) -> list[dict[str, Any]]:
    """Return REST's ``discount_allocations`` of a line or shipping line."""
    records = []
    for index, amount in charge.allocations:
        record: dict[str, Any] = {"discount_application_index": index}
        put_money(record, "amount", amount, presentment_currency)
        records.append(record)
    return records
