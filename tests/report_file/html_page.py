"""An HTML page as a tree, read strictly: every element is closed in its place, nothing is left over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr"}


@dataclass
class Element:
    """An element; its children are elements and texts."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def text(self) -> str:
        """All text in it, spaces and line breaks as one space."""
        return " ".join("".join(self._texts()).split())

    def find(self, tag: str = "", **attributes: str) -> list[Element]:
        """The elements in it with this tag and these attributes; ``class_`` holds the word among others."""
        return [each for each in self if tag in ("", each.tag) and each.has(attributes)]

    def has(self, attributes: dict[str, str]) -> bool:
        word = attributes.get("class_")
        if word is not None and word not in self.attributes.get("class", "").split():
            return False
        named = {name.replace("_", "-"): value for name, value in attributes.items() if name != "class_"}
        return named.items() <= self.attributes.items()

    def __iter__(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()  # of another element


HtmlPage = Element


def read_html(source: str) -> HtmlPage:
    """The page; fails where an element is not closed in its place."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    assert [element.tag for element in reader.open] == ["page"]
    return reader.open[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in <{tag}>"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
