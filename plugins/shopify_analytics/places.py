"""Where staged files lie: a folder that the workers share, or a bucket that they reach by a URL.

A :data:`Place` is a path in either, joined with ``/``; what is here alone tells them apart. A bucket has no
renaming, no empty folders and no times of folders, but an upload is atomic:
https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/objectstorage.html
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

from airflow.sdk import ObjectStoragePath

from shopify_analytics.errors import SettingsError, StagingUnavailable, SyncError
from shopify_analytics.files import replacing

Place: TypeAlias = Path | ObjectStoragePath

# scheme, connection or nothing, bucket and folders
URL = r"([a-z][a-z0-9+.-]*)://(?:([\w.-]+)@)?(/?[\w.-]+(?:/[\w.=+-]+)*)/?"
PACKAGES = {
    "gs": "apache-airflow-providers-google",
    "gcs": "apache-airflow-providers-google",
    "s3": "apache-airflow-providers-amazon[s3fs]",
    "s3a": "apache-airflow-providers-amazon[s3fs]",
    "abfs": "apache-airflow-providers-microsoft-azure",
    "abfss": "apache-airflow-providers-microsoft-azure",
}
# How clients of buckets say that waiting will not help; each has errors of its own.
NOT_ALLOWED = r"(?i)forbidden|unauthori[sz]ed|credential|access ?denied|\b40[13]\b|isn't defined"
NOT_INSTALLED = "No filesystem registered|Unsupported filesystem"


def place(url: str) -> Place:
    """The place that a URL or an absolute path names; ``file://`` is a plain folder.

    :raises SettingsError: when it cannot be used as the Variable ``analytics_staging_url``.
    """
    if url.startswith("/"):
        return Path(url)
    if not (found := re.fullmatch(URL, url)):
        shown = re.sub(r"//.*@", "//…@", url)
        raise SettingsError(
            f"Variable analytics_staging_url is {shown!r}: set it to a URL such as "
            "gs://my_connection@my-bucket/shopify/staging or file:///shared/staging, or leave it empty"
        )
    if found[1] == "file":
        return Path("/" + found[3].lstrip("/"))
    with _reached(url):
        return ObjectStoragePath(url.rstrip("/"))


def connection_of(url: str) -> str | None:
    """The Airflow connection that a URL names before its bucket, if it does."""
    found = re.fullmatch(URL, url)
    return found[2] if found else None


def read(file: Place) -> bytes:
    """The content of a file.

    :raises FileNotFoundError: when it is not there.
    :raises SyncError: when the bucket cannot be reached, or not be read.
    """
    if isinstance(file, Path):
        return file.read_bytes()
    with _reached(file):
        return bytes(file.fs.cat_file(file.path))


def write(file: Place, content: bytes) -> None:
    """Write a file, which appears whole or not at all.

    :raises SyncError: when it cannot be written.
    """
    if isinstance(file, Path):
        with replacing(file, file.parent) as unfinished:
            unfinished.write_bytes(content)
        return
    try:
        with _reached(file):
            file.fs.pipe_file(file.path, content)
    except FileNotFoundError as error:
        raise SettingsError(
            f"Cannot write {file}: there is no such bucket. Create it, or change the Variable "
            "analytics_staging_url"
        ) from error


def remove(what: Place) -> None:
    """Remove a file, or a folder with all that it holds, if it is there.

    :raises SyncError: when the bucket cannot be reached, or not be written.
    """
    if not isinstance(what, Path):
        with suppress(FileNotFoundError), _reached(what):
            what.fs.invalidate_cache()
            what.fs.rm(what.path, recursive=True)
    elif what.is_dir():
        shutil.rmtree(what, ignore_errors=True)
    else:
        what.unlink(missing_ok=True)


def folders(where: Place) -> list[Place]:
    """The folders directly below; none when there is nothing.

    :raises SyncError: when the bucket cannot be reached, or not be read.
    """
    if isinstance(where, Path):
        return [folder for folder in where.glob("*") if folder.is_dir()]
    with suppress(FileNotFoundError), _reached(where):
        where.fs.invalidate_cache()
        listed = where.fs.ls(where.path, detail=True)
        names = [entry["name"].rstrip("/") for entry in listed if entry["type"] == "directory"]
        return [where / name.rpartition("/")[2] for name in names if name != where.path]
    return []


def files(where: Place) -> list[Place]:
    """All files below, in the order of their names; none when there is nothing.

    :raises SyncError: when the bucket cannot be reached, or not be read.
    """
    if isinstance(where, Path):
        return sorted(path for path in where.rglob("*") if path.is_file())
    with suppress(FileNotFoundError), _reached(where):
        where.fs.invalidate_cache()
        return [where / name.removeprefix(f"{where.path}/") for name in sorted(where.fs.find(where.path))]
    return []


def age(folder: Place) -> float:
    """Seconds since the folder's latest change.

    :raises FileNotFoundError: when another run has removed it.
    :raises SyncError: when the bucket cannot be reached, or not be read.
    """
    if isinstance(folder, Path):
        return time.time() - folder.stat().st_mtime
    with _reached(folder):
        folder.fs.invalidate_cache()
        changes = [folder.fs.modified(name).timestamp() for name in folder.fs.find(folder.path)]
    if not changes:
        raise FileNotFoundError(str(folder))
    return time.time() - max(changes)


@contextmanager
def _reached(where: Place | str) -> Iterator[None]:
    """Tell errors of a bucket's client in the project's own words; what is not there stays what it is."""
    try:
        yield
    except (FileNotFoundError, SyncError):
        raise
    except Exception as error:
        raise _told(str(where), error) from error


def _told(where: str, error: Exception) -> SyncError:
    said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    if isinstance(error, ImportError) or re.search(NOT_INSTALLED, said):
        scheme = where.partition(":")[0]
        package = PACKAGES.get(scheme, f"the Airflow provider that knows {scheme}://")
        return SettingsError(
            f"Cannot use {where}: install {package}, or change the Variable analytics_staging_url ({said})"
        )
    if isinstance(error, PermissionError) or re.search(NOT_ALLOWED, said):
        return SettingsError(
            f"Cannot use {where} ({said}): let its connection, or whom the machine is signed in as, read, "
            "write, list and delete there, or change the Variable analytics_staging_url"
        )
    return StagingUnavailable(
        f"Cannot reach {where} ({said}): it is tried again; if that does not help, look at the Variable "
        "analytics_staging_url"
    )
