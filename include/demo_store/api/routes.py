"""The Admin API's addresses and what they answer.

Versions: https://shopify.dev/docs/api/usage/versioning
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any

from demo_store.api.answers import Answer, Refusal, json_answer, json_bytes, not_found
from demo_store.api.auth import Access
from demo_store.api.listing import TIMES, Listing, Params, listing, record_id
from demo_store.api.paging import PageRequest, Select, link_header, read_page
from demo_store.state import RESOURCES, Condition, Row, Store

STABLE_VERSIONS = ("2026-01", "2026-04", "2026-07", "2026-10")
PREVIEW_VERSIONS = ("2027-01", "unstable")
FIRST_VERSION = "2019-04"
SCOPES = {
    "products": "read_products",
    "customers": "read_customers",
    "orders": "read_orders",
    "events": "read_products",
}
SINGULAR = {"products": "product", "customers": "customer", "orders": "order"}
ORDERS_WINDOW = timedelta(days=60)
PRODUCTS_ARE_DEPRECATED = "https://shopify.dev/api/admin-rest/latest/resources/product"


@dataclass(frozen=True)
class Call:
    """One GET request: ``base_url`` is scheme and host as the client used them, ``now`` the shop's time.

    ``index_lag_seconds`` is for how long lists filtered by a time miss a change.
    """

    path: str
    params: Params
    base_url: str
    now: datetime
    index_lag_seconds: float


def answer_call(store: Store, access: Access, call: Call) -> Answer:
    """Return the answer to a call whose token is valid."""
    if call.path == "/admin/oauth/access_scopes.json":
        scopes = [{"handle": scope} for scope in access.scopes]
        return _of_version(STABLE_VERSIONS[-1], json_answer(200, {"access_scopes": scopes}))
    match = re.fullmatch(r"/admin/api/([^/]+)/(.+)\.json", call.path)
    version = served_version(match[1]) if match else None
    if match is None or version is None:
        return not_found().answer()
    try:
        answer = _Resources(store, access, call).answer(match[2])
    except Refusal as refusal:
        answer = refusal.answer()
    return _of_version(version, answer)


def served_version(asked: str) -> str | None:
    """Return the version that serves a request for ``asked``; None for one that never was.

    The oldest supported version serves in place of those that have expired.
    """
    if asked in STABLE_VERSIONS or asked in PREVIEW_VERSIONS:
        return asked
    has_expired = re.fullmatch(r"20\d\d-(01|04|07|10)", asked) and FIRST_VERSION <= asked < STABLE_VERSIONS[0]
    return STABLE_VERSIONS[0] if has_expired else None


def _of_version(version: str, answer: Answer) -> Answer:
    return replace(answer, headers={**answer.headers, "X-Shopify-API-Version": version})


class _Resources:
    def __init__(self, store: Store, access: Access, call: Call) -> None:
        self._store = store
        self._access = access
        self._call = call

    def answer(self, path: str) -> Answer:
        parts = path.split("/")
        if parts == ["shop"]:
            return json_answer(200, {"shop": self._store.shop})
        if parts[0] not in SCOPES:
            raise not_found()
        self._access.check_scope(SCOPES[parts[0]])
        answer = self._answer_parts(parts)
        if parts[0] == "products":
            answer.headers["X-Shopify-API-Deprecated-Reason"] = PRODUCTS_ARE_DEPRECATED
        return answer

    def _answer_parts(self, parts: Sequence[str]) -> Answer:
        match parts:
            case [resource]:
                return self._list(resource)
            case [resource, "count"] if resource in RESOURCES:
                return self._count(resource)
            case [resource, an_id] if resource in RESOURCES:
                return self._single(resource, record_id("id", an_id))
            case ["products", an_id, "variants"]:
                return self._variants(record_id("product_id", an_id))
        raise not_found()

    def _list(self, resource: str) -> Answer:
        request = PageRequest.read(self._call.params)
        wanted = self._listing(resource, request.filters)
        return self._page(resource, request, wanted, partial(self._store.select, resource))

    def _count(self, resource: str) -> Answer:
        wanted = self._listing(resource, self._call.params)
        return json_answer(200, {"count": self._store.count(resource, wanted.conditions)})

    def _single(self, resource: str, an_id: int) -> Answer:
        conditions = [Condition("id", "=", an_id), *self._visible(resource)]
        rows = self._store.select(resource, conditions, limit=1)
        if not rows:
            raise not_found()
        body = _only_fields(rows[0].body, self._call.params.get("fields"))
        return Answer(200, b'{"%s":%s}' % (SINGULAR[resource].encode(), body))

    def _variants(self, product_id: int) -> Answer:
        product = self._store.get("products", product_id)
        if product is None:
            raise not_found()
        request = PageRequest.read(self._call.params)
        since_id = record_id("since_id", request.filters.get("since_id", "0"))
        variants = [variant for variant in product["variants"] if variant["id"] > since_id]
        wanted = Listing([], "id", descending=False)
        return self._page("variants", request, wanted, partial(_select_variants, variants))

    def _page(self, root: str, request: PageRequest, wanted: Listing, select: Select) -> Answer:
        page = read_page(request, wanted, select)
        bodies = (_only_fields(row.body, request.fields) for row in page.rows)
        answer = Answer(200, b'{"%s":[%s]}' % (root.encode(), b",".join(bodies)))
        link = link_header(page, request, self._call.base_url + self._call.path)
        if link:
            answer.headers["Link"] = link
        return answer

    def _listing(self, resource: str, filters: Params) -> Listing:
        wanted = listing(resource, filters, self._store.timezone)
        hidden = [*self._visible(resource), *self._indexed(resource, filters)]
        return replace(wanted, conditions=[*wanted.conditions, *hidden])

    def _visible(self, resource: str) -> list[Condition]:
        """Orders created more than 60 days ago are absent without ``read_all_orders``, with no error.

        https://shopify.dev/docs/api/admin-rest/latest/resources/order
        """
        if resource != "orders" or self._access.allows("read_all_orders"):
            return []
        return [Condition("created_at", ">=", int((self._call.now - ORDERS_WINDOW).timestamp()))]

    def _indexed(self, resource: str, filters: Params) -> list[Condition]:
        """Lists that are filtered by a time come from a search index, which may lag.

        A record that is new is not in it yet; of one that has changed only the creation is.
        """
        if not self._call.index_lag_seconds:
            return []
        indexed_until = self._call.now - timedelta(seconds=self._call.index_lag_seconds)
        return [
            Condition(column, "<=", int(indexed_until.timestamp()))
            for column in TIMES[resource]
            if column in ("created_at", "updated_at") and {f"{column}_min", f"{column}_max"} & filters.keys()
        ]


def _select_variants(
    variants: list[dict[str, Any]],
    _conditions: Sequence[Condition],
    *,
    limit: int,
    sort: str,
    descending: bool,
    after: tuple[Any, int] | None,
) -> list[Row]:
    rows = [
        Row(variant["id"], variant[sort], json_bytes(variant))
        for variant in sorted(variants, key=itemgetter(sort), reverse=descending)
    ]
    if after is not None:
        _, last_id = after
        rows = [row for row in rows if (row.id < last_id if descending else row.id > last_id)]
    return rows[:limit]


def _only_fields(body: bytes, fields: str | None) -> bytes:
    if fields is None:
        return body
    record = json.loads(body)
    wanted = [name.strip() for name in fields.split(",")]
    chosen = {name: record[name] for name in wanted if name in record}
    return json_bytes(chosen)
