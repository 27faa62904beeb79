"""Asks the dashboards of a data folder for everything: prints what was asked, and the milliseconds.

Every answer is made anew: a request carries no ETag, and opens the database for itself.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from shopify_analytics.config import Folders
from shopify_analytics.database import connect, set_metadata
from shopify_analytics.web.preview import preview
from shopify_analytics.web.report_answers import DERIVED, DIMENSIONS, REPORTS

ROUNDS = 5
Parameters = dict[str, str]


def settle(database: Path) -> None:
    """Let the last day of the store be today, as it is in a store that syncs."""
    with connect(database) as db:
        (last,) = db.execute("SELECT max(order_date) FROM orders").fetchone()
        set_metadata(db, "watermark.orders", f"{last}T12:00:00Z")


def ranges(today: date) -> dict[str, Parameters]:
    """What the pages offer, and a year that is over."""
    days = {"7 days": 6, "30 days": 29, "12 months": 364}
    return {
        "all time": {},
        **{
            name: {"start": (today - timedelta(days=before)).isoformat(), "end": today.isoformat()}
            for name, before in days.items()
        },
        "the 12 months before": {
            "start": (today - timedelta(days=729)).isoformat(),
            "end": (today - timedelta(days=365)).isoformat(),
        },
    }


def parts(filters: dict[str, Any]) -> dict[str, Parameters]:
    """The store; its largest and smallest country and channel, alone and together."""
    found: dict[str, Parameters] = {"": {}}
    for size, place in (("largest", 0), ("smallest", -1)):
        members = {name: told["members"][place]["value"] for name, told in filters.items()}
        found |= {f"{size} {name}": {name: member} for name, member in members.items()}
        found[f"{size} country and channel"] = members
    return found


def questions(client: TestClient) -> Iterator[tuple[str, str, str, Parameters]]:
    """Endpoint, what is asked in words, path, parameters."""
    for path in ("shop", "pipeline", "definitions"):
        yield path, "it", f"api/{path}", {}
    shop = client.get("api/shop").json()
    dates = ranges(date.fromisoformat(shop["today"]))
    for name, asked in dates.items():
        yield "orders", name, "api/orders", asked
    told = client.get("api/definitions").json()["reports"]
    for report in (*REPORTS, *DERIVED):
        takes = set(told[report]["parameters"])
        for part, chosen in (parts(shop["filters"]) if "country" in takes else {"": {}}).items():
            for name, asked in (dates if "start" in takes else {"all time": {}}).items():
                for dimension in DIMENSIONS if "dimension" in takes else ("",):
                    words = " ".join(word for word in (dimension, name, part) if word)
                    of = {"dimension": dimension} if dimension else {}
                    yield report, words, f"api/reports/{report}", {**asked, **chosen, **of}


def main(data: Path) -> None:
    """Ask for everything several times, each time in the same order."""
    settle(data / "shopify_data.db")
    client = TestClient(preview(Folders(data, data / "logs")), "http://dashboards/shopify/")
    answered: dict[str, dict[str, list[float]]] = {}
    with client:
        asked = list(questions(client))
        for _ in range(ROUNDS):
            for endpoint, words, path, parameters in asked:
                started = time.process_time()
                client.get(path, params=parameters).raise_for_status()
                took = 1000 * (time.process_time() - started)
                answered.setdefault(endpoint, {}).setdefault(words, []).append(took)
    print(
        json.dumps(
            {
                "endpoints": {
                    endpoint: [{"asked": words, "ms": times} for words, times in of.items()]
                    for endpoint, of in answered.items()
                }
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
