"""What a task makes of its settings while Airflow's API server is away. By Airflow's own client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from airflow.sdk.api.client import Client
from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
from airflow.sdk.execution_time import task_runner
from airflow.sdk.execution_time.comms import ErrorResponse, GetConnection, GetVariable, GetVariableKeys
from airflow.sdk.execution_time.request_handlers import (
    handle_get_connection,
    handle_get_variable,
    handle_get_variable_keys,
)
from pydantic import BaseModel
from shopify_analytics import alert_channels
from shopify_analytics.airflow_settings import connection, variable
from shopify_analytics.config import personal_data
from shopify_analytics.errors import AirflowUnavailable
from shopify_analytics.hooks import google_sheets
from shopify_analytics.hooks.shopify import ShopifyHook
from shopify_analytics.retry import RetryAction, decide
from tenacity import stop_after_attempt

from tests.hooks.scripted_store import Reply, ScriptedStore

AWAY = Reply(503, {"detail": "away"})
NOT_FOUND = Reply(404, {"detail": {"reason": "not_found", "message": "not found"}})
STORE = Reply(
    200,
    {
        "conn_id": "shopify_default",
        "conn_type": "shopify",
        "host": "kiln",
        "schema": None,
        "login": None,
        "password": "planted",
        "port": None,
        "extra": None,
    },
)
ANSWERS: dict[type[BaseModel], Callable[..., tuple[BaseModel | None, dict[str, bool]]]] = {
    GetConnection: handle_get_connection,
    GetVariable: handle_get_variable,
    GetVariableKeys: handle_get_variable_keys,
}


class Supervisor:
    """Answers a task as Airflow's supervisor does, which asks the API server for it."""

    def __init__(self, api_server: str) -> None:
        self._client = Client(base_url=api_server, token="")

    def send(self, message: BaseModel) -> BaseModel | None:
        """What the API server answers; raises what a task gets when it does not."""
        try:
            return ANSWERS[type(message)](self._client, message)[0]
        except Exception as error:
            away = ErrorResponse(error=ErrorType.API_SERVER_ERROR, detail={"message": str(error)})
            raise AirflowRuntimeError(away) from None


@pytest.fixture
def api_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedStore]:
    """An API server that answers by a script to a task, which asks each thing once."""
    monkeypatch.setattr(Client.request.retry, "stop", stop_after_attempt(1))  # type: ignore[attr-defined]
    with ScriptedStore() as server:
        monkeypatch.setattr(task_runner, "SUPERVISOR_COMMS", Supervisor(server.url), raising=False)
        yield server


def names(*found: str) -> Reply:
    """The Variables that there are."""
    return Reply(200, {"keys": found, "total_entries": len(found)})


def value(name: str, text: str) -> Reply:
    """A Variable."""
    return Reply(200, {"key": name, "value": text})


def test_a_variable_is_read_with_one_request(api_server: ScriptedStore) -> None:
    api_server.script = [value("analytics_top_n", " 7 ")]
    assert variable("analytics_top_n") == "7"
    assert [request.path for request in api_server.received] == ["/variables/analytics_top_n"]


def test_a_variable_that_is_not_there_is_empty(api_server: ScriptedStore) -> None:
    api_server.script = [NOT_FOUND, names("analytics_top_nine")]
    assert variable("analytics_top_n") == ""


def test_personal_data_stays_excluded_while_the_api_server_is_away(api_server: ScriptedStore) -> None:
    api_server.script = [AWAY]
    with pytest.raises(AirflowUnavailable) as caught:
        personal_data()
    assert str(caught.value) == (
        "Airflow's API server does not say what is set (API_SERVER_ERROR): look into its log if the next try "
        "says the same"
    )
    assert decide(caught.value, 1).action is RetryAction.RETRY


@pytest.mark.parametrize("first", [AWAY, NOT_FOUND])
def test_a_variable_is_asked_for_again_when_airflow_comes_back(
    api_server: ScriptedStore, first: Reply
) -> None:
    name = "analytics_personal_data"
    api_server.script = [first, names(name), value(name, "exclude")]
    assert personal_data() is False


def test_a_variable_whose_value_airflow_keeps_to_itself_has_no_default(api_server: ScriptedStore) -> None:
    api_server.script = [NOT_FOUND, names("analytics_personal_data"), NOT_FOUND]
    with pytest.raises(AirflowUnavailable) as caught:
        personal_data()
    assert str(caught.value) == (
        "Airflow has the Variable analytics_personal_data and does not give its value: set it again under "
        "Admin > Variables if the next try says the same"
    )


def test_a_connection_is_asked_for_again_when_airflow_comes_back(api_server: ScriptedStore) -> None:
    api_server.script = [AWAY, names(), STORE]
    assert ShopifyHook().base_url == "https://kiln.myshopify.com"


def test_a_connection_that_is_not_there_is_none(api_server: ScriptedStore) -> None:
    api_server.script = [NOT_FOUND, names(), NOT_FOUND]
    assert connection("shopify_default") is None


def test_a_store_is_waited_for_while_the_api_server_is_away(api_server: ScriptedStore) -> None:
    api_server.script = [AWAY]
    with pytest.raises(AirflowUnavailable):
        ShopifyHook().shop()


def test_a_key_file_does_not_stand_in_for_a_connection_that_cannot_be_read(
    api_server: ScriptedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_file = tmp_path / "gspread_credentials.json"
    key_file.touch()
    monkeypatch.setattr(google_sheets, "KEY_FILE", key_file)
    api_server.script = [AWAY]
    with pytest.raises(AirflowUnavailable):
        _ = google_sheets.GoogleSheetsHook().account


def test_nobody_is_alerted_while_the_channels_are_not_known_and_that_is_said(
    api_server: ScriptedStore, caplog: pytest.LogCaptureFixture
) -> None:
    api_server.script = [AWAY]
    assert list(alert_channels.channels()) == []
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "No alert can be mailed",
        "No alert can be sent through the connection slackwebhook_default yet",
    ]
