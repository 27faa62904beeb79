"""``airflow scheduler``, from the moment on at which the API server answers, to which tasks report.

Its imports take seconds, as does the API server's first answer to a task: neither is waited for later.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

SECONDS_BETWEEN_TRIES = 0.2


def main() -> None:
    """Import Airflow, wait for the API server, then be the scheduler."""
    from airflow import __main__ as airflow  # noqa: PLC0415 the start of a service, not of a module
    from airflow.cli import cli_parser  # noqa: PLC0415
    from airflow.executors import local_executor  # noqa: F401, PLC0415
    from airflow.jobs import scheduler_job_runner  # noqa: F401, PLC0415

    cli_parser.get_parser()
    wait_for(os.environ["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"])
    sys.argv = ["airflow", "scheduler"]
    airflow.main()


def wait_for(api: str) -> None:
    """Return as soon as there is a server behind the address, which is asked something for the first time."""
    place = urlsplit(api)
    print(f"Waiting for {place.netloc} …", flush=True)
    while not answers(place.hostname or "", place.port or 80):
        time.sleep(SECONDS_BETWEEN_TRIES)
    # In the background, by a process that is nobody's child.
    ask = 'curl --silent --max-time 60 --output /dev/null "$1" &'
    subprocess.run(["/bin/sh", "-c", ask, "sh", f"{api.rstrip('/')}/health"], check=True)


def answers(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
