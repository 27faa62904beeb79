"""Whose store the database holds, and how its records are read: time zone, currency, source rules."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from shopify_analytics.currency import minor_digits
from shopify_analytics.database import (
    AGGREGATES_STALE,
    get_metadata,
    mark_changed,
    set_metadata,
    transaction,
)
from shopify_analytics.errors import DatabaseRefused, SettingsError
from shopify_analytics.fields import Row, ShopUnits, moment
from shopify_analytics.records import (
    local_fulfillment_columns,
    local_order_columns,
    local_refund_columns,
)
from shopify_analytics.sources import order_source, sources_fingerprint
from shopify_analytics.sql import run

if TYPE_CHECKING:
    from shopify_analytics.hooks.shopify import ShopifyHook

DOMAIN, CURRENCY, TIMEZONE, SCOPES = "shop.domain", "shop.currency", "shop.timezone", "shop.scopes"
# The store's base URL, which the connection had when the last run was planned.
URL = "shop.url"
SOURCE_RULES = "sources.fingerprint"


def remember_shop(
    db: sqlite3.Connection, shop: Mapping[str, Any], scopes: Iterable[str], url: str = ""
) -> None:
    """Store whose data this is (``shop`` of shop.json), what the token may read, and the store's base URL.

    A changed time zone rebuilds the shop-local columns, changed rules of ``include/sources.csv`` the channels
    and traffic sources; the next load then makes anew what is derived from them.

    :raises DatabaseRefused: when the database belongs to another store.
    """
    domain = shop.get("myshopify_domain") or shop.get("domain")
    known = get_metadata(db, DOMAIN)
    if known and known != domain:
        raise DatabaseRefused(
            f"The database holds the store {known}, the connection leads to {domain}: "
            "make new-store moves the old files away; or set the Variable analytics_data_dir to a folder for "
            "the new store"
        )
    zone, rules = _known_timezone(shop), sources_fingerprint()
    with transaction(db):
        if get_metadata(db, TIMEZONE) not in (None, zone):
            _rebuild_local_columns(db, ZoneInfo(zone))
        if get_metadata(db, SOURCE_RULES) not in (None, rules):
            _rebuild_sources(db)
        for key, value in (
            (DOMAIN, domain),
            ("shop.name", shop.get("name")),
            (CURRENCY, shop.get("currency")),
            (TIMEZONE, zone),
            (SCOPES, " ".join(sorted(scopes))),
            (URL, url),
            (SOURCE_RULES, rules),
        ):
            set_metadata(db, key, value)


def refuse_other_store(hook: ShopifyHook, planned: str) -> None:
    """Let a run not mix stores when its connection is changed amid it.

    :param planned: the base URL of the store that the run was planned for.
    :raises SettingsError: when the connection leads to another one now.
    """
    if hook.base_url != planned:
        raise SettingsError(
            f"The connection {hook.shopify_conn_id} leads to {hook.base_url} now, the run was planned for "
            f"{planned or 'no store'}: clear the run from plan_sync"
        )


def shop_timezone(db: sqlite3.Connection) -> ZoneInfo:
    """The shop's time zone, as remembered by :func:`remember_shop`."""
    zone = get_metadata(db, TIMEZONE)
    if zone is None:
        raise DatabaseRefused("The database does not know its store yet: clear the run from plan_sync")
    return ZoneInfo(zone)


def shop_units(db: sqlite3.Connection) -> ShopUnits:
    """In which units the shop's records are read: its time zone and its currency's decimals."""
    return ShopUnits(shop_timezone(db), minor_digits(get_metadata(db, CURRENCY)))


def minor_per_major(db: sqlite3.Connection) -> float:
    """How many of the currency's smallest units make one: 100.0 cents; a float, so that SQL divides by it."""
    return float(10 ** minor_digits(get_metadata(db, CURRENCY)))


def _known_timezone(shop: Mapping[str, Any]) -> str:
    zone = str(shop.get("iana_timezone") or "")
    try:
        ZoneInfo(zone)
    except (ValueError, OSError) as error:
        raise DatabaseRefused(
            f"The store's time zone {zone!r} is not known here: install a newer tzdata package"
        ) from error
    return zone


def _rebuild_local_columns(db: sqlite3.Connection, zone: ZoneInfo) -> None:
    for order_id, *times in _each(db, "orders", "processed_at, first_fulfilled_at, cancelled_at"):
        processed_at, first_fulfilled_at, cancelled_at = map(_moment, times)
        _update(
            db, "orders", order_id, local_order_columns(processed_at, first_fulfilled_at, cancelled_at, zone)
        )
    for refund_id, refunded_at in _each(db, "refunds", "coalesce(processed_at, created_at)"):
        _update(db, "refunds", refund_id, local_refund_columns(_moment(refunded_at), zone))
    for fulfillment_id, fulfilled_at in _each(db, "fulfillments", "created_at"):
        _update(db, "fulfillments", fulfillment_id, local_fulfillment_columns(_moment(fulfilled_at), zone))
    run(db, "load/ledger_dates")
    mark_changed(db, ["orders", "refunds", "fulfillments", "sales_ledger"])
    set_metadata(db, AGGREGATES_STALE, "1")


def _rebuild_sources(db: sqlite3.Connection) -> None:
    """Apply the rules anew; of a redacted order nothing is left that they could be applied to."""
    redacted = {row[0] for row in db.execute("SELECT order_id FROM redacted_orders")}
    for order_id, *seen in _each(db, "orders", "source_name, referring_site, landing_site"):
        if order_id in redacted:
            continue
        channel, traffic_source = order_source(*seen)
        _update(db, "orders", order_id, {"channel": channel, "traffic_source": traffic_source})
    mark_changed(db, ["orders"])
    set_metadata(db, AGGREGATES_STALE, "1")


def _each(db: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
    """Every row in the order of ids, read in chunks so that the rows may be changed meanwhile."""
    chunk = f"SELECT id, {columns} FROM {table} WHERE id > ? ORDER BY id LIMIT 1000"
    rows = db.execute(chunk, (-(2**63),)).fetchall()
    while rows:
        yield from rows
        rows = db.execute(chunk, (rows[-1][0],)).fetchall()


def _moment(value: str | None) -> datetime | None:
    return moment({"at": value}, "at")


def _update(db: sqlite3.Connection, table: str, row_id: int, columns: Row) -> None:
    assignments = ", ".join(f"{column} = ?" for column in columns)
    db.execute(f"UPDATE {table} SET {assignments} WHERE id = ?", (*columns.values(), row_id))
