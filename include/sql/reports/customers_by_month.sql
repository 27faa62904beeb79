-- New and returning customers, and what each brought. One row a month (YYYY-MM), without gaps, from that of :start, at
-- the earliest the first in which anything happened, to that of :end (null: of :today, which is not over).
--   customers: buyers who ordered in the month; new_customers: of them, those whose first order ever was in it
--   customers_to_date: new_customers until then: everyone who has ever ordered (acquisition)
--   new_net_sales: of first orders; returning_net_sales: of later orders; unknown_net_sales: of orders with neither
--     customer nor e-mail. What came back counts in the month of the refund, with the kind of its order.
-- Money: major units of the shop's currency.
-- Parameters: :start, :end, :today, :minor.
-- Source: https://shopify.dev/docs/api/shopifyql/latest/schemas/customers/customers (new customers by first purchase)
-- A part of the store has its days as a whole, but no customer_type.
WITH RECURSIVE sold AS (
    SELECT
        date(date, 'start of month') AS first_day,
        sum(iif(member = 'new', gross_sales - discounts - returns, 0)) AS new_net,
        sum(iif(member = 'returning', gross_sales - discounts - returns, 0)) AS returning_net,
        sum(iif(member = 'unknown', gross_sales - discounts - returns, 0)) AS unknown_net
    FROM daily_sales
    WHERE dimension IN ('store', 'customer_type') AND date > ''
    GROUP BY first_day
),
bounds AS (
    SELECT
        min(first_day) AS first_month,
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
        calendar.first_day,
        coalesce(buyers, 0) AS customers,
        coalesce(new_buyers, 0) AS new_customers,
        sum(coalesce(new_buyers, 0)) OVER (ORDER BY calendar.first_day) AS customers_to_date,
        coalesce(new_net, 0) AS new_net,
        coalesce(returning_net, 0) AS returning_net,
        coalesce(unknown_net, 0) AS unknown_net
    FROM calendar
    LEFT JOIN sold ON sold.first_day = calendar.first_day
    LEFT JOIN period_buyers ON dimension = 'store' AND member = '' AND period = 'month' AND start = calendar.first_day
)
SELECT
    substr(first_day, 1, 7) AS month,
    customers,
    new_customers,
    customers - new_customers AS returning_customers,
    customers_to_date,
    new_net / :minor AS new_net_sales,
    returning_net / :minor AS returning_net_sales,
    unknown_net / :minor AS unknown_net_sales
FROM months
WHERE first_day >= coalesce(date(:start, 'start of month'), '')
ORDER BY month
