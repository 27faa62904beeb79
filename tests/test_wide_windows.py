"""A window that the store cannot read in the order of ids is read in the store's own order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shopify_analytics.errors import ShopifyUnavailable
from shopify_analytics.fetch import fetch
from shopify_analytics.hooks.shopify import ShopifyHook
from shopify_analytics.staging import EntityStaging, Window, record_ids

from tests.demo_store.records import customer
from tests.hooks.scripted_store import Reply, ScriptedStore

MONTH = Window("2026-10-22T00:00:00Z", "2026-11-22T12:00:00Z")
EVERYTHING = Window(None, "2026-11-22T12:00:00Z")
BAD_GATEWAY = Reply(502, "<html><title>502 Bad Gateway</title></html>")
COUNT = Reply(200, {"count": 2})
TRIES = 5


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedStore]:
    with ScriptedStore() as store:
        connection = {"conn_type": "shopify", "host": store.url, "password": "demo-token"}
        monkeypatch.setenv("AIRFLOW_CONN_SHOPIFY_DEFAULT", json.dumps(connection))
        yield store


def fetch_customers(db: sqlite3.Connection, folder: Path, window: Window) -> dict[str, Any]:
    hook = ShopifyHook(sleep=lambda _: None)
    return fetch("customers", hook, db, EntityStaging.begin(folder / "customers", window), pytest.fail)


def test_it_is_read_without_since_id(db: sqlite3.Connection, shop: ScriptedStore, tmp_path: Path) -> None:
    newest_first = [customer(2), customer(1)]
    shop.script = [COUNT, *[BAD_GATEWAY] * TRIES, Reply(200, {"customers": newest_first})]
    assert fetch_customers(db, tmp_path, MONTH)["records"] == 2
    (page,) = EntityStaging.finished(tmp_path / "customers").pages()
    assert record_ids(page) == [record["id"] for record in newest_first]
    bounds = {"updated_at_min": MONTH.updated_at_min, "updated_at_max": MONTH.updated_at_max}
    asked = [request.query for request in shop.received]
    assert asked[0] == bounds
    assert asked[1:] == [bounds | {"limit": "250", "since_id": "0"}] * TRIES + [bounds | {"limit": "250"}]


def test_a_retry_of_it_starts_from_the_beginning(
    db: sqlite3.Connection, shop: ScriptedStore, tmp_path: Path
) -> None:
    more = {"Link": f'<{shop.url}/admin/api/2026-10/customers.json?page_info=x>; rel="next"'}
    first_page = Reply(200, {"customers": [customer(2)]}, more)
    shop.script = [COUNT, *[BAD_GATEWAY] * TRIES, first_page, BAD_GATEWAY]
    with pytest.raises(ShopifyUnavailable):
        fetch_customers(db, tmp_path, MONTH)
    shop.script = [COUNT, Reply(200, {"customers": [customer(1), customer(2)]})]
    fetch_customers(db, tmp_path, MONTH)
    assert shop.received[-1].query["since_id"] == "0"
    staged = {
        number
        for page in EntityStaging.finished(tmp_path / "customers").pages()
        for number in record_ids(page)
    }
    assert staged == {customer(1)["id"], customer(2)["id"]}


def test_a_full_read_has_no_dates_and_no_other_way(
    db: sqlite3.Connection, shop: ScriptedStore, tmp_path: Path
) -> None:
    shop.script = [COUNT, BAD_GATEWAY]
    with pytest.raises(ShopifyUnavailable):
        fetch_customers(db, tmp_path, EVERYTHING)
    assert len(shop.received) == 1 + TRIES
