"""Which failures are tried again, and when."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import RetryDecision
from airflow.sdk.definitions.retry_policy import RetryAction
from shopify_analytics.errors import (
    DatabaseRefused,
    SettingsError,
    ShopifyAuthError,
    ShopifyHostUnknown,
    ShopifyRefused,
    ShopifyThrottled,
    ShopifyUnavailable,
    StagingRefused,
)
from shopify_analytics.ledger import Outcome, Try, begin_try, end_try
from shopify_analytics.retry import ShopifyRetryPolicy, decide, say_when

from tests.syncing import select

RUN = "manual__2026-11-22T12:00:00+00:00"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cap on pauses, as in production."""
    monkeypatch.delenv("SHOPIFY_SYNC_MAX_RETRY_SECONDS")


def seconds(decision: RetryDecision) -> float:
    assert decision.action is RetryAction.RETRY
    assert decision.retry_delay is not None
    return decision.retry_delay.total_seconds()


@pytest.mark.parametrize(
    "error", [ShopifyAuthError, ShopifyRefused, SettingsError, DatabaseRefused, StagingRefused]
)
def test_what_waiting_cannot_cure_is_not_tried_again(error: type[Exception]) -> None:
    decision = decide(error("The token is wrong"), 1)
    assert (decision.action, decision.reason) == (RetryAction.FAIL, "The token is wrong")


@pytest.mark.parametrize(
    ("task_id", "action"),
    [
        (None, RetryAction.FAIL),
        ("plan_sync", RetryAction.FAIL),
        ("fetch_orders", RetryAction.RETRY),
        ("reconcile", RetryAction.RETRY),
    ],
)
def test_a_host_that_plan_sync_has_reached_may_come_back(task_id: str | None, action: RetryAction) -> None:
    assert decide(ShopifyHostUnknown("There is no such name"), 1, task_id).action is action


@pytest.mark.parametrize(
    "error", [KeyError("id"), TypeError("no number"), ValueError("bad"), sqlite3.IntegrityError("UNIQUE")]
)
def test_a_mistake_in_the_program_is_not_tried_again(error: Exception) -> None:
    assert decide(error, 1).action is RetryAction.FAIL


@pytest.mark.parametrize(
    "error",
    [
        ShopifyUnavailable("down"),
        OSError("disk full"),
        MemoryError(),
        RuntimeError("Airflow is busy"),
        sqlite3.OperationalError("database is locked"),
    ],
)
@pytest.mark.parametrize(("try_number", "pause"), [(1, 30), (2, 60), (3, 120), (4, 240), (5, 300), (60, 300)])
def test_pauses_grow_up_to_five_minutes(error: Exception, try_number: int, pause: float) -> None:
    pauses = [seconds(decide(error, try_number)) for _ in range(50)]
    assert 0.8 * pause <= min(pauses) < max(pauses) <= 1.2 * pause


@pytest.mark.parametrize("retry_after", [2.0, 0.5, 900.0])
def test_a_throttled_task_waits_as_long_as_shopify_asks(retry_after: float) -> None:
    assert seconds(decide(ShopifyThrottled("slow down", retry_after), 4)) == retry_after


@pytest.mark.parametrize(("cap", "pause"), [("0", 0.0), ("5", 5.0), ("600", 120.0), ("", 120.0)])
def test_a_person_who_waits_can_cap_the_pauses(
    monkeypatch: pytest.MonkeyPatch, cap: str, pause: float
) -> None:
    monkeypatch.setenv("SHOPIFY_SYNC_MAX_RETRY_SECONDS", cap)
    assert seconds(decide(ShopifyThrottled("slow down", 120.0), 1)) == pause


@pytest.mark.parametrize(("cap", "pause"), [("soon", 300.0), ("-5", 300.0)])
def test_a_cap_that_is_no_number_of_seconds_leaves_a_pause(
    monkeypatch: pytest.MonkeyPatch, cap: str, pause: float
) -> None:
    monkeypatch.setenv("SHOPIFY_SYNC_MAX_RETRY_SECONDS", cap)
    assert seconds(decide(ShopifyThrottled("slow down", 900.0), 1)) == pause


def test_a_reason_is_one_line_with_the_type_of_what_is_not_ours() -> None:
    assert decide(ShopifyUnavailable("no\n  answer"), 1).reason == "no answer"
    assert decide(ValueError("no\n  answer"), 1).reason == "ValueError: no answer"
    assert len(decide(ValueError("x" * 1000), 1).reason or "") == 500


def context(try_number: int) -> Any:
    return {"ti": SimpleNamespace(run_id=RUN, task_id="fetch_orders", try_number=try_number)}


@pytest.mark.parametrize(
    ("error", "try_number", "state"),
    [
        (ShopifyUnavailable("down"), 1, "up_for_retry"),
        (ShopifyUnavailable("down"), 3, "up_for_retry"),
        (ShopifyUnavailable("down"), 4, "failed"),
        (ShopifyAuthError("down"), 1, "failed"),
    ],
)
def test_the_decision_is_noted_in_the_ledger(
    db: sqlite3.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    error: Exception,
    try_number: int,
    state: str,
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_ANALYTICS_DATA_DIR", str(tmp_path / "data"))
    this = Try(RUN, "fetch_orders", try_number)
    begin_try(db, this)
    end_try(db, this, Outcome("failed", "ended"))
    ShopifyRetryPolicy().evaluate(error, try_number, 3, context(try_number))
    assert select(db, "SELECT state, reason FROM task_attempts") == [(state, "down")]


@pytest.mark.parametrize("folder", ["/dev/null/data", "relative"])
def test_a_ledger_that_cannot_be_written_changes_no_decision(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, folder: str
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_ANALYTICS_DATA_DIR", folder)
    decision = ShopifyRetryPolicy().evaluate(ShopifyThrottled("slow down", 2.0), 1, 3, context(1))
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(seconds=2))
    assert "The run ledger could not be written" in caplog.text


def test_a_decision_needs_no_context() -> None:
    decision = ShopifyRetryPolicy().evaluate(ShopifyAuthError("The token is wrong"), 1, 3)
    assert (decision.action, decision.reason) == (RetryAction.FAIL, "The token is wrong")


def said_at_the_end(caplog: pytest.LogCaptureFixture, error: Exception, try_number: int) -> list[str]:
    """What is logged when Airflow, having logged the decision, calls the ``on_retry_callback``."""
    caplog.set_level("INFO")
    ShopifyRetryPolicy().evaluate(error, try_number, 3)
    assert "retry in" not in caplog.text
    caplog.clear()
    say_when({"exception": error})
    return caplog.messages


def test_a_try_that_is_followed_by_another_ends_with_when_and_why(caplog: pytest.LogCaptureFixture) -> None:
    said = said_at_the_end(caplog, ShopifyThrottled("slow down", 90.0), 1)
    assert said == ["::endgroup::", "retry in 90 s: slow down"]


@pytest.mark.parametrize(
    ("error", "try_number"), [(ShopifyThrottled("slow down", 90.0), 4), (ShopifyAuthError("revoked"), 1)]
)
def test_the_last_try_promises_nothing(
    caplog: pytest.LogCaptureFixture, error: Exception, try_number: int
) -> None:
    assert said_at_the_end(caplog, error, try_number) == []
