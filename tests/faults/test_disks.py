"""A disk that is full at any place of a task, or cannot be written: one clear error, and nothing is lost."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.faults.disks import NO_NAMESPACES, Outcome, can_mount, perform_on
from tests.faults.theatre import KINDS, Theatre, assert_old_or_new
from tests.pipeline import BEFORE_REPORT

ADVICE = (
    ": free the disk, give Airflow's user write access to the folder, "
    "or change the Variable analytics_data_dir"
)


@pytest.fixture(scope="module", autouse=True)
def _mounts() -> None:
    if not can_mount():
        pytest.skip(NO_NAMESPACES)


def assert_clear_and_made_good(outcome: Outcome, task_id: str) -> None:
    """One try, one sentence that names a file and what to do; and then everything as the store has it."""
    assert outcome.tries == 1
    assert outcome.reason.startswith(("Cannot write ", "Cannot use the database "))
    assert ADVICE in outcome.reason
    assert outcome.report.startswith(f"AirflowFailException: Failed: {task_id}. ")


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("task_id", BEFORE_REPORT)
def test_a_full_disk_is_one_clear_error_and_nothing_is_lost(
    theatre: Theatre, tmp_path: Path, task_id: str, number: int, pytestconfig: pytest.Config
) -> None:
    draw = Random(f"{pytestconfig.getoption('--seed')}/{task_id}/{number}")
    kind = draw.choice(KINDS)
    final = theatre.final(kind)
    scene, run = theatre.set_up(kind, task_id)
    room = int(2 ** draw.uniform(12, 20)) if number else 0
    print(f"{task_id} of a {kind} sync with {room:,} bytes left on the disk")
    outcome = perform_on(run, task_id, room=room, same_run=draw.random() < 0.5, to=tmp_path / "outcome")
    if outcome.state == "failed" or not room:
        assert_clear_and_made_good(outcome, task_id)
    assert_old_or_new(outcome.found, scene.before, scene.after)
    assert (outcome.next_reasons, outcome.leftovers, outcome.unlocked) == ({}, [], True)
    assert outcome.final == final


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("task_id", BEFORE_REPORT)
def test_a_folder_that_cannot_be_written_is_one_clear_error(
    theatre: Theatre, tmp_path: Path, task_id: str, kind: str
) -> None:
    final = theatre.final(kind)
    scene, run = theatre.set_up(kind, task_id)
    outcome = perform_on(run, task_id, room=None, same_run=True, to=tmp_path / "outcome")
    assert_clear_and_made_good(outcome, task_id)
    assert outcome.found == scene.before
    assert (outcome.next_reasons, outcome.leftovers, outcome.unlocked) == ({}, [], True)
    assert outcome.final == final
