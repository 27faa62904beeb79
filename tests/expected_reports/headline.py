"""The key figures."""

from __future__ import annotations

from tests.expected_reports.accounts import Accounts, Query, net_sales, percent, ratio, total_sales
from tests.raw_records import Json

SECONDS_OF_DAY = 86_400


def headline(accounts: Accounts, query: Query) -> list[Json]:
    """One row: the figures of the query's days."""
    books, sales, buyers = accounts.books, accounts.sales(query), accounts.buyers(query)
    order_ids = list(accounts.order_ids(query))
    days = [books.dates[order_id] for order_id in order_ids]
    orders = sales["orders"]
    return [
        {
            "total_orders": orders,
            "total_customers": len(books.customers),
            "ordering_customers": len(buyers),
            "new_customers": sum(books.numbers[order_id] == 1 for order_id in order_ids),
            "gross_sales": accounts.money(sales["gross_sales"]),
            "total_discounts": accounts.money(sales["discounts"]),
            "total_returns": accounts.money(sales["returns"]),
            "net_sales": accounts.money(net_sales(sales)),
            "total_shipping": accounts.money(sales["shipping"]),
            "total_tax": accounts.money(sales["taxes"]),
            "total_duties": accounts.money(sales["duties"]),
            "total_additional_fees": accounts.money(sales["fees"]),
            "total_sales": accounts.money(total_sales(sales)),
            "average_order_value": accounts.average(sales["gross_sales"] - sales["discounts"], orders),
            "total_sales_per_order": accounts.average(total_sales(sales), orders),
            "units_sold": sales["units"],
            "units_per_order": ratio(sales["units"], orders),
            "repeat_rate_percent": percent(sum(count > 1 for count in buyers.values()), len(buyers)),
            "returning_customer_rate_percent": percent(
                sum(len(books.orders_of[buyer]) > 1 for buyer in buyers), len(buyers)
            ),
            "refund_rate_percent": percent(sales["returned_orders"], orders),
            "cancellation_rate_percent": percent(sales["cancelled_orders"], orders),
            "average_processing_days": ratio(
                sales["processing_seconds"], SECONDS_OF_DAY * sales["processed_orders"]
            ),
            "total_outstanding": accounts.money(sales["outstanding"]),
            "total_gift_cards": accounts.money(sales["gift_cards"]),
            "total_tips": accounts.money(sales["tips"]),
            "first_order_date": min(days, default=None),
            "last_order_date": max(days, default=None),
        }
    ]
