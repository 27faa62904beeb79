"""Celery instead of tasks in the scheduler: a run's tasks land on several workers, and the data is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compose.airflow_api import DAG_ID
from tests.compose.platform import Platform, write_env
from tests.compose.test_data import assert_shows_the_store
from tests.dag.running import TASKS

FETCHES = {"fetch_products", "fetch_customers", "fetch_orders"}
REST = {*TASKS} - FETCHES


@pytest.fixture
def with_workers(platform: Platform) -> Platform:
    """The shared platform with two workers and a writer, as docs/scaling.md says."""
    files = "docker-compose.yaml:docker-compose.celery.yaml"
    write_env(platform.folder, {"COMPOSE_FILE": files, "AIRFLOW_WORKERS": "2"})
    platform.up()
    return platform


def test_the_tasks_of_a_run_land_on_two_workers_and_one_writer(
    with_workers: Platform, tmp_path: Path
) -> None:
    run_id = assert_shows_the_store(with_workers, tmp_path)
    tasks = with_workers.api.get(f"/dags/{DAG_ID}/dagRuns/{run_id}/taskInstances")["task_instances"]
    hosts = {task["task_id"]: task["hostname"] for task in tasks}
    assert {task["task_id"] for task in tasks if task["queue"] == "default"} == FETCHES
    assert {task["task_id"] for task in tasks if task["queue"] == "sqlite"} == REST
    assert len({hosts[task_id] for task_id in FETCHES}) == 2
    assert {hosts[task_id] for task_id in REST} == {with_workers.containers()["writer"]["Config"]["Hostname"]}
