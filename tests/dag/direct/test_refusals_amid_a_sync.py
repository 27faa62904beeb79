"""What the store refuses in the middle of a sync: said at once, and made right by the next run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from demo_store.api.auth import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET
from demo_store.api.server import DemoServer

from tests.dag.equality import assert_equal_to_store
from tests.dag.refusals import BAD_TOKEN, CONN, ORDERS_PATH, assert_next_run_makes_all_right, refused
from tests.dag.running import Sync, connection
from tests.dag.shop import Shop

FULL = {"full_sync": True}
PAGES_BEFORE = 2
APP = {"login": DEMO_CLIENT_ID, "password": DEMO_CLIENT_SECRET}


@pytest.fixture
def sync(sync: Sync, shop: Shop) -> Sync:
    """The DAG after its first run, with an hour to catch up with and small pages."""
    shop.live(hours=1)
    sync.variables["shopify_page_size"] = "30"
    return sync


def amid_the_orders(shop: Shop, server: DemoServer, happens: Callable[[], None]) -> None:
    """Let something happen once two pages of orders have been sent."""

    def before_answer() -> None:
        if server.requests.by_path[ORDERS_PATH] == PAGES_BEFORE:
            happens()

    shop.before_answer = before_answer


@pytest.mark.parametrize(
    ("credentials", "faults", "answer"),
    [
        pytest.param(
            {},
            {"token_revoked": True},
            (
                f"401 to GET {ORDERS_PATH}: {BAD_TOKEN}. "
                f"Renew the access token (password) of connection {CONN}, or in .env if that names the store."
            ),
            id="token revoked",
        ),
        pytest.param(
            APP,
            {"token_revoked": True},
            (
                f"401 to GET {ORDERS_PATH}: {BAD_TOKEN}. "
                f"Renew the client id and secret (login and password) of connection {CONN}, "
                "or in .env if that names the store."
            ),
            id="new tokens are refused too",
        ),
        pytest.param(
            APP,
            {"token_revoked": True, "oauth_error": "app_not_installed"},
            (
                "400 to POST /admin/oauth/access_token: 400 - Oauth error app_not_installed. "
                f"Install the app in the store: connection {CONN}."
            ),
            id="app uninstalled",
        ),
        pytest.param(
            {},
            {"withdrawn_scopes": ["read_orders"]},
            (
                f"403 to GET {ORDERS_PATH}: [API] This action requires merchant approval for read_orders "
                f"scope. Give the scope read_orders to the app of connection {CONN}, and approve it in the "
                "store."
            ),
            id="scope withdrawn",
        ),
        pytest.param(
            {},
            {"shop": "locked"},
            (
                f"423 to GET {ORDERS_PATH}: This shop is unavailable. "
                f"The store is locked: its owner has to contact Shopify; the connection is {CONN}."
            ),
            id="shop locked",
        ),
        pytest.param(
            {},
            {"shop": "frozen"},
            (
                f"402 to GET {ORDERS_PATH}: This shop's plan does not have access to this feature. "
                f"The store is frozen for an unpaid bill: its owner has to pay; the connection is {CONN}."
            ),
            id="shop frozen",
        ),
    ],
)
def test_a_refusal_amid_the_orders_ends_the_sync_at_once(
    sync: Sync,
    server: DemoServer,
    shop: Shop,
    *,
    credentials: dict[str, str],
    faults: dict[str, Any],
    answer: str,
) -> None:
    sync.connection = connection(server, **credentials)
    good = server.faults.describe()
    amid_the_orders(shop, server, lambda: server.faults.change(faults))
    assert refused(sync, FULL, by="fetch_orders") == f"{server.url} answered {answer}"
    (staged,) = sync.staged()
    assert len(list((staged / "orders").glob("0*.ndjson.gz"))) == PAGES_BEFORE
    shop.before_answer = lambda: None
    server.faults.change(good)
    assert_next_run_makes_all_right(sync, shop)


def test_client_credentials_survive_a_revoked_token(sync: Sync, server: DemoServer, shop: Shop) -> None:
    sync.connection = connection(server, **APP)
    amid_the_orders(shop, server, server.revoke_issued_tokens)
    run = sync.run(FULL)
    assert (run.state, sync.naps) == ("success", [])
    assert {try_number for _, try_number, _ in sync.attempts(run)} == {1}
    refused_once = 1
    assert server.requests.by_path[ORDERS_PATH] == run.returned["fetch_orders"]["pages"] + refused_once
    assert_equal_to_store(shop.store, sync.data_dir)
