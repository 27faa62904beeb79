"""Files are replaced atomically: a reader sees the old one or the new one, never a part."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shopify_analytics.errors import SettingsError

UNWRITABLE = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOTDIR,
    errno.EEXIST,
    errno.ENOSPC,
    errno.EDQUOT,
}


@contextmanager
def replacing(
    path: Path, workspace: Path, setting: str = "analytics_data_dir or analytics_log_dir"
) -> Iterator[Path]:
    """A path to write to, which takes the place of ``path`` when the block ends well and vanishes otherwise.

    It lies in ``workspace``, which must be on the same file system.

    :param setting: the Variable that says where the folder is.
    :raises SettingsError: when a folder cannot be written, or the disk is full.
    """
    unfinished = workspace / f".{path.name}.unfinished"
    try:
        _make(workspace)
        path.parent.mkdir(parents=True, exist_ok=True)
        yield unfinished
        with unfinished.open("rb+") as written:
            os.fsync(written.fileno())
        unfinished.replace(path)
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        raise SettingsError(
            f"Cannot write {path} ({error.strerror}): free the disk, give Airflow's user write access to the "
            f"folder, or change the Variable {setting}"
        ) from error
    finally:
        if workspace.is_dir():
            unfinished.unlink(missing_ok=True)


def _make(folder: Path) -> None:
    """Make a folder, also when another process removes it at this very moment."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        if folder.exists():
            raise
        folder.mkdir(parents=True, exist_ok=True)
