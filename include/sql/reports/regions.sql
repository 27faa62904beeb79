-- Sales by region (state, province). One row a region of a country, at most :top_n: those with the highest total_sales.
-- An order belongs to its shipping address, else its billing address, else its customer's address.
--   country_code: ISO 3166-1 alpha-2; region_code: ISO 3166-2, the province's code behind the country's; null: unknown
--   country, region: their names as addresses have them
--   customers: distinct buyers of all time; null when :start or :end is given
--   share_percent: of the total_sales of all regions
--   growth_percent: total_sales of the 30 days to :today against the 30 before; null when those had none
-- Other figures as in headline.sql. Money: major units of the shop's currency.
-- Parameters: :start, :end (null: open), :today, :top_n, :minor.
WITH sold AS (
    SELECT
        member,
        orders,
        gross_sales - discounts AS spent,
        gross_sales - discounts - returns AS net,
        gross_sales - discounts - returns + charges AS total
    FROM member_sales
    WHERE dimension = 'region' AND :start IS NULL AND :end IS NULL
    UNION ALL
    SELECT
        member,
        sum(orders),
        sum(gross_sales - discounts),
        sum(gross_sales - discounts - returns),
        sum(gross_sales - discounts - returns + shipping + taxes + duties + fees)
    FROM daily_sales
    WHERE dimension = 'region' AND (:start IS NOT NULL OR :end IS NOT NULL)
      AND date BETWEEN coalesce(:start, '') AND coalesce(:end, '9999')
    GROUP BY member
),
shown AS (
    SELECT *, sum(total) OVER () AS all_total
    FROM sold
    ORDER BY total DESC, member
    LIMIT :top_n
),
grown AS (
    SELECT member, sum(iif(is_recent, total, 0)) AS recent, sum(iif(is_recent, 0, total)) AS before
    FROM (
        SELECT
            member,
            date > date(:today, '-30 days') AS is_recent,
            gross_sales - discounts - returns + shipping + taxes + duties + fees AS total
        FROM daily_sales
        WHERE dimension = 'region' AND member IN (SELECT member FROM shown)
          AND date > date(:today, '-60 days') AND date <= :today
    )
    GROUP BY member
),
places AS (
    SELECT
        *,
        nullif(substr(member, 1, instr(member, '|') - 1), '') AS country_code,
        nullif(substr(member, instr(member, '|') + 1), '') AS province_code
    FROM shown
)
SELECT
    country_code,
    (SELECT max(geo_country) FROM orders WHERE geo_country_code = country_code) AS country,
    country_code || '-' || province_code AS region_code,
    (SELECT max(geo_province) FROM orders WHERE geo_country_code = country_code AND geo_province_code = province_code)
        AS region,
    orders,
    iif(:start IS NULL AND :end IS NULL, coalesce(buyers, 0), NULL) AS customers,
    net / :minor AS net_sales,
    total / :minor AS total_sales,
    round(1.0 * spent / nullif(orders, 0)) / :minor AS average_order_value,
    round(10000.0 * total / nullif(all_total, 0)) / 100 AS share_percent,
    round(10000.0 * (recent - before) / nullif(max(before, 0), 0)) / 100 AS growth_percent
FROM places
LEFT JOIN grown ON grown.member = places.member
LEFT JOIN member_buyers ON member_buyers.dimension = 'region' AND member_buyers.member = places.member
ORDER BY total DESC, places.member
