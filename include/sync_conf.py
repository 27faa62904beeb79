"""What a sync is triggered with, checked against the DAG's own params before anything is started.

``python sync_conf.py '{"full_sync": true}'``, in the environment of Airflow, says what is wrong, or nothing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import ParamValidationError

DAGS = Path(__file__).resolve().parents[1] / "dags"


def problem(conf: dict[str, Any]) -> str | None:
    """What is wrong with ``conf``, in one sentence; None when the DAG takes it."""
    params = DagBag(DAGS).dags["shopify_sync"].params
    if unknown := sorted(set(conf) - set(params)):
        return f"CONF has the unknown key {', '.join(unknown)}: use {', '.join(params)}"
    try:
        params.update(conf)
        params.validate()
    except ParamValidationError as error:
        return f"CONF cannot be used: {str(error).splitlines()[0]}"
    return None


if __name__ == "__main__":
    sys.exit(problem(json.loads(sys.argv[1])))
