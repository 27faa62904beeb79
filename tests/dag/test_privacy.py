"""Nothing that a run leaves behind beside the data itself names a person or a secret."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from demo_store.api.auth import DEMO_CLIENT_ID
from demo_store.api.server import DemoServer

from tests.dag.running import Sync, connection
from tests.dag.shop import Shop

SECRET = "demo-secret-of-this-test"
PERSON = {
    "first_name": "Zdenka",
    "last_name": "Quastenhuber",
    "email": "zdenka.quastenhuber@example.org",
    "phone": "+49 30 5550199",
}
ADDRESS = {
    "address1": "Flachsgasse 17",
    "city": "Oberunterhausen",
    "zip": "ZQ-98-QZ",
    "country": "Germany",
}
PLANTED = (*PERSON.values(), ADDRESS["address1"], ADDRESS["city"], ADDRESS["zip"])


def plant(shop: Shop) -> None:
    """Let a person buy, and appear in records that are malformed in every entity."""
    customers, orders = shop.records("customers"), shop.records("orders")
    shop.save("customers", customers[0], **PERSON, default_address=ADDRESS)
    shop.save("customers", customers[1], **PERSON, tags=PERSON, default_address=ADDRESS)
    person = {
        "customer": orders[0]["customer"] or customers[0],
        "shipping_address": ADDRESS,
        "billing_address": ADDRESS,
    }
    person["customer"] = person["customer"] | PERSON
    shop.save("orders", orders[0], email=PERSON["email"], note=str(PERSON), **person)
    shop.save("orders", orders[1], email=PERSON["email"], **person, total_price={"amount": PERSON})
    shop.save("orders", orders[2], email=PERSON, **person)


def left_behind(sync: Sync) -> str:
    """Airflow's whole database and files, our run ledger and our run logs."""
    home = Path(os.environ["AIRFLOW_HOME"])
    files = [path for folder in (home, sync.log_dir) for path in folder.rglob("*") if path.is_file()]
    ledger = [sync.select(f"SELECT * FROM {table}") for table in ("sync_runs", "task_attempts", "metadata")]
    reasons = sync.select("SELECT reason FROM rejected_records")
    assert len(reasons) == 3
    return "\n".join([*(path.read_text("utf-8", "replace") for path in files), str(ledger), str(reasons)])


@pytest.mark.parametrize("credentials", ["token", "client"])
def test_runs_good_and_bad_name_no_person_and_no_secret(
    sync: Sync, shop: Shop, capfd: pytest.CaptureFixture[str], credentials: str
) -> None:
    login = {"login": DEMO_CLIENT_ID} if credentials == "client" else {}
    plant(shop)
    with DemoServer(
        shop.store, clock=shop.clock, plan="unlimited", token=SECRET, client_secret=SECRET
    ) as server:
        sync.connection = connection(server, password=SECRET, **login)
        assert sync.run().state == "success"
        server.faults.every = {"502": 1}
        assert sync.run().failed == ["plan_sync", "report_run"]
        server.faults.every = {}
        server.faults.token_revoked = True
        assert sync.run().failed == ["plan_sync", "report_run"]
    assert sync.select("SELECT last_name FROM customers WHERE email = ?", PERSON["email"]) == [
        {"last_name": PERSON["last_name"]}
    ]
    printed = "".join(capfd.readouterr())
    assert "rejected records waiting: 3" in printed
    for planted in (*PLANTED, SECRET):
        assert planted not in printed
        assert planted not in left_behind(sync)
