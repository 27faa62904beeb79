"""Nothing secret and nobody's name in what the platform shows, logs, or keeps in Airflow's database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compose.conftest import FirstStart
from tests.compose.leaks import Text, contents, customers_in, file_of, places_of, secrets_of, shown
from tests.compose.platform import Platform

FILES = {
    *("admin.password", "postgres.password", "database.url", "results.url"),
    *("api.secret", "fernet.key", "jwt.secret"),
}


@pytest.fixture(scope="module")
def everything(first_start: FirstStart) -> list[Text]:
    """All that the platform shows after a few syncs."""
    first_start.platform.sync(full_sync=True)
    first_start.platform.sync()
    return list(shown(first_start.platform))


def test_the_secrets_are_in_their_volume_alone(platform: Platform, everything: list[Text]) -> None:
    secrets = secrets_of(platform)
    assert secrets.keys() == FILES
    assert len(set(secrets.values())) == len(FILES)
    assert min(map(len, secrets.values())) >= 20
    assert places_of(secrets.values(), everything) == []
    assert places_of(secrets.values(), contents(platform.data)) == []


def test_customers_are_named_in_no_log_and_not_in_airflows_database(
    platform: Platform, everything: list[Text], tmp_path: Path
) -> None:
    assert customers_in(platform, everything, tmp_path) == []


def test_the_search_finds_what_is_there(platform: Platform, everything: list[Text], tmp_path: Path) -> None:
    assert ("Airflow's database", "shop") in places_of(["shopify_default"], everything)
    assert places_of(["compose/secrets.sh"], everything) == [("docker inspect secrets", "comp")]
    assert customers_in(platform, [file_of(platform.data / "customers.csv")], tmp_path) != []


def test_nobody_but_airflow_reads_a_secret_in_a_container(platform: Platform) -> None:
    listed = platform.execute("api-server", "stat", "-c", "%a %u", *[f"/secrets/{name}" for name in FILES])
    assert set(listed.splitlines()) == {"440 50000"}
    assert platform.execute("api-server", "stat", "-c", "%a", "/secrets").strip() == "711"
