"""The figures to tick off in Power BI Desktop are those of SQL, and of the measures as we interpret them."""

from __future__ import annotations

import re
import sqlite3
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from power_bi.demo import guide_files
from power_bi.demo_files import export
from power_bi.model import MEASURES, REFERENCE, read_model

from tests.power_bi.dax import Engine
from tests.power_bi.dax_measures.csv_model import read_csv_model
from tests.power_bi.project import DASHBOARDS, literal, pages, read

Demo = tuple[Engine, dict[str, bytes]]
ADVICE = "The pictures or figures of the guide are old: run make demo-files"
EXPECTED = DASHBOARDS / "expected.json"
FIGURES = [
    pytest.param(figure, id=f"{page}, {figure['measure']} {' '.join(figure.get('of', {}).values())}".strip())
    for page, figures in read(EXPECTED)["pages"].items()
    for figure in figures
]


@pytest.fixture(scope="module")
def demo(demo_db: sqlite3.Connection, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The model over the files of the demo store, and what is expected of it by SQL."""
    folder = tmp_path_factory.mktemp("demo")
    export(demo_db, folder)
    return Engine(read_csv_model(folder)), guide_files(demo_db)


def test_the_files_are_what_the_reports_say(demo: Demo) -> None:
    files = demo[1]
    assert {name: (DASHBOARDS / name).read_bytes() for name in files} == files, (
        "Old files: run make demo-files"
    )


def test_a_wireframe_says_that_it_is_one_and_has_every_title_of_its_page() -> None:
    names = {
        "Overview": "overview",
        "Geographic Overview": "geographic-overview",
        "Orders & Customers": "orders-customers",
        "Coherent Analysis": "coherent-analysis",
    }
    folder = DASHBOARDS / "power-bi-wireframes"
    assert {path.stem for path in folder.iterdir()} == set(names.values())
    for page, name in names.items():
        texts = [
            unescape(text) for text in re.findall(r">([^<]+)</text>", (folder / f"{name}.svg").read_text())
        ]
        assert texts[0].startswith(f"WIREFRAME of the page {page}: drawn from the report's files")
        for visual in pages()[page].visuals:
            title = literal(visual.visual["visualContainerObjects"]["title"][0]["properties"]["text"])
            assert visual.type == "cardVisual" or title in texts


@pytest.mark.parametrize("figure", FIGURES)
def test_a_measure_gives_the_expected_figure(figure: dict[str, Any], demo: Demo) -> None:
    engine = demo[0]
    within = engine.filter("Date", "Within data", "Yes")
    cells = []
    for column, member in figure.get("of", {}).items():
        reference = REFERENCE.fullmatch(column)
        assert reference
        cells.append(engine.filter(reference["table"], reference["column"], member))
    measured = engine.evaluate(f"[{figure['measure']}]", selected=[within], grouped=cells)
    assert isinstance(measured, int | float | Decimal)
    _whole, _point, decimals = str(figure["value"]).partition(".")
    half = 0.51 * 10.0 ** -len(decimals) if decimals else 0
    assert float(measured) == pytest.approx(figure["value"], abs=half)


def test_there_are_ten_figures_a_page_and_the_page_shows_them() -> None:
    told = read(EXPECTED)["pages"]
    assert {page: len(figures) for page, figures in told.items()} == dict.fromkeys(list(pages())[:4], 10)
    for page, figures in told.items():
        shown = {
            projection["queryRef"] for visual in pages()[page].visuals for projection in visual.projections
        }
        for figure in figures:
            columns = [re.sub(r"'(.+)'\[(.+)\]", r"\1.\2", column) for column in figure.get("of", {})]
            assert {f"{MEASURES}.{figure['measure']}", *columns} <= shown
            read_model().measure(figure["measure"])


def told_as(figure: dict[str, Any]) -> str:
    """A figure as Power BI shows it."""
    value = figure["value"]
    kind = read_model().measure(figure["measure"]).format
    shown = {
        "money": f"{value:,.2f}",
        "decimal": f"{value:,.2f}",
        "whole": f"{value:,}",
        "percent": f"{100 * value:.1f}%",
        "change": f"{100 * value:+.1f}%",
    }[kind]
    member = "".join(f" of {member}" for member in figure.get("of", {}).values())
    return f"{figure['measure']}{member}: **{shown}**"


def test_the_guide_tells_these_figures() -> None:
    guide = (DASHBOARDS / "POWER_BI.md").read_text(encoding="utf-8")
    rows = zip(*read(EXPECTED)["pages"].values(), strict=True)
    table = "".join(f"| {' | '.join(map(told_as, row))} |\n" for row in rows)
    assert table in guide
