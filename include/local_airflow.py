"""Airflow on this machine without Docker: what ``make`` starts, from a sync to work on the database.

The store is the one that the environment or ``.env`` names, else the one that Airflow's connection
``shopify_default`` names, else the demo store, which then runs as long as the command.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from demo_store.api.auth import DEMO_TOKEN
from dotenv import dotenv_values

PROJECT = Path(__file__).resolve().parents[1]
CONNECTION = "AIRFLOW_CONN_SHOPIFY_DEFAULT"
DEMO_PORT = 8765
DEMO_URL = f"http://127.0.0.1:{DEMO_PORT}"
DEMO_CONNECTION = {"conn_type": "shopify", "host": DEMO_URL, "password": DEMO_TOKEN}
# What a person who waits wants to see of Airflow's log: our own progress, and tasks that end.
PROGRESS = re.compile(
    r"\[info +\] (?P<text>.*?) +\[shopify_analytics\.(?:fetch|sweep|reconcile|plan|csv_export)\]"
)
TASK_ENDED = re.compile(r"\[DAG TEST\] end task task_id=(?P<task_id>\w+)")
RUN_LOG = re.compile(r"Run log: (?P<path>\S.*?\.log)\b")
FAILURE = re.compile(r"^(?:shopify_analytics\.errors\.\w+|airflow\.\S*AirflowFailException): (?P<text>.+)")
DATABASE_COMMANDS = ("snapshot", "rebuild", "redact", "restore", "new-store", "status", "sheets-check")
COMMANDS = ("run", "sync", "standalone", *DATABASE_COMMANDS)
# Airflow may miss the end of a task's process, and look again as often as it sends heartbeats:
# https://github.com/apache/airflow/blob/3.3.2/task-sdk/src/airflow/sdk/execution_time/supervisor.py#L1634
HEARTBEATS = {"AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1"}


def main(arguments: list[str]) -> int:
    """Run ``run``, ``sync [CONF]``, ``standalone`` or a command of ``database_commands.py``.

    :return: the exit status.
    :raises SystemExit: saying what is wrong with the command or with CONF, before anything is started.
    """
    command, *options = arguments or ["run"]
    if command not in COMMANDS:
        raise SystemExit(f"There is no command {command!r}: use {', '.join(COMMANDS)}")
    env = airflow_environment(os.environ)
    if command in DATABASE_COMMANDS:
        if command == "status":
            script = [str(PROJECT / "include" / "status.py")]
        else:
            migrate(env)
            script = [str(PROJECT / "include" / "database_commands.py"), command]
        return subprocess.run([sys.executable, *script, *options], env=env, check=False).returncode
    conf = json_object(" ".join(options) or "{}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    migrate(env)
    try:
        check_params(env, conf)
        if command == "standalone":
            variables = str(PROJECT / "include" / "variables.json")
            quietly(env, "variables", "import", variables, "--action-on-existing-key", "skip")
            with store(env):
                return airflow(env, "standalone")
        env.setdefault("SHOPIFY_SYNC_MAX_RETRY_SECONDS", "5")
        with store(env):
            if command == "sync":
                return airflow(env, "dags", "test", "shopify_sync", "-c", json.dumps(conf))
            return full_sync(env)
    except KeyboardInterrupt:
        return 130


def json_object(text: str) -> dict[str, Any]:
    """CONF as a dict.

    :raises SystemExit: when it is something else than a JSON object.
    """
    try:
        conf, problem = json.loads(text), "is no object"
    except ValueError as error:
        conf, problem = None, f"is no JSON: {error}"
    if not isinstance(conf, dict):
        raise SystemExit(f'CONF {text!r} {problem}. Set it to a JSON object such as {{"full_sync": true}}')
    return conf


def check_params(env: Mapping[str, str], conf: dict[str, Any]) -> None:
    """Ask the DAG whether it takes ``conf``.

    :raises SystemExit: when it does not; the reason is printed.
    """
    if not conf:
        return
    script = str(PROJECT / "include" / "sync_conf.py")
    checked = subprocess.run(
        [sys.executable, script, json.dumps(conf)], env=env, stdout=subprocess.DEVNULL, check=False
    )
    if checked.returncode:
        raise SystemExit(checked.returncode)


def airflow_environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of every Airflow process; what is given already stays."""
    named = {key: value for key, value in dotenv_values(PROJECT / ".env").items() if value}
    env = {
        "AIRFLOW_HOME": str(PROJECT / ".airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
        "AIRFLOW__API__HOST": "127.0.0.1",
        **HEARTBEATS,
        **named,
        **given,
    }
    # `airflow standalone` starts further `airflow` commands by name.
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), given.get("PATH", os.defpath)])
    if not any(name.startswith("AIRFLOW__DATABASE__SQL_ALCHEMY_CON") for name in env):
        env |= patience_with_sqlite(env)
    if env.get("GOOGLE_SHEET_ID"):
        env.setdefault("AIRFLOW_VAR_GOOGLE_SHEET_ID", env["GOOGLE_SHEET_ID"])
    if env.get("SHOPIFY_STORE") and CONNECTION not in env:
        env[CONNECTION] = json.dumps(store_connection(env))
    return env


def patience_with_sqlite(env: Mapping[str, str]) -> dict[str, str]:
    """What Airflow's processes need besides ``env`` to wait for their database, when it is SQLite."""
    path = [str(PROJECT / "include"), *filter(None, [env.get("PYTHONPATH")])]
    return {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS": "airflow_sqlite.CONNECT_ARGS",
        "PYTHONPATH": os.pathsep.join(path),
    }


def store_connection(env: Mapping[str, str]) -> dict[str, str]:
    """The connection that ``.env`` describes: a token, or the client id and secret of an app."""
    connection = {"conn_type": "shopify", "host": env["SHOPIFY_STORE"]}
    if env.get("SHOPIFY_CLIENT_ID"):
        return connection | {
            "login": env["SHOPIFY_CLIENT_ID"],
            "password": env.get("SHOPIFY_CLIENT_SECRET", ""),
        }
    return connection | {"password": env.get("SHOPIFY_API_TOKEN", "")}


def airflow(env: Mapping[str, str], *arguments: str) -> int:
    """Run an Airflow command in the foreground; return its exit status."""
    return subprocess.run([sys.executable, "-m", "airflow", *arguments], env=env, check=False).returncode


def quietly(env: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an Airflow command and keep what it prints."""
    command = [sys.executable, "-m", "airflow", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def migrate(env: Mapping[str, str]) -> None:
    """Create Airflow's database, or bring it up to date after an upgrade of Airflow."""
    home = Path(env["AIRFLOW_HOME"])
    database = env.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "").encode()
    wanted = hashlib.sha256((PROJECT / "requirements.txt").read_bytes() + database).hexdigest()
    stamp = home / ".migrated"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print("Creating Airflow's database …", flush=True)
    home.mkdir(parents=True, exist_ok=True)
    output = subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if output.returncode:
        raise SystemExit(f"{output.stdout}{output.stderr}\nAirflow's database could not be created.")
    stamp.write_text(wanted, encoding="utf-8")


@contextmanager
def store(env: dict[str, str]) -> Iterator[None]:
    """The demo store for as long as the block runs, when that is the store to read."""
    if CONNECTION in env or connected_host(env) != DEMO_URL or is_listening(DEMO_PORT):
        yield
        return
    path = [str(PROJECT / "include"), *filter(None, [env.get("PYTHONPATH")])]
    data = PROJECT / "data" / "demo_store.db"
    print(f"Opening the demo store {'' if data.exists() else 'for the first time '}…", flush=True)
    server = subprocess.Popen(
        [sys.executable, "-m", "demo_store", "--port", str(DEMO_PORT), "--data", str(data)],
        env={**env, "PYTHONPATH": os.pathsep.join(path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        ready = server.stdout.readline() if server.stdout else ""
        if not ready:
            raise SystemExit("The demo store did not start.")
        print(ready, end="", flush=True)
        yield
    finally:
        server.terminate()
        server.wait()


def connected_host(env: dict[str, str]) -> str:
    """The host of Airflow's connection ``shopify_default``; the demo store's is made when there is none."""
    known = quietly(env, "connections", "get", "shopify_default", "-o", "json")
    if known.returncode == 0:
        return str(json.loads(known.stdout)[0]["host"])
    quietly(env, "connections", "add", "shopify_default", "--conn-json", json.dumps(DEMO_CONNECTION))
    return DEMO_URL


def is_listening(port: int) -> bool:
    """Whether a demo store of another command is there already."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def full_sync(env: dict[str, str]) -> int:
    """Sync everything once, showing progress, then the run log; Airflow's own log goes to a file."""
    airflow_log = PROJECT / "logs" / "airflow_run.log"
    command = ["dags", "test", "shopify_sync", "-c", '{"full_sync": true}']
    run_log = failure = None
    with (
        airflow_log.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            [sys.executable, "-m", "airflow", *command],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        for line in process.stdout or ():
            log.write(line)
            if ended := TASK_ENDED.search(line):
                print(f"  {ended['task_id']} has ended", flush=True)
            elif progress := PROGRESS.search(line):
                print(f"    {progress['text']}", flush=True)
            run_log = RUN_LOG.search(line) or run_log
            failure = FAILURE.search(line) or failure
    if run_log:
        print(f"\n{Path(run_log['path']).read_text(encoding='utf-8')}")
    elif failure:
        print(f"\n{failure['text']}")
    print(f"Airflow's own log of this run: {airflow_log}")
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
