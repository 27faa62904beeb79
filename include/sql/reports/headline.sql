-- The key figures of what is dated :start to :end, both included; null is open. One row.
-- Sales count on the day of the order, reversals (returns, refunded shipping and tax) on their own day.
--   total_orders: neither test nor deleted; cancelled, unpaid and gift-card-only orders count
--   total_customers: in the store now, whatever the dates; ordering_customers: buyers, guests known by e-mail included
--   new_customers: buyers whose first order ever it was
--   gross_sales: price x quantity of goods, without tax; total_discounts, total_returns: positive, without tax
--   net_sales = gross_sales - total_discounts - total_returns
--   total_sales = net_sales + total_shipping + total_tax + total_duties + total_additional_fees, net of refunds
--   average_order_value = (gross_sales - total_discounts) / orders; total_sales_per_order = total_sales / orders
--   repeat_rate: buyers of two orders or more / buyers, both within the dates
--   returning_customer_rate: buyers within the dates who have ordered twice or more by now, whenever / buyers
--   refund_rate: orders with a return, a refund of shipping or a discrepancy, whenever that was / orders
--   average_processing_days: order to first fulfilment, of fulfilled orders not cancelled
--   total_outstanding: what the orders still owe now; total_gift_cards, total_tips: no sales, net of refunds
-- Money: major units of the shop's currency. Percentages and days: two decimals. Null where a denominator is 0.
-- Parameters: :start, :end, :minor (minor units in a major one, such as 100.0).
-- Source: https://shopify.dev/docs/api/shopifyql/latest/schemas/sales_revenue/sales; returning customers:
-- https://help.shopify.com/en/manual/reports-and-analytics/shopify-reports/report-types/default-reports/customers-reports;
-- average order value:
-- https://changelog.shopify.com/posts/your-average-order-value-now-has-a-new-definition-in-shopify
WITH sold AS (
    SELECT
        coalesce(sum(orders), 0) AS orders,
        coalesce(sum(cancelled_orders), 0) AS cancelled_orders,
        coalesce(sum(returned_orders), 0) AS returned_orders,
        coalesce(sum(units), 0) AS units,
        coalesce(sum(gross_sales), 0) AS gross,
        coalesce(sum(discounts), 0) AS discounts,
        coalesce(sum(returns), 0) AS returns,
        coalesce(sum(gross_sales - discounts - returns), 0) AS net,
        coalesce(sum(shipping), 0) AS shipping,
        coalesce(sum(taxes), 0) AS taxes,
        coalesce(sum(duties), 0) AS duties,
        coalesce(sum(fees), 0) AS fees,
        coalesce(sum(gross_sales - discounts - returns + shipping + taxes + duties + fees), 0) AS total,
        coalesce(sum(outstanding), 0) AS outstanding,
        coalesce(sum(gift_cards), 0) AS gift_cards,
        coalesce(sum(tips), 0) AS tips,
        sum(processed_orders) AS processed_orders,
        sum(processing_seconds) AS processing_seconds,
        min(iif(orders > 0, nullif(date, ''), NULL)) AS first_order_date,
        max(iif(orders > 0, nullif(date, ''), NULL)) AS last_order_date
    FROM daily_sales
    WHERE dimension = 'store' AND member = '' AND date BETWEEN coalesce(:start, '') AND coalesce(:end, '9999')
),
-- The days before the first whole month, then the months; what each row is: include/sql/aggregates/range_buyers.sql.
bounds AS (
    SELECT
        coalesce(:start, '') AS first_day,
        coalesce(date(:start, '-1 day', 'start of month', '+1 month'), '') AS first_month,
        coalesce(:end, '9999') AS last_day
),
spans AS (
    SELECT 'day' AS period, first_day AS since, min(date(first_month, '-1 day'), last_day) AS until FROM bounds
    UNION ALL
    SELECT 'month', substr(first_month, 1, 7), last_day FROM bounds
),
bought AS (
    SELECT
        coalesce(sum(buyers), 0) AS buyers,
        coalesce(sum(new_buyers), 0) AS new_buyers,
        coalesce(sum(repeat_buyers), 0) AS repeat_buyers,
        coalesce(sum(returning_buyers), 0) AS returning_buyers
    FROM spans
    CROSS JOIN range_buyers
        ON range_buyers.dimension = 'store' AND range_buyers.member = '' AND range_buyers.period = spans.period
        AND range_buyers.since BETWEEN spans.since AND spans.until
    WHERE range_buyers.date <= (SELECT last_day FROM bounds)
),
people AS (
    SELECT (SELECT count(*) FROM customers)
        - (SELECT count(*) FROM customers WHERE deleted_at IS NOT NULL) AS customers
)
SELECT
    sold.orders AS total_orders,
    people.customers AS total_customers,
    bought.buyers AS ordering_customers,
    bought.new_buyers AS new_customers,
    sold.gross / :minor AS gross_sales,
    sold.discounts / :minor AS total_discounts,
    sold.returns / :minor AS total_returns,
    sold.net / :minor AS net_sales,
    sold.shipping / :minor AS total_shipping,
    sold.taxes / :minor AS total_tax,
    sold.duties / :minor AS total_duties,
    sold.fees / :minor AS total_additional_fees,
    sold.total / :minor AS total_sales,
    round(1.0 * (sold.gross - sold.discounts) / nullif(sold.orders, 0)) / :minor AS average_order_value,
    round(1.0 * sold.total / nullif(sold.orders, 0)) / :minor AS total_sales_per_order,
    sold.units AS units_sold,
    round(100.0 * sold.units / nullif(sold.orders, 0)) / 100 AS units_per_order,
    round(10000.0 * bought.repeat_buyers / nullif(bought.buyers, 0)) / 100 AS repeat_rate_percent,
    round(10000.0 * bought.returning_buyers / nullif(bought.buyers, 0)) / 100 AS returning_customer_rate_percent,
    round(10000.0 * sold.returned_orders / nullif(sold.orders, 0)) / 100 AS refund_rate_percent,
    round(10000.0 * sold.cancelled_orders / nullif(sold.orders, 0)) / 100 AS cancellation_rate_percent,
    round(sold.processing_seconds / nullif(864.0 * sold.processed_orders, 0)) / 100 AS average_processing_days,
    sold.outstanding / :minor AS total_outstanding,
    sold.gift_cards / :minor AS total_gift_cards,
    sold.tips / :minor AS total_tips,
    sold.first_order_date,
    sold.last_order_date
FROM sold, bought, people
