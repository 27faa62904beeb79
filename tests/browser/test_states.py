"""When there is nothing to show, a page says what to do, and recovers without being loaded again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from screenshots import served
from shopify_analytics.config import Folders
from shopify_analytics.database import connect
from shopify_analytics.shop import remember_shop

from tests.browser.language import ENGLISH
from tests.browser.reader import Reader, Visit
from tests.browser.shop import Living, Synced, copied
from tests.browser.test_figures import OVERVIEW, told
from tests.browser.test_pages import PAGES
from tests.demo_store.records import SHOP
from tests.syncing import SCOPES

A_POLL = 31_000
FIRST_SYNC = "Trigger the DAG shopify_sync"


@pytest.fixture
def new(synced: Synced, tmp_path: Path) -> Iterator[Living]:
    """The shop before its first sync."""
    with copied(synced, tmp_path / "new", synced=False) as living:
        yield living


def notice(reader: Reader) -> str:
    """What the page says above everything else; nothing when all is well."""
    place = reader.page.locator("#notice")
    return (place.text_content() or "") if place.is_visible() else ""


def wait_for_notice(reader: Reader, text: str) -> None:
    """Wait until the page says something, or nothing any more."""
    reader.page.wait_for_function(
        """(text) => {
            const notice = document.getElementById("notice");
            return text ? !notice.hidden && notice.textContent.includes(text) : notice.hidden;
        }""",
        arg=text,
    )


@pytest.mark.parametrize("page", PAGES)
def test_before_the_first_sync_every_page_says_what_to_do(visit: Visit, tmp_path: Path, page: str) -> None:
    with served(Folders(tmp_path / "data", tmp_path / "logs")) as url:
        reader = visit(page, at=url, is_drawn=False)
        wait_for_notice(reader, FIRST_SYNC)
        forget_refusals(reader)
        words = reader.page.locator("main").text_content() or ""
        assert ("undefined" in words, "null" in words, "NaN" in words) == (False, False, False)


def test_the_first_sync_fills_an_open_page(visit: Visit, new: Living) -> None:
    with served(new.folders) as url:
        reader = visit("overview", at=url, is_drawn=False, has_clock=True)
        wait_for_notice(reader, FIRST_SYNC)
        forget_refusals(reader)
        new.sync("first", full=True)
        reader.let_pass(A_POLL)
        wait_for_notice(reader, "")
        reader.wait_for_figures(told(ENGLISH, new.summary()["last_30_days"], OVERVIEW))
        reader.settle()
        reader.page.get_by_role("combobox", name="Dates").select_option(label="All time")
        reader.wait_for_figures(told(ENGLISH, new.summary(), OVERVIEW))


def test_a_shop_without_orders_says_so(visit: Visit, tmp_path: Path) -> None:
    folders = Folders(tmp_path / "data", tmp_path / "logs")
    with connect(folders.database) as db:
        remember_shop(db, SHOP, SCOPES)
    with served(folders) as url:
        for page in PAGES:
            reader = visit(page, at=url, is_drawn=False)
            wait_for_notice(reader, "The store has no orders yet")
            assert reader.page.locator("#shop").text_content() == SHOP["name"]


def test_old_data_is_called_old(visit: Visit, synced: Synced) -> None:
    reader = visit("overview", has_clock=True)
    assert notice(reader) == ""
    ((began,),) = synced.select("SELECT max(started_at) FROM task_attempts WHERE task_id = 'plan_sync'")
    reader.page.clock.set_system_time(datetime.fromisoformat(began) + timedelta(hours=3))
    reader.let_pass(A_POLL)
    wait_for_notice(reader, "3 hr")
    assert "Pipeline Health" in notice(reader)
    assert reader.figures() == told(ENGLISH, synced.summary()["last_30_days"], OVERVIEW)


def test_a_page_outlives_its_server(visit: Visit, synced: Synced) -> None:
    expected = told(ENGLISH, synced.summary()["last_30_days"], OVERVIEW)
    with served(synced.folders) as url:
        reader = visit("overview", at=url, has_clock=True)
    reader.let_pass(A_POLL)
    wait_for_notice(reader, "does not answer")
    assert reader.figures() == expected
    assert {complaint.partition(":")[0] for complaint in reader.complaints} == {"error", "net"}
    reader.complaints.clear()
    with served(synced.folders, port=int(url.split(":")[2].partition("/")[0])):
        reader.let_pass(A_POLL)
        wait_for_notice(reader, "")
        assert reader.figures() == expected
        reader.page.get_by_role("combobox", name="Dates").select_option(label="All time")
        reader.wait_for_figures(told(ENGLISH, synced.summary(), OVERVIEW))


def test_a_page_that_was_opened_at_a_bad_moment_recovers(
    visit: Visit, synced: Synced, tmp_path: Path
) -> None:
    folders = Folders(tmp_path / "data", tmp_path / "logs")
    folders.data_dir.mkdir()
    folders.database.write_bytes(b"no database at all" * 1000)
    with served(folders) as url:
        reader = visit("overview", at=url, is_drawn=False, has_clock=True)
        wait_for_notice(reader, "make restore")
        forget_refusals(reader)
        folders.database.write_bytes(synced.folders.database.read_bytes())
        reader.let_pass(A_POLL)
        wait_for_notice(reader, "")
        reader.wait_for_figures(told(ENGLISH, synced.summary()["last_30_days"], OVERVIEW))


def forget_refusals(reader: Reader) -> None:
    """Let pass that reports were refused (503), and nothing else."""
    reader.page.wait_for_load_state("networkidle")
    reader.complaints[:] = [complaint for complaint in reader.complaints if "503" not in complaint]
