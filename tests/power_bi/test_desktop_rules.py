"""What Power BI Desktop rejects although every published schema allows it.

Seen by others and written down in https://github.com/odcpw/powerbi-cli (docs/pbir-desktop-oracle.md) and
https://github.com/microsoft/skills-for-fabric (powerbi-report-authoring).
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from power_bi.theme import WEB_THEME

from tests.power_bi.project import DASHBOARDS, MODEL, NAME, REPORT, Node, literal, nodes, pages, read, visuals

ID = re.compile(r"[0-9a-f]{20}")
JSON_FILES = sorted(path for folder in (REPORT, MODEL) for path in folder.rglob("*.json"))
DEFINITION = REPORT / "definition"
VISUALS = [visual for _page, visual in visuals()]


def filters() -> list[Node]:
    """Every filter of report, pages and visuals."""
    files = [
        DEFINITION / "report.json",
        *DEFINITION.glob("pages/*/page.json"),
        *DEFINITION.rglob("visual.json"),
    ]
    return [found for file in files for found in read(file).get("filterConfig", {}).get("filters", [])]


def test_files_are_utf_8_without_a_byte_order_mark() -> None:
    shortcut = DASHBOARDS / f"{NAME}.pbip"
    for path in (*JSON_FILES, shortcut, *MODEL.rglob("*.tmdl")):
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in content
        content.decode()


def test_the_shortcut_names_the_report_alone() -> None:
    assert read(DASHBOARDS / f"{NAME}.pbip")["artifacts"] == [{"report": {"path": REPORT.name}}]


@pytest.mark.parametrize("folder", [REPORT, MODEL], ids=lambda folder: folder.suffix)
def test_both_folders_say_what_they_are(folder: Path) -> None:
    told = read(folder / ".platform")
    assert told["metadata"] == {"type": folder.suffix.removeprefix("."), "displayName": NAME}
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", told["config"]["logicalId"])


def test_the_report_finds_its_model_by_a_relative_path_with_slashes() -> None:
    assert read(REPORT / "definition.pbir")["datasetReference"] == {"byPath": {"path": f"../{MODEL.name}"}}


def test_pages_and_visuals_are_named_by_twenty_hexadecimal_digits_like_their_folders() -> None:
    named = [
        path
        for pattern in ("pages/*/page.json", "pages/*/visuals/*/visual.json")
        for path in DEFINITION.glob(pattern)
    ]
    for path in named:
        assert read(path)["name"] == path.parent.name
        assert ID.fullmatch(path.parent.name)
    names = [path.parent.name for path in named]
    assert len(set(names)) == len(names)


def test_every_page_is_in_the_order_and_the_first_is_open() -> None:
    told = read(DEFINITION / "pages" / "pages.json")
    folders = {path.parent.name for path in DEFINITION.glob("pages/*/page.json")}
    assert set(told["pageOrder"]) == folders
    assert told["activePageName"] == told["pageOrder"][0]


def test_filters_have_short_unique_names_and_conditions_by_alias() -> None:
    found = filters()
    names = [one["name"] for one in found]
    assert len(set(names)) == len(names)
    assert all(1 <= len(name) <= 50 for name in names)
    conditions = [one["filter"] for one in found if "filter" in one]
    assert conditions
    for condition in conditions:
        aliases = {source["Name"] for source in condition["From"]}
        sources = [node["SourceRef"] for node in nodes(condition["Where"]) if "SourceRef" in node]
        assert [set(source) for source in sources] == [{"Source"}] * len(sources)
        assert {source["Source"] for source in sources} <= aliases


def test_formatting_stands_inside_the_visual() -> None:
    for visual in VISUALS:
        assert set(visual.node) <= {"$schema", "name", "position", "visual", "filterConfig"}
        assert "title" not in visual.visual.get("objects", {})


def test_a_scatter_has_measures_on_its_axes() -> None:
    scatters = [visual for visual in VISUALS if visual.type == "scatterChart"]
    assert scatters
    for visual in scatters:
        state = visual.visual["query"]["queryState"]
        assert [set(one["field"]) for role in ("X", "Y") for one in state[role]["projections"]] == [
            {"Measure"}
        ] * 2


def test_what_formats_cards_says_for_which() -> None:
    cards = [visual for visual in VISUALS if visual.type == "cardVisual"]
    assert cards
    for visual in cards:
        for found in visual.visual["objects"].values():
            assert [one["selector"] for one in found] == [{"id": "default"}]


def test_the_theme_has_one_name_everywhere() -> None:
    report = read(DEFINITION / "report.json")
    theme = report["themeCollection"]["customTheme"]
    (package,) = (one for one in report["resourcePackages"] if one["name"] == "RegisteredResources")
    path = REPORT / "StaticResources" / "RegisteredResources" / theme["name"]
    assert package["items"] == [{"name": path.name, "path": path.name, "type": "CustomTheme"}]
    assert theme["type"] == "RegisteredResources"
    assert set(theme["reportVersionAtImport"]) == {"visual", "report", "page"}
    assert read(path)["name"] == path.name
    assert path.suffix == ".json"


def test_the_theme_has_the_colours_of_the_web_pages() -> None:
    (path,) = (REPORT / "StaticResources" / "RegisteredResources").iterdir()
    light = json.loads(WEB_THEME.read_text(encoding="utf-8"))["light"]
    assert read(path)["dataColors"] == light["range"]["category"]


def test_a_page_to_drill_through_to_is_bound_to_the_filter_of_its_field() -> None:
    bound = {}
    for name, page in pages().items():
        if page.node.get("type") == "Drillthrough":
            (parameter,) = page.node["pageBinding"]["parameters"]
            (condition,) = page.node["filterConfig"]["filters"]
            assert parameter["boundFilter"] == condition["name"]
            assert parameter["fieldExpr"] == condition["field"]
            bound[name] = condition["field"]["Column"]["Property"]
    assert bound == {"Customer": "Customer number", "Product": "Product title"}


def test_a_page_shown_on_hover_exists() -> None:
    tooltips = {
        literal(found["properties"]["section"])
        for visual in VISUALS
        for found in visual.visual["visualContainerObjects"].get("visualTooltip", [])
    }
    assert tooltips == {page.node["name"] for page in pages().values() if page.node.get("type") == "Tooltip"}


def test_the_button_reset_finds_its_bookmark_and_that_every_slicer() -> None:
    (path,) = DEFINITION.glob("bookmarks/*.bookmark.json")
    bookmark = read(path)
    assert path.name == f"{bookmark['name']}.bookmark.json"
    assert read(DEFINITION / "bookmarks" / "bookmarks.json")["items"] == [{"name": bookmark["name"]}]
    links = [
        visual.visual["visualContainerObjects"]["visualLink"]
        for visual in VISUALS
        if visual.type == "actionButton"
    ]
    asked = {
        literal(link[0]["properties"]["bookmark"]) for link in links if "bookmark" in link[0]["properties"]
    }
    assert asked == {bookmark["name"]}
    reset = {
        (page, visual)
        for page, section in bookmark["explorationState"]["sections"].items()
        for visual in section["visualContainers"]
    }
    targets = bookmark["options"]["targetVisualNames"]
    assert sorted(targets) == sorted(visual for _page, visual in reset)
    assert reset == {
        (page.node["name"], visual.node["name"])
        for page in pages().values()
        for visual in page.visuals
        if visual.type == "slicer"
    }


def test_descriptions_in_tmdl_are_three_slashes_and_nothing_else_is_a_comment() -> None:
    for path in MODEL.rglob("*.tmdl"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert [
            line for line in lines if re.match(r"\s*//(?!/)", line) or re.match(r"\s*description", line)
        ] == []


def test_every_table_and_the_culture_are_referred_to_by_the_model() -> None:
    text = (MODEL / "definition" / "model.tmdl").read_text(encoding="utf-8")
    referred = {name.strip("'") for name in re.findall(r"^ref table (.+)$", text, flags=re.MULTILINE)}
    assert referred == {path.stem for path in (MODEL / "definition" / "tables").glob("*.tmdl")}
    assert "ref cultureInfo en-US\n" in text
    assert "annotation __PBI_TimeIntelligenceEnabled = 0\n" in text
    assert "\tdefaultPowerBIDataSourceVersion: powerBI_V3\n" in text


def test_every_object_has_an_id_of_its_own() -> None:
    tags = [
        tag
        for path in MODEL.rglob("*.tmdl")
        for tag in re.findall(r"lineageTag: (\S+)", path.read_text(encoding="utf-8"))
    ]
    assert len(set(tags)) == len(tags)


def test_only_published_schemas_are_named() -> None:
    schemas = {read(path)["$schema"] for path in JSON_FILES if "$schema" in read(path)}
    versions = {re.sub(r".*/definition/", "", schema).removesuffix("/schema.json") for schema in schemas}
    assert versions == {
        "bookmark/2.1.0",
        "bookmarksMetadata/1.0.0",
        "page/2.1.0",
        "pagesMetadata/1.1.0",
        "report/3.3.0",
        "versionMetadata/1.0.0",
        "visualContainer/2.9.0",
        "visualContainerMobileState/2.4.0",
    }
