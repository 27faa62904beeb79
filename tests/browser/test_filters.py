"""Dates, countries, channels and comparison: what they show, and that the address holds them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import requests

from tests.browser.language import ENGLISH
from tests.browser.reader import Reader, Visit
from tests.browser.shop import TODAY, Synced
from tests.browser.test_figures import OVERVIEW, differences, told

DAY = timedelta(days=1)
Days = tuple[date, date]


def presets() -> dict[str, tuple[Days, Days]]:
    """By preset: its days on the shop's calendar, and those that they are compared with."""
    today = date.fromisoformat(TODAY)
    counted = {
        f"Last {length} days": (days := (today - (length - 1) * DAY, today), before(days))
        for length in (7, 90, 365, 30)
    }
    return counted | {
        "This month": ((date(2026, 11, 1), today), (date(2026, 10, 1), date(2026, 10, 22))),
        "Last month": (
            (date(2026, 10, 1), date(2026, 10, 31)),
            (date(2026, 9, 1), date(2026, 9, 30)),
        ),
        "This year": ((date(2026, 1, 1), today), (date(2025, 1, 1), date(2025, 11, 22))),
        "Last year": ((date(2025, 1, 1), date(2025, 12, 31)), (date(2024, 1, 1), date(2024, 12, 31))),
    }


def before(days: Days) -> Days:
    """As many days, right before."""
    length = days[1] - days[0] + DAY
    return days[0] - length, days[1] - length


def headline(synced: Synced, days: Days) -> dict[str, Any]:
    """The key figures of some days."""
    return synced.headline(*(day.isoformat() for day in days))


def assert_shows(reader: Reader, now: dict[str, Any], then: dict[str, Any] | None) -> None:
    """The cards come to show the figures, and the change against those before, unless there are none."""
    expected = told(ENGLISH, now, OVERVIEW)
    reader.wait_for_figures(expected)
    assert reader.figures() == expected
    compared = differences(ENGLISH, now, then, OVERVIEW) if then else {name: [] for name in OVERVIEW}
    assert reader.changes() == compared


def test_every_preset_shows_its_days_beside_those_before(visit: Visit, synced: Synced) -> None:
    reader = visit("overview")
    for name, (days, those_before) in presets().items():
        reader.page.get_by_role("combobox", name="Dates").select_option(label=name)
        assert_shows(reader, headline(synced, days), headline(synced, those_before))


def test_free_dates_show_these_days(visit: Visit, synced: Synced) -> None:
    reader = visit("overview")
    reader.page.get_by_role("combobox", name="Dates").select_option(label="Free range…")
    reader.page.get_by_label("From", exact=True).fill("2026-09-03")
    reader.page.get_by_label("To", exact=True).fill("2026-10-12")
    days = (date(2026, 9, 3), date(2026, 10, 12))
    assert_shows(reader, headline(synced, days), headline(synced, before(days)))
    assert reader.address() == "overview?from=2026-09-03&to=2026-10-12"


def test_free_dates_the_wrong_way_round_are_turned(visit: Visit, synced: Synced) -> None:
    reader = visit("overview?from=2026-10-12&to=2026-09-03")
    days = (date(2026, 9, 3), date(2026, 10, 12))
    assert_shows(reader, headline(synced, days), headline(synced, before(days)))
    assert reader.page.get_by_label("From", exact=True).input_value() == "2026-09-03"
    assert reader.page.get_by_label("To", exact=True).input_value() == "2026-10-12"


def test_without_comparison_no_card_and_no_line_is_of_the_time_before(visit: Visit, synced: Synced) -> None:
    reader = visit("overview")
    reader.page.get_by_label("Compare", exact=True).uncheck()
    reader.page.wait_for_function("() => !document.querySelector('.against > *')")
    assert_shows(reader, synced.summary()["last_30_days"], None)
    assert reader.address() == "overview?compare=0"
    reader.card("Total sales over time").locator(".plot svg").hover()
    tooltip = reader.page.locator(".tooltip")
    tooltip.wait_for()
    assert tooltip.locator("dt").all_text_contents() == ["Total sales", "Net sales", "Orders"]


def asked(url: str, report: str, **parameters: str) -> list[dict[str, Any]]:
    """The rows that the API answers."""
    answer = requests.get(f"{url}/api/reports/{report}", parameters, timeout=60).json()
    return [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]


def test_a_country_and_then_a_channel_of_it_show_what_the_api_answers(
    visit: Visit, synced: Synced, url: str
) -> None:
    now, then = presets()["Last 90 days"]
    reader = visit("overview?range=90d")
    chosen = {"country": ("Country", "Netherlands", "NL"), "channel": ("Channel", "Online Store", None)}
    parts: dict[str, str] = {}
    for name, (label, option, value) in chosen.items():
        control = reader.page.get_by_role("combobox", name=label)
        control.select_option(label=option)
        parts[name] = value or control.input_value()
        answers = [
            asked(url, "headline", start=days[0].isoformat(), end=days[1].isoformat(), **parts)[0]
            for days in (now, then)
        ]
        assert_shows(reader, answers[0], answers[1])
        assert answers[0]["total_sales"] != headline(synced, now)["total_sales"]
    assert reader.address() == "overview?range=90d&country=NL&channel=Online+Store"


def test_what_a_filter_does_not_reach_says_so(visit: Visit) -> None:
    reader = visit("overview?country=NL")
    assert "All countries" in (reader.card("Top products").locator(".scope").text_content() or "")
    assert "All countries" not in (
        reader.card("Total sales over time").locator(".scope").text_content() or ""
    )


def test_customers_by_month_follow_a_country_and_leave_out_what_is_not_known_of_it(
    visit: Visit, url: str
) -> None:
    found = asked(url, "customers_by_month", country="NL", start="2025-11-23", end=TODAY)
    reader = visit("orders?country=NL")
    card = reader.card("New and returning customers")
    assert card.locator(".scope").text_content() == "Since Nov 23, 2025"
    card.locator(".mark-rect.role-mark path").last.hover()
    tooltip = reader.page.locator(".tooltip")
    tooltip.wait_for()
    assert tooltip.locator("dt").all_text_contents() == ["New", "Returning"]
    reader.choose("Customers won so far", "Show as table")
    assert [line[1:] for line in reader.table("Customers won so far")] == [
        [ENGLISH.told(name, row[name]) for name in ("new_customers", "customers_to_date")] for row in found
    ]


def test_growth_and_slow_movers_say_of_which_days_they_are(visit: Visit) -> None:
    growth = visit("geography?range=7d").card("Growth by country")
    assert growth.locator(".scope").text_content() == "Last 30 days"
    slow = visit("analysis?range=7d").card("Slow movers")
    assert slow.locator(".scope").text_content() == "Last 90 days"


def test_the_order_list_says_what_it_does_not_follow(visit: Visit) -> None:
    reader = visit("orders")
    scope = reader.card("Orders").locator(".scope")
    assert scope.text_content() == ""
    reader.page.get_by_role("combobox", name="Country").select_option(label="Germany")
    scope.filter(has_text="All countries").wait_for()
    assert scope.text_content() == "All countries"
    reader.page.get_by_label("Order number").fill("1234")
    scope.filter(has_text="All time").wait_for()
    assert scope.text_content() == "All time · All countries"


def test_back_forward_and_reload_restore_the_view(visit: Visit, synced: Synced) -> None:
    reader = visit("overview")
    shown = {name: [headline(synced, days) for days in both] for name, both in presets().items()}
    for name in ("Last 7 days", "Last month"):
        reader.page.get_by_role("combobox", name="Dates").select_option(label=name)
        assert_shows(reader, *shown[name])
    reader.page.go_back()
    assert_shows(reader, *shown["Last 7 days"])
    assert reader.address() == "overview?range=7d"
    assert reader.page.get_by_role("combobox", name="Dates").input_value() == "7d"
    reader.page.go_forward()
    assert_shows(reader, *shown["Last month"])
    reader.page.reload()
    reader.settle()
    assert_shows(reader, *shown["Last month"])
    assert reader.page.get_by_role("combobox", name="Dates").input_value() == "last-month"


def test_a_shared_address_opens_the_same_for_another_reader(visit: Visit) -> None:
    reader = visit("overview?from=2026-08-01&to=2026-08-31")
    reader.page.get_by_role("combobox", name="Country").select_option(label="Germany")
    reader.page.wait_for_url("**country=DE*")
    reader.page.reload()
    reader.settle()
    other = visit(reader.address())
    assert other.figures() == reader.figures()
    assert other.page.get_by_role("combobox", name="Country").input_value() == "DE"


def test_an_address_that_makes_no_sense_shows_what_is_usual(visit: Visit, synced: Synced) -> None:
    reader = visit("overview?range=42x&from=yesterday&to=2026-99-99&compare=perhaps")
    assert reader.figures() == told(ENGLISH, synced.summary()["last_30_days"], OVERVIEW)
