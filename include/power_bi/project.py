"""A whole Power BI project, model and report, as files."""

from __future__ import annotations

import json
from typing import Any

from power_bi import report, tabular, tmdl
from power_bi.identity import guid
from power_bi.model import read_model
from power_bi.pages import read_pages
from power_bi.power_query import CSV_FILES, GOOGLE_SHEETS, Source
from power_bi.template import template_file
from power_bi.theme import BASE_THEME, BASE_THEME_FILE, read_theme

Node = dict[str, Any]

FABRIC = "https://developer.microsoft.com/json-schemas/fabric"
NAME = "shopify_analytics"


def all_files() -> dict[str, bytes]:
    """Path below ``dashboards`` and content of everything that is made for Power BI."""
    sheets = tmdl.files(tabular.database(read_model(), GOOGLE_SHEETS))
    return {
        **project_files(CSV_FILES),
        f"{NAME}.pbit": template(CSV_FILES),
        "google-sheets/expressions.tmdl": sheets["expressions.tmdl"].encode(),
        f"google-sheets/{NAME}.pbit": template(GOOGLE_SHEETS),
    }


def project_files(source: Source) -> dict[str, bytes]:
    """Path and content of every file of the project, whose tables are read from ``source``."""
    shortcut = {
        "$schema": f"{FABRIC}/pbip/pbipProperties/1.0.0/schema.json",
        "version": "1.0",
        "artifacts": [{"report": {"path": f"{NAME}.Report"}}],
        "settings": {"enableAutoRecovery": True},
    }
    model = {f"{NAME}.SemanticModel/{path}": content for path, content in model_files(source).items()}
    told = {f"{NAME}.Report/{path}": content for path, content in report_files().items()}
    return {f"{NAME}.pbip": _json(shortcut), **model, **told}


def template(source: Source) -> bytes:
    """The project as one file, which asks for its parameters when it is opened."""
    resources = {
        path: content
        for path, content in report_files().items()
        if path.startswith(("definition/", "StaticResources/"))
    }
    return template_file(tabular.database(read_model(), source), resources)


def model_files(source: Source) -> dict[str, bytes]:
    """The files of the semantic model's folder."""
    properties = {
        "$schema": f"{FABRIC}/item/semanticModel/definitionProperties/1.0.0/schema.json",
        "version": "4.2",
        "settings": {},
    }
    texts = tmdl.files(tabular.database(read_model(), source))
    told = {f"definition/{path}": text.encode() for path, text in texts.items()}
    return {".platform": _platform("SemanticModel"), "definition.pbism": _json(properties), **told}


def report_files() -> dict[str, bytes]:
    """The files of the report's folder."""
    theme = read_theme()
    properties = {
        "$schema": f"{FABRIC}/item/report/definitionProperties/2.0.0/schema.json",
        "version": "4.0",
        "datasetReference": {"byPath": {"path": f"../{NAME}.SemanticModel"}},
    }
    resources = "StaticResources"
    definition = report.definition(read_pages(), theme)
    told = {f"definition/{path}": _json(node) for path, node in definition.items()}
    return {
        ".platform": _platform("Report"),
        "definition.pbir": _json(properties),
        **told,
        f"{resources}/SharedResources/BaseThemes/{BASE_THEME}.json": BASE_THEME_FILE.read_bytes(),
        f"{resources}/RegisteredResources/{theme.file}": _json(theme.content),
    }


def _platform(kind: str) -> bytes:
    return _json(
        {
            "$schema": f"{FABRIC}/gitIntegration/platformProperties/2.0.0/schema.json",
            "metadata": {"type": kind, "displayName": NAME},
            "config": {"version": "2.0", "logicalId": guid("logical", kind)},
        }
    )


def _json(node: Node) -> bytes:
    return (json.dumps(node, indent=2, ensure_ascii=False) + "\n").encode()
