"""Sales by place, and by whatever else orders and lines belong to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.books import is_between
from tests.expected_reports.accounts import (
    Accounts,
    Query,
    added,
    change_percent,
    net_sales,
    percent,
    total_sales,
)
from tests.raw_records import Json

BANDS = ("order_value", "processing_time")


@dataclass(frozen=True)
class Member:
    """One member of a dimension: its figures of the days asked for, and its buyers of all time."""

    name: str
    figures: Counter[str]
    buyers: int
    recent: int
    before: int


def breakdown(accounts: Accounts, query: Query) -> list[Json]:
    """A row a member of the query's dimension; the ``top_n`` with the highest total sales."""
    members = _members(accounts, query, query.dimension)
    shown = _best(members, query.top_n)
    if query.dimension in BANDS:
        shown.sort(key=lambda member: int(member.name))
    whole = _whole(members)
    return [{"member": member.name or None, **_row(accounts, query, member, whole)} for member in shown]


def countries(accounts: Accounts, query: Query) -> list[Json]:
    """A row a country; those without a code are one."""
    members = _members(accounts, query, "country")
    whole = _whole(members)
    return [
        {
            "country_code": member.name or None,
            "country": _name(accounts, "geo_country", geo_country_code=member.name),
            **_row(accounts, query, member, whole),
        }
        for member in _best(members, query.top_n)
    ]


def regions(accounts: Accounts, query: Query) -> list[Json]:
    """A row a region of a country."""
    members = _members(accounts, query, "region")
    rows = []
    for member in _best(members, query.top_n):
        country, region = member.name.split("|")
        where = {"geo_country_code": country, "geo_province_code": region}
        rows.append(
            {
                "country_code": country or None,
                "country": _name(accounts, "geo_country", geo_country_code=country),
                "region_code": f"{country}-{region}" if country and region else None,
                "region": _name(accounts, "geo_province", **where),
                **_row(accounts, query, member, _whole(members)),
            }
        )
    return rows


def cities(accounts: Accounts, query: Query) -> list[Json]:
    """A row a known city; the ``top_n`` with the most customers of all time."""
    members = [
        member
        for member in _members(accounts, query, "city", all_time=True)
        if not member.name.endswith("|") and member.buyers
    ]
    shown = sorted(members, key=lambda member: (-member.buyers, member.name))[: query.top_n]
    whole = total_sales(_figures(accounts, query, "store", ""))
    rows = []
    for member in shown:
        country, region, city = member.name.split("|", 2)
        rows.append(
            {
                "country_code": country or None,
                "region_code": f"{country}-{region}" if country and region else None,
                "city": city,
                **_row(accounts, query, member, whole),
            }
        )
    return rows


def _members(accounts: Accounts, query: Query, dimension: str, *, all_time: bool = False) -> list[Member]:
    """Those with anything on the days asked for, or ever."""
    buyers = accounts.member_buyers
    recent, before = query.last_days(30), query.last_days(30, before=30)
    found = []
    for name, days in accounts.by_member.get(dimension, {}).items():
        if all_time or any(is_between(day, query.start, query.end) for day in days):
            found.append(
                Member(
                    name,
                    _figures(accounts, query, dimension, name),
                    buyers.get((dimension, name), Counter())["buyers"],
                    total_sales(_figures(accounts, recent, dimension, name)),
                    total_sales(_figures(accounts, before, dimension, name)),
                )
            )
    return found


def _figures(accounts: Accounts, query: Query, dimension: str, member: str) -> Counter[str]:
    days = accounts.days(dimension, member).items()
    return added(figures for day, figures in days if is_between(day, query.start, query.end))


def _best(members: list[Member], top_n: int) -> list[Member]:
    return sorted(members, key=lambda member: (-total_sales(member.figures), member.name))[:top_n]


def _whole(members: list[Member]) -> int:
    return sum(total_sales(member.figures) for member in members)


def _row(accounts: Accounts, query: Query, member: Member, whole: int) -> Json:
    figures = member.figures
    is_all_time = query.start is None and query.end is None
    spent, total = figures["gross_sales"] - figures["discounts"], total_sales(figures)
    return {
        "orders": figures["orders"],
        "customers": member.buyers if is_all_time else None,
        "net_sales": accounts.money(net_sales(figures)),
        "total_sales": accounts.money(total),
        "average_order_value": accounts.average(spent, figures["orders"]),
        "share_percent": percent(total, whole),
        "growth_percent": change_percent(member.recent, member.before),
    }


def _name(accounts: Accounts, column: str, **codes: str) -> str | None:
    """The name that addresses with these codes have."""
    names = {
        place[column]
        for place in accounts.books.places.values()
        if place[column] and all(place[code] == value for code, value in codes.items())
    }
    return max(names, default=None)
