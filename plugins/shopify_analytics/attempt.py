"""One try of one task: its settings, its hook, and its entry in the run ledger."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from shopify_analytics.config import Folders, api_version, load_folders, page_size, staging_place
from shopify_analytics.database import connect, errors_explained, now, open_database
from shopify_analytics.errors import DatabaseRefused, SyncError
from shopify_analytics.handover import known, leave_try
from shopify_analytics.ledger import Outcome, Try, begin_try, end_try
from shopify_analytics.places import Place
from shopify_analytics.reasons import reason_class
from shopify_analytics.staging import run_folder, run_name

if TYPE_CHECKING:
    from shopify_analytics.hooks.shopify import ShopifyHook

log = logging.getLogger(__name__)


@dataclass
class TaskAttempt:
    """What a task body needs to know about the try that it is."""

    this: Try
    folders: Folders
    warnings: list[str] = field(default_factory=list)
    result: dict[str, Any] | None = None
    began_at: str = field(default_factory=now)
    connection: sqlite3.Connection | None = None

    @property
    def run_id(self) -> str:
        return self.this.run_id

    @property
    def workspace(self) -> Path:
        """The run's own folder for what is only needed meanwhile, on the disk of the data folder."""
        return self.folders.staging / run_name(self.run_id)

    @cached_property
    def staging(self) -> Place:
        """The run's own place for staged pages; the workspace, unless a Variable says otherwise.

        :raises SettingsError: when that Variable has a value that cannot be used.
        """
        return run_folder(staging_place(self.folders), self.run_id)

    @cached_property
    def has_database(self) -> bool:
        """Whether this machine has the database.

        Only the first task may make one, and the last, which tells why the first could not.
        """
        return self.this.task_id in ("plan_sync", "report_run") or self.folders.database.exists()

    @cached_property
    def hook(self) -> ShopifyHook:
        """The store, as the settings say it is to be read.

        :raises SettingsError: when a Variable has a value that cannot be used.
        """
        # Four of the nine tasks ask no store: they start faster without an HTTP client.
        from shopify_analytics.hooks.shopify import ShopifyHook  # noqa: PLC0415

        return ShopifyHook(api_version=api_version(), page_size=page_size())

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """The open database, which stays open until the try ends.

        :raises DatabaseRefused: when this machine has none.
        """
        if not self.has_database:
            raise DatabaseRefused(
                f"There is no database {self.folders.database} on this machine: let only workers that share "
                "the data folder take tasks of the queue sqlite; if it was moved away meanwhile, clear the "
                "run from plan_sync"
            )
        if self.connection is None:
            self.connection = open_database(self.folders.database)
        with errors_explained(self.folders.database):
            yield self.connection

    def close(self) -> None:
        """Close the database, if it is open."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def known(self) -> AbstractContextManager[sqlite3.Connection]:
        """What a fetch needs to know of the database, also on a machine without it.

        :raises StagingRefused: when it is not there either.
        """
        return self.database() if self.has_database else known(self.staging)

    def warn(self, warning: str) -> None:
        """Log a warning and keep it for the run's summary."""
        log.warning(warning)
        self.warnings.append(warning)

    def returns(self, result: dict[str, Any]) -> dict[str, Any]:
        """Keep the result for the run log and hand it on to XCom."""
        self.result = result
        return result

    def outcome(self, state: str, reason: str | None = None, error: BaseException | None = None) -> Outcome:
        """What the ledger is told."""
        hook = self.__dict__.get("hook")
        return Outcome(
            state,
            reason,
            self.result,
            self.warnings + (hook.warnings if hook else []),
            hook.requests_made if hook else 0,
            hook.requests_refused if hook else 0,
            reason_class(error) if error else None,
        )


@contextmanager
def task_attempt() -> Iterator[TaskAttempt]:
    """Enter the running task's try in the ledger, and how it ended.

    :raises SettingsError: when the Variable of a folder has a value that cannot be used.
    """
    ti = get_current_context()["ti"]
    attempt = TaskAttempt(Try(ti.run_id, ti.task_id, ti.try_number), load_folders())
    try:
        if attempt.has_database:
            with _failures_logged(), attempt.database() as db:
                begin_try(db, attempt.this)
        try:
            yield attempt
        except AirflowSkipException as skip:
            _record(attempt, attempt.outcome("skipped", str(skip)))
            raise
        except BaseException as error:
            attempt.close()  # it may be what failed
            _record(attempt, attempt.outcome("failed", describe(error), error))
            raise
        _record(attempt, attempt.outcome("success"))
    finally:
        attempt.close()


def describe(error: BaseException) -> str:
    """An error as one line: our own by their message, others with their type."""
    text = " ".join(str(error).split())
    return (text if isinstance(error, SyncError) else f"{type(error).__name__}: {text}")[:500]


def write_ledger(folders: Folders, write: Callable[[sqlite3.Connection], object]) -> None:
    """Write to the ledger, where there is one; a failure is logged and never hides the task's own outcome."""
    if not folders.database.exists():
        log.warning("The run ledger could not be written: there is no database %s here", folders.database)
        return
    with _failures_logged(), connect(folders.database) as db:
        write(db)


@contextmanager
def _failures_logged() -> Iterator[None]:
    try:
        yield
    except (SyncError, sqlite3.Error, OSError) as error:
        log.warning("The run ledger could not be written: %s", describe(error))


def _record(attempt: TaskAttempt, outcome: Outcome) -> None:
    if attempt.has_database:
        with _failures_logged(), attempt.database() as db:
            end_try(db, attempt.this, outcome)
        return
    try:
        leave_try(attempt.staging, attempt.this, attempt.began_at, now(), outcome)
    except SyncError as error:
        log.warning("The run ledger will not know of this try: %s", describe(error))
