"""How much memory services need, as Docker sees it."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.compose.platform import FIGURES, LONG_RUNNING, Platform, docker

MEBIBYTES = {"B": 1 / 1024**2, "KiB": 1 / 1024, "MiB": 1.0, "GiB": 1024.0}


@contextmanager
def watching_memory(platform: Platform) -> Iterator[None]:
    """Assert that every service fits into its memory until the block ends, and tell how well."""
    over = threading.Event()
    peaks: defaultdict[str, float] = defaultdict(float)
    names = {container["Id"]: service for service, container in platform.containers().items()}

    def watch() -> None:
        while not over.is_set():
            running = [each for each, service in names.items() if service in LONG_RUNNING]
            shown = docker("stats", "--no-stream", "--no-trunc", "--format={{.ID}} {{.MemUsage}}", *running)
            for container_id, used in re.findall(r"^(\w+) ([\d.]+\w+) /", shown, re.MULTILINE):
                peaks[names[container_id]] = max(peaks[names[container_id]], in_mebibytes(used))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
    containers = platform.containers()
    assert peaks.keys() == set(LONG_RUNNING)
    tell(peaks, {service: containers[service]["HostConfig"]["Memory"] / 1024**2 for service in peaks})
    assert [name for name, container in containers.items() if container["State"]["OOMKilled"]] == []


def tell(peaks: Mapping[str, float], limits: Mapping[str, float]) -> None:
    """Mebibytes of each service, for the summary of the tests."""
    FIGURES.append("memory at most during a full sync, of its limit:")
    for service, peak in sorted(peaks.items()):
        FIGURES.append(f"  {service:<14} {peak:5.0f} MiB of {limits[service]:5.0f}")


def in_mebibytes(text: str) -> float:
    """What ``docker stats`` calls 12.5MiB."""
    number, unit = re.fullmatch(r"([\d.]+)(\w+)", text).groups()  # type: ignore[union-attr]
    return float(number) * MEBIBYTES[unit]
