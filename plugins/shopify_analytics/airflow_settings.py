"""Variables and connections as Airflow has them: "not set" told apart from "cannot be read just now".

Airflow's own lookups take both for "not set": a Variable would have its default while the API server starts
anew, and a sync would go on with it.
https://github.com/apache/airflow/blob/3.3.2/task-sdk/src/airflow/sdk/execution_time/secrets/execution_api.py
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from airflow.sdk import Connection, Variable
from airflow.sdk.exceptions import AirflowNotFoundException, AirflowRuntimeError

from shopify_analytics.errors import AirflowUnavailable


def variable(name: str) -> str:
    """The Variable's value without spaces around it, empty when there is no such Variable.

    :raises AirflowUnavailable: when a task cannot know.
    """
    value = Variable.get(name, default=None)
    if value is None and name in _names_of_variables(name):
        value = Variable.get(name, default=None)
        if value is None:
            raise AirflowUnavailable(
                f"Airflow has the Variable {name} and does not give its value: set it again under Admin > "
                "Variables if the next try says the same"
            )
    return str(value or "").strip()


def connection(conn_id: str) -> Connection | None:
    """The connection, None when there is none that Airflow can read.

    :raises AirflowUnavailable: when a task cannot know.
    """
    with suppress(AirflowNotFoundException):
        return Connection.get(conn_id)
    _names_of_variables(conn_id)
    with suppress(AirflowNotFoundException):
        return Connection.get(conn_id)
    return None


def _names_of_variables(prefix: str) -> Collection[str]:
    """What Airflow's database has; nothing outside of a task, where nobody can be asked.

    Unlike a lookup it fails while the API server is away: its answer vouches for the lookups beside it.

    :raises AirflowUnavailable: when a task gets no answer.
    """
    try:
        return list(Variable.keys(prefix))
    except ImportError:
        return ()
    except AirflowRuntimeError as error:
        raise AirflowUnavailable(
            f"Airflow's API server does not say what is set ({error.error.error.value}): look into its log "
            "if the next try says the same"
        ) from None
