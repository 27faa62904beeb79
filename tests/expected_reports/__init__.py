"""What every report must say of a store, by the report's name; made of :mod:`tests.books` alone."""

from __future__ import annotations

from collections.abc import Callable

from tests.expected_reports.accounts import Accounts, Query
from tests.expected_reports.analysis import (
    discount_codes,
    ledger_difference_causes,
    ledger_difference_list,
    trends,
)
from tests.expected_reports.breakdowns import breakdown, cities, countries, regions
from tests.expected_reports.customers import (
    cohorts,
    customers_by_month,
    lifetime_value_distribution,
    time_between_orders,
    top_customers,
)
from tests.expected_reports.headline import headline
from tests.expected_reports.orders import latest_orders, outstanding_by_age
from tests.expected_reports.over_time import daily, hours_by_weekday, monthly, weekly, year_over_year
from tests.expected_reports.products import (
    bought_together,
    product_performance,
    product_rankings,
    slow_movers,
    top_products,
    variant_performance,
)
from tests.expected_reports.segments import customer_value, rfm_segments
from tests.raw_records import Json

__all__ = ["REPORTS", "Accounts", "Query"]

Report = Callable[[Accounts, Query], list[Json]]
REPORTS: dict[str, Report] = {
    "headline": headline,
    "daily": daily,
    "weekly": weekly,
    "monthly": monthly,
    "hours_by_weekday": hours_by_weekday,
    "year_over_year": year_over_year,
    "countries": countries,
    "regions": regions,
    "cities": cities,
    "breakdown": breakdown,
    "latest_orders": latest_orders,
    "outstanding_by_age": outstanding_by_age,
    "customers_by_month": customers_by_month,
    "customer_value": customer_value,
    "top_customers": top_customers,
    "lifetime_value_distribution": lifetime_value_distribution,
    "rfm_segments": rfm_segments,
    "cohorts": cohorts,
    "time_between_orders": time_between_orders,
    "top_products": top_products,
    "product_rankings": product_rankings,
    "product_performance": product_performance,
    "variant_performance": variant_performance,
    "bought_together": bought_together,
    "slow_movers": slow_movers,
    "discount_codes": discount_codes,
    "trends": trends,
    "ledger_difference_list": ledger_difference_list,
    "ledger_difference_causes": ledger_difference_causes,
}
