"""The errors a sync can end with. Each message says what, which value, and which setting to change."""

from __future__ import annotations


class SyncError(Exception):
    """Base of all errors raised on purpose; ``retryable`` says whether waiting can cure it."""

    retryable = False


class SettingsError(SyncError):
    """A Variable, param or connection field has a value that cannot be used."""


class AirflowUnavailable(SyncError):
    """Airflow's API server does not say what a Variable or a connection is."""

    retryable = True


class ShopifyAuthError(SyncError):
    """Shopify does not accept the token or the client credentials."""


class ShopifyRefused(SyncError):
    """Shopify understood the request and will not answer it: missing scope, locked shop, unknown store."""


class ShopifyHostUnknown(ShopifyRefused):
    """The store's host has no address; a task that comes after ``plan_sync`` knows that it had one."""


class ShopifyThrottled(SyncError):
    """Shopify still answers 429 after the hook's own retries; ``retry_after`` is in seconds."""

    retryable = True

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ShopifyUnavailable(SyncError):
    """No usable answer after the hook's own retries: server errors, resets, timeouts, broken bodies."""

    retryable = True


class DatabaseRefused(SyncError):
    """The database file cannot be used: no SQLite file, a newer version, or another store's."""


class RowsMissing(SyncError):
    """The store counts records that the database lacks, and nothing explains it."""


class SyncGoingOn(SyncError):
    """What was asked for cannot be done beside a sync."""


class StagingRefused(SyncError):
    """Staged pages cannot be loaded: older than the last committed load, incomplete, or cleaned up."""


class StagingUnavailable(SyncError):
    """The bucket of the staged pages gives no usable answer after its client's own retries."""

    retryable = True


class RedactionRefused(SyncError):
    """A customer cannot be blanked: not known here, amid a sync, or while others read what was before."""


class SheetsRefused(SyncError):
    """Google does not accept the credentials, the spreadsheet, or what is to be written there."""


class SheetsUnavailable(SyncError):
    """No usable answer from Google Sheets after the client's own retries; ``retry_after`` is in seconds.

    Google gives up a request after 180 seconds: a try that begins later meets none of the one before.
    https://developers.google.com/workspace/sheets/api/limits
    """

    retryable = True
    retry_after = 200.0
