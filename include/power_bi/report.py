"""The report as PBIR: pages, visuals, bookmarks and theme, each a small JSON file.

https://learn.microsoft.com/power-bi/developer/projects/projects-report
"""

from __future__ import annotations

from typing import Any

from power_bi.identity import page_id
from power_bi.pages import Field, Page
from power_bi.theme import BASE_THEME, Theme
from power_bi.visuals import SCHEMAS, field_expression, of_entity, phone_files, visual_file, visual_id

Node = dict[str, Any]

RESET = "Reset"
WITHIN_DATA = Field("Date", "Within data")
# What Desktop notes beside a theme: the versions of its own formats when the theme came in.
AT_IMPORT = {"visual": "2.11.0", "report": "3.4.0", "page": "2.3.1"}


def definition(pages: tuple[Page, ...], theme: Theme) -> dict[str, Node]:
    """Path below ``definition`` and content of every file of the report."""
    shown = [page for page in pages if page.is_shown]
    told: dict[str, Node] = {
        "version.json": {"$schema": f"{SCHEMAS}/versionMetadata/1.0.0/schema.json", "version": "2.0.0"},
        "report.json": _report(theme),
        "pages/pages.json": {
            "$schema": f"{SCHEMAS}/pagesMetadata/1.1.0/schema.json",
            "pageOrder": [_id(page) for page in pages],
            "activePageName": _id(shown[0]),
        },
        "bookmarks/bookmarks.json": {
            "$schema": f"{SCHEMAS}/bookmarksMetadata/1.0.0/schema.json",
            "items": [{"name": page_id("bookmark", RESET)}],
        },
        f"bookmarks/{page_id('bookmark', RESET)}.bookmark.json": _reset(shown),
    }
    for page in pages:
        folder = f"pages/{_id(page)}"
        told[f"{folder}/page.json"] = _page(page)
        phone = phone_files(page)
        for order, visual in enumerate(page.visuals):
            place = f"{folder}/visuals/{visual_id(page, visual)}"
            told[f"{place}/visual.json"] = visual_file(page, visual, order)
            if visual.id in phone:
                told[f"{place}/mobile.json"] = phone[visual.id]
    return told


def _id(page: Page) -> str:
    return page_id("page", page.name)


def _report(theme: Theme) -> Node:
    return {
        "$schema": f"{SCHEMAS}/report/3.3.0/schema.json",
        "themeCollection": {
            "baseTheme": {"name": BASE_THEME, "reportVersionAtImport": AT_IMPORT, "type": "SharedResources"},
            "customTheme": {
                "name": theme.file,
                "reportVersionAtImport": AT_IMPORT,
                "type": "RegisteredResources",
            },
        },
        "filterConfig": {"filters": [_only_within_data()]},
        "resourcePackages": [
            {
                "name": "SharedResources",
                "type": "SharedResources",
                "items": [{"name": BASE_THEME, "path": f"BaseThemes/{BASE_THEME}.json", "type": "BaseTheme"}],
            },
            {
                "name": "RegisteredResources",
                "type": "RegisteredResources",
                "items": [{"name": theme.file, "path": theme.file, "type": "CustomTheme"}],
            },
        ],
        "settings": {
            "useStylableVisualContainerHeader": True,
            "exportDataMode": "AllowSummarized",
            "defaultDrillFilterOtherVisuals": True,
            "allowChangeFilterTypes": True,
            "useEnhancedTooltips": True,
            "useDefaultAggregateDisplayName": True,
        },
    }


def _only_within_data() -> Node:
    """Days that have not come yet are in the calendar, but in no chart."""
    compared = {
        "In": {
            "Expressions": [field_expression(WITHIN_DATA, {"Source": "d"})],
            "Values": [[{"Literal": {"Value": "'Yes'"}}]],
        }
    }
    return {
        "name": page_id("filter", "within data"),
        "field": of_entity(WITHIN_DATA),
        "type": "Categorical",
        "filter": {
            "Version": 2,
            "From": [{"Name": "d", "Entity": WITHIN_DATA.table, "Type": 0}],
            "Where": [{"Condition": compared}],
        },
        "howCreated": "User",
    }


def _page(page: Page) -> Node:
    width, height = page.size
    node: Node = {
        "$schema": f"{SCHEMAS}/page/2.1.0/schema.json",
        "name": _id(page),
        "displayName": page.name,
        "displayOption": "ActualSize" if page.kind == "Tooltip" else "FitToPage",
        "height": height,
        "width": width,
    }
    if page.kind:
        node |= {"type": page.kind, "visibility": "HiddenInViewMode", "pageBinding": _binding(page)}
    if page.drill:
        node["filterConfig"] = {"filters": [_drill_filter(page, field) for field in page.drill]}
    return node


def _binding(page: Page) -> Node:
    parameters = [
        {
            "name": page_id("parameter", page.name, field.name),
            "boundFilter": page_id("drill", page.name, field.name),
            "fieldExpr": of_entity(field),
        }
        for field in page.drill
    ]
    return {"name": page_id("binding", page.name), "type": page.kind, "parameters": parameters}


def _drill_filter(page: Page, field: Field) -> Node:
    return {
        "name": page_id("drill", page.name, field.name),
        "field": of_entity(field),
        "type": "Categorical",
        "howCreated": "Drillthrough",
    }


def _reset(pages: list[Page]) -> Node:
    """The bookmark behind the button Reset: no slicer of any page holds a choice; nothing else is touched."""
    slicers = {
        _id(page): [visual_id(page, visual) for visual in page.visuals if visual.type == "slicer"]
        for page in pages
    }
    cleared = {
        "singleVisual": {
            "visualType": "slicer",
            "objects": {"remove": [{"object": "general", "property": "filter"}]},
        }
    }
    sections = {page: {"visualContainers": dict.fromkeys(shown, cleared)} for page, shown in slicers.items()}
    return {
        "$schema": f"{SCHEMAS}/bookmark/2.1.0/schema.json",
        "displayName": RESET,
        "name": page_id("bookmark", RESET),
        "options": {
            "applyOnlyToTargetVisuals": True,
            "targetVisualNames": [visual for shown in slicers.values() for visual in shown],
            "suppressActiveSection": True,
            "suppressDisplay": True,
        },
        "explorationState": {"version": "1.3", "activeSection": _id(pages[0]), "sections": sections},
    }
