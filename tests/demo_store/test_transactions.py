"""What a file of transactions becomes, rule by rule."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from demo_store.retail.tally import Share

from tests.demo_store.invoice_lines import all_of, line, load, orders

if TYPE_CHECKING:
    from pathlib import Path

FIRST_CUSTOMER_ID = 8_200_000_000_000


def test_an_invoice_becomes_a_paid_and_fulfilled_order(tmp_path: Path) -> None:
    summer = "2011-07-01T09:30:00"
    (order,) = orders(
        tmp_path,
        line(quantity=6, at=summer, country="EIRE"),
        line(code="POST", title="POSTAGE", price="18", at=summer, country="EIRE"),
    )
    expected = {
        "name": "#1001",
        "order_number": 1001,
        "created_at": "2011-07-01T09:30:00+01:00",
        "processed_at": "2011-07-01T09:30:00+01:00",
        "updated_at": "2011-07-01T09:30:00+01:00",
        "financial_status": "paid",
        "fulfillment_status": "fulfilled",
        "currency": "GBP",
        "email": None,
        "total_line_items_price": "33.00",
        "total_tax": "0.00",
        "total_price": "33.00",
        "current_total_price": "33.00",
        "total_outstanding": "0.00",
        "refunds": [],
    }
    assert {key: order[key] for key in expected} == expected
    assert [(item["sku"], item["price"], item["quantity"]) for item in order["line_items"]] == [
        ("MUG", "2.50", 6),
        ("POST", "18.00", 1),
    ]
    address = order["shipping_address"]
    assert (address["country"], address["country_code"]) == ("EIRE", "IE")
    assert order["fulfillments"][0]["created_at"] == order["created_at"]
    customer = order["customer"]
    assert (customer["id"], customer["first_name"], customer["last_name"]) == (
        FIRST_CUSTOMER_ID + 17,
        "",
        None,
    )


def test_a_guest_order_has_no_customer(tmp_path: Path) -> None:
    store, tally = load(tmp_path, line(customer=""))
    assert [order["customer"] for order in all_of(store, "orders")] == [None]
    assert all_of(store, "customers") == []
    assert tally.orders_with_customer == Share()


def test_repeated_lines_are_kept(tmp_path: Path) -> None:
    (order,) = orders(tmp_path, line(), line(), line())
    assert [item["quantity"] for item in order["line_items"]] == [1, 1, 1]
    assert order["total_price"] == "7.50"


def test_a_line_at_price_0_stays_on_an_order_and_makes_none_alone(tmp_path: Path) -> None:
    free = line(code="GIFT", price="0", title="")
    store, tally = load(tmp_path, line(), free, line("1002", price="0"), line("1003", quantity=-5, price="0"))
    (order,) = all_of(store, "orders")
    assert [(item["title"], item["price"]) for item in order["line_items"]] == [
        ("STONE MUG", "2.50"),
        ("GIFT", "0.00"),
    ]
    assert tally.lines_at_price_0 == Share(1, 1, 1, Decimal(0))
    assert tally.stock_movements == Share(1, 1, 1, Decimal(0))
    assert tally.write_offs == Share(1, 1, -5, Decimal(0))


def test_time_and_country_of_an_order_are_those_of_its_earliest_line(tmp_path: Path) -> None:
    (order,) = orders(
        tmp_path,
        line(at="2011-01-10T10:01:00", country="France"),
        line(at="2011-01-10T10:00:00", country="Spain"),
        line(at="2011-01-10T10:02:00", country="Malta"),
    )
    assert order["created_at"] == "2011-01-10T10:00:00+00:00"
    assert order["billing_address"]["country"] == "Spain"
    assert len(order["line_items"]) == 3


def test_lines_of_an_invoice_need_not_stand_together(tmp_path: Path) -> None:
    found = orders(tmp_path, line(), line("1002"), line(code="BOWL"))
    assert [(order["name"], len(order["line_items"])) for order in found] == [("#1001", 2), ("#1002", 1)]


def test_prices_are_rounded_half_up_and_the_original_is_kept(tmp_path: Path) -> None:
    store, tally = load(tmp_path, line(price="0.125", quantity=2), line(code="PAD", price="0.001"))
    (order,) = all_of(store, "orders")
    assert [(item["price"], item["properties"]) for item in order["line_items"]] == [
        ("0.13", [{"name": "UnitPrice", "value": "0.125"}]),
        ("0.00", [{"name": "UnitPrice", "value": "0.001"}]),
    ]
    assert (tally.orders.amount, tally.gross_sales) == (Decimal("0.251"), Decimal("0.26"))
    assert tally.rounding_of_sales == Decimal("0.009")


def test_a_customer_has_the_latest_country_and_the_totals_of_its_orders(tmp_path: Path) -> None:
    store, _ = load(
        tmp_path,
        line("1001", quantity=2, at="2011-01-10T10:00:00", country="France"),
        line("1002", quantity=4, at="2011-02-10T10:00:00", country="Unspecified"),
        line("C1003", quantity=-1, at="2011-03-10T10:00:00", country="Belgium"),
        line("C1004", quantity=-1, at="2011-03-10T10:00:00", customer="18"),
    )
    buyer, returner = all_of(store, "customers")
    expected = {
        "orders_count": 2,
        "total_spent": "12.50",
        "last_order_name": "#1002",
        "created_at": "2011-01-10T10:00:00+00:00",
        "updated_at": "2011-03-10T10:00:00+00:00",
        "email": None,
    }
    assert {key: buyer[key] for key in expected} == expected
    address = buyer["default_address"]
    assert (address["country"], address["country_code"]) == ("Belgium", "BE")
    assert (returner["orders_count"], returner["total_spent"], returner["last_order_id"]) == (0, "0.00", None)


def test_a_product_is_titled_as_most_often_when_sold_and_priced_as_last_sold(tmp_path: Path) -> None:
    store, _ = load(
        tmp_path,
        line("1001", title="MUG, GREY"),
        line("1002", title="MUG, GREY", price="2.75", at="2011-03-10T10:00:00"),
        line("1003", title="OLD MUG", price="1.00", at="2011-01-01T10:00:00"),
        *(line(f"100{n}", title="damaged", price="0", quantity=-1) for n in range(4, 8)),
        line("A1008", code="B", title="Adjust bad debt", price="-9.00", customer=""),
        line("1009", code="mug", title="Mug grey", price="0"),
    )
    assert [
        (product["title"], product["handle"], [(v["sku"], v["price"]) for v in product["variants"]])
        for product in all_of(store, "products")
    ] == [("MUG, GREY", "mug-grey", [("MUG", "2.75")]), ("Mug grey", "mug-grey-1", [("mug", "0.00")])]


def test_lines_whose_signs_do_not_fit_are_set_aside_and_counted(tmp_path: Path) -> None:
    store, tally = load(
        tmp_path,
        line(),
        line(quantity=-2),
        line("C1002", quantity=3),
        line("1003", quantity=-1),
        line("A1004"),
    )
    assert [len(order["line_items"]) for order in all_of(store, "orders")] == [1]
    assert tally.set_aside == Share(1, 3, 0, Decimal(0))
    assert tally.credit_notes == Share(invoices=1)
    kinds = (tally.orders, tally.credit_notes, tally.adjustments, tally.set_aside)
    assert sum(kinds, start=Share()) == tally.total == Share(4, 5, 2, Decimal("5.00"))
