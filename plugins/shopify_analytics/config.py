"""The project's settings: a frozen dataclass read from Airflow Variables, bad values refused."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from shopify_analytics.airflow_settings import variable
from shopify_analytics.errors import SettingsError
from shopify_analytics.places import Place, place

PROJECT = Path(__file__).resolve().parents[2]
GOOGLE_SHEETS = "https://sheets.googleapis.com"
SQL = PROJECT / "include" / "sql"
# What include/sql/reports/scorecard.sql shows.
TARGET_METRICS = (
    "total_sales",
    "net_sales",
    "gross_sales",
    "total_orders",
    "average_order_value",
    "units_sold",
    "units_per_order",
    "ordering_customers",
    "new_customers",
    "returning_customer_rate_percent",
    "total_discounts",
    "total_returns",
    "refund_rate_percent",
    "cancellation_rate_percent",
    "average_processing_days",
    "total_outstanding",
)


@dataclass(frozen=True)
class Folders:
    """Where everything that a run produces is."""

    data_dir: Path = PROJECT / "data"
    log_dir: Path = PROJECT / "logs"

    @property
    def database(self) -> Path:
        return self.data_dir / "shopify_data.db"

    @property
    def summary(self) -> Path:
        return self.data_dir / "analytics_summary.json"

    @property
    def staging(self) -> Path:
        """What tasks need meanwhile; staged pages, too, unless :func:`staging_place` says otherwise."""
        return self.data_dir / "staging"

    @property
    def snapshot(self) -> Path:
        return self.data_dir / "shopify_data_snapshot.db"

    @property
    def backups(self) -> Path:
        return self.data_dir / "backups"


@dataclass(frozen=True)
class Settings(Folders):
    """What an operator can set; the defaults are those of ``include/variables.json``."""

    api_version: str = "2026-10"
    page_size: int = 250
    overlap: timedelta = timedelta(minutes=10)
    settle: timedelta = timedelta(seconds=30)
    sweep_every: timedelta = timedelta(hours=24)
    top_n: int = 10
    targets: Mapping[str, float] = field(default_factory=dict)
    personal_data: bool = True
    alert_data_age: timedelta = timedelta(minutes=45)
    alert_emails: tuple[str, ...] = ()


def load_folders() -> Folders:
    """Read the Variables that a failed run can be recorded with, whatever is wrong with the others.

    :raises SettingsError: naming the Variable, its value and what it may be.
    """
    return Folders(
        data_dir=_folder("analytics_data_dir", Folders.data_dir),
        log_dir=_folder("analytics_log_dir", Folders.log_dir),
    )


def load_settings() -> Settings:
    """Read all Airflow Variables; an absent or empty one has its default.

    Each is a request to Airflow's API server, so a task that needs one reads that one.

    :raises SettingsError: naming the Variable, its value and what it may be.
    """
    return Settings(
        **asdict(load_folders()),
        api_version=api_version(),
        page_size=page_size(),
        overlap=overlap(),
        settle=timedelta(seconds=_whole_number("shopify_settle_seconds", 30, 0, 3600)),
        sweep_every=timedelta(hours=_whole_number("shopify_sweep_hours", 24, 0, 7 * 24)),
        top_n=top_n(),
        targets=targets(),
        personal_data=personal_data(),
        alert_data_age=alert_data_age(),
        alert_emails=alert_emails(),
    )


def dashboards_dir() -> Path | None:
    """Where the dashboards are written as files, None for nowhere; raises as :func:`load_settings` does."""
    if variable("analytics_dashboards_dir") == "none":
        return None
    return _folder("analytics_dashboards_dir", PROJECT / "dashboards")


def staging_place(folders: Folders) -> Place:
    """Where runs stage their pages; raises as :func:`load_settings` does."""
    url = variable("analytics_staging_url")
    return place(url) if url else folders.staging


def staging_places(folders: Folders) -> set[Place]:
    """Everywhere that something of a run may be left; raises as :func:`load_settings` does."""
    return {folders.staging, staging_place(folders)}


def api_version() -> str:
    """The Admin API's version; raises as :func:`load_settings` does."""
    value = variable("shopify_api_version") or Settings.api_version
    if not re.fullmatch(r"20\d\d-(01|04|07|10)|unstable", value):
        raise SettingsError(
            f"Variable shopify_api_version is {value!r}: set it to a version of Shopify's Admin API "
            f"such as {Settings.api_version}"
        )
    return value


def page_size() -> int:
    """Records per request; raises as :func:`load_settings` does."""
    return _whole_number("shopify_page_size", Settings.page_size, 1, 250)


def overlap() -> timedelta:
    """How far a window reaches back before the watermark; raises as :func:`load_settings` does."""
    return timedelta(minutes=_whole_number("shopify_overlap_minutes", 10, 0, 7 * 24 * 60))


def top_n() -> int:
    """Rows in ranked reports; raises as :func:`load_settings` does."""
    return _whole_number("analytics_top_n", Settings.top_n, 1, 1000)


def targets() -> dict[str, float]:
    """What is aimed at in 30 days, by metric of the scorecard; raises as :func:`load_settings` does."""
    value = variable("analytics_targets") or "{}"
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SettingsError(
            f"Variable analytics_targets is {value!r}: set it to a JSON object of metrics and what is aimed "
            'at in 30 days, such as {"total_sales": 50000}'
        )
    for metric, target in found.items():
        if metric not in TARGET_METRICS:
            raise SettingsError(
                f"Variable analytics_targets is {value!r}: {metric!r} is no metric of the scorecard; use "
                f"{', '.join(TARGET_METRICS)}"
            )
        if isinstance(target, bool) or not isinstance(target, int | float) or not abs(target) < 1e15:
            raise SettingsError(
                f"Variable analytics_targets is {value!r}: set the target of {metric} to a number"
            )
    return found


def personal_data() -> bool:
    """Whether what leaves the database may name persons; raises as :func:`load_settings` does."""
    value = variable("analytics_personal_data") or "include"
    if value not in ("include", "exclude"):
        raise SettingsError(f"Variable analytics_personal_data is {value!r}: set it to include or exclude")
    return value == "include"


def alert_data_age() -> timedelta:
    """How old the newest data may be, 0 for any age; raises as :func:`load_settings` does."""
    return timedelta(minutes=_whole_number("alert_data_age_minutes", 45, 0, 7 * 24 * 60))


def alert_emails() -> tuple[str, ...]:
    """Whom alerts are mailed to; raises as :func:`load_settings` does, without naming the address."""
    addresses = tuple(filter(None, (address.strip() for address in variable("alert_emails").split(","))))
    for number, address in enumerate(addresses, 1):
        if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address):
            raise SettingsError(
                f"Variable alert_emails: number {number} is no e-mail address: set it to addresses such as "
                "ann@example.com, bob@example.com"
            )
    return addresses


def sheets_endpoint() -> str:
    """Where Google Sheets is; raises as :func:`load_settings` does."""
    value = variable("google_sheets_api_endpoint") or GOOGLE_SHEETS
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
        raise SettingsError(
            f"Variable google_sheets_api_endpoint is {value!r}: set it to an address such as {GOOGLE_SHEETS}"
        )
    return value


def spreadsheets(tabs: Iterable[str], on_request: Container[str] = ()) -> dict[str, str]:
    """The id of each tab's spreadsheet, nothing when none is set; raises as :func:`load_settings` does.

    :param on_request: tabs that are there only if ``google_sheet_ids`` names them, be it without an id.
    """
    usual, value = (
        _spreadsheet("google_sheet_id", variable("google_sheet_id")),
        variable("google_sheet_ids"),
    )
    if not usual:
        return {}
    try:
        own = json.loads(value or "{}")
    except ValueError:
        own = None
    if not isinstance(own, dict) or not set(own) <= set(tabs):
        raise SettingsError(
            f"Variable google_sheet_ids is {value!r}: set it to a JSON object of tabs ({', '.join(tabs)}) "
            'and their spreadsheets, such as {"LineItems": "1AbCdEf"}'
        )
    return {
        tab: _spreadsheet("google_sheet_ids", str(own.get(tab) or usual))
        for tab in tabs
        if tab in own or tab not in on_request
    }


def newest_orders() -> int:
    """How many orders the tabs may show, 0 for as many as fit; raises as :func:`load_settings` does."""
    return _whole_number("google_sheets_newest_orders", 0, 0, 10_000_000)


def backup_keep() -> timedelta:
    """How long backups are kept; raises as :func:`load_settings` does."""
    return timedelta(days=_whole_number("backup_keep_days", 14, 1, 3650))


def airflow_keep() -> timedelta:
    """How long Airflow's own database keeps what has ended; raises as :func:`load_settings` does."""
    return timedelta(days=_whole_number("airflow_keep_days", 30, 1, 3650))


def log_keep() -> timedelta:
    """How long run logs and task logs are kept; raises as :func:`load_settings` does."""
    return timedelta(days=_whole_number("log_keep_days", 30, 1, 3650))


def _spreadsheet(name: str, value: str) -> str:
    """The id in a spreadsheet's address, or the id itself; an empty text stays one."""
    address = re.search(r"/spreadsheets/d/([\w-]+)", value)
    book = address[1] if address else value
    if book and not re.fullmatch(r"[\w-]+", book):
        raise SettingsError(f"Variable {name} is {value!r}: set it to the spreadsheet's address or id")
    return book


def _whole_number(name: str, default: int, least: int, most: int) -> int:
    value = variable(name) or str(default)
    if not re.fullmatch(r"-?\d{1,9}", value) or not least <= int(value) <= most:
        raise SettingsError(f"Variable {name} is {value!r}: set it to a whole number from {least} to {most}")
    return int(value)


def _folder(name: str, default: Path) -> Path:
    folder = Path(variable(name) or default)
    with suppress(RuntimeError):  # the home of a user whom nobody knows
        folder = folder.expanduser()
    if not folder.is_absolute():
        raise SettingsError(f"Variable {name} is {str(folder)!r}: set it to an absolute path")
    return folder
