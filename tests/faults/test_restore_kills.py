"""SIGKILL amid a restore and amid a move to a new store: all or nothing, and a second call does the rest."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from shopify_analytics.backup import back_up
from shopify_analytics.config import Folders
from shopify_analytics.database import is_absent
from shopify_analytics.new_store import move_old_store
from shopify_analytics.restore import restore

from tests.dag.equality import assert_equal_to_store
from tests.faults.on_disk import content, database_content, is_unlocked
from tests.faults.processes import do_counting_lines, do_for, join, start
from tests.faults.theatre import Theatre
from tests.pipeline import Pipeline, connection_to

KILLS = 12


def lines_of(work: Callable[..., object], arguments: tuple[Any, ...], tmp_path: Path) -> int:
    """To how many of the product's lines the work comes."""
    counted = tmp_path / "lines"
    assert join(start(do_counting_lines, work, arguments, counted)) == 0
    return int(counted.read_text(encoding="utf-8"))


def set_up(theatre: Theatre) -> tuple[Folders, Pipeline]:
    """The synced folder of the theatre, one's own copy."""
    shutil.rmtree(theatre.stage, ignore_errors=True)
    shutil.copytree(theatre.synced.folder, theatre.stage)
    pipeline = Pipeline(theatre.stage, connection_to(theatre.server))
    return Folders(pipeline.data_dir, pipeline.log_dir), pipeline


def restore_into(folders: Folders, backup: Path) -> None:
    """Restore as the command does, with a workspace of its own."""
    workspace = folders.data_dir / ".command"
    shutil.rmtree(workspace, ignore_errors=True)
    workspace.mkdir()
    restore(folders, backup, workspace)
    shutil.rmtree(workspace)


@pytest.mark.parametrize("number", range(KILLS))
def test_a_restore_killed_at_any_moment_is_all_or_nothing(
    theatre: Theatre, tmp_path: Path, number: int, pytestconfig: pytest.Config
) -> None:
    draw = Random(f"{pytestconfig.getoption('--seed')}/restore/{number}")
    folders, pipeline = set_up(theatre)
    old = database_content(folders.data_dir)
    backup = back_up(folders, datetime.now(UTC)).path
    assert pipeline.run("later").succeeded
    lines = lines_of(restore_into, (folders, backup), tmp_path)
    assert database_content(folders.data_dir) == old
    assert pipeline.run("again").succeeded
    new = database_content(folders.data_dir)
    ended = join(start(do_for, restore_into, (folders, backup), draw.randrange(lines)))
    assert ended == -signal.SIGKILL
    assert database_content(folders.data_dir) in (old, new)
    assert is_unlocked(folders.database)
    restore_into(folders, backup)
    assert database_content(folders.data_dir) == old
    assert pipeline.run("last").succeeded
    assert_equal_to_store(theatre.server.store, folders.data_dir)


@pytest.mark.parametrize("number", range(KILLS))
def test_a_move_killed_at_any_moment_is_completed_by_a_second_call(
    theatre: Theatre, tmp_path: Path, number: int, pytestconfig: pytest.Config
) -> None:
    draw = Random(f"{pytestconfig.getoption('--seed')}/move/{number}")
    folders, _ = set_up(theatre)
    lines = lines_of(move_old_store, (folders,), tmp_path)
    folders, pipeline = set_up(theatre)
    before = content(folders.data_dir)
    ended = join(start(do_for, move_old_store, (folders,), draw.randrange(lines)))
    assert ended == -signal.SIGKILL
    if not is_absent(folders.database):
        assert database_content(folders.data_dir) == before["tables"]
        assert is_unlocked(folders.database)
    move_old_store(folders, patience=timedelta(0))
    (moved,) = folders.data_dir.glob("demo-*")
    assert content(moved) == before
    assert is_absent(folders.database)
    assert pipeline.run("next", full_sync=True).succeeded
