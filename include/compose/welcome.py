"""What ``docker compose up`` says: how far start and first sync are, where the UI is, how to log in."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.error import URLError

API_SERVER = "http://api-server:8080/api/v2/version"
DATABASE = Path("/opt/airflow/data/shopify_data.db")
STARTED_AT, PREPARED = Path("/secrets/started_at"), Path("/secrets/prepared")
SECONDS_TO_START, SECONDS_FOR_A_SYNC = 300, 900
TRIED = "SELECT 1 FROM sync_runs LIMIT 1"
SYNCED = "SELECT 1 FROM sync_runs WHERE status = 'success' LIMIT 1"
LATEST_RUN = """
    SELECT run_id, status, log_file
    FROM sync_runs
    WHERE unixepoch(started_at) > ?
    ORDER BY started_at DESC LIMIT 1
"""
TRIES = """
    SELECT task_id, state, reason
    FROM task_attempts
    WHERE run_id = ? AND state <> 'running'
    ORDER BY finished_at
"""
Rows = list[tuple[str, ...]]


def main() -> int:
    """Say what happens; return 1 when Airflow does not answer or the first sync failed."""
    say("Airflow is starting …")
    if not (comes_true(PREPARED.exists, SECONDS_TO_START) and comes_true(airflow_answers, SECONDS_TO_START)):
        print("Airflow does not answer. What it says: docker compose logs init api-server")
        return 1
    if query(SYNCED):
        say("Airflow answers")
        print_directions()
        return 0
    waiting = "no sync has succeeded yet: waiting for the next" if query(TRIED) else "the first sync begins"
    say(f"Airflow answers, {waiting}")
    told: set[str] = set()
    ended = comes_true(lambda: first_sync_has_ended(told), SECONDS_FOR_A_SYNC)
    if not ended:
        say("No sync has ended yet; the UI shows how far it is")
    else:
        say("The first sync has ended")
        print_run_log()
    print_directions()
    return int(ended and not query(SYNCED))


def say(text: str) -> None:
    """Print a line with the seconds since ``docker compose up``."""
    print(f"{max(0, time.time() - seconds_in(STARTED_AT)):5.0f} s  {text}", flush=True)


def seconds_in(path: Path) -> int:
    """The moment that a file holds, in seconds since 1970."""
    return int(path.read_text(encoding="ascii"))


def comes_true(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for the condition; return whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return met


def airflow_answers() -> bool:
    """Whether the API server is there."""
    try:
        with urllib.request.urlopen(API_SERVER, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, TimeoutError, ConnectionError):
        return False


def query(sql: str, *values: str | int) -> Rows:
    """Rows of the run ledger; none as long as there is no ledger."""
    try:
        with closing(sqlite3.connect(f"{DATABASE.as_uri()}?mode=ro", uri=True)) as db:
            return db.execute(sql, values).fetchall()
    except sqlite3.OperationalError:
        return []


def first_sync_has_ended(told: set[str]) -> bool:
    """Whether the latest run with what ``.env`` says now has ended; tells each try of it that has, once.

    :param told: the lines that were printed already.
    """
    for run_id, status, _ in query(LATEST_RUN, seconds_in(PREPARED)):
        for task_id, state, reason in query(TRIES, run_id):
            line = f"{task_id}: {state}" + (f", {reason}" if reason else "")
            if line not in told:
                told.add(line)
                say(line)
        return status != "running"
    return False


def print_run_log() -> None:
    """Print what the latest run comes down to, and its key figures."""
    for _, _, log_file in query(LATEST_RUN, seconds_in(PREPARED)):
        if log_file and Path(log_file).exists():
            log = Path(log_file).read_text(encoding="utf-8")
            in_short, _, rest = log.partition("\n\n")
            _, title, figures = rest.partition("\nKey figures\n")
            print(f"\n{in_short}\n{title}{figures}")


def print_directions() -> None:
    """Print where everything is."""
    print(
        f"""
  Airflow UI   http://localhost:{os.environ["AIRFLOW_PORT"]}
  Log in       admin; the password:  docker compose exec api-server cat /secrets/admin.password
  Files        data/, run logs in logs/
  Next sync    every ten minutes; at any time with Trigger in the UI
  Stop         docker compose down""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
