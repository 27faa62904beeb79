"""The database file: opened, migrated, refused; its watermarks, its shop, its readers and writers."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from shopify_analytics import database
from shopify_analytics.config import SQL
from shopify_analytics.database import (
    AGGREGATES_STALE,
    advance_watermark,
    connect,
    get_metadata,
    get_watermark,
    mark_changed,
    migrations,
    set_metadata,
    table_version,
    transaction,
)
from shopify_analytics.entities import ENTITIES
from shopify_analytics.errors import DatabaseRefused
from shopify_analytics.shop import remember_shop, shop_timezone
from shopify_analytics.sql import names

from tests.demo_store.records import SHOP
from tests.syncing import SCOPES, dump, select

AddMigration = Callable[[str], None]
NOON = "2026-11-22T12:00:00Z"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a database will be, in a folder that is not there yet."""
    return tmp_path / "new" / "data" / "shopify_data.db"


@pytest.fixture
def add_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AddMigration:
    """Put a migration behind those of the project."""
    schema = tmp_path / "sql" / "schema"
    schema.mkdir(parents=True)
    for file in migrations():
        (schema / file.name).write_text(file.read_text())

    def add(sql: str) -> None:
        monkeypatch.setattr(database, "SQL", schema.parent)
        (schema / f"{len(migrations()) + 1:04d}_of_a_test.sql").write_text(sql)

    return add


@pytest.fixture
def other(db: sqlite3.Connection, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A second program's connection to ``db`` that never waits."""
    path = tmp_path / "data" / "shopify_data.db"
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        yield other


def test_a_new_database_has_every_migration_and_no_watermark(path: Path) -> None:
    with connect(path) as db:
        assert get_metadata(db, "schema_version") == str(len(migrations()))
        assert [get_watermark(db, entity) for entity in ("products", "customers", "orders")] == [None] * 3
        assert select(db, "PRAGMA journal_mode") == [("wal",)]
        tables = select(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    loaded = {table for entity in ENTITIES.values() for table in entity.tables}
    derived = {*names("aggregates"), "buyers", "product_dim", "ledger_differences"}
    bookkeeping = {"metadata", "rejected_records", "sync_runs", "task_attempts"}
    assert {name for (name,) in tables} >= loaded | derived | bookkeeping


def test_migrations_are_numbered_without_a_gap() -> None:
    numbers = [int(file.name.split("_")[0]) for file in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {file.parent for file in migrations()} == {SQL / "schema"}


def test_opening_a_database_again_changes_nothing(path: Path) -> None:
    with connect(path) as db:
        before = dump(db)
    with connect(path) as db:
        assert dump(db) == before


def test_programs_that_open_a_new_database_at_once_all_succeed(path: Path) -> None:
    def version(_: int) -> str | None:
        with connect(path) as db:
            return get_metadata(db, "schema_version")

    with ThreadPoolExecutor(8) as programs:
        assert set(programs.map(version, range(8))) == {str(len(migrations()))}


@pytest.mark.parametrize(
    ("sql", "kept"),
    [
        ("ALTER TABLE products ADD COLUMN body TEXT;", {"customers", "orders"}),
        ("ALTER TABLE product_variants ADD COLUMN weight REAL;", {"customers", "orders"}),
        ("ALTER TABLE line_items ADD COLUMN grams INTEGER;", {"products", "customers"}),
        ("CREATE INDEX products_by_title ON products (title);", {"products", "customers", "orders"}),
        ("CREATE TABLE locations (id INTEGER PRIMARY KEY);", {"products", "customers", "orders"}),
    ],
)
def test_a_migration_that_adds_a_column_has_its_entity_read_anew(
    path: Path, add_migration: AddMigration, sql: str, kept: set[str]
) -> None:
    with connect(path) as db:
        for entity in ("products", "customers", "orders"):
            advance_watermark(db, entity, NOON)
    add_migration(sql)
    with connect(path) as db:
        assert {entity for entity in ("products", "customers", "orders") if get_watermark(db, entity)} == kept
        assert get_metadata(db, "schema_version") == str(len(migrations()))


@pytest.mark.parametrize(
    ("sql", "stale"),
    [
        ("ALTER TABLE line_items ADD COLUMN grams INTEGER;", "1"),
        ("ALTER TABLE daily_sales ADD COLUMN weight INTEGER;", "1"),
        ("ALTER TABLE buyers ADD COLUMN weight INTEGER;", "1"),
        ("ALTER TABLE sync_runs ADD COLUMN host TEXT;", None),
        ("CREATE TABLE locations (id INTEGER PRIMARY KEY);", None),
    ],
)
def test_only_a_migration_of_tables_of_the_store_has_everything_derived_anew(
    path: Path, add_migration: AddMigration, sql: str, stale: str | None
) -> None:
    with connect(path) as db:
        set_metadata(db, AGGREGATES_STALE, None)
    add_migration(sql)
    with connect(path) as db:
        assert get_metadata(db, AGGREGATES_STALE) == stale


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    path: Path, add_migration: AddMigration
) -> None:
    with connect(path) as db:
        advance_watermark(db, "orders", NOON)
        before = dump(db)
    add_migration("ALTER TABLE orders ADD COLUMN colour TEXT;\nCREATE TABLE orders (id INTEGER);")
    with pytest.raises(DatabaseRefused) as refused, connect(path):
        pytest.fail("it must not open")
    assert str(refused.value) == (
        f"{len(migrations()):04d}_of_a_test.sql cannot update {path} (table orders already exists): nothing "
        "was changed. Go back to the version of this project that was used before, and report this"
    )
    with closing(sqlite3.connect(path)) as db:
        assert dump(db) == before


def test_a_statement_may_hold_semicolons_and_several_lines(path: Path, add_migration: AddMigration) -> None:
    add_migration(
        """
        CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT DEFAULT 'a; b'); -- and; a remark
        CREATE TRIGGER upper_notes AFTER INSERT ON notes BEGIN
            UPDATE notes SET text = upper(text) WHERE id = new.id;
        END;
        INSERT INTO notes DEFAULT VALUES;
        """
    )
    with connect(path) as db:
        assert select(db, "SELECT text FROM notes") == [("A; B",)]


def test_a_watermark_never_moves_back(db: sqlite3.Connection) -> None:
    for moment in (NOON, "2026-11-22T11:59:59Z", "2026-11-22T12:00:01Z", "2025-12-31T23:59:59Z"):
        advance_watermark(db, "orders", moment)
    assert get_watermark(db, "orders") == "2026-11-22T12:00:01Z"
    assert get_watermark(db, "products") is None


def test_a_table_counts_its_changes(db: sqlite3.Connection) -> None:
    mark_changed(db, ["orders", "refunds"])
    mark_changed(db, ["orders"])
    assert [table_version(db, table) for table in ("orders", "refunds", "products")] == [2, 1, 0]


def test_a_value_that_stays_keeps_the_time_of_its_change(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO metadata VALUES ('a', '1', '2020-01-01T00:00:00Z')")
    set_metadata(db, "a", "1")
    assert select(db, "SELECT updated_at FROM metadata WHERE key = 'a'") == [("2020-01-01T00:00:00Z",)]
    set_metadata(db, "a", None)
    assert get_metadata(db, "a") is None


def test_the_database_remembers_its_shop(db: sqlite3.Connection) -> None:
    assert dict(select(db, "SELECT key, value FROM metadata WHERE key LIKE 'shop.%'")) == {
        "shop.domain": "kiln-and-co.myshopify.com",
        "shop.name": "Kiln & Co",
        "shop.currency": "EUR",
        "shop.timezone": "Europe/Amsterdam",
        "shop.scopes": "read_all_orders read_customers read_orders read_products",
        "shop.url": "",
    }
    assert str(shop_timezone(db)) == "Europe/Amsterdam"


def test_another_shops_database_is_refused_and_stays_as_it_is(db: sqlite3.Connection) -> None:
    before = dump(db)
    with pytest.raises(DatabaseRefused) as error:
        remember_shop(db, SHOP | {"myshopify_domain": "other.example.org"}, SCOPES)
    assert str(error.value) == (
        "The database holds the store kiln-and-co.myshopify.com, the connection leads to other.example.org: "
        "make new-store moves the old files away; or set the Variable analytics_data_dir to a folder for the "
        "new store"
    )
    assert dump(db) == before


def test_a_database_that_knows_no_shop_has_no_time_zone(path: Path) -> None:
    with connect(path) as db, pytest.raises(DatabaseRefused, match="does not know its store yet"):
        shop_timezone(db)


def test_a_transaction_keeps_all_or_nothing(db: sqlite3.Connection) -> None:
    with pytest.raises(KeyboardInterrupt), transaction(db):
        _set_and_raise(db, KeyboardInterrupt())
    assert (get_metadata(db, "a"), db.in_transaction) == (None, False)
    with transaction(db):
        set_metadata(db, "a", "1")
    assert (get_metadata(db, "a"), db.in_transaction) == ("1", False)


def _set_and_raise(db: sqlite3.Connection, error: BaseException) -> None:
    set_metadata(db, "a", "1")
    raise error


def test_a_reader_never_waits_for_a_writer(db: sqlite3.Connection, other: sqlite3.Connection) -> None:
    with transaction(db):
        set_metadata(db, "a", "new")
        assert select(other, "SELECT count(*) FROM metadata WHERE key = 'a'") == [(0,)]
    assert select(other, "SELECT count(*) FROM metadata WHERE key = 'a'") == [(1,)]


def test_a_writer_never_waits_for_a_reader(db: sqlite3.Connection, other: sqlite3.Connection) -> None:
    other.execute("BEGIN")
    before = select(other, "SELECT count(*) FROM metadata")
    with transaction(db):
        set_metadata(db, "a", "new")
    assert select(other, "SELECT count(*) FROM metadata") == before
    other.execute("COMMIT")
    assert select(other, "SELECT count(*) FROM metadata") == [(before[0][0] + 1,)]


def test_a_writer_waits_for_another_writer(db: sqlite3.Connection, tmp_path: Path) -> None:
    waiting = threading.Event()

    def write() -> None:
        with connect(tmp_path / "data" / "shopify_data.db") as second:
            waiting.set()
            with transaction(second):
                set_metadata(second, "a", "second")

    writer = threading.Thread(target=write)
    with transaction(db):
        set_metadata(db, "a", "first")
        writer.start()
        assert waiting.wait(10)
    writer.join(10)
    assert get_metadata(db, "a") == "second"
