"""What operators look at: a mail server and a Slack webhook on loopback, and how Airflow is told of them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.standalone import free_ports

SLACK_TOKEN = "T00000000/B00000000/slack-webhook-secret"
MAIL_PASSWORD = "mail-password-secret"


@dataclass
class MailServer:
    """An SMTP server; ``refusal`` is what it answers instead of taking mail, while it is set."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)
    refusal: str | None = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.refusal:
            return self.refusal
        content = envelope.content
        assert isinstance(content, bytes)
        self.received.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"

    @property
    def subjects(self) -> list[str]:
        """The subjects of what was received."""
        return [str(mail["Subject"]) for mail in self.received]

    @property
    def variables(self) -> dict[str, str]:
        """Whom Airflow mails to."""
        return {"alert_emails": "ann@operators.test, bob@operators.test"}

    @property
    def connection(self) -> str:
        """The connection to it, as Airflow reads it from the environment."""
        extra = {
            "disable_ssl": True,
            "disable_tls": True,
            "retry_limit": 0,
            "from_email": "airflow@operators.test",
        }
        return json.dumps({"conn_type": "smtp", "host": "127.0.0.1", "port": self.port, "extra": extra})


def text_of(mail: EmailMessage) -> str:
    """The body of a mail."""
    body = mail.get_body()
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server until the block ends."""
    server = MailServer(free_ports(1)[0])
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@dataclass
class SlackServer:
    """Slack's end of an incoming webhook, which answers with ``status``."""

    port: int
    received: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    status: int = 200

    @property
    def connection(self) -> str:
        """The connection to it, as Airflow reads it from the environment."""
        host = f"http://127.0.0.1:{self.port}/services"
        return json.dumps({"conn_type": "slackwebhook", "host": host, "password": SLACK_TOKEN})


@contextmanager
def slack_server() -> Iterator[SlackServer]:
    """A webhook until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            slack.paths.append(self.path)
            if slack.status == 200:
                slack.received.append(json.loads(body))
            self.send_response(slack.status)
            self.end_headers()
            self.wfile.write(b"ok" if slack.status == 200 else b"no_service")

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        slack = SlackServer(server.server_port)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield slack
        finally:
            server.shutdown()
            thread.join()
