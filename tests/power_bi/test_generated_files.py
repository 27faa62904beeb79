"""The committed files are what the specification says."""

from __future__ import annotations

import json
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

from power_bi import tabular
from power_bi.__main__ import write_all
from power_bi.model import read_model
from power_bi.power_query import CSV_FILES, GOOGLE_SHEETS
from power_bi.project import all_files

from tests.power_bi.project import DASHBOARDS, MODEL, NAME, REPORT

ADVICE = "The specification and the files in dashboards differ: run make power-bi"


def parts(template: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(template)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_file_is_what_the_specification_says() -> None:
    files = {name: content for name, content in all_files().items() if not name.endswith(".pbit")}
    assert {name: (DASHBOARDS / name).read_bytes() for name in files} == files, ADVICE


def test_the_templates_hold_what_the_specification_says() -> None:
    templates = {name: content for name, content in all_files().items() if name.endswith(".pbit")}
    assert templates.keys() == {f"{NAME}.pbit", f"google-sheets/{NAME}.pbit"}
    for name, content in templates.items():
        assert parts((DASHBOARDS / name).read_bytes()) == parts(content), ADVICE


def test_there_is_no_other_file_in_the_folders_of_model_and_report() -> None:
    found = {
        path.relative_to(DASHBOARDS).as_posix()
        for folder in (MODEL, REPORT)
        for path in folder.rglob("*")
        if path.is_file() and ".pbi" not in path.parts
    }
    folders = (f"{MODEL.name}/", f"{REPORT.name}/")
    assert found == {name for name in all_files() if name.startswith(folders)}


def test_made_anew_nothing_is_written(tmp_path: Path) -> None:
    assert set(write_all(tmp_path)) == set(all_files())
    assert write_all(tmp_path) == []


def test_what_an_earlier_version_made_disappears_and_what_desktop_keeps_stays(tmp_path: Path) -> None:
    write_all(tmp_path)
    old = tmp_path / MODEL.name / "definition" / "tables" / "Old.tmdl"
    kept = tmp_path / MODEL.name / ".pbi" / "cache.abf"
    for path in (old, kept):
        path.parent.mkdir(exist_ok=True)
        path.write_text("table Old\n", encoding="utf-8")
    shutil.rmtree(tmp_path / "google-sheets")
    assert write_all(tmp_path) == [
        old.relative_to(tmp_path).as_posix(),
        "google-sheets/expressions.tmdl",
        f"google-sheets/{NAME}.pbit",
    ]
    assert not old.exists()
    assert kept.read_text(encoding="utf-8") == "table Old\n"


def test_the_two_sources_differ_in_their_parameters_and_the_function_alone() -> None:
    csv_files, sheets = (
        tabular.database(read_model(), source)["model"] for source in (CSV_FILES, GOOGLE_SHEETS)
    )
    csv_names, sheet_names = (
        [node["name"] for node in model.pop("expressions")] for model in (csv_files, sheets)
    )
    assert csv_files == sheets
    assert csv_names == ["DataFolder", "FiscalYearStart", "LoadTable"]
    assert sheet_names == ["SpreadsheetUrl", "FiscalYearStart", "LoadTable"]


def test_a_template_holds_the_model_and_the_report() -> None:
    found = parts((DASHBOARDS / f"{NAME}.pbit").read_bytes())
    schema = json.loads(found["DataModelSchema"].decode("utf-16-le"))
    assert [table["name"] for table in schema["model"]["tables"]][1:] == [
        table.name for table in read_model().tables
    ]
    assert found["Version"].decode("utf-16-le") == "1.33"
    assert found["[Content_Types].xml"].startswith(b"\xef\xbb\xbf<?xml")
    told = {
        path.relative_to(REPORT).as_posix(): path.read_bytes()
        for folder in ("definition", "StaticResources")
        for path in (REPORT / folder).rglob("*")
        if path.is_file()
    }
    assert {
        name.removeprefix("Report/"): content for name, content in found.items() if name.startswith("Report/")
    } == told
