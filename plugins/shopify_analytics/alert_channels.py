"""Where alerts go: by e-mail and to Slack, through Airflow's notifiers, when their connections exist."""

from __future__ import annotations

import html
import logging
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from airflow.sdk import BaseNotifier

from shopify_analytics.airflow_settings import connection
from shopify_analytics.alert_text import Message
from shopify_analytics.config import alert_emails
from shopify_analytics.errors import AirflowUnavailable, SyncError

SMTP_CONNECTION, SLACK_CONNECTION = "smtp_default", "slackwebhook_default"
TIMEOUT_SECONDS = 30
# Addresses of people, and the addresses of webhooks, which are secrets.
PRIVATE = re.compile(r"[\w.+-]+@[\w.-]+|\w+://\S+")

log = logging.getLogger(__name__)


class Channel(ABC):
    """One way of telling operators."""

    name: str
    connection: str

    def send(self, message: Message) -> None:
        """Send it, or raise whatever its notifier raises.

        Not as Airflow calls notifiers, which would take braces in the text for a template.
        """
        self.notifier(message).notify({})

    @abstractmethod
    def notifier(self, message: Message) -> BaseNotifier:
        """What Airflow's provider sends it with."""


@dataclass(frozen=True)
class Email(Channel):
    """Mail to the addresses of the Variable ``alert_emails``."""

    recipients: tuple[str, ...]
    name = "email"
    connection = SMTP_CONNECTION

    def notifier(self, message: Message) -> BaseNotifier:
        # A provider is imported when there is something to send: a task starts faster without.
        from airflow.providers.smtp.notifications.smtp import SmtpNotifier  # noqa: PLC0415

        return SmtpNotifier(
            to=list(self.recipients),
            subject=message.subject,
            html_content="<br>\n".join(html.escape(line) for line in message.text.splitlines()),
            smtp_conn_id=self.connection,
        )


class Slack(Channel):
    """A message to the channel of an incoming webhook."""

    name = "slack"
    connection = SLACK_CONNECTION

    def notifier(self, message: Message) -> BaseNotifier:
        from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier  # noqa: PLC0415

        # https://docs.slack.dev/messaging/formatting-message-text/#escaping
        subject, text = (html.escape(part, quote=False) for part in (message.subject, message.text))
        return SlackWebhookNotifier(
            slack_webhook_conn_id=self.connection, text=f"*{subject}*\n{text}", timeout=TIMEOUT_SECONDS
        )


def channels() -> Iterator[Channel]:
    """The channels whose connections exist, and which have somebody to tell."""
    try:
        recipients = alert_emails()
    except SyncError as error:
        log.warning("No alert can be mailed: %s", error)
        recipients = ()
    if recipients and _exists(SMTP_CONNECTION):
        yield Email(recipients)
    if _exists(SLACK_CONNECTION):
        yield Slack()


def reason(error: Exception) -> str:
    """Why an alert could not be sent, in one line without anybody's address or a webhook's."""
    text = PRIVATE.sub("…", " ".join(str(error).split()))
    return f"{type(error).__name__}: {text}"[:500]


def _exists(conn_id: str) -> bool:
    try:
        return connection(conn_id) is not None
    except AirflowUnavailable as error:
        log.warning("No alert can be sent through the connection %s yet: %s", conn_id, error)
        return False
