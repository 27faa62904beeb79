"""``make status``: how the syncs are doing. Exit status 0 when all is well, 1 when something is wrong.

Wherever Airflow is set up, ``python include/status.py`` does the same. It reads only; a sync may go on.
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from airflow.configuration import conf
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from shopify_analytics.config import alert_data_age, load_folders
from shopify_analytics.errors import SettingsError
from shopify_analytics.status import Scheduling, status
from sqlalchemy import Connection, bindparam, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

DAG_ID = "shopify_sync"
VARIABLES = ("analytics_data_dir", "analytics_log_dir", "alert_data_age_minutes")


def main() -> int:
    """Print the status; return the exit status.

    :raises SystemExit: when a Variable has a value that cannot be used.
    """
    scheduling, problem = ask_airflow()
    try:
        lines, is_well = status(load_folders(), alert_data_age(), scheduling, datetime.now(UTC))
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    print("\n".join(lines))
    if problem:
        print(f"Airflow's own database could not be asked ({problem}), so its Variables are not known")
    return 0 if is_well else 1


def ask_airflow() -> tuple[Scheduling | None, str | None]:
    """What Airflow's database knows of the DAG, and its Variables into the environment; what went wrong.

    In plain SQL, since Airflow's own models take seconds to load.
    """
    url = make_url(conf.get("database", "sql_alchemy_conn"))
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return None, None
    try:
        with create_engine(url).connect() as db:
            for name, value in variables(db).items():
                os.environ.setdefault(f"AIRFLOW_VAR_{name.upper()}", value)
            return scheduling_of(db), None
    except (SQLAlchemyError, InvalidToken, ValueError) as error:
        return None, type(error).__name__


def variables(db: Connection) -> dict[str, str]:
    """The Variables that are needed, as far as they are set."""
    query = text("SELECT key, val, is_encrypted FROM variable WHERE key IN :names")
    found = db.execute(query.bindparams(bindparam("names", VARIABLES, expanding=True))).all()
    return {key: decrypted(value) if is_encrypted else value for key, value, is_encrypted in found if value}


def decrypted(value: str) -> str:
    """A value as it was before Airflow encrypted it."""
    keys = conf.get("core", "fernet_key").split(",")
    return MultiFernet([Fernet(key.strip()) for key in keys]).decrypt(value.encode()).decode()


def scheduling_of(db: Connection) -> Scheduling:
    """Whether the DAG is paused, when its next run is due, and when a scheduler was seen last."""
    dag = db.execute(
        text("SELECT is_paused, next_dagrun_create_after FROM dag WHERE dag_id = :dag_id"), {"dag_id": DAG_ID}
    ).one_or_none()
    seen = db.execute(
        text("SELECT max(latest_heartbeat) FROM job WHERE job_type = 'SchedulerJob' AND state = 'running'")
    ).scalar()
    is_paused, next_at = dag or (None, None)
    return Scheduling(None if is_paused is None else bool(is_paused), moment(next_at), moment(seen))


def moment(value: Any) -> datetime | None:
    """A time as SQLite or PostgreSQL gives it."""
    if value is None:
        return None
    at = datetime.fromisoformat(str(value))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    sys.exit(main())
