"""Every visual of the committed report: where it is, what it says of itself, and what it shows."""

from __future__ import annotations

from itertools import combinations

import pytest
from power_bi.model import MEASURES, read_model

from tests.power_bi.project import PageFile, VisualFile, literal, overlap, pages, rectangle, visuals

PAGES = pages()
VISUALS = [pytest.param(visual, id=f"{page} {visual.node['name'][:6]}") for page, visual in visuals()]
MAIN_PAGES = ("Overview", "Geographic Overview", "Orders & Customers", "Coherent Analysis")
PHONE_WIDTH = 324
# Bing maps are gone, and so is the old card: https://learn.microsoft.com/power-bi/visuals/power-bi-visualization-types-for-reports-and-q-and-a
RETIRED = {"map", "filledMap", "card", "multiRowCard", "stackedBarChart", "stackedColumnChart", "qnaVisual"}
NEEDS_NO_FIELD = {"textbox", "actionButton"}


@pytest.mark.parametrize("visual", VISUALS)
def test_a_visual_has_a_title_and_an_alternative_text(visual: VisualFile) -> None:
    container = visual.visual["visualContainerObjects"]
    assert literal(container["title"][0]["properties"]["text"])
    alternative = literal(container["general"][0]["properties"]["altText"])
    assert len(alternative) > len("Button: back")
    assert alternative.endswith((".", "?"))


@pytest.mark.parametrize("visual", VISUALS)
def test_a_visual_is_of_a_current_type(visual: VisualFile) -> None:
    assert visual.type not in RETIRED


@pytest.mark.parametrize("visual", VISUALS)
def test_a_visual_shows_fields_of_the_model(visual: VisualFile) -> None:
    model = read_model()
    assert bool(visual.projections) == (visual.type not in NEEDS_NO_FIELD)
    for projection in visual.projections:
        ((kind, field),) = projection["field"].items()
        table = field["Expression"]["SourceRef"]["Entity"]
        name = field["Property"]
        if kind == "Measure":
            assert table == MEASURES
            model.measure(name)
        else:
            assert not model.table(table).column(name).hidden
        assert projection["queryRef"] == f"{table}.{name}"
        assert projection["nativeQueryRef"] == name


@pytest.mark.parametrize("page", [pytest.param(page, id=name) for name, page in PAGES.items()])
def test_visuals_stay_on_their_page_and_apart(page: PageFile) -> None:
    width, height = page.node["width"], page.node["height"]
    places = [visual.rectangle for visual in page.visuals]
    assert [place for place in places if min(place) < 0 or place[2] > width or place[3] > height] == []
    assert [(one, other) for one, other in combinations(places, 2) if overlap(one, other)] == []


@pytest.mark.parametrize("name", MAIN_PAGES)
def test_a_telephone_shows_every_chart_one_below_the_other(name: str) -> None:
    shown = [visual for visual in PAGES[name].visuals if visual.phone]
    assert [visual.type for visual in PAGES[name].visuals if not visual.phone] == ["textbox", "actionButton"]
    places = [rectangle(visual.phone["position"]) for visual in shown if visual.phone]
    assert all(0 <= left < right <= PHONE_WIDTH for left, _top, right, _bottom in places)
    assert [(one, other) for one, other in combinations(places, 2) if overlap(one, other)] == []


def test_the_report_has_the_pages_that_were_promised() -> None:
    assert list(PAGES) == [*MAIN_PAGES, "Customer", "Product", "Figures"]
    hidden = [name for name, page in PAGES.items() if page.node.get("visibility") == "HiddenInViewMode"]
    assert hidden == ["Customer", "Product", "Figures"]
    assert {(page.node["width"], page.node["height"]) for page in map(PAGES.__getitem__, MAIN_PAGES)} == {
        (1280, 720)
    }


def test_four_pages_share_three_slicers() -> None:
    for name in MAIN_PAGES:
        slicers = [visual.visual for visual in PAGES[name].visuals if visual.type == "slicer"]
        groups = [slicer["syncGroup"]["groupName"] for slicer in slicers]
        assert groups == ["Date", "Country", "Channel"]


def test_two_visuals_of_a_page_never_have_one_title() -> None:
    for page in PAGES.values():
        titles = [
            literal(visual.visual["visualContainerObjects"]["title"][0]["properties"]["text"])
            for visual in page.visuals
        ]
        assert len(set(titles)) == len(titles)


def shown_on(page: PageFile) -> set[str]:
    """The names of all fields that a page shows."""
    return {projection["nativeQueryRef"] for visual in page.visuals for projection in visual.projections}


def test_what_the_dashboards_must_show_is_shown() -> None:
    cards = {name: shown_on(PAGES[name]) for name in MAIN_PAGES}
    assert {
        "Orders",
        "Customers",
        "Average Order Value",
        "Average Processing Days",
        "Total Sales",
        "Discounts",
        "Taxes",
        "Outstanding",
        "Step",
    } <= cards["Overview"]
    assert {
        "Total Sales",
        "Discounts",
        "Taxes",
        "Outstanding",
        "Traffic source",
        "Country",
        "Region",
        "Orders",
        "Customers",
        "Average Processing Days",
    } <= cards["Geographic Overview"]
    assert {
        "Order name",
        "Ordered at",
        "Payment status",
        "Fulfilment status",
        "Cancellation reason",
        "Channel",
        "Device",
        "Order Price",
        "Order Taxes",
        "Order Discounts",
        "Paid",
        "Outstanding",
        "Segment",
        "Cohort Lifetime Value",
        "Repeat Rate",
        "New Customers",
        "Units Sold",
    } <= cards["Orders & Customers"]
    assert {
        "Total Sales Growth",
        "Total Sales Year Change",
        "Cohort Retention",
        "Product Rank",
        "Year",
    } <= cards["Coherent Analysis"]
