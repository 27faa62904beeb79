"""What is staged survives a failed try, and only whole pages count."""

from __future__ import annotations

import gzip
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from shopify_analytics.errors import StagingRefused
from shopify_analytics.places import Place
from shopify_analytics.staging import (
    KEEP_FAILED_SECONDS,
    EntityStaging,
    Window,
    record_ids,
    remove_expired,
    remove_run,
    remove_superseded,
    run_folder,
)

WINDOW = Window("2026-11-22T11:50:00Z", "2026-11-22T12:00:00Z")
LATER = Window("2026-11-22T11:50:00Z", "2026-11-22T12:10:00Z")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "staging" / "run" / "orders"


def numbered(*ids: int) -> list[Any]:
    return [{"id": number} for number in ids]


def staged(folder: Place, *pages: list[Any]) -> EntityStaging:
    staging = EntityStaging.begin(folder, WINDOW)
    for page in pages:
        staging.add_page(page)
    return staging


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_pages_come_back_in_the_order_of_their_fetch(folder: Path) -> None:
    odd = [{"id": 3, "title": "Zażółć 茶\u2028\n\ud83e"}, None, 7, [1, {"a": 0.1}]]
    staging = staged(folder, numbered(1, 2), odd)
    staging.add_records(numbered(1))
    staging.finish([{"id": 9, "deleted_at": "2026-11-22T12:00:00Z"}])

    finished = EntityStaging.finished(folder)
    assert list(finished.pages()) == [numbered(1, 2), odd, numbered(1)]
    assert list(finished.deleted()) == [{"id": 9, "deleted_at": "2026-11-22T12:00:00Z"}]
    assert (finished.window, finished.progress.records, finished.progress.pages) == (WINDOW, 7, 3)


def test_a_page_is_a_compressed_line_per_record(folder: Path) -> None:
    staged(folder, numbered(1, 2)).finish([])
    assert names(folder) == ["000001.ndjson.gz", "deleted.ndjson.gz", "progress.json"]
    assert gzip.decompress((folder / "000001.ndjson.gz").read_bytes()) == b'{"id":1}\n{"id":2}\n'
    assert gzip.decompress((folder / "deleted.ndjson.gz").read_bytes()) == b""


def test_a_window_without_lower_bound_is_full() -> None:
    assert (Window(None, "2026-11-22T12:00:00Z").is_full, WINDOW.is_full) == (True, False)


def test_a_later_try_goes_on_behind_the_last_page(folder: Path) -> None:
    staged(folder, numbered(1, 2), numbered(4, 5))
    again = EntityStaging.begin(folder, WINDOW)
    assert (again.progress.pages, again.progress.records, again.progress.last_id) == (2, 4, 5)
    again.add_page(numbered(6))
    again.finish([])
    assert list(EntityStaging.finished(folder).pages()) == [numbered(1, 2), numbered(4, 5), numbered(6)]


def test_another_window_begins_anew(folder: Path) -> None:
    staged(folder, numbered(1, 2))
    again = EntityStaging.begin(folder, LATER)
    assert (again.progress.pages, again.progress.last_id, again.window) == (0, 0, LATER)
    assert not folder.exists()


def test_pages_whose_ids_do_not_ascend_cannot_be_continued(folder: Path) -> None:
    staged(folder, numbered(5, 6), numbered(6, 7))
    assert EntityStaging.begin(folder, WINDOW).progress.pages == 0


def test_a_page_without_ids_does_not_stop_a_later_try(folder: Path) -> None:
    staged(folder, numbered(5), [None, {"id": "x"}])
    again = EntityStaging.begin(folder, WINDOW)
    assert (again.progress.pages, again.progress.last_id, again.progress.ascending) == (2, 5, True)


def test_a_finished_fetch_is_not_read_again_whatever_its_order(folder: Path) -> None:
    staging = staged(folder, numbered(5, 6), numbered(1, 2))
    staging.finish([])
    again = EntityStaging.begin(folder, WINDOW)
    assert (again.progress.complete, again.progress.pages) == (True, 2)


def test_records_asked_for_by_id_leave_the_place_in_the_read_alone(folder: Path) -> None:
    staging = staged(folder, numbered(5, 6))
    staging.add_records(numbered(1, 99))
    assert (staging.progress.last_id, staging.progress.ascending, staging.progress.records) == (6, True, 4)


def test_a_page_that_fails_to_be_written_leaves_the_pages_before(folder: Path) -> None:
    staging = staged(folder, numbered(1))
    with pytest.raises(TypeError):
        staging.add_page([{"id": 2}, {"id": 3, "price": object()}])
    assert names(folder) == ["000001.ndjson.gz", "progress.json"]
    again = EntityStaging.begin(folder, WINDOW)
    assert (again.progress.pages, again.progress.last_id) == (1, 1)


def test_a_page_written_just_before_a_crash_is_written_again(folder: Path) -> None:
    staged(folder, numbered(1))
    (folder / "000002.ndjson.gz").write_bytes(b"the progress file does not know this page")
    again = EntityStaging.begin(folder, WINDOW)
    again.add_page(numbered(2))
    again.finish([])
    assert list(EntityStaging.finished(folder).pages()) == [numbered(1), numbered(2)]


def test_a_fetch_that_did_not_finish_is_not_loaded(folder: Path) -> None:
    staged(folder, numbered(1))
    with pytest.raises(StagingRefused) as error:
        EntityStaging.finished(folder)
    assert str(error.value) == f"The staged orders in {folder} are incomplete: clear the run from plan_sync"


def test_a_fetch_that_was_cleaned_up_is_not_loaded(folder: Path) -> None:
    with pytest.raises(StagingRefused) as error:
        EntityStaging.finished(folder)
    assert str(error.value) == (
        f"The staged orders in {folder} are not there (any more): clear the run from plan_sync"
    )


@pytest.mark.parametrize(
    ("page", "ids"),
    [
        (numbered(2, 1), [2, 1]),
        ([{}, {"id": None}, {"id": "7"}, {"id": True}, {"id": 1.0}, None, [], "id"], []),
        (numbered(2**63 - 1, 2**63, -(2**63) - 1), [2**63 - 1]),
    ],
)
def test_only_whole_numbers_that_a_database_holds_are_ids(page: list[Any], ids: list[int]) -> None:
    assert record_ids(page) == ids


def test_a_run_has_a_folder_that_every_file_system_takes(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, "scheduled__2026-11-22T12:00:00+00:00/../../etc")
    assert folder == tmp_path / "scheduled__2026-11-22T12-00-00-00-00-..-..-etc"


def test_removing_a_run_leaves_the_others(tmp_path: Path) -> None:
    for run_id in ("a:1", "a:2"):
        staged(run_folder(tmp_path, run_id) / "orders", numbered(1))
    remove_run(tmp_path, "a:1")
    remove_run(tmp_path, "never there")
    assert names(tmp_path) == ["a-2"]


def test_runs_that_failed_a_week_ago_expire(tmp_path: Path) -> None:
    for run_id, days in (("old", 8), ("recent", 6), ("new", 0)):
        staged(tmp_path / run_id / "orders", numbered(1))
        seconds = time.time() - days * 24 * 3600
        os.utime(tmp_path / run_id, (seconds, seconds))
    remove_expired(tmp_path)
    assert names(tmp_path) == ["new", "recent"]
    assert KEEP_FAILED_SECONDS == 7 * 24 * 3600


def test_there_may_be_no_staging_yet(tmp_path: Path) -> None:
    remove_expired(tmp_path / "staging")


def test_progress_says_how_far_a_fetch_has_come(folder: Path) -> None:
    staged(folder, numbered(1, 2))
    assert json.loads((folder / "progress.json").read_text()) == {
        "window": {
            "updated_at_min": "2026-11-22T11:50:00Z",
            "updated_at_max": "2026-11-22T12:00:00Z",
            "sweep": False,
            "store": "",
        },
        "pages": 1,
        "records": 2,
        "last_id": 2,
        "ascending": True,
        "complete": False,
        "told": {},
    }


def test_a_page_that_is_not_in_order_is_nothing_to_go_on_from(folder: Path) -> None:
    staged(folder, numbered(2, 1))
    again = EntityStaging.begin(folder, WINDOW)
    assert (again.progress.pages, again.progress.last_id, list(folder.parent.glob("*/*"))) == (0, 0, [])


def test_ended_runs_are_superseded_by_a_commit_beyond_their_windows(tmp_path: Path) -> None:
    reach = {
        "behind": "2026-11-22T11:50:00Z",
        "level": "2026-11-22T12:00:00Z",
        "ahead": "2026-11-22T12:10:00Z",
    }
    for run_id, updated_at_max in (reach | {"running": reach["behind"]}).items():
        folder = run_folder(tmp_path, run_id) / "orders"
        EntityStaging.begin(folder, Window(None, updated_at_max)).add_page([{"id": 1}])
    run_folder(tmp_path, "never fetched").mkdir()
    remove_superseded(tmp_path, ["running"], {"orders": reach["level"]})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ahead", "running"]


def test_two_runs_may_clean_up_the_same_folders_at_once(tmp_path: Path) -> None:
    for number in range(300):
        folder = run_folder(tmp_path, f"run {number}") / "orders"
        EntityStaging.begin(folder, WINDOW).add_page([{"id": 1}])
    with ThreadPoolExecutor(2) as runs:
        cleaned = [
            runs.submit(remove_superseded, tmp_path, [], {"orders": LATER.updated_at_max}) for _ in "ab"
        ]
    assert [run.result() for run in cleaned] == [None, None]
    assert list(tmp_path.iterdir()) == []


def test_pages_that_were_cleaned_up_while_a_run_slept_are_refused(folder: Path) -> None:
    staging = EntityStaging.begin(folder, WINDOW)
    staging.add_page([{"id": 1}])
    staging.finish([])
    (folder / "000001.ndjson.gz").unlink()
    with pytest.raises(StagingRefused) as error:
        list(staging.pages())
    assert (
        str(error.value)
        == f"{folder}/000001.ndjson.gz was cleaned up meanwhile: clear the run from plan_sync"
    )
