-- Sales, orders and buyers by calendar month. One row a month (YYYY-MM), without gaps: the whole months from that of
-- :start, at the earliest the first in which anything happened, to that of :end (null: of :today, which is not over).
-- Figures as in daily.sql; customers: buyers who ordered in the month.
-- Money: major units of the shop's currency.
-- Parameters: :start, :end, :today, :minor.
-- Source: https://shopify.dev/docs/api/shopifyql/latest/schemas/sales_revenue/sales
WITH RECURSIVE sold AS (
    SELECT
        date(date, 'start of month') AS first_day,
        sum(orders) AS orders,
        sum(units) AS units,
        sum(gross_sales) AS gross,
        sum(discounts) AS discounts,
        sum(returns) AS returns,
        sum(shipping) AS shipping,
        sum(taxes) AS taxes,
        sum(duties) AS duties,
        sum(fees) AS fees,
        sum(processed_orders) AS processed_orders,
        sum(processing_seconds) AS processing_seconds
    FROM daily_sales
    WHERE dimension = 'store' AND member = '' AND date > ''
    GROUP BY first_day
),
bounds AS (
    SELECT
        max(coalesce(date(:start, 'start of month'), ''), min(first_day)) AS first_month,
        date(coalesce(:end, max(:today, max(first_day))), 'start of month') AS last_month
    FROM sold
),
calendar (first_day) AS (
    SELECT first_month FROM bounds WHERE first_month <= last_month
    UNION ALL
    SELECT date(first_day, '+1 month') FROM calendar, bounds WHERE first_day < last_month
),
months AS (
    SELECT
        substr(calendar.first_day, 1, 7) AS month,
        coalesce(orders, 0) AS orders,
        coalesce(bought.buyers, 0) AS customers,
        coalesce(bought.new_buyers, 0) AS new_customers,
        coalesce(units, 0) AS units,
        coalesce(gross, 0) AS gross,
        coalesce(discounts, 0) AS discounts,
        coalesce(returns, 0) AS returns,
        coalesce(shipping, 0) AS shipping,
        coalesce(taxes, 0) AS taxes,
        coalesce(duties, 0) AS duties,
        coalesce(fees, 0) AS fees,
        coalesce(gross - discounts - returns + shipping + taxes + duties + fees, 0) AS total,
        processed_orders,
        processing_seconds
    FROM calendar
    LEFT JOIN sold ON sold.first_day = calendar.first_day
    LEFT JOIN period_buyers AS bought
        ON bought.dimension = 'store' AND bought.member = ''
        AND bought.period = 'month' AND bought.start = calendar.first_day
)
SELECT
    month,
    orders,
    customers,
    new_customers,
    customers - new_customers AS returning_customers,
    units,
    gross / :minor AS gross_sales,
    discounts / :minor AS discounts,
    returns / :minor AS returns,
    (gross - discounts - returns) / :minor AS net_sales,
    shipping / :minor AS shipping,
    taxes / :minor AS taxes,
    duties / :minor AS duties,
    fees / :minor AS additional_fees,
    total / :minor AS total_sales,
    round(1.0 * (gross - discounts) / nullif(orders, 0)) / :minor AS average_order_value,
    round(processing_seconds / nullif(864.0 * processed_orders, 0)) / 100 AS average_processing_days,
    sum(total) OVER (ORDER BY month) / :minor AS running_total_sales
FROM months
ORDER BY month
