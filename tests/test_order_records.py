"""What is worked out of an order: local time, shipping, tax, tips and refunds."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies
from shopify_analytics.entities import CUSTOMERS, ORDERS, PRODUCTS, Entity
from shopify_analytics.fields import MalformedRecord, Row, ShopUnits

from tests.demo_store import records
from tests.demo_store.records import money
from tests.samples import sample

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NEW_YORK = ZoneInfo("America/New_York")


def read(zone: ZoneInfo = AMSTERDAM, **changes: Any) -> dict[str, list[Row]]:
    return ORDERS.rows(records.order(1, **changes), ShopUnits(zone, minor_digits=2))


def columns(row: Row, *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


@pytest.mark.parametrize(
    ("processed_at", "zone", "expected"),
    [
        ("2026-03-29T00:59:59Z", AMSTERDAM, ("2026-03-29", "2026-03-29T01:59:59", 1, 7)),
        ("2026-03-29T01:00:00Z", AMSTERDAM, ("2026-03-29", "2026-03-29T03:00:00", 3, 7)),
        ("2026-10-25T00:30:00Z", AMSTERDAM, ("2026-10-25", "2026-10-25T02:30:00", 2, 7)),
        ("2026-10-25T01:30:00Z", AMSTERDAM, ("2026-10-25", "2026-10-25T02:30:00", 2, 7)),
        ("2026-06-30T22:00:00Z", AMSTERDAM, ("2026-07-01", "2026-07-01T00:00:00", 0, 3)),
        ("2026-12-31T23:00:00Z", AMSTERDAM, ("2027-01-01", "2027-01-01T00:00:00", 0, 5)),
        ("2026-11-02T04:59:59Z", NEW_YORK, ("2026-11-01", "2026-11-01T23:59:59", 23, 7)),
        ("2026-11-02T06:00:00+01:00", NEW_YORK, ("2026-11-02", "2026-11-02T00:00:00", 0, 1)),
    ],
)
def test_an_order_has_the_date_and_hour_of_the_shops_clock(
    processed_at: str, zone: ZoneInfo, expected: tuple[Any, ...]
) -> None:
    (row,) = read(zone, processed_at=processed_at)["orders"]
    assert columns(row, "order_date", "ordered_at_local", "order_hour", "order_weekday") == expected


def test_an_order_is_dated_by_its_creation_only_when_nothing_else_is_known() -> None:
    (row,) = read(created_at="2026-11-20T12:00:00Z", processed_at=None)["orders"]
    assert columns(row, "processed_at", "order_date") == ("2026-11-20T12:00:00Z", "2026-11-20")
    (row,) = read(created_at="2026-11-20T12:00:00Z", processed_at="2019-01-02T12:00:00Z")["orders"]
    assert columns(row, "created_at", "order_date") == ("2026-11-20T12:00:00Z", "2019-01-02")
    (row,) = read(created_at=None, processed_at=None)["orders"]
    assert columns(row, "order_date", "order_hour", "processing_hours") == (None, None, None)


def test_processing_ends_with_the_first_fulfilment_that_succeeded() -> None:
    fulfillments = [
        {"id": 1, "status": "cancelled", "created_at": "2026-11-20T13:00:00Z"},
        {"id": 2, "status": "success", "created_at": "2026-11-22T23:30:00Z"},
        {"id": 3, "status": "success", "created_at": "2026-11-21T18:00:00Z"},
        {"id": 4, "status": "success", "created_at": None},
    ]
    (row,) = read(created_at="2026-11-20T12:00:00Z", fulfillments=fulfillments)["orders"]
    names = ("first_fulfilled_at", "fulfilled_date", "processing_seconds", "processing_hours")
    assert columns(row, *names) == ("2026-11-21T18:00:00Z", "2026-11-21", 30 * 3600, 30.0)


def test_a_cancelled_order_keeps_the_shops_date_of_it() -> None:
    (row,) = read(cancelled_at="2026-11-20T23:30:00Z", cancel_reason="fraud")["orders"]
    expected = ("2026-11-20T23:30:00Z", "2026-11-21", "fraud")
    assert columns(row, "cancelled_at", "cancelled_date", "cancel_reason") == expected


def test_shipping_is_that_of_lines_not_removed_after_their_discount() -> None:
    lines = [
        {
            "id": 1,
            "price": "7.00",
            "discounted_price": "4.90",
            "tax_lines": [{"price": "0.85"}, {"price": "0.10"}],
        },
        {"id": 2, "price": "3.10", "discount_allocations": [{"amount": "0.10"}, {"amount": "1.00"}]},
        {
            "id": 3,
            "price": "99.00",
            "discounted_price": "99.00",
            "is_removed": True,
            "tax_lines": [{"price": "17.18"}],
        },
    ]
    (row,) = read(shipping_lines=lines)["orders"]
    names = ("shipping_price", "shipping_discount", "total_shipping", "shipping_tax")
    assert columns(row, *names) == (10.1, 3.2, 6.9, 0.95)


def test_an_order_without_shipping_ships_for_nothing() -> None:
    (row,) = read(shipping_lines=[])["orders"]
    assert columns(row, "shipping_price", "shipping_discount", "total_shipping", "shipping_tax") == (
        0,
        0,
        0,
        0,
    )


def test_duties_and_fees_are_in_the_shops_currency() -> None:
    amount = {
        "shop_money": {"amount": "12.34", "currency_code": "EUR"},
        "presentment_money": {"amount": "18.00", "currency_code": "CAD"},
    }
    sets: dict[str, Any] = {
        "original_total_duties_set": amount,
        "current_total_duties_set": money("2.34"),
        "original_total_additional_fees_set": money("5.00"),
        "current_total_additional_fees_set": None,
    }
    (row,) = read(**sets)["orders"]
    names = ("total_duties", "current_total_duties", "total_additional_fees", "current_total_additional_fees")
    assert columns(row, *names) == (12.34, 2.34, 5.0, None)


def test_the_amount_that_the_buyer_saw_is_kept_in_the_buyers_currency() -> None:
    seen = {
        "shop_money": {"amount": "24.50", "currency_code": "EUR"},
        "presentment_money": {"amount": "26.95", "currency_code": "USD"},
    }
    (row,) = read(presentment_currency="USD", total_price_set=seen)["orders"]
    names = ("currency", "total_price", "presentment_currency", "presentment_total_price")
    assert columns(row, *names) == ("EUR", 24.5, "USD", 26.95)
    (row,) = read(total_price_set=None)["orders"]
    assert row["presentment_total_price"] is None


def test_an_order_has_its_channel_traffic_source_and_device() -> None:
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1"
    (row,) = read(
        source_name="web", referring_site="https://l.instagram.com/", client_details={"user_agent": phone}
    )["orders"]
    assert columns(row, "channel", "traffic_source", "device") == ("Online Store", "Instagram", "mobile")
    (row,) = read(source_name="pos", landing_site=None, client_details=None)["orders"]
    assert columns(row, "channel", "traffic_source", "device") == ("Point of Sale", None, None)


def test_a_lines_discount_and_tax_are_the_sums_of_their_parts() -> None:
    line = records.line_item(
        1,
        total_discount="1.00",
        discount_allocations=[{"amount": "0.10"}, {"amount": "0.20"}, {"amount": "1.00"}],
        tax_lines=[{"price": "1.10"}, {"price": "2.20"}],
    )
    (row,) = read(line_items=[line])["line_items"]
    assert columns(row, "discount_allocated", "total_tax") == (1.3, 3.3)


def test_gift_cards_and_tips_are_told_from_goods() -> None:
    lines = [
        records.line_item(1),
        records.line_item(2, gift_card=True),
        records.line_item(3, tip_payment_gateway="shopify_payments", tip_payment_method="Visa"),
        records.line_item(4, tip_payment_gateway=None, tip_payment_method=None),
    ]
    found = [columns(row, "gift_card", "is_tip") for row in read(line_items=lines)["line_items"]]
    assert found == [(0, 0), (1, 0), (0, 1), (0, 0)]


ADJUSTMENTS = [
    {"id": 1, "kind": "shipping_refund", "amount": "-7.00", "tax_amount": "-1.40"},
    {"id": 2, "kind": "refund_discrepancy", "amount": "-33.84", "tax_amount": "0.00"},
    {"id": 3, "kind": "of a kind not known yet", "amount": "10.00"},
]
SHIPPING_LINES = [
    {"subtotal_amount_set": money("5.00"), "tax_amount_set": money("1.00")},
    {"subtotal_amount_set": money("2.00"), "tax_amount_set": money("0.40")},
]


@pytest.mark.parametrize(
    ("refund", "expected"),
    [
        ({"refund_shipping_lines": SHIPPING_LINES, "order_adjustments": ADJUSTMENTS}, (7.0, 1.4, -23.84)),
        ({"refund_shipping_lines": [], "order_adjustments": ADJUSTMENTS}, (0.0, 0.0, -23.84)),
        ({"refund_shipping_lines": None, "order_adjustments": ADJUSTMENTS}, (0.0, 0.0, -23.84)),
        ({"order_adjustments": ADJUSTMENTS}, (7.0, 1.4, -23.84)),
        ({"order_adjustments": ADJUSTMENTS[2:]}, (0.0, 0.0, 10.0)),
        ({}, (0.0, 0.0, 0.0)),
    ],
    ids=["both forms count once", "no lines", "null lines", "old form", "given back less", "nothing"],
)
def test_refunded_shipping_counts_once_and_the_rest_is_discrepancy(
    refund: dict[str, Any], expected: tuple[float, ...]
) -> None:
    (row,) = read(refunds=[{"id": 1, **refund}])["refunds"]
    assert columns(row, "shipping_refunded", "shipping_tax_refunded", "discrepancy") == expected


def test_refunded_duties_are_in_the_shops_currency() -> None:
    duties = [{"duty_id": 1, "amount_set": money("12.00")}, {"duty_id": 2, "amount_set": money("0.34")}]
    (row,) = read(refunds=[{"id": 1, "duties": duties}])["refunds"]
    assert row["duties_refunded"] == 12.34


def test_a_refund_is_dated_by_its_processing_on_the_shops_calendar() -> None:
    refunds = [
        {"id": 1, "created_at": "2026-11-20T12:00:00Z", "processed_at": "2026-11-20T23:30:00Z"},
        {"id": 2, "created_at": "2026-11-20T12:00:00Z", "processed_at": None},
        {"id": 3, "created_at": None, "processed_at": None},
    ]
    assert [row["refund_date"] for row in read(refunds=refunds)["refunds"]] == [
        "2026-11-21",
        "2026-11-20",
        None,
    ]


EXTREMES = ["0001-01-01T00:00+05:00", "9999-12-31T23:59-05:00", "1e999", "-0", " 7 ", "half \ud83e", 2**70]
JSON = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats()
    | strategies.text(strategies.characters())
    | strategies.sampled_from(EXTREMES),
    lambda inner: (
        strategies.lists(inner, max_size=2) | strategies.dictionaries(strategies.text(), inner, max_size=2)
    ),
    max_leaves=4,
)


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where in a record something stands that could be anything else."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [found for key, part in parts for found in _paths(part, (*path, key))]


def _storable(value: Any) -> bool:
    if isinstance(value, str):
        value.encode()
    return value is None or (isinstance(value, (str, float, int)) and not isinstance(value, bool))


@pytest.mark.parametrize("entity", [PRODUCTS, CUSTOMERS, ORDERS], ids=lambda entity: entity.name)
@settings(deadline=None)
@given(data=strategies.data())
def test_whatever_a_field_holds_the_record_is_read_or_refused(
    entity: Entity, data: strategies.DataObject
) -> None:
    record = sample(entity.name.removesuffix("s"))
    *outer, last = data.draw(strategies.sampled_from(_paths(record)))
    place: Any = record
    for key in outer:
        place = place[key]
    place[last] = data.draw(JSON)
    try:
        rows = entity.rows(record, ShopUnits(NEW_YORK, minor_digits=2))
    except MalformedRecord:
        return
    assert all(_storable(value) for table in rows.values() for row in table for value in row.values())
