-- Each month beside the same month of the year before. One row a month of a year, without gaps, from the first
-- month in which anything happened to that of :today.
-- ..._change_percent: (month - year before) / year before; null when there was nothing, or less, the year before, or
-- when that was the shop's first month and had begun without it.
-- The month of :today is not over: it is compared with the same days of the year before.
-- Money: major units of the shop's currency. average_order_value as in headline.sql.
-- Parameters: :today, :minor.
WITH RECURSIVE sold AS (
    SELECT
        date(date, 'start of month') AS first_day,
        sum(orders) AS orders,
        sum(gross_sales - discounts) AS spent,
        sum(gross_sales - discounts - returns) AS net,
        sum(gross_sales - discounts - returns + shipping + taxes + duties + fees) AS total,
        sum(iif(substr(date, 9) <= substr(:today, 9), orders, 0)) AS orders_to_date,
        sum(iif(substr(date, 9) <= substr(:today, 9), gross_sales - discounts, 0)) AS spent_to_date,
        sum(iif(substr(date, 9) <= substr(:today, 9), gross_sales - discounts - returns, 0)) AS net_to_date,
        sum(iif(
            substr(date, 9) <= substr(:today, 9),
            gross_sales - discounts - returns + shipping + taxes + duties + fees, 0
        )) AS total_to_date
    FROM daily_sales
    WHERE dimension = 'store' AND member = '' AND date > ''
    GROUP BY first_day
),
calendar (first_day) AS (
    SELECT min(first_day) FROM sold HAVING count(*) > 0
    UNION ALL
    SELECT date(first_day, '+1 month') FROM calendar WHERE first_day < date(:today, 'start of month')
),
compared AS (
    SELECT
        calendar.first_day,
        coalesce(now.orders, 0) AS orders,
        coalesce(now.spent, 0) AS spent,
        coalesce(now.net, 0) AS net,
        coalesce(now.total, 0) AS total,
        iif(is_over, past.orders, past.orders_to_date) AS past_orders,
        iif(is_over, past.spent, past.spent_to_date) AS past_spent,
        iif(is_over, past.net, past.net_to_date) AS past_net,
        iif(is_over, past.total, past.total_to_date) AS past_total
    FROM (SELECT first_day, first_day < date(:today, 'start of month') AS is_over FROM calendar) AS calendar
    LEFT JOIN sold AS now ON now.first_day = calendar.first_day
    LEFT JOIN sold AS past ON past.first_day = date(calendar.first_day, '-1 year') AND past.first_day >= (
        SELECT min(date) FROM daily_sales WHERE dimension = 'store' AND member = '' AND date > ''
    )
)
SELECT
    CAST(substr(first_day, 1, 4) AS INTEGER) AS year,
    CAST(substr(first_day, 6, 2) AS INTEGER) AS month,
    orders,
    net / :minor AS net_sales,
    total / :minor AS total_sales,
    round(1.0 * spent / nullif(orders, 0)) / :minor AS average_order_value,
    round(10000.0 * (orders - past_orders) / nullif(max(past_orders, 0), 0)) / 100 AS orders_change_percent,
    round(10000.0 * (net - past_net) / nullif(max(past_net, 0), 0)) / 100 AS net_sales_change_percent,
    round(10000.0 * (total - past_total) / nullif(max(past_total, 0), 0)) / 100 AS total_sales_change_percent,
    round(
        10000.0 * (1.0 * spent * past_orders - 1.0 * past_spent * orders)
        / nullif(1.0 * max(past_spent, 0) * orders, 0)
    ) / 100 AS average_order_value_change_percent
FROM compared
ORDER BY year, month
