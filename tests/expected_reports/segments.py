"""Buyers by how recently, how often and for how much they buy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from tests.expected_aggregates import spend_band
from tests.expected_reports.accounts import Accounts, Query, percent
from tests.expected_reports.customers import Account, accounts_of, days_since
from tests.raw_records import Json

Trait = TypeVar("Trait", str, int)
# By recency from 1 to 5: the least worth (frequency + spend) that each segment asks for, best first.
SEGMENTS = (
    "Champions", "Loyal", "Active", "New", "Promising",
    "Needs attention", "Almost lost", "Previously loyal", "At risk", "Dormant",
)  # fmt: skip
OF_RECENCY = {
    5: ((8, "Champions"), (4, "Active"), (2, "New")),
    4: ((8, "Loyal"), (4, "Active"), (2, "Promising")),
    3: ((8, "Loyal"), (5, "Needs attention"), (2, "Almost lost")),
    2: ((9, "Previously loyal"), (6, "At risk"), (2, "Dormant")),
    1: ((9, "Previously loyal"), (6, "At risk"), (2, "Dormant")),
}


class Scores(NamedTuple):
    """From 1 to 5 each."""

    recency: int
    frequency: int
    spend: int

    @property
    def segment(self) -> str:
        """The first whose least worth is reached."""
        worth = self.frequency + self.spend
        return next(segment for least, segment in OF_RECENCY[self.recency] if worth >= least)


def rfm_segments(accounts: Accounts, _query: Query) -> list[Json]:
    """A row a segment, all ten."""
    members: dict[str, list[Account]] = {segment: [] for segment in SEGMENTS}
    for account, scores in scores_of(accounts_of(accounts)).items():
        members[scores.segment].append(account)
    everyone = sum(map(len, members.values()))
    return [
        {
            "segment": segment,
            "customers": len(those),
            "share_percent": percent(len(those), everyone),
            "net_sales": accounts.money(sum(account.net for account in those)),
            "average_net_sales": accounts.average(sum(account.net for account in those), len(those)),
        }
        for segment, those in members.items()
    ]


def customer_value(accounts: Accounts, query: Query) -> list[Json]:
    """A row a buyer."""
    everyone = sorted(accounts_of(accounts), key=lambda account: account.buyer)
    scores = scores_of(everyone)
    return [
        {
            "buyer_id": account.buyer,
            "customer_id": account.buyer if account.buyer > 0 else None,
            "orders": account.orders,
            "units": account.units,
            "net_sales": accounts.money(account.net),
            "total_sales": accounts.money(account.total),
            "average_order_value": accounts.average(account.net, account.orders),
            "first_order_date": min(account.dates),
            "last_order_date": max(account.dates),
            "days_since_last_order": days_since(query.today, max(account.dates)),
            "recency_score": scores[account].recency,
            "frequency_score": scores[account].frequency,
            "spend_score": scores[account].spend,
            "segment": scores[account].segment,
        }
        for account in everyone
    ]


def scores_of(everyone: Sequence[Account]) -> dict[Account, Scores]:
    """The scores of each buyer."""
    recency = _fifths_of_last(max(account.dates) for account in everyone)
    spend = _fifths_of_middle(spend_band(account.net) for account in everyone)
    return {
        account: Scores(
            recency[max(account.dates)], _frequency(account.orders), spend[spend_band(account.net)]
        )
        for account in everyone
    }


def _frequency(orders: int) -> int:
    return orders if orders <= 3 else 4 if orders <= 5 else 5


def _fifths_of_last(traits: Iterable[Trait]) -> dict[Trait, int]:
    """By trait, the fifth of all, from 1, in which the last of those with it stands."""
    ranked = sorted(traits)
    return {trait: -(-5 * place // len(ranked)) for place, trait in enumerate(ranked, start=1)}


def _fifths_of_middle(traits: Iterable[Trait]) -> dict[Trait, int]:
    """By trait, the fifth of all, from 1, in which the middle of those with it stands."""
    ranked = sorted(traits)
    return {
        trait: 1 + 5 * (2 * ranked.index(trait) + ranked.count(trait)) // (2 * len(ranked))
        for trait in ranked
    }
