"""When a failed task is tried again: as Shopify asks, with growing pauses, or not at all."""

from __future__ import annotations

import logging
import os
import random
import re
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

from airflow.sdk import RetryDecision, RetryPolicy
from airflow.sdk.definitions.retry_policy import RetryAction

from shopify_analytics.attempt import describe, write_ledger
from shopify_analytics.config import load_folders
from shopify_analytics.errors import (
    SheetsUnavailable,
    ShopifyHostUnknown,
    ShopifyThrottled,
    SyncError,
)
from shopify_analytics.ledger import Try, note_decision

if TYPE_CHECKING:
    from airflow.sdk import Context

FIRST_PAUSE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 300.0
LONGEST_PAUSE_SETTING = "SHOPIFY_SYNC_MAX_RETRY_SECONDS"
# Mistakes in a program, or in what it was given: the next try would make them again.
MISTAKES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    TypeError,
    ValueError,
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)

log = logging.getLogger(__name__)


class ShopifyRetryPolicy(RetryPolicy):
    """Wait as long as Shopify asks; never retry what waiting cannot cure. Decisions go into the run ledger.

    ``SHOPIFY_SYNC_MAX_RETRY_SECONDS`` in the environment caps every pause, for syncs that a person waits for.
    """

    def evaluate(
        self,
        exception: BaseException,
        try_number: int,
        max_tries: int,
        context: Context | None = None,
    ) -> RetryDecision:
        """Decide about the failed try ``try_number`` of a task that may be retried ``max_tries`` times."""
        decision = decide(exception, try_number, context["ti"].task_id if context else None)
        again = decision.action is RetryAction.RETRY and try_number <= max_tries
        reason = decision.reason or ""
        if again and decision.retry_delay is not None:
            exception.add_note(f"retry in {decision.retry_delay.total_seconds():.0f} s: {reason}")
        if context is not None:
            _note(context, "up_for_retry" if again else "failed", reason)
        return decision


def decide(exception: BaseException, try_number: int, task_id: str | None = None) -> RetryDecision:
    """The decision alone: fail, or retry after a pause."""
    reason = describe(exception)
    if not _may_pass(exception, task_id):
        return RetryDecision.fail(reason=reason)
    pause = min(FIRST_PAUSE_SECONDS * 2 ** (try_number - 1), LONGEST_PAUSE_SECONDS) * random.uniform(0.8, 1.2)
    if isinstance(exception, ShopifyThrottled | SheetsUnavailable):
        pause = exception.retry_after
    return RetryDecision.retry(delay=timedelta(seconds=min(pause, _longest_pause())), reason=reason)


def say_when(context: Context) -> None:
    """End a try's log with one line: when the next one comes, and why. A task's ``on_retry_callback``.

    The policy cannot: Airflow logs its decision after it has made it.
    """
    notes = getattr(context.get("exception"), "__notes__", [])
    if notes:
        # Otherwise the UI folds the line away in Airflow's group "Post Execute".
        log.info("::endgroup::")
        log.warning("%s", notes[-1])


def _may_pass(exception: BaseException, task_id: str | None) -> bool:
    """Whether waiting can cure it."""
    if isinstance(exception, ShopifyHostUnknown):
        # plan_sync has reached the store under that name; name servers forget a host that starts anew.
        return task_id not in (None, "plan_sync")
    if isinstance(exception, SyncError):
        return exception.retryable
    return not isinstance(exception, MISTAKES)


def _longest_pause() -> float:
    value = os.environ.get(LONGEST_PAUSE_SETTING, "")
    if not value or re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value or "inf")
    log.warning("%s is %r: set it to a number of seconds", LONGEST_PAUSE_SETTING, value)
    return LONGEST_PAUSE_SECONDS


def _note(context: Context, state: str, reason: str) -> None:
    ti = context["ti"]
    try:
        folders = load_folders()
    except SyncError as error:
        log.warning("The run ledger could not be written: %s", error)
        return
    this = Try(ti.run_id, ti.task_id, ti.try_number)
    write_ledger(folders, lambda db: note_decision(db, this, state, reason))
