"""Pages of a list, their cursors and ``Link`` headers.

A cursor is base64 of JSON with a position (``direction``, ``last_id``, ``last_value``) and the filters. As it
is no offset, pages do not shift when rows are added or removed while a client reads them.
https://shopify.dev/docs/api/admin-rest/usage/pagination
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from demo_store.api.answers import bad_parameter
from demo_store.api.listing import Listing, Params, page_limit
from demo_store.state import Condition, Row

Select = Callable[..., list[Row]]

NOT_FILTERS = ("limit", "fields", "page_info")


@dataclass(frozen=True)
class Cursor:
    """The page before (``direction`` prev) or after (next) the row with ``last_value`` and ``last_id``."""

    direction: str
    last_id: int
    last_value: Any
    filters: Params

    def text(self) -> str:
        """Return the cursor as it stands in a URL."""
        position = {"direction": self.direction, "last_id": self.last_id, "last_value": self.last_value}
        encoded = json.dumps({**self.filters, **position}, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(encoded).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Return the cursor that a URL holds; raises the 400 when it is none."""
        try:
            content = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            direction, last_id = content.pop("direction"), content.pop("last_id")
            last_value = content.pop("last_value")
        except (binascii.Error, ValueError, AttributeError, KeyError, TypeError):
            raise bad_parameter("page_info") from None
        well_formed = (
            direction in ("next", "prev")
            and _is_sqlite_integer(last_id)
            and (_is_sqlite_integer(last_value) or isinstance(last_value, str))
            and all(isinstance(value, str) for value in content.values())
        )
        if not well_formed:
            raise bad_parameter("page_info")
        return cls(direction, last_id, last_value, content)


@dataclass(frozen=True)
class PageRequest:
    """What page of which list: ``cursor`` is None for the first one."""

    filters: Params
    cursor: Cursor | None
    limit: int
    fields: str | None

    @classmethod
    def read(cls, params: Params) -> PageRequest:
        """Return what ``params`` ask for; raises the 400 for filters beside a cursor or a bad limit."""
        filters = {name: value for name, value in params.items() if name not in NOT_FILTERS}
        cursor = None
        if "page_info" in params:
            for name in filters:
                raise bad_parameter(
                    name,
                    f"{name} cannot be passed when page_info is present. "
                    "See https://shopify.dev/api/usage/pagination-rest for more information.",
                )
            cursor = Cursor.read(params["page_info"])
            filters = cursor.filters
        return cls(filters, cursor, page_limit(params), params.get("fields"))


@dataclass(frozen=True)
class Page:
    """Rows in the order of the list, and the cursors of the pages around them where there are such."""

    rows: list[Row]
    previous: Cursor | None
    next: Cursor | None


def read_page(request: PageRequest, wanted: Listing, select: Select) -> Page:
    """Return the page that ``request`` asks for.

    ``select(conditions, limit=…, sort=…, descending=…, after=…)`` answers rows as :meth:`Store.select` does.
    """
    cursor = request.cursor
    backwards = cursor is not None and cursor.direction == "prev"
    descending = wanted.descending != backwards
    rows = select(
        _conditions_left(wanted, cursor, descending),
        limit=request.limit + 1,
        sort=wanted.sort,
        descending=descending,
        after=(cursor.last_value, cursor.last_id) if cursor else None,
    )
    is_more = len(rows) > request.limit
    rows = rows[: request.limit]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    has_previous = is_more if backwards else cursor is not None
    has_next = is_more or backwards
    return Page(
        rows,
        Cursor("prev", rows[0].id, rows[0].sort_value, request.filters) if has_previous else None,
        Cursor("next", rows[-1].id, rows[-1].sort_value, request.filters) if has_next else None,
    )


def link_header(page: Page, request: PageRequest, url: str) -> str | None:
    """Return the ``Link`` header of a page of the list at ``url``; None when the page is all there is."""
    parameters = {"limit": str(request.limit)}
    if request.fields is not None:
        parameters["fields"] = request.fields
    links = [
        f'<{url}?{urlencode({**parameters, "page_info": cursor.text()})}>; rel="{relation}"'
        for relation, cursor in (("previous", page.previous), ("next", page.next))
        if cursor
    ]
    return ", ".join(links) or None


def _is_sqlite_integer(value: Any) -> bool:
    return isinstance(value, int) and abs(value) < 2**63


def _conditions_left(wanted: Listing, cursor: Cursor | None, descending: bool) -> list[Condition]:
    # A bound that the cursor implies would make SQLite scan from the bound instead of from the cursor.
    if cursor is None:
        return wanted.conditions
    implied = {"<=", "<"} if descending else {">=", ">"}
    return [
        condition
        for condition in wanted.conditions
        if condition.column != wanted.sort or condition.operator not in implied
    ]
