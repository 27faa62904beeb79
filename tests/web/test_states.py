"""Whatever state the database is in: an answer, or one sentence and what to do; never a traceback."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from shopify_analytics.config import Folders
from shopify_analytics.database import AGGREGATES_STALE, connect, migrations, set_metadata
from shopify_analytics.errors import SettingsError
from shopify_analytics.web import reading
from shopify_analytics.web.app import create_app
from shopify_analytics.web.site import Remembered, Site

from tests.damaging import damage
from tests.demo_store.records import order
from tests.syncing import Syncs
from tests.web.conftest import visit

OF_DATA = ("api/reports/headline", "api/reports/daily?country=NL", "api/orders", "api/pipeline")


def states(client: TestClient, *paths: str) -> set[tuple[int, str, bool]]:
    """Status, state, and whether something is advised, of all answers."""
    answers = [client.get(path) for path in paths]
    return {(answer.status_code, answer.json()["state"], bool(answer.json()["advice"])) for answer in answers}


def test_without_a_database_the_pages_say_so(folders: Folders) -> None:
    client = visit(folders)
    assert states(client, "api/shop") == {(200, "no_database", True)}
    assert states(client, *OF_DATA) == {(503, "no_database", True)}
    assert not folders.database.exists()
    assert client.get("overview").status_code == 200
    folders.data_dir.mkdir()
    folders.database.touch()
    assert states(client, "api/shop") == {(200, "no_database", True)}


def test_a_database_that_knows_no_shop_yet_is_empty(folders: Folders) -> None:
    with connect(folders.database):
        pass
    client = visit(folders)
    assert states(client, "api/shop") == {(200, "empty", True)}
    assert states(client, *OF_DATA[:3]) == {(503, "empty", True)}


def test_a_shop_without_orders_is_empty_and_its_reports_are_too(
    client: TestClient, db: sqlite3.Connection
) -> None:
    told = client.get("api/shop").json()
    assert (told["state"], told["currency"], told["filters"]["country"]["members"]) == ("empty", "EUR", [])
    assert (told["message"], told["first_order_date"]) == ("The store has no orders yet", None)
    assert client.get("api/reports/daily").json()["rows"] == []
    assert client.get("api/orders").json()["rows"] == []


def test_a_shop_with_orders_is_ok(client: TestClient, syncs: Syncs) -> None:
    syncs.load(orders=[order(1)])
    told = client.get("api/shop").json()
    assert (told["state"], told["message"], told["advice"]) == ("ok", None, None)
    assert (told["currency"], told["minor_digits"], told["timezone"]) == ("EUR", 2, "Europe/Amsterdam")
    assert (told["today"], told["first_order_date"], told["last_order_date"]) == (
        "2026-11-22",
        "2026-11-20",
        "2026-11-20",
    )
    assert (told["data_as_of"], told["longest_age_minutes"], told["reconciliation"]) == (None, 45, None)


def test_a_database_of_an_older_version_waits_for_the_next_sync(
    client: TestClient, db: sqlite3.Connection
) -> None:
    db.execute("UPDATE metadata SET value = '3' WHERE key = 'schema_version'")
    assert states(client, "api/shop") == {(200, "outdated_schema", True)}
    assert states(client, *OF_DATA) == {(503, "outdated_schema", True)}


def test_figures_that_a_new_version_adds_wait_for_the_next_sync(
    client: TestClient, syncs: Syncs, db: sqlite3.Connection
) -> None:
    syncs.load(orders=[order(1)])
    set_metadata(db, AGGREGATES_STALE, "1")
    db.execute("DELETE FROM range_buyers")
    assert states(client, "api/shop") == {(200, "outdated_schema", True)}
    assert states(client, *OF_DATA[:3]) == {(503, "outdated_schema", True)}
    syncs.load(orders=[order(2)])
    assert client.get("api/shop").json()["state"] == "ok"


def test_a_database_of_a_newer_version_is_not_read(client: TestClient, db: sqlite3.Connection) -> None:
    newer = len(migrations()) + 1
    db.execute("UPDATE metadata SET value = ? WHERE key = 'schema_version'", (str(newer),))
    assert states(client, "api/shop", *OF_DATA) == {(503, "unreadable", True)}
    told = client.get("api/shop").json()["error"]
    assert told.startswith(f"shopify_data.db has schema version {newer}, this project knows {newer - 1}")


def test_another_programs_database_is_not_read(folders: Folders) -> None:
    folders.data_dir.mkdir()
    with sqlite3.connect(folders.database) as other:
        other.execute("CREATE TABLE bookmarks (url)")
    other.close()
    assert states(visit(folders), "api/shop", *OF_DATA) == {(503, "unreadable", True)}


def test_a_damaged_database_is_not_read(folders: Folders) -> None:
    folders.data_dir.mkdir()
    folders.database.write_bytes(b"no database at all" * 1000)
    client = visit(folders)
    assert states(client, "api/shop", *OF_DATA) == {(503, "unreadable", True)}
    assert "make restore" in client.get("api/shop").json()["advice"]


def test_a_database_damaged_within_is_an_error_and_no_traceback(
    client: TestClient, syncs: Syncs, db: sqlite3.Connection, folders: Folders
) -> None:
    syncs.load(orders=[order(number) for number in range(1, 50)])
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    damage(folders.database)
    answers = [client.get(path) for path in ("api/shop", *OF_DATA)]
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert "Traceback" not in "".join(answer.text for answer in answers)
    assert 503 in {answer.status_code for answer in answers}


def test_readers_do_not_wait_for_a_writer(client: TestClient, syncs: Syncs, db: sqlite3.Connection) -> None:
    syncs.load(orders=[order(1)])
    before = client.get("api/reports/headline").json()
    db.execute("BEGIN IMMEDIATE")
    db.execute("DELETE FROM orders")
    db.execute("DELETE FROM daily_sales")
    assert client.get("api/reports/headline").json() == before
    assert len(client.get("api/orders").json()["rows"]) == 1
    db.execute("ROLLBACK")


def test_a_locked_database_is_busy(
    client: TestClient, db: sqlite3.Connection, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WAIT_MS", 50)
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("BEGIN EXCLUSIVE")
    assert states(client, "api/shop", *OF_DATA) == {(503, "busy", True)}
    db.execute("ROLLBACK")
    assert client.get("api/shop").status_code == 200


def test_the_dashboards_write_nothing(
    client: TestClient, syncs: Syncs, folders: Folders, db: sqlite3.Connection
) -> None:
    syncs.load(orders=[order(1)])
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = folders.database.read_bytes()
    for path in ("api/shop", "api/definitions", *OF_DATA[:1], *OF_DATA[2:], "api/reports/daily?channel="):
        assert client.get(path).status_code in (200, 400), path
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert folders.database.read_bytes() == before


def test_answers_change_with_the_data_and_only_then(client: TestClient, syncs: Syncs) -> None:
    syncs.load(orders=[order(1)])
    first = client.get("api/reports/headline")
    known = {"If-None-Match": first.headers["etag"]}
    syncs.load(orders=[order(1)])
    assert client.get("api/reports/headline", headers=known).status_code == 304
    syncs.load(orders=[order(2)])
    again = client.get("api/reports/headline", headers=known)
    assert again.json()["rows"][0][0] == 2
    assert again.json()["version"] == client.get("api/shop").json()["version"] != first.json()["version"]


def test_a_setting_that_cannot_be_used_is_told(folders: Folders) -> None:
    def broken() -> Site:
        raise SettingsError("Variable analytics_data_dir is 'data': set it to an absolute path")

    client = TestClient(create_app(broken, guards=[]), raise_server_exceptions=False)
    assert states(client, "/api/shop") == {(503, "settings", True)}


def test_an_error_that_nobody_foresaw_tells_nothing(folders: Folders) -> None:
    def broken() -> Site:
        raise ZeroDivisionError("secret")

    answer = TestClient(create_app(broken, guards=[]), raise_server_exceptions=False).get("/api/shop")
    assert (answer.status_code, "secret" in answer.text) == (500, False)
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")


def test_settings_are_read_twice_a_minute(folders: Folders) -> None:
    clock, reads = [100.0], []

    def read() -> Site:
        reads.append(clock[0])
        return Site(folders)

    remembered = Remembered(read, lambda: clock[0])
    for clock[0] in (100.0, 110.0, 129.9, 130.0, 150.0, 161.0):
        assert remembered() == Site(folders)
    assert reads == [100.0, 130.0, 161.0]


def test_many_visitors_at_once_get_the_same(shop: TestClient) -> None:
    paths = [
        "api/shop",
        "api/reports/headline?start=2026-10-01",
        "api/reports/headline?country=NL",
        "api/orders",
    ] * 5
    expected = {path: shop.get(path).content for path in paths}
    with ThreadPoolExecutor(8) as visitors:
        answers = list(visitors.map(shop.get, paths))
    assert [answer.content for answer in answers] == [expected[path] for path in paths]


def test_a_folder_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    nowhere = tmp_path / ("x" * 300)
    assert states(visit(Folders(nowhere, tmp_path)), "api/shop", *OF_DATA) == {(503, "unreadable", True)}
