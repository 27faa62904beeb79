"""Every measure gives the figure of the SQL report that it names, over the CSV files of the same shop.

By our own reading of DAX (``tests/power_bi/dax``), which is not Microsoft's engine. Sums are equal to the
smallest unit of the currency, quotients as far as the reports round them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from power_bi.model import Measure

from tests.power_bi.dax_measures.comparing import COMPARED, NOTHING, compared
from tests.power_bi.dax_measures.figures import REPORTS, reported
from tests.power_bi.dax_measures.shops import MeasuredShop, measured
from tests.power_bi.dax_measures.small_shop import small_shop
from tests.whole_shops import LIVED_ON, TWISTED, Shop


def database_of(shop: Shop) -> Callable[[Path], AbstractContextManager[sqlite3.Connection]]:
    """A shop of other tests, as its database alone."""

    @contextmanager
    def opened(folder: Path) -> Iterator[sqlite3.Connection]:
        with shop(folder) as found:
            yield found.db

    return opened


SHOPS = {
    "small": small_shop,
    "lived on": database_of(LIVED_ON["lived on, seed 5"]),
    "in yen": database_of(TWISTED["twisted, in JPY"]),
    "in dinars": database_of(TWISTED["twisted, in KWD"]),
}


@pytest.fixture(scope="module", params=SHOPS)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MeasuredShop]:
    """Tax included and not, guests, deleted products, refunds, test orders, gift cards, three currencies."""
    folder = tmp_path_factory.mktemp("shop")
    with SHOPS[request.param](folder) as db, measured(db, folder / "csv") as shop:
        yield shop


@pytest.mark.parametrize("measure", COMPARED, ids=lambda measure: measure.name)
def test_a_measure_equals_its_report(shop: MeasuredShop, measure: Measure) -> None:
    assert compared(shop, measure) == NOTHING


def test_every_report_that_a_measure_names_is_compared() -> None:
    assert {reported(measure)[0] for measure in COMPARED} == REPORTS.keys()
