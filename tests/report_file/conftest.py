"""A demo shop's dashboards as files, made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import pytest
from demo_store.shop.life import open_shop
from shopify_analytics.analytics import compute_summary
from shopify_analytics.config import Folders
from shopify_analytics.database import connect
from shopify_analytics.errors import ShopifyUnavailable
from shopify_analytics.report_file import pages
from shopify_analytics.report_file.render import render_report
from shopify_analytics.shop import remember_shop
from shopify_analytics.web.site import Site

from tests.past_runs import end_run
from tests.report_file.html_page import HtmlPage, read_html
from tests.syncing import SCOPES, Syncs

TARGETS = {"total_sales": 50_000}
AWAY_SINCE = "2026-11-21T23:30:00Z"
AWAY = f"The store was away since {AWAY_SINCE}, and 'created_at' was '{AWAY_SINCE}'"


@dataclass
class Report:
    """The folder of the files, and what writes them."""

    db: Connection
    folders: Folders
    folder: Path
    outcome: dict[str, Any] = field(default_factory=dict)

    def render(self) -> set[str]:
        """Write what changed; return the states that came of it."""
        site = Site(self.folders, timedelta(0), TARGETS)
        self.outcome = render_report(self.db, site, self.folder)
        assert {file["path"] for file in self.outcome.values()} == {str(path) for path in self.paths()}
        assert {file["path"]: file["bytes"] for file in self.outcome.values()} == {
            str(path): path.stat().st_size for path in self.paths()
        }
        return {file["state"] for file in self.outcome.values()}

    def paths(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    def marks(self) -> dict[str, int]:
        """What changes when a file is written, even with the same content."""
        return {path.name: path.stat().st_ino for path in self.paths()}

    def page(self) -> HtmlPage:
        return read_html((self.folder / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    """The report of a demo shop of about 300 orders and two runs; not to be changed."""
    folder = tmp_path_factory.mktemp("report")
    folders = Folders(folder / "data", folder / "logs")
    store = open_shop(folder / "store.db", seed=5, orders=300, now=datetime(2026, 11, 22, 12, tzinfo=UTC))
    with connect(folders.database) as db:
        remember_shop(db, store.shop, SCOPES)
        Syncs(db, folder / "staging").load_store(store)
        compute_summary(db, 10)
        end_run(db, "first", "failed", errors={"fetch_orders": ShopifyUnavailable(AWAY)})
        end_run(db, "second")
        db.execute("INSERT INTO maintenance_failures VALUES ('back_up', ?, ?)", (AWAY_SINCE, AWAY))
        report = Report(db, folders, folder / "dashboards")
        report.render()
        yield report
    store.close()


@pytest.fixture(scope="package")
def page(demo: Report) -> HtmlPage:
    """What its file says."""
    return demo.page()


@pytest.fixture
def report(db: Connection, folders: Folders, tmp_path: Path) -> Report:
    """No files yet, of the shop in ``db``."""
    return Report(db, folders, tmp_path / "dashboards")


@pytest.fixture
def short_report(report: Report, monkeypatch: pytest.MonkeyPatch) -> Report:
    """The same with no page but the first, which is enough where time is what matters."""
    monkeypatch.setattr(pages, "PAGES", pages.PAGES[:1])
    return report
