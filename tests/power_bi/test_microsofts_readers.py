"""Microsoft's own readers take the project: its model, its queries, its report.

They are no part of this project. The environment variable POWER_BI_CHECK names a command that runs them
over a folder with one ``.pbip`` file and fails when one of them does; with KEEP_BIM it keeps the model.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from power_bi import tabular
from power_bi.model import read_model
from power_bi.power_query import CSV_FILES, GOOGLE_SHEETS, Source
from power_bi.project import project_files

from tests.power_bi.project import MODEL, REPORT

CHECK = os.environ.get("POWER_BI_CHECK")
pytestmark = pytest.mark.skipif(
    not CHECK, reason="POWER_BI_CHECK names no command that runs Microsoft's readers of Power BI projects"
)


def check(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What the readers say of the project in ``folder``."""
    assert CHECK
    command = [str(Path(CHECK).resolve()), str(folder)]
    env = os.environ | environment
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=300)


def written(folder: Path, source: Source) -> Path:
    for name, content in project_files(source).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def told(node: Any) -> Any:
    """A tree of objects with every text of several lines in one piece."""
    if isinstance(node, dict):
        return {name: told(value) for name, value in node.items()}
    if isinstance(node, list):
        is_text = bool(node) and all(isinstance(value, str) for value in node)
        return "\n".join(node) if is_text else [told(value) for value in node]
    return node


@pytest.mark.parametrize("source", [CSV_FILES, GOOGLE_SHEETS], ids=["CSV files", "Google Sheets"])
def test_they_read_the_project_and_see_the_same_model(source: Source, tmp_path: Path) -> None:
    kept = tmp_path / "model.bim"
    seen = check(written(tmp_path / "project", source), KEEP_BIM=str(kept))
    assert seen.returncode == 0, seen.stdout
    read = told(json.loads(kept.read_text(encoding="utf-8-sig"))["model"])
    assert read == told(tabular.database(read_model(), source)["model"])


def test_they_see_what_is_wrong(tmp_path: Path) -> None:
    model = written(tmp_path, CSV_FILES) / MODEL.name / "definition" / "tables"
    replace(model / "Buyer.tmdl", "Table.RenameColumns", "Table.RenameColumn")
    replace(model / "Key Figures.tmdl", "SUM('Order Snapshot'[Owed now])", "SUM('Order Snapshot'[Owed])")
    visuals = (tmp_path / REPORT.name / "definition").rglob("visual.json")
    shown = next(path for path in visuals if '"Net Sales"' in path.read_text(encoding="utf-8"))
    replace(shown, '"Property": "Net Sales"', '"Property": "Neat Sales"')
    replace(shown, '"visualType": "', '"visualTipe": "')
    seen = check(tmp_path)
    assert seen.returncode != 0
    failed = re.findall(r"^FAIL (\w+)", seen.stdout, flags=re.MULTILINE)
    assert failed == ["m", "dax", "fields", "schemas", "report"]


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
