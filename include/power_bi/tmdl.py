"""The model's tree of objects as TMDL, the text form that Power BI Desktop opens.

https://learn.microsoft.com/analysis-services/tmdl/tmdl-overview
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

Node = dict[str, Any]

PLAIN_NAME = re.compile(r"\w+", re.ASCII)
# What follows an object's own line, in the order in which Desktop writes it.
PROPERTIES = (
    "dataType",
    "isHidden",
    "isKey",
    "formatString",
    "displayFolder",
    "lineageTag",
    "dataCategory",
    "summarizeBy",
    "sourceColumn",
    "sortByColumn",
)
NAMES = ("sortByColumn",)


def files(database: Node) -> dict[str, str]:
    """Path below ``definition`` and text of every file of the model."""
    model = database["model"]
    told = {
        "database.tmdl": _text(["database", f"\tcompatibilityLevel: {database['compatibilityLevel']}"]),
        "model.tmdl": _model(model),
        "expressions.tmdl": _text(_separated(_expression(node) for node in model["expressions"])),
        "relationships.tmdl": _text(_separated(_relationship(node) for node in model["relationships"])),
    }
    told |= {f"tables/{table['name']}.tmdl": _text(_table(table)) for table in model["tables"]}
    return told | {f"cultures/{culture['name']}.tmdl": _culture(culture) for culture in model["cultures"]}


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n\n"


def _separated(objects: Iterable[Iterator[str]]) -> Iterator[str]:
    for number, lines in enumerate(objects):
        if number:
            yield ""
        yield from lines


def _model(model: Node) -> str:
    lines = [
        "model Model",
        f"\tculture: {model['culture']}",
        f"\tdefaultPowerBIDataSourceVersion: {model['defaultPowerBIDataSourceVersion']}",
        "\tdiscourageImplicitMeasures",
        f"\tsourceQueryCulture: {model['sourceQueryCulture']}",
        "\tdataAccessOptions",
        *(f"\t\t{option}" for option in model["dataAccessOptions"]),
        "",
        *(line for note in model["annotations"] for line in (_annotation(note), "")),
        *(f"ref table {_name(table['name'])}" for table in model["tables"]),
        "",
        *(f"ref cultureInfo {culture['name']}" for culture in model["cultures"]),
    ]
    return _text(lines)


def _table(table: Node) -> Iterator[str]:
    yield from _head("table", table, "")
    for kind in ("measures", "columns", "hierarchies"):
        for node in table.get(kind, ()):
            yield ""
            yield from _MEMBERS[kind](node)
    for partition in table["partitions"]:
        yield ""
        yield f"\tpartition {_name(partition['name'])} = {partition['source']['type']}"
        yield f"\t\tmode: {partition['mode']}"
        yield from _assigned("\t\tsource", partition["source"]["expression"])


def _column(column: Node) -> Iterator[str]:
    yield from _head("column", column, "\t")
    yield from _notes(column, "\t\t")


def _measure(measure: Node) -> Iterator[str]:
    yield from _described(measure, "\t")
    yield from _assigned(f"\tmeasure {_name(measure['name'])}", measure["expression"])
    yield from _properties(measure, "\t\t")
    yield from _notes(measure, "\t\t")


def _hierarchy(hierarchy: Node) -> Iterator[str]:
    yield from _head("hierarchy", hierarchy, "\t")
    for level in hierarchy["levels"]:
        yield ""
        yield f"\t\tlevel {_name(level['name'])}"
        yield f"\t\t\tlineageTag: {level['lineageTag']}"
        yield f"\t\t\tcolumn: {_name(level['column'])}"


_MEMBERS = {"measures": _measure, "columns": _column, "hierarchies": _hierarchy}


def _expression(node: Node) -> Iterator[str]:
    yield from _described(node, "")
    yield from _assigned(f"expression {_name(node['name'])}", node["expression"])
    yield f"\tlineageTag: {node['lineageTag']}"
    yield from _notes(node, "\t")


def _relationship(node: Node) -> Iterator[str]:
    yield f"relationship {node['name']}"
    if not node.get("isActive", True):
        yield "\tisActive: false"
    yield f"\tfromColumn: {_name(node['fromTable'])}.{_name(node['fromColumn'])}"
    yield f"\ttoColumn: {_name(node['toTable'])}.{_name(node['toColumn'])}"


def _culture(culture: Node) -> str:
    metadata = culture["linguisticMetadata"]
    content = json.dumps(metadata["content"], indent=2, ensure_ascii=False)
    lines = [
        f"cultureInfo {culture['name']}",
        "",
        "\tlinguisticMetadata =",
        *_indented(content, "\t\t\t"),
        f"\t\tcontentType: {metadata['contentType']}",
    ]
    return _text(lines)


def _head(kind: str, node: Node, indent: str) -> Iterator[str]:
    yield from _described(node, indent)
    yield f"{indent}{kind} {_name(node['name'])}"
    yield from _properties(node, indent + "\t")


def _described(node: Node, indent: str) -> Iterator[str]:
    for line in node.get("description", "").splitlines():
        yield f"{indent}/// {line}"


def _properties(node: Node, indent: str) -> Iterator[str]:
    for name in PROPERTIES:
        value = node.get(name)
        if value is True:
            yield f"{indent}{name}"
        elif value is not None:
            yield f"{indent}{name}: {_name(value) if name in NAMES else value}"


def _notes(node: Node, indent: str) -> Iterator[str]:
    for note in node.get("annotations", ()):
        yield ""
        yield indent + _annotation(note)


def _annotation(note: Node) -> str:
    return f"annotation {note['name']} = {note['value']}"


def _assigned(object_line: str, expression: str) -> Iterator[str]:
    """An object with an expression: in one line, or two tabs deeper in the lines below it."""
    if "\n" in expression:
        yield f"{object_line} ="
        yield from _indented(expression, "\t" * (object_line.count("\t") + 2))
    else:
        yield f"{object_line} = {expression}"


def _name(name: str) -> str:
    return name if PLAIN_NAME.fullmatch(name) else f"'{name}'"


def _indented(text: str, indent: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"{indent}{line}" if line else ""
