"""What may happen in a shop, one event a method."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from demo_store.clock import ManualClock
from demo_store.state import RESOURCES, Store

from tests.dag.running import NOW
from tests.demo_store.records import SHOP, customer, line_item, money, order, product, variant
from tests.raw_records import Json, records

GATEWAYS, COUNTRIES = ("shopify_payments", "paypal", "manual"), (("NL", "Netherlands"), ("DE", "Germany"))


class History:
    """A shop on a clock of its own; every event takes a drawn number of seconds, from none to hours."""

    def __init__(self, folder: Path, start: datetime = NOW) -> None:
        self.store = Store.create(folder / "store.db", SHOP)
        self.clock = ManualClock(start)
        self.made = 0

    def pass_time(self, seconds: float) -> None:
        """Let nothing happen for a while."""
        self.clock.advance(timedelta(seconds=seconds))

    def time(self) -> str:
        """Now, as the API writes it."""
        return self.store.timestamp(self.clock.now().replace(microsecond=0))

    def any(self, resource: str, draw: Random) -> Json | None:
        """One of the records there are."""
        ids = self.store.ids(resource)
        return self.store.get(resource, draw.choice(ids)) if ids else None

    def save(self, resource: str, record: Json, **changes: Any) -> None:
        """Store a record as updated now."""
        self.store.put(resource, [record | {"updated_at": self.time()} | changes])

    def new_number(self) -> int:
        """The next number for a record or a part of one."""
        self.made += 1
        return self.made

    def create_product(self, draw: Random) -> None:
        """A product with one to three variants appears."""
        number, now = self.new_number(), self.time()
        made = product(number, created_at=now, published_at=now)
        variants = [
            variant(self.new_number(), made["id"], price=_amount(draw, 4, 90), created_at=now, updated_at=now)
            for _ in range(draw.randint(1, 3))
        ]
        self.save("products", made, variants=variants)

    def change_product(self, draw: Random) -> None:
        """A product is renamed; a variant gets another price, comes or goes."""
        if (found := self.any("products", draw)) is None:
            return
        variants = found["variants"]
        change = draw.choice(("price", "add", "remove"))
        if change == "add":
            variants.append(variant(self.new_number(), found["id"], created_at=self.time()))
        elif change == "remove" and len(variants) > 1:
            variants.pop(draw.randrange(len(variants)))
        else:
            draw.choice(variants).update(price=_amount(draw, 4, 90), updated_at=self.time())
        self.save(
            "products", found, title=f"{found['title']}, again", status=draw.choice(("active", "draft"))
        )

    def delete_product(self, draw: Random) -> None:
        """A product vanishes; its lines lose their references, and their orders' ``updated_at`` stays."""
        if (gone := self.any("products", draw)) is None:
            return
        self.store.delete("products", gone["id"], self.clock.now())
        for sold in records(self.store, "orders"):
            if detach(sold, gone["id"]):
                self.store.put("orders", [sold])

    def create_customer(self, draw: Random) -> None:
        """Somebody signs up, with or without an e-mail address."""
        number = self.new_number()
        email = draw.choice((None, f"Customer{number}@example.org", f"shared{number % 3}@example.org"))
        self.save("customers", customer(number, created_at=self.time(), email=email))

    def change_customer(self, draw: Random) -> None:
        """A customer moves, or loses the address."""
        if (found := self.any("customers", draw)) is None:
            return
        address = draw.choice((None, found["addresses"][0] | {"city": f"Town {draw.randrange(9)}"}))
        self.save("customers", found, default_address=address, tags=draw.choice(("", "vip")))

    def delete_customer(self, draw: Random) -> None:
        """A customer without orders vanishes; Shopify deletes no others."""
        if (gone := self.any("customers", draw)) is None:
            return
        buyers = {sold["customer"]["id"] for sold in records(self.store, "orders") if sold["customer"]}
        if gone["id"] not in buyers:
            self.store.delete("customers", gone["id"], self.clock.now())

    def merge_customers(self, draw: Random) -> None:
        """One customer takes over the orders of another, who vanishes."""
        gone, stays = self.any("customers", draw), self.any("customers", draw)
        if gone is None or stays is None or gone["id"] == stays["id"]:
            return
        for sold in records(self.store, "orders"):
            if sold["customer"] and sold["customer"]["id"] == gone["id"]:
                self.save("orders", sold, customer={"id": stays["id"], "email": stays["email"]})
        self.store.delete("customers", gone["id"], self.clock.now())
        self.save("customers", stays)

    def create_order(self, draw: Random) -> None:
        """A customer or a guest buys one to three lines, perhaps with discount, tax and shipping."""
        now, buyer = self.time(), draw.choice((None, self.any("customers", draw)))
        guest = draw.choice((None, f"guest{draw.randrange(3)}@example.org"))
        made = order(self.new_number(), created_at=now, processed_at=now)
        made["line_items"] = [self._line(draw) for _ in range(draw.randint(1, 3))]
        code, country = draw.choice(COUNTRIES)
        shipping = draw.choice(([], [self._shipping(draw)]))
        self.save(
            "orders",
            made,
            customer=buyer and {"id": buyer["id"], "email": buyer["email"]},
            email=buyer["email"] if buyer else guest,
            test=draw.random() < 0.1,
            taxes_included=draw.random() < 0.5,
            shipping_lines=shipping,
            shipping_address=draw.choice((None, {"country_code": code, "country": country, "city": "A"})),
            current_total_tax=_amount(draw, 0, 20),
            total_outstanding=draw.choice(("0.00", _amount(draw, 1, 30))),
            payment_gateway_names=[draw.choice(GATEWAYS)],
            financial_status=draw.choice(("paid", "pending")),
        )

    def fulfil_order(self, draw: Random) -> None:
        """An order is sent, and perhaps archived."""
        if (found := self.any("orders", draw)) is None:
            return
        sent = {
            "id": self.new_number(),
            "status": draw.choice(("success", "failure")),
            "created_at": self.time(),
        }
        closed_at = draw.choice((None, self.time()))
        self.save("orders", found, fulfillments=[*found["fulfillments"], sent], closed_at=closed_at)

    def edit_order(self, draw: Random) -> None:
        """A line is added, or one is taken out; it stays with no current quantity."""
        if (found := self.any("orders", draw)) is None:
            return
        if draw.random() < 0.5:
            found["line_items"].append(self._line(draw))
        else:
            draw.choice(found["line_items"])["current_quantity"] = 0
        self.save("orders", found, current_total_price=_amount(draw, 5, 200))

    def refund_order(self, draw: Random) -> None:
        """Goods, shipping or just an amount are given back."""
        if (found := self.any("orders", draw)) is None:
            return
        line, now = draw.choice(found["line_items"]), self.time()
        returned = {
            "id": self.new_number(),
            "line_item_id": line["id"],
            "quantity": 1,
            "subtotal": float(_amount(draw, 1, 20)),
            "total_tax": float(_amount(draw, 0, 3)),
            "restock_type": draw.choice(("return", "cancel", "no_restock")),
        }
        shipping = {"id": self.new_number(), "subtotal_amount_set": money(_amount(draw, 1, 5))}
        discrepancy = {
            "id": self.new_number(),
            "kind": "refund_discrepancy",
            "amount": _amount(draw, -9, 9),
        }
        given = {
            "id": self.new_number(),
            "created_at": now,
            "processed_at": now,
            "note": draw.choice((None, "broken")),
            "refund_line_items": draw.choice(([], [returned])),
            "refund_shipping_lines": draw.choice(([], [shipping])),
            "order_adjustments": draw.choice(([], [discrepancy])),
        }
        self.save("orders", found, refunds=[*found["refunds"], given], financial_status="partially_refunded")

    def cancel_order(self, draw: Random) -> None:
        """An order is called off; it stays."""
        if found := self.any("orders", draw):
            self.save(
                "orders", found, cancelled_at=self.time(), cancel_reason="customer", closed_at=self.time()
            )

    def delete_order(self, draw: Random) -> None:
        """An order vanishes without a word."""
        if gone := self.any("orders", draw):
            self.store.delete("orders", gone["id"], self.clock.now())

    def turn_back(self, draw: Random) -> None:
        """A record becomes what it was, or something else, with an ``updated_at`` of minutes or hours ago."""
        resource = draw.choice(RESOURCES)
        if found := self.any(resource, draw):
            earlier = self.store.timestamp(self.clock.now() - timedelta(seconds=draw.randint(1, 20_000)))
            self.save(resource, found, tags=f"turned back {self.new_number()}", updated_at=earlier)

    def come_late(self, draw: Random) -> None:
        """A customer appears whom no list of changes may show any more: made minutes or hours ago."""
        before = self.store.timestamp(self.clock.now() - timedelta(seconds=draw.randint(1, 20_000)))
        self.store.put("customers", [customer(self.new_number(), created_at=before, updated_at=before)])

    def _line(self, draw: Random) -> Json:
        sold, quantity = self.any("products", draw), draw.randint(1, 3)
        chosen = draw.choice(sold["variants"]) if sold else None
        allocated = draw.choice(([], [{"amount": _amount(draw, 0, 4), "discount_application_index": 0}]))
        return line_item(
            self.new_number(),
            product_id=sold and sold["id"],
            variant_id=chosen and chosen["id"],
            price=chosen["price"] if chosen else _amount(draw, 5, 50),
            quantity=quantity,
            current_quantity=quantity,
            discount_allocations=allocated,
            gift_card=draw.random() < 0.1,
            tax_lines=draw.choice(([], [{"title": "VAT", "price": _amount(draw, 0, 3)}])),
        )

    def _shipping(self, draw: Random) -> Json:
        price = _amount(draw, 4, 12)
        tax = draw.choice(([], [{"title": "VAT", "price": "0.70"}]))
        discounted = draw.choice((price, "0.00", "3.00"))
        return {
            "id": self.new_number(),
            "price": price,
            "discounted_price": discounted,
            "tax_lines": tax,
            "is_removed": draw.random() < 0.1,
        }


EVENTS: tuple[Callable[[History, Random], None], ...] = (
    History.create_product,
    History.change_product,
    History.delete_product,
    History.create_customer,
    History.change_customer,
    History.delete_customer,
    History.merge_customers,
    History.create_order,
    History.fulfil_order,
    History.edit_order,
    History.refund_order,
    History.cancel_order,
    History.delete_order,
    History.turn_back,
    History.come_late,
)


def detach(sold: Json, product_id: int) -> bool:
    """Empty the references of an order's lines to a product that is gone; whether there were any."""
    lines = [line for line in sold["line_items"] if line["product_id"] == product_id]
    for line in lines:
        line.update(product_id=None, variant_id=None, product_exists=False)
    return bool(lines)


def _amount(draw: Random, least: int, most: int) -> str:
    return f"{draw.randint(least * 100, most * 100) / 100:.2f}"
