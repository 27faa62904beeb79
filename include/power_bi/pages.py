"""The pages of the report as ``specification/pages/*.toml`` describe them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from power_bi.model import MEASURES, REFERENCE, SPECIFICATION, Model, read_model

PAGES = SPECIFICATION / "pages"
COMMON = PAGES / "common.toml"
WIDTH, HEIGHT = 1280, 720
TITLE_AT = (16, 8, 616, 56)
BACK_AT = (1184, 16, 80, 40)


@dataclass(frozen=True)
class Field:
    """A column or, in the table of measures, a measure."""

    table: str
    name: str

    @property
    def is_measure(self) -> bool:
        """Whether it is a measure."""
        return self.table == MEASURES


@dataclass(frozen=True)
class Visual:
    """A visual: where it is (left, top, width, height), what it says of itself, what it shows."""

    id: str
    type: str
    at: tuple[int, int, int, int]
    title: str
    alt: str
    roles: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)
    sort: Field | None = None
    columns: int | None = None
    mode: str | None = None
    sync: str | None = None
    bookmark: str | None = None
    tooltip: str | None = None
    not_blank: bool = False

    @property
    def fields(self) -> tuple[Field, ...]:
        """Everything that it shows."""
        return tuple(shown for role in self.roles.values() for shown in role)


@dataclass(frozen=True)
class Page:
    """A page; ``kind`` is empty for one that is always shown, else Drillthrough or Tooltip."""

    name: str
    answers: str
    visuals: tuple[Visual, ...]
    kind: str = ""
    size: tuple[int, int] = (WIDTH, HEIGHT)
    drill: tuple[Field, ...] = ()

    @property
    def is_shown(self) -> bool:
        """Whether readers see it among the pages."""
        return not self.kind


@cache
def read_pages() -> tuple[Page, ...]:
    """The pages in their order.

    :raises KeyError: naming a field that the model does not have.
    """
    model = read_model()
    common = tuple(_visual(entry, model) for entry in _read(COMMON)["visual"])
    files = sorted(path for path in PAGES.glob("*.toml") if path != COMMON)
    return tuple(_page(_read(path), common, model) for path in files)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _page(entry: dict[str, Any], common: tuple[Visual, ...], model: Model) -> Page:
    told = dict(entry)
    kind = told.pop("kind", "")
    visuals = tuple(_visual(visual, model) for visual in told.pop("visual"))
    about = f"Heading: {told['name']}. {told['answers']}"
    heading = Visual("heading", "textbox", TITLE_AT, told["name"], about)
    back = Visual("back", "actionButton", BACK_AT, "Back", "Button: back to the page before.")
    top = {"": (heading, *common), "Drillthrough": (heading, back), "Tooltip": ()}[kind]
    drill = tuple(_field(name, model) for name in told.pop("drill", ()))
    size = tuple(told.pop("size", (WIDTH, HEIGHT)))
    return Page(visuals=(*top, *visuals), kind=kind, drill=drill, size=(size[0], size[1]), **told)


def _visual(entry: dict[str, Any], model: Model) -> Visual:
    told = dict(entry)
    left, top, width, height = told.pop("at")
    roles = {
        role: tuple(_field(name, model) for name in names) for role, names in told.pop("roles", {}).items()
    }
    sort = _field(told.pop("sort"), model) if "sort" in told else None
    return Visual(at=(left, top, width, height), roles=roles, sort=sort, **told)


def _field(name: str, model: Model) -> Field:
    column = REFERENCE.fullmatch(name)
    if not column:
        return Field(MEASURES, model.measure(name).name)
    return Field(column["table"], model.table(column["table"]).column(column["column"]).name)
