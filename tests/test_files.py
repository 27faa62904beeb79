"""Files are there whole, or as they were."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shopify_analytics import analytics
from shopify_analytics.analytics import write_summary
from shopify_analytics.errors import SettingsError
from shopify_analytics.files import replacing


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path, workspace = tmp_path / "out" / "orders.csv", tmp_path / "staging" / "run"
    with replacing(path, workspace) as unfinished:
        unfinished.write_text("half")
        assert not path.exists()
        assert unfinished.parent == workspace
        unfinished.write_text("whole")
    assert path.read_text() == "whole"
    assert list(workspace.iterdir()) == []


def test_a_reader_keeps_the_file_that_it_has_opened(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("old")
    with path.open() as reader:
        with replacing(path, tmp_path) as unfinished:
            unfinished.write_text("new")
        assert reader.read() == "old"
    assert path.read_text() == "new"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("old")
    with pytest.raises(TypeError), replacing(path, tmp_path) as unfinished, unfinished.open("w") as file:
        file.writelines(["half", None])  # type: ignore[list-item]
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("file", "workspace"), [("taken/orders.csv", "work"), ("orders.csv", "taken")])
def test_a_folder_that_cannot_be_written_names_its_settings(
    tmp_path: Path, file: str, workspace: str
) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    with pytest.raises(SettingsError) as error, replacing(tmp_path / file, tmp_path / workspace):
        pytest.fail("nothing can be written here")
    assert str(error.value) == (
        f"Cannot write {tmp_path / file} (File exists): free the disk, give Airflow's user write access "
        "to the folder, or change the Variable analytics_data_dir or analytics_log_dir"
    )


def first(happens: Callable[[], object], then: Callable[..., Any]) -> Callable[..., Any]:
    """What does the same as ``then``, but at the first call only after something else has happened."""
    left = iter([happens])

    def call(*arguments: Any, **options: Any) -> Any:
        if happen := next(left, None):
            happen()
        return then(*arguments, **options)

    return call


def test_a_workspace_that_another_run_removes_as_it_is_made_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, workspace = tmp_path / "orders.csv", tmp_path / "run"

    def is_there_and_gone() -> None:
        raise FileExistsError(17, "File exists", str(workspace))

    monkeypatch.setattr(os, "mkdir", first(is_there_and_gone, os.mkdir))
    with replacing(path, workspace) as unfinished:
        unfinished.write_text("whole")
    assert path.read_text() == "whole"


def test_a_summary_whose_workspace_another_run_removes_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, workspace = tmp_path / "analytics_summary.json", tmp_path / "run"
    removes = first(lambda: shutil.rmtree(workspace), analytics.msgspec.json.encode)
    monkeypatch.setattr(analytics.msgspec.json, "encode", removes)
    write_summary({"orders": 1}, path, workspace)
    assert path.read_text() == '{\n  "orders": 1\n}\n'
