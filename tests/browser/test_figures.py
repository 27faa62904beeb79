"""The figures on the pages are the summary's, in the reader's language."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.language import ENGLISH, GERMAN, Language
from tests.browser.reader import Visit
from tests.browser.shop import Synced

LANGUAGES = pytest.mark.parametrize("language", [ENGLISH, GERMAN], ids=lambda language: language.code)
OVERVIEW = (
    "total_sales",
    "net_sales",
    "total_orders",
    "ordering_customers",
    "average_order_value",
    "total_discounts",
    "total_tax",
    "average_processing_days",
    "total_outstanding",
    "repeat_rate_percent",
)
COUNTRIES = ("country", "orders", "customers", "net_sales", "total_sales", "average_order_value")


def told(language: Language, figures: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """These figures as cards have them."""
    return {name: language.told(name, figures[name]) for name in names}


def differences(
    language: Language, now: dict[str, Any], before: dict[str, Any], names: tuple[str, ...]
) -> dict[str, list[str]]:
    """How cards tell the difference to the time before; against nothing there is none."""

    def difference(name: str) -> list[str]:
        if now[name] is None or before[name] is None:
            return []
        then = f"before {language.told(name, before[name])}"
        return [language.change(name, now[name], before[name]), then] if before[name] else [then]

    return {name: difference(name) for name in names}


@LANGUAGES
def test_the_first_page_shows_the_last_30_days_beside_the_30_before(
    visit: Visit, synced: Synced, language: Language
) -> None:
    summary = synced.summary()
    now, before = summary["last_30_days"], summary["previous_30_days"]
    reader = visit("overview", language=language)
    assert reader.figures() == told(language, now, OVERVIEW)
    assert reader.changes() == differences(language, now, before, OVERVIEW)


@LANGUAGES
def test_all_time_is_the_summarys_headline(visit: Visit, synced: Synced, language: Language) -> None:
    reader = visit("overview?range=all", language=language)
    assert reader.figures() == told(language, synced.summary(), OVERVIEW)
    assert reader.changes() == {name: [] for name in OVERVIEW}


@LANGUAGES
def test_top_products_are_the_summarys(visit: Visit, synced: Synced, language: Language) -> None:
    reader = visit("overview", language=language)
    reader.choose("Top products", "Show as table")
    assert [line[:4] for line in reader.table("Top products")] == [
        [
            row["title"],
            language.told("units", row["units"]),
            language.told("net_sales", row["net_sales"]),
            language.told("refund_rate_percent", row["refund_rate_percent"]),
        ]
        for row in synced.summary()["top_products"]
    ]


@LANGUAGES
def test_countries_of_all_time_are_the_summarys(visit: Visit, synced: Synced, language: Language) -> None:
    reader = visit("geography?range=all", language=language)
    assert reader.table("All countries") == [
        [
            *(language.told(column, row[column]) for column in COUNTRIES[:1]),
            *(language.told(column, row[column]) for column in COUNTRIES[1:]),
            language.told("share_percent", row["share_percent"]),
            language.growth(row["growth_percent"]),
        ]
        for row in named(synced.summary()["countries"])
    ]


def named(countries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Orders without a country stand in a line of their own."""
    return [row | {"country": row["country"] or "None or unknown"} for row in countries]


def test_the_scorecard_is_the_summarys(visit: Visit, synced: Synced) -> None:
    reader = visit("analysis")
    assert [line[1:3] for line in reader.table("Scorecard")] == [
        [in_scorecard(row["metric"], row[period]) for period in ("this_period", "previous_period")]
        for row in synced.summary()["scorecard"]
    ]


def in_scorecard(metric: str, value: float) -> str:
    """A metric's value as the scorecard has it: days to two digits."""
    is_decimal = metric.endswith(("_days", "per_order"))
    return ENGLISH.number(value, 2) if is_decimal else ENGLISH.told(metric, value)


def test_orders_by_status_channel_and_device_are_the_breakdowns(visit: Visit, synced: Synced) -> None:
    reader = visit("orders?range=all")
    headings = {
        "Orders by payment status": "financial_status",
        "Orders by channel": "channel",
        "Orders by device": "device",
    }
    for heading, dimension in headings.items():
        reader.choose(heading, "Show as table")
        expected = synced.report("breakdown", dimension=dimension)
        place = reader.heads(heading).index("Orders")
        assert [line[place] for line in reader.table(heading)] == [
            ENGLISH.told("orders", row["orders"]) for row in expected
        ]


def test_pipeline_health_tells_of_the_run_and_the_reconciliation(visit: Visit, synced: Synced) -> None:
    reader = visit("pipeline")
    (orders,) = synced.select("SELECT count(*) FROM orders WHERE deleted_at IS NULL")[0]
    compared = {line[0]: line[1:4] for line in reader.table("Reconciliation")}
    assert compared["orders"] == ["equal", ENGLISH.told("orders", orders), ENGLISH.told("orders", orders)]
    assert [line[1:3] for line in reader.table("Latest runs")] == [["success", "full"]]
    assert reader.card("Latest runs").locator("a").get_attribute("href") == (
        "../dags/shopify_sync/runs/first"
    )


def test_the_shop_its_currency_and_its_time_zone_are_named(visit: Visit, synced: Synced) -> None:
    reader = visit("overview")
    ((name,),) = synced.select("SELECT value FROM metadata WHERE key = 'shop.name'")
    assert reader.page.locator("#shop").text_content() == name
    zone = reader.page.locator("#zone").text_content() or ""
    assert ("EUR" in zone, "Europe/Amsterdam" in zone) == (True, True)
