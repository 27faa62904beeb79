"""``make snapshot``, ``make rebuild`` and ``make redact``: what they do, and what they say to a person."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import database_commands
import pytest
from demo_store.state import Store
from shopify_analytics.config import PROJECT
from shopify_analytics.database import connect
from shopify_analytics.exclusive import locked

from tests import planted
from tests.demo_store.records import FIRST_CUSTOMER_ID
from tests.faults.shops import SyncedShop, serving
from tests.planted import EMAIL, OTHER_ID, PERSON_ID, PLANTED, found_in, order_id
from tests.syncing import dump
from tests.test_aggregates import derived

Printed = pytest.CaptureFixture[str]
LAST_WORD = "A sync brings back what the store still has: erase the customer's personal data there, too"


@pytest.fixture
def trial(store: Store, tmp_path: Path) -> Iterator[SyncedShop]:
    """The planted shop after its first sync."""
    store.put("products", planted.products())
    store.put("customers", planted.customers())
    store.put("orders", planted.orders())
    with serving(store, tmp_path / "sync") as trial:
        trial.sync()
        yield trial


def run(trial: SyncedShop, *arguments: str) -> str:
    """Run a command with the Variables of the trial; return what was wrong, nothing when all was well."""
    with trial.pipeline.environment():
        try:
            assert database_commands.main(list(arguments)) == 0
        except SystemExit as refused:
            return str(refused.code)
    return ""


def found(trial: SyncedShop) -> set[str]:
    """Planted words in any file: data, staging and logs."""
    return found_in(*planted.contents(trial.pipeline.folder))


@pytest.mark.parametrize("named", [True, False])
def test_a_snapshot_is_made_of_the_database_that_the_variables_name(
    trial: SyncedShop, tmp_path: Path, capsys: Printed, named: bool
) -> None:
    capsys.readouterr()
    copy = tmp_path / "copy.db" if named else trial.pipeline.data_dir / "shopify_data_snapshot.db"
    assert run(trial, "snapshot", *([str(copy)] if named else [])) == ""
    with connect(trial.pipeline.database) as db, connect(copy) as copied:
        assert dump(copied) == dump(db)
    assert re.fullmatch(rf"Snapshot: {copy}, 0\.\d MB\n", capsys.readouterr().out)


def test_a_rebuild_makes_derived_tables_and_files_anew(trial: SyncedShop, capsys: Printed) -> None:
    with connect(trial.pipeline.database) as db:
        before, files = derived(db), trial.csv("buyers")
        db.execute("UPDATE buyers SET orders = 7")
        db.execute("DELETE FROM daily_sales")
    figures = trial.summary()
    (trial.pipeline.data_dir / "buyers.csv").unlink()
    (trial.pipeline.data_dir / "analytics_summary.json").unlink()
    capsys.readouterr()

    assert run(trial, "rebuild") == ""
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"Rebuilt: what is derived from orders, and the files in {trial.pipeline.data_dir}"
    )
    with connect(trial.pipeline.database) as db:
        assert derived(db) == before
    assert (trial.csv("buyers"), trial.summary()) == (files, figures)


def test_a_redaction_says_how_much_and_never_what(trial: SyncedShop, capsys: Printed) -> None:
    assert run(trial, "snapshot") == ""
    figures = trial.summary()
    assert found(trial)
    capsys.readouterr()
    assert run(trial, "redact", str(PERSON_ID), f"{order_id(4)}, {order_id(2)}") == ""
    printed = capsys.readouterr().out
    snapshot = trial.pipeline.data_dir / "shopify_data_snapshot.db"
    assert [line for line in printed.splitlines() if "[info" not in line] == [
        (
            "Customer 8200000000001: blanked customers 1, orders 5, line_items 1, refunds 1, "
            "discount_allocations 1"
        ),
        f"What was copied before still names the customer, such as {snapshot}: replace snapshots and backups",
        LAST_WORD,
    ]
    assert found_in(printed.encode()) == set()
    snapshot.unlink()
    assert found(trial) == set()
    assert trial.summary() == figures
    assert not (trial.pipeline.data_dir / ".command").exists()


def test_a_second_redaction_has_nothing_to_do(trial: SyncedShop, capsys: Printed) -> None:
    assert run(trial, "redact", str(PERSON_ID)) == ""
    capsys.readouterr()
    assert run(trial, "redact", str(PERSON_ID), "") == ""
    assert capsys.readouterr().out.splitlines() == [
        "Customer 8200000000001: nothing was left to blank",
        "What was copied before still names the customer: replace snapshots and backups",
        LAST_WORD,
    ]


def test_others_with_the_same_email_are_named_by_their_ids(trial: SyncedShop, capsys: Printed) -> None:
    with connect(trial.pipeline.database) as db:
        db.execute("UPDATE customers SET email = ? WHERE id = ?", (EMAIL, OTHER_ID))
    assert run(trial, "redact", str(PERSON_ID)) == ""
    line = "Left as they are, though they have an e-mail of this customer: customers 8200000000002"
    assert line in capsys.readouterr().out.splitlines()


def test_syncs_bring_back_only_what_the_store_still_has(trial: SyncedShop) -> None:
    figures, guests = trial.summary(), f"{order_id(4)} {order_id(5)}"
    assert run(trial, "redact", str(PERSON_ID), guests) == ""
    trial.sync()
    assert found(trial) == set()

    trial.sync(full_sync=True)
    assert found(trial) == PLANTED - planted.RAW
    assert run(trial, "redact", str(PERSON_ID), guests) == ""
    trial.store.put("customers", planted.erased(planted.customers()))
    trial.store.put("orders", planted.erased(planted.orders()))
    trial.sync(full_sync=True)
    assert found(trial) == set()
    counted = ("total_orders", "ordering_customers", "repeat_rate_percent", "net_sales", "total_sales")
    assert trial.figures(*counted) == {name: figures[name] for name in counted}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ([], "No customer is named:"),
        (["", ""], "No customer is named:"),
        (["anna@example.org"], "'anna@example.org' is no id:"),
        (["gid://shopify/Customer/1"], "'gid://shopify/Customer/1' is no id:"),
        (["1", "#1001"], "'#1001' is no id:"),
        (["9" * 19], f"'{'9' * 19}' is no id:"),
    ],
)
def test_a_redaction_of_something_else_than_an_id_is_refused(
    trial: SyncedShop, options: list[str], problem: str
) -> None:
    assert run(trial, "redact", *options) == (f'{problem} use make redact CUSTOMER=<id> [ORDERS="<id> <id>"]')


def test_an_unknown_customer_is_refused_in_one_line(trial: SyncedShop) -> None:
    assert run(trial, "redact", str(FIRST_CUSTOMER_ID + 99)) == (
        "Nothing is known here of a customer 8200000000099: use the id that Shopify has for them"
    )
    assert found(trial) == PLANTED - planted.RAW


@pytest.mark.parametrize("command", ["snapshot", "rebuild", "redact"])
def test_without_a_database_a_command_says_so_and_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_ANALYTICS_DATA_DIR", str(tmp_path))
    with pytest.raises(SystemExit) as refused:
        database_commands.main([command, *(["1"] if command == "redact" else [])])
    assert refused.value.code == (
        f"There is no database at {tmp_path}/shopify_data.db yet: sync first, or set analytics_data_dir"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_variable_that_cannot_be_used_is_refused_before_anything_is_blanked(trial: SyncedShop) -> None:
    trial.pipeline.variables["analytics_personal_data"] = "no"
    assert run(trial, "redact", str(PERSON_ID)) == (
        "Variable analytics_personal_data is 'no': set it to include or exclude"
    )
    assert found(trial) == PLANTED - planted.RAW


def test_a_redaction_leaves_out_of_the_files_what_the_variable_says(trial: SyncedShop) -> None:
    trial.pipeline.variables["analytics_personal_data"] = "exclude"
    assert run(trial, "redact", str(OTHER_ID)) == ""
    assert {row["email"] for row in trial.csv("orders")} == {""}


def test_an_unknown_command_is_refused_in_one_line() -> None:
    with pytest.raises(SystemExit) as refused:
        database_commands.main(["delete"])
    assert refused.value.code == (
        "There is no command 'delete': use snapshot, rebuild, redact, restore, new-store, status, "
        "sheets-check"
    )


def test_one_command_waits_for_the_other(tmp_path: Path) -> None:
    order = []

    def second() -> None:
        with locked(tmp_path):
            order.append("second")

    other = threading.Thread(target=second)
    with locked(tmp_path):
        other.start()
        time.sleep(0.1)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_what_a_killed_command_has_left_is_removed(trial: SyncedShop) -> None:
    leftover = trial.pipeline.data_dir / ".command" / "redaction.db"
    leftover.parent.mkdir()
    leftover.write_text(EMAIL, encoding="utf-8")
    assert run(trial, "redact", str(PERSON_ID), str(order_id(4))) == ""
    assert found(trial) == set()


def test_it_is_a_plain_command_where_airflow_is_set_up(
    airflow_database: Path, trial: SyncedShop, tmp_path: Path
) -> None:
    with trial.pipeline.environment():
        script = str(PROJECT / "include" / "database_commands.py")
        done = subprocess.run(
            [sys.executable, script, "redact", str(PERSON_ID), str(order_id(4))],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].startswith("Customer 8200000000001: blanked customers 1, orders 5, ")
    assert len(done.stdout.splitlines()) == 3
    with closing(sqlite3.connect(trial.pipeline.database)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert found(trial) == set()
