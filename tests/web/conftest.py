"""A demo shop's dashboards, without a login."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from demo_store.shop.life import open_shop
from fastapi.testclient import TestClient
from shopify_analytics.analytics import compute_summary
from shopify_analytics.config import Folders
from shopify_analytics.database import connect
from shopify_analytics.web.preview import preview

from tests.syncing import new_database


def visit(folders: Folders) -> TestClient:
    """A visitor of the dashboards of these folders."""
    return TestClient(preview(folders), "http://dashboards/shopify/", raise_server_exceptions=False)


@pytest.fixture(scope="session")
def shop_folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """A demo shop of about 300 orders, analysed once; not to be changed."""
    folder = tmp_path_factory.mktemp("dashboards")
    folders = Folders(folder / "data", folder / "logs")
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    store = open_shop(folder / "store.db", seed=5, orders=300, now=now)
    with new_database(folders.data_dir, store.shop) as syncs:
        syncs.load_store(store)
        compute_summary(syncs.db, 10)
    store.close()
    return folders


@pytest.fixture(scope="session")
def shop(shop_folders: Folders) -> TestClient:
    """A visitor of the demo shop's dashboards."""
    return visit(shop_folders)


@pytest.fixture
def shop_db(shop_folders: Folders) -> Iterator[sqlite3.Connection]:
    """The demo shop's database, to compare with."""
    with connect(shop_folders.database) as db:
        yield db


@pytest.fixture
def client(folders: Folders) -> TestClient:
    """A visitor of the dashboards of ``db``."""
    return visit(folders)
