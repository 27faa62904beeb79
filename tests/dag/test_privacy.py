"""Nothing that a run leaves behind beside the data itself names a person or a secret.

Every personal field of customers and orders is planted with words of its own, and malformed records are full
of them; then everything is searched that Airflow and the run ledger keep of runs that went well and badly.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from demo_store.api.auth import DEMO_CLIENT_ID
from demo_store.api.server import DemoServer

from tests.dag.running import Run, Sync, connection
from tests.dag.shop import Record, Shop
from tests.hooks.scripted_store import Reply, ScriptedStore
from tests.pipeline import Pipeline

SECRET = "demo-secret-of-this-test"
ORDERS_PATH = "/admin/api/2026-10/orders.json"
CUSTOMER = {
    "first_name": "Zdenkatora",
    "last_name": "Quastenhuber",
    "email": "vrelmonti@plundrigo.test",
    "phone": "+4930555019977",
    "note": "Krombaltes",
    "tags": "Wexforina",
}
ADDRESS = {
    "first_name": "Ildegundis",
    "last_name": "Brastowicz",
    "name": "Ildegundula Brastowska",
    "company": "Tschinkelwerk",
    "address1": "Flachsgasserei",
    "address2": "Hinterdornach",
    "city": "Oberunterhausen",
    "province": "Niederquendel",
    "zip": "ZQ98QZ77",
    "phone": "+4940555018866",
    "latitude": 52.3719283,
    "longitude": 4.8829371,
}
COPY = {"first_name": "Zdenkolina", "last_name": "Quastenberger", "email": "vrelmund@plundrax.test"}
ORDER = {
    "email": "kelvorias@schmunzlo.test",
    "contact_email": "kelvoriana@schmunzla.test",
    "phone": "+4950555017755",
    "note": "Plauderfink",
    "tags": "Gruberlina",
    "note_attributes": [{"name": "Geschenkgruss", "value": "Herzensbrumm"}],
    "browser_ip": "203.0.113.77",
    "client_details": {"browser_ip": "203.0.113.78", "user_agent": "Mozillorina"},
    "landing_site": "/Knisterwald",
    "order_status_url": "/Schluesselbund",
}
REFUND_NOTE = "Zerbrochulus"
EVERYONE = ["read_customers", "read_orders", "read_products"]


def words(planted: Any) -> set[str]:
    """The words and numbers of eight characters and more among the values, in lower case."""
    if isinstance(planted, dict | list | tuple):
        parts = planted.values() if isinstance(planted, dict) else planted
        return {word for part in parts for word in words(part)}
    return set(re.findall(r"[\w.]{8,}", str(planted).lower()))


PLANTED = words([CUSTOMER, ADDRESS, COPY, ORDER, REFUND_NOTE])


def plant(shop: Shop) -> int:
    """Let a person buy, return and appear in malformed records; return how many of these there are."""
    customers, orders = shop.records("customers"), shop.records("orders")
    places = {"default_address": ADDRESS, "addresses": [ADDRESS]}
    shop.save("customers", customers[0], **CUSTOMER, **places)
    buyer = (orders[0]["customer"] or customers[0]) | COPY | {"default_address": ADDRESS}
    bought = ORDER | {"customer": buyer, "shipping_address": ADDRESS, "billing_address": ADDRESS}
    refund = shop.refund(orders[0]["line_items"][0], 1.0) | {"note": REFUND_NOTE}
    shop.save("orders", orders[0], **bought, refunds=[refund])
    malformed_customers: list[Record] = [
        {"tags": CUSTOMER},
        {"email": [CUSTOMER]},
        {"default_address": [ADDRESS]},
    ]
    malformed_orders: list[Record] = [
        {"email": COPY},
        {"total_price": {"amount": COPY}},
        {"order_number": [ORDER]},
        {"closed_at": {"at": COPY}},
        {"test": ADDRESS},
        {"shipping_address": list(ADDRESS.values())},
        {"line_items": list(CUSTOMER.values())},
        {"refunds": [refund | {"refund_line_items": COPY}]},
    ]
    for record, malformed in zip(customers[1:], malformed_customers, strict=False):
        shop.save("customers", record, **CUSTOMER | places | malformed)
    for record, malformed in zip(orders[1:], malformed_orders, strict=False):
        shop.save("orders", record, **bought | malformed)
    return len(malformed_customers) + len(malformed_orders)


def found_in(*texts: bytes, secrets: tuple[str, ...] = (SECRET,)) -> set[str]:
    """The planted words and secrets that stand in the texts."""
    everything = b"\n".join(texts).lower()
    return {word for word in (*PLANTED, *secrets) if word.encode() in everything}


def contents(path: Path) -> Iterator[bytes]:
    """A file as it is; unpacked, if it is compressed; every value, if it is a database."""
    content = path.read_bytes()
    yield content
    if content.startswith(b"\x1f\x8b"):
        yield gzip.decompress(content)
    if content.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(path)) as db:
            for table in tables(db):
                yield from values(db, f'SELECT * FROM "{table}"')


def tables(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def values(db: sqlite3.Connection, query: str) -> Iterator[bytes]:
    """Every value that a query finds, unpacked where it is compressed."""
    db.text_factory = bytes
    for row in db.execute(query).fetchall():
        for value in row:
            yield value if isinstance(value, bytes) else str(value).encode()
            with suppress(zlib.error, TypeError):
                yield zlib.decompress(value)
    db.text_factory = str


def left_behind(sync: Sync) -> Iterator[bytes]:
    """Airflow's whole database and files, our run logs and our run ledger.

    They are copied by another process: where this one closed a file of a database that it has open, the locks
    on it would be gone (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    """
    with TemporaryDirectory() as copies:
        subprocess.run(["/bin/cp", "-R", os.environ["AIRFLOW_HOME"], str(sync.log_dir), copies], check=True)
        for path in sorted(Path(copies).rglob("*")):
            if path.is_file():
                yield from contents(path)
    with sync.database() as db:
        for table in ("sync_runs", "task_attempts", "metadata", "incidents"):
            yield from values(db, f"SELECT * FROM {table}")
        yield from values(db, "SELECT entity, record_id, reason, run_id, rejected_at FROM rejected_records")


def kept_by_airflow(run: Run) -> dict[str, int]:
    """How many rows Airflow keeps of a run in its tables of results, arguments and tasks."""
    kept = ("xcom", "rendered_task_instance_fields", "task_instance")
    with closing(sqlite3.connect(Path(os.environ["AIRFLOW_HOME"]) / "airflow.db")) as db:
        counts = {table: f"SELECT count(*) FROM {table} WHERE run_id = ?" for table in kept}
        return {table: db.execute(query, (run.run_id,)).fetchone()[0] for table, query in counts.items()}


def fail_at_orders(shop: Shop, server: DemoServer, **faults: Any) -> None:
    """Let the faults begin when the first page of orders has been sent."""
    due = server.requests.by_path[ORDERS_PATH] + 1

    def begin() -> None:
        if server.requests.by_path[ORDERS_PATH] == due:
            server.faults.change(faults)

    shop.before_answer = begin


def die(_seconds: float) -> None:
    raise SystemExit("killed while it waited")


def test_runs_good_and_bad_name_no_person_and_no_secret(
    sync: Sync, shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    malformed = plant(shop)
    sync.variables["shopify_page_size"] = "100"
    with DemoServer(
        shop.store,
        clock=shop.clock,
        plan="unlimited",
        token=SECRET,
        life=lambda _store, _now: shop.before_answer(),
    ) as server:
        sync.connection = connection(server, password=SECRET)
        good = sync.run()
        assert (good.state, sync.staged()) == ("success", [])
        full = {"full_sync": True}

        fail_at_orders(shop, server, storm="truncated", storm_answers=10_000)
        cut = sync.run(full)
        assert sync.reason(cut, "fetch_orders") == (
            f"{server.url} sent an answer that is incomplete or cannot be read. "
            "If this stays so, check the host of connection 'shopify_default'."
        )

        server.faults.storm_answers = 0
        fail_at_orders(shop, server, storm="502", storm_answers=10_000)
        sync.sleep = die
        killed = sync.run(full)
        assert sync.reason(killed, "fetch_orders") == "SystemExit: killed while it waited"
        sync.sleep = None

        server.faults.storm_answers = 0
        fail_at_orders(shop, server, withdrawn_scopes=EVERYONE)
        refused = sync.run(full)
        assert sync.reason(refused, "fetch_orders") == (
            f"{server.url} answered 403 to GET {ORDERS_PATH}: "
            "[API] This action requires merchant approval for read_orders scope. Give the scope read_orders "
            "to the app of connection 'shopify_default', and approve it in the store."
        )
        shop.before_answer = lambda: None
        server.faults.change({"withdrawn_scopes": [], "every": {"502": 1}})
        assert sync.run().failed == ["plan_sync", "report_run"]
        server.faults.change({"every": {}, "token_revoked": True})
        assert sync.run().failed == ["plan_sync", "report_run"]

    assert kept_by_airflow(good) == {"xcom": 9, "rendered_task_instance_fields": 11, "task_instance": 11}
    printed = "".join(capfd.readouterr())
    assert f"rejected records waiting: {malformed}" in printed
    assert found_in(printed.encode(), *left_behind(sync)) == set()
    assert_planted(sync, malformed)


def assert_planted(sync: Sync, malformed: int) -> None:
    """The search would have found what was planted: the data itself holds it."""
    assert len(sync.select("SELECT reason FROM rejected_records")) == malformed
    assert sync.select("SELECT last_name FROM customers WHERE email = ?", CUSTOMER["email"]) == [
        {"last_name": CUSTOMER["last_name"]}
    ]
    with sync.database() as db:
        assert found_in(*values(db, "SELECT payload FROM rejected_records")) == PLANTED


def test_credentials_of_an_app_and_the_tokens_they_bring_are_named_nowhere(
    sync: Sync, shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    plant(shop)
    with DemoServer(shop.store, clock=shop.clock, plan="unlimited", client_secret=SECRET) as server:
        sync.connection = connection(server, login=DEMO_CLIENT_ID, password=SECRET)
        assert sync.run().state == "success"
        server.faults.token_revoked = True
        assert sync.run().failed == ["plan_sync", "report_run"]
        server.faults.oauth_error = "shop_not_permitted"
        assert sync.run().failed == ["plan_sync", "report_run"]
        tokens = tuple(server._access._issued)
    assert len(tokens) >= 2
    printed = "".join(capfd.readouterr()).encode()
    assert found_in(printed, *left_behind(sync), secrets=(SECRET, *tokens)) == set()


PAGE = json.dumps({"orders": [ORDER | {"customer": CUSTOMER | {"default_address": ADDRESS}}]})


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, PAGE[:-4]),
        Reply(200, PAGE[:-4], missing=20),
        Reply(200, PAGE.replace("orders", "records")),
        Reply(500, f"<html><body>{PAGE}</body></html>"),
        Reply(502, f"<html><title>502 Bad Gateway</title><body>{PAGE}</body></html>"),
        Reply(403, PAGE),
    ],
    ids=["cut JSON", "cut answer", "no orders", "HTML without a title", "HTML", "refusal with a body"],
)
def test_an_error_quotes_no_piece_of_a_page(tmp_path: Path, reply: Reply) -> None:
    with ScriptedStore() as store:
        store.script = [reply]
        connection = {"conn_type": "shopify", "host": store.url, "password": SECRET}
        run = Pipeline(tmp_path, connection).run("run")
    assert run.failed == ["plan_sync", "report_run"]
    assert found_in(str(run.reasons).encode()) == set()
    logs = [path.read_bytes() for path in (tmp_path / "logs").iterdir()]
    assert found_in(*logs) == set()
