"""What is staged in a bucket survives failed and killed tries as in a folder, and is cleaned up as well."""

from __future__ import annotations

import gzip
import os
import signal
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from shopify_analytics.errors import StagingRefused
from shopify_analytics.places import Place, place
from shopify_analytics.redaction import redact_customer
from shopify_analytics.staging import (
    EntityStaging,
    Window,
    remove_expired,
    remove_run,
    remove_superseded,
    run_folder,
)

from tests import planted
from tests.faults.processes import join, start
from tests.gcs import Gcs, Stored, serving_gcs
from tests.planted import PERSON_ID, PLANTED, found_in, order_id
from tests.syncing import Syncs, stage

WINDOW = Window("2026-11-22T11:50:00Z", "2026-11-22T12:00:00Z")
BELOW = "shopify/staging"


@pytest.fixture
def gcs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gcs]:
    with serving_gcs() as gcs:
        for name, value in gcs.environment.items():
            monkeypatch.setenv(name, value)
        yield gcs


@pytest.fixture
def folder(gcs: Gcs) -> Place:
    return run_folder(place(gcs.url), "run") / "orders"


def numbered(*ids: int) -> list[Any]:
    return [{"id": number} for number in ids]


def stage_two_pages(environment: Mapping[str, str], url: str) -> None:
    """Begin, or go on with, the staging of ids 1 to 4."""
    os.environ |= environment
    staging = EntityStaging.begin(run_folder(place(url), "run") / "orders", WINDOW)
    for last_id in range(staging.progress.last_id, 4, 2):
        staging.add_page(numbered(last_id + 1, last_id + 2))
    staging.finish([])


def runs(gcs: Gcs) -> set[str]:
    return {name.removeprefix(f"{BELOW}/").partition("/")[0] for name in gcs.names()}


def test_pages_come_back_in_the_order_of_their_fetch(gcs: Gcs, folder: Place) -> None:
    staging = EntityStaging.begin(folder, WINDOW)
    staging.add_page(numbered(1, 2))
    again = EntityStaging.begin(folder, WINDOW)
    again.add_page(numbered(3))
    again.finish([{"id": 9, "deleted_at": "2026-11-22T12:00:00Z"}])

    finished = EntityStaging.finished(place(str(folder)))
    assert list(finished.pages()) == [numbered(1, 2), numbered(3)]
    assert finished.deleted() == [{"id": 9, "deleted_at": "2026-11-22T12:00:00Z"}]
    assert gcs.names() == [
        f"{BELOW}/run/orders/{name}"
        for name in ("000001.ndjson.gz", "000002.ndjson.gz", "deleted.ndjson.gz", "progress.json")
    ]


def test_another_window_begins_anew(gcs: Gcs, folder: Place) -> None:
    EntityStaging.begin(folder, WINDOW).add_page(numbered(1))
    later = Window("2026-11-22T11:50:00Z", "2026-11-22T12:10:00Z")
    assert EntityStaging.begin(folder, later).progress.pages == 0
    assert gcs.names() == []


def test_the_progress_is_written_after_the_page_that_it_counts(gcs: Gcs, folder: Place) -> None:
    EntityStaging.begin(folder, WINDOW).add_page(numbered(1, 2))
    written = [name.rpartition("/")[2] for method, name in gcs.asked if method == "POST"]
    assert written == ["000001.ndjson.gz", "progress.json"]


@pytest.mark.parametrize(
    ("killed_at", "pages", "names"),
    [
        ("000002.ndjson.gz", 1, ["000001.ndjson.gz", "progress.json"]),
        ("progress.json", 1, ["000001.ndjson.gz", "000002.ndjson.gz", "progress.json"]),
        ("deleted.ndjson.gz", 2, ["000001.ndjson.gz", "000002.ndjson.gz", "progress.json"]),
    ],
)
def test_a_fetch_killed_while_it_writes_goes_on_behind_the_last_page_that_counts(
    gcs: Gcs, folder: Place, killed_at: str, pages: int, names: list[str]
) -> None:
    started: list[BaseProcess] = []

    def kill(method: str, name: str) -> int:
        """Once a page counts; what was being written is lost."""
        counts = f"{BELOW}/run/orders/progress.json" in gcs.names()
        if not (counts and method == "POST" and name.endswith(killed_at)):
            return 0
        while not started:
            pass
        os.kill(started[0].pid or 0, signal.SIGKILL)
        return 503

    gcs.fault = kill
    started.append(start(stage_two_pages, gcs.environment, gcs.url))
    assert join(started[0]) == -signal.SIGKILL
    gcs.fault = lambda _method, _name: 0
    assert gcs.names() == [f"{BELOW}/run/orders/{name}" for name in names]
    assert EntityStaging.begin(folder, WINDOW).progress.pages == pages
    with pytest.raises(StagingRefused, match="are incomplete"):
        EntityStaging.finished(folder)

    stage_two_pages({}, gcs.url)
    assert list(EntityStaging.finished(folder).pages()) == [numbered(1, 2), numbered(3, 4)]


def test_a_load_does_not_begin_without_a_page(gcs: Gcs, folder: Place) -> None:
    stage_two_pages({}, gcs.url)
    del gcs.buckets["bucket"][f"{BELOW}/run/orders/000002.ndjson.gz"]
    with pytest.raises(StagingRefused) as error:
        list(EntityStaging.finished(folder).pages())
    assert str(error.value) == (
        f"{gcs.url}/run/orders/000002.ndjson.gz was cleaned up meanwhile: clear the run from plan_sync"
    )


def test_what_was_cleaned_up_is_not_loaded(gcs: Gcs, folder: Place) -> None:
    with pytest.raises(StagingRefused) as error:
        EntityStaging.finished(folder)
    assert str(error.value) == (
        f"The staged orders in {gcs.url}/run/orders are not there (any more): clear the run from plan_sync"
    )


def test_removing_a_run_leaves_the_others(gcs: Gcs) -> None:
    for run_id in ("a:1", "a:10", "a:2"):
        EntityStaging.begin(run_folder(place(gcs.url), run_id) / "orders", WINDOW).add_page(numbered(1))
    remove_run(place(gcs.url), "a:1")
    remove_run(place(gcs.url), "never there")
    assert runs(gcs) == {"a-10", "a-2"}


def test_runs_that_failed_a_week_ago_expire(gcs: Gcs) -> None:
    for run_id, days in (("old", 8), ("recent", 6), ("new", 0)):
        written = datetime.now(UTC) - timedelta(days=days)
        gcs.buckets["bucket"][f"{BELOW}/{run_id}/orders/000001.ndjson.gz"] = Stored(b"", written)
    remove_expired(place(gcs.url))
    assert runs(gcs) == {"recent", "new"}


def test_ended_runs_are_superseded_by_a_commit_beyond_their_windows(gcs: Gcs) -> None:
    reach = {
        "behind": "2026-11-22T11:50:00Z",
        "level": "2026-11-22T12:00:00Z",
        "ahead": "2026-11-22T12:10:00Z",
    }
    for run_id, updated_at_max in (reach | {"running": reach["behind"]}).items():
        folder = run_folder(place(gcs.url), run_id) / "orders"
        EntityStaging.begin(folder, Window(None, updated_at_max)).add_page(numbered(1))
    remove_superseded(place(gcs.url), ["running"], {"orders": reach["level"]})
    assert runs(gcs) == {"ahead", "running"}


def test_a_redaction_blanks_what_is_staged_in_a_bucket(gcs: Gcs, syncs: Syncs, tmp_path: Path) -> None:
    syncs.load(customers=planted.customers())
    run = run_folder(place(gcs.url), "failed")
    stage(run / "customers", [*planted.customers(), *planted.unreadable_customers()])
    stage(run / "orders", [*planted.orders(), *planted.unreadable_orders()])

    def found() -> set[str]:
        packed = [content for name, content in gcs.contents().items() if name.endswith(".gz")]
        return found_in(*map(gzip.decompress, packed))

    assert found() == PLANTED - {planted.FORMER_NAME}
    places = {syncs.folder, place(gcs.url)}
    redaction = redact_customer(syncs.db, places, tmp_path, PERSON_ID, [order_id(4)])
    assert redaction.blanked["staged records"] == 11
    assert found() == set()
