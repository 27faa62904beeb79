"""The whole platform in Docker: a fresh clone of the project, apart from every other on this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.compose.airflow_api import DAG_ID, AirflowApi

DOCKER = shutil.which("docker") or "docker"
PROJECT = Path(__file__).resolve().parents[2]
ONE_SHOT = ("secrets", "init", "welcome")
LONG_RUNNING = ("postgres", "api-server", "dag-processor", "scheduler", "demo-store")
WITH_AIRFLOW_CODE = ("api-server", "dag-processor", "scheduler")
# What a clone has besides: what is produced, what a person adds, and what the tests add.
NOT_OF_THE_PROJECT = ("data", "logs", "dashboards", ".env", "docker-compose.override.yaml", "other-store")
# What the machine's own platform, or a person's shell, may set.
OTHERS = re.compile(r"AIRFLOW_|SHOPIFY_|COMPOSE_|STATSD_|GOOGLE_")
TERMINAL_CODES = re.compile(r"\x1b\[[\d;]*[A-Za-z]")
SECONDS_TO_START = 600
# What the start comes to, for the summary of the tests.
FIGURES: list[str] = []


@dataclass(frozen=True)
class Platform:
    """A clone, and the Compose project that runs it."""

    folder: Path
    name: str
    port: int

    @property
    def data(self) -> Path:
        """Database and files, as people see them beside the containers."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """Where the UI is."""
        return f"http://localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """That of a shell, in which only the project's name and the port are set."""
        own = {"COMPOSE_PROJECT_NAME": self.name, "AIRFLOW_PORT": str(self.port), "COMPOSE_ANSI": "never"}
        return {name: value for name, value in os.environ.items() if not OTHERS.match(name)} | own

    @cached_property
    def api(self) -> AirflowApi:
        """Airflow's REST API, as the admin."""
        return AirflowApi.signed_in(self.url, self.password())

    def compose(self, *arguments: str, check: bool = True, given: bytes | None = None) -> str:
        """What ``docker compose`` prints.

        :raises AssertionError: with all that it printed, when it fails and ``check`` is set.
        """
        done = subprocess.run(
            [DOCKER, "compose", *arguments],
            cwd=self.folder,
            env=self.environment,
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            timeout=SECONDS_TO_START,
            check=False,
        )
        output = in_plain(done.stdout)
        assert not check or done.returncode == 0, f"{arguments}:\n{output}\n{done.stderr.decode()}"
        return output

    def up(self, *options: str) -> None:
        """Start it, and wait until every service is healthy."""
        self.compose("up", "--detach", *options)
        self.wait_until_healthy()

    def execute(self, service: str, *command: str, check: bool = True, given: bytes | None = None) -> str:
        """What a command in a service's container prints."""
        return self.compose("exec", "--no-TTY", service, *command, check=check, given=given)

    def password(self) -> str:
        """The admin's password, read as the documentation says."""
        return self.execute("api-server", "cat", "/secrets/admin.password")

    def containers(self) -> dict[str, dict[str, Any]]:
        """What ``docker inspect`` shows, by service."""
        # What `docker compose ps` lists, for a tenth of the work: tests ask twice a second.
        labels = (f"com.docker.compose.project={self.name}", "com.docker.compose.oneoff=False")
        ids = docker("ps", "--all", "--quiet", *(f"--filter=label={label}" for label in labels)).split()
        found = json.loads(docker("inspect", *ids)) if ids else []
        return {each["Config"]["Labels"]["com.docker.compose.service"]: each for each in found}

    def unhealthy(self) -> list[str]:
        """Services that should run and answer, and do not."""
        states = {name: container["State"] for name, container in self.containers().items()}
        return [
            name
            for name in LONG_RUNNING
            if states.get(name, {}).get("Health", {}).get("Status") != "healthy"
            or states[name]["Status"] != "running"
        ]

    def wait_until_healthy(self) -> None:
        """Wait until every service is healthy, after those that prepare it have ended well."""
        wait_for(f"{self.name} to be healthy", lambda: not self.unhealthy())
        codes = self.exit_codes()
        assert (codes["secrets"], codes["init"]) == (0, 0)

    def welcome(self) -> tuple[int, str]:
        """How the latest welcome has ended, and what it has said."""
        wait_for("welcome to end", lambda: self.exit_codes()["welcome"] is not None)
        said = self.compose("logs", "--no-log-prefix", "--no-color", "welcome")
        return self.exit_codes()["welcome"] or 0, said.rpartition("Airflow is starting")[2]

    def exit_codes(self) -> dict[str, int | None]:
        """How the one-shot services ended; None for one that has not."""
        containers = self.containers()
        states = {name: containers[name]["State"] for name in ONE_SHOT}
        return {
            name: state["ExitCode"] if state["Status"] == "exited" else None for name, state in states.items()
        }

    def kill(self, service: str) -> None:
        """End a service's main process with SIGKILL, as if the machine had."""
        pid = self.containers()[service]["State"]["Pid"]
        assert pid, f"{service} does not run: {self.containers()[service]['State']}"
        on_host(f"{self.name}-airflow", "kill", "-9", str(pid))

    def write_reports(self, folder: str) -> None:
        """Where syncs write the dashboards as a file, which takes them ten seconds; ``none`` for nowhere."""
        name = "analytics_dashboards_dir"
        self.api.patch(f"/variables/{name}", {"key": name, "value": folder})

    def sync(self, **conf: object) -> str:
        """Run the DAG, wait for its end, and assert that it went well; return the id of the run."""
        run_id = self.api.trigger(DAG_ID, **conf)
        assert self.api.wait(DAG_ID, run_id) == "success", self.api.story(DAG_ID, run_id)
        return run_id


def in_plain(printed: bytes) -> str:
    """What was printed, without colours and the like."""
    return TERMINAL_CODES.sub("", printed.decode(errors="replace"))


def docker(*arguments: str, check: bool = True) -> str:
    """What ``docker`` prints; errors go with it."""
    done = subprocess.run(
        [DOCKER, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS_TO_START,
        check=False,
    )
    output = in_plain(done.stdout)
    assert not check or done.returncode == 0, f"docker {arguments}:\n{output}"
    return output


def on_host(image: str, *command: str) -> str:
    """Run a command as root of the machine on which the engine runs; nobody need be root here."""
    may = [f"--cap-add={name}" for name in ("SYS_ADMIN", "SYS_CHROOT", "SYS_PTRACE")]
    unconfined = ("--security-opt=seccomp=unconfined", "--security-opt=apparmor=unconfined")
    options = ("--rm", "--pid=host", "--network=none", "--user=0", "--entrypoint=", *may, *unconfined)
    return docker("run", *options, image, *command)


def wait_for(what: str, condition: Callable[[], bool], seconds: float = 420) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.5)


def project_files(project: Path = PROJECT) -> list[Path]:
    """What a clone of the project has, relative to it: also what is new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=project, stdout=subprocess.PIPE, check=True).stdout.decode()
    return [Path(name) for name in listed.split("\0") if name and (project / name).is_file()]


def lay_over(folder: Path) -> None:
    """Bring a clone to the project's present files, in the folders that it has, as ``git pull`` does."""
    present = project_files()
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        produced = relative.parts[0] in NOT_OF_THE_PROJECT
        if path.is_file() and not produced and relative not in present:
            path.unlink()
    for relative in present:
        if relative.parts[0] == "tests":
            continue
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT / relative, target)
        shutil.copymode(PROJECT / relative, target)


@contextmanager
def platform_in(folder: Path, name: str, port: int) -> Iterator[Platform]:
    """The clone's platform; whatever it has started is removed at the end, images and volumes too."""
    platform = Platform(folder, name, port)
    try:
        yield platform
    finally:
        platform.compose("down", "--volumes", "--remove-orphans", "--timeout=3", check=False)
        ours = f"label=com.docker.compose.project={name}"
        images = docker("image", "ls", "--quiet", f"--filter={ours}").split()
        if images:
            docker("image", "rm", "--force", *set(images), check=False)


def write_env(folder: Path, settings: Mapping[str, str]) -> None:
    """Write the clone's ``.env``, for its owner alone."""
    file = folder / ".env"
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
    file.chmod(0o600)
