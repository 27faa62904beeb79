"""What a person meets who types ``docker compose up`` in a fresh clone."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

from tests.compose.airflow_api import DAG_ID
from tests.compose.conftest import FirstStart
from tests.compose.platform import LONG_RUNNING, ONE_SHOT

FIGURES = ("Total orders", "Total customers", "Net sales", "Total sales", "Average order value")
SYNCED = re.compile(
    r"products \+\d+, product_variants \+\d+, customers \+[\d,]+, orders \+[\d,]+, line_items \+[\d,]+, "
    r"refunds \+\d+, refund_line_items \+\d+, reconciled, \d+ API calls, 0 refused"
)


def lines_of(output: str) -> list[str]:
    """What services have printed, without Compose's own progress."""
    return [line for line in output.splitlines() if " | " in line]


def test_it_ends_by_telling_all_that_one_needs_to_know(first_start: FirstStart) -> None:
    lines = [line.partition(" | ")[2].strip() for line in lines_of(first_start.output)]
    text = "\n".join(lines)
    assert first_start.platform.exit_codes() == dict.fromkeys(ONE_SHOT, 0)
    assert re.search(r"^\d+ s  Airflow is starting …$", text, re.MULTILINE)
    assert re.search(r"^\d+ s  The first sync has ended$", text, re.MULTILINE)
    assert [line for line in lines if SYNCED.fullmatch(line)] != []
    assert [name for name in FIGURES if not re.search(rf"^{name} +[\d,.]+$", text, re.MULTILINE)] == []
    assert first_start.platform.url in text
    assert "admin; the password:  docker compose exec api-server cat /secrets/admin.password" in text
    assert first_start.platform.password() not in first_start.output


def test_only_the_welcome_is_printed(first_start: FirstStart) -> None:
    said_by = {line.partition(" | ")[0].strip() for line in lines_of(first_start.output)}
    assert said_by == {"welcome-1"}


def test_these_services_run_and_no_other(first_start: FirstStart) -> None:
    assert first_start.platform.containers().keys() == {*ONE_SHOT, *LONG_RUNNING}
    assert first_start.platform.unhealthy() == []


def test_the_first_run_is_of_the_tick_before_the_start(first_start: FirstStart) -> None:
    api = first_start.platform.api
    first, *_ = api.runs(DAG_ID)
    assert (first["run_type"], first["state"]) == ("scheduled", "success")
    known_since = api.get(f"/dags/{DAG_ID}/dagVersions/1")["created_at"]
    tick, parsed = datetime.fromisoformat(first["logical_date"]), datetime.fromisoformat(known_since)
    assert timedelta(0) <= parsed - tick < timedelta(minutes=10)


def test_no_task_of_a_first_run_is_tried_twice(first_start: FirstStart) -> None:
    """The scheduler begins when there is an API server that tasks can report to, and not before."""
    api = first_start.platform.api
    for dag in api.get("/dags")["dags"]:
        first, *_ = api.runs(dag["dag_id"])
        path = f"/dags/{dag['dag_id']}/dagRuns/{first['dag_run_id']}/taskInstances"
        tries = {task["task_id"]: task["try_number"] for task in api.get(path)["task_instances"]}
        assert {task_id for task_id, number in tries.items() if number > 1} == set(), dag["dag_id"]


def test_every_dag_is_there_and_not_paused(first_start: FirstStart) -> None:
    api = first_start.platform.api
    dags = {dag["dag_id"]: dag["is_paused"] for dag in api.get("/dags")["dags"]}
    assert dags == {path.stem: False for path in (first_start.platform.folder / "dags").glob("*.py")}
    assert api.get("/importErrors")["import_errors"] == []


def test_variables_and_connection_are_those_of_the_project(first_start: FirstStart) -> None:
    platform = first_start.platform
    wanted = json.loads((platform.folder / "include" / "variables.json").read_text(encoding="utf-8"))
    found = {each["key"]: each["value"] for each in platform.api.get("/variables")["variables"]}
    assert found == {name: variable["value"] for name, variable in wanted.items()}
    connection = platform.api.get("/connections/shopify_default")
    assert (connection["conn_type"], connection["host"]) == ("shopify", "http://demo-store:8000")
