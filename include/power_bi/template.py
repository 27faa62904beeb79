"""A template (.pbit): model and report in one archive, in the parts and encodings that Desktop writes.

No published format describes it. The list of parts follows a template that Desktop saved,
https://github.com/microsoft/fabric-toolbox, ``SemanticModelAudit.pbit``.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import quote

Node = dict[str, Any]

# 1.32 and later hold the report in the form of a project.
VERSION = "1.33"
SETTINGS = {
    "Version": 4,
    "ReportSettings": {},
    "QueriesSettings": {
        "TypeDetectionEnabled": True,
        "RelationshipImportEnabled": False,
        "Version": "2.139.2051.0",
    },
}
METADATA = {
    "Version": 5,
    "AutoCreatedRelationships": [],
    "CreatedFrom": "Cloud",
    "CreatedFromRelease": "2026.03",
}
PARTS = (
    ("Version", ""),
    ("DataModelSchema", ""),
    ("DiagramLayout", ""),
    ("Settings", "application/json"),
    ("Metadata", "application/json"),
)
# Archives of the same content are the same, byte for byte.
WRITTEN = (2026, 1, 1, 0, 0, 0)


def template_file(database: Node, report: Mapping[str, bytes]) -> bytes:
    """The archive of a model, as TMSL, and the files of a report's folder."""
    schema = json.dumps(_as_tmsl(database), indent=2, ensure_ascii=False).replace("\n", "\r\n")
    parts = {
        "Version": _utf16(VERSION),
        "[Content_Types].xml": _content_types(report),
        "DataModelSchema": _utf16(schema),
        "DiagramLayout": _utf16(_compact(_diagram(database))),
        "Settings": _utf16(_compact(SETTINGS)),
        "Metadata": _utf16(_compact(METADATA)),
    }
    parts |= {f"Report/{quote(path)}": report[path] for path in sorted(report)}
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name, WRITTEN), content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def _as_tmsl(node: Any) -> Any:
    """The same tree with the lines of expressions and descriptions apart, as TMSL has them."""
    if isinstance(node, dict):
        return {name: _as_tmsl(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_as_tmsl(value) for value in node]
    return node.split("\n") if isinstance(node, str) and "\n" in node else node


def _diagram(database: Node) -> Node:
    nodes = [
        {
            "location": {"x": 40 + 300 * number, "y": 40},
            "nodeIndex": table["name"],
            "size": {"height": 300, "width": 234},
            "zIndex": number,
        }
        for number, table in enumerate(database["model"]["tables"])
    ]
    name = "All tables"
    diagram = {
        "ordinal": 0,
        "scrollPosition": {"x": 0, "y": 0},
        "nodes": nodes,
        "name": name,
        "zoomValue": 100,
        "pinKeyFieldsToTop": False,
        "showExtraHeaderInfo": False,
        "hideKeyFieldsWhenCollapsed": False,
        "tablesLocked": False,
    }
    return {"version": "1.1.0", "diagrams": [diagram], "selectedDiagram": name, "defaultDiagram": name}


def _content_types(report: Mapping[str, bytes]) -> bytes:
    extensions = sorted({path.rpartition(".")[2] for path in report})
    told = [f'<Default Extension="{extension}" ContentType="" />' for extension in extensions]
    told += [f'<Override PartName="/{name}" ContentType="{kind}" />' for name, kind in PARTS]
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    text = f'<?xml version="1.0" encoding="utf-8"?><Types xmlns="{namespace}">{"".join(told)}</Types>'
    return text.encode("utf-8-sig")


def _compact(node: Node) -> str:
    return json.dumps(node, ensure_ascii=False, separators=(",", ":"))


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")
