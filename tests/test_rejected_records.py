"""Records that cannot be read are set aside, and asked for until they are good or gone."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import pytest
from shopify_analytics.database import get_watermark
from shopify_analytics.staging import Window

from tests.demo_store.records import FIRST_ORDER_ID, customer, order, product
from tests.syncing import EVERYTHING, Syncs, rows, select

BAD = order(1, total_price="a lot")
LATER = Window("2026-11-22T11:50:00Z", "2026-11-22T12:10:00Z")


def rejected(db: sqlite3.Connection) -> list[tuple[str, int | None, str]]:
    found = select(db, "SELECT entity, record_id, reason FROM rejected_records ORDER BY entity, record_id")
    return [(entity, record_id, reason) for entity, record_id, reason in found]


def test_a_bad_record_is_set_aside_and_the_others_are_loaded(db: sqlite3.Connection, syncs: Syncs) -> None:
    loaded = syncs.load(orders=[BAD, order(2), order(3)], customers=[customer(1)])
    assert (loaded["orders"]["inserted"], loaded["line_items"]["inserted"]) == (2, 2)
    ((entity, record_id, reason, payload, run_id, at),) = select(db, "SELECT * FROM rejected_records")
    assert (entity, record_id, run_id) == ("orders", FIRST_ORDER_ID + 1, "run-1")
    assert reason == "total_price is 'a lot', not an amount"
    assert json.loads(payload) == BAD
    assert len(at) == len("2026-11-22T12:00:00Z")
    assert get_watermark(db, "orders") == EVERYTHING.updated_at_max


def test_the_warning_counts_them_and_names_the_first(syncs: Syncs) -> None:
    syncs.load(orders=[BAD, order(2, line_items=None, id="x"), order(3)], products=[product(1)])
    (warning,) = syncs.warnings
    assert warning == (
        "Could not read 2 of the orders, which wait in rejected_records; "
        "the first has id 7100000000001: total_price is 'a lot', not an amount"
    )


def test_a_warning_says_nothing_about_a_person(syncs: Syncs) -> None:
    syncs.load(customers=[customer(1, email=["mira@example.org"]), customer(2, created_at="Mira Holm")])
    (warning,) = syncs.warnings
    assert warning == (
        "Could not read 2 of the customers, which wait in rejected_records; "
        "the first has id 8200000000001: email is a list, not text"
    )


def test_a_bad_version_leaves_the_good_one_before_it(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[order(1)])
    loaded = syncs.load(orders=[BAD])
    assert loaded["orders"] == {"inserted": 0, "updated": 0, "unchanged": 0, "deleted": 0}
    assert rows(db, "orders")[FIRST_ORDER_ID + 1]["total_price"] == 24.5


def test_a_record_that_stays_bad_is_kept_once(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[BAD])
    syncs.load(orders=[BAD | {"total_price": "even more"}])
    assert rejected(db) == [("orders", FIRST_ORDER_ID + 1, "total_price is 'even more', not an amount")]
    assert select(db, "SELECT run_id FROM rejected_records") == [("run-2",)]


def test_a_record_that_is_good_again_is_forgotten(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[BAD], products=[product(1, title=[])])
    syncs.load(orders=[order(1)])
    assert rejected(db) == [("products", 9100000000001, "title is a list, not text")]
    assert list(rows(db, "orders")) == [FIRST_ORDER_ID + 1]


def test_a_record_that_is_gone_is_forgotten(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[BAD])
    syncs.load(deleted={"orders": [FIRST_ORDER_ID + 1]})
    assert rejected(db) == []


def test_a_bad_record_that_is_not_sent_again_keeps_waiting(db: sqlite3.Connection, syncs: Syncs) -> None:
    syncs.load(orders=[BAD])
    syncs.load(orders=[order(2)])
    assert [record_id for _, record_id, _ in rejected(db)] == [FIRST_ORDER_ID + 1]


@pytest.mark.parametrize("nameless", [{"name": "#1"}, {"id": None}, {"id": 2**63}, "text", None, [1]])
def test_a_record_without_an_id_holds_the_watermark(
    db: sqlite3.Connection, syncs: Syncs, nameless: object
) -> None:
    syncs.load()
    syncs.load(orders=[nameless, order(1)], window=LATER)
    assert list(rows(db, "orders")) == [FIRST_ORDER_ID + 1]
    assert [(entity, record_id) for entity, record_id, _ in rejected(db)] == [("orders", None)]
    assert get_watermark(db, "orders") == EVERYTHING.updated_at_max
    assert get_watermark(db, "products") == LATER.updated_at_max


def test_a_record_without_an_id_is_forgotten_with_the_next_answer(
    db: sqlite3.Connection, syncs: Syncs
) -> None:
    syncs.load(orders=[None, {}], customers=[{}])
    assert len(rejected(db)) == 3
    syncs.load(orders=[order(1)], customers=[{}], window=replace(LATER, updated_at_min=None))
    assert [(entity, record_id) for entity, record_id, _ in rejected(db)] == [("customers", None)]
    assert (get_watermark(db, "orders"), get_watermark(db, "customers")) == (LATER.updated_at_max, None)
