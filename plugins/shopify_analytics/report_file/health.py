"""How the syncs are doing, as the page Pipeline Health says it, in short; when the report was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shopify_analytics.report_file.cards import Card
from shopify_analytics.report_file.drawing import spec_of
from shopify_analytics.report_file.reading import Row
from shopify_analytics.report_file.tables import Table
from shopify_analytics.report_file.wording import Wording, number

UNSUCCESSFUL = ("failed", "up_for_retry", "killed")
MOST_LINES = 10


@dataclass(frozen=True)
class Fact:
    """A figure of the pipeline."""

    name: str
    value: str
    detail: str


@dataclass(frozen=True)
class Health:
    """What the pipeline's page shows: what is wrong, figures, charts and tables."""

    troubles: list[str]
    facts: list[Fact]
    cards: list[Card]


def health(found: Mapping[str, Any], wording: Wording) -> Health:
    """The health of the pipeline by what the dashboards' API answers about it; of runs, those that ended."""
    runs = [run | run["rows"] for run in found["runs"] if run["seconds"] is not None]
    clocked = [run | {"started_at": wording.on_shop_clock(run["started_at"])} for run in runs]
    tries = [each for run in runs for each in run["tries"] if each["state"] != "running"]
    odd = [each for each in tries if each["state"] in UNSUCCESSFUL]
    compared = [
        {"entity": entity, "last_sweep_at": value["last_sweep"], **value}
        for entity, value in (found["reconciliation"] or {}).items()
        if isinstance(value, dict)
    ]
    none_yet = "The first run had not ended when this was written."

    def table(heading: str, definition: str, empty: str, rows: list[Row], columns: str) -> Card:
        note = "" if rows else empty
        return Card(heading, definition, note=note, table=Table.of(rows, columns.split(), wording))

    def chart(name: str, rows: list[Row]) -> Card:
        spec = spec_of(name)
        note = "" if rows else none_yet
        return Card(spec["title"], spec["description"], note=note, chart=name, spec=spec, rows=rows)

    return Health(
        [wording.sentence(f"{_ended(each['detail'])} {each['advice']}") for each in found["troubles"]],
        _facts(found, runs, wording),
        [
            table(
                "Reconciliation",
                "The store's records beside the database's.",
                "Nothing is compared yet. The first full sync does.",
                compared,
                "entity state store database missing rejected last_sweep_at",
            ),
            table(
                "Latest runs",
                f"At most {MOST_LINES}; rows that each inserted, updated and deleted.",
                none_yet,
                runs[:MOST_LINES],
                "started_at state kind seconds inserted updated deleted",
            ),
            chart("task_durations", tries),
            chart("run_durations", clocked),
            chart("api_requests", clocked),
            table(
                "Rejected records",
                "They are tried again with each sync.",
                "No record was rejected.",
                found["rejected"],
                "entity reason records",
            ),
            table(
                "Tries that did not succeed",
                f"At most {MOST_LINES} of the latest runs.",
                "Every try of the latest runs succeeded.",
                odd[-MOST_LINES:],
                "started_at task_id try_number state reason",
            ),
        ],
    )


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _facts(found: Mapping[str, Any], runs: list[Row], wording: Wording) -> list[Fact]:
    well = sum(run["state"] == "success" for run in runs)
    requests, refused = (sum(run[name] for run in runs) for name in ("api_calls", "api_refused"))
    rejected = sum(each["records"] for each in found["rejected"])
    backups = found["backups"]

    def told(moment: str | None) -> str:
        return wording.moment(moment) if moment else "None yet"

    return [
        Fact("Data as of", told(found["data_as_of"]), ""),
        Fact("Runs that succeeded", f"{well} of {len(runs)}", "of the latest"),
        Fact("API requests", number(requests, 0), f"{number(refused, 0)} refused, in the latest runs"),
        Fact("Rejected records", number(rejected, 0), "waiting to be read"),
        Fact("Newest backup", told(backups["newest"]), f"{number(backups['number'], 0)} kept"),
    ]
