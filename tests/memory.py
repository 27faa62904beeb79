"""What syncs have seen of a store and it does not tell any longer; gathered from raw JSON alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from demo_store.state import Store

from tests.raw_records import Json, read_records


@dataclass
class Sold:
    """What a line item sold, as last told: product, variant, and the type of its first known product."""

    product_id: int | None = None
    variant_id: int | None = None
    product_type: str | None = None


@dataclass
class Memory:
    """Of all states of a store seen so far: products, variants, customers by id; what each line sold."""

    products: dict[int, Json] = field(default_factory=dict)
    variants: dict[int, Json] = field(default_factory=dict)
    customers: dict[int, Json] = field(default_factory=dict)
    sold: dict[int, Sold] = field(default_factory=dict)

    def see(self, store: Store) -> Memory:
        """Take in what the store holds now; return this memory."""
        for product in read_records(store, "products"):
            self.products[product["id"]] = product
            self.variants.update({variant["id"]: variant for variant in product["variants"]})
        self.customers.update({customer["id"]: customer for customer in read_records(store, "customers")})
        for order in read_records(store, "orders"):
            for line in order["line_items"]:
                sold = self.sold.setdefault(line["id"], Sold())
                sold.product_id = line["product_id"] or sold.product_id
                sold.variant_id = line["variant_id"] or sold.variant_id
                if sold.product_type is None and line["product_id"] in self.products:
                    sold.product_type = self.products[line["product_id"]]["product_type"] or ""
        return self
