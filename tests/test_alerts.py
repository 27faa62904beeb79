"""Operators are told of each incident once when it begins and once when it is over, by mail and in Slack."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from shopify_analytics import alerts, ledger
from shopify_analytics.config import Folders
from shopify_analytics.database import connect
from shopify_analytics.errors import ShopifyUnavailable
from shopify_analytics.incidents import RUN_FAILED
from shopify_analytics.ledger import Try

from tests.operators import (
    MAIL_PASSWORD,
    SLACK_TOKEN,
    MailServer,
    SlackServer,
    mail_server,
    slack_server,
    text_of,
)
from tests.past_runs import end_run, turn_back

FAILED = "Shopify sync of Kiln & Co: a run failed"
GOOD_AGAIN = "Shopify sync of Kiln & Co: runs succeed again"
NO_ANSWER = {"fetch_orders": ShopifyUnavailable("no answer <b>{{ 7 * 7 }}</b>")}


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that Airflow has a connection to, and addresses to mail to."""
    with mail_server() as server:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", server.connection)
        monkeypatch.setenv("AIRFLOW_VAR_ALERT_EMAILS", server.variables["alert_emails"])
        yield server


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlackServer]:
    """A Slack webhook that Airflow has a connection to."""
    with slack_server() as server:
        monkeypatch.setenv("AIRFLOW_CONN_SLACKWEBHOOK_DEFAULT", server.connection)
        yield server


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Where ``db`` is."""
    return Folders(data_dir=tmp_path / "data", log_dir=tmp_path / "logs")


def fail(db: sqlite3.Connection, run_id: str) -> None:
    """A run that fails, and what its report does about it."""
    end_run(db, run_id, "failed", errors=NO_ANSWER)
    alerts.check(db, run_id)


def succeed(db: sqlite3.Connection, run_id: str) -> None:
    end_run(db, run_id)
    alerts.check(db, run_id)


def test_one_mail_when_it_begins_and_one_when_it_is_over(db: sqlite3.Connection, mail: MailServer) -> None:
    for step, run_id in ((succeed, "a"), (fail, "b"), (fail, "c"), (succeed, "d"), (succeed, "e")):
        step(db, run_id)
    assert mail.subjects == [FAILED, GOOD_AGAIN]
    assert {mail["To"] for mail in mail.received} == {"ann@operators.test, bob@operators.test"}
    assert {mail["From"] for mail in mail.received} == {"airflow@operators.test"}


def test_slack_is_told_as_well(db: sqlite3.Connection, mail: MailServer, slack: SlackServer) -> None:
    fail(db, "a")
    succeed(db, "b")
    assert slack.paths == [f"/services/{SLACK_TOKEN}"] * 2
    subjects = [message["text"].splitlines()[0] for message in slack.received]
    assert subjects == [f"*{subject.replace('&', '&amp;')}*" for subject in (FAILED, GOOD_AGAIN)]
    assert mail.subjects == [FAILED, GOOD_AGAIN]


def test_a_mail_says_what_happened_what_to_do_and_where_to_look(
    db: sqlite3.Connection, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/")
    end_run(db, "scheduled__2026-11-22T12:00:00+00:00", "failed", errors=NO_ANSWER)
    db.execute("UPDATE sync_runs SET log_file = '/logs/a.log'")
    alerts.check(db, "scheduled__2026-11-22T12:00:00+00:00")
    db.execute("UPDATE incidents SET began_at = '2026-11-22T12:00:40Z'")
    succeed(db, "b")
    db.execute("UPDATE incidents SET ended_at = '2026-11-22T15:20:40Z'")
    begun, over = mail.received
    lines = text_of(begun).splitlines()
    assert lines[:2] == [
        "fetch_orders failed. fetch_orders: no answer &lt;b&gt;{{ 7 * 7 }}&lt;/b&gt;<br>",
        "<br>",
    ]
    assert lines[2].startswith("Since: 20")
    assert lines[3].startswith("What to do: Open the run in Airflow: ")
    link = "https://airflow.example.com/dags/shopify_sync/runs/scheduled__2026-11-22T12%3A00%3A00%2B00%3A00"
    assert lines[4:] == [
        "Run: scheduled__2026-11-22T12:00:00+00:00<br>",
        "Run log: /logs/a.log<br>",
        f"Airflow: {link}",
    ]
    assert "Since: 2026-11-22 12:00 UTC<br>" in text_of(over).splitlines()
    assert "What to do" not in text_of(over)


@pytest.mark.usefixtures("mail")
def test_a_mail_that_was_refused_comes_with_the_next_run(
    db: sqlite3.Connection, mail: MailServer, slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    mail.refusal = "451 ask ann@operators.test"
    fail(db, "a")
    assert (
        "could not be sent through the connection smtp_default, the next check tries again: SMTPDataError: "
        "(451, b'ask …')"
    ) in caplog.text
    succeed(db, "b")
    assert mail.subjects == []
    mail.refusal = None
    succeed(db, "c")
    assert mail.subjects == [FAILED, GOOD_AGAIN]
    assert len(slack.received) == 2


def test_a_mail_server_that_is_away_fails_nothing(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with mail_server() as server:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", server.connection)
        monkeypatch.setenv("AIRFLOW_VAR_ALERT_EMAILS", server.variables["alert_emails"])
    fail(db, "a")
    assert "the next check tries again: ConnectionRefusedError" in caplog.text


def test_a_webhook_that_is_gone_is_named_without_its_secret(
    db: sqlite3.Connection, slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    slack.status = 404
    fail(db, "a")
    assert "through the connection slackwebhook_default, the next check tries again: " in caplog.text
    assert "no_service" in caplog.text
    assert SLACK_TOKEN not in caplog.text


def test_without_connections_the_log_tells(db: sqlite3.Connection, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    fail(db, "a")
    succeed(db, "b")
    told = [record.getMessage() for record in caplog.records if "Alert" in record.getMessage()]
    assert told[0].startswith("Alert: a run failed. fetch_orders failed. fetch_orders: no answer ")
    assert told[1:] == ["Alert over: runs succeed again"]
    assert [record.levelname for record in caplog.records if record.levelno > logging.INFO] == ["WARNING"]


def test_without_addresses_nothing_is_mailed(
    db: sqlite3.Connection, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_VAR_ALERT_EMAILS")
    fail(db, "a")
    assert mail.subjects == []


def test_a_channel_that_is_set_up_later_is_told_of_what_lasts(
    db: sqlite3.Connection, request: pytest.FixtureRequest
) -> None:
    fail(db, "a")
    mail: MailServer = request.getfixturevalue("mail")
    fail(db, "b")
    assert mail.subjects == [FAILED]


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("alert_data_age_minutes", "soon", "Variable alert_data_age_minutes is 'soon': set it to a whole"),
        ("alert_emails", "ann@operators.test, bob", "Variable alert_emails: number 2 is no e-mail address"),
    ],
)
def test_a_setting_that_cannot_be_used_silences_nobody_else(
    db: sqlite3.Connection,
    slack: SlackServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    *,
    variable: str,
    value: str,
    said: str,
) -> None:
    monkeypatch.setenv(f"AIRFLOW_VAR_{variable.upper()}", value)
    fail(db, "a")
    assert said in caplog.text
    assert "ann@operators" not in caplog.text
    assert len(slack.received) == 1


def test_what_cannot_be_remembered_is_told_with_every_run(
    db: sqlite3.Connection, mail: MailServer, folders: Folders, caplog: pytest.LogCaptureFixture
) -> None:
    end_run(db, "a", "failed", errors=NO_ANSWER)
    with closing(sqlite3.connect(f"{folders.database.as_uri()}?mode=ro", uri=True)) as readonly:
        alerts.check(readonly, "a")
        alerts.check(readonly, "a")
    assert mail.subjects == [FAILED, FAILED]
    assert "Alerts cannot be remembered, so they come with every check: OperationalError" in caplog.text


def test_what_is_told_already_is_not_told_again_while_the_disk_is_full(
    db: sqlite3.Connection, mail: MailServer, folders: Folders
) -> None:
    fail(db, "a")
    with closing(sqlite3.connect(f"{folders.database.as_uri()}?mode=ro", uri=True)) as readonly:
        alerts.check(readonly, "a")
    assert mail.subjects == [FAILED]


def test_a_database_that_cannot_be_opened_keeps_nobody_from_knowing(
    mail: MailServer, folders: Folders
) -> None:
    folders.data_dir.mkdir(parents=True)
    folders.database.write_bytes(b"no database" * 100)
    alerts.check_anew(folders, "a", {RUN_FAILED: "report_run failed. report_run: it rains"})
    assert mail.subjects == ["Shopify sync of the store: a run failed"]
    assert "report_run failed. report_run: it rains<br>" in text_of(mail.received[0]).splitlines()


def test_data_that_becomes_old_while_no_run_ends_is_told_with_the_run_that_hangs(
    db: sqlite3.Connection, mail: MailServer, folders: Folders
) -> None:
    end_run(db, "a")
    assert alerts.check_between_runs(folders).startswith("All is well; the newest data is of 20")
    turn_back(db, 50)
    ledger.begin_try(db, Try("b", "fetch_orders", 1))
    for _ in range(2):
        said = alerts.check_between_runs(folders)
        assert said.startswith("the data is old; the newest data is of 20")
    assert mail.subjects == ["Shopify sync of Kiln & Co: the data is old"]
    assert "Run: b" in text_of(mail.received[0])


def test_before_the_first_sync_there_is_nothing_to_tell(folders: Folders) -> None:
    assert alerts.check_between_runs(folders) == f"There is no database {folders.database} yet"
    assert not folders.data_dir.exists()
    with connect(folders.database):
        assert alerts.check_between_runs(folders) == "No sync has been started yet"


def test_no_secret_of_a_connection_is_logged(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    away = {"conn_type": "smtp", "host": "127.0.0.1", "port": 1, "login": "a", "password": MAIL_PASSWORD}
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(away))
    monkeypatch.setenv("AIRFLOW_VAR_ALERT_EMAILS", "ann@operators.test")
    fail(db, "a")
    assert "could not be sent" in caplog.text
    assert MAIL_PASSWORD not in caplog.text
    assert "ann@" not in caplog.text
