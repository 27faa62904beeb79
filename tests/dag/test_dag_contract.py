"""What users and checks rely on about the DAG itself: names, schedule, edges, params, retries, timeouts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, TriggerRule
from airflow.serialization.serialized_objects import DagSerialization
from shopify_analytics.assets import CSV_FILES, DATABASE, SUMMARY
from shopify_analytics.retry import ShopifyRetryPolicy, say_when

from tests.dag.running import PROJECT, TASKS

FETCHES = {"fetch_products", "fetch_customers", "fetch_orders"}
# Parses the DAG where nothing can be read: neither database nor network, no Variable, no Connection.
PARSE_ALONE = """
import json, socket, sys
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import BaseHook, Connection, Variable
from airflow.serialization.serialized_objects import DagSerialization

def refuse(*_, **__):
    raise AssertionError("read while parsing")

socket.socket.connect = Variable.get = Connection.get = BaseHook.get_connection = refuse
bag = DagBag(sys.argv[1])
assert not bag.import_errors, bag.import_errors
print(json.dumps(DagSerialization.serialize_dag(bag.dags["shopify_sync"]), sort_keys=True))
"""


@pytest.fixture(scope="module")
def bag(airflow_database: Path) -> DagBag:
    """What Airflow makes of the folder ``dags``."""
    return DagBag(PROJECT / "dags")


@pytest.fixture(scope="module")
def dag(bag: DagBag) -> DAG:
    """The DAG ``shopify_sync``."""
    return bag.dags["shopify_sync"]


def test_the_folder_imports_cleanly(bag: DagBag) -> None:
    assert bag.import_errors == {}
    assert sorted(bag.dags) == ["shopify_maintenance", "shopify_sync", "shopify_watch"]


def test_it_runs_every_ten_minutes_one_run_at_a_time(dag: DAG) -> None:
    assert dag.schedule == "*/10 * * * *"
    assert dag.start_date == datetime(2026, 1, 1, tzinfo=UTC)
    assert dag.catchup is False
    assert dag.max_active_runs == 1
    assert dag.is_paused_upon_creation is False
    assert dag.dagrun_timeout == timedelta(hours=12)


def test_the_tasks_follow_each_other_as_agreed(dag: DAG) -> None:
    assert set(dag.task_ids) == set(TASKS)
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {
        "plan_sync": FETCHES | {"report_run"},
        **{fetch: {"load_sqlite", "reconcile", "report_run"} for fetch in FETCHES},
        "load_sqlite": {"reconcile", "export_csv", "render_report", "report_run"},
        "reconcile": {"report_run"},
        "export_csv": {"compute_analytics", "report_run"},
        "compute_analytics": {"push_to_sheets", "report_run"},
        "push_to_sheets": {"report_run"},
        "render_report": {"report_run"},
        "report_run": set(),
    }


@pytest.mark.parametrize("task_id", TASKS[:-1])
def test_tasks_are_tried_again_with_growing_pauses(dag: DAG, task_id: str) -> None:
    task = dag.get_task(task_id)
    assert (task.retries, task.retry_delay, task.max_retry_delay) == (
        3,
        timedelta(seconds=30),
        timedelta(minutes=5),
    )
    assert task.retry_exponential_backoff == 2.0
    assert isinstance(task.retry_policy, ShopifyRetryPolicy)
    assert task.on_retry_callback == [say_when]
    assert task.trigger_rule == TriggerRule.ALL_SUCCESS


def test_the_report_comes_last_whatever_happened_and_once(dag: DAG) -> None:
    report = dag.get_task("report_run")
    assert (report.trigger_rule, report.retries) == (TriggerRule.ALL_DONE, 0)


def test_every_task_times_out_before_the_run_does(dag: DAG) -> None:
    def longest(task_id: str) -> timedelta:
        task = dag.get_task(task_id)
        assert task.execution_timeout is not None
        after = [longest(next_id) for next_id in task.downstream_task_ids]
        return task.execution_timeout + max(after, default=timedelta(0))

    assert dag.dagrun_timeout is not None
    assert longest("plan_sync") < dag.dagrun_timeout


def test_every_param_has_type_title_and_description(dag: DAG) -> None:
    assert dict(dag.params) == {"full_sync": False, "push_to_sheets": True}
    titles = {"full_sync": "Full sync", "push_to_sheets": "Push to Google Sheets"}
    for name, title in titles.items():
        param = dag.params.get_param(name)
        assert (param.schema["type"], param.schema["title"]) == ("boolean", title)
        assert param.description


def test_every_task_says_what_it_does(dag: DAG) -> None:
    assert {task.task_id for task in dag.tasks if not (task.doc_md or "").endswith(".")} == set()


def test_what_others_can_wait_for_is_updated_by_the_task_that_makes_it(dag: DAG) -> None:
    assert {task.task_id: task.outlets for task in dag.tasks if task.outlets} == {
        "load_sqlite": [DATABASE],
        "export_csv": [CSV_FILES],
        "compute_analytics": [SUMMARY],
    }


def test_the_data_is_looked_at_between_the_syncs(bag: DagBag) -> None:
    watch = bag.dags["shopify_watch"]
    assert (watch.schedule, watch.catchup, watch.max_active_runs) == ("7,22,37,52 * * * *", False, 1)
    assert watch.is_paused_upon_creation is False
    assert watch.task_ids == ["check_data"]
    assert (watch.doc_md or "").startswith("### Is the data still young enough?")


def test_the_documentation_says_what_to_do_when_a_task_is_red(dag: DAG) -> None:
    assert dag.doc_md is not None
    advice = dag.doc_md.partition("#### When a task is red")[2]
    for task_id in TASKS:
        assert task_id in advice


def test_parsing_reads_nothing_and_always_gives_the_same(dag: DAG, tmp_path: Path) -> None:
    nowhere = f"sqlite:///{tmp_path}/nowhere/airflow.db"
    parsed = subprocess.run(
        [sys.executable, "-c", PARSE_ALONE, str(PROJECT / "dags")],
        env=os.environ | {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": nowhere},
        check=True,
        capture_output=True,
        text=True,
    )
    in_another_process = json.loads(parsed.stdout.splitlines()[-1])
    assert in_another_process == json.loads(json.dumps(DagSerialization.serialize_dag(dag)))
    assert not (tmp_path / "nowhere").exists()
