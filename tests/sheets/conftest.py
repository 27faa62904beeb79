"""A small shop and a spreadsheet to push it into, on a clock that stands still."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from shopify_analytics.config import Folders

from tests.sheets_server import Book, SheetsServer, running_server
from tests.sheets_server.book import State
from tests.sheets_server.clients import Clock

pytest.register_assert_rewrite("tests.sheets.oracle", "tests.sheets.pushing", "tests.sheets.reading")

from tests.sheets import shops  # noqa: E402
from tests.sheets.pushing import BOOK, Desk  # noqa: E402


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the server and of the client: it passes when somebody waits."""
    clock = Clock()
    time = SimpleNamespace(monotonic=clock, time=clock, sleep=clock.sleep)
    monkeypatch.setattr("shopify_analytics.sheets.client.time", time)
    return clock


@pytest.fixture
def server(clock: Clock) -> Iterator[SheetsServer]:
    with running_server(clock=clock, sleep=clock.sleep) as server:
        yield server


@pytest.fixture
def book(server: SheetsServer) -> Book:
    """Called ``Shop``, with one empty sheet."""
    return server.add_book(BOOK, title="Shop")


@pytest.fixture
def empty_desk(db: sqlite3.Connection, folders: Folders, server: SheetsServer, book: Book) -> Desk:
    """Of a database without records."""
    return Desk.at(db, folders.database, server)


@pytest.fixture
def desk(empty_desk: Desk) -> Desk:
    """Of a shop of four products and twelve orders, which was not pushed yet."""
    shops.add_products(empty_desk.db, range(1, 5))
    shops.add_orders(empty_desk.db, range(1, 13))
    return empty_desk


@dataclass(frozen=True)
class Snapshot:
    """A database and a spreadsheet of one moment."""

    database: bytes
    state: State


@pytest.fixture(scope="session")
def snapshots() -> dict[str, Snapshot]:
    """What was made once, by name."""
    return {}


@pytest.fixture
def pushed(request: pytest.FixtureRequest, snapshots: dict[str, Snapshot]) -> Desk:
    """The same shop, pushed."""
    if "pushed" not in snapshots:
        desk: Desk = request.getfixturevalue("desk")
        desk.push()
        snapshots["pushed"] = Snapshot(desk.db.serialize(), desk.book().state)
        return desk
    desk = request.getfixturevalue("empty_desk")
    desk.restore(snapshots["pushed"].database, snapshots["pushed"].state)
    return desk
