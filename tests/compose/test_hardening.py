"""What the containers may do, as ``docker inspect`` shows it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compose.conftest import FirstStart
from tests.compose.platform import LONG_RUNNING, ONE_SHOT, Platform, docker

# What needs more than nothing: to give files to others, to become another user, to read a private .env.
CAPABILITIES = {
    "secrets": ["CHOWN", "DAC_OVERRIDE", "FOWNER"],
    "postgres": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
    "init": ["DAC_READ_SEARCH", "SETGID", "SETUID"],
}


@pytest.mark.parametrize("service", [*ONE_SHOT, *LONG_RUNNING])
def test_a_container_may_do_what_it_must_and_nothing_more(first_start: FirstStart, service: str) -> None:
    host = first_start.platform.containers()[service]["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["CapDrop"] == ["ALL"]
    capabilities = [name.removeprefix("CAP_") for name in host["CapAdd"] or []]
    assert sorted(capabilities) == CAPABILITIES.get(service, [])
    assert not host["Privileged"]
    assert (host["PidMode"], host["IpcMode"]) in (("", "private"), ("", "shareable"))
    assert 0 < host["Memory"] <= 1536 * 1024**2
    assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}}


def test_the_ui_is_for_this_machine_alone_and_nothing_else_is_published(first_start: FirstStart) -> None:
    containers = first_start.platform.containers()
    published = {
        name: ports
        for name, container in containers.items()
        if (ports := [each for each in container["NetworkSettings"]["Ports"].values() if each])
    }
    port = str(first_start.platform.port)
    assert published == {"api-server": [[{"HostIp": "127.0.0.1", "HostPort": port}]]}


def test_no_running_service_is_root(platform: Platform) -> None:
    users = {name: uids_in(container) for name, container in platform.containers().items()}
    assert users == {
        **{name: set() for name in ONE_SHOT},
        **{name: {"50000"} for name in LONG_RUNNING},
        "postgres": {"999"},
    }


def uids_in(container: dict[str, Any]) -> set[str]:
    """The users of a container's processes; none when it has ended."""
    if container["State"]["Status"] != "running":
        return set()
    _, *processes = docker("top", container["Id"], "-eo", "uid,pid").splitlines()
    return {process.split()[0] for process in processes}
