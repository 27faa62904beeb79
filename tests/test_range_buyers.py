"""The buyers of any range of days, of the store and of its parts: read from sums, and counted one by one."""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from shopify_analytics.database import read_only
from shopify_analytics.reports import run_report
from shopify_analytics.web.filters import only

from tests.demo_store.records import FIRST_CUSTOMER_ID, FIRST_ORDER_ID, order
from tests.syncing import Syncs, select

FIGURES = ("ordering_customers", "new_customers", "repeat_rate_percent", "returning_customer_rate_percent")
FIRST_DAY, DAYS = date(2025, 12, 20), 80
COUNTRIES = {"NL": "Netherlands", "BE": "Belgium"}
CHANNELS = {"web": "Online Store", "pos": "Point of Sale"}
PARTS: tuple[dict[str, str], ...] = (
    {},
    *({"country": country} for country in COUNTRIES),
    *({"channel": channel} for channel in CHANNELS.values()),
    *({"country": country, "channel": channel} for country, channel in product(COUNTRIES, CHANNELS.values())),
)
BOUGHT = """
    SELECT order_date, buyer_id, order_seq, geo_country_code, channel FROM orders
    WHERE is_test = 0 AND deleted_at IS NULL AND buyer_id IS NOT NULL
    """


def bought(number: int, day: str, customer: int | None, country: str = "NL", channel: str = "web") -> Any:
    """An order of a day; without a customer nobody knows whose."""
    at = f"{day}T12:00:00Z"
    return order(
        number,
        created_at=at,
        processed_at=at,
        customer=customer and {"id": FIRST_CUSTOMER_ID + customer},
        email=None,
        source_name=channel,
        shipping_address={"city": "Town", "country": COUNTRIES[country], "country_code": country},
    )


def figures(db: sqlite3.Connection, start: str | None, end: str | None) -> tuple[Any, ...]:
    """What the report says."""
    (row,) = run_report(db, "headline", start=start, end=end)
    return tuple(row[name] for name in FIGURES)


def counted(rows: list[Any], start: str | None, end: str | None, part: dict[str, str]) -> tuple[Any, ...]:
    """The same, one order after another."""
    orders_ever: defaultdict[int, int] = defaultdict(int)
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    for day, buyer, number, country, channel in rows:
        orders_ever[buyer] += 1
        belongs = {"country": country, "channel": channel}
        if (start or "") <= day <= (end or "9999") and part.items() <= belongs.items():
            numbers[buyer].append(number)
    buyers = len(numbers)
    new = sum(1 in found for found in numbers.values())
    repeat = sum(len(found) > 1 for found in numbers.values())
    returning = sum(orders_ever[buyer] > 1 for buyer in numbers)
    return (buyers, new, *(_percent(part, buyers) for part in (repeat, returning)))


def _percent(part: int, whole: int) -> Any:
    return pytest.approx(100 * part / whole, abs=0.0051) if whole else None


def ranges(drawn: random.Random) -> Iterator[tuple[str | None, str | None]]:
    """Open ones, whole months, and some that begin and end anywhere."""
    days = [(FIRST_DAY + timedelta(days=day)).isoformat() for day in range(-2, DAYS + 2)]
    yield from ((None, None), ("2026-01-01", "2026-01-31"), ("2025-12-01", "2026-02-28"))
    for _ in range(60):
        first, last = sorted(drawn.choices(days, k=2))
        yield first, last
        yield drawn.choice([(first, None), (None, last), (first, first)])


def test_a_buyer_counts_once_however_often_they_ordered(syncs: Syncs) -> None:
    days = [
        ("2026-09-30", 1),
        ("2026-10-01", 1),
        ("2026-10-02", 2),
        ("2026-10-02", 2),
        ("2026-10-03", 2),
        ("2026-10-04", 3),
        ("2026-10-04", None),
        ("2026-10-31", 4),
        ("2026-11-01", 4),
    ]
    syncs.load(orders=[bought(number, *one) for number, one in enumerate(days, start=1)])
    # Of four, 2 ordered twice in October; 1, 2 and 4 have ordered twice by now.
    assert figures(syncs.db, "2026-10-01", "2026-10-31") == (4, 3, 25.0, 75.0)
    assert figures(syncs.db, "2026-11-01", None) == (1, 0, 0.0, 100.0)
    assert figures(syncs.db, None, "2026-09-29") == (0, 0, None, None)
    assert figures(syncs.db, None, None) == (4, 4, 75.0, 75.0)


@pytest.mark.parametrize("seed", range(3))
def test_buyers_of_any_range_are_those_of_its_orders(seed: int, syncs: Syncs, tmp_path: Path) -> None:
    drawn = random.Random(seed)
    for _ in range(3):
        syncs.load(
            orders=[
                bought(
                    number,
                    (FIRST_DAY + timedelta(days=drawn.randrange(DAYS))).isoformat(),
                    drawn.choice([None, *range(1, 15)]),
                    drawn.choice(["NL", "NL", "BE"]),
                    drawn.choice(list(CHANNELS)),
                )
                for number in drawn.sample(range(1, 61), 40)
            ],
            deleted={"orders": [FIRST_ORDER_ID + number for number in drawn.sample(range(1, 61), 5)]},
        )
    rows = select(syncs.db, BOUGHT)
    assert len(rows) > 30
    asked = list(ranges(drawn))
    for part in PARTS:
        with read_only(tmp_path / "data" / "shopify_data.db") as db:
            if part:
                only(db, part)
            found = [figures(db, *dates) for dates in asked]
        assert found == [counted(rows, *dates, part) for dates in asked], part
