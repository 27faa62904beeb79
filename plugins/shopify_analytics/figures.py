"""What the key figures are called, and what they mean in a sentence; ``docs/metrics.md`` tells the whole."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A column of ``include/sql/reports/headline.sql``, for people."""

    key: str
    name: str
    meaning: str


FIGURES = (
    Figure(
        "total_orders", "Orders", "All but test orders and deleted ones; cancelled and unpaid orders count"
    ),
    Figure("total_customers", "Customers", "Customers that the store has, whether or not they ordered"),
    Figure(
        "ordering_customers", "Ordering customers", "Distinct buyers of these orders, guests by their e-mail"
    ),
    Figure("new_customers", "New customers", "Buyers whose first order is among these orders"),
    Figure("gross_sales", "Gross sales", "Price x quantity as first ordered, without gift cards and tips"),
    Figure("total_discounts", "Discounts", "What was taken off these goods"),
    Figure(
        "total_returns", "Returns", "Goods given back at what was paid for them, by the day of the refund"
    ),
    Figure("net_sales", "Net sales", "Gross sales - discounts - returns"),
    Figure("total_shipping", "Shipping", "After its discounts, less what was refunded of it"),
    Figure("total_tax", "Taxes", "Tax of goods, gift cards and shipping, less what was refunded of it"),
    Figure("total_duties", "Duties", "Import duties"),
    Figure("total_additional_fees", "Additional fees", "Fees beside duties"),
    Figure("total_sales", "Total sales", "Net sales + shipping + taxes + duties + additional fees"),
    Figure("average_order_value", "Average order value", "(Gross sales - discounts) ÷ orders"),
    Figure("total_sales_per_order", "Total sales per order", "Total sales ÷ orders"),
    Figure("units_sold", "Units sold", "Goods as first ordered"),
    Figure("units_per_order", "Units per order", "Units sold ÷ orders"),
    Figure("repeat_rate_percent", "Repeat rate, %", "Buyers with two orders or more ÷ buyers"),
    Figure(
        "returning_customer_rate_percent",
        "Returning customers, %",
        "Buyers who had ordered before ÷ buyers of the time",
    ),
    Figure("refund_rate_percent", "Refund rate, %", "Orders of which goods were given back ÷ orders"),
    Figure("cancellation_rate_percent", "Cancellation rate, %", "Cancelled orders ÷ orders"),
    Figure(
        "average_processing_days",
        "Processing time, days",
        "Mean time from order to first fulfilment, of fulfilled orders that were not cancelled",
    ),
    Figure("total_outstanding", "Outstanding", "What customers still owe"),
    Figure("total_gift_cards", "Gift cards sold", "A debt, not part of sales"),
    Figure("total_tips", "Tips", "Not part of sales"),
    Figure("first_order_date", "First order", "On the shop's calendar"),
    Figure("last_order_date", "Last order", "On the shop's calendar"),
)
