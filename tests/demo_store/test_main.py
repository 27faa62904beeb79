"""The command ``python -m demo_store``, in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import demo_store
import pytest
import requests
from demo_store.api.server import DemoServer
from demo_store.state import Store

from tests.demo_store.client import Client

INCLUDE = Path(demo_store.__file__).parents[1]
TRANSACTIONS = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536366,22633,HAND WARMER,6,2010-12-01 08:28:00,1.85,,France
"""


@dataclass
class Running:
    """A demo store that has said it is ready."""

    process: subprocess.Popen[str]
    said: str
    client: Client

    def stop(self, number: int) -> tuple[int, str]:
        """Send signal ``number``; return the exit status and what was printed as an error."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=10)
        return self.process.returncode, errors


def command(*options: str) -> list[str]:
    """Return the command line with ``options``."""
    return [sys.executable, "-m", "demo_store", *options]


def refusal(*options: str) -> tuple[int, str]:
    """Return the exit status and the last line of errors of a command that does not start."""
    environment = os.environ | {"PYTHONPATH": str(INCLUDE)}
    done = subprocess.run(
        command(*options), env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    return done.returncode, done.stderr.splitlines()[-1]


@contextmanager
def running(*options: str) -> Iterator[Running]:
    """Start the command on a free port and wait for the line that says it is ready."""
    environment = os.environ | {"PYTHONPATH": str(INCLUDE)}
    process = subprocess.Popen(
        command("--port", "0", *options),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process, requests.Session() as session:
        assert process.stdout is not None
        try:
            lines: list[str] = []
            while not lines or "Demo store" not in lines[-1]:
                lines.append(process.stdout.readline())
                assert lines[-1], process.communicate()[1]
            address = re.search(r"http://127\.0\.0\.1:\d+", lines[-1])
            assert address
            yield Running(process, "".join(lines), Client(address[0], session))
        finally:
            process.kill()


def store_time(client: Client) -> datetime:
    """Return the store's ``Date``."""
    return parsedate_to_datetime(client.get("shop.json").headers["Date"])


@pytest.fixture
def transactions(tmp_path: Path) -> Path:
    """Two invoices of two customers, one of them a guest."""
    path = tmp_path / "transactions.csv"
    path.write_text(TRANSACTIONS, encoding="utf-8")
    return path


def test_a_store_is_made_once_and_opened_again(tmp_path: Path, transactions: Path) -> None:
    data = tmp_path / "new folder" / "store.db"
    with running("--data", str(data), "--transactions", str(transactions)) as made:
        assert "2 products, 1 customers, 2 orders" in made.said.splitlines()[-1]
        before = made.client.get("orders.json", status="any").json()
        assert made.stop(signal.SIGTERM) == (0, "")
    assert [path.name for path in data.parent.iterdir()] == ["store.db"]
    with running("--data", str(data)) as opened:
        assert opened.said.count("\n") == 1
        assert opened.client.get("orders.json", status="any").json() == before
        assert len(before["orders"]) == 2
        assert opened.stop(signal.SIGINT) == (0, "")


def test_a_shop_lives_faster_and_never_goes_back(tmp_path: Path) -> None:
    data = str(tmp_path / "store.db")
    with running("--data", data, "--orders", "20", "--months", "1", "--speed", "1000000") as fast:
        first = store_time(fast.client)
        last = store_time(fast.client)
        assert (last - first).total_seconds() > 600
        assert fast.client.get("orders/count.json", status="any", created_at_min=first.isoformat()).json()
        assert fast.stop(signal.SIGTERM) == (0, "")
    with running("--data", data) as later:
        assert store_time(later.client) >= last


def test_options_reach_the_server(tmp_path: Path, transactions: Path) -> None:
    options = ("--token", "other-token", "--plan", "plus", "--fault", "503:2", "--verbose")
    with running("--data", str(tmp_path / "s.db"), "--transactions", str(transactions), *options) as store:
        assert store.client.get("shop.json").status_code == 401
        answer = store.client.get("shop.json", token="other-token")
        assert answer.headers["X-Shopify-Shop-Api-Call-Limit"] == "1/400"
        assert store.client.get("shop.json", token="other-token").status_code == 503
        status, log = store.stop(signal.SIGTERM)
    assert (status, log.count("GET /admin/api/2026-10/shop.json"), "other-token" in log) == (0, 3, False)


def test_what_an_interrupted_start_left_is_replaced(tmp_path: Path, transactions: Path) -> None:
    (tmp_path / "store.db.unfinished").write_text("half a store")
    (tmp_path / "store.db.unfinished-wal").write_text("and its log")
    with running("--data", str(tmp_path / "store.db"), "--transactions", str(transactions)) as store:
        assert store.client.get("orders/count.json", status="any").json() == {"count": 2}
        assert store.stop(signal.SIGTERM) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store.db", "transactions.csv"]


def test_a_port_that_is_taken_is_named(store: Store) -> None:
    with DemoServer(store) as server:
        port = server.url.rpartition(":")[2]
        status, error = refusal("--data", str(store.path), "--port", port)
    reason = f"Cannot listen on 127.0.0.1 port {port} (Address already in use)"
    assert (status, error) == (1, f"demo store: {reason}: choose another with --port.")


def test_another_file_is_not_served(transactions: Path) -> None:
    expected = f"demo store: {transactions} is not a demo store: choose another file, or delete this one."
    assert refusal("--data", str(transactions)) == (1, expected)


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--fault", "often", "'often' is not KIND:EVERY, such as 429:20."),
        (
            "--fault",
            "418:2",
            "Unknown fault '418': use one of 429, 500, 502, 503, reset, truncated, slow, mix.",
        ),
        ("--fault", "500:0", "Fault 500: every 0th answer makes no sense, use 1 or more."),
        ("--speed", "0", "0 is not above 0."),
        ("--orders", "-5", "-5 is not above 0."),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(option: str, value: str, message: str) -> None:
    status, error = refusal(f"{option}={value}")
    assert (status, error) == (2, f"python -m demo_store: error: argument {option}: {message}")
