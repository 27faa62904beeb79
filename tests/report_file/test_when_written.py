"""When the files are written: only when what they show has changed, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from shopify_analytics.errors import SettingsError
from shopify_analytics.staging import Window

from tests.demo_store.records import order
from tests.past_runs import end_run
from tests.report_file.conftest import Report
from tests.syncing import Syncs

ADVICE = (
    "free the disk, give Airflow's user write access to the folder, or change the Variable "
    "analytics_dashboards_dir"
)


@pytest.fixture
def written(short_report: Report, syncs: Syncs) -> Report:
    """The files of a shop with one order."""
    syncs.load(orders=[order(1)])
    assert short_report.render() == {"written"}
    return short_report


def test_without_a_change_nothing_is_written(written: Report, syncs: Syncs) -> None:
    before = written.marks()
    assert written.render() == {"unchanged"}
    end_run(written.db, "a sync that found nothing new")
    syncs.load(orders=[order(1)])
    assert written.render() == {"unchanged"}
    assert written.marks() == before


def test_a_change_is_written(written: Report, syncs: Syncs) -> None:
    before = written.marks()
    syncs.load(orders=[order(2)])
    assert written.render() == {"written"}
    assert not set(before.items()) & set(written.marks().items())
    (orders,) = written.page().find(data_figure="Orders")
    assert orders.text().startswith("Orders202")


def test_another_day_is_written(written: Report, syncs: Syncs) -> None:
    syncs.load(orders=[], window=Window(None, "2026-11-25T12:00:00Z"))
    assert written.render() == {"written"}


@pytest.mark.parametrize("name", ["report.html", "report/top_products.png"])
def test_a_file_that_was_deleted_or_edited_is_written_again(written: Report, name: str) -> None:
    path = written.folder / name
    content = path.read_bytes()
    path.unlink()
    assert written.render() == {"written"}
    assert path.read_bytes() == content
    path.write_bytes(content[:-1] + b"?")
    os.utime(path, ns=(0, 1))
    assert written.render() == {"written"}
    assert path.read_bytes() == content


def test_nothing_else_is_left_in_the_folder(written: Report) -> None:
    assert {str(path.relative_to(written.folder)) for path in written.paths()} == set(written.outcome)


def test_a_full_disk_is_one_sentence_and_the_files_before_stay(written: Report, syncs: Syncs) -> None:
    content = (written.folder / "report.html").read_bytes()
    syncs.load(orders=[order(2)])
    (written.folder / ".report.html.unfinished").symlink_to("/dev/full")
    with pytest.raises(SettingsError) as error:
        written.render()
    path = written.folder / "report.html"
    assert str(error.value) == f"Cannot write {path} (No space left on device): {ADVICE}"
    assert path.read_bytes() == content
    assert written.render() == {"written"}
    assert path.read_bytes() != content


def test_a_folder_that_cannot_be_written_is_one_sentence(short_report: Report, syncs: Syncs) -> None:
    syncs.load(orders=[order(1)])
    short_report.folder.write_text("not a folder")
    with pytest.raises(SettingsError) as error:
        short_report.render()
    path = short_report.folder / "report" / "sales_over_time.png"
    assert str(error.value) == f"Cannot write {path} (Not a directory): {ADVICE}"
    assert short_report.db.in_transaction is False


def test_a_shop_without_orders_has_a_page_that_says_what_to_do(report: Report, syncs: Syncs) -> None:
    assert report.render() == {"written"}
    assert list(report.outcome) == ["report.html"]
    told = report.page().text()
    assert "There is nothing to show yet" in told
    assert "trigger the DAG shopify_sync in Airflow with Full sync on" in told
    assert report.render() == {"unchanged"}


def test_pictures_of_a_shop_before_do_not_stay(written: Report, tmp_path: Path) -> None:
    assert (written.folder / "report" / "top_products.png").exists()
    written.db.execute("DELETE FROM daily_sales")
    written.db.execute("DELETE FROM metadata WHERE key = 'written.report'")
    written.render()
    assert [path.name for path in written.paths()] == ["report.html"]
