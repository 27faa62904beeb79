"""How Airflow opens its own database without Docker, which is SQLite there."""

from __future__ import annotations

# Python's five seconds are too few: the API server's first answer to a task makes Airflow's versioned API,
# for five seconds amid a transaction, and what somebody triggers then is answered with 500.
# https://docs.python.org/3/library/sqlite3.html#sqlite3.connect
CONNECT_ARGS = {"timeout": 60}
