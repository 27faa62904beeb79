-- What the largest members of :dimension, such as countries or channels, sold by calendar month. One row a member and
-- month (YYYY-MM), without gaps: the :top_n members with the highest total_sales of all time, the highest first, and
-- the whole months from that of :start, at the earliest the first in which any of them sold anything, to that of :end
-- (null: of :today, which is not over).
--   member: as in breakdown.sql; of a region its country's and its own code, divided by |; name: as addresses have it
-- Other figures as in headline.sql. Money: major units of the shop's currency.
-- Parameters: :dimension, :start, :end, :today, :top_n, :minor.
WITH RECURSIVE shown AS (
    SELECT member, row_number() OVER (ORDER BY gross_sales - discounts - returns + charges DESC, member) AS place
    FROM member_sales
    WHERE dimension = :dimension
    ORDER BY place
    LIMIT :top_n
),
sold AS (
    SELECT
        member,
        date(date, 'start of month') AS first_day,
        sum(orders) AS orders,
        sum(gross_sales - discounts - returns) AS net,
        sum(gross_sales - discounts - returns + shipping + taxes + duties + fees) AS total
    FROM daily_sales
    WHERE dimension = :dimension AND member IN (SELECT member FROM shown) AND date > ''
    GROUP BY member, first_day
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
)
SELECT
    nullif(shown.member, '') AS member,
    CASE :dimension
        WHEN 'country' THEN (SELECT max(geo_country) FROM orders WHERE geo_country_code = shown.member)
        WHEN 'region' THEN (
            SELECT max(geo_province)
            FROM orders
            WHERE geo_country_code = substr(shown.member, 1, instr(shown.member, '|') - 1)
              AND geo_province_code = substr(shown.member, instr(shown.member, '|') + 1)
        )
        ELSE nullif(shown.member, '')
    END AS name,
    substr(calendar.first_day, 1, 7) AS month,
    coalesce(orders, 0) AS orders,
    coalesce(net, 0) / :minor AS net_sales,
    coalesce(total, 0) / :minor AS total_sales
FROM shown
CROSS JOIN calendar
LEFT JOIN sold ON sold.member = shown.member AND sold.first_day = calendar.first_day
ORDER BY shown.place, month
