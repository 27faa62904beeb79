"""Every test has an Airflow of its own: set before the first import of airflow, gone with the session."""

from __future__ import annotations

import gc
import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from demo_store.retail import transactions
from demo_store.retail.tally import Tally
from demo_store.state import Store

PROJECT = Path(__file__).resolve().parents[1]
ON_REQUEST = [Path(__file__).resolve().parent / name for name in ("browser", "compose")]
AIRFLOW_HOME = Path(tempfile.mkdtemp(prefix="shopify-analytics-tests-"))

for name in [name for name in os.environ if name.startswith(("AIRFLOW_", "SHOPIFY_", "GOOGLE_"))]:
    del os.environ[name]
# Airflow compiles for ten seconds: once, not in every process that a test starts.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
os.environ |= {
    "AIRFLOW_HOME": str(AIRFLOW_HOME),
    "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "SHOPIFY_SYNC_MAX_RETRY_SECONDS": "0",
}

pytest.register_assert_rewrite("tests.dag.equality", "tests.dag.refusals", "tests.faults.theatre")

from shopify_analytics.config import Folders  # noqa: E402 it imports airflow

from tests import planted  # noqa: E402
from tests.demo_store.records import SHOP  # noqa: E402
from tests.once import FOLDER, made_once  # noqa: E402
from tests.syncing import Syncs, new_database  # noqa: E402
from tests.transactions_file import NO_TRANSACTIONS_FILE, find_transactions_file  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    options = parser.getgroup("faults")
    options.addoption("--kills", type=int, default=200, help="moments at which a task is killed")
    options.addoption("--histories", type=int, default=100, help="random histories of a shop, 25 steps each")
    options.addoption("--seed", default="1", help="what these moments are drawn from")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what needs Docker or a browser, unless it is asked for."""
    if collection_path not in ON_REQUEST:
        return None
    asked_for = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    return None if any(path.is_relative_to(collection_path) for path in asked_for) else True


def pytest_sessionstart() -> None:
    if FOLDER not in os.environ:  # as it is in the workers of xdist
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="shopify-analytics-once-")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Spare the garbage collector from looking at all tests and all of Airflow again and again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    shutil.rmtree(AIRFLOW_HOME, ignore_errors=True)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


@pytest.fixture(scope="session")
def airflow_database() -> Path:
    """Airflow's own database, for tests that run the DAG; returned is the file of an empty one, to copy."""
    empty = made_once("airflow_database", _migrate_airflow) / "airflow.db"
    shutil.copy(empty, AIRFLOW_HOME)
    return empty


def _migrate_airflow(folder: Path) -> None:
    migrate = [sys.executable, "-m", "airflow", "db", "migrate"]
    env = os.environ | {"AIRFLOW_HOME": str(folder)}
    subprocess.run(migrate, env=env, check=True, capture_output=True)


@pytest.fixture(scope="session")
def online_retail() -> tuple[Store, Tally]:
    """The shop of a year of real transactions, and what became of them; not to be changed."""
    source = find_transactions_file()
    if source is None:
        pytest.skip(NO_TRANSACTIONS_FILE)

    def make(folder: Path) -> None:
        store, tally = transactions.load(source, folder / "store.db")
        store.close()
        (folder / "tally").write_bytes(pickle.dumps(tally))

    made = made_once("online_retail", make)
    tally: Tally = pickle.loads((made / "tally").read_bytes())  # noqa: S301 our own
    return Store.open(made / "store.db"), tally


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty demo shop, in Amsterdam."""
    store = Store.create(tmp_path / "store.db", SHOP)
    yield store
    store.close()


@pytest.fixture
def syncs(tmp_path: Path) -> Iterator[Syncs]:
    """What loads records into ``db``."""
    with new_database(tmp_path / "data", SHOP) as syncs:
        yield syncs


@pytest.fixture
def db(syncs: Syncs) -> sqlite3.Connection:
    """A database that knows its shop, in Amsterdam, and holds nothing else."""
    return syncs.db


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Where ``db`` is."""
    return Folders(tmp_path / "data", tmp_path / "logs")


@pytest.fixture
def loaded(syncs: Syncs, db: sqlite3.Connection) -> sqlite3.Connection:
    """The planted shop, loaded."""
    syncs.load(products=planted.products(), customers=planted.customers(), orders=planted.orders())
    return db
