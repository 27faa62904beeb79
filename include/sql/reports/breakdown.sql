-- Sales by what orders or lines belong to. One row a member of :dimension, such as a channel or a status (the list
-- is in docs/metrics.md), at most :top_n: those with the highest total_sales; bands are ordered by their lower bound.
--   customers: distinct buyers of all time; null when :start or :end is given
--   share_percent: of the total_sales of all members; an order with two discount codes counts under both
--   growth_percent: total_sales of the 30 days to :today against the 30 before; null when those had none
-- Vendors and product types hold sales of goods alone: the orders with such goods, no shipping, taxes, discrepancies.
-- member null: unknown or none. Other figures as in headline.sql. Money: major units of the shop's currency.
-- Parameters: :dimension, :start, :end (null: open), :today, :top_n, :minor.
WITH sold AS (
    SELECT
        member,
        orders,
        gross_sales - discounts AS spent,
        gross_sales - discounts - returns AS net,
        gross_sales - discounts - returns + charges AS total
    FROM member_sales
    WHERE dimension = :dimension AND :start IS NULL AND :end IS NULL
    UNION ALL
    SELECT
        member,
        sum(orders),
        sum(gross_sales - discounts),
        sum(gross_sales - discounts - returns),
        sum(gross_sales - discounts - returns + shipping + taxes + duties + fees)
    FROM daily_sales
    WHERE dimension = :dimension AND (:start IS NOT NULL OR :end IS NOT NULL)
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
        WHERE dimension = :dimension AND member IN (SELECT member FROM shown)
          AND date > date(:today, '-60 days') AND date <= :today
    )
    GROUP BY member
)
SELECT
    nullif(shown.member, '') AS member,
    orders,
    iif(:start IS NULL AND :end IS NULL, coalesce(buyers, 0), NULL) AS customers,
    net / :minor AS net_sales,
    total / :minor AS total_sales,
    round(1.0 * spent / nullif(orders, 0)) / :minor AS average_order_value,
    round(10000.0 * total / nullif(all_total, 0)) / 100 AS share_percent,
    round(10000.0 * (recent - before) / nullif(max(before, 0), 0)) / 100 AS growth_percent
FROM shown
LEFT JOIN grown ON grown.member = shown.member
LEFT JOIN member_buyers ON member_buyers.dimension = :dimension AND member_buyers.member = shown.member
ORDER BY
    iif(:dimension IN ('order_value', 'processing_time'), CAST(shown.member AS INTEGER), 0),
    total DESC,
    shown.member
