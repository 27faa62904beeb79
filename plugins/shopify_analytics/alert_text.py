"""What an alert says: what happened, since when, what to do next, and where to look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from airflow.sdk.configuration import conf

from shopify_analytics.incidents import (
    BEGUN,
    DATA_AGE,
    MAINTENANCE,
    RECONCILIATION,
    REJECTED_RECORDS,
    RUN_FAILED,
    Incident,
)

DAG_ID = "shopify_sync"


@dataclass(frozen=True)
class Words:
    """How a kind of incident is spoken of."""

    begun: str
    over: str
    next_step: str
    dag_id: str = DAG_ID


WORDS = {
    RUN_FAILED: Words(
        "a run failed",
        "runs succeed again",
        "Open the run in Airflow: the last lines of a red task's log say what is wrong and which setting to "
        "change. Nothing is lost: the next run reads the same changes again.",
    ),
    DATA_AGE: Words(
        "the data is old",
        "the data is up to date again",
        "See in Airflow whether the DAG is paused, a run hangs, or runs fail. The limit is the Variable "
        "alert_data_age_minutes.",
    ),
    RECONCILIATION: Words(
        "rows are missing",
        "no rows are missing any more",
        "Wait for the next run, which reads all ids and fetches what is missing. If rows are still missing "
        "then, trigger a full sync (full_sync).",
    ),
    REJECTED_RECORDS: Words(
        "records cannot be read",
        "all records can be read again",
        "Look at the column reason of the table rejected_records. Every run asks for these records again: "
        "correct them in the store, or update this project.",
    ),
    MAINTENANCE: Words(
        "maintenance failed",
        "maintenance succeeds again",
        "Open the DAG in Airflow: the end of the red task's log says what is wrong, its page what to do. "
        "Syncs go on; but as long as back_up is red, there is no fresh backup.",
        dag_id="shopify_maintenance",
    ),
}


@dataclass(frozen=True)
class Message:
    """An alert as it is sent, in plain text."""

    subject: str
    text: str


def message(incident: Incident, moment: str, shop: str | None, run_log: str | None) -> Message:
    """The alert that an incident has begun, or is over.

    :param shop: the store's name, if it is known.
    :param run_log: path of the log of the run that found it.
    """
    words = WORDS[incident.kind]
    begun = moment == BEGUN
    run_id = incident.run_id if begun else incident.ended_run_id or incident.run_id
    lines = [incident.detail, ""]
    lines.append(f"Since: {_moment(incident.began_at)}")
    if not begun and incident.ended_at:
        lines.append(f"Over: {_moment(incident.ended_at)}, after {lasted(incident)}")
    if begun:
        lines.append(f"What to do: {words.next_step}")
    page = f"dags/{words.dag_id}"
    if words.dag_id == DAG_ID:
        page += f"/runs/{quote(run_id, safe='')}"
        lines.append(f"Run: {run_id}")
        if run_log:
            lines.append(f"Run log: {run_log}")
    if base_url := conf.get("api", "base_url", fallback=""):
        lines.append(f"Airflow: {base_url.rstrip('/')}/{page}")
    subject = f"Shopify sync of {shop or 'the store'}: {words.begun if begun else words.over}"
    return Message(" ".join(subject.split()), "\n".join(lines))


def lasted(incident: Incident) -> str:
    """How long an incident that is over lasted: ``3 h 20 min``."""
    began_at, ended_at = (datetime.fromisoformat(at or "") for at in (incident.began_at, incident.ended_at))
    minutes = round((ended_at - began_at) / timedelta(minutes=1))
    days, hours = divmod(minutes // 60, 24)
    parts = [f"{days} d" if days else "", f"{hours} h" if hours else "", f"{minutes % 60} min"]
    return " ".join(filter(None, parts))


def _moment(at: str) -> str:
    return f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M} UTC"
