"""What is refused in a real Airflow: by it before a run, by the first task, by the store amid a sync.

All other refusals are those of the tasks alone: ``tests/dag/direct``.
"""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import ParamValidationError
from demo_store.api.server import DemoServer

from tests.dag.refusals import (
    BAD_TOKEN,
    CONN,
    ORDERS_PATH,
    SHOP_PATH,
    assert_failed,
    assert_next_run_makes_all_right,
    data_files,
    refused,
)
from tests.dag.running import Sync, connection
from tests.dag.shop import Shop

RENEW = f"Renew the access token (password) of connection {CONN}, or in .env if that names the store."


def test_a_wrong_token_is_refused(sync: Sync, server: DemoServer, shop: Shop) -> None:
    sync.connection = connection(server, password="not-the-token")
    assert refused(sync) == f"{server.url} answered 401 to GET {SHOP_PATH}: {BAD_TOKEN}. {RENEW}"
    sync.connection = connection(server)
    assert_next_run_makes_all_right(sync, shop)


def test_a_token_revoked_amid_the_orders_ends_the_sync_at_once(
    sync: Sync, server: DemoServer, shop: Shop
) -> None:
    shop.live(hours=1)

    def revoke() -> None:
        if server.requests.by_path[ORDERS_PATH] == 1:
            server.faults.change({"token_revoked": True})

    shop.before_answer = revoke
    reason = refused(sync, {"full_sync": True}, by="fetch_orders")
    assert reason == f"{server.url} answered 401 to GET {ORDERS_PATH}: {BAD_TOKEN}. {RENEW}"


def test_a_data_folder_that_cannot_be_made_is_refused_without_a_ledger(
    sync: Sync, capfd: pytest.CaptureFixture[str]
) -> None:
    blocked = sync.folder / "file" / "data"
    blocked.parent.write_text("no folder", encoding="utf-8")
    sync.variables["analytics_data_dir"] = str(blocked)
    assert_failed(sync.run(), "plan_sync")
    reason = (
        f"Cannot use the database {blocked}/shopify_data.db ([Errno 20] Not a directory: '{blocked}'): free "
        "the disk, give Airflow's user write access to the folder, or change the Variable analytics_data_dir"
    )
    printed = capfd.readouterr().out
    assert f"SettingsError: {reason}\n" in printed
    assert printed.count(f"AirflowFailException: Failed: plan_sync. No run log: {reason}\n") == 1


def test_a_conf_of_a_wrong_type_is_refused_before_the_run(sync: Sync, server: DemoServer, shop: Shop) -> None:
    before = sync.watermarks(), data_files(sync), sync.select("SELECT * FROM sync_runs")
    for value, shown in (("true", "'true'"), (1, "1"), (None, "None")):
        with pytest.raises(ParamValidationError) as caught:
            sync.run({"full_sync": value})
        sentence = f"Invalid input for param full_sync: {shown} is not of type 'boolean'"
        assert str(caught.value).splitlines()[0] == sentence
    assert server.requests.total == 0
    assert (sync.watermarks(), data_files(sync), sync.select("SELECT * FROM sync_runs")) == before
    assert_next_run_makes_all_right(sync, shop)
