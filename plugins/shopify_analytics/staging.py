"""Pages on their way from fetch to load: compressed NDJSON files, written atomically.

``<run>/<entity>/``, below ``<data_dir>/staging`` or a URL, holds ``000001.ndjson.gz`` and so on (a record a
line, as its rows), ``deleted.ndjson.gz`` (``{"id", "deleted_at"}`` a line) and ``progress.json`` (how far the
fetch has come), which is written after the page that it counts.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

from shopify_analytics.errors import StagingRefused
from shopify_analytics.fields import SQLITE_INTEGERS
from shopify_analytics.json_text import decode_lines, encode
from shopify_analytics.places import Place, age, files, folders, read, remove, write

KEEP_FAILED_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Window:
    """Which changes to read, as store times in UTC; without ``updated_at_min`` everything is read.

    With ``sweep``, all ids that the store has are looked over besides. ``store`` is the base URL of the store
    that the window was planned for.
    """

    updated_at_min: str | None
    updated_at_max: str
    sweep: bool = False
    store: str = ""

    @property
    def is_full(self) -> bool:
        return self.updated_at_min is None


@dataclass
class Progress:
    """How far a fetch has come; a retry may go on while every id is above the one before.

    ``told`` is what the fetch has counted and found so far.
    """

    window: dict[str, Any]
    pages: int = 0
    records: int = 0
    last_id: int = 0
    ascending: bool = True
    complete: bool = False
    told: dict[str, Any] = field(default_factory=dict)


class EntityStaging:
    """The staged pages of one entity in one run."""

    def __init__(self, folder: Place, progress: Progress) -> None:
        self.folder = folder
        self.progress = progress

    @classmethod
    def begin(cls, folder: Place, window: Window) -> EntityStaging:
        """Go on where an earlier try for the same window stopped, or start with an empty folder."""
        progress = _read_progress(folder)
        resumable = progress and (progress.ascending or progress.complete)
        if progress and resumable and progress.window == asdict(window):
            return cls(folder, progress)
        remove(folder)
        return cls(folder, Progress(asdict(window)))

    @classmethod
    def finished(cls, folder: Place) -> EntityStaging:
        """What a fetch has staged completely.

        :raises StagingRefused: when it is incomplete or already cleaned up.
        """
        progress = _read_progress(folder)
        if progress is None or not progress.complete:
            state = "incomplete" if progress else "not there (any more)"
            raise StagingRefused(
                f"The staged {folder.name} in {folder} are {state}: clear the run from plan_sync"
            )
        return cls(folder, progress)

    @property
    def window(self) -> Window:
        return Window(**self.progress.window)

    def add_page(self, records: list[Any]) -> None:
        """Stage the next page of the read; once this returns, a later try goes on behind it."""
        ids = record_ids(records)
        behind = [self.progress.last_id, *ids]
        self.progress.ascending &= all(before < after for before, after in pairwise(behind))
        self.progress.last_id = max([self.progress.last_id, *ids])
        self.add_records(records)

    def add_records(self, records: list[Any]) -> None:
        """Stage records that were asked for by id, outside the order of the read."""
        self.progress.pages += 1
        self.progress.records += len(records)
        write_lines(self.folder / f"{self.progress.pages:06d}.ndjson.gz", records)
        self._write_progress()

    def finish(self, deleted: Iterable[dict[str, Any]]) -> None:
        """Stage the ids that the store no longer has, and declare the entity complete."""
        write_lines(self.folder / "deleted.ndjson.gz", deleted)
        self.progress.complete = True
        self._write_progress()

    def pages(self) -> Iterator[list[Any]]:
        """The staged pages in the order of their fetch.

        :raises StagingRefused: when they were cleaned up meanwhile.
        """
        for number in range(1, self.progress.pages + 1):
            yield _read_staged(self.folder / f"{number:06d}.ndjson.gz")

    def records(self) -> Iterator[tuple[int | None, str | None]]:
        """Id and ``updated_at`` of every staged record, as far as it has them."""
        for page in self.pages():
            for staged in page:
                rows = staged.get("rows")
                yield staged["id"], rows[self.folder.name][0]["updated_at"] if rows else None

    def deleted(self) -> list[dict[str, Any]]:
        """``{"id", "deleted_at"}`` of what the store no longer has."""
        return _read_staged(self.folder / "deleted.ndjson.gz")

    def _write_progress(self) -> None:
        write(self.folder / "progress.json", json.dumps(asdict(self.progress)).encode())


def record_ids(records: list[Any]) -> list[int]:
    """The ids of the records that have one that a database can hold."""
    values = (record.get("id") for record in records if isinstance(record, dict))
    return [value for value in values if type(value) is int and value in SQLITE_INTEGERS]


def run_folder(staging: Place, run_id: str) -> Place:
    """The folder of one run."""
    return staging / run_name(run_id)


def run_name(run_id: str) -> str:
    """A run's name for a folder; the colons and plus signs of its id are no good in file names."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", run_id)


def remove_run(staging: Place, run_id: str) -> None:
    """Clean up after a run that succeeded."""
    remove(run_folder(staging, run_id))


def remove_expired(staging: Place) -> None:
    """Clean up after runs that failed more than a week ago."""
    for folder in folders(staging):
        with suppress(FileNotFoundError):  # another run is removing it
            if age(folder) > KEEP_FAILED_SECONDS:
                remove(folder)


def remove_superseded(staging: Place, running: Iterable[str], watermarks: Mapping[str, str]) -> None:
    """Clean up after runs that have ended and whose windows end at or before the committed watermarks.

    :param running: ids of the runs that have not ended.
    :param watermarks: up to which store time each entity has been committed.
    """
    spared = {run_name(run_id) for run_id in running}
    for folder in folders(staging):
        if folder.name in spared:
            continue
        with suppress(FileNotFoundError):  # another run is removing it
            windows = {
                file.parent.name: json.loads(read(file))["window"]
                for file in files(folder)
                if file.name == "progress.json"
            }
            if all(window["updated_at_max"] <= watermarks.get(name, "") for name, window in windows.items()):
                remove(folder)


def read_lines(file: Place) -> list[Any]:
    """What :func:`write_lines` has written.

    :raises FileNotFoundError: when there is no such file.
    """
    return decode_lines(gzip.decompress(read(file)))


def write_lines(file: Place, values: Iterable[Any]) -> None:
    """Write values as compressed NDJSON."""
    lines = b"".join(encode(value) + b"\n" for value in values)
    write(file, gzip.compress(lines, compresslevel=1, mtime=0))


def _read_progress(folder: Place) -> Progress | None:
    try:
        return Progress(**json.loads(read(folder / "progress.json")))
    except FileNotFoundError:
        return None


def _read_staged(file: Place) -> list[Any]:
    try:
        return read_lines(file)
    except FileNotFoundError as error:
        raise StagingRefused(f"{file} was cleaned up meanwhile: clear the run from plan_sync") from error
