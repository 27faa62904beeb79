"""Pipeline Health: bars of few runs, legends of what occurs, times as people write them, and long words."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from screenshots import served
from shopify_analytics import incidents
from shopify_analytics.config import Folders
from shopify_analytics.database import connect
from shopify_analytics.errors import ShopifyUnavailable

from tests.browser.language import ENGLISH, GERMAN, Language
from tests.browser.reader import Visit
from tests.browser.shop import Synced
from tests.browser.test_pages import TOO_WIDE
from tests.past_runs import add_try, end_run

ZONE = ZoneInfo("Europe/Amsterdam")
BEGAN = "2026-11-21T23:30:00Z"
REASON = f"The store was away since {BEGAN}, and 'created_at' was '{BEGAN}'"
WORD = "/a/path/" + 12 * "of/many/parts/"
RUNS, TASKS, REQUESTS = "How long runs took", "How long tasks take", "Requests to Shopify"
# Of a card: each bar's middle and width, and the middles of the labels below.
BARS = """(card) => {
    const boxes = (selector) => [...card.querySelectorAll(selector)]
        .map((each) => each.getBoundingClientRect()).filter(({ width, height }) => width * height > 0);
    const middle = ({ left, width }) => left + width / 2;
    const bars = boxes(".mark-rect.role-mark path");
    return {
        widths: bars.map(({ width }) => width),
        middles: bars.map(middle).sort((one, other) => one - other),
        labels: boxes(".role-axis-label text").filter(({ width }) => width > 30).map(middle),
    };
}"""
# Of a card: each name in the legend with its colour.
LEGEND = """(card) => {
    const texts = [...card.querySelectorAll(".role-legend-label text")].map((text) => text.textContent);
    const symbols = [...card.querySelectorAll(".role-legend-symbol path")];
    return Object.fromEntries(texts.map((text, place) => [text, symbols[place].getAttribute("fill")]));
}"""
TEAL, ORANGE, GREY, PURPLE = "#12958a", "#e0761b", "#8a94a6", "#a94f9b"


@pytest.fixture
def changed(synced: Synced, tmp_path: Path) -> Callable[..., Any]:
    """Where the shop's dashboards are once its ledger was changed."""

    @contextmanager
    def change(work: Callable[[Any], None]) -> Iterator[str]:
        shutil.copytree(synced.folders.data_dir, tmp_path / "data")
        folders = Folders(tmp_path / "data", tmp_path / "logs")
        with connect(folders.database) as db:
            work(db)
        with served(folders) as url:
            yield url

    return change


def three_runs(db: Any) -> None:
    """Two more runs that went well, ten minutes apart, of a minute each."""
    for number in (1, 2):
        end_run(db, f"run-{number}")
    for number, run_id in enumerate(("first", "run-1", "run-2")):
        times = (f"2026-11-22T1{number}:00:00Z", f"2026-11-22T1{number}:01:00Z", run_id)
        db.execute("UPDATE sync_runs SET started_at = ?, finished_at = ? WHERE run_id = ?", times)
        db.execute("UPDATE task_attempts SET api_calls = 9 WHERE run_id = ?", (run_id,))


def failures(db: Any) -> None:
    """A run of a task that was tried again, and failed with a reason that holds times."""
    add_try(db, "failed", "fetch_products", state="up_for_retry", reason="Shopify answered 503")
    add_try(db, "failed", "push_to_sheets", state="skipped")
    end_run(db, "failed", "failed", errors={"fetch_orders": ShopifyUnavailable(REASON)})
    incidents.update(db, {"run_failed": REASON}, "failed")


@pytest.mark.parametrize("width", [1600, 900, 390])
def test_bars_of_few_runs_are_narrow_and_stand_above_their_time(
    visit: Visit, changed: Callable[..., Any], width: int
) -> None:
    with changed(three_runs) as url:
        reader = visit("pipeline", at=url, width=width)
        for heading in (RUNS, REQUESTS):
            found = reader.card(heading).evaluate(BARS)
            assert len(found["widths"]) == 3
            assert all(20 <= bar <= 25 for bar in found["widths"]), heading
            if len(found["labels"]) == 3:
                assert found["middles"] == pytest.approx(found["labels"], abs=2)


def test_a_legend_names_what_occurs_each_in_its_own_colour(
    visit: Visit, changed: Callable[..., Any], url: str
) -> None:
    reader = visit("pipeline")
    assert reader.card(RUNS).evaluate(LEGEND) == {"success": TEAL}
    assert reader.card(TASKS).evaluate(LEGEND) == {"success": TEAL}
    with changed(failures) as changed_url:
        reader = visit("pipeline", at=changed_url)
        assert reader.card(RUNS).evaluate(LEGEND) == {"success": TEAL, "failed": ORANGE}
        states = {"success": TEAL, "failed": ORANGE, "skipped": GREY, "up for retry": PURPLE}
        assert reader.card(TASKS).evaluate(LEGEND) == states


@pytest.mark.parametrize(
    ("language", "moment"), [(ENGLISH, "Nov 22, 12:30 AM"), (GERMAN, "22. Nov., 00:30")], ids=["en", "de"]
)
def test_times_in_texts_are_those_of_the_shop(
    visit: Visit, changed: Callable[..., Any], language: Language, moment: str
) -> None:
    told = REASON.replace(f"since {BEGAN}", f"since {moment}")
    with changed(failures) as url:
        reader = visit("pipeline", at=url, language=language)
        (trouble,) = reader.page.locator(".troubles strong").all_text_contents()
        assert told in trouble
        (incident,) = reader.table("Incidents")
        assert incident[1:3] == ["run failed", told]
        assert reader.table("Tries that did not succeed")[-1][-1] == told


def test_times_are_written_as_those_of_the_axes(visit: Visit, changed: Callable[..., Any]) -> None:
    with changed(three_runs) as url:
        reader = visit("pipeline", at=url)
        axis = reader.card(RUNS).locator(".role-axis-label text").all_text_contents()
        written = [line[0] for line in reader.table("Latest runs")]
        hours = [
            datetime(2026, 11, 22, hour, tzinfo=ZoneInfo("UTC")).astimezone(ZONE) for hour in (12, 11, 10)
        ]
        assert written == [f"Nov 22, {hour:%-I:%M %p}" for hour in hours]
        assert [label for label in axis if "Nov" in label] == written[::-1]


def test_a_long_word_does_not_make_the_page_wider(visit: Visit, changed: Callable[..., Any]) -> None:
    def long(db: Any) -> None:
        end_run(db, "failed", "failed", errors={"fetch_orders": ShopifyUnavailable(WORD)})

    with changed(long) as url:
        reader = visit("pipeline", at=url, width=390)
        assert WORD in (reader.page.locator(".troubles").text_content() or "")
        assert reader.page.evaluate(TOO_WIDE) == []
