"""When a sync has brought something new, an open page comes to show it, in place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from screenshots import served

from tests.browser.language import ENGLISH
from tests.browser.reader import Visit
from tests.browser.shop import Living, Synced, copied
from tests.browser.test_figures import OVERVIEW, told

A_POLL = 31_000
# Notes every moment at which a figure or a chart that was there is not.
WATCH = """() => {
    window.gaps = [];
    const look = () => {
        for (const value of document.querySelectorAll("key-figure .value")) {
            if (!/\\d/.test(value.textContent)) window.gaps.push(value.parentElement.getAttribute("name"));
        }
        for (const card of document.querySelectorAll("chart-card")) {
            if (!card.querySelector(".plot:not(.unready) svg")) window.gaps.push(card.getAttribute("chart"));
        }
    };
    const everything = { subtree: true, childList: true, attributes: true, characterData: true };
    new MutationObserver(look).observe(document.body, everything);
}"""


@pytest.fixture
def living(synced: Synced, tmp_path: Path) -> Iterator[Living]:
    """The shop, as it lives on."""
    with copied(synced, tmp_path / "living") as living:
        yield living


def test_new_orders_are_shown_within_the_poll_without_flicker_or_a_jump(visit: Visit, living: Living) -> None:
    with served(living.folders) as url:
        reader = visit("overview", at=url, has_clock=True)
        before = reader.figures()
        reader.page.evaluate("() => scrollTo(0, 500)")
        reader.page.evaluate(WATCH)
        living.shop.live(days=3)
        living.sync("second")
        reader.let_pass(A_POLL)
        now = told(ENGLISH, living.summary()["last_30_days"], OVERVIEW)
        assert now["total_orders"] != before["total_orders"]
        reader.wait_for_figures(now)
        reader.settle()
        assert reader.page.evaluate("() => [window.gaps, scrollY]") == [[], 500]


def test_a_chart_that_is_shown_as_a_table_stays_one(visit: Visit, living: Living) -> None:
    with served(living.folders) as url:
        reader = visit("overview?range=all", at=url, has_clock=True)
        reader.choose("Top products", "Show as table")
        shown = reader.table("Top products")
        living.shop.live(days=3)
        living.sync("second")
        reader.let_pass(A_POLL)
        reader.wait_for_figures(told(ENGLISH, living.summary(), OVERVIEW))
        expected = [row["title"] for row in living.summary()["top_products"]]
        reader.page.wait_for_function(
            """([titles, before]) => {
                const lines = [...document.querySelectorAll("chart-card[chart=top_products] tbody tr")];
                const now = lines.map((line) => [...line.cells].map((cell) => cell.textContent));
                const isNew = JSON.stringify(now) !== JSON.stringify(before);
                return isNew && JSON.stringify(now.map(([title]) => title)) === JSON.stringify(titles);
            }""",
            arg=[expected, shown],
        )


def test_nothing_is_drawn_again_while_nothing_changes(visit: Visit, living: Living) -> None:
    with served(living.folders) as url:
        reader = visit("overview", at=url, has_clock=True)
        reader.page.evaluate(
            "() => document.querySelectorAll('.plot').forEach((plot) => (plot.isFirst = true))"
        )
        for _ in range(3):
            reader.let_pass(A_POLL)
            reader.page.wait_for_timeout(300)
        assert reader.page.evaluate(
            "() => [...document.querySelectorAll('.plot')].every((plot) => plot.isFirst)"
        )


def test_pipeline_health_shows_a_run_within_the_poll(visit: Visit, living: Living) -> None:
    with served(living.folders) as url:
        reader = visit("pipeline", at=url, has_clock=True)
        assert len(reader.table("Latest runs")) == 1
        living.shop.live(days=1)
        living.sync("second")
        reader.let_pass(A_POLL)
        reader.card("Latest runs").locator("tbody tr").nth(1).wait_for()
        assert [line[1:3] for line in reader.table("Latest runs")] == [
            ["success", "changes"],
            ["success", "full"],
        ]
