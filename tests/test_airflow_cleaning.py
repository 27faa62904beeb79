"""What ``clean_airflow_db`` starts, and what it says when Airflow's database is out of its reach."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from shopify_analytics.airflow_cleaning import clean_airflow_database, environment
from shopify_analytics.errors import SettingsError

DAG_ID = "shopify_maintenance"
BLOCKED = "airflow-db-not-allowed:///"
DATABASE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"


def test_only_what_keeps_a_task_away_is_left_out_of_the_environment() -> None:
    given = {
        DATABASE: BLOCKED,
        "AIRFLOW__CORE__SQL_ALCHEMY_CONN": BLOCKED,
        f"{DATABASE}_CMD": "cat /secrets/database",
        "_AIRFLOW_PROCESS_CONTEXT": "client",
        "PATH": "/bin",
    }
    assert environment(given) == {f"{DATABASE}_CMD": "cat /secrets/database", "PATH": "/bin"}
    elsewhere = {DATABASE: "postgresql://airflow@postgres/airflow"}
    assert environment(elsewhere) == elsewhere


def test_a_database_without_the_run_is_not_cleaned(
    airflow_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a task finds it whose database was given by the variable that Airflow overwrites."""
    monkeypatch.setenv(DATABASE, BLOCKED)
    database = Path(os.environ["AIRFLOW_HOME"]) / "airflow.db"
    with closing(sqlite3.connect(database)) as db:
        before = db.execute("SELECT count(*) FROM log").fetchone()
    with pytest.raises(SettingsError) as error:
        clean_airflow_database(DAG_ID, "a run of another database", timedelta(days=1))
    assert str(error.value).startswith(
        "A task cannot reach Airflow's own database from here. Give its address by "
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD or airflow.cfg instead of "
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN, which Airflow hides from tasks; or "
        "run `airflow db clean` yourself."
    )
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("SELECT count(*) FROM log").fetchone() >= before


def test_a_password_of_the_database_is_not_in_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "database"
    secret.write_text("postgresql://airflow:geheim-7@127.0.0.1:1/airflow", encoding="utf-8")
    monkeypatch.setenv(DATABASE, BLOCKED)
    monkeypatch.setenv(f"{DATABASE}_CMD", f"cat {secret}")
    with pytest.raises(SettingsError) as error:
        clean_airflow_database(DAG_ID, "a run", timedelta(days=1))
    assert "geheim-7" not in str(error.value)
