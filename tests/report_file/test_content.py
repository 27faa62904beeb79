"""What the report says: the summary's figures, every chart, and nothing that needs a network or a script."""

from __future__ import annotations

import re
import zlib
from typing import Any

import pytest
from shopify_analytics.analytics import compute_summary
from shopify_analytics.figures import FIGURES
from shopify_analytics.web.files import DASHBOARDS

from tests.report_file.conftest import AWAY, AWAY_SINCE, TARGETS, Report
from tests.report_file.html_page import Element, HtmlPage

MONEY = re.compile(r"-?€[\d,]+\.\d\d")
CHARTS = {path.stem for path in (DASHBOARDS / "charts").glob("*.json")}
AWAY_TOLD = AWAY.replace(f"since {AWAY_SINCE}", "since 22 Nov 2026, 00:30")
TITLES = [
    "Overview",
    "Geographic Overview",
    "Orders & Customers",
    "Coherent Analysis",
    "Pipeline Health",
    "What the figures mean",
]


@pytest.fixture(scope="module")
def summary(demo: Report) -> dict[str, Any]:
    """What the DAG writes of the same shop."""
    return compute_summary(demo.db, 10, TARGETS)


def rows(table: Element) -> list[list[str]]:
    """The texts of a table, with its head."""
    return [[cell.text() for cell in line.children if isinstance(cell, Element)] for line in table.find("tr")]


def card(page: HtmlPage, heading: str) -> Element:
    """The card with this heading."""
    cards = page.find(class_="card")
    (found,) = (each for each in cards if [name.text() for name in each.find("h3")][:1] == [heading])
    return found


def table(page: HtmlPage, heading: str) -> list[dict[str, str]]:
    """The lines of a card's table, by its heads."""
    head, *lines = rows(card(page, heading).find("table")[0])
    return [dict(zip(head, line, strict=True)) for line in lines]


def number(text: str) -> float:
    """A number that people read."""
    return float(re.sub(r"[€,%]|pt| d", "", text))


def shown(value: float, text: str) -> float:
    """The value as exact as the text is."""
    decimals = re.search(r"\.(\d+)", text)
    return round(value, len(decimals[1]) if decimals else 0)


def test_every_key_figure_is_that_of_the_summary_in_all_three_times(
    page: HtmlPage, summary: dict[str, Any]
) -> None:
    (glossary,) = page.find(id="glossary")[0].find("table")
    head, *lines = rows(glossary)
    assert head == ["Figure", "Last 30 days", "30 days before", "All time", "Meaning"]
    assert [(line[0], line[4]) for line in lines] == [(figure.name, figure.meaning) for figure in FIGURES]
    times = (summary["last_30_days"], summary["previous_30_days"], summary)
    for figure, line in zip(FIGURES, lines, strict=True):
        for text, values in zip(line[1:4], times, strict=True):
            value = values[figure.key]
            if isinstance(value, str):
                assert text.endswith(value[:4])
            elif value is None:
                assert text == "–"  # noqa: RUF001
            else:
                assert number(text) == shown(value, text)


def test_cards_compare_the_last_30_days_with_the_30_before(page: HtmlPage, summary: dict[str, Any]) -> None:
    now, then = summary["last_30_days"], summary["previous_30_days"]
    cards = {each.find("h3")[0].text(): each for each in page.find(class_="figure")}
    for name, key in (("Total sales", "total_sales"), ("Discounts", "total_discounts")):
        assert cards[name].find(class_="value")[0].text() == f"€{now[key]:,.2f}"
        change = 100 * (now[key] - then[key]) / then[key]
        sign = "▲" if change > 0 else "▼"
        percent = f"{abs(change):,.1f}".removesuffix(".0")
        against = cards[name].find(class_="against")[0].text()
        assert against == f"{sign} {percent}% before €{then[key]:,.2f}"
    tone = cards["Discounts"].find(class_="change")[0].attributes["class"].split()[-1]
    assert tone == ("bad" if now["total_discounts"] > then["total_discounts"] else "good")
    points = now["repeat_rate_percent"] - then["repeat_rate_percent"]
    assert f"{abs(points):.1f}".removesuffix(".0") + " pt" in cards["Repeat rate"].text()


def test_tables_have_the_reports_rows(page: HtmlPage, summary: dict[str, Any]) -> None:
    products = table(page, "Product performance All time")
    assert [row["Product"] for row in products][:10] == [row["title"] for row in summary["top_products"]]
    scorecard = table(page, "Scorecard Last 30 days")
    assert [number(row["This period"]) for row in scorecard] == [
        shown(expected["this_period"], row["This period"])
        for expected, row in zip(summary["scorecard"], scorecard, strict=True)
    ]
    (aimed,) = (row for row in scorecard if row["Target"] == "€50,000.00")
    assert aimed["Metric"] == "Total sales"
    orders, latest = table(page, "Newest orders")[:10], summary["latest_orders"]
    assert [(row["Order"], row["Total"]) for row in orders] == [
        (row["name"], f"€{row['total_price']:,.2f}") for row in latest
    ]


def test_every_chart_of_the_pages_is_drawn(page: HtmlPage) -> None:
    plots = page.find(class_="plot")
    assert {plot.attributes["data-chart"] for plot in plots} == CHARTS
    for plot in plots:
        (drawn,) = plot.find("svg")
        assert re.fullmatch(r"0 0 [\d.]+ [\d.]+", drawn.attributes["viewbox"])
        assert len(drawn.find("path")) + len(drawn.find("line")) > 3, plot.attributes["data-chart"]
        assert plot.attributes["aria-label"]
    sales = page.find(data_chart="sales_by_country")[0].text()
    assert "Netherlands" in sales
    assert re.search(r"€[\d.]+k", sales)


def test_the_report_says_whose_it_is_and_of_when(page: HtmlPage) -> None:
    (header,) = page.find("header")
    assert header.find("h1")[0].text() == "Kiln & Linen (demo)"
    told = header.text()
    assert "24 Oct 2026 to 22 Nov 2026, compared with 24 Sep 2026 to 23 Oct 2026" in told
    assert re.search(r"Data as of \d+ \w{3} \d{4}, \d\d:\d\d", told)
    assert "EUR, days and hours of Europe/Amsterdam" in told
    assert [heading.text() for heading in page.find("h2")] == TITLES
    assert [link.text() for link in page.find("nav")[0].find("a")] == TITLES


def test_each_printed_page_has_the_title_of_its_part(demo: Report) -> None:
    source = (demo.folder / "report.html").read_text(encoding="utf-8")
    titles = re.findall(r'@page \w+ \{ @top-left \{ content: "((?:\\[0-9a-f]{6})+)"; \} \}', source)
    assert ["".join(chr(int(code, 16)) for code in re.findall("[0-9a-f]{6}", title)) for title in titles] == (
        TITLES
    )
    assert "break-before: page" in source


def test_the_pipelines_part_tells_of_runs_and_of_what_failed(page: HtmlPage) -> None:
    assert [row["State"] for row in table(page, "Latest runs")] == ["success", "failed"]
    (odd,) = table(page, "Tries that did not succeed")
    assert (odd["Task"], odd["Reason"]) == ("fetch_orders", AWAY_TOLD)


def test_times_are_told_by_the_shops_clock_in_sentences_and_below_charts(page: HtmlPage) -> None:
    (trouble,) = page.find(class_="trouble")
    assert trouble.text().startswith(f"back_up failed: {AWAY_TOLD}. Open the DAG")
    for chart in ("run_durations", "api_requests"):
        (plot,) = page.find(data_chart=chart)
        for run in table(page, "Latest runs"):
            day, time = run["Started"].split(", ")
            assert f"{day.removesuffix(' 2026')}, {time}" in plot.text()


def test_bars_of_few_runs_are_narrow_and_their_legend_names_what_occurs(page: HtmlPage) -> None:
    (plot,) = page.find(data_chart="run_durations")
    drawn = [path.attributes["d"] for path in plot.find("path") if path.attributes.get("fill")]
    assert [bar[1] for path in drawn if (bar := re.match(r"M0,[\d.]+h([\d.]+)v", path))] == ["24", "24"]
    words = [text.text() for text in plot.find("text")]
    assert [state for state in ("success", "failed", "interrupted") if state in words] == [
        "success",
        "failed",
    ]


def test_the_file_needs_no_network_and_no_script(page: HtmlPage, demo: Report) -> None:
    allowed = {"href": ("#", "data:,")}
    for element in page:
        assert element.tag not in {"script", "iframe", "object", "embed", "img", "image", "base", "form"}
        for name, value in element.attributes.items():
            assert not name.startswith("on"), element.tag
            if name in {"src", "href", "xlink:href", "action", "data", "srcset", "poster"}:
                assert value.startswith(allowed[name]), value
            assert "url(" not in value or re.fullmatch(r"url\(#[\w-]+\)", value), value
    (style,) = page.find("style")
    assert "url(" not in style.text()
    assert "@import" not in style.text()
    (policy,) = page.find("meta", http_equiv="Content-Security-Policy")
    assert policy.attributes["content"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    html = (demo.folder / "report.html").read_bytes()
    assert set(re.findall(rb'xmlns(?::\w+)?="([^"]*)"', html)) <= {b"http://www.w3.org/2000/svg"}


def test_ids_are_unique_and_what_refers_to_one_finds_it(page: HtmlPage) -> None:
    ids = [element.attributes["id"] for element in page if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    values = [value for element in page for value in element.attributes.values()]
    shapes = {found for value in values for found in re.findall(r"url\(#([\w-]+)\)", value)}
    parts = {link.attributes["href"].removeprefix("#") for link in page.find("a")}
    assert shapes | parts <= set(ids)
    assert {"overview", "glossary"} < parts
    assert len(shapes) > len(CHARTS) / 2


def test_pictures_are_twice_as_large_and_on_white(demo: Report) -> None:
    pictures = sorted((demo.folder / "report").glob("*.png"))
    assert [path.stem for path in pictures] == [
        "orders_and_customers_over_time",
        "sales_by_country_map",
        "sales_over_time",
        "top_products",
    ]
    for path in pictures:
        content = path.read_bytes()
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        assert int.from_bytes(content[16:20], "big") >= 1600
        start = content.index(b"IDAT")
        size = int.from_bytes(content[start - 4 : start], "big")
        pixels = zlib.decompressobj().decompress(content[start + 4 : start + 4 + size], 5)
        assert pixels[1:5] == b"\xff\xff\xff\xff", path.name
