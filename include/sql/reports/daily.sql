-- Sales, orders and buyers by day. One row a day, without gaps, from :start, at the earliest the first day on which
-- anything happened, to :end (null: to :today). Reversals stand on their own day, so that sales may be below zero.
-- Figures as in headline.sql; besides:
--   customers: buyers who ordered that day; new_customers: of them, those whose first order ever was that day
--   running_total_sales: total_sales since the first row
--   average_7_days, average_28_days: of total_sales, the day and those before it; null while the shop is younger
-- Money: major units of the shop's currency.
-- Parameters: :start, :end, :today, :minor.
-- Source: https://shopify.dev/docs/api/shopifyql/latest/schemas/sales_revenue/sales
WITH RECURSIVE bounds AS (
    SELECT
        min(date) AS first_known,
        max(coalesce(:start, ''), min(date)) AS first_shown,
        coalesce(:end, max(:today, max(date))) AS last_shown
    FROM daily_sales
    WHERE dimension = 'store' AND member = '' AND date > ''
),
calendar (date) AS (
    SELECT max(first_known, date(first_shown, '-27 days')) FROM bounds WHERE first_shown <= last_shown
    UNION ALL
    SELECT date(date, '+1 day') FROM calendar, bounds WHERE date < last_shown
),
days AS (
    SELECT
        calendar.date,
        coalesce(sold.orders, 0) AS orders,
        coalesce(bought.buyers, 0) AS customers,
        coalesce(bought.new_buyers, 0) AS new_customers,
        coalesce(units, 0) AS units,
        coalesce(gross_sales, 0) AS gross,
        coalesce(discounts, 0) AS discounts,
        coalesce(returns, 0) AS returns,
        coalesce(shipping, 0) AS shipping,
        coalesce(taxes, 0) AS taxes,
        coalesce(duties, 0) AS duties,
        coalesce(fees, 0) AS fees,
        coalesce(gross_sales - discounts - returns + shipping + taxes + duties + fees, 0) AS total,
        processed_orders,
        processing_seconds
    FROM calendar
    LEFT JOIN daily_sales AS sold ON sold.dimension = 'store' AND sold.member = '' AND sold.date = calendar.date
    LEFT JOIN period_buyers AS bought
        ON bought.dimension = 'store' AND bought.member = ''
        AND bought.period = 'day' AND bought.start = calendar.date
),
averaged AS (
    SELECT
        *,
        sum(iif(date >= first_shown, total, 0)) OVER (ORDER BY date) AS so_far,
        iif(date < date(first_known, '+6 days'), NULL, sum(total) OVER (ORDER BY date ROWS 6 PRECEDING)) AS of_7,
        iif(date < date(first_known, '+27 days'), NULL, sum(total) OVER (ORDER BY date ROWS 27 PRECEDING)) AS of_28
    FROM days, bounds
)
SELECT
    date,
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
    so_far / :minor AS running_total_sales,
    round(of_7 / 7.0) / :minor AS average_7_days,
    round(of_28 / 28.0) / :minor AS average_28_days
FROM averaged
WHERE date >= first_shown
ORDER BY date
