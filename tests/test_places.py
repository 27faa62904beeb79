"""A folder and a bucket are alike to what is staged there; what a bucket refuses is said in one sentence."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import database_commands
import pytest
from airflow.models.connection import Connection
from airflow.utils.session import create_session
from shopify_analytics.config import Folders, staging_place, staging_places
from shopify_analytics.errors import SettingsError, StagingUnavailable
from shopify_analytics.places import Place, age, files, folders, place, read, remove, write

from tests.gcs import Gcs, Stored, serving_gcs


@pytest.fixture(scope="module")
def served() -> Iterator[Gcs]:
    with serving_gcs() as gcs:
        yield gcs


@pytest.fixture
def gcs(served: Gcs, monkeypatch: pytest.MonkeyPatch) -> Gcs:
    """An empty bucket, which Airflow has a connection to."""
    served.buckets, served.fault = {"bucket": {}}, lambda _method, _name: 0
    for name, value in served.environment.items():
        monkeypatch.setenv(name, value)
    return served


@pytest.fixture(params=["folder", "bucket"])
def where(request: pytest.FixtureRequest, gcs: Gcs, tmp_path: Path) -> Place:
    return place(gcs.url if request.param == "bucket" else f"file://{tmp_path}/staging")


def relative(where: Place, found: list[Place]) -> list[str]:
    return [str(each).removeprefix(f"{where}/") for each in found]


def test_what_is_written_is_found_and_read_again(where: Place) -> None:
    for name in ("run-2/orders/000002.gz", "run-1/b", "run-2/orders/000001.gz", "run-1/a", "run-10/c"):
        write(where / name, name.encode())
    write(where / "run-1/a", b"anew")
    assert sorted(relative(where, folders(where))) == ["run-1", "run-10", "run-2"]
    assert relative(where / "run-2", files(where / "run-2")) == ["orders/000001.gz", "orders/000002.gz"]
    assert {str(file).rpartition("run-")[2]: read(file) for file in files(where)} == {
        "1/a": b"anew",
        "1/b": b"run-1/b",
        "10/c": b"run-10/c",
        "2/orders/000001.gz": b"run-2/orders/000001.gz",
        "2/orders/000002.gz": b"run-2/orders/000002.gz",
    }


def test_a_folder_goes_with_all_that_it_holds_and_no_other(where: Place) -> None:
    for name in ("run-1/a", "run-1/orders/b", "run-1/orders/c", "run-1/d", "run-10/e"):
        write(where / name, b"")
    remove(where / "run-1")
    assert relative(where, files(where)) == ["run-10/e"]
    remove(where / "run-10/e")
    assert files(where) == []


def test_what_is_not_there_is_empty_and_removed_already(where: Place) -> None:
    assert (folders(where), files(where / "run")) == ([], [])
    remove(where / "run")
    for look in (lambda: read(where / "run" / "a"), lambda: age(where / "run")):
        with pytest.raises(FileNotFoundError):
            look()


def test_the_age_is_that_of_the_latest_change(where: Place, gcs: Gcs) -> None:
    write(where / "run" / "a", b"")
    assert 0 <= age(where / "run") < 60
    if not isinstance(where, Path):
        two, one = (datetime.now(UTC) - timedelta(hours=hours) for hours in (2, 1))
        gcs.buckets["bucket"] = {
            "shopify/staging/run/a": Stored(b"", two),
            "shopify/staging/run/b": Stored(b"", one),
        }
        assert 3600 <= age(where / "run") < 3660


def test_a_place_is_named_by_its_url(gcs: Gcs) -> None:
    bucket = place(gcs.url + "/")
    assert (str(bucket), str(bucket / "run" / "a")) == (gcs.url, f"{gcs.url}/run/a")
    assert place(str(bucket / "run")) == bucket / "run"
    assert (bucket / "run").name == "run"
    assert place("file:///shared/staging") == place("/shared/staging") == Path("/shared/staging")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("staging", "staging"),
        ("gs:/bucket", "gs:/bucket"),
        ("gs://", "gs://"),
        ("gs://bucket/st?ging", "gs://bucket/st?ging"),
        ("gs://bucket/[a]*", "gs://bucket/[a]*"),
        ("s3://AKIA:secret@bucket/staging", "s3://…@bucket/staging"),
    ],
)
def test_what_is_no_url_is_refused_without_showing_a_password(value: str, shown: str) -> None:
    with pytest.raises(SettingsError) as error:
        place(value)
    assert str(error.value) == (
        f"Variable analytics_staging_url is {shown!r}: set it to a URL such as "
        "gs://my_connection@my-bucket/shopify/staging or file:///shared/staging, or leave it empty"
    )


def test_pages_are_staged_where_the_variable_says(
    gcs: Gcs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = Folders(data_dir=tmp_path)
    assert staging_place(here) == tmp_path / "staging"
    assert staging_places(here) == {tmp_path / "staging"}
    monkeypatch.setenv("AIRFLOW_VAR_ANALYTICS_STAGING_URL", gcs.url)
    assert staging_place(here) == place(gcs.url)
    assert staging_places(here) == {tmp_path / "staging", place(gcs.url)}


def test_commands_find_the_connection_where_tasks_do(
    airflow_database: Path, gcs: Gcs, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = json.loads(gcs.environment[f"AIRFLOW_CONN_{gcs.conn_id.upper()}"])
    with create_session() as session:
        session.add(Connection("kept", conn_type=known["conn_type"], extra=json.dumps(known["extra"])))
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.setenv("AIRFLOW_VAR_ANALYTICS_STAGING_URL", "gs://kept@bucket/staging")
    database_commands.read_variables()
    write(place("gs://kept@bucket/staging/a"), b"1")
    assert gcs.names() == ["staging/a"]


def test_a_bucket_that_does_not_exist_is_empty_and_cannot_be_written(gcs: Gcs) -> None:
    gcs.buckets = {}
    assert folders(place(gcs.url)) == []
    with pytest.raises(SettingsError) as error:
        write(place(gcs.url) / "a", b"1")
    assert str(error.value) == (
        f"Cannot write {gcs.url}/a: there is no such bucket. Create it, or change the Variable "
        "analytics_staging_url"
    )


def test_who_may_not_write_is_told_so(gcs: Gcs) -> None:
    gcs.fault = lambda method, _name: 403 * (method == "POST")
    with pytest.raises(SettingsError) as error:
        write(place(gcs.url) / "a", b"1")
    assert str(error.value).startswith(f"Cannot use {gcs.url}/a (OSError: Forbidden: ")
    assert str(error.value).endswith(
        "): let its connection, or whom the machine is signed in as, read, write, list and delete there, or "
        "change the Variable analytics_staging_url"
    )


def test_a_connection_that_does_not_exist_is_named() -> None:
    with pytest.raises(SettingsError, match=r"Cannot use gs://nobody@bucket/a \(.*nobody.*isn't defined"):
        write(place("gs://nobody@bucket/a"), b"1")


@pytest.mark.parametrize(
    ("scheme", "package", "said"),
    [
        ("s3", "apache-airflow-providers-amazon[s3fs]", "No filesystem registered for scheme s3"),
        ("abfs", "apache-airflow-providers-microsoft-azure", "No filesystem registered for scheme abfs"),
        ("xyz", "the Airflow provider that knows xyz://", "Unsupported filesystem: 'xyz'"),
    ],
)
def test_a_package_that_is_missing_is_named(scheme: str, package: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        folders(place(f"{scheme}://bucket/staging"))
    assert str(error.value) == (
        f"Cannot use {scheme}://bucket/staging: install {package}, or change the Variable "
        f"analytics_staging_url (ValueError: {said})"
    )


def test_a_bucket_out_of_reach_is_worth_a_retry(gcs: Gcs, monkeypatch: pytest.MonkeyPatch) -> None:
    pause = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda _seconds: pause(0))
    gcs.fault = lambda _method, _name: 503
    with pytest.raises(StagingUnavailable) as error:
        read(place(gcs.url) / "a")
    assert str(error.value) == (
        f"Cannot reach {gcs.url}/a (HttpError: We encountered an internal error. Please try again., 503): "
        "it is tried again; if that does not help, look at the Variable analytics_staging_url"
    )
    assert error.value.retryable
