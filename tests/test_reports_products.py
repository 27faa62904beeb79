"""The reports about products, from aggregates made by hand; the growth of October over September."""

from __future__ import annotations

import sqlite3
from typing import Any

from tests.report_tables import add_to_all_time, put, report, sales

MUG, PLATE, CARD = 101, 102, 103


def sold(db: sqlite3.Connection, product: int, month: str, units: int, gross: int, **figures: Any) -> None:
    variant = figures.pop("variant", product + 1000)
    row = {
        "product_key": product,
        "variant_key": variant,
        "month": month,
        "units": units,
        "gross_sales": gross,
    }
    put(db, "product_sales", **row | figures)
    add_to_all_time(db, "product", str(product), row | figures)


def known(db: sqlite3.Connection, product: int, title: str, **columns: Any) -> None:
    put(db, "product_dim", product_key=product, title=title, status="active", **columns)


def shelf(db: sqlite3.Connection) -> None:
    known(db, MUG, "Mug", vendor="Kiln Co", product_type="Mugs")
    known(db, PLATE, "Plate", is_deleted=1)
    known(db, 0, "Custom lines")
    known(db, CARD, "Gift card")
    sold(db, MUG, "2026-09", 10, 10000, discounts=1000)
    sold(db, MUG, "2026-10", 12, 12000, discounts=600, variant=9)
    sold(db, MUG, "2026-11", 2, 2000, returned_units=6, returns=5000)
    sold(db, PLATE, "2026-09", 20, 30000)
    sold(db, PLATE, "2026-10", 30, 36000)
    sold(db, 0, "2026-10", 1, 500)


def test_products_are_ranked_by_net_sales(db: sqlite3.Connection) -> None:
    shelf(db)
    plate, mug, custom = report(db, "top_products")
    assert plate == {
        "product_id": PLATE,
        "title": "Plate",
        "units": 50,
        "net_sales": 660.0,
        "refund_rate_percent": 0.0,
        "growth_percent": 20.0,
    }
    assert mug == {
        "product_id": MUG,
        "title": "Mug",
        "units": 24,
        "net_sales": 174.0,
        "refund_rate_percent": 25.0,
        "growth_percent": 26.67,
    }
    assert list(custom.values()) == [None, "Custom lines", 1, 5.0, 0.0, None]
    assert report(db, "top_products", top_n=1) == [plate]


def test_products_of_equal_sales_come_by_id(db: sqlite3.Connection) -> None:
    sold(db, PLATE, "2026-11", 1, 500)
    sold(db, MUG, "2026-11", 1, 500)
    assert report(db, "top_products", "product_id", "title") == [(MUG, None), (PLATE, None)]


def test_products_lead_in_other_rankings(db: sqlite3.Connection) -> None:
    shelf(db)
    sold(db, CARD, "2026-10", 9, 900, returned_units=9, returns=900)
    places = report(db, "product_rankings", "ranking", "place", "product_id", "title")
    assert places == [
        ("units", 1, PLATE, "Plate"),
        ("units", 2, MUG, "Mug"),
        ("units", 3, CARD, "Gift card"),
        ("refund_rate", 1, MUG, "Mug"),  # nine cards are too few to judge by
        ("growth", 1, MUG, "Mug"),
        ("growth", 2, PLATE, "Plate"),
    ]
    growth = report(db, "product_rankings", top_n=1)[-1]
    assert growth == {
        "ranking": "growth",
        "place": 1,
        "product_id": MUG,
        "title": "Mug",
        "units": 24,
        "net_sales": 174.0,
        "refund_rate_percent": 25.0,
        "growth_percent": 26.67,
    }


def test_every_product_that_is_known_has_its_performance(db: sqlite3.Connection) -> None:
    shelf(db)
    put(db, "product_orders", product_key=MUG, orders=21)
    put(db, "member_buyers", dimension="product", member=str(MUG), buyers=17)
    by_key = {row["product_key"]: row for row in report(db, "product_performance")}
    assert list(by_key) == [0, MUG, PLATE, CARD]
    assert by_key[MUG] == {
        "product_key": MUG,
        "title": "Mug",
        "vendor": "Kiln Co",
        "product_type": "Mugs",
        "status": "active",
        "is_deleted": "false",
        "orders": 21,
        "customers": 17,
        "units": 24,
        "returned_units": 6,
        "gross_sales": 240.0,
        "discounts": 16.0,
        "returns": 50.0,
        "net_sales": 174.0,
        "refund_rate_percent": 25.0,
        "growth_percent": 26.67,
        "first_month_sold": "2026-09",
        "last_month_sold": "2026-11",
    }
    assert by_key[PLATE]["is_deleted"] == "true"
    unsold = by_key[CARD]
    assert (unsold["orders"], unsold["units"], unsold["net_sales"]) == (0, 0, 0.0)
    assert (unsold["refund_rate_percent"], unsold["last_month_sold"]) == (None, None)


def test_every_variant_that_was_sold_has_its_performance(db: sqlite3.Connection) -> None:
    shelf(db)
    put(db, "product_variants", id=9, product_id=MUG, title="Grey", sku="MUG-GR")
    variants = report(db, "variant_performance")
    assert [(row["product_key"], row["variant_key"]) for row in variants] == [
        (0, 1000),
        (MUG, 9),
        (MUG, MUG + 1000),
        (PLATE, PLATE + 1000),
    ]
    assert variants[1] == {
        "product_key": MUG,
        "variant_key": 9,
        "title": "Mug",
        "variant_title": "Grey",
        "sku": "MUG-GR",
        "is_deleted": "false",
        "units": 12,
        "returned_units": 0,
        "gross_sales": 120.0,
        "discounts": 6.0,
        "returns": 0.0,
        "net_sales": 114.0,
        "refund_rate_percent": 0.0,
        "growth_percent": None,
        "first_month_sold": "2026-10",
        "last_month_sold": "2026-10",
    }
    assert (variants[2]["is_deleted"], variants[2]["growth_percent"]) == ("true", -100.0)


def test_pairs_tell_how_much_goes_together(db: sqlite3.Connection) -> None:
    shelf(db)
    sales(db, "2026-11-01", orders=100)
    for product, other, orders in (
        (MUG, 0, 20),
        (PLATE, 0, 10),
        (0, 0, 5),
        (MUG, PLATE, 8),
        (0, PLATE, 9),  # a custom line is no product
        (MUG, CARD, 1),
    ):
        put(db, "product_orders", product_key=product, other_key=other, orders=orders)
    assert report(db, "bought_together", top_n=1) == [
        {
            "product_key": MUG,
            "title": "Mug",
            "other_key": PLATE,
            "other_title": "Plate",
            "orders": 8,
            "support_percent": 8.0,
            "confidence_percent": 40.0,
            "other_confidence_percent": 80.0,
            "lift": 4.0,  # 8 orders, where chance would make 20 x 10 / 100
        }
    ]
    pairs = report(db, "bought_together", "product_key", "other_key", "lift")
    assert pairs == [(MUG, PLATE, 4.0), (MUG, CARD, None)]


def test_slow_movers_are_active_and_have_not_sold_for_90_days(db: sqlite3.Connection) -> None:
    """90 days before 22 November is 24 August: whoever sold in August is none of them."""
    products: dict[int, tuple[str, str | None, dict[str, Any]]] = {
        1: ("sold in August", "2026-08", {}),
        2: ("sold in July", "2026-07", {}),
        3: ("never sold", None, {}),
        4: ("given back in November", "2026-06", {}),
        5: ("a draft", None, {"status": "draft"}),
        6: ("deleted", None, {"is_deleted": 1}),
        7: ("new", None, {}),
    }
    for key, (title, month, columns) in products.items():
        put(db, "product_dim", **{"product_key": key, "title": title, "status": "active"} | columns)
        put(db, "products", id=key, created_at="2026-08-24T00:00:00Z" if key == 7 else "2026-08-23T23:59:59Z")
        if month:
            sold(db, key, month, 1, 100)
    sold(db, 4, "2026-11", 0, 0, returned_units=1, returns=100)
    for number, (key, stock, deleted_at) in enumerate(
        [(2, 5, None), (2, 6, None), (2, 90, "2026-01-01T00:00:00Z"), (4, 12, None)]
    ):
        put(
            db, "product_variants", id=number, product_id=key, inventory_quantity=stock, deleted_at=deleted_at
        )
    assert report(db, "slow_movers") == [
        {
            "product_id": 4,
            "title": "given back in November",
            "last_month_sold": "2026-06",
            "inventory_on_hand": 12,
        },
        {"product_id": 2, "title": "sold in July", "last_month_sold": "2026-07", "inventory_on_hand": 11},
        {"product_id": 3, "title": "never sold", "last_month_sold": None, "inventory_on_hand": None},
    ]
    assert len(report(db, "slow_movers", top_n=1)) == 1
