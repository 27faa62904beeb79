"""Every answer that is no success becomes one clear message, and only those that may pass are asked again."""

from __future__ import annotations

import pytest
from shopify_analytics.errors import (
    ShopifyAuthError,
    ShopifyRefused,
    ShopifyThrottled,
    ShopifyUnavailable,
    SyncError,
)

from tests.hooks.conftest import MakeHook
from tests.hooks.scripted_store import KILN, Reply, ScriptedStore

SHOP_PATH = "/admin/api/2026-10/shop.json"
SECRET = "planted-7f3a"
CONN = "'shopify_default'"
BAD_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)"
NEEDS_SCOPE = "[API] This action requires merchant approval for read_orders scope."
STATUS_PAGE = f"Wait, or see https://www.shopifystatus.com; the connection is {CONN}."
UNREADABLE = (
    "sent an answer that is incomplete or cannot be read. "
    f"If this stays so, check the host of connection {CONN}."
)


def _broken(key: str, path: str, problem: str = "the answer is broken") -> str:
    return (
        f"answered 200 to GET {path}, but without a usable {key!r}: {problem}. "
        f"If this stays so, check that the host of connection {CONN} is a Shopify store."
    )


BROKEN = _broken("shop", SHOP_PATH)


def _html(title: str) -> str:
    return f"<!DOCTYPE html><html><head><title>\n {title} </title></head><body>{SECRET}</body></html>"


@pytest.mark.parametrize(
    ("reply", "kind", "message"),
    [
        (
            Reply(401, {"errors": BAD_TOKEN}),
            ShopifyAuthError,
            (
                f"401 to GET {SHOP_PATH}: {BAD_TOKEN}. Renew the access token (password) of connection "
                f"{CONN}, or in .env if that names the store."
            ),
        ),
        (
            Reply(402, {"errors": "Unavailable Shop"}),
            ShopifyRefused,
            (
                f"402 to GET {SHOP_PATH}: Unavailable Shop. "
                f"The store is frozen for an unpaid bill: its owner has to pay; the connection is {CONN}."
            ),
        ),
        (
            Reply(403, {"errors": NEEDS_SCOPE}),
            ShopifyRefused,
            (
                f"403 to GET {SHOP_PATH}: {NEEDS_SCOPE} "
                f"Give the scope read_orders to the app of connection {CONN}, and approve it in the store."
            ),
        ),
        (
            Reply(404, {"errors": "Not Found"}),
            ShopifyRefused,
            (
                f"404 to GET {SHOP_PATH}: Not Found. "
                f"Check the store name in the host of connection {CONN} and the Variable shopify_api_version."
            ),
        ),
        (
            Reply(423, {"errors": "This shop is unavailable"}),
            ShopifyRefused,
            (
                f"423 to GET {SHOP_PATH}: This shop is unavailable. "
                f"The store is locked: its owner has to contact Shopify; the connection is {CONN}."
            ),
        ),
        (
            Reply(400, {"errors": {"page_info": "Invalid value.", "limit": ["must be", "a number"]}}),
            ShopifyRefused,
            (
                f"400 to GET {SHOP_PATH}: page_info: Invalid value.; limit: must be, a number. "
                f"Check the Variables shopify_api_version and shopify_page_size; the connection is {CONN}."
            ),
        ),
        (
            Reply(406, ["Not Acceptable", SECRET]),
            ShopifyRefused,
            (
                f"406 to GET {SHOP_PATH}: Not Acceptable. "
                f"Check the host of connection {CONN} and the Variable shopify_api_version."
            ),
        ),
        (
            Reply(422, {"errors": [f"{SECRET} is not {SECRET * 99}"]}),
            ShopifyRefused,
            (
                f"422 to GET {SHOP_PATH}: {('*** is not ' + '***' * 99)[:200]}… "
                f"Check the host of connection {CONN} and the Variable shopify_api_version."
            ),
        ),
        (
            Reply(430, _html("Security &amp; rejection")),
            ShopifyRefused,
            (
                f"430 to GET {SHOP_PATH}: Security & rejection. "
                f"Shopify's security check rejected it: ask Shopify support; the connection is {CONN}."
            ),
        ),
        (
            Reply(501, f"{SECRET} in plain text"),
            ShopifyRefused,
            (
                f"501 to GET {SHOP_PATH}: Not Implemented. "
                f"Check the host of connection {CONN} and the Variable shopify_api_version."
            ),
        ),
        (
            Reply(301, "", {"Location": "https://new-name.myshopify.com/admin/api/2026-10/shop.json?a=b"}),
            ShopifyRefused,
            (
                f"301 to GET {SHOP_PATH}: Moved Permanently. "
                f"Set the host of connection {CONN} to https://new-name.myshopify.com."
            ),
        ),
    ],
)
def test_an_answer_that_will_not_change_is_one_message_after_one_try(
    connect: MakeHook, scripted_store: ScriptedStore, reply: Reply, kind: type[SyncError], message: str
) -> None:
    scripted_store.script = [reply]
    hook = connect(scripted_store.url, password=SECRET)
    with pytest.raises(kind) as caught:
        hook.shop()
    assert str(caught.value) == f"{scripted_store.url} answered {message}"
    assert caught.value.retryable is False
    assert hook.requests_made == 1


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(500, {"errors": "Oops"}), f"answered 500 to GET {SHOP_PATH}: Oops. {STATUS_PAGE}"),
        (Reply(502, _html("Bad")), f"answered 502 to GET {SHOP_PATH}: Bad. {STATUS_PAGE}"),
        (Reply(503), f"answered 503 to GET {SHOP_PATH}: Service Unavailable. {STATUS_PAGE}"),
        (Reply(504), f"answered 504 to GET {SHOP_PATH}: Gateway Timeout. {STATUS_PAGE}"),
        (Reply(540), f"answered 540 to GET {SHOP_PATH}: no explanation. {STATUS_PAGE}"),
        (
            Reply(200, {"shop": {"name": SECRET}}, missing=3),
            UNREADABLE,
        ),
        (Reply(302, "", {"Location": "http://[::"}), UNREADABLE),
        (
            Reply(200, '{"shop": {"na'),
            BROKEN,
        ),
        (
            Reply(200, {"shops": {}}),
            BROKEN,
        ),
        (Reply(200, "[" * 100_000), BROKEN),
        (
            Reply(200, {"shop": [SECRET]}),
            _broken("shop", SHOP_PATH, "Expected `object`, got `array`"),
        ),
        (
            Reply(200, {"shop": KILN | {"iana_timezone": None}}),
            _broken("shop", SHOP_PATH, "Expected `str`, got `null` - at `$.iana_timezone`"),
        ),
        (
            Reply(200, {"shop": {"name": SECRET}}),
            _broken("shop", SHOP_PATH, "Object missing required field `iana_timezone`"),
        ),
    ],
)
def test_an_answer_that_may_change_is_one_message_after_five_tries(
    connect: MakeHook, scripted_store: ScriptedStore, naps: list[float], reply: Reply, message: str
) -> None:
    scripted_store.script = [reply]
    hook = connect(scripted_store.url, password=SECRET)
    with pytest.raises(ShopifyUnavailable) as caught:
        hook.shop()
    assert str(caught.value) == f"{scripted_store.url} {message}"
    assert hook.requests_made == 5
    assert all(wait <= nap <= wait + 1 for wait, nap in zip((1, 2, 4, 8), naps, strict=True))


@pytest.mark.parametrize(
    ("scopes", "problem"),
    [
        (SECRET, "Expected `array`, got `str`"),
        ([SECRET], "Expected `object`, got `str` - at `$[0]`"),
        (
            [{"handle": "read_orders"}, {"scope": SECRET}],
            "Object missing required field `handle` - at `$[1]`",
        ),
    ],
)
def test_scopes_in_another_form_are_a_broken_answer(
    connect: MakeHook, scripted_store: ScriptedStore, scopes: object, problem: str
) -> None:
    scripted_store.script = [Reply(200, {"access_scopes": scopes})]
    with pytest.raises(ShopifyUnavailable) as caught:
        connect(scripted_store.url).access_scopes()
    message = _broken("access_scopes", "/admin/oauth/access_scopes.json", problem)
    assert str(caught.value) == f"{scripted_store.url} {message}"


@pytest.mark.parametrize("count", [True, "3", None, 2.5])
def test_a_count_that_is_no_whole_number_is_a_broken_answer(
    connect: MakeHook, scripted_store: ScriptedStore, count: object
) -> None:
    scripted_store.script = [Reply(200, {"count": count})]
    with pytest.raises(ShopifyUnavailable, match="without a usable 'count'"):
        connect(scripted_store.url).count("orders")


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [("2.0", 2.0), ("0.25", 0.25), ("-1", 0.0), ("soon", 2.0), ("nan", 2.0)]
)
def test_a_throttled_request_waits_as_long_as_shopify_asks(
    connect: MakeHook, scripted_store: ScriptedStore, naps: list[float], retry_after: str, seconds: float
) -> None:
    busy = Reply(429, {"errors": "Exceeded 2 calls per second"}, {"Retry-After": retry_after})
    scripted_store.script = [busy, Reply(200, {"shop": KILN})]
    hook = connect(scripted_store.url)
    assert hook.shop() == KILN
    assert (hook.requests_made, hook.requests_refused, len(naps)) == (2, 1, 1)
    assert seconds <= naps[0] <= seconds + 0.5


@pytest.mark.parametrize(("retry_after", "tries"), [("3.5", 5), ("600", 1)])
def test_a_store_that_stays_throttled_is_left_to_the_task_with_its_own_wait(
    connect: MakeHook, scripted_store: ScriptedStore, retry_after: str, tries: int
) -> None:
    scripted_store.script = [Reply(429, {"errors": "Exceeded"}, {"Retry-After": retry_after})]
    hook = connect(scripted_store.url)
    with pytest.raises(ShopifyThrottled) as caught:
        hook.shop()
    assert caught.value.retry_after == float(retry_after)
    assert str(caught.value) == (
        f"{scripted_store.url} answered 429 to GET {SHOP_PATH}: Exceeded. "
        f"Run fewer syncs at once with connection {CONN}, or wait."
    )
    assert hook.requests_made == tries


@pytest.mark.parametrize("location", [{}, {"Location": "/password"}])
def test_a_redirect_that_names_no_host_is_refused_too(
    connect: MakeHook, scripted_store: ScriptedStore, location: dict[str, str]
) -> None:
    scripted_store.script = [Reply(302, "", location)]
    with pytest.raises(ShopifyRefused) as caught:
        connect(scripted_store.url).shop()
    assert str(caught.value) == (
        f"{scripted_store.url} answered 302 to GET {SHOP_PATH}: Found. "
        f"Set the host of connection {CONN} to the store's own address."
    )
