"""Sales by day, week, month, hour of the week, and beside the year before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from tests.expected_reports.accounts import (
    Accounts,
    Query,
    added,
    change_percent,
    net_sales,
    ratio,
    total_sales,
)
from tests.expected_reports.headline import SECONDS_OF_DAY
from tests.expected_store_parts import periods_of
from tests.raw_records import Json


def daily(accounts: Accounts, query: Query) -> list[Json]:
    """A row a day, without gaps."""
    rows = _periods(accounts, query, "day", "date")
    sales = {day: total_sales(figures) for day, figures in accounts.days().items()}
    known_since = min(sales, default="")
    for row in rows:
        for length in (7, 28):
            those = [_days_later(row["date"], -back) for back in range(length)]
            sum_of_days = sum(sales.get(day, 0) for day in those)
            average = accounts.average(sum_of_days, length) if those[-1] >= known_since else None
            row[f"average_{length}_days"] = average
    return rows


def weekly(accounts: Accounts, query: Query) -> list[Json]:
    """A row a week, named by its Monday."""
    return _periods(accounts, query, "week", "week")


def monthly(accounts: Accounts, query: Query) -> list[Json]:
    """A row a month, YYYY-MM."""
    rows = _periods(accounts, query, "month", "month")
    return [row | {"month": row["month"][:7]} for row in rows]


def _periods(accounts: Accounts, query: Query, period: str, column: str) -> list[Json]:
    days = accounts.days()
    if not days:
        return []
    first = max(query.start or "", min(days))
    last = query.end or max([query.today, *days])
    sums: dict[str, Counter[str]] = {}
    for day in _calendar(first, last):
        sums.setdefault(periods_of(day)[period], Counter())
    for day, figures in days.items():
        if periods_of(day)[period] in sums:
            sums[periods_of(day)[period]].update(figures)
    running, rows = 0, []
    buyers, newcomers = _customers(accounts, period)
    for start, figures in sums.items():
        running += total_sales(figures)
        row = _row(accounts, figures, len(buyers.get(start, ())), newcomers[start])
        rows.append({column: start, **row, "running_total_sales": accounts.money(running)})
    return rows


def _customers(accounts: Accounts, period: str) -> tuple[dict[str, set[int]], Counter[str]]:
    """Who ordered in each period, and how many first orders it saw."""
    books = accounts.books
    buyers: dict[str, set[int]] = {}
    newcomers = Counter[str]()
    for order_id, day in books.dates.items():
        if (buyer := books.buyers[order_id]) is not None:
            start = periods_of(day)[period]
            buyers.setdefault(start, set()).add(buyer)
            newcomers[start] += books.numbers[order_id] == 1
    return buyers, newcomers


def _row(accounts: Accounts, figures: Counter[str], customers: int, new_customers: int) -> Json:
    return {
        "orders": figures["orders"],
        "customers": customers,
        "new_customers": new_customers,
        "returning_customers": customers - new_customers,
        "units": figures["units"],
        "gross_sales": accounts.money(figures["gross_sales"]),
        "discounts": accounts.money(figures["discounts"]),
        "returns": accounts.money(figures["returns"]),
        "net_sales": accounts.money(net_sales(figures)),
        "shipping": accounts.money(figures["shipping"]),
        "taxes": accounts.money(figures["taxes"]),
        "duties": accounts.money(figures["duties"]),
        "additional_fees": accounts.money(figures["fees"]),
        "total_sales": accounts.money(total_sales(figures)),
        "average_order_value": accounts.average(
            figures["gross_sales"] - figures["discounts"], figures["orders"]
        ),
        "average_processing_days": ratio(
            figures["processing_seconds"], SECONDS_OF_DAY * figures["processed_orders"]
        ),
    }


def _calendar(first: str, last: str) -> Iterator[str]:
    day = first
    while day <= last:
        yield day
        day = _days_later(day, 1)


def _days_later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def hours_by_weekday(accounts: Accounts, query: Query) -> list[Json]:
    """A row for each of the 168 hours of a week."""
    rows = []
    for weekday in range(1, 8):
        for hour in range(24):
            days = accounts.days("hour", f"{weekday} {hour:02}").items()
            sales = added(figures for day, figures in days if _is_asked(day, query))
            net = accounts.money(net_sales(sales))
            rows.append({"weekday": weekday, "hour": hour, "orders": sales["orders"], "net_sales": net})
    return rows


def _is_asked(day: str, query: Query) -> bool:
    return (query.start or "") <= day <= (query.end or "9999")


def year_over_year(accounts: Accounts, query: Query) -> list[Json]:
    """A row a month; that of today is compared with as many days of the year before.

    The shop's first month, if it began in the midst of it, is no measure for another.
    """
    days = accounts.days()
    opening = min(days, default="9999-12-31")
    months = dict.fromkeys(day[:7] for day in _calendar(opening, query.today))
    rows = []
    for month in months:
        past = f"{int(month[:4]) - 1}{month[4:]}"
        last_day = "31" if month < query.today[:7] else query.today[8:]
        now = added(figures for day, figures in days.items() if day[:7] == month)
        before = added(figures for day, figures in days.items() if day[:7] == past and day[8:] <= last_day)
        if past == opening[:7] and not opening.endswith("-01"):
            before = Counter()
        rows.append(_compared(accounts, month, now, before))
    return rows


def _compared(accounts: Accounts, month: str, now: Counter[str], before: Counter[str]) -> Json:
    spent, past_spent = (figures["gross_sales"] - figures["discounts"] for figures in (now, before))
    has_averages = now["orders"] and before["orders"]
    return {
        "year": int(month[:4]),
        "month": int(month[5:]),
        "orders": now["orders"],
        "net_sales": accounts.money(net_sales(now)),
        "total_sales": accounts.money(total_sales(now)),
        "average_order_value": accounts.average(spent, now["orders"]),
        "orders_change_percent": change_percent(now["orders"], before["orders"]),
        "net_sales_change_percent": change_percent(net_sales(now), net_sales(before)),
        "total_sales_change_percent": change_percent(total_sales(now), total_sales(before)),
        "average_order_value_change_percent": change_percent(
            spent * before["orders"], past_spent * now["orders"]
        )
        if has_averages
        else None,
    }
