-- When orders are placed, on the shop's clock. One row an hour of the week, all 168: weekday 1 (Monday) to 7, hour 0
-- to 23.
-- net_sales belong to the hour of their order, also what came back later.
-- Money: major units of the shop's currency.
-- Parameters: :start, :end (dates of orders and reversals; null: open), :minor.
WITH RECURSIVE numbers (number) AS (
    SELECT 0
    UNION ALL
    SELECT number + 1 FROM numbers WHERE number < 167
),
hours AS (
    SELECT number / 24 + 1 AS weekday, number % 24 AS hour FROM numbers
),
sold AS (
    SELECT member, sum(orders) AS orders, sum(gross_sales - discounts - returns) AS net
    FROM daily_sales
    WHERE dimension = 'hour' AND date BETWEEN coalesce(:start, '') AND coalesce(:end, '9999')
    GROUP BY member
)
SELECT
    weekday,
    hour,
    coalesce(orders, 0) AS orders,
    coalesce(net, 0) / :minor AS net_sales
FROM hours
LEFT JOIN sold ON sold.member = printf('%d %02d', weekday, hour)
ORDER BY weekday, hour
