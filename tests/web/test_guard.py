"""Who may see the dashboards, by Airflow's own application, whatever is asked for.

Under Docker Compose users are FAB's: ``tests/compose/test_roles.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from shopify_analytics.config import PROJECT, Folders
from shopify_analytics.web.answers import HEADERS

from tests.web.asked import THERE

SIMPLE = "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
Answers = dict[str, dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def answers(shop_folders: Folders, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """What each visitor was answered: status, policy and type by method and path."""
    environment = os.environ | {
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__AUTH_MANAGER": SIMPLE,
        "AIRFLOW_API_APPS": "core",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")])),
    }

    done = subprocess.run(
        [sys.executable, "-m", "tests.web.visitors", str(shop_folders.data_dir)],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: Answers = json.loads(done.stdout.rpartition("ANSWERS ")[2])
    return told


def statuses(answers: Answers, visitor: str) -> dict[str, int]:
    """By method and path."""
    return {asked: answer["status"] for asked, answer in answers[visitor].items()}


def test_a_stranger_is_asked_to_sign_in_whatever_is_there(answers: Answers) -> None:
    assert set(statuses(answers, "stranger").values()) == {401}


def test_a_user_who_may_not_read_the_dag_is_refused_everything(answers: Answers) -> None:
    assert set(statuses(answers, "nobody").values()) == {403}


def test_a_viewer_gets_what_there_is_and_nothing_else(answers: Answers) -> None:
    seen = statuses(answers, "viewer")
    assert {asked for asked, status in seen.items() if status == 200} == {f"GET {path}" for path in THERE}
    assert set(seen.values()) == {200, 404}


def test_every_answer_keeps_the_browser_strict(answers: Answers) -> None:
    policies = {answer["policy"] for told in answers.values() for answer in told.values()}
    assert policies == {HEADERS["Content-Security-Policy"]}


def test_nothing_describes_the_api(answers: Answers) -> None:
    told = statuses(answers, "viewer")
    assert {told[f"GET {path}"] for path in ("docs", "redoc", "openapi.json")} == {404}
