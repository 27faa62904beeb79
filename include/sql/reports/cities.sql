-- Sales by city. One row a city: the :top_n with the most customers of all time, most first; known cities only.
-- An order belongs to its shipping address, else its billing address, else its customer's address.
--   country_code: ISO 3166-1 alpha-2; region_code: ISO 3166-2, the province's code behind the country's; null: unknown
--   customers: distinct buyers of all time; null when :start or :end is given
--   share_percent: of the store's total_sales
--   growth_percent: total_sales of the 30 days to :today against the 30 before; null when those had none
-- Other figures as in headline.sql. Money: major units of the shop's currency.
-- Parameters: :start, :end (null: open), :today, :top_n, :minor.
WITH shown AS (
    SELECT member, buyers
    FROM member_buyers
    WHERE dimension = 'city' AND member NOT LIKE '%|'
    ORDER BY buyers DESC, member
    LIMIT :top_n
),
store AS (
    SELECT sum(gross_sales - discounts - returns + shipping + taxes + duties + fees) AS all_total
    FROM daily_sales
    WHERE dimension = 'store' AND member = '' AND date BETWEEN coalesce(:start, '') AND coalesce(:end, '9999')
),
sold AS (
    SELECT
        shown.member,
        sum(orders) AS orders,
        sum(gross_sales - discounts) AS spent,
        sum(gross_sales - discounts - returns) AS net,
        sum(gross_sales - discounts - returns + shipping + taxes + duties + fees) AS total
    FROM shown
    JOIN daily_sales ON dimension = 'city' AND daily_sales.member = shown.member
    WHERE date BETWEEN coalesce(:start, '') AND coalesce(:end, '9999')
    GROUP BY shown.member
),
grown AS (
    SELECT member, sum(iif(is_recent, total, 0)) AS recent, sum(iif(is_recent, 0, total)) AS before
    FROM (
        SELECT
            member,
            date > date(:today, '-30 days') AS is_recent,
            gross_sales - discounts - returns + shipping + taxes + duties + fees AS total
        FROM daily_sales
        WHERE dimension = 'city' AND member IN (SELECT member FROM shown)
          AND date > date(:today, '-60 days') AND date <= :today
    )
    GROUP BY member
),
places AS (
    SELECT
        *,
        nullif(substr(member, 1, instr(member, '|') - 1), '') AS country_code,
        substr(member, instr(member, '|') + 1) AS rest
    FROM shown
)
SELECT
    country_code,
    country_code || '-' || nullif(substr(rest, 1, instr(rest, '|') - 1), '') AS region_code,
    substr(rest, instr(rest, '|') + 1) AS city,
    coalesce(orders, 0) AS orders,
    iif(:start IS NULL AND :end IS NULL, buyers, NULL) AS customers,
    coalesce(net, 0) / :minor AS net_sales,
    coalesce(total, 0) / :minor AS total_sales,
    round(1.0 * spent / nullif(orders, 0)) / :minor AS average_order_value,
    round(10000.0 * coalesce(total, 0) / nullif(all_total, 0)) / 100 AS share_percent,
    round(10000.0 * (recent - before) / nullif(max(before, 0), 0)) / 100 AS growth_percent
FROM places, store
LEFT JOIN sold ON sold.member = places.member
LEFT JOIN grown ON grown.member = places.member
ORDER BY buyers DESC, places.member
