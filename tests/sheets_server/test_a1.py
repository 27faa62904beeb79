"""A1 notation is read as Google reads it, and written as Google writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sheets_server import a1
from tests.sheets_server.a1 import Area

TITLES = st.text(min_size=1, max_size=20)
ENDS = st.integers(0, 5_000)


@st.composite
def areas(draw: st.DrawFn) -> Area:
    """Any area that has a name of its own in A1 notation."""
    row, height = draw(ENDS), draw(ENDS)
    column, width = draw(ENDS), draw(ENDS)
    kind = draw(st.sampled_from(["cells", "rows", "columns", "from a row on", "from a column on"]))
    return {
        "cells": Area(row, column, row + height + 1, column + width + 1),
        "rows": Area(row, 0, row + height + 1, None),
        "columns": Area(0, column, None, column + width + 1),
        "from a row on": Area(row + 1, column, None, column + width + 1),
        "from a column on": Area(row, column + 1, row + height + 1, None),
    }[kind]


@given(title=TITLES, area=areas())
def test_what_is_written_is_read_back_the_same(title: str, area: Area) -> None:
    assert a1.parse(a1.write(title, area)) == (title, area)


@given(title=TITLES)
def test_a_title_in_quotes_alone_is_the_whole_sheet(title: str) -> None:
    assert a1.parse("'" + title.replace("'", "''") + "'") == (title, None)


@given(column=st.integers(0, 18_277))
def test_a_column_has_one_name(column: int) -> None:
    assert a1.column_number(a1.letters(column)) == column


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_in_a_sheet(column: int, name: str) -> None:
    assert a1.letters(column) == name


@pytest.mark.parametrize(
    ("text", "title", "area"),
    [
        ("'It''s'!A2:C", "It's", Area(1, 0, None, 3)),
        ("Orders!A:C", "Orders", Area(0, 0, None, 3)),
        ("Orders!1:3", "Orders", Area(0, 0, 3, None)),
        ("Orders!b3", "Orders", Area(2, 1, 3, 2)),
        ("Orders!$B$3:$A$1", "Orders", Area(0, 0, 3, 2)),
        ("Orders", "Orders", None),
        ("B7", None, Area(6, 1, 7, 2)),
        ("A1:B2", None, Area(0, 0, 2, 2)),
        ("1.0 Plan!A1", "1.0 Plan", Area(0, 0, 1, 1)),
    ],
)
def test_a_range_is_read(text: str, title: str | None, area: Area | None) -> None:
    assert a1.parse(text) == (title, area)


@pytest.mark.parametrize(
    "text", ["", "!A1", "Orders!", "Orders!A0", "Orders!A", "Orders!1", "Orders!A:1:2", "A1:"]
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no range: "):
        a1.parse(text)


@pytest.mark.parametrize(
    ("title", "quoted"),
    [
        ("Sales", "Sales"),
        ("Sheet_1", "Sheet_1"),
        ("TRUE", "TRUE"),
        ("x.y", "x.y"),
        ("Sales2", "Sales2"),
        ("Probe Tab", "'Probe Tab'"),
        ("A1", "'A1'"),
        ("ABC1234", "'ABC1234'"),
        ("R1C1", "'R1C1'"),
        ("2026", "'2026'"),
        ("Ünï", "'Ünï'"),
        ("a-b", "'a-b'"),
        ("It's", "'It''s'"),
    ],
)
def test_a_title_is_quoted_where_google_quotes_it(title: str, quoted: str) -> None:
    assert a1.quoted(title) == quoted
