"""Records that cannot be read, and what is staged of records."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from shopify_analytics.entities import ORDERS
from shopify_analytics.fields import MalformedRecord, ShopUnits

from tests.demo_store import records
from tests.samples import sample

EUROS_IN_AMSTERDAM = ShopUnits(ZoneInfo("Europe/Amsterdam"), minor_digits=2)


@pytest.mark.parametrize("record", [None, "order", 5, [1], True])
def test_a_record_that_is_no_object_is_refused(record: Any) -> None:
    with pytest.raises(MalformedRecord, match=f"it is a {type(record).__name__}, not an object"):
        ORDERS.rows(record, EUROS_IN_AMSTERDAM)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"id": None}, "id is missing"),
        ({"updated_at": None}, "updated_at is missing"),
        ({"total_price": "a lot"}, "total_price is 'a lot', not an amount"),
        ({"customer": "Mira"}, "customer is a str, not an object"),
        ({"line_items": {}}, "line_items is a dict, not a list"),
        ({"line_items": [None]}, "line_items holds something else than objects"),
        ({"line_items": [records.line_item(1, quantity=None)]}, "quantity is missing"),
        ({"line_items": [records.line_item(1, price=None)]}, "price is missing"),
        ({"refunds": [{"id": None}]}, "id is missing"),
        ({"fulfillments": [{"status": "success"}]}, "id is missing"),
        ({"shipping_lines": [{"id": 1, "is_removed": "no"}]}, "is_removed is 'no', not true or false"),
        ({"id": 10**15}, "id 1000000000000000 or quantity 1 is too large for sales_ledger"),
        ({"payment_gateway_names": ["half \ud83e"]}, "payment_gateway_names holds half a surrogate pair"),
    ],
)
def test_a_malformed_field_is_named(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(MalformedRecord, match=complaint):
        ORDERS.rows(records.order(1, **changes), EUROS_IN_AMSTERDAM)


@pytest.mark.parametrize(
    ("record", "record_id"),
    [
        ({"id": 7}, 7),
        ({"id": "7"}, 7),
        ({"id": 2**63}, None),
        ({"id": True}, None),
        ({}, None),
        ("text", None),
    ],
)
def test_a_rejected_record_is_staged_with_its_id_if_it_has_one(record: Any, record_id: int | None) -> None:
    staged = ORDERS.staged(record, EUROS_IN_AMSTERDAM)
    assert (staged["id"], staged["payload"], staged.keys() - {"id", "payload"}) == (
        record_id,
        record,
        {"rejected"},
    )


def test_a_good_record_is_staged_as_its_rows() -> None:
    rows = ORDERS.rows(sample("order"), EUROS_IN_AMSTERDAM)
    assert ORDERS.staged(sample("order"), EUROS_IN_AMSTERDAM) == {"id": 7100000000001, "rows": rows}
