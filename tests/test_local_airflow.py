"""What ``make run`` and ``make sync`` say to a person who asked for something that cannot be done."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from contextlib import closing
from importlib import import_module
from pathlib import Path

import local_airflow
import pytest
from sync_conf import problem

Printed = pytest.CaptureFixture[str]
AN_OBJECT = 'Set it to a JSON object such as {"full_sync": true}'


@pytest.fixture
def nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Airflow's database is there; neither a demo store nor a sync may be started."""

    def must_not_start(*arguments: object) -> None:
        raise AssertionError(f"{arguments} was started")

    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(local_airflow, "migrate", lambda _env: None)
    for start in ("store", "airflow", "full_sync"):
        monkeypatch.setattr(local_airflow, start, must_not_start)


@pytest.mark.usefixtures("nothing_starts")
@pytest.mark.parametrize(
    ("conf", "problem"),
    [
        ("full_sync", "is no JSON: Expecting value: line 1 column 1 (char 0)"),
        (
            '{"full_sync": true,}',
            "is no JSON: Expecting property name enclosed in double quotes: line 1 column 20 (char 19)",
        ),
        ("[true]", "is no object"),
        ("true", "is no object"),
        ("null", "is no object"),
    ],
)
def test_a_conf_that_is_no_json_object_is_refused_in_one_line(conf: str, problem: str) -> None:
    with pytest.raises(SystemExit) as refused:
        local_airflow.main(["sync", conf])
    assert refused.value.code == f"CONF {conf!r} {problem}. {AN_OBJECT}"


@pytest.mark.parametrize(
    ("conf", "sentence"),
    [
        ({"fullsync": True}, "CONF has the unknown key fullsync: use full_sync, push_to_sheets"),
        (
            {"full_sync": "yes"},
            "CONF cannot be used: Invalid input for param full_sync: 'yes' is not of type 'boolean'",
        ),
        (
            {"full_sync": None},
            "CONF cannot be used: Invalid input for param full_sync: None is not of type 'boolean'",
        ),
        ({"full_sync": True}, None),
        ({"full_sync": False}, None),
    ],
)
def test_the_dag_says_what_a_conf_may_hold(conf: dict[str, object], sentence: str | None) -> None:
    assert problem(conf) == sentence


@pytest.mark.usefixtures("nothing_starts")
def test_a_conf_that_the_dag_does_not_take_is_refused_in_one_line(capfd: Printed) -> None:
    with pytest.raises(SystemExit) as refused:
        local_airflow.main(["sync", '{"full_sync": "yes", "fullsync": true}'])
    assert refused.value.code == 1
    assert capfd.readouterr() == ("", "CONF has the unknown key fullsync: use full_sync, push_to_sheets\n")


@pytest.mark.usefixtures("nothing_starts")
def test_an_unknown_command_is_refused_in_one_line() -> None:
    with pytest.raises(SystemExit) as refused:
        local_airflow.main(["fullsync"])
    assert refused.value.code == (
        "There is no command 'fullsync': use run, sync, standalone, snapshot, rebuild, redact, restore, "
        "new-store, status, sheets-check"
    )


@pytest.mark.parametrize("conf", [[], [""], ["{}"]])
def test_a_sync_needs_no_conf(monkeypatch: pytest.MonkeyPatch, conf: list[str]) -> None:
    started = []

    def airflow(_env: dict[str, str], *arguments: str) -> int:
        started.append(arguments)
        return 0

    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(local_airflow, "migrate", lambda _env: None)
    monkeypatch.setattr(local_airflow, "airflow", airflow)
    monkeypatch.setenv(local_airflow.CONNECTION, "{}")
    assert local_airflow.main(["sync", *conf]) == 0
    assert started == [("dags", "test", "shopify_sync", "-c", "{}")]


def test_a_run_that_can_keep_no_log_says_why_it_failed(
    airflow_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Printed
) -> None:
    blocked = tmp_path / "file" / "data"
    blocked.parent.write_text("no folder", encoding="utf-8")
    env = local_airflow.airflow_environment(os.environ) | {
        local_airflow.CONNECTION: '{"conn_type": "shopify", "host": "http://127.0.0.1:1", "password": "x"}',
        "AIRFLOW_VAR_ANALYTICS_DATA_DIR": str(blocked),
    }
    (tmp_path / "logs").mkdir()
    monkeypatch.setattr(local_airflow, "PROJECT", tmp_path)
    assert local_airflow.full_sync(env) == 1
    printed = capfd.readouterr().out.splitlines()
    assert printed[-2:] == [
        (
            f"Failed: plan_sync. No run log: Cannot use the database {blocked}/shopify_data.db "
            f"([Errno 20] Not a directory: '{blocked}'): free the disk, give Airflow's user write access to "
            "the folder, or change the Variable analytics_data_dir"
        ),
        f"Airflow's own log of this run: {tmp_path / 'logs' / 'airflow_run.log'}",
    ]


def test_a_command_on_the_database_finds_the_variables_that_airflow_keeps(
    airflow_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Printed
) -> None:
    monkeypatch.setattr(local_airflow, "migrate", lambda _env: None)
    home = tmp_path / "airflow"
    home.mkdir()
    shutil.copy(airflow_database, home)
    monkeypatch.setenv("AIRFLOW_HOME", str(home))
    env = local_airflow.airflow_environment(os.environ)
    local_airflow.quietly(env, "variables", "set", "analytics_data_dir", str(tmp_path))
    assert local_airflow.main(["redact", "1", ""]) == 1
    missing = tmp_path / "shopify_data.db"
    assert capfd.readouterr() == (
        "",
        f"There is no database at {missing} yet: sync first, or set analytics_data_dir\n",
    )


def test_airflow_waits_for_its_own_database_when_that_is_sqlite() -> None:
    given = {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql+psycopg2://airflow@localhost/airflow"}
    setting = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS"
    assert setting not in local_airflow.airflow_environment(given)
    named = local_airflow.airflow_environment({})
    assert named["PYTHONPATH"] == str(local_airflow.PROJECT / "include")
    module, _, name = named[setting].rpartition(".")
    with closing(sqlite3.connect(":memory:", **getattr(import_module(module), name))) as db:
        assert db.execute("PRAGMA busy_timeout").fetchone() == (60_000,)
