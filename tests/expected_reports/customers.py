"""New and returning buyers, what each has spent, and what becomes of those of a month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from tests.expected_aggregates import cohort_of, net_of, order_gaps, spend_band, total_of
from tests.expected_reports.accounts import Accounts, Query, percent
from tests.raw_records import Json

GAPS = (
    (0, 0), (1, 7), (8, 14), (15, 30), (31, 60), (61, 90), (91, 180), (181, 365), (366, 730), (731, None),
)  # fmt: skip


@dataclass(frozen=True)
class Account:
    """A buyer of all time; money in minor units."""

    buyer: int
    dates: tuple[str, ...]
    units: int
    net: int
    total: int

    @property
    def orders(self) -> int:
        """How many."""
        return len(self.dates)


def accounts_of(accounts: Accounts) -> list[Account]:
    """Everyone who has ordered."""
    books = accounts.books
    found = []
    for buyer, order_ids in books.orders_of.items():
        entries = [entry for order_id in order_ids for entry in books.entries_of[order_id]]
        units = sum(entry.quantity for entry in entries if entry.kind == "sale")
        dates = tuple(books.dates[order_id] for order_id in order_ids)
        found.append(Account(buyer, dates, units, net_of(entries), total_of(entries)))
    return found


def months_between(first: str, last: str) -> Iterator[str]:
    """Months, YYYY-MM, both included."""
    year, month = int(first[:4]), int(first[5:7])
    while (name := f"{year:04}-{month:02}") <= last[:7]:
        yield name
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def customers_by_month(accounts: Accounts, query: Query) -> list[Json]:
    """A row a month."""
    books, days = accounts.books, accounts.days()
    if not days:
        return []
    first = max(query.start or "", min(days))
    rows = []
    for month in months_between(first, query.end or max([query.today, *days])):
        those = [order_id for order_id in books.orders if books.dates[order_id][:7] == month]
        buyers = {buyer for order_id in those if (buyer := books.buyers[order_id]) is not None}
        newcomers = sum(books.numbers[order_id] == 1 for order_id in those)
        rows.append(
            {
                "month": month,
                "customers": len(buyers),
                "new_customers": newcomers,
                "returning_customers": len(buyers) - newcomers,
                "customers_to_date": sum(cohort_of(books, buyer) <= month for buyer in books.orders_of),
                "new_net_sales": accounts.money(_net(accounts, month, {1})),
                "returning_net_sales": accounts.money(_net(accounts, month, None)),
                "unknown_net_sales": accounts.money(_net(accounts, month, {None})),
            }
        )
    return rows


def _net(accounts: Accounts, month: str, numbers: set[int | None] | None) -> int:
    """Net sales of a month of the orders with these numbers; None: of all above 1."""
    return net_of(
        entry
        for entry in accounts.books.entries
        if entry.ledger_date[:7] == month and _is_one_of(accounts.books.numbers[entry.order_id], numbers)
    )


def _is_one_of(number: int | None, numbers: set[int | None] | None) -> bool:
    return (number or 0) > 1 if numbers is None else number in numbers


def top_customers(accounts: Accounts, query: Query) -> list[Json]:
    """A row a buyer, those who spent most first."""
    best = sorted(accounts_of(accounts), key=lambda account: (-account.net, account.buyer))
    return [
        {
            "buyer_id": account.buyer,
            "customer_id": account.buyer if account.buyer > 0 else None,
            "orders": account.orders,
            "net_sales": accounts.money(account.net),
            "first_order_date": min(account.dates),
            "last_order_date": max(account.dates),
        }
        for account in best[: query.top_n]
    ]


def lifetime_value_distribution(accounts: Accounts, _query: Query) -> list[Json]:
    """A row a band of net sales."""
    buyers, net = Counter[int](), Counter[int]()
    for account in accounts_of(accounts):
        buyers[spend_band(account.net)] += 1
        net[spend_band(account.net)] += account.net
    return [
        {
            "from_net_sales": accounts.money(band),
            "buyers": buyers[band],
            "net_sales": accounts.money(net[band]),
            "share_percent": percent(buyers[band], buyers.total()),
            "sales_share_percent": percent(net[band], net.total()),
        }
        for band in sorted(buyers)
    ]


def cohorts(accounts: Accounts, query: Query) -> list[Json]:
    """A row a month of first orders and month since."""
    books = accounts.books
    members: dict[str, list[int]] = {}
    for buyer in books.orders_of:
        members.setdefault(cohort_of(books, buyer), []).append(buyer)
    rows = []
    for cohort in sorted(members):
        if not (query.start or "")[:7] <= cohort <= (query.end or "9999")[:7]:
            continue
        order_ids = [order_id for buyer in members[cohort] for order_id in books.orders_of[buyer]]
        entries = [entry for order_id in order_ids for entry in books.entries_of[order_id]]
        for since, month in enumerate(months_between(cohort, max(query.today, cohort))):
            came = {books.buyers[order_id] for order_id in order_ids if books.dates[order_id][:7] == month}
            net = net_of(entry for entry in entries if entry.ledger_date[:7] <= month)
            size = len(members[cohort])
            rows.append(
                {
                    "cohort_month": cohort,
                    "months_since": since,
                    "cohort_size": size,
                    "buyers": len(came),
                    "retention_percent": percent(len(came), size),
                    "cumulative_net_sales_per_customer": accounts.average(net, size),
                }
            )
    return rows


def time_between_orders(accounts: Accounts, _query: Query) -> list[Json]:
    """A row a band of days until the next order."""
    gaps = [int(days) for (days,), found in order_gaps(accounts.books).items() for _ in range(found["gaps"])]
    gaps.sort()
    median = (gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2]) / 2 if gaps else None
    counts = [sum(first <= days and (last is None or days <= last) for days in gaps) for first, last in GAPS]
    return [
        {
            "from_days": first,
            "to_days": last,
            "gaps": count,
            "share_percent": percent(count, len(gaps)),
            "cumulative_percent": percent(until, len(gaps)),
            "median_days": median,
        }
        for (first, last), count, until in zip(GAPS, counts, accumulate(counts), strict=True)
    ]


def days_since(today: str, day: str) -> int:
    """Whole days on the calendar."""
    return (date.fromisoformat(today) - date.fromisoformat(day)).days
