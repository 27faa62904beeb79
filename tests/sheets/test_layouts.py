"""What a tab's columns are follows the export SELECTs: another SELECT makes another tab."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from shopify_analytics.config import SQL
from shopify_analytics.sql import statement

from tests.sheets import shops
from tests.sheets.pushing import Desk
from tests.sheets.reading import check_never_torn, watched
from tests.sheets.shops import ids


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The SELECTs, to be edited."""
    shutil.copytree(SQL, tmp_path / "sql")
    statement.cache_clear()
    for module in ("sql", "csv_export"):
        monkeypatch.setattr(f"shopify_analytics.{module}.SQL", tmp_path / "sql")
    yield tmp_path / "sql" / "export"
    statement.cache_clear()


def edit(select: Path, before: str, after: str) -> None:
    text = select.read_text(encoding="utf-8")
    assert before in text
    select.write_text(text.replace(before, after), encoding="utf-8")
    statement.cache_clear()


CHANGES = {
    "a column less": ("    closed_at,\n", ""),
    "many columns less": ("    channel,\n    traffic_source,\n    device,\n", ""),
    "a column more": ("    currency,\n", "    currency,\n    upper(currency) AS currency_code,\n"),
    "a column of another kind": ("    device,\n", "    2.5 AS device,\n"),
    "columns exchanged": ("    name,\n    order_number,\n", "    order_number,\n    name,\n"),
    "fewer rows": ("WHERE deleted_at IS NULL", "WHERE deleted_at IS NULL AND order_number < 1006"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("most_cells_to_copy", [0, 1_000_000], ids=["exchanged", "copied"])
def test_another_select_makes_another_tab(
    pushed: Desk,
    exports: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: tuple[str, str],
    most_cells_to_copy: int,
) -> None:
    monkeypatch.setattr("shopify_analytics.sheets.rewrite.MOST_CELLS_TO_COPY", most_cells_to_copy)
    edit(exports / "orders.sql", *change)
    with watched(pushed.book()) as states:
        pushed.push_and_check()
    check_never_torn(states)
    shops.change(pushed.db, "orders", ids(2), total_price=0.5)
    pushed.push_and_check()


def test_another_select_is_written_in_place_when_there_is_no_room(
    pushed: Desk, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopify_analytics.sheets.rewrite.CELLS_ALLOWED", pushed.book().cells)
    edit(exports / "orders.sql", "    closed_at,\n    cancelled_at,\n", "")
    edit(exports / "orders.sql", "    device,\n", "    upper(currency) AS currency_code,\n    device,\n")
    pushed.push_and_check()


def test_a_select_that_shows_the_same_writes_nothing(pushed: Desk, exports: Path) -> None:
    edit(exports / "orders.sql", "    currency,\n", "    upper(currency) AS currency,\n")
    state = pushed.book().state
    pushed.push_and_check()
    assert pushed.book().state is state


def test_a_value_that_is_no_date_is_shown_as_it_is(pushed: Desk) -> None:
    shops.change(pushed.db, "orders", ids(2), order_date="0000-00-00", closed_at="soon")
    pushed.push()
    header, *rows = pushed.book().values("Orders")
    shown = dict(zip(header, rows[1], strict=False))
    assert (shown["order_date"], shown["closed_at"]) == ("0000-00-00", "soon")
