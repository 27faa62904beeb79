"""What is derived from orders, kept up to date load by load, is what a rebuild makes of them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from shopify_analytics.aggregates import rebuild
from shopify_analytics.database import table_version
from shopify_analytics.sql import names

from tests.demo_store.records import (
    FIRST_CUSTOMER_ID,
    FIRST_ORDER_ID,
    FIRST_PRODUCT_ID,
    SHOP,
    customer,
    line_item,
    order,
    product,
    timestamp,
)
from tests.syncing import Syncs, select, short_lived_database

DERIVED = (*names("aggregates"), "buyers", "product_dim", "ledger_differences", "sales_ledger")
ORDER_COLUMNS = "id, buyer_id, order_seq, geo_country_code, geo_country, geo_city, geo_source"
EMAILS = (None, "", "ann@example.org", " ANN@example.org", "bo@example.org")
PLACES = (None, {"city": "Gent", "country": "Belgium", "country_code": "BE"})
DAY = 24 * 60


@dataclass(frozen=True)
class Batch:
    """What one load brings."""

    orders: list[dict[str, Any]]
    customers: list[dict[str, Any]]
    products: list[dict[str, Any]]
    deleted: dict[str, list[int]]


@st.composite
def sold_lines(draw: st.DrawFn, number: int) -> list[dict[str, Any]]:
    sold = sorted(draw(st.sets(st.integers(1, 4), max_size=4)))
    return [
        line_item(
            10 * number + index,
            product_id=draw(st.sampled_from([FIRST_PRODUCT_ID + index, None])),
            quantity=draw(st.integers(1, 3)),
            gift_card=draw(st.integers(1, 9)) == 1,
            vendor=draw(st.sampled_from(["Kiln Co", "Loom", None])),
        )
        for index in sold
    ]


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    number, minute = draw(st.integers(1, 6)), draw(st.integers(0, 60 * DAY))
    lines = draw(sold_lines(number))
    customer_number = draw(st.sampled_from([None, 1, 2]))
    returned = [
        {"id": line["id"] + 1, "line_item_id": line["id"], "quantity": 1, "subtotal": 24.5, "total_tax": 4.25}
        for line in lines
        if draw(st.integers(1, 3)) == 1
    ]
    refunded_at = timestamp(minute + draw(st.integers(0, 40 * DAY)))
    refund = {"id": 100 + number, "created_at": refunded_at, "refund_line_items": returned}
    discrepancy = {"id": 1, "kind": "refund_discrepancy", "amount": "-3.00"}
    address = draw(st.sampled_from(PLACES))
    return order(
        number,
        created_at=timestamp(minute),
        processed_at=timestamp(minute),
        updated_at=timestamp(draw(st.integers(0, 5))),
        customer={"id": FIRST_CUSTOMER_ID + customer_number} if customer_number else None,
        email=draw(st.sampled_from(EMAILS)),
        test=draw(st.integers(1, 6)) == 1,
        cancelled_at=refunded_at if draw(st.integers(1, 5)) == 1 else None,
        financial_status=draw(st.sampled_from(["paid", "refunded", None])),
        total_outstanding=draw(st.sampled_from(["0.00", "12.34"])),
        discount_codes=draw(
            st.sampled_from([[], [{"code": "autumn", "amount": "1.00", "type": "percentage"}]])
        ),
        line_items=lines,
        refunds=[refund | {"order_adjustments": draw(st.sampled_from([[], [discrepancy]]))}]
        if returned
        else [],
        shipping_address=address,
        billing_address=address and draw(st.sampled_from(PLACES)),
    )


@st.composite
def customers(draw: st.DrawFn) -> dict[str, Any]:
    number = draw(st.integers(1, 3))
    return customer(
        number,
        updated_at=timestamp(draw(st.integers(0, 5))),
        email=draw(st.sampled_from(EMAILS)),
        default_address=draw(st.sampled_from(PLACES)),
    )


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    gone = st.sets(st.integers(1, 6), max_size=1)
    return Batch(
        orders=draw(st.lists(orders(), max_size=4)),
        customers=draw(st.lists(customers(), max_size=2)),
        products=[
            product(
                number, title=f"Mug {draw(st.integers(1, 2))}", updated_at=timestamp(draw(st.integers(0, 5)))
            )
            for number in draw(st.sets(st.integers(1, 4), max_size=2))
        ],
        deleted={
            "orders": [FIRST_ORDER_ID + number for number in draw(gone)],
            "customers": [FIRST_CUSTOMER_ID + number for number in draw(gone)],
            "products": [FIRST_PRODUCT_ID + number for number in draw(gone)],
        },
    )


def derived(db: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    found = {table: sorted(select(db, f"SELECT * FROM {table}"), key=repr) for table in DERIVED}
    return found | {"orders": select(db, f"SELECT {ORDER_COLUMNS} FROM orders ORDER BY id")}


@settings(deadline=None, max_examples=60)
@given(history=st.lists(batches(), min_size=1, max_size=5))
def test_increments_come_to_what_a_rebuild_makes(history: list[Batch]) -> None:
    with short_lived_database(SHOP) as syncs:
        for batch in history:
            syncs.load(**vars(batch))
            kept = derived(syncs.db)
            rebuild(syncs.db, syncs.folder)
            assert kept == derived(syncs.db)


@settings(deadline=None, max_examples=20)
@given(batch=batches())
def test_the_same_again_derives_nothing_new(batch: Batch) -> None:
    with short_lived_database(SHOP) as syncs:
        for _ in range(2):
            syncs.load(orders=batch.orders, customers=batch.customers, products=batch.products)
        before = {table: table_version(syncs.db, table) for table in DERIVED}
        syncs.load(orders=batch.orders, customers=batch.customers, products=batch.products)
        assert {table: table_version(syncs.db, table) for table in DERIVED} == before


def test_a_rebuild_leaves_nothing_behind(syncs: Syncs) -> None:
    syncs.load(orders=[order(1)], customers=[customer(1)], products=[product(1)])
    rebuild(syncs.db, syncs.folder)
    assert select(syncs.db, "SELECT name FROM pragma_database_list ORDER BY seq") == [("main",)]
    assert not (syncs.folder / "rebuild.db").exists()
