"""Whatever happens to runs, to mail and to Slack: each incident is told once, and so is its end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopify_analytics import alerts
from shopify_analytics.alert_text import WORDS
from shopify_analytics.database import connect
from shopify_analytics.errors import RowsMissing, ShopifyUnavailable
from shopify_analytics.incidents import (
    DATA_AGE,
    KINDS,
    MAINTENANCE,
    RECONCILIATION,
    REJECTED_RECORDS,
    RUN_FAILED,
)

from tests.operators import MailServer, SlackServer, mail_server, slack_server
from tests.past_runs import end_run, turn_back


@dataclass(frozen=True)
class Step:
    """A run: how it ends, whether orders are missing and rejected then, what passed before, who is away."""

    status: str
    missing: bool
    rejected: bool
    maintained: bool
    minutes_before: int
    mail_is_away: bool
    slack_is_away: bool


STEPS = st.builds(
    Step,
    status=st.sampled_from(["success", "failed", "interrupted"]),
    missing=st.booleans(),
    rejected=st.booleans(),
    maintained=st.booleans(),
    minutes_before=st.sampled_from([10, 50]),
    mail_is_away=st.booleans(),
    slack_is_away=st.booleans(),
)


@dataclass
class Expected:
    """Which incidents are open by a reading of the history of its own, and what is told of them."""

    open: set[str]
    told: list[str]
    failed: bool = False
    missing: bool = False
    rejected: bool = False
    maintained: bool = True
    age: int = 0

    def after(self, step: Step, *, is_first: bool) -> None:
        self.age = 0 if is_first or step.status == "success" else self.age + step.minutes_before
        self.rejected, self.maintained = step.rejected, step.maintained
        if step.status == "success":
            self.missing = step.missing
        if step.status != "interrupted":
            self.failed = step.status == "failed"
            self.check()

    def check(self) -> None:
        wrong = {
            RUN_FAILED: self.failed,
            DATA_AGE: self.age > 45,
            RECONCILIATION: self.missing,
            REJECTED_RECORDS: self.rejected,
            MAINTENANCE: not self.maintained,
        }
        for kind in KINDS:
            if wrong[kind] and kind not in self.open:
                self.open.add(kind)
                self.told.append(WORDS[kind].begun)
            elif kind in self.open and not wrong[kind]:
                self.open.discard(kind)
                self.told.append(WORDS[kind].over)


def happen(db: sqlite3.Connection, step: Step, run_id: str) -> None:
    """Let a run end, and report if it gets so far."""
    turn_back(db, step.minutes_before)
    db.execute("DELETE FROM rejected_records")
    db.execute("DELETE FROM maintenance_failures")
    if not step.maintained:
        db.execute("INSERT INTO maintenance_failures VALUES ('back_up', '2026-11-22T03:37:00Z', 'full')")
    if step.rejected:
        db.execute("INSERT INTO rejected_records VALUES ('orders', 1, 'odd', '{}', 'a', '2026-11-22')")
    if step.status == "success" and step.missing:
        end_run(db, run_id, "success", errors={"reconcile": RowsMissing("1 order")}, missing=1)
        db.execute("UPDATE sync_runs SET status = 'failed' WHERE run_id = ?", (run_id,))
    elif step.status == "success":
        end_run(db, run_id, missing=0)
    else:
        end_run(db, run_id, step.status, errors={"fetch_orders": ShopifyUnavailable("no answer")})
    if step.status != "interrupted":
        alerts.check(db, run_id)


@pytest.fixture(scope="module")
def operators() -> Iterator[tuple[MailServer, SlackServer]]:
    """Servers for all histories."""
    with mail_server() as mail, slack_server() as slack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", mail.connection)
        patch.setenv("AIRFLOW_CONN_SLACKWEBHOOK_DEFAULT", slack.connection)
        patch.setenv("AIRFLOW_VAR_ALERT_EMAILS", "ann@operators.test")
        yield mail, slack


@given(steps=st.lists(STEPS, max_size=12))
@settings(deadline=None, max_examples=60)
def test_each_incident_is_told_once_and_so_is_its_end(
    operators: tuple[MailServer, SlackServer], steps: list[Step]
) -> None:
    mail, slack = operators
    mail.received.clear()
    slack.received.clear()
    expected = Expected(set(), [])
    with TemporaryDirectory() as folder:
        for number, step in enumerate(steps):
            mail.refusal = "451 not now" if step.mail_is_away else None
            slack.status = 503 if step.slack_is_away else 200
            with connect(Path(folder) / "shopify_data.db") as db:
                happen(db, step, f"run {number}")
            expected.after(step, is_first=number == 0)
        mail.refusal, slack.status = None, 200
        with connect(Path(folder) / "shopify_data.db") as db:
            alerts.check(db, "the last")
        expected.check()
    told_by_mail = [subject.partition(": ")[2] for subject in mail.subjects]
    told_in_slack = [
        message["text"].splitlines()[0].strip("*").partition(": ")[2] for message in slack.received
    ]
    assert sorted(told_by_mail) == sorted(told_in_slack) == sorted(expected.told)
    for kind in KINDS:
        words = (WORDS[kind].begun, WORDS[kind].over)
        in_order = [told for told in told_by_mail if told in words]
        assert in_order == [told for told in expected.told if told in words]
