"""A platform in Docker that most tests share; test_second_life.py has another one.

These tests run when asked for by name, ``make test-compose``; a plain ``pytest`` leaves them out.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.compose.platform import (
    DOCKER,
    FIGURES,
    SECONDS_TO_START,
    Platform,
    docker,
    in_plain,
    lay_over,
    platform_in,
    wait_for,
)
from tests.standalone import free_ports

NO_ENGINE = "These tests need Docker with Compose v2: start its engine, and let `docker info` answer."


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        terminalreporter.section("platform")
        for line in FIGURES:
            terminalreporter.write_line(line)


@dataclass(frozen=True)
class FirstStart:
    """The platform after its first ``docker compose up``, and what that printed."""

    platform: Platform
    output: str


@pytest.fixture(scope="session")
def engine() -> None:
    """Docker; without it no test passes."""
    for command in ("info", "compose version"):
        try:
            done = subprocess.run([DOCKER, *command.split()], capture_output=True, timeout=60, check=False)
        except (FileNotFoundError, subprocess.TimeoutExpired):
            pytest.exit(NO_ENGINE, returncode=1)
        if done.returncode:
            pytest.exit(NO_ENGINE, returncode=1)


@pytest.fixture(scope="session")
def clone(engine: None) -> Iterator[Path]:
    """A fresh clone where others than its owner may go in, unlike into the folders of pytest."""
    with TemporaryDirectory(prefix="shopify-analytics-clone-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        lay_over(folder)
        yield folder


@pytest.fixture(scope="session")
def first_start(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstStart]:
    """The clone, started as a person starts it."""
    with platform_in(clone, new_name(), free_ports(1)[0]) as platform:
        began = time.monotonic()
        platform.compose("build")
        choose_password(platform)
        built = time.monotonic()
        output = attached_up(platform, tmp_path_factory.mktemp("first start") / "output")
        seconds, load = time.monotonic() - built, os.getloadavg()[0]
        FIGURES.append(f"images built in {built - began:.0f} s")
        FIGURES.append(f"first sync done {seconds:.0f} s after docker compose up, at a load of {load:.1f}")
        platform.wait_until_healthy()
        yield FirstStart(platform, output)


@pytest.fixture
def platform(first_start: FirstStart) -> Iterator[Platform]:
    """The shared platform; every test finds it healthy and with no ``.env``, and leaves it healthy."""
    shared = first_start.platform
    if (shared.folder / ".env").exists():
        (shared.folder / ".env").unlink()
        shared.up("--remove-orphans")
    yield shared
    shared.wait_until_healthy()


@pytest.fixture
def without_reports(platform: Platform) -> Iterator[None]:
    """Syncs do not draw the dashboards until the test ends."""
    folder = platform.api.get("/variables/analytics_dashboards_dir")["value"]
    platform.write_reports("none")
    yield
    platform.write_reports(folder)


def choose_password(platform: Platform) -> None:
    """Give the admin the least likely of passwords that are made at random: one that looks like an option."""
    password = f"-h{secrets.token_urlsafe(16)}"
    script = (
        f"umask 227 && printf %s {password} >/secrets/admin.password && chown 50000:0 /secrets/admin.password"
    )
    platform.compose("run", "--rm", "--no-deps", "--entrypoint", "sh", "secrets", "-c", script)


def new_name() -> str:
    """A Compose project that no one else has."""
    return f"shopify-test-{secrets.token_hex(4)}"


def attached_up(platform: Platform, printed: Path) -> str:
    """What ``docker compose up`` prints, by way of the file ``printed``, until everything is said."""
    with printed.open("wb") as output:
        process = subprocess.Popen(
            [DOCKER, "compose", "up"],
            cwd=platform.folder,
            env=platform.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for("welcome to end", lambda: has_ended(platform, process), SECONDS_TO_START)
        finally:
            # Some versions of Compose stay attached: https://docs.docker.com/reference/cli/docker/compose/up/
            process.kill()
            process.wait()
    return in_plain(printed.read_bytes())


def has_ended(platform: Platform, process: subprocess.Popen[bytes]) -> bool:
    """Whether ``up`` has returned, or has nothing more to say."""
    if process.poll() is not None:
        return True
    name = f"{platform.name}-welcome-1"
    state = docker("inspect", "--format={{.State.Status}}", name, check=False).strip()
    if state != "exited":
        return False
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        return True
    return True
