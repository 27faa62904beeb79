"""Where a secret, or a customer's name, could come to light: everything that a platform shows or keeps."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from tests.compose.platform import LONG_RUNNING, Platform, docker
from tests.compose.test_data import copy_of_store

MAIL_ADDRESS = re.compile(rb"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Where it is, and what it says.
Text = tuple[str, bytes]
WORD = re.compile(r"[^\W\d_][\w'-]*")


def secrets_of(platform: Platform) -> dict[str, str]:
    """What the volume of secrets holds, by file."""
    names = platform.execute("api-server", "sh", "-c", "cd /secrets && ls").split()
    return {
        name: platform.execute("api-server", "cat", f"/secrets/{name}").strip()
        for name in names
        if name not in ("prepared", "started_at")
    }


def shown(platform: Platform) -> Iterator[Text]:
    """Everything in which no secret may be: containers, processes, logs and Airflow's database."""
    containers = platform.containers()
    for service, container in containers.items():
        yield f"docker inspect {service}", docker("inspect", container["Id"]).encode()
        if service in LONG_RUNNING:
            yield f"docker top {service}", docker("top", container["Id"], "-ww", "-eo", "pid,args").encode()
    yield "docker compose logs", platform.compose("logs", "--no-color").encode()
    yield from contents(platform.folder / "logs")
    yield "Airflow's database", dump(platform)


def contents(folder: Path) -> Iterator[Text]:
    """Every file of a folder as it is, or unpacked if it is compressed."""
    yield from (file_of(path) for path in sorted(folder.rglob("*")) if path.is_file())


def file_of(path: Path) -> Text:
    """A file as it is, or unpacked if it is compressed."""
    content = path.read_bytes()
    return str(path), gzip.decompress(content) if path.name.endswith(".gz") else content


def dump(platform: Platform) -> bytes:
    """Airflow's whole database as SQL: XCom, rendered fields, connections, Variables, audit log."""
    options = ("--host=/var/run/postgresql", "--username=airflow", "--inserts", "airflow")
    dumped = platform.execute("postgres", "pg_dump", *options)
    assert "INSERT INTO public.xcom" in dumped
    assert "INSERT INTO public.rendered_task_instance_fields" in dumped
    return dumped.encode()


def places_of(words: Iterable[str], texts: Iterable[Text]) -> list[tuple[str, str]]:
    """Where a word stands, by place and the word's beginning."""
    wanted = [(word[:4], word.encode()) for word in words]
    return [(place, begin) for place, text in texts for begin, word in wanted if word in text]


def customers_in(platform: Platform, texts: Iterable[Text], folder: Path) -> list[tuple[str, str]]:
    """Where a customer of the demo store is named, by place and e-mail address or name."""
    store = copy_of_store(platform.data / "demo_store.db", folder / "customers.db")
    fields = "json ->> 'email', json ->> 'first_name', json ->> 'last_name'"
    people = store.db.execute(f"SELECT {fields} FROM customers").fetchall()
    store.close()
    mails = {mail for mail, *_ in people if mail}
    names = {(first, last) for _, first, last in people if first and last}
    assert len(mails) > 100
    assert len(names) > 100
    found = []
    for place, text in texts:
        addresses = {address.decode().lower() for address in MAIL_ADDRESS.findall(text)}
        words = WORD.findall(text.decode(errors="replace"))
        found += [(place, mail) for mail in sorted(addresses & mails)]
        found += [(place, " ".join(name)) for name in sorted(set(pairwise(words)) & names)]
    return found
