"""What counts as an incident, by the run ledger."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from shopify_analytics import incidents
from shopify_analytics.errors import RowsMissing, ShopifyAuthError, ShopifyUnavailable
from shopify_analytics.incidents import DATA_AGE, MAINTENANCE, RECONCILIATION, REJECTED_RECORDS, RUN_FAILED

from tests.past_runs import add_try, end_run, turn_back
from tests.syncing import select

LIMIT = timedelta(minutes=45)


def troubles(db: sqlite3.Connection) -> dict[str, str]:
    return incidents.troubles(db, LIMIT)


def test_before_the_first_run_nothing_is_wrong(db: sqlite3.Connection) -> None:
    assert troubles(db) == {}


def test_after_a_good_run_nothing_is_wrong(db: sqlite3.Connection) -> None:
    end_run(db, "a", missing=0)
    assert troubles(db) == {}


def test_a_failed_run_is_told_with_its_tasks_and_their_reasons(db: sqlite3.Connection) -> None:
    errors = {"fetch_orders": ShopifyUnavailable("no answer"), "fetch_products": ShopifyAuthError("no token")}
    end_run(db, "a", "failed", errors=errors)
    assert troubles(db) == {
        RUN_FAILED: "fetch_orders, fetch_products failed. fetch_orders: no answer. fetch_products: no token"
    }


def test_a_task_that_the_ledger_does_not_know_is_named_all_the_same(db: sqlite3.Connection) -> None:
    end_run(db, "a", "failed", errors={"fetch_orders": ShopifyUnavailable("no answer")})
    db.execute("DELETE FROM task_attempts")
    assert troubles(db) == {RUN_FAILED: "fetch_orders failed"}


def test_a_failure_from_before_tasks_were_noted_is_one_too(db: sqlite3.Connection) -> None:
    end_run(db, "a", "failed")
    db.execute("UPDATE sync_runs SET failed_tasks = NULL")
    assert troubles(db) == {RUN_FAILED: "A task failed"}


def test_the_next_good_run_ends_a_failure_an_interrupted_one_does_not(db: sqlite3.Connection) -> None:
    end_run(db, "a", "failed", errors={"plan_sync": ShopifyUnavailable("no answer")})
    end_run(db, "b", "interrupted")
    assert list(troubles(db)) == [RUN_FAILED]
    end_run(db, "c")
    assert troubles(db) == {}


def test_interrupted_runs_are_no_incident_by_themselves(db: sqlite3.Connection) -> None:
    end_run(db, "a")
    end_run(db, "b", "interrupted")
    assert troubles(db) == {}


def test_missing_rows_are_an_incident_of_their_own(db: sqlite3.Connection) -> None:
    end_run(db, "a")
    end_run(db, "b", "failed", errors={"reconcile": RowsMissing("2 orders")}, missing=2)
    assert troubles(db) == {RECONCILIATION: "The store has rows that are missing here: 2 of 9 orders"}


def test_a_reconciliation_that_could_not_ask_the_store_is_a_failed_run(db: sqlite3.Connection) -> None:
    end_run(db, "a")
    end_run(db, "b", "failed", errors={"reconcile": ShopifyUnavailable("no answer")})
    assert troubles(db) == {RUN_FAILED: "reconcile failed. reconcile: no answer"}


def test_missing_rows_are_missing_until_a_run_finds_them(db: sqlite3.Connection) -> None:
    end_run(db, "a", "failed", errors={"reconcile": RowsMissing("2 orders")}, missing=2)
    end_run(db, "b", "interrupted")
    assert RECONCILIATION in troubles(db)
    end_run(db, "c", missing=0)
    assert troubles(db) == {}


def test_records_that_wait_are_counted_by_entity(db: sqlite3.Connection) -> None:
    for entity, record_id in (("orders", 1), ("orders", 2), ("customers", 1)):
        db.execute(
            "INSERT INTO rejected_records VALUES (?, ?, 'odd', '{}', 'a', '2026-11-22')", (entity, record_id)
        )
    assert troubles(db) == {
        REJECTED_RECORDS: "The store sent records that cannot be read: 1 customers, 2 orders"
    }


@pytest.mark.parametrize(("minutes", "is_old"), [(44, False), (46, True)])
def test_data_is_old_by_the_start_of_the_run_that_loaded_it(
    db: sqlite3.Connection, minutes: int, is_old: bool
) -> None:
    end_run(db, "a")
    turn_back(db, minutes)
    end_run(db, "b", "interrupted")
    assert list(troubles(db)) == ([DATA_AGE] if is_old else [])


def test_old_data_says_of_when_it_is(db: sqlite3.Connection) -> None:
    end_run(db, "a")
    db.execute("UPDATE task_attempts SET started_at = '2026-11-22T12:00:00Z'")
    detail = troubles(db)[DATA_AGE]
    assert detail.startswith("The newest data is of 2026-11-22T12:00:00Z, ")
    assert detail.endswith(" min ago; 45 min are allowed")


def test_without_any_data_the_first_run_counts(db: sqlite3.Connection) -> None:
    add_try(db, "a", "plan_sync")
    assert troubles(db) == {}
    turn_back(db, 46)
    assert troubles(db)[DATA_AGE].startswith("Nothing was loaded since the first run of 20")


def test_data_may_be_of_any_age_when_the_limit_is_0(db: sqlite3.Connection) -> None:
    end_run(db, "a")
    turn_back(db, 10_000)
    assert incidents.troubles(db, timedelta(0)) == {}


def test_an_incident_opens_once_and_closes_once(db: sqlite3.Connection) -> None:
    (begun,) = incidents.update(db, {DATA_AGE: "old"}, "a")
    assert incidents.update(db, {DATA_AGE: "older"}, "b") == []
    (over,) = incidents.update(db, {}, "c")
    assert incidents.update(db, {}, "d") == []
    assert (begun.kind, begun.detail, begun.run_id, begun.ended_at) == (DATA_AGE, "old", "a", None)
    assert (over.kind, over.detail, over.run_id, over.ended_run_id) == (DATA_AGE, "old", "a", "c")
    assert select(db, "SELECT count(*) FROM incidents") == [(1,)]


def test_an_alert_is_sent_by_one_of_those_who_want_to(db: sqlite3.Connection) -> None:
    incidents.update(db, {DATA_AGE: "old"}, "a")
    (alert,) = incidents.alerts_to_send(db, "slack")
    assert incidents.claim(db, alert)
    assert not incidents.claim(db, alert)
    incidents.settle(db, alert, sent=False)
    assert incidents.claim(db, alert)
    incidents.settle(db, alert, sent=True)
    assert not incidents.claim(db, alert)
    assert incidents.alerts_to_send(db, "slack") == []


def test_what_somebody_claimed_and_never_sent_is_free_again_after_a_while(db: sqlite3.Connection) -> None:
    incidents.update(db, {DATA_AGE: "old"}, "a")
    (alert,) = incidents.alerts_to_send(db, "slack")
    assert incidents.claim(db, alert)
    turn_back(db, 14)
    assert not incidents.claim(db, alert)
    turn_back(db, 2)
    assert incidents.claim(db, alert)


def test_a_channel_hears_of_the_end_only_when_it_heard_of_the_beginning(db: sqlite3.Connection) -> None:
    incidents.update(db, {DATA_AGE: "old", RUN_FAILED: "fetch_orders failed"}, "a")
    assert [alert.moment for alert in incidents.alerts_to_send(db, "email")] == ["begun", "begun"]
    incidents.update(db, {}, "b")
    assert incidents.alerts_to_send(db, "slack") == []
    told = [(alert.incident.kind, alert.moment) for alert in incidents.alerts_to_send(db, "email")]
    assert told == [(RUN_FAILED, "begun"), (RUN_FAILED, "over"), (DATA_AGE, "begun"), (DATA_AGE, "over")]


def test_maintenance_that_failed_is_told_with_its_tasks_and_their_reasons(db: sqlite3.Connection) -> None:
    db.execute(
        "INSERT INTO maintenance_failures VALUES ('check_integrity', '2026-11-22T03:38:00Z', 'damaged')"
    )
    db.execute(
        "INSERT INTO maintenance_failures VALUES ('back_up', '2026-11-22T03:37:00Z', 'The disk is full.')"
    )
    assert troubles(db) == {MAINTENANCE: "back_up failed: The disk is full. check_integrity failed: damaged"}
