"""Settings come from Airflow Variables; what cannot be used is refused by name."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from shopify_analytics.config import (
    PROJECT,
    Folders,
    Settings,
    load_folders,
    load_settings,
    sheets_endpoint,
    spreadsheets,
)
from shopify_analytics.errors import SettingsError


def variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"AIRFLOW_VAR_{name.upper()}", value)


def test_without_variables_the_defaults_hold() -> None:
    assert load_settings() == Settings(
        api_version="2026-10",
        page_size=250,
        overlap=timedelta(minutes=10),
        settle=timedelta(seconds=30),
        sweep_every=timedelta(hours=24),
        data_dir=PROJECT / "data",
        log_dir=PROJECT / "logs",
        top_n=10,
    )


def test_every_variable_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "shopify_api_version": "2026-07",
        "shopify_page_size": "50",
        "shopify_overlap_minutes": "0",
        "shopify_settle_seconds": " 45 ",
        "shopify_sweep_hours": "0",
        "analytics_data_dir": str(tmp_path / "data"),
        "analytics_log_dir": str(tmp_path / "logs"),
        "analytics_top_n": "25",
        "analytics_personal_data": "exclude",
    }.items():
        variable(monkeypatch, name, value)
    settings = load_settings()
    assert settings == Settings(
        api_version="2026-07",
        page_size=50,
        overlap=timedelta(0),
        settle=timedelta(seconds=45),
        sweep_every=timedelta(0),
        data_dir=tmp_path / "data",
        log_dir=tmp_path / "logs",
        top_n=25,
        personal_data=False,
    )
    assert settings.database == tmp_path / "data" / "shopify_data.db"
    assert settings.summary == tmp_path / "data" / "analytics_summary.json"
    assert settings.staging == tmp_path / "data" / "staging"


def test_folders_are_known_whatever_is_wrong_with_other_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    variable(monkeypatch, "shopify_page_size", "0")
    variable(monkeypatch, "analytics_data_dir", str(tmp_path))
    assert load_folders() == Folders(data_dir=tmp_path, log_dir=PROJECT / "logs")


def test_the_shipped_variables_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = json.loads((PROJECT / "include" / "variables.json").read_text(encoding="utf-8"))
    for name, entry in shipped.items():
        assert entry["description"]
        variable(monkeypatch, name, entry["value"])
    assert load_settings() == Settings()


def test_a_home_folder_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    variable(monkeypatch, "analytics_data_dir", "~/shop")
    assert load_settings().data_dir == Path.home() / "shop"


@pytest.mark.parametrize("version", ["2026-01", "2027-10", "unstable"])
def test_versions_of_the_api_are_taken(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    variable(monkeypatch, "shopify_api_version", version)
    assert load_settings().api_version == version


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("shopify_api_version", "latest", "a version of Shopify's Admin API such as 2026-10"),
        ("shopify_api_version", "2026-11", "a version of Shopify's Admin API such as 2026-10"),
        ("shopify_api_version", "2026-10/../..", "a version of Shopify's Admin API such as 2026-10"),
        ("shopify_page_size", "0", "a whole number from 1 to 250"),
        ("shopify_page_size", "251", "a whole number from 1 to 250"),
        ("shopify_page_size", "2.5", "a whole number from 1 to 250"),
        ("shopify_page_size", "1_0", "a whole number from 1 to 250"),
        ("shopify_page_size", "9" * 20, "a whole number from 1 to 250"),
        ("shopify_overlap_minutes", "-1", "a whole number from 0 to 10080"),
        ("shopify_overlap_minutes", "ten", "a whole number from 0 to 10080"),
        ("shopify_settle_seconds", "3601", "a whole number from 0 to 3600"),
        ("shopify_sweep_hours", "-1", "a whole number from 0 to 168"),
        ("shopify_sweep_hours", "169", "a whole number from 0 to 168"),
        ("analytics_top_n", "0", "a whole number from 1 to 1000"),
        ("analytics_personal_data", "Exclude", "include or exclude"),
        ("analytics_data_dir", "data", "an absolute path"),
        ("analytics_log_dir", "./logs", "an absolute path"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, advice: str
) -> None:
    variable(monkeypatch, name, value)
    with pytest.raises(SettingsError) as error:
        load_settings()
    shown = str(Path(value)) if advice == "an absolute path" else value
    assert str(error.value) == f"Variable {name} is {shown!r}: set it to {advice}"


def test_a_spreadsheet_is_named_by_its_address_or_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    assert spreadsheets(("Orders", "Summary")) == {}
    variable(
        monkeypatch, "google_sheet_id", "https://docs.google.com/spreadsheets/d/1Ab_c-D/edit?gid=0#gid=0"
    )
    assert spreadsheets(("Orders", "Summary")) == {"Orders": "1Ab_c-D", "Summary": "1Ab_c-D"}
    variable(monkeypatch, "google_sheet_ids", '{"Orders": "2Xyz"}')
    assert spreadsheets(("Orders", "Summary")) == {"Orders": "2Xyz", "Summary": "1Ab_c-D"}


def test_a_tab_on_request_is_there_when_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    variable(monkeypatch, "google_sheet_id", "1Ab_c-D")
    tabs, on_request = ("Orders", "SalesLedger", "Buyers"), ("SalesLedger", "Buyers")
    assert spreadsheets(tabs, on_request) == {"Orders": "1Ab_c-D"}
    variable(monkeypatch, "google_sheet_ids", '{"SalesLedger": "", "Buyers": "2Xyz"}')
    expected = {"Orders": "1Ab_c-D", "SalesLedger": "1Ab_c-D", "Buyers": "2Xyz"}
    assert spreadsheets(tabs, on_request) == expected


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("google_sheet_id", "my sheet", "is 'my sheet': set it to the spreadsheet's address or id"),
        ("google_sheet_ids", "{", "is '{': set it to a JSON object of tabs (Orders, Summary) and their"),
        (
            "google_sheet_ids",
            '{"Lines": "2Xyz"}',
            "set it to a JSON object of tabs (Orders, Summary) and their",
        ),
        ("google_sheet_ids", '{"Orders": "2 Xyz"}', "is '2 Xyz': set it to the spreadsheet's address or id"),
    ],
)
def test_what_names_no_spreadsheet_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    variable(monkeypatch, "google_sheet_id", "1Abc")
    variable(monkeypatch, name, value)
    with pytest.raises(SettingsError) as error:
        spreadsheets(("Orders", "Summary"))
    assert str(error.value).startswith(f"Variable {name} is ")
    assert said in str(error.value)


def test_an_endpoint_of_google_sheets_is_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sheets_endpoint() == "https://sheets.googleapis.com"
    variable(monkeypatch, "google_sheets_api_endpoint", "sheets.example.com")
    with pytest.raises(
        SettingsError, match=r"google_sheets_api_endpoint is 'sheets\.example\.com': set it to an"
    ):
        sheets_endpoint()
