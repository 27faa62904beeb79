"""Every measure gives the figure of its SQL report for the demo store too, about 3,000 orders."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from power_bi.model import Measure

from tests.power_bi.dax_measures.comparing import COMPARED, NOTHING, compared
from tests.power_bi.dax_measures.shops import MeasuredShop, measured


@pytest.fixture(scope="module")
def shop(demo_db: sqlite3.Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MeasuredShop]:
    """The demo store as it is made by default."""
    with measured(demo_db, tmp_path_factory.mktemp("demo_store")) as shop:
        yield shop


@pytest.mark.parametrize("measure", COMPARED, ids=lambda measure: measure.name)
def test_a_measure_equals_its_report(shop: MeasuredShop, measure: Measure) -> None:
    assert compared(shop, measure) == NOTHING
