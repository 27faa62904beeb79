"""A year of a real UK shop, to the penny: Chen, D. (2015), https://doi.org/10.24432/C5BW33."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from demo_store.retail.tally import Share, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo_store.state import Store


@dataclass
class Figures:
    """What the orders in the store add up to, read back from their JSON."""

    orders: int = 0
    orders_with_customer: int = 0
    gross_sales: Decimal = Decimal(0)
    gross_sales_with_customer: Decimal = Decimal(0)
    refunds: int = 0
    refunded_quantity: int = 0
    refunded: Decimal = Decimal(0)
    buyers: set[int] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    statuses: Counter[str] = field(default_factory=Counter)
    rounded_lines: list[tuple[str, str]] = field(default_factory=list)


def records(store: Store, resource: str) -> Iterator[dict[str, Any]]:
    for (text,) in store.db.execute(f"SELECT json FROM {resource}"):
        yield json.loads(text)


@pytest.fixture(scope="module")
def store(online_retail: tuple[Store, Tally]) -> Store:
    return online_retail[0]


@pytest.fixture(scope="module")
def tally(online_retail: tuple[Store, Tally]) -> Tally:
    return online_retail[1]


@pytest.fixture(scope="module")
def figures(store: Store) -> Figures:
    figures = Figures()
    for order in records(store, "orders"):
        items = {item["id"]: item for item in order["line_items"]}
        sales = sum((Decimal(item["price"]) * item["quantity"] for item in items.values()), Decimal(0))
        refund_lines = [line for refund in order["refunds"] for line in refund["refund_line_items"]]
        returned = Counter[int]()
        for line in refund_lines:
            item = items[line["line_item_id"]]
            assert Decimal(str(line["subtotal"])) == Decimal(item["price"]) * line["quantity"]
            returned[item["id"]] += line["quantity"]
        refunded = sum((Decimal(str(line["subtotal"])) for line in refund_lines), Decimal(0))
        assert all(
            item["current_quantity"] == item["quantity"] - returned[item["id"]] >= 0
            for item in items.values()
        )
        assert Decimal(order["total_price"]) == sales
        assert Decimal(order["current_total_price"]) == sales - refunded
        assert order["updated_at"] == max([order["created_at"], *(r["created_at"] for r in order["refunds"])])
        figures.orders += 1
        figures.gross_sales += sales
        figures.refunds += len(order["refunds"])
        figures.refunded_quantity += returned.total()
        figures.refunded += refunded
        figures.countries.add(order["shipping_address"]["country"])
        figures.statuses[order["financial_status"]] += 1
        for item in items.values():
            (original,) = (entry["value"] for entry in item["properties"])
            if Decimal(original) != Decimal(item["price"]):
                figures.rounded_lines.append((order["name"], original))
        if order["customer"]:
            figures.orders_with_customer += 1
            figures.gross_sales_with_customer += sales
            figures.buyers.add(order["customer"]["id"])
    return figures


def test_every_invoice_line_and_penny_is_accounted_for(tally: Tally) -> None:
    kinds = ("orders", "stock_movements", "write_offs", "credit_notes", "adjustments", "set_aside")
    assert sum((getattr(tally, kind) for kind in kinds), start=Share()) == tally.total
    assert tally.total == Share(25_900, 541_909, 5_176_450, Decimal("9747747.934"))


def test_the_tally_counts_each_kind_of_invoice(tally: Tally) -> None:
    assert tally.orders == Share(19_959, 530_503, 5_590_398, Decimal("10655622.484"))
    assert tally.lines_at_price_0 == Share(53, 400, 2_023, Decimal(0))
    assert tally.stock_movements == Share(766, 779, 70_580, Decimal(0))
    assert tally.write_offs == Share(1_336, 1_336, -206_957, Decimal(0))
    assert tally.credit_notes == Share(3_836, 9_288, -277_574, Decimal("-896812.49"))
    assert tally.adjustments == Share(3, 3, 3, Decimal("-11062.06"))
    assert tally.set_aside == Share()
    normal = (tally.orders, tally.stock_movements, tally.write_offs)
    assert sum(kind.invoices for kind in normal) == 22_061


def test_credit_notes_are_refunded_or_found_to_have_no_purchase(tally: Tally) -> None:
    assert tally.refunded == Share(3_022, 7_234, -248_287, Decimal("-464239.77"))
    assert tally.unmatched == Share(1_161, 2_107, -29_287, Decimal("-432572.72"))
    both = tally.refunded + tally.unmatched
    assert both == replace(tally.credit_notes, invoices=both.invoices, lines=both.lines)


def test_rounding_prices_to_pence_is_accounted_for(tally: Tally, figures: Figures) -> None:
    assert (tally.rounding_of_sales, tally.rounding_of_refunds) == (Decimal("-0.004"), Decimal(0))
    lines = [("#550193", "0.001"), ("#561226", "0.001"), ("#568200", "0.001"), ("#568375", "0.001")]
    assert sorted(figures.rounded_lines) == lines


def test_the_store_has_the_orders_and_gross_sales_of_the_data(tally: Tally, figures: Figures) -> None:
    assert figures.orders == 19_959
    assert figures.gross_sales == tally.gross_sales == Decimal("10655622.48")
    assert figures.orders_with_customer == tally.orders_with_customer.invoices == 18_532
    assert figures.gross_sales_with_customer == Decimal("8911407.90")
    assert len(figures.countries) == 38


def test_the_store_has_the_refunds_of_the_tally(tally: Tally, figures: Figures) -> None:
    assert figures.refunded == tally.refunds == Decimal("464239.77")
    assert figures.refunded_quantity == -tally.refunded.quantity
    assert figures.refunds == 3_694
    assert figures.statuses.total() == 19_959
    assert figures.statuses["partially_refunded"] + figures.statuses["refunded"] == 3_141


def test_the_store_has_the_customers_of_the_data(store: Store, figures: Figures) -> None:
    customers = list(records(store, "customers"))
    assert len(customers) == 4_372
    assert sum(not customer["orders_count"] for customer in customers) == 34
    assert len(figures.buyers) == 4_338
    assert sum(customer["orders_count"] for customer in customers) == 18_532


def test_every_stock_code_that_is_no_adjustment_is_a_product(store: Store) -> None:
    products = list(records(store, "products"))
    assert len(products) == len({product["handle"] for product in products}) == 4_069
    assert len({product["variants"][0]["sku"] for product in products}) == 4_069


def test_the_shop_stands_still(store: Store) -> None:
    assert store.setting("life") is False
    assert (store.shop["currency"], store.shop["iana_timezone"]) == ("GBP", "Europe/London")


def test_the_tally_prints_as_a_table(tally: Tally) -> None:
    printed = str(tally).splitlines()
    assert printed[1].split() == ["Orders", "19,959", "530,503", "5,590,398", "10,655,622.484"]
    assert printed[11].split() == ["Whole", "file", "25,900", "541,909", "5,176,450", "9,747,747.934"]
    assert printed[13].split() == ["Gross", "sales", "in", "the", "store", "10,655,622.48"]
