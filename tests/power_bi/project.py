"""The Power BI project as it is committed, read for the tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Node = dict[str, Any]

DASHBOARDS = Path(__file__).resolve().parents[2] / "dashboards"
NAME = "shopify_analytics"
REPORT = DASHBOARDS / f"{NAME}.Report"
MODEL = DASHBOARDS / f"{NAME}.SemanticModel"


@dataclass(frozen=True)
class VisualFile:
    """One visual's file."""

    path: Path

    @cached_property
    def node(self) -> Node:
        """The whole file."""
        return read(self.path)

    @property
    def visual(self) -> Node:
        """What the visual is, without its place."""
        found: Node = self.node["visual"]
        return found

    @property
    def type(self) -> str:
        """The kind of visual."""
        return str(self.visual["visualType"])

    @property
    def rectangle(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return rectangle(self.node["position"])

    @property
    def phone(self) -> Node | None:
        """Its place on a phone, if it has one."""
        path = self.path.with_name("mobile.json")
        return read(path) if path.exists() else None

    @property
    def projections(self) -> list[Node]:
        """The fields of all its roles."""
        state = self.visual.get("query", {}).get("queryState", {})
        return [projection for role in state.values() for projection in role["projections"]]


@dataclass(frozen=True)
class PageFile:
    """One page's file and those of its visuals."""

    path: Path

    @cached_property
    def node(self) -> Node:
        """The whole file."""
        return read(self.path)

    @cached_property
    def visuals(self) -> list[VisualFile]:
        """Its visuals in the order of the Tab key."""
        found = [VisualFile(path) for path in self.path.parent.glob("visuals/*/visual.json")]
        return sorted(found, key=lambda visual: visual.node["position"]["tabOrder"])


def read(path: Path) -> Node:
    """A JSON file."""
    found: Node = json.loads(path.read_text(encoding="utf-8"))
    return found


def pages() -> dict[str, PageFile]:
    """Every page by its displayed name, in the report's order."""
    order = read(REPORT / "definition" / "pages" / "pages.json")["pageOrder"]
    found = [PageFile(REPORT / "definition" / "pages" / name / "page.json") for name in order]
    return {page.node["displayName"]: page for page in found}


def visuals() -> list[tuple[str, VisualFile]]:
    """Every visual with the name of its page."""
    return [(name, visual) for name, page in pages().items() for visual in page.visuals]


def rectangle(position: Node) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a position."""
    left, top = position["x"], position["y"]
    return left, top, left + position["width"], top + position["height"]


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two rectangles share any area."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def nodes(tree: Any) -> Iterator[Node]:
    """Every object of a tree, from the top."""
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from nodes(value)


def literal(node: Node) -> str:
    """The text of a constant of the report's query language."""
    return str(node["expr"]["Literal"]["Value"]).strip("'").replace("''", "'")
