"""What a failed try is counted as."""

from __future__ import annotations

import sqlite3

import pytest
from airflow.sdk.exceptions import AirflowTaskTimeout
from shopify_analytics.errors import (
    DatabaseRefused,
    RedactionRefused,
    RowsMissing,
    SettingsError,
    ShopifyAuthError,
    ShopifyRefused,
    ShopifyThrottled,
    ShopifyUnavailable,
    StagingRefused,
)
from shopify_analytics.reasons import REASON_CLASSES, reason_class


@pytest.mark.parametrize(
    ("error", "counted_as"),
    [
        (ShopifyThrottled("busy", 2), "throttled"),
        (ShopifyUnavailable("away"), "unavailable"),
        (ShopifyAuthError("revoked"), "auth"),
        (ShopifyRefused("locked"), "refused"),
        (SettingsError("disk full"), "settings"),
        (StagingRefused("older"), "staging"),
        (RowsMissing("2 orders"), "missing"),
        (DatabaseRefused("damaged"), "database"),
        (sqlite3.OperationalError("locked"), "database"),
        (AirflowTaskTimeout("8 h"), "timeout"),
        (RedactionRefused("amid a sync"), "other"),
        (KeyError("id"), "other"),
    ],
)
def test_a_failure_is_counted_as_one_of_a_few_words(error: BaseException, counted_as: str) -> None:
    assert reason_class(error) == counted_as
    assert counted_as in REASON_CLASSES
