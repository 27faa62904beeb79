"""An upgrade of an earlier version, with a migration that fails first; then a store of one's own.

One platform goes through all of it, once, whichever test comes first.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.compose.airflow_api import DAG_ID
from tests.compose.conftest import new_name
from tests.compose.leaks import contents, places_of, shown
from tests.compose.platform import FIGURES, Platform, lay_over, platform_in, wait_for, write_env
from tests.compose.second_life import (
    BOOK,
    CLIENT_ID,
    CLIENT_SECRET,
    DOMAIN,
    HOST,
    KEY_FILE,
    TOKEN,
    WRONG_TOKEN,
    add_migration,
    add_other_store,
    lay_earlier_version,
    select,
)
from tests.compose.test_data import assert_shows_the_store
from tests.standalone import free_ports

ROWS = "SELECT 'products', count(*) FROM products UNION ALL SELECT 'orders', count(*) FROM orders"
VERSION = "SELECT value FROM metadata WHERE key = 'schema_version'"
ENDPOINT = "/variables/google_sheets_api_endpoint"
STORE = "SELECT value FROM metadata WHERE key = 'shop.domain'"
ORDERS_LOADED = """
    SELECT sum(rows ->> '$.orders.inserted')
    FROM sync_runs
    WHERE started_at <= (SELECT started_at FROM sync_runs WHERE run_id = '{run_id}')
"""


@dataclass(frozen=True)
class Upgrade:
    """What was there before, what a failed migration told, and what a good one has come to."""

    rows: list[tuple[object, ...]]
    runs: list[str]
    failed_run: dict[str, str | None]
    reason: str
    rows_meanwhile: list[tuple[object, ...]]
    version_before: int
    version_meanwhile: int
    version_after: int


@dataclass(frozen=True)
class GoingLive:
    """What was there of the demo store, what a wrong token came to, and what the platform said."""

    demo_rows: list[tuple[object, ...]]
    refused_run: dict[str, str | None]
    reason: str
    said: str
    welcome: tuple[int, str]
    corrected: list[str]
    welcome_then: tuple[int, str]


@pytest.fixture(scope="module")
def second_clone(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A folder for another platform, which has no files yet."""
    with platform_in(tmp_path_factory.mktemp("second"), new_name(), free_ports(1)[0]) as platform:
        yield platform


@pytest.fixture(scope="module")
def upgraded(second_clone: Platform) -> Upgrade:
    """The second platform, from its first start to its upgrade."""
    platform = second_clone
    commit = lay_earlier_version(platform.folder)
    FIGURES.append(f"upgraded from {commit or 'itself, since no earlier version has the platform'}")
    add_other_store(platform.folder)
    platform.up()
    assert platform.welcome()[0] == 0
    platform.write_reports("none")
    rows, runs = select(platform, ROWS), [run["dag_run_id"] for run in platform.api.runs(DAG_ID)]
    version = version_of(platform)
    lay_over(platform.folder)
    migration = add_migration(platform.folder, "CREATE TABLE products (id INTEGER);\n")
    platform.up("--build")
    failed_run = platform.api.trigger(DAG_ID)
    assert platform.api.wait(DAG_ID, failed_run) == "failed"
    tasks, reason = platform.api.tasks(DAG_ID, failed_run), platform.api.log(DAG_ID, failed_run, "plan_sync")
    rows_meanwhile, version_meanwhile = select(platform, ROWS), version_of(platform)
    migration.write_text("CREATE TABLE of_the_tests (id INTEGER PRIMARY KEY);\n", encoding="utf-8")
    platform.sync()
    version_after = version_of(platform)
    return Upgrade(rows, runs, tasks, reason, rows_meanwhile, version, version_meanwhile, version_after)


@pytest.fixture(scope="module")
def live(upgraded: Upgrade, second_clone: Platform) -> GoingLive:
    """The second platform, from the demo store to one's own, with a mistake in between."""
    platform = second_clone
    demo_rows = select(platform, ROWS)
    write_env(platform.folder, {"SHOPIFY_STORE": HOST, "SHOPIFY_API_TOKEN": WRONG_TOKEN})
    platform.up()
    said = platform.compose("logs", "--no-log-prefix", "init")
    run_id = platform.api.trigger(DAG_ID)
    assert platform.api.wait(DAG_ID, run_id) == "failed"
    tasks, reason = platform.api.tasks(DAG_ID, run_id), platform.api.log(DAG_ID, run_id, "plan_sync")
    welcome = platform.welcome()
    credentials = {"SHOPIFY_CLIENT_ID": CLIENT_ID, "SHOPIFY_CLIENT_SECRET": CLIENT_SECRET}
    write_env(platform.folder, {"SHOPIFY_STORE": HOST, **credentials})
    known = {run["dag_run_id"] for run in platform.api.runs(DAG_ID)}
    platform.up()
    welcome_then = platform.welcome()
    runs = [run for run in platform.api.runs(DAG_ID) if run["dag_run_id"] not in known]
    tried = [run["dag_run_id"] for run in runs if run["run_type"] == "manual"]
    corrected = [platform.api.wait(DAG_ID, run_id) for run_id in tried]
    return GoingLive(demo_rows, tasks, reason, said, welcome, corrected, welcome_then)


@dataclass(frozen=True)
class SheetsSetUp:
    """What the check of a new spreadsheet said, and the first push, which may be a tick's."""

    key: dict[str, str]
    checked: str
    run_id: str
    log: str


@pytest.fixture(scope="module")
def with_sheets(live: GoingLive, second_clone: Platform) -> SheetsSetUp:
    """The second platform with a spreadsheet: a key in its folder, and a line in ``.env``."""
    platform = second_clone
    platform.api.patch(ENDPOINT, {"key": ENDPOINT.rpartition("/")[2], "value": "http://sheets:8000"})
    key_file = platform.folder / KEY_FILE
    shutil.copyfile(platform.folder / "other-store" / KEY_FILE, key_file)
    key_file.chmod(0o600)
    credentials = {"SHOPIFY_CLIENT_ID": CLIENT_ID, "SHOPIFY_CLIENT_SECRET": CLIENT_SECRET}
    write_env(platform.folder, {"SHOPIFY_STORE": HOST, **credentials, "GOOGLE_SHEET_ID": BOOK})
    platform.up()
    checked = platform.execute("scheduler", "python", "include/database_commands.py", "sheets-check")
    platform.sync()
    first = next(
        run["dag_run_id"]
        for run in platform.api.runs(DAG_ID)
        if platform.api.tasks(DAG_ID, run["dag_run_id"])["push_to_sheets"] == "success"
    )
    log = platform.api.log(DAG_ID, first, "push_to_sheets")
    return SheetsSetUp(json.loads(key_file.read_text(encoding="utf-8")), checked, first, log)


def version_of(platform: Platform) -> int:
    """The version of the database's schema."""
    return int(str(select(platform, VERSION)[0][0]))


def failed(tasks: dict[str, str | None]) -> set[str]:
    """The tasks that failed of themselves."""
    return {task_id for task_id, state in tasks.items() if state == "failed"}


def demo_folder(platform: Platform) -> Path:
    """Where the demo store's data went."""
    (folder,) = platform.data.glob("demo-*")
    return folder


def test_an_upgrade_migrates_the_database_and_keeps_rows_and_history(
    upgraded: Upgrade, second_clone: Platform
) -> None:
    assert upgraded.version_after > upgraded.version_before
    kept = {run["dag_run_id"] for run in second_clone.api.runs(DAG_ID)}
    assert set(upgraded.runs) <= kept
    assert upgraded.runs != []


def test_a_migration_that_fails_is_told_and_leaves_the_data_as_it_was(upgraded: Upgrade) -> None:
    assert failed(upgraded.failed_run) == {"plan_sync", "report_run"}
    assert "_of_the_tests.sql" in upgraded.reason
    assert "table products already exists" in upgraded.reason
    assert upgraded.rows_meanwhile == upgraded.rows
    assert upgraded.version_meanwhile <= upgraded.version_after - 1


def test_going_live_moves_the_demo_data_away_and_says_so(live: GoingLive, second_clone: Platform) -> None:
    folder = demo_folder(second_clone)
    assert f"The demo store's data is in data/{folder.name} now." in live.said
    names = {path.name for path in folder.iterdir()}
    assert {"shopify_data.db", "orders.csv", "customers.csv", "analytics_summary.json"} <= names
    assert f"The store is {HOST}, as .env says." in live.said


def test_what_is_left_is_the_stores_own(live: GoingLive, second_clone: Platform, tmp_path: Path) -> None:
    platform = second_clone
    assert select(platform, STORE) == [(DOMAIN,)]
    assert select(platform, ROWS) != live.demo_rows
    assert_shows_the_store(platform, tmp_path, platform.folder / "other-store" / "store.db")


def test_the_demo_store_idles_then(live: GoingLive, second_clone: Platform) -> None:
    platform = second_clone
    assert platform.containers()["demo-store"]["State"]["Health"]["Status"] == "healthy"
    assert "Idle: .env names a store." in platform.compose("logs", "--no-log-prefix", "demo-store")
    asked = platform.execute(
        "scheduler", "sh", "-c", "curl --silent http://demo-store:8000/ || echo closed", check=False
    )
    assert asked.strip() == "closed"


def test_the_next_start_moves_nothing(live: GoingLive, second_clone: Platform) -> None:
    platform, folder = second_clone, demo_folder(second_clone)
    rows = select(platform, ROWS)
    platform.up()
    assert demo_folder(platform) == folder
    assert select(platform, ROWS) >= rows
    assert select(platform, STORE) == [(DOMAIN,)]


def test_a_wrong_token_is_one_clear_sentence_and_the_others_wait(live: GoingLive) -> None:
    states = live.refused_run
    assert failed(states) == {"plan_sync", "report_run"}
    others = {state for task_id, state in states.items() if task_id not in failed(states)}
    assert others == {"upstream_failed"}
    sentence = f"{HOST} answered 401 to GET /admin/api/2026-10/shop.json"
    assert sentence in live.reason
    code, said = live.welcome
    assert code == 1
    assert sentence in said


def test_a_token_that_is_corrected_is_tried_at_once(live: GoingLive) -> None:
    assert live.corrected == ["success"]
    code, said = live.welcome_then
    assert code == 0
    assert "Airflow answers, no sync has succeeded yet: waiting for the next" in said
    assert "reconciled" in said


def test_a_key_in_the_folder_and_a_line_in_env_are_all_that_a_spreadsheet_needs(
    with_sheets: SheetsSetUp, second_clone: Platform
) -> None:
    account = with_sheets.key["client_email"]
    assert with_sheets.checked.startswith(f"Account      {account}\n")
    assert f"({BOOK}): {account} may edit it" in with_sheets.checked
    assert with_sheets.checked.rstrip().endswith("All is well: the next sync can push")
    ((orders,),) = select(second_clone, ORDERS_LOADED.format(run_id=with_sheets.run_id))
    assert f"Orders: {orders} rows written" in with_sheets.log


def test_what_env_names_comes_to_light_nowhere(with_sheets: SheetsSetUp, second_clone: Platform) -> None:
    platform = second_clone
    planted = (CLIENT_ID, CLIENT_SECRET, WRONG_TOKEN, with_sheets.key["private_key"].splitlines()[5])
    wait_for("no sync to go on", lambda: platform.api.runs(DAG_ID)[-1]["state"] != "running")
    ours = [(place, text) for place, text in shown(platform) if "other-store" not in place]
    assert places_of([*planted[1:], TOKEN], ours) == []
    assert places_of(planted, contents(platform.data)) == []
    assert (platform.folder / ".env").stat().st_mode & 0o777 == 0o600
