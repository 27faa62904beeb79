"""What a failed try is counted as: a few fixed words, where a reason is free text."""

from __future__ import annotations

import sqlite3

from airflow.sdk.exceptions import AirflowTaskTerminated, AirflowTaskTimeout

from shopify_analytics import errors

KILLED, MISSING, OTHER = "killed", "missing", "other"
CLASSES: tuple[tuple[type[BaseException], str], ...] = (
    (errors.ShopifyThrottled, "throttled"),
    (errors.ShopifyUnavailable, "unavailable"),
    (errors.ShopifyAuthError, "auth"),
    (errors.ShopifyRefused, "refused"),
    (errors.SettingsError, "settings"),
    (errors.StagingRefused, "staging"),
    (errors.StagingUnavailable, "staging"),
    (errors.RowsMissing, MISSING),
    (errors.DatabaseRefused, "database"),
    (errors.SheetsRefused, "sheets"),
    (errors.SheetsUnavailable, "sheets"),
    (sqlite3.Error, "database"),
    (AirflowTaskTimeout, "timeout"),
    (AirflowTaskTerminated, KILLED),
)
REASON_CLASSES = (*dict.fromkeys(name for _, name in CLASSES), OTHER)


def reason_class(error: BaseException) -> str:
    """One of ``REASON_CLASSES``."""
    return next((name for kind, name in CLASSES if isinstance(error, kind)), OTHER)
