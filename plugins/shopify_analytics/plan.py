"""The first task: check settings, token and scopes, open the run, and decide what to read."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from shopify_analytics.attempt import TaskAttempt
from shopify_analytics.config import Settings, load_settings, staging_places
from shopify_analytics.database import get_watermark
from shopify_analytics.entities import ENTITIES
from shopify_analytics.errors import SettingsError, ShopifyRefused, ShopifyUnavailable
from shopify_analytics.fields import utc_text
from shopify_analytics.handover import hand_over
from shopify_analytics.hooks.scopes import missing_scopes
from shopify_analytics.ledger import end_tries, open_run, running_runs
from shopify_analytics.run_log import close_run
from shopify_analytics.shop import remember_shop
from shopify_analytics.staging import Window, remove_expired
from shopify_analytics.sweep import sweep_is_due

log = logging.getLogger(__name__)


def plan_windows(
    attempt: TaskAttempt, conf: Mapping[str, Any], params: Collection[str], *, full_sync: bool
) -> dict[str, Any]:
    """Open the run and return the window to read of each entity, and whether it is to be swept.

    The upper bound is the store's own clock less the time its lists need to settle; the lower one the
    committed watermark less the overlap, or None for everything. A full read counts as a sweep.

    :raises SettingsError: for a conf key that is no param, or a setting that cannot be used.
    :raises SyncError: when the store or the database cannot be used.
    """
    with attempt.database() as db:
        for run_id in running_runs(db, besides=attempt.run_id):
            open_run(db, run_id, full_sync=False)
            close_run(db, attempt.folders, run_id, "interrupted", {})
        end_tries(db, besides=attempt.run_id)
        for place in staging_places(attempt.folders):
            remove_expired(place)
        open_run(db, attempt.run_id, full_sync=full_sync)
        _check_conf(conf, params)
        settings, hook = load_settings(), attempt.hook
        shop = hook.shop()
        read_at = hook.store_time
        if read_at is None:
            raise ShopifyUnavailable("The store's answer has no Date header, so its clock cannot be read")
        log.info(
            "Store %s, connection %s from %s",
            hook.base_url,
            hook.shopify_conn_id,
            _connection_source(hook.shopify_conn_id),
        )
        scopes = hook.access_scopes()
        _check_scopes(scopes, attempt)
        remember_shop(db, shop, scopes, hook.base_url)
        windows = {
            entity: asdict(_window(db, entity, read_at, settings, hook.base_url, full_sync=full_sync))
            for entity in ENTITIES
        }
        if attempt.staging != attempt.workspace:
            hand_over(db, attempt.staging, attempt.workspace)
    for entity, window in windows.items():
        since, ids = window["updated_at_min"], ", and the ids of all" if window["sweep"] else ""
        log.info("%s: reading %s", entity, f"changes since {since}{ids}" if since else "everything")
    return windows


def _window(
    db: sqlite3.Connection, entity: str, read_at: datetime, settings: Settings, store: str, *, full_sync: bool
) -> Window:
    watermark = get_watermark(db, entity)
    settled = str(utc_text(read_at - settings.settle))
    upper = max(settled, watermark or settled)
    if full_sync or watermark is None:
        return Window(None, upper, sweep=True, store=store)
    since = utc_text(datetime.fromisoformat(watermark) - settings.overlap)
    sweep = sweep_is_due(db, entity, read_at, settings.sweep_every)
    return Window(since, upper, sweep=sweep, store=store)


def _check_conf(conf: Mapping[str, Any], params: Collection[str]) -> None:
    unknown = sorted(set(conf) - set(params))
    if unknown:
        raise SettingsError(
            f"The run's conf has the unknown key {', '.join(unknown)}: use {', '.join(params)}"
        )


def _check_scopes(scopes: frozenset[str], attempt: TaskAttempt) -> None:
    if missing := missing_scopes(scopes):
        raise ShopifyRefused(
            f"The token of connection {attempt.hook.shopify_conn_id} lacks the scope {', '.join(missing)}: "
            "add it to the app in Shopify, have the merchant approve it, and renew the token"
        )
    if "read_all_orders" not in scopes:
        attempt.warn(
            "The token lacks the scope read_all_orders: orders older than 60 days are silently absent. "
            "Add the scope to the app in Shopify to have them"
        )


def _connection_source(conn_id: str) -> str:
    name = f"AIRFLOW_CONN_{conn_id.upper()}"
    return f"the environment ({name})" if name in os.environ else "Airflow's connections or secrets backend"
