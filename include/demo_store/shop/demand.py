"""How many orders a day brings and at what hours: growth, seasons, weekdays and the buyers' daily rhythm."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

MONTHS = (0.82, 0.85, 0.95, 0.98, 1.02, 0.92, 0.74, 0.78, 1.0, 1.08, 1.42, 1.6)
WEEKDAYS = (1.12, 1.06, 1.0, 0.98, 0.93, 0.82, 1.09)
HOURS = (3, 1.5, 1, 0.7, 0.7, 1, 2, 4, 6, 8, 9, 9, 10, 9, 8, 8, 8, 9, 10, 13, 16, 16, 12, 7)
BLACK_FRIDAY_LIFT = 1.8
CHRISTMAS_LULL = 0.45
GROWTH_FROM, GROWTH_TO = 0.4, 1.6


def black_friday(year: int) -> date:
    """Return the day after the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 22)


def is_black_friday_sale(day: date) -> bool:
    """Return whether ``day`` falls into the sale from Black Friday to Cyber Monday."""
    return 0 <= (day - black_friday(day.year)).days <= 3


def day_weight(day: date, start: date, opened: date) -> float:
    """Return how busy ``day`` is; the shop grows evenly from ``start`` to ``opened``, then keeps its size."""
    grown = min((day - start) / max(opened - start, timedelta(days=1)), 1.0)
    weight = (
        (GROWTH_FROM + (GROWTH_TO - GROWTH_FROM) * grown) * MONTHS[day.month - 1] * WEEKDAYS[day.weekday()]
    )
    if is_black_friday_sale(day):
        weight *= BLACK_FRIDAY_LIFT
    if day.month == 12 and day.day > 23:
        weight *= CHRISTMAS_LULL
    return weight


def orders_per_weight(orders: int, start: date, opened: date) -> float:
    """Return the orders per :func:`day_weight` that make ``orders`` from ``start`` to ``opened``."""
    days = (opened - start).days + 1
    return orders / sum(day_weight(start + timedelta(days=day), start, opened) for day in range(days))


def arrivals(mean: float, rng: Random) -> int:
    """Return a Poisson number; from 50 on its normal approximation."""
    if mean >= 50:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def seconds_of_day(count: int, rng: Random) -> list[int]:
    """Return ``count`` moments of a day, as seconds since midnight, ascending."""
    hours = rng.choices(range(24), HOURS, k=count)
    return sorted(hour * 3600 + rng.randrange(3600) for hour in hours)
