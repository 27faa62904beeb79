"""Visuals as PBIR, the text form of a report: one file each, and one more for its place on a phone.

Roles and formatting objects are those of Microsoft's catalog in ``@microsoft/powerbi-report-authoring-cli``.
"""

from __future__ import annotations

from typing import Any

from power_bi.identity import page_id
from power_bi.pages import Field, Page, Visual

Node = dict[str, Any]

SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric/item/report/definition"
PHONE_WIDTH, PHONE_GAP = 324, 8
PHONE_HEIGHTS = {"slicer": 64, "textbox": 0, "actionButton": 0, "tableEx": 320, "pivotTable": 320}
PHONE_CARD, PHONE_CHART = 64, 220
# Whatever is sorted by anything else than a measure goes upwards, but the newest orders come first.
NEWEST_FIRST = ("Ordered at",)


def visual_file(page: Page, visual: Visual, order: int) -> Node:
    """``visual.json`` of the visual that is the ``order``-th of its page."""
    left, top, width, height = visual.at
    position = {"x": left, "y": top, "z": order * 1000, "height": height, "width": width}
    position["tabOrder"] = order * 1000
    node: Node = {"visualType": visual.type}
    if visual.roles:
        node["query"] = _query(visual)
    objects = _objects(visual)
    if objects:
        node["objects"] = objects
    node["visualContainerObjects"] = _container(visual)
    if visual.sync:
        node["syncGroup"] = {"groupName": visual.sync, "fieldChanges": True, "filterChanges": True}
    if visual.roles and visual.type != "slicer":
        node["drillFilterOtherVisuals"] = True
    told = {
        "$schema": f"{SCHEMAS}/visualContainer/2.9.0/schema.json",
        "name": visual_id(page, visual),
        "position": position,
        "visual": node,
    }
    return told | {"filterConfig": {"filters": [_not_blank(page, visual)]}} if visual.not_blank else told


def visual_id(page: Page, visual: Visual) -> str:
    """The visual's name, unique in the report."""
    return page_id("visual", page.name, visual.id)


def phone_files(page: Page) -> dict[str, Node]:
    """``mobile.json`` by the id of each visual that a phone shows: one below the other, full width."""
    placed: dict[str, Node] = {}
    top = 0
    for order, visual in enumerate(page.visuals):
        height = _phone_height(visual)
        if page.kind == "Tooltip" or not height:
            continue
        placed[visual.id] = {
            "$schema": f"{SCHEMAS}/visualContainerMobileState/2.4.0/schema.json",
            "position": {
                "x": 0,
                "y": top,
                "z": order * 1000,
                "height": height,
                "width": PHONE_WIDTH,
                "tabOrder": order * 1000,
            },
        }
        if visual.type == "cardVisual":
            placed[visual.id]["objects"] = {"layout": [_default(_layout(2, len(visual.fields)))]}
        top += height + PHONE_GAP
    return placed


def _phone_height(visual: Visual) -> int:
    if visual.type == "cardVisual":
        return PHONE_CARD * -(-len(visual.fields) // 2)
    return PHONE_HEIGHTS.get(visual.type, PHONE_CHART)


def field_expression(shown: Field, source: Node) -> Node:
    """A field as the report's query language refers to it."""
    kind = "Measure" if shown.is_measure else "Column"
    return {kind: {"Expression": {"SourceRef": source}, "Property": shown.name}}


def of_entity(shown: Field) -> Node:
    """A field by the name of its table."""
    return field_expression(shown, {"Entity": shown.table})


def literal(value: str | int | float | bool) -> Node:
    """A constant: text, whole number (L), number (D) or truth."""
    if isinstance(value, bool):
        told = str(value).lower()
    elif isinstance(value, int):
        told = f"{value}L"
    elif isinstance(value, float):
        told = f"{value:g}D"
    else:
        told = "'" + value.replace("'", "''") + "'"
    return {"expr": {"Literal": {"Value": told}}}


def _not_blank(page: Page, visual: Visual) -> Node:
    """Leave out the member that has no name, such as countries without regions."""
    (shown,) = visual.roles["Category"]
    is_blank = {
        "Comparison": {
            "ComparisonKind": 0,
            "Left": field_expression(shown, {"Source": "t"}),
            "Right": {"Literal": {"Value": "null"}},
        }
    }
    return {
        "name": page_id("not blank", page.name, visual.id),
        "field": of_entity(shown),
        "type": "Advanced",
        "filter": {
            "Version": 2,
            "From": [{"Name": "t", "Entity": shown.table, "Type": 0}],
            "Where": [{"Condition": {"Not": {"Expression": is_blank}}}],
        },
        "howCreated": "User",
    }


def _query(visual: Visual) -> Node:
    query: Node = {
        "queryState": {
            role: {"projections": [_projection(shown) for shown in fields]}
            for role, fields in visual.roles.items()
        }
    }
    if visual.sort:
        falling = visual.sort.is_measure or visual.sort.name in NEWEST_FIRST
        direction = "Descending" if falling else "Ascending"
        query["sortDefinition"] = {
            "sort": [{"field": of_entity(visual.sort), "direction": direction}],
            "isDefaultSort": False,
        }
    return query


def _projection(shown: Field) -> Node:
    return {
        "field": of_entity(shown),
        "queryRef": f"{shown.table}.{shown.name}",
        "nativeQueryRef": shown.name,
    }


def _objects(visual: Visual) -> Node:
    if visual.type == "cardVisual":
        return {
            "layout": [_default(_layout(visual.columns or 1, len(visual.fields)))],
            "label": [_default({"position": literal("aboveValue")})],
        }
    if visual.type == "slicer":
        return {
            "data": [{"properties": {"mode": literal(visual.mode or "Dropdown")}}],
            "header": [{"properties": {"show": literal(False)}}],
        }
    if visual.type == "textbox":
        run = {"value": visual.title, "textStyle": {"fontSize": "18pt", "fontWeight": "bold"}}
        return {"general": [{"properties": {"paragraphs": [{"textRuns": [run]}]}}]}
    if visual.type == "actionButton":
        shape = "reset" if visual.bookmark else "back"
        return {
            "icon": [_default({"shapeType": literal(shape)})],
            "text": [{"properties": {"show": literal(True)}}, _default({"text": literal(visual.title)})],
        }
    if visual.type == "azureMap":
        return {"mapControls": [{"properties": {"defaultStyle": literal("grayscale_light")}}]}
    return {}


def _layout(columns: int, cards: int) -> Node:
    return {
        "style": literal("Cards"),
        "columnCount": literal(columns),
        "rowCount": literal(-(-cards // columns)),
        "maxTiles": literal(cards),
    }


def _container(visual: Visual) -> Node:
    shown = visual.type not in {"textbox", "actionButton", "cardVisual"}
    container: Node = {
        "title": [{"properties": {"show": literal(shown), "text": literal(visual.title)}}],
        "general": [{"properties": {"altText": literal(visual.alt)}}],
    }
    if visual.tooltip:
        page = page_id("page", visual.tooltip)
        shows = {"show": literal(True), "type": literal("Canvas"), "section": literal(page)}
        container["visualTooltip"] = [{"properties": shows}]
    if visual.type == "actionButton":
        link = {"show": literal(True), "type": literal("Bookmark" if visual.bookmark else "Back")}
        if visual.bookmark:
            link["bookmark"] = literal(page_id("bookmark", visual.bookmark))
        container["visualLink"] = [{"properties": link}]
    return container


def _default(properties: Node) -> Node:
    return {"properties": properties, "selector": {"id": "default"}}
