"""``docker compose up`` again, of what runs and of what was stopped: nothing is made anew or lost."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest

from tests.compose.airflow_api import DAG_ID, ask_for_token
from tests.compose.platform import LONG_RUNNING, Platform

pytestmark = pytest.mark.usefixtures("without_reports")

RUNNING_ALREADY = re.compile(r"^ *\d+ s  Airflow answers$", re.MULTILINE)
SETTING, CONNECTION = "/variables/analytics_top_n", "/connections/shopify_default"


def ids_of_running(platform: Platform) -> dict[str, tuple[str, int]]:
    """Which container each service has, and its process."""
    containers = platform.containers()
    return {name: (containers[name]["Id"], containers[name]["State"]["Pid"]) for name in LONG_RUNNING}


def counts(platform: Platform) -> dict[str, int]:
    """How many rows there are of what a sync never removes by itself."""
    with closing(sqlite3.connect(platform.data / "shopify_data.db")) as db:
        tables = ("products", "customers", "orders", "sync_runs")
        return {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def test_up_again_leaves_everything_as_it_is(platform: Platform) -> None:
    before = ids_of_running(platform)
    platform.api.patch(SETTING, {"key": "analytics_top_n", "value": "7"})
    edited = {"connection_id": "shopify_default", "conn_type": "shopify", "description": "edited in the UI"}
    platform.api.patch(f"{CONNECTION}?update_mask=description", edited)
    platform.up()
    assert ids_of_running(platform) == before
    assert platform.api.get(SETTING)["value"] == "7"
    assert platform.api.get(CONNECTION)["description"] == "edited in the UI"
    assert platform.api.get(CONNECTION)["host"] == "http://demo-store:8000"
    code, said = platform.welcome()
    assert code == 0
    assert RUNNING_ALREADY.search(said)
    assert platform.url in said
    platform.api.patch(SETTING, {"key": "analytics_top_n", "value": "10"})


def test_down_and_up_loses_nothing(platform: Platform) -> None:
    password, runs, rows = platform.password(), platform.api.runs(DAG_ID), counts(platform)
    platform.compose("down")
    assert platform.containers() == {}
    platform.up()
    assert platform.password() == password
    assert ask_for_token(platform.url, password).status_code == 201
    ids = {run["dag_run_id"] for run in runs}
    assert ids <= {run["dag_run_id"] for run in platform.api.runs(DAG_ID)}
    assert [name for name, number in counts(platform).items() if number < rows[name]] == []
    platform.sync()


def test_after_docker_kill_of_everything_one_up_is_enough(platform: Platform) -> None:
    platform.compose("kill")
    assert {each["State"]["Status"] for each in platform.containers().values()} == {"exited"}
    platform.up()
    platform.sync(full_sync=True)
