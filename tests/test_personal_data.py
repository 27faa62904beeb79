"""With ``analytics_personal_data`` = ``exclude`` nothing that names a person leaves the database."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from demo_store.state import Store
from shopify_analytics.analytics import compute_summary, write_summary
from shopify_analytics.csv_export import export_reports, export_tables
from shopify_analytics.personal_data import PERSONAL

from tests import planted
from tests.faults.shops import SyncedShop, serving, written
from tests.planted import PERSON_ID, STORED, found_in, order_id
from tests.syncing import Syncs

MODES = {"include": True, "exclude": False}
Rows = list[dict[str, str]]


@dataclass
class Files:
    """The files of one mode."""

    folder: Path

    def rows(self, name: str) -> Rows:
        """The rows of ``<name>.csv``."""
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def header(self, name: str) -> str:
        """The first line of ``<name>.csv``."""
        return (self.folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]

    def column(self, name: str, column: str) -> list[str]:
        """A column of ``<name>.csv``."""
        return [row[column] for row in self.rows(name)]

    @property
    def names(self) -> list[str]:
        """The names of all CSV files."""
        return sorted(path.stem for path in self.folder.glob("*.csv"))


@pytest.fixture
def files(syncs: Syncs, db: sqlite3.Connection, tmp_path: Path) -> dict[str, Files]:
    """CSV files and summary of the planted shop in both modes."""
    syncs.load(products=planted.products(), customers=planted.customers(), orders=planted.orders())
    made = {}
    for mode, personal_data in MODES.items():
        folder = tmp_path / mode
        export_tables(db, folder, folder / "staging", personal_data=personal_data)
        export_reports(db, folder, folder / "staging")
        write_summary(compute_summary(db, 10), folder / "analytics_summary.json", folder / "staging")
        made[mode] = Files(folder)
    return made


def test_files_name_persons_only_when_they_may(files: dict[str, Files]) -> None:
    found = {mode: found_in(*planted.contents(made.folder)) for mode, made in files.items()}
    assert found == {"include": STORED, "exclude": set()}


def test_the_summary_names_nobody_in_either_mode(files: dict[str, Files]) -> None:
    for made in files.values():
        assert found_in((made.folder / "analytics_summary.json").read_bytes()) == set()


def test_files_have_the_same_columns_in_both_modes(files: dict[str, Files]) -> None:
    include, exclude = files["include"], files["exclude"]
    assert len(include.names) > 15
    assert exclude.names == include.names
    assert {name: exclude.header(name) for name in exclude.names} == {
        name: include.header(name) for name in include.names
    }


def emptied(include: Rows, exclude: Rows) -> set[str]:
    """The columns in which the rows differ; what is left out is empty."""
    columns = set()
    for full, without in zip(include, exclude, strict=True):
        differing = {column for column in full if full[column] != without[column]}
        assert {without[column] for column in differing} <= {""}
        columns |= differing
    return columns


def test_exactly_those_columns_are_empty_that_a_redaction_blanks(files: dict[str, Files]) -> None:
    left_out = {
        name: emptied(files["include"].rows(name), files["exclude"].rows(name))
        for name in files["include"].names
    }
    assert {name: columns for name, columns in left_out.items() if columns} == {
        table: set(personal.columns) for table, personal in PERSONAL.items()
    }


def test_what_products_and_the_shop_itself_are_called_stays(files: dict[str, Files]) -> None:
    exclude = files["exclude"]
    assert exclude.column("orders", "name") == [f"#{1000 + number}" for number in range(1, 8)]
    assert exclude.column("line_items", "title") == ["Mug 001", *(f"Mug {n:03d}" for n in range(2, 8)), ""]
    assert set(exclude.column("customers", "city")) == {"Gent", "Utrecht"}
    assert exclude.column("orders", "geo_city")[:5] == ["Gent"] * 5


def test_relations_hold_without_personal_data(files: dict[str, Files]) -> None:
    exclude = files["exclude"]
    customers, buyers, orders = (
        set(exclude.column(*column))
        for column in (("customers", "customer_id"), ("buyers", "buyer_id"), ("orders", "order_id"))
    )
    assert set(exclude.column("orders", "customer_id")) - {""} <= customers
    assert set(exclude.column("orders", "buyer_id")) == buyers
    assert buyers == {str(PERSON_ID), str(planted.OTHER_ID), str(-order_id(4))}
    for name in ("line_items", "refunds", "refund_line_items", "discount_allocations", "sales_ledger"):
        assert set(exclude.column(name, "order_id")) <= orders


@pytest.fixture
def trial(store: Store, tmp_path: Path) -> Iterator[SyncedShop]:
    """The planted shop before its first sync."""
    store.put("products", planted.products())
    store.put("customers", planted.customers())
    store.put("orders", planted.orders())
    with serving(store, tmp_path / "sync", analytics_personal_data="include") as trial:
        yield trial


def left_the_database(trial: SyncedShop) -> set[str]:
    """Planted words in the CSV files, the summary and the run logs."""
    data_dir = trial.pipeline.data_dir
    files = [*data_dir.glob("*.csv"), *data_dir.glob("*.json"), *trial.pipeline.log_dir.iterdir()]
    return found_in(*(path.read_bytes() for path in files))


def test_the_next_run_brings_the_files_to_what_the_variable_says(trial: SyncedShop) -> None:
    named = {f"{table}.csv" for table in PERSONAL}
    trial.sync()
    assert left_the_database(trial) == STORED
    figures = trial.summary()

    trial.pipeline.variables["analytics_personal_data"] = "exclude"
    assert set(written(trial.sync())) == named
    assert left_the_database(trial) == set()
    assert trial.summary() == figures
    assert written(trial.sync()) == []

    trial.pipeline.variables["analytics_personal_data"] = "include"
    assert set(written(trial.sync())) == named
    assert left_the_database(trial) == STORED


def test_another_value_is_refused_before_anything_is_written(trial: SyncedShop) -> None:
    trial.pipeline.variables["analytics_personal_data"] = "Exclude"
    run = trial.run()
    assert run.reasons["plan_sync"] == (
        "Variable analytics_personal_data is 'Exclude': set it to include or exclude"
    )
    assert list(trial.pipeline.data_dir.glob("*.csv")) == []


def test_the_json_of_both_modes_is_the_same(files: dict[str, Files]) -> None:
    include, exclude = (
        json.loads((made.folder / "analytics_summary.json").read_text(encoding="utf-8"))
        for made in files.values()
    )
    assert include | {"generated_at": ""} == exclude | {"generated_at": ""}
