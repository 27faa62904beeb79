-- Buyers by the date of their last order, the number of their orders and the band of what they spent.
WITH RECURSIVE powers (power) AS (
    SELECT 1
    UNION ALL
    SELECT power * 10 FROM powers WHERE power < 1000000000000000
),
bands AS (
    SELECT power AS bound FROM powers
    UNION ALL SELECT 2 * power FROM powers
    UNION ALL SELECT 5 * power FROM powers
),
those AS (
    SELECT DISTINCT orders.buyer_id AS id
    FROM scope
    CROSS JOIN orders ON orders.id = scope.order_id
)
SELECT
    coalesce(buyers.last_order_date, '') AS last_order_date,
    buyers.orders,
    coalesce((SELECT max(bound) FROM bands WHERE bound <= buyers.net_sales_minor), 0) AS spend_band,
    count(*) AS buyers,
    sum(buyers.net_sales_minor) AS net_sales
FROM those
CROSS JOIN buyers ON buyers.id = those.id
GROUP BY 1, 2, 3
