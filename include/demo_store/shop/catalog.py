"""The assortment: product records, what is on sale, prices and stock."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from itertools import product as combinations
from random import Random
from typing import TYPE_CHECKING, Any

from demo_store.shop.designs import GIFT_CARD, GOES_WITH, Design
from demo_store.shop.money import cents

if TYPE_CHECKING:
    from demo_store.state import Store

GIFT_CARD_TYPE = GIFT_CARD.product_type
RESTOCK_LEVEL, RESTOCK_QUANTITY = 3, 40


def product_record(store: Store, design: Design, at: str, status: str, rng: Random) -> dict[str, Any]:
    """Return a new REST product made from ``design``; ``at`` is ISO-8601 with the shop's offset.

    Fields: https://shopify.dev/docs/api/admin-rest/latest/resources/product
    """
    product_id = store.next_id("product")
    base_price = Decimal(design.price)
    if design.product_type != GIFT_CARD_TYPE:
        base_price = (base_price * Decimal(str(rng.uniform(0.7, 1.7)))).quantize(Decimal(1)) - Decimal("0.05")
    choices = list(combinations(*design.options.values())) if design.options else [("Default Title",)]
    options = [
        {
            "id": store.next_id("option"),
            "product_id": product_id,
            "name": name,
            "position": position,
            "values": [*values],
        }
        for position, (name, values) in enumerate(
            design.options.items() or [("Title", ("Default Title",))], start=1
        )
    ]
    code = f"{_slug(design.product_type)[:3].upper()}-{product_id % 10_000:03d}"
    variants = [
        _variant_record(
            store,
            design,
            choice,
            product_id=product_id,
            position=position,
            price=_variant_price(design, base_price, choice),
            code=code,
            at=at,
            rng=rng,
        )
        for position, choice in enumerate(choices, start=1)
    ]
    return {
        "id": product_id,
        "admin_graphql_api_id": f"gid://shopify/Product/{product_id}",
        "title": design.title,
        "body_html": f"<p>{design.title}, by {design.vendor}.</p>\n<p>Made by hand; no two are the same.</p>",
        "vendor": design.vendor,
        "product_type": design.product_type,
        "handle": f"{_slug(design.title)}-{product_id % 10_000}".strip("-"),
        "status": status,
        "tags": rng.choice(("ceramic, kitchen", "handmade", "gift, new", "sale", "")),
        "template_suffix": None,
        "published_scope": "global",
        "published_at": None if status == "draft" else at,
        "created_at": at,
        "updated_at": at,
        "options": options,
        "images": [],
        "image": None,
        "variants": variants,
    }


def _variant_price(design: Design, base_price: Decimal, choice: tuple[str, ...]) -> Decimal:
    if design.product_type == GIFT_CARD_TYPE:
        return Decimal(choice[0].removeprefix("€"))
    values = next(iter(design.options.values()), choice)
    step = values.index(choice[0]) if {"Size", "Weight", "Wood"} & set(design.options) else 0
    return base_price + 6 * step


def _variant_record(
    store: Store,
    design: Design,
    choice: tuple[str, ...],
    *,
    product_id: int,
    position: int,
    price: Decimal,
    code: str,
    at: str,
    rng: Random,
) -> dict[str, Any]:
    variant_id = store.next_id("variant")
    is_gift_card = design.product_type == GIFT_CARD_TYPE
    suffix = "-".join(_slug(value)[:3].strip("-").upper() or str(position) for value in choice)
    sku_kinds = (f"{code}-{suffix}", code, None, "")
    return {
        "id": variant_id,
        "product_id": product_id,
        "admin_graphql_api_id": f"gid://shopify/ProductVariant/{variant_id}",
        "title": " / ".join(choice),
        "sku": rng.choices(sku_kinds, (92, 4, 2, 2))[0],
        "barcode": f"200{variant_id % 10**10:010d}" if rng.random() < 0.8 else None,
        "price": f"{cents(price)}",
        "compare_at_price": None,
        "position": position,
        "option1": choice[0],
        "option2": choice[1] if len(choice) > 1 else None,
        "option3": None,
        "inventory_item_id": store.next_id("inventory_item"),
        "inventory_quantity": 0 if is_gift_card else rng.randrange(8, 60),
        "old_inventory_quantity": 0,
        "inventory_policy": "deny",
        "inventory_management": None if is_gift_card else "shopify",
        "fulfillment_service": "gift_card" if is_gift_card else "manual",
        "taxable": not is_gift_card,
        "requires_shipping": not is_gift_card,
        "grams": design.grams,
        "weight": design.grams / 1000,
        "weight_unit": "kg",
        "image_id": None,
        "created_at": at,
        "updated_at": at,
    }


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


class Catalog:
    """All products of a store, held in memory while the shop lives and written by :meth:`save`."""

    def __init__(self, store: Store, seed: int) -> None:
        self._store = store
        self._seed = seed
        self._changed: set[int] = set()
        self.products: dict[int, dict[str, Any]] = {}
        self._popularity: dict[int, float] = {}
        for product_id in store.ids("products"):
            self._keep(store.get("products", product_id) or {})

    def _keep(self, product: dict[str, Any]) -> None:
        self.products[product["id"]] = product
        taste = Random(f"{self._seed}:popularity:{product['id']}")
        self._popularity[product["id"]] = min(taste.paretovariate(1.1), 12.0)

    def add(self, product: dict[str, Any]) -> None:
        """Put a new product into the assortment."""
        self._keep(product)
        self._changed.add(product["id"])

    def remove(self, product_id: int) -> None:
        """Take a product out of the assortment; the store's own row is the caller's."""
        del self.products[product_id]
        self._changed.discard(product_id)

    def touch(self, product: dict[str, Any], at: str, variant: dict[str, Any] | None = None) -> None:
        """Mark a product, and a variant of it, as changed at ``at``."""
        product["updated_at"] = at
        if variant is not None:
            variant["updated_at"] = at
        self._changed.add(product["id"])

    def save(self) -> None:
        """Write the products that changed to the store."""
        self._store.put("products", [self.products[product_id] for product_id in sorted(self._changed)])
        self._changed.clear()

    def on_sale(self) -> list[dict[str, Any]]:
        """Return the products that can be bought now; gift cards apart."""
        return [
            product
            for product in self.products.values()
            if product["status"] in ("active", "unlisted") and product["product_type"] != GIFT_CARD_TYPE
        ]

    def pick(self, count: int, rng: Random) -> list[dict[str, Any]]:
        """Return up to ``count`` products, popular ones more often, some with what goes with them."""
        on_sale = self.on_sale()
        weights = [self._popularity[product["id"]] for product in on_sale]
        picked = rng.choices(on_sale, weights)
        while len(picked) < count:
            companion = self._companion(picked[-1], on_sale) if rng.random() < 0.45 else None
            picked.append(companion or rng.choices(on_sale, weights)[0])
        return list({product["id"]: product for product in picked}.values())

    def _companion(self, product: dict[str, Any], on_sale: list[dict[str, Any]]) -> dict[str, Any] | None:
        wanted_type = GOES_WITH.get(product["product_type"])
        candidates = [candidate for candidate in on_sale if candidate["product_type"] == wanted_type]
        return candidates[product["id"] % len(candidates)] if candidates else None

    def pick_slow_seller(self, rng: Random) -> dict[str, Any]:
        """Return a product, unpopular ones more often; never the gift card."""
        goods = [product for product in self.products.values() if product["product_type"] != GIFT_CARD_TYPE]
        return rng.choices(goods, [1 / self._popularity[product["id"]] for product in goods])[0]

    def gift_card(self) -> dict[str, Any]:
        """Return the gift card product."""
        return next(
            product for product in self.products.values() if product["product_type"] == GIFT_CARD_TYPE
        )

    def move_stock(self, product_id: int | None, variant_id: int | None, by: int, at: str) -> None:
        """Change a variant's stock by ``by``; what runs low is made again. Deleted products have no stock."""
        product = self.products.get(product_id or 0)
        if product is None or product["product_type"] == GIFT_CARD_TYPE:
            return
        variant = next(variant for variant in product["variants"] if variant["id"] == variant_id)
        variant["old_inventory_quantity"] = variant["inventory_quantity"]
        variant["inventory_quantity"] += by
        if variant["inventory_quantity"] < RESTOCK_LEVEL:
            variant["inventory_quantity"] += RESTOCK_QUANTITY
        self.touch(product, at, variant)

    def reprice(self, product: dict[str, Any], factor: Decimal, at: str, *, sale: bool) -> None:
        """Multiply prices by ``factor``; in a ``sale`` the price before stays as ``compare_at_price``."""
        for variant in product["variants"]:
            price = Decimal(variant["price"])
            variant["compare_at_price"] = f"{price}" if sale else None
            variant["price"] = f"{cents(price * factor)}"
            variant["updated_at"] = at
        self.touch(product, at)

    def end_sale(self, product: dict[str, Any], at: str) -> None:
        """Give a product the prices back that it had before its sale."""
        for variant in product["variants"]:
            if variant["compare_at_price"]:
                variant["price"], variant["compare_at_price"] = variant["compare_at_price"], None
                variant["updated_at"] = at
        self.touch(product, at)
