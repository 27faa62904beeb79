"""What Airflow needs before its services start: its database, an admin, Variables, a connection to the store.

Runs at every ``docker compose up`` and repeats nothing. It starts as root, since ``.env`` may be its owner's
alone, and goes on as Airflow's user.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from demo_store.api.auth import DEMO_TOKEN
from dotenv import dotenv_values
from local_airflow import store_connection

AIRFLOW_UID, AIRFLOW_GID = 50000, 0
ENV_FILE, KEY_FILE = Path("/project/.env"), Path("/project/gspread_credentials.json")
ADMIN, ADMIN_PASSWORD = "admin", Path("/secrets/admin.password")
# `welcome` waits for it, and tells of runs since the moment in it; `secrets` removes it at every start.
PREPARED = Path("/secrets/prepared")
VARIABLES = Path(__file__).resolve().parents[1] / "variables.json"
STORE_CONNECTION, GOOGLE_CONNECTION = "shopify_default", "google_cloud_default"
DEMO_CONNECTION = {"conn_type": "shopify", "host": "http://demo-store:8000", "password": DEMO_TOKEN}


def main(arguments: list[str]) -> None:
    """Prepare everything; with ``reset-password`` only give the admin a new password."""
    named = named_in(ENV_FILE)
    google_key = read_google_key(KEY_FILE)
    become_airflow()
    if arguments == ["reset-password"]:
        reset_password()
        return
    airflow("db", "migrate")
    create_admin()
    airflow("variables", "import", str(VARIABLES), "--action-on-existing-key", "skip")
    connect_google(named, google_key)
    is_other_connection = connect_store(named)
    connected_at = int(time.time())
    if move_demo_data_away(named) or is_other_connection:
        airflow("dags", "trigger", "shopify_sync")
        print("A sync starts at once.")
    replace_file(PREPARED, str(connected_at))


def named_in(env_file: Path) -> dict[str, str]:
    """What ``.env`` sets; nothing when there is none."""
    if not env_file.exists():
        return {}
    text = env_file.read_text(encoding="utf-8-sig")
    return {name: value for name, value in dotenv_values(stream=StringIO(text)).items() if value}


def read_google_key(key_file: Path) -> str | None:
    """The key of a service account, as Google gives it out; None when the project's folder has none.

    :raises SystemExit: when the file holds something else.
    """
    if not key_file.exists():
        return None
    text = key_file.read_text(encoding="utf-8-sig")
    try:
        json.loads(text)
    except ValueError as error:
        raise SystemExit(
            f"{key_file.name} is no JSON ({error}): download the key of the account anew"
        ) from None
    return text


def become_airflow() -> None:
    """Be Airflow's user from here on; everything it makes may be changed by the caller's group."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(AIRFLOW_GID)
        os.setuid(AIRFLOW_UID)
    os.umask(0o002)


def airflow(*arguments: str) -> None:
    """Run a command of Airflow's in this process, where no process list shows its arguments."""
    from airflow.cli import cli_parser  # noqa: PLC0415  not before this is Airflow's user

    options = cli_parser.get_parser().parse_args(arguments)
    options.func(options)


def create_admin() -> None:
    """The one user to begin with; whoever has made other users and deleted this one has it his way."""
    from airflow.providers.fab.auth_manager.models import User  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415
    from sqlalchemy import select  # noqa: PLC0415

    with create_session() as session:
        if session.scalar(select(User).limit(1)):
            return
    who = ["--username", ADMIN, "--role", "Admin", "--email", "admin@localhost"]
    name = ["--firstname", "Airflow", "--lastname", "Admin"]
    password = ADMIN_PASSWORD.read_text(encoding="ascii")
    airflow("users", "create", *who, *name, f"--password={password}")


def reset_password() -> None:
    """Give the admin a new password, which ``make password`` then shows."""
    password = secrets.token_urlsafe(18)
    airflow("users", "reset-password", "--username", ADMIN, f"--password={password}")
    replace_file(ADMIN_PASSWORD, password)


def replace_file(path: Path, text: str) -> None:
    """Give a file another content; whoever reads it finds the old one or the new one."""
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_text(text, encoding="ascii")
    unfinished.chmod(0o440)
    unfinished.replace(path)


def connect_store(named: Mapping[str, str]) -> bool:
    """Let ``shopify_default`` lead to the store that ``.env`` names; without one to the demo store, once.

    What was edited in the UI stays, unless ``.env`` names a store. Returns whether another connection, such
    as one with an older token, was replaced.
    """
    from airflow.secrets.metastore import MetastoreBackend  # noqa: PLC0415

    before = MetastoreBackend().get_connection(STORE_CONNECTION)
    if named.get("SHOPIFY_STORE"):
        connection = store_connection(named)
        write_connection(STORE_CONNECTION, connection)
        print(f"The store is {connection['host']}, as .env says.")
        return before is not None and any(
            (getattr(before, name) or "") != connection.get(name, "")
            for name in ("host", "login", "password")
        )
    if before is None:
        write_connection(STORE_CONNECTION, DEMO_CONNECTION)
        print("The store is the demo store.")
    return False


def connect_google(named: Mapping[str, str], key: str | None) -> None:
    """Let the sheet that ``.env`` names be written with the key in the project's folder.

    What was edited in the UI stays, unless they say otherwise.
    """
    if sheet := named.get("GOOGLE_SHEET_ID"):
        described = json.loads(VARIABLES.read_text(encoding="utf-8"))["google_sheet_id"]["description"]
        airflow("variables", "set", "google_sheet_id", sheet, "--description", described)
    if key:
        extra = json.dumps({"keyfile_dict": key})
        write_connection(GOOGLE_CONNECTION, {"conn_type": "google_cloud_platform", "extra": extra})
        print(f"Google Sheets is written with the key in {KEY_FILE.name}.")


def write_connection(conn_id: str, connection: Mapping[str, str]) -> None:
    """Replace a connection in Airflow's database, where its password and its extras are encrypted."""
    with NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({conn_id: connection}, file)
        file.flush()
        airflow("connections", "import", file.name, "--overwrite")


def move_demo_data_away(named: Mapping[str, str]) -> bool:
    """Move the demo store's data away when ``.env`` names another store; return whether there was any."""
    from database_commands import read_variables  # noqa: PLC0415
    from shopify_analytics.config import load_folders  # noqa: PLC0415
    from shopify_analytics.new_store import move_demo_data  # noqa: PLC0415

    store = named.get("SHOPIFY_STORE")
    if not store:
        return False
    read_variables()
    folder = move_demo_data(load_folders(), store)
    if folder:
        print(f"The demo store's data is in data/{folder.name} now.")
    return folder is not None


if __name__ == "__main__":
    main(sys.argv[1:])
