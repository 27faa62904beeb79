-- Sales, orders, order value, customers, discounts and returns side by side. One row an ISO week, named by its Monday:
-- those wholly between :start and :end (null: open), after the shop's first day and before :today.
--   ..._index: the week's figure with the mean of the weeks shown as 100; null when that mean is not above 0
-- Figures as in weekly.sql. Money: major units of the shop's currency.
-- Parameters: :start, :end, :today, :minor.
WITH RECURSIVE sold AS (
    SELECT
        date(date, 'weekday 0', '-6 days') AS week,
        sum(orders) AS orders,
        sum(gross_sales - discounts) AS spent,
        sum(discounts) AS discounts,
        sum(returns) AS returns,
        sum(gross_sales - discounts - returns + shipping + taxes + duties + fees) AS total
    FROM daily_sales
    WHERE dimension = 'store' AND member = '' AND date > ''
    GROUP BY week
),
calendar (week) AS (
    SELECT date(min(date), 'weekday 1')
    FROM daily_sales
    WHERE dimension = 'store' AND member = '' AND date > ''
    HAVING count(*) > 0
    UNION ALL
    SELECT date(week, '+7 days') FROM calendar WHERE date(week, '+13 days') < :today
),
weeks AS (
    SELECT
        calendar.week,
        coalesce(total, 0) AS total,
        coalesce(orders, 0) AS orders,
        1.0 * spent / nullif(orders, 0) AS order_value,
        coalesce(buyers, 0) AS customers,
        coalesce(discounts, 0) AS discounts,
        coalesce(returns, 0) AS returns
    FROM calendar
    LEFT JOIN sold ON sold.week = calendar.week
    LEFT JOIN period_buyers ON dimension = 'store' AND member = '' AND period = 'week' AND start = calendar.week
    WHERE calendar.week >= coalesce(:start, '')
      AND date(calendar.week, '+6 days') <= coalesce(:end, '9999') AND date(calendar.week, '+6 days') < :today
)
SELECT
    week,
    total / :minor AS total_sales,
    orders,
    round(order_value) / :minor AS average_order_value,
    customers,
    discounts / :minor AS discounts,
    returns / :minor AS returns,
    round(10000.0 * total * count(*) OVER () / nullif(max(sum(total) OVER (), 0), 0)) / 100 AS total_sales_index,
    round(10000.0 * orders * count(*) OVER () / nullif(sum(orders) OVER (), 0)) / 100 AS orders_index,
    round(10000.0 * order_value / nullif(max(avg(order_value) OVER (), 0), 0)) / 100 AS average_order_value_index,
    round(10000.0 * customers * count(*) OVER () / nullif(sum(customers) OVER (), 0)) / 100 AS customers_index,
    round(10000.0 * discounts * count(*) OVER () / nullif(max(sum(discounts) OVER (), 0), 0)) / 100 AS discounts_index,
    round(10000.0 * returns * count(*) OVER () / nullif(max(sum(returns) OVER (), 0), 0)) / 100 AS returns_index
FROM weeks
ORDER BY week
