"""Measures whose figure no report has: they say why, and a plain SELECT says the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from power_bi.model import read_model

from tests.power_bi.dax_measures.comparing import EXACT_QUOTIENT, is_same
from tests.power_bi.dax_measures.figures import Figure
from tests.power_bi.dax_measures.shops import MeasuredShop, measured
from tests.power_bi.dax_measures.slices import Slice
from tests.power_bi.dax_measures.small_shop import small_shop

SELECTS = {
    "Cancelled Orders": """
        SELECT count(*)
        FROM orders
        WHERE is_test = 0 AND cancelled_at IS NOT NULL AND order_date BETWEEN :first AND :last
        """,
    "Customers Year Change": """
        WITH bought AS (
            SELECT
                count(DISTINCT iif(order_date BETWEEN :first AND :last, buyer_id, NULL)) AS now,
                count(DISTINCT iif(order_date BETWEEN :past_first AND :past_last, buyer_id, NULL)) AS before
            FROM orders
            WHERE is_test = 0
        )
        SELECT 1.0 * (now - before) / nullif(before, 0)
        FROM bought
        WHERE :past_first >= (SELECT min(ledger_date) FROM sales_ledger)
        """,
    "Discount Rate": """
        SELECT
            -1.0 * sum(iif(kind = 'discount', amount_minor, 0))
            / nullif(sum(iif(kind = 'sale', amount_minor, 0)), 0)
        FROM sales_ledger
        WHERE ledger_date BETWEEN :first AND :last
        """,
    "First Day of Data": "SELECT min(ledger_date) FROM sales_ledger",
    "Last Day of Data": "SELECT max(ledger_date) FROM sales_ledger",
    "Orders Fulfilled": """
        SELECT count(*)
        FROM orders
        WHERE is_test = 0 AND fulfilled_date BETWEEN :first AND :last
        """,
    "Orders per Buyer": "SELECT 1.0 * sum(orders) / count(*) FROM buyers",
    "Product Share of Net Sales": """
        SELECT iif(sum(amount_minor) <> 0, 1.0, NULL)
        FROM sales_ledger
        WHERE kind IN ('sale', 'discount', 'return', 'adjustment') AND ledger_date BETWEEN :first AND :last
        """,
    "Refunded Orders": """
        SELECT count(*)
        FROM orders
        WHERE order_date BETWEEN :first AND :last AND EXISTS (
            SELECT 1
            FROM sales_ledger
            WHERE sales_ledger.order_id = orders.id
              AND kind IN ('return', 'shipping_return', 'gift_card_return', 'adjustment')
        )
        """,
    "Repeat Customers": """
        SELECT count(*)
        FROM (
            SELECT buyer_id
            FROM orders
            WHERE is_test = 0 AND buyer_id IS NOT NULL AND order_date BETWEEN :first AND :last
            GROUP BY buyer_id
            HAVING count(*) > 1
        )
        """,
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MeasuredShop]:
    """The small shop."""
    folder = tmp_path_factory.mktemp("shop")
    with small_shop(folder) as db, measured(db, folder / "csv") as shop:
        yield shop


@pytest.mark.parametrize("name", SELECTS)
def test_a_measure_without_a_report_equals_a_select(shop: MeasuredShop, name: str) -> None:
    within = shop.engine.filter("Date", "Within data", "Yes")
    cells = [cell for cell in shop.slices if cell.kind in {"all", "month"}]
    found = [shop.engine.evaluate(f"[{name}]", selected=[within], grouped=cell.filters) for cell in cells]
    wanted = [selected(shop, name, cell) for cell in cells]
    column = EXACT_QUOTIENT if any(isinstance(figure, float) for figure in wanted) else "figure"
    differing = [
        (str(cell), *pair)
        for cell, pair in zip(cells, zip(found, wanted, strict=True), strict=True)
        if not is_same(*pair, column, shop.minor)
    ]
    assert differing == []


def selected(shop: MeasuredShop, name: str, cell: Slice) -> Figure:
    """What the SELECT says of a cell."""
    year_before = cell.dates("year_before", shop.days)
    dates = {
        "first": cell.first.isoformat(),
        "last": cell.last.isoformat(),
        "past_first": year_before["start"],
        "past_last": year_before["end"],
    }
    row = shop.db.execute(SELECTS[name], dates).fetchone()
    return row[0] if row else None


def test_every_measure_has_a_report_or_a_select() -> None:
    assert {measure.name for measure in read_model().measures if not measure.report} == SELECTS.keys()
