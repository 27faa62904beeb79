"""Finds the real transactions that some tests load: too large to commit, free to download."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
NO_TRANSACTIONS_FILE = (
    "no file of real transactions: set TRANSACTIONS_FILE to the Online Retail dataset as CSV "
    "(https://doi.org/10.24432/C5BW33)"
)


def find_transactions_file() -> Path | None:
    """Return the file that ``TRANSACTIONS_FILE`` names, else one in a ``data`` folder beside the project."""
    if named := os.environ.get("TRANSACTIONS_FILE"):
        return Path(named)
    return next(iter(sorted(PROJECT.parent.glob("*/data/online_retail.csv.gz"))), None)
