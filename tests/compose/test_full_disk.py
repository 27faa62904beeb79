"""A data folder on a disk that fills up, as the scheduler's container sees it: told, and made good."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from tests.compose.airflow_api import DAG_ID
from tests.compose.platform import Platform, on_host

pytestmark = pytest.mark.usefixtures("without_reports")

DATA = "/opt/airflow/data"
ADVICE = "free the disk"
ROOM = "512m"


class SmallDisk:
    """A disk in the place of the data folder, with what was in there."""

    def __init__(self, platform: Platform) -> None:
        self._image = f"{platform.name}-airflow"
        self._pid = str(platform.containers()["scheduler"]["State"]["Pid"])

    def mount(self) -> None:
        """Put it in its place."""
        self._run(
            f"mount -t tmpfs -o size={ROOM},mode=2775,uid=50000 tmpfs /mnt",
            f"cp -a {DATA}/. /mnt/",
            f"mount --bind /mnt {DATA}",
        )

    def fill(self) -> None:
        """Leave no room at all."""
        self._run(f"dd if=/dev/zero of={DATA}/ballast bs=64k 2>/dev/null || true", f"df {DATA}")

    def free(self) -> None:
        """Make room again."""
        self._run(f"rm -f {DATA}/ballast")

    def unmount(self) -> None:
        """Show the data folder again, as it was."""
        self._run(f"umount {DATA}", "umount /mnt")

    def _run(self, *commands: str) -> None:
        script = " && ".join(commands)
        on_host(self._image, "nsenter", "--target", self._pid, "--mount", "sh", "-c", script)


@pytest.fixture
def disk(platform: Platform) -> Iterator[SmallDisk]:
    """A small disk that holds the data folder until the test ends; no sync goes on at either moment."""
    platform.sync()
    platform.api.patch(f"/dags/{DAG_ID}", {"is_paused": True})
    disk = SmallDisk(platform)
    disk.mount()
    yield disk
    disk.unmount()
    platform.api.patch(f"/dags/{DAG_ID}", {"is_paused": False})


def test_a_full_disk_is_told_and_when_there_is_room_nothing_is_missing(
    platform: Platform, disk: SmallDisk
) -> None:
    before = rows(platform, "orders")
    platform.api.patch(f"/dags/{DAG_ID}", {"is_paused": False})
    disk.fill()
    run_id = platform.api.trigger(DAG_ID, full_sync=True)
    assert platform.api.wait(DAG_ID, run_id) == "failed"
    tasks = platform.api.tasks(DAG_ID, run_id)
    red = [task for task, state in tasks.items() if state == "failed" and task != "report_run"]
    assert len(red) == 1
    log = platform.api.log(DAG_ID, run_id, red[0])
    assert f"{DATA}/" in log
    assert ADVICE in log
    told = status(platform)
    assert "The disk is full" in told
    assert "clear the run from its first red task" in told
    disk.free()
    platform.sync(full_sync=True)
    assert rows(platform, "orders") >= before
    assert rows(platform, "customers") > set()
    assert "All is well" in status(platform)


def rows(platform: Platform, table: str) -> set[str]:
    """The ids in a CSV file on the small disk."""
    text = platform.execute("scheduler", "cat", f"{DATA}/{table}.csv")
    return {row[f"{table[:-1]}_id"] for row in csv.DictReader(io.StringIO(text))}


def status(platform: Platform) -> str:
    """What ``make status`` shows."""
    return platform.execute("scheduler", "python", "include/database_commands.py", "status", check=False)
