"""Every measure gives the figure of its SQL report for the demo store too, about 3,000 orders."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from demo_store.shop.life import open_shop
from power_bi.model import Measure

from tests.power_bi.dax_measures.comparing import COMPARED, NOTHING, compared
from tests.power_bi.dax_measures.shops import MeasuredShop, measured
from tests.syncing import new_database
from tests.whole_shops import NOW


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MeasuredShop]:
    """The demo store as it is made by default."""
    folder = tmp_path_factory.mktemp("demo_store")
    store = open_shop(folder / "store.db", now=NOW)
    with new_database(folder, store.shop) as syncs:
        syncs.load_store(store)
        with measured(syncs.db, folder / "csv") as shop:
            yield shop
    store.close()


@pytest.mark.parametrize("measure", COMPARED, ids=lambda measure: measure.name)
def test_a_measure_equals_its_report(shop: MeasuredShop, measure: Measure) -> None:
    assert compared(shop, measure) == NOTHING
