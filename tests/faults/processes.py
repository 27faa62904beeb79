"""Work in processes forked from one that has imported everything; they die when a test says so."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Any

from tests.pipeline import Run

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = str(PROJECT / "plugins" / "shopify_analytics") + os.sep
SECONDS_A_CHILD_MAY_TAKE = 60
# What the product imports only when it comes to it, and where the work of most of these processes is defined.
IMPORTED_BEFORE = (
    __name__,
    "_strptime",
    "airflow.sdk.execution_time.supervisor",
    "pandas",
    "scipy.special",
    "ua_parser_builtins.matchers",
    "tests.faults.theatre",
)
TraceFunction = Callable[[FrameType, str, object], Any]


@dataclass(frozen=True)
class Moment:
    """Shortly after the product comes to a line of its code for the ``time``-th time."""

    line: str
    time: int
    milliseconds: float

    def __str__(self) -> str:
        return f"{self.line}, time {self.time}, {self.milliseconds:.2f} ms later"


def start(target: Callable[..., None], *arguments: Any) -> BaseProcess:
    """A forked process that runs ``target``, a function of this module; its arguments are pickled."""
    os.environ["PYTHONPATH"] = os.pathsep.join(
        str(PROJECT / folder) for folder in ("plugins", "include", ".")
    )
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*IMPORTED_BEFORE])
    process = context.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def join(process: BaseProcess) -> int:
    """Wait for the end of a process; return its exit code, the negative signal when one ended it."""
    process.join(SECONDS_A_CHILD_MAY_TAKE)
    if process.exitcode is None:
        process.kill()
        raise TimeoutError(f"A process did not end in {SECONDS_A_CHILD_MAY_TAKE} s")
    return process.exitcode


def perform_until(run: Run, task_id: str, moment: Moment) -> None:
    """Perform a task of a run, which SIGKILL ends at that moment."""
    times: Counter[str] = Counter()

    def come_to(line: str) -> None:
        times[line] += 1
        if line == moment.line and times[line] == moment.time:
            if moment.milliseconds:
                threading.Thread(target=_die_after, args=(moment.milliseconds,), daemon=True).start()
            else:
                _die_after(0)

    _trace(come_to, lambda: run.perform(task_id))


def perform_noting_lines(run: Run, task_id: str, to: Path) -> None:
    """Perform a task of a run, and write how often it came to each line of the product."""
    times: Counter[str] = Counter()
    _trace(lambda line: times.update([line]), lambda: run.perform(task_id))
    to.write_text(json.dumps(times), encoding="utf-8")
    if run.states[task_id] != "success":
        raise RuntimeError(run.reasons[task_id])


def go_on_for(run: Run, lines: int) -> None:
    """Perform a run, which SIGKILL ends after so many lines of the product."""
    do_for(run.go_on, (), lines)


def do_for(work: Callable[..., object], arguments: tuple[Any, ...], lines: int) -> None:
    """Do some work, which SIGKILL ends after so many lines of the product."""
    left = iter(range(lines))

    def come_to(_line: str) -> None:
        if next(left, None) is None:
            _die_after(0)

    _trace(come_to, lambda: work(*arguments))


def do_counting_lines(work: Callable[..., object], arguments: tuple[Any, ...], to: Path) -> None:
    """Do some work, and write to how many lines of the product it came."""
    lines = Counter[str]()
    _trace(lambda _line: lines.update(["all"]), lambda: work(*arguments))
    to.write_text(str(lines["all"]), encoding="utf-8")


def _trace(come_to: Callable[[str], None], work: Callable[[], object]) -> None:
    """Do the work, and tell of each line of the product that it comes to, as ``file.py:number``."""

    def trace(frame: FrameType, event: str, _argument: object) -> TraceFunction | None:
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        if event == "line":
            come_to(f"{frame.f_code.co_filename.removeprefix(PACKAGE)}:{frame.f_lineno}")
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)


def _die_after(milliseconds: float) -> None:
    time.sleep(milliseconds / 1000)
    os.kill(os.getpid(), signal.SIGKILL)
