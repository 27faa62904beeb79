"""The server runs as a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from google.auth.transport.requests import AuthorizedSession

from tests.sheets_server.clients import credentials

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What the process says where it is, and its key."""
    options = ["--port", "0", "--book", "book-1", "--book", "book-2", "--key", str(tmp_path / "key.json")]
    command = [sys.executable, "-m", "tests.sheets_server", *options]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = json.loads(process.stdout.readline())
        yield said | {"key": json.loads((tmp_path / "key.json").read_text())}
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_it_says_where_it_is_and_takes_its_key(process: dict[str, Any]) -> None:
    with AuthorizedSession(credentials(process["key"])) as session:
        for book in ("book-1", "book-2"):
            answer = session.get(f"{process['url']}/v4/spreadsheets/{book}?fields=spreadsheetId")
            assert answer.json() == {"spreadsheetId": book}
    assert process["email"] == process["key"]["client_email"]


def test_it_lets_nobody_in_without_a_token(process: dict[str, Any]) -> None:
    assert requests.get(f"{process['url']}/v4/spreadsheets/book-1", timeout=10).status_code == 403
