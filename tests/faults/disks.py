"""Disks that are full or cannot be written, as a process alone sees them: a mount in a namespace of its own.

Root may do so, and others where the kernel lets users have namespaces of their own, as most Linux
distributions do: https://man7.org/linux/man-pages/man7/user_namespaces.7.html
"""

from __future__ import annotations

import ctypes
import os
import pickle
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.on_disk import content, is_unlocked, leftovers
from tests.faults.processes import join, start
from tests.pipeline import Run

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_RDONLY, MS_REMOUNT, MS_REC, MS_PRIVATE = 1, 32, 16384, 1 << 18
NO_NAMESPACES = "this system lets the tests have no mount namespace of their own"
PAGE = 4096


@dataclass(frozen=True)
class Outcome:
    """How a task fared on a bad disk, what readers saw then, and what the next run on a good one came to."""

    state: str
    reason: str
    tries: int
    report: str
    found: dict[str, Any]
    next_reasons: dict[str, str]
    final: dict[str, Any]
    leftovers: list[str]
    unlocked: bool


def can_mount() -> bool:
    """Whether this system lets a process mount a disk for itself."""
    return join(start(_have_own_mounts)) == 0


def perform_on(run: Run, task_id: str, *, room: int | None, same_run: bool, to: Path) -> Outcome:
    """Perform a task where only ``room`` more bytes fit, or, with None, where nothing may be written.

    Then the disk is made good, and the run goes on, or a new one begins. ``to`` is a file outside the disk.
    """
    assert join(start(_perform_on, run, task_id, room, same_run, to)) == 0
    outcome: Outcome = pickle.loads(to.read_bytes())  # noqa: S301  our own
    return outcome


def _perform_on(run: Run, task_id: str, room: int | None, same_run: bool, to: Path) -> None:
    folder = run.pipeline.folder
    _have_own_mounts()
    original = Path(shutil.copytree(folder, to.with_suffix(".original")))
    _mount(folder, "size=256m")
    shutil.copytree(original, folder, dirs_exist_ok=True)
    shutil.rmtree(original)
    if room is None:
        _mount(folder, "size=256m", MS_REMOUNT | MS_RDONLY)
    else:
        used = os.statvfs(folder)
        pages = used.f_blocks - used.f_bfree + -(-room // PAGE)
        _mount(folder, f"size={pages * PAGE}", MS_REMOUNT)
    run.perform(task_id)
    state, reason, tries = run.states[task_id], run.reasons.get(task_id, ""), run.tries[task_id]
    if state == "failed":
        run.perform("report_run")
    report = run.reasons.get("report_run", "")
    _mount(folder, "size=256m", MS_REMOUNT)
    found = content(run.pipeline.data_dir)
    good = run.go_on() if same_run else run.pipeline.run("next")
    outcome = Outcome(
        state,
        reason,
        tries,
        report,
        found,
        good.reasons,
        content(run.pipeline.data_dir),
        leftovers(folder),
        is_unlocked(run.pipeline.database),
    )
    to.write_bytes(pickle.dumps(outcome))


def _have_own_mounts() -> None:
    flags = CLONE_NEWNS if os.geteuid() == 0 else CLONE_NEWNS | CLONE_NEWUSER
    _check(ctypes.CDLL(None, use_errno=True).unshare(flags))
    _check(_libc_mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))


def _mount(folder: Path, options: str, flags: int = 0) -> None:
    _check(_libc_mount(b"tmpfs", os.fsencode(folder), b"tmpfs", flags, options.encode()))


def _libc_mount(source: bytes, target: bytes, kind: bytes | None, flags: int, options: bytes | None) -> int:
    mount = ctypes.CDLL(None, use_errno=True).mount
    return int(mount(source, target, kind, ctypes.c_ulong(flags), options))


def _check(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
