"""The hook against the demo store, and against answers that only a broken or hostile one gives."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime, timedelta, timezone

import pytest
from demo_store.api.server import DemoServer
from demo_store.state import Store
from shopify_analytics.errors import ShopifyRefused, ShopifyUnavailable, SyncError

from tests.demo_store.records import FIRST_ORDER_ID, order, product
from tests.hooks.conftest import MakeHook
from tests.hooks.scripted_store import KILN, Received, Reply, ScriptedStore

ORDERS_PATH = "/admin/api/2026-10/orders.json"
CLOSED = {"closed_at": "2026-11-21T10:00:00+01:00"}


def _link(url: str) -> dict[str, str]:
    return {"Link": f'<{url}>; rel="next"'}


def test_pages_hold_every_order_once_whatever_its_status(
    connect: MakeHook, server: DemoServer, store: Store
) -> None:
    store.put("orders", [order(number, **CLOSED if number % 2 else {}) for number in range(1, 8)])
    pages = list(connect(server.url, page_size=3).get_pages("orders"))
    assert [len(page) for page in pages] == [3, 3, 1]
    assert sorted(record["id"] - FIRST_ORDER_ID for page in pages for record in page) == [1, 2, 3, 4, 5, 6, 7]
    assert all(record == store.get("orders", record["id"]) for page in pages for record in page)


def test_a_status_that_is_asked_for_is_kept(connect: MakeHook, server: DemoServer, store: Store) -> None:
    store.put("orders", [order(1), order(2, **CLOSED)])
    hook = connect(server.url)
    (page,) = hook.get_pages("orders", status="closed")
    assert [record["id"] for record in page] == [FIRST_ORDER_ID + 2]
    assert (hook.count("orders"), hook.count("orders", status="closed")) == (2, 1)


def test_times_are_given_as_datetime_or_text(connect: MakeHook, server: DemoServer, store: Store) -> None:
    store.put("products", [product(number) for number in range(10)])
    hook = connect(server.url)
    since = datetime(2026, 11, 20, 0, 4, tzinfo=timezone(timedelta(hours=1)))
    until = "2026-11-19T23:07:00Z"
    (page,) = hook.get_pages("products", updated_at_min=since, updated_at_max=until)
    assert [record["title"] for record in page] == ["Mug 004", "Mug 005", "Mug 006", "Mug 007"]
    assert hook.count("products", updated_at_min=since, updated_at_max=until) == 4


def test_a_time_without_zone_is_refused(connect: MakeHook, server: DemoServer) -> None:
    naive = datetime(2026, 11, 20)  # noqa: DTZ001 what the test is about
    with pytest.raises(ValueError, match=r"2026-11-20T00:00:00 has no time zone"):
        connect(server.url).count("orders", updated_at_min=naive)


def test_a_bound_that_is_none_is_not_sent(connect: MakeHook, scripted_store: ScriptedStore) -> None:
    scripted_store.script = [Reply(200, {"orders": []})]
    assert list(connect(scripted_store.url).get_pages("orders", updated_at_min=None)) == [[]]
    query = {"limit": "250", "status": "any"}
    assert scripted_store.received == [Received(ORDERS_PATH, query, "demo-token", {})]


def test_a_next_page_is_asked_for_by_its_own_address_only(
    connect: MakeHook, scripted_store: ScriptedStore
) -> None:
    following = _link(f"{scripted_store.url}{ORDERS_PATH}?limit=1&page_info=abc")
    scripted_store.script = [Reply(200, {"orders": [{"id": 1}]}, following), Reply(200, {"orders": []})]
    assert list(connect(scripted_store.url).get_pages("orders", fields="id")) == [[{"id": 1}], []]
    assert scripted_store.received[1].query == {"limit": "1", "page_info": "abc"}


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://other-store.example/admin/api/2026-10/orders.json?page_info=abc",
        "https://127.0.0.1/admin/api/2026-10/orders.json?page_info=abc",
        "http://127.0.0.1:1/admin/api/2026-10/orders.json?page_info=abc",
        "http://127.0.0.1:port/admin/api/2026-10/orders.json?page_info=abc",
        "//other-store.example/admin/api/2026-10/orders.json?page_info=abc",
    ],
)
def test_a_next_page_on_another_host_is_not_followed(
    connect: MakeHook, scripted_store: ScriptedStore, elsewhere: str
) -> None:
    scripted_store.script = [Reply(200, {"orders": []}, _link(elsewhere))]
    pages = connect(scripted_store.url).get_pages("orders")
    assert next(pages) == []
    with pytest.raises(ShopifyRefused) as caught:
        next(pages)
    assert str(caught.value) == (
        f"{scripted_store.url} answered 200 to GET {ORDERS_PATH} with a next page on another host, which is "
        "not followed. Set the host of connection 'shopify_default' to the one the store itself uses."
    )
    assert len(scripted_store.received) == 1


def test_a_host_hidden_behind_a_backslash_gets_no_request(
    connect: MakeHook, scripted_store: ScriptedStore
) -> None:
    port = scripted_store.url.rpartition(":")[2]
    hidden = f"http://other-store.example\\@127.0.0.1:{port}/admin/next.json?page_info=abc"
    scripted_store.script = [Reply(200, {"orders": []}, _link(hidden)), Reply(200, {"orders": []})]
    assert list(connect(scripted_store.url).get_pages("orders")) == [[], []]
    assert scripted_store.received[1].path == "/admin/next.json"


def test_cursors_that_go_in_a_circle_end_the_sync(connect: MakeHook, scripted_store: ScriptedStore) -> None:
    address = f"{scripted_store.url}{ORDERS_PATH}?limit=250&page_info="
    there, back = (Reply(200, {"orders": []}, _link(address + cursor)) for cursor in "ab")
    scripted_store.script = [there, back, there]
    pages = connect(scripted_store.url).get_pages("orders")
    assert [next(pages), next(pages), next(pages)] == [[], [], []]
    with pytest.raises(ShopifyUnavailable, match="sends a page of orders a second time"):
        next(pages)


@pytest.mark.parametrize("failure", ["429", "500", "502", "503", "reset", "truncated"])
def test_every_second_answer_may_fail(
    connect: MakeHook, server: DemoServer, store: Store, naps: list[float], failure: str
) -> None:
    store.put("orders", [order(number) for number in range(1, 31)])
    server.faults.every = {failure: 2}
    hook = connect(server.url, page_size=10)
    found = [record["id"] for page in hook.get_pages("orders") for record in page]
    assert sorted(found) == store.ids("orders")
    assert (hook.requests_made, len(naps)) == (5, 2)
    assert hook.requests_refused == (2 if failure == "429" else 0)


def test_requests_are_paced_by_the_call_limit(
    connect: MakeHook, scripted_store: ScriptedStore, naps: list[float]
) -> None:
    limit = {"X-Shopify-Shop-Api-Call-Limit": "40/40"}
    scripted_store.script = [Reply(200, {"shop": KILN}, limit)]
    hook = connect(scripted_store.url)
    hook.shop()
    assert naps == []
    hook.shop()
    assert naps == [pytest.approx(1.0, abs=0.1)]


def test_the_stores_clock_is_that_of_its_last_answer(
    connect: MakeHook, scripted_store: ScriptedStore
) -> None:
    dates = [
        {"Date": "Sun, 22 Nov 2026 12:00:00 GMT"},
        {"Date": "Sun, 22 Nov 2026 14:00:05 +0100"},
        {"Date": "-"},
    ]
    scripted_store.script = [Reply(200, {"shop": KILN}, date) for date in dates]
    hook = connect(scripted_store.url)
    times = []
    for _ in dates:
        hook.shop()
        times.append(hook.store_time)
    assert times == [
        datetime(2026, 11, 22, 12, tzinfo=UTC),
        datetime(2026, 11, 22, 13, 0, 5, tzinfo=UTC),
        None,
    ]


def test_another_version_and_a_deprecated_call_are_warned_of_once(
    connect: MakeHook, scripted_store: ScriptedStore
) -> None:
    headers = {
        "X-Shopify-API-Version": "2027-01",
        "X-Shopify-API-Deprecated-Reason": "https://shopify.dev/docs/api/admin/migrate",
    }
    scripted_store.script = [Reply(200, {"count": 3}, headers)]
    hook = connect(scripted_store.url)
    assert [hook.count("products"), hook.count("products")] == [3, 3]
    assert hook.warnings == [
        (
            "Shopify answered with API version 2027-01 instead of 2026-10: "
            "set the Variable shopify_api_version to a supported version."
        ),
        (
            "Shopify calls /admin/api/2026-10/products.json deprecated: "
            "https://shopify.dev/docs/api/admin/migrate"
        ),
    ]


def test_the_session_signs_requests_to_its_store_only(
    connect: MakeHook, scripted_store: ScriptedStore, server: DemoServer
) -> None:
    scripted_store.script = [Reply(200, {})]
    session = connect(server.url).get_conn()
    assert session.get(f"{server.url}/admin/api/2026-10/shop.json", timeout=5).status_code == 200
    session.get(scripted_store.url, timeout=5)
    assert scripted_store.received == [Received("/", {}, None, {})]


@pytest.mark.parametrize(
    ("scopes", "answer"),
    [
        (
            ("read_all_orders", "read_customers", "read_orders", "read_products"),
            (True, "read_all_orders, read_customers, read_orders, read_products."),
        ),
        (
            ("read_customers", "read_orders", "write_products"),
            (
                True,
                (
                    "read_customers, read_orders, write_products; "
                    "read_all_orders missing: orders older than 60 days are not sent."
                ),
            ),
        ),
        (
            ("read_products",),
            (
                False,
                "read_products. Add read_customers, read_orders to the app and approve it in the store.",
            ),
        ),
    ],
)
def test_the_connection_test_names_store_and_scopes(
    connect: MakeHook, store: Store, scopes: tuple[str, ...], answer: tuple[bool, str]
) -> None:
    with DemoServer(store, scopes=scopes) as server:
        works, message = connect(server.url).test_connection()
    assert (works, message) == (
        answer[0],
        f"Connected to Kiln & Co (kiln-and-co.myshopify.com), scopes {answer[1]}",
    )


def test_the_connection_test_says_what_is_wrong(connect: MakeHook, server: DemoServer) -> None:
    assert connect(server.url, password="not-the-token").test_connection() == (
        False,
        (
            f"{server.url} answered 401 to GET /admin/api/2026-10/shop.json: [API] Invalid API key or "
            "access token (unrecognized login or wrong password). Renew the access token (password) of "
            "connection 'shopify_default', or in .env if that names the store."
        ),
    )


@pytest.mark.parametrize("status", [301, 400, 401, 402, 403, 404, 423, 429, 500])
def test_no_secret_and_no_query_is_in_logs_errors_or_tracebacks(
    connect: MakeHook, scripted_store: ScriptedStore, capfd: pytest.CaptureFixture[str], status: int
) -> None:
    told = "planted-secret planted-token"
    granted = Reply(200, {"access_token": "planted-token", "expires_in": 86399})
    headers = {"Location": f"https://{told.replace(' ', ':')}@other-store.example/planted-query"}
    refused = Reply(status, {"errors": {"request": told}}, headers)
    scripted_store.script = [granted, refused, *([granted] if status == 401 else []), refused]
    hook = connect(scripted_store.url, login="client", password="planted-secret")
    with pytest.raises(SyncError) as caught:
        list(hook.get_pages("orders", name="planted-query"))
    logged = "".join(capfd.readouterr())
    shown = logged + "".join(traceback.format_exception(caught.value)) + repr(hook) + repr(vars(hook))
    assert "answered" in shown
    assert ("Try 2 of 5" in logged) is (status in {429, 500})
    assert "planted" not in shown.replace('name="planted-query"', "")
